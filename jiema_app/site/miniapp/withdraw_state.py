"""Withdrawing in the Mini App: the web's steps, but for the last, which is taken in the bot's chat."""

from typing import Final

import reflex as rx

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.telegram.withdrawal_confirmations import AskingPaused
from jiema_app.domain.telegram.withdrawal_questions import Decision, Question
from jiema_app.domain.withdrawals.draft_views import DraftRefused, TypedWithdrawal
from jiema_app.domain.withdrawals.requests import WithdrawalRefused
from jiema_app.domain.withdrawals.statuses import WithdrawalFault
from jiema_app.domain.withdrawals.terms import Rules
from jiema_app.i18n.formats import duration
from jiema_app.i18n.translation import t
from jiema_app.i18n.withdrawal_refusals import untaken_words
from jiema_app.site.account.withdraw.form_display import DraftCard, draft_card
from jiema_app.site.account.withdraw.form_state import FIRST_SOURCE
from jiema_app.site.account.withdraw.reading import ASKED
from jiema_app.site.account.withdraw.refusals import form_refusal
from jiema_app.site.account.withdraw.steps_state import WithdrawSteps
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.visitor import locale_of

LATE: Final = "BAD_REQUEST"


class MiniWithdraw(WithdrawSteps, rx.State):
    """What the view shows of its visitor. Nothing here holds money: it asks, in the chat."""

    question: DraftCard = DraftCard()
    """What somebody is asked in their chat; without an address where nothing is."""
    needs_bot: bool = False
    """Whether they must start the bot before they can be asked, or before what is asked comes."""
    _waits_for: str = ""
    """Which question's answer this tab has not told yet."""

    @rx.event
    async def ask(self) -> None:
        """Ask in the chat whether they want what the draft says."""
        self._say_nothing()
        await self._answer(await self._attempt(self._ask))

    @rx.event
    async def stop_asking(self) -> None:
        """Change something before it is confirmed: it is asked no more."""
        self._say_nothing()
        await self._answer(await self._attempt(self._ask_no_more))

    async def _show(self, visitor: Visitor) -> None:
        self.question = DraftCard()
        await super()._show(visitor)
        if self.question.address:
            self.step = ASKED
        elif self.latest.is_open and self._waits_for:
            self._waits_for = ""
            self._fill(TypedWithdrawal(address="", amount="", source=FIRST_SOURCE))

    async def _take_up(self, visitor: Visitor, rules: Rules) -> None:
        """Show what is asked in the chat, and what came of what was."""
        asked = await page_services().withdrawal_confirmations.newest(visitor.user_id)
        if asked is None:
            return
        if self._waits_for not in {"", asked.id}:
            await self._tell_of_another(visitor, asked, rules)
        elif asked.is_pending and asked.draft is not None:
            self._waits_for, self.draft = asked.id, DraftCard()
            self.question = draft_card(asked.draft, sealed="", locale=locale_of(self))
            self.needs_bot = await _needs_bot(asked)
            if asked.is_repriced:
                self._show_faults([(WithdrawalFault.TERMS_CHANGED, None)], rules)
        elif self._waits_for == asked.id:
            self._tell(asked, rules)

    async def _tell_of_another(self, visitor: Visitor, asked: Question, rules: Rules) -> None:
        """Another window, perhaps in other hands, has asked: that is not drawn as this one's."""
        if asked.is_pending:
            self.notice = t(
                locale_of(self),
                "Another window has asked for something else instead. Compare the address in the "
                "chat. If it wasn't you, refuse it and sign out everywhere on the website.",
            )
            return
        confirmations = page_services().withdrawal_confirmations
        own = await confirmations.get(visitor.user_id, self._waits_for)
        if own is not None:
            self._tell(own, rules)

    def _tell(self, asked: Question, rules: Rules) -> None:
        locale = locale_of(self)
        self._waits_for = ""
        self._say_nothing()
        if asked.decision is Decision.REFUSED:
            self.notice = t(locale, "You refused this withdrawal. Nothing was taken.")
        elif asked.decision is Decision.REPLACED:
            self.notice = t(
                locale,
                "This was taken back in another window. If it wasn't you, sign out everywhere on "
                "the website.",
            )
        elif asked.decision is Decision.EXPIRED:
            self.notice = form_refusal(LATE, locale)
        elif asked.decision is Decision.NOT_TAKEN:
            self._tell_untaken(asked, rules)

    def _tell_untaken(self, asked: Question, rules: Rules) -> None:
        if asked.fault is None:
            self.notice = untaken_words(asked.refusal, locale_of(self))
        else:
            self._show_faults([(asked.fault, asked.figure)], rules)

    async def _ask(self, visitor: Visitor) -> None:
        sealed = self.draft.sealed
        if not sealed:
            return  # it is asked already: reading it has it sent, where the chat was closed
        services = page_services()
        try:
            asked = await services.withdrawal_confirmations.ask(visitor.user_id, sealed)
        except DraftRefused as refused:
            self.draft = DraftCard()
            await self._show_refusals(refused.refusals)
        except WithdrawalRefused as refusal:
            await self._draft_anew(visitor)
            await self._show_refusals([refusal])
        except AskingPaused as paused:
            self.notice = _paused(paused, locale_of(self))
        except BadRequest:
            self.draft = DraftCard()
            self.notice = form_refusal(LATE, locale_of(self))
        else:
            self.needs_bot = asked is None
            if asked is not None:
                self.draft, self._waits_for = DraftCard(), asked.id

    async def _draft_anew(self, visitor: Visitor) -> None:
        """Show what it would be by the fee of now."""
        carried = page_services().withdrawal_drafts.open(visitor.user_id, self.draft.sealed)
        self.draft = DraftCard()
        if carried is not None:
            await self._prepare(visitor, carried.typed, asks_chain=False)

    async def _ask_no_more(self, visitor: Visitor) -> None:
        await page_services().withdrawal_confirmations.take_back(visitor.user_id)
        self._waits_for = ""

    async def _prepare(
        self, visitor: Visitor, typed: TypedWithdrawal, *, asks_chain: bool = True
    ) -> None:
        self.needs_bot = False
        await super()._prepare(visitor, typed, asks_chain=asks_chain)


async def _needs_bot(asked: Question) -> bool:
    is_open = asked.decision is None
    return is_open and not await page_services().withdrawal_confirmations.reaches(asked)


def _paused(paused: AskingPaused, locale: str) -> str:
    return t(
        locale,
        "You refused a withdrawal in the chat. You can ask for another one in {time}, or withdraw "
        "on the website now.",
        time=duration(locale, paused.retry_after_s),
    )
