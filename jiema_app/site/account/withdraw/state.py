"""The page to withdraw: a form, what is to be confirmed, and every withdrawal there was."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import reflex as rx

from jiema_app.domain.errors import NotOpen
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.units import UserId
from jiema_app.domain.withdrawals.draft_views import Carried, Draft, DraftRefused, TypedWithdrawal
from jiema_app.domain.withdrawals.requests import WithdrawalRefused
from jiema_app.domain.withdrawals.statuses import WithdrawalFault
from jiema_app.domain.withdrawals.terms import Rules
from jiema_app.i18n.withdrawal_texts import given_back
from jiema_app.site.account.withdraw.display import WithdrawalCard
from jiema_app.site.account.withdraw.form_display import (
    AddressNote,
    DraftCard,
    RulesCard,
    amount_note,
    draft_card,
)
from jiema_app.site.account.withdraw.form_state import FIRST_SOURCE, WithdrawForm
from jiema_app.site.account.withdraw.reading import FORM, read_overview
from jiema_app.site.account.withdraw.refusals import cancel_refusal, form_refusal
from jiema_app.site.account.withdraw_address import BEFORE, DRAFT, sign_in_again, withdraw_page
from jiema_app.site.states.live_pages import commission_topic
from jiema_app.site.states.member_page import MEMBER
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.visitor import locale_of


class WithdrawState(WithdrawForm, rx.State):
    """What the page shows of its visitor, and what they do there."""

    step: str = FORM
    rules: RulesCard = RulesCard()
    draft: DraftCard = DraftCard()
    """What is to be confirmed; without an address where nothing is."""
    latest: WithdrawalCard = WithdrawalCard()
    """The open one, or the one that ended last."""
    rows: list[WithdrawalCard] = []  # noqa: RUF012 - Reflex copies it for each browser
    older: str = ""
    """Address of the page of older ones; empty on the last."""
    has_newer: bool = False
    paused: str = ""
    good_news: str = ""
    answered: int = 0
    """Grows with each answer: what was busy is busy no more."""
    _resumed: str = ""
    """What the page's address carries, once it was taken up."""

    def _topics(self, user: UserId) -> set[str]:
        return {*super()._topics(user), commission_topic(user)}

    async def _show(self, visitor: Visitor) -> None:
        locale, before = locale_of(self), self.router.url.query_parameters.get(BEFORE)
        found = await read_overview(visitor.user_id, before, locale)
        self.rules, self.purse, self.paused = found.rules_card, found.purse, found.paused
        self.latest, self.rows = found.latest, list(found.rows)
        self._choose(self.source)
        self.has_newer = before is not None
        self.older = ""
        if found.next_cursor is not None:
            self.older = f"{withdraw_page(locale)}?{urlencode({BEFORE: found.next_cursor})}"
        if self.latest.is_open:
            self.draft = DraftCard()
        else:
            await self._resume(visitor, found.rules)
        self.step = found.step(has_draft=bool(self.draft.address))

    async def _resume(self, visitor: Visitor, rules: Rules) -> None:
        """Take up what the page's address carries: a draft to confirm, or a form to be mended."""
        sealed = str(self.router.url.query_parameters.get(DRAFT, ""))
        if not sealed or sealed == self._resumed:
            return
        self._resumed = sealed
        resumed = await page_services().withdrawal_drafts.resume(visitor.user_id, sealed)
        if resumed is None:
            return
        self._fill(resumed.typed)
        self._show_faults(resumed.faults, rules)
        if resumed.draft is not None:
            self._take_draft(visitor, resumed.draft)

    @rx.event
    async def go_on(self, form: dict[str, Any]) -> None:
        """Show what the form would become, to be confirmed."""
        typed = TypedWithdrawal(
            address=str(form.get("address", "")),
            amount=str(form.get("amount", "")),
            source=str(form.get("source", self.source)),
        )
        self._say_nothing()
        refusal = await self._attempt(lambda visitor: self._prepare(visitor, typed))
        await self._answer(refusal)

    @rx.event
    async def go_back(self) -> None:
        """Change what was typed."""
        self._say_nothing()
        self.draft = DraftCard()
        await self._answer("")

    @rx.event
    async def confirm(self) -> None:
        """Ask for what the draft says."""
        self._say_nothing()
        await self._answer(await self._attempt(self._request))

    @rx.event
    async def cancel(self) -> None:
        """Take the open withdrawal back."""
        self._say_nothing()
        await self._answer(await self._attempt(self._take_back))

    async def _answer(self, refusal: str) -> None:
        """Show what has become of it."""
        self.notice = refusal or self.notice
        self.answered += 1
        if self.access == MEMBER:
            await self._read()

    async def _prepare(
        self, visitor: Visitor, typed: TypedWithdrawal, *, asks_chain: bool = True
    ) -> None:
        drafts = page_services().withdrawal_drafts
        self._choose(typed.source)
        try:
            draft = await drafts.prepare(visitor.user_id, typed, asks_chain=asks_chain)
        except DraftRefused as refused:
            await self._show_refusals(refused.refusals)
        else:
            self._take_draft(visitor, draft)

    async def _request(self, visitor: Visitor) -> None:
        drafts = page_services().withdrawal_drafts
        carried = drafts.open(visitor.user_id, self.draft.sealed)
        if carried is None:
            return  # pressed twice: the first time has become a withdrawal
        if not carried.request_key:
            self.draft = DraftCard()
            self.notice = form_refusal("BAD_REQUEST", locale_of(self))
            return
        try:
            await drafts.request(visitor.user_id, carried, visitor.signed_in_at)
        except WithdrawalRefused as refusal:
            await self._mend(visitor, carried, refusal)
            await self._show_refusals([refusal])
        else:
            self.draft = DraftCard()
            self._fill(TypedWithdrawal(address="", amount="", source=FIRST_SOURCE))

    async def _mend(self, visitor: Visitor, carried: Carried, refusal: WithdrawalRefused) -> None:
        """Show what was refused where it can be mended: as a draft, or in the form."""
        if refusal.fault is WithdrawalFault.SIGN_IN_AGAIN:
            self.draft = self._with_way_to_sign_in(self.draft)
            return
        self.draft = DraftCard()
        if refusal.fault is WithdrawalFault.TERMS_CHANGED:
            await self._prepare(visitor, carried.typed, asks_chain=False)

    async def _take_back(self, visitor: Visitor) -> None:
        locale = locale_of(self)
        if not self.latest.is_cancellable:
            self.notice = cancel_refusal("NOT_OPEN", locale)
            return
        try:
            view = await page_services().withdrawals.cancel(visitor.user_id, self.latest.id)
        except NotOpen as error:
            self.notice = cancel_refusal(error, locale)
        else:
            self.good_news = given_back(view, locale)

    def _take_draft(self, visitor: Visitor, draft: Draft) -> None:
        services, locale = page_services(), locale_of(self)
        sealed = services.withdrawal_drafts.carry(visitor.user_id, draft)
        self.draft = draft_card(draft, sealed=sealed, locale=locale)
        self.address, self.amount = AddressNote(), amount_note(draft.quote)
        if services.withdrawals.must_sign_in_again(visitor.signed_in_at):
            self.draft = self._with_way_to_sign_in(self.draft)

    def _with_way_to_sign_in(self, draft: DraftCard) -> DraftCard:
        locale = locale_of(self)
        return replace(draft, sign_in=sign_in_again(locale, withdraw_page(locale, draft.sealed)))

    def _refuse(self, words: str) -> None:
        self._say_nothing()
        self.notice = words

    def _say_nothing(self) -> None:
        self.notice = self.good_news = ""
