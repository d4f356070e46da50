"""What is typed into the form of a withdrawal, looked at while it is typed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final

import reflex as rx

from jiema_app.domain.errors import DomainError
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.payouts.destinations import TYPED_MAX, DestinationFault
from jiema_app.domain.units import MicroUsdt
from jiema_app.domain.withdrawals.draft_views import AddressLook, Fault, TypedWithdrawal
from jiema_app.domain.withdrawals.requests import WithdrawalRefused
from jiema_app.domain.withdrawals.terms import Rules
from jiema_app.i18n.withdrawal_refusals import address_words, fault_words
from jiema_app.site.account.withdraw.form_display import (
    AddressNote,
    AmountNote,
    PurseCard,
    address_note,
    amount_note,
)
from jiema_app.site.account.withdraw.refusals import (
    ADDRESS,
    AMOUNT,
    fault_field,
)
from jiema_app.site.states.member_page import MemberPage
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.visitor import locale_of, refusal_to_read, visitor_of

CHAIN_PATIENCE_S: Final = 2.5
"""Nobody who types waits longer for a node. It is asked again when the form is sent."""

ADDRESS_LENGTH: Final = 34

FIRST_SOURCE: Final = "commission"


class WithdrawForm(MemberPage, mixin=True):
    """The form, and what is said below its fields. The page that has it adds the rest."""

    purse: PurseCard = PurseCard()
    source: str = FIRST_SOURCE
    source_exact: str = ""
    """All that the chosen source has, as the form takes it."""
    typed_address: str = ""
    typed_amount: str = ""
    """What the form begins with."""
    form_number: int = 0
    """Each filling in begins with a form of its own."""
    address: AddressNote = AddressNote()
    amount: AmountNote = AmountNote()
    notice: str = ""
    """Why what they asked for last was refused, where no field is to blame."""
    _address_text: str = ""
    _amount_text: str = ""

    @rx.event
    async def type_address(self, text: str) -> AsyncIterator[None]:
        """Say of an address whether it can be paid to: at once by its form, then by the chain."""
        self._address_text, self.address = text[: TYPED_MAX + 1], AddressNote()
        visitor = await self._admitted()
        if visitor is None:
            return
        drafts, user = page_services().withdrawal_drafts, visitor.user_id
        look = await drafts.look_at_address(user, self._address_text, asks_chain=False)
        self._note_address(look)
        if not look.found.ok or not await page_services().may_ask_chain(user):
            return
        yield
        try:
            async with asyncio.timeout(CHAIN_PATIENCE_S):
                look = await drafts.look_at_address(user, self._address_text, asks_chain=True)
        except TimeoutError:
            return
        self._note_address(look)

    @rx.event
    async def type_amount(self, text: str) -> None:
        """Say of an amount what of it is kept and what is sent."""
        self._amount_text = text[: TYPED_MAX + 1]
        await self._quote()

    @rx.event
    async def choose_source(self, source: str) -> None:
        """Withdraw from another balance."""
        self._choose(source)
        await self._quote()

    async def _quote(self) -> None:
        self.amount = AmountNote()
        visitor = await self._admitted()
        if visitor is None or not self._amount_text.strip():
            return
        drafts = page_services().withdrawal_drafts
        try:
            quote = await drafts.quote(visitor.user_id, self._amount_text, self.source)
        except WithdrawalRefused as refusal:
            if fault_field(refusal.fault) == AMOUNT:
                await self._show_refusals([refusal])
        except DomainError:
            return  # they hear of it when they send the form
        else:
            self.amount = amount_note(quote)

    async def _admitted(self) -> Visitor | None:
        """Who types, unless they had too much looked at."""
        if await refusal_to_read(self):
            return None
        visitor = await visitor_of(self)
        if visitor is None:
            self._forget()
        return visitor

    def _choose(self, source: str) -> None:
        offered = {one.name: one.exact for one in self.purse.sources}
        self.source = source if source in offered else FIRST_SOURCE
        self.source_exact = offered.get(self.source, "")

    def _note_address(self, look: AddressLook) -> None:
        fault, text = look.found.fault, look.found.address
        is_begun = len(text) < ADDRESS_LENGTH and text[:1] in {"", "T"}
        if fault is DestinationFault.EMPTY or (fault is DestinationFault.NOT_TRON and is_begun):
            return  # they are still typing
        locale = locale_of(self)
        problem = "" if fault is None else address_words(fault, locale)
        self.address = address_note(look, problem, locale)

    async def _show_refusals(self, refusals: Sequence[WithdrawalRefused]) -> None:
        rules = (await page_services().withdrawal_terms.current()).rules
        self._show_faults([(one.fault, one.amount) for one in refusals], rules)

    def _show_faults(self, faults: Sequence[tuple[Fault, MicroUsdt | None]], rules: Rules) -> None:
        """Say what is wrong, below the field that it is about."""
        for fault, figure in faults:
            words, place = fault_words(fault, figure, rules, locale_of(self)), fault_field(fault)
            if place == ADDRESS:
                self.address = AddressNote(words)
            elif place == AMOUNT:
                self.amount = AmountNote(words)
            else:
                self.notice = words

    def _fill(self, typed: TypedWithdrawal) -> None:
        """Begin with a form that is filled in."""
        self.typed_address, self.typed_amount = typed.address, typed.amount
        self._address_text, self._amount_text = typed.address, typed.amount
        self._choose(typed.source)
        self.address, self.amount = AddressNote(), AmountNote()
        self.form_number += 1
