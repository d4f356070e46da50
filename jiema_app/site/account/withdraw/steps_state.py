"""Asking for a withdrawal step by step, up to what is to be confirmed.

One source: whoever confirms it, and where, the web's page and the Mini App's view say themselves.
"""

from typing import Any
from urllib.parse import urlencode

import reflex as rx

from jiema_app.domain.errors import NotOpen
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.units import UserId
from jiema_app.domain.withdrawals.draft_views import Draft, DraftRefused, TypedWithdrawal
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
from jiema_app.site.account.withdraw.form_state import WithdrawForm
from jiema_app.site.account.withdraw.reading import FORM, read_overview
from jiema_app.site.account.withdraw.refusals import cancel_refusal
from jiema_app.site.account.withdraw_address import BEFORE, withdraw_page
from jiema_app.site.states.live_pages import commission_topic
from jiema_app.site.states.member_page import MEMBER
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.visitor import locale_of


class WithdrawSteps(WithdrawForm, mixin=True):
    """What there is and was, the form, and what it would become."""

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
            await self._take_up(visitor, found.rules)
        self.step = found.step(has_draft=bool(self.draft.address))

    async def _take_up(self, visitor: Visitor, rules: Rules) -> None:
        """Go on with what was begun elsewhere, if something was."""

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
        sealed = page_services().withdrawal_drafts.carry(visitor.user_id, draft)
        self.draft = draft_card(draft, sealed=sealed, locale=locale_of(self))
        self.address, self.amount = AddressNote(), amount_note(draft.quote)

    def _refuse(self, words: str) -> None:
        self._say_nothing()
        self.notice = words

    def _say_nothing(self) -> None:
        self.notice = self.good_news = ""
