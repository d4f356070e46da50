"""Makes the messages that guard a withdrawal of the Mini App: the question, and a warning."""

from dataclasses import dataclass
from typing import Any

from jiema_app.bot.buttons import act, link, rows, web_app
from jiema_app.bot.desk import BotDesk
from jiema_app.bot.withdrawal_message import withdrawal_message
from jiema_app.bot.words import bold, code, isolated, lines, safe
from jiema_app.domain.errors import NotFound
from jiema_app.domain.notifications.transport import ClaimedDelivery, MessageGone, Outcome
from jiema_app.domain.telegram import calls
from jiema_app.domain.telegram.calls import Keyboard, TelegramCall
from jiema_app.domain.telegram.readers import Reader, find_reader
from jiema_app.domain.telegram.withdrawal_questions import Decision, Question, Replaces
from jiema_app.domain.transaction import Connection
from jiema_app.domain.withdrawals.draft_views import Draft, Fault
from jiema_app.domain.withdrawals.statuses import WithdrawalFault
from jiema_app.domain.withdrawals.terms import read_terms
from jiema_app.i18n.formats import day_and_time, duration, usdt
from jiema_app.i18n.translation import t
from jiema_app.i18n.withdrawal_refusals import fault_words, untaken_words


@dataclass(frozen=True, slots=True)
class ConfirmationRendering:
    """The renderers."""

    desk: BotDesk

    async def asked(self, delivery: ClaimedDelivery) -> TelegramCall | None:
        """The question; once it is answered, what came of it."""
        reader = await self._reader(delivery)
        if reader is None or delivery.subject_id is None:
            return None
        asked = await self.desk.confirmations.find(reader.chat.telegram_id, delivery.subject_id)
        if asked is None or asked.user_id != reader.user_id:
            return None
        if asked.decision is None:
            return await self._question(asked, reader)
        if asked.decision is Decision.CONFIRMED:
            return await self._taken(asked, reader)
        return await self._over(asked, reader.locale, delivery.message_id)

    async def launch_refused(self, delivery: ClaimedDelivery) -> TelegramCall | None:
        """That a launch of theirs was used on another device: their own, or somebody else's."""
        reader = await self._reader(delivery)
        if reader is None:
            return None
        locale = reader.locale
        html = lines(
            bold(t(locale, "Another device tried to open the shop as you. We stopped it.")),
            safe(
                t(
                    locale,
                    "If it was you, open the shop again from this chat. If it wasn't, sign out "
                    "everywhere on the website, and never share the link of the app's window. "
                    "A withdrawal from the app always needs your answer here.",
                )
            ),
        )
        app = web_app(t(locale, "Open the app"), self.desk.mini_app(f"lang={locale}"))
        return calls.text(html, keyboard=rows(app))

    async def _question(self, asked: Question, reader: Reader) -> TelegramCall | None:
        if asked.draft is None:
            return None  # sealed by a key that is not ours any more
        html = await self._words(asked, asked.draft, reader)
        return calls.text(html, keyboard=_answers(asked, reader.locale))

    async def _words(self, asked: Question, draft: Draft, reader: Reader) -> str:
        locale, quote = reader.locale, draft.quote
        look = await self.desk.confirmations.drafts.look_at_address(
            reader.user_id, draft.address, asks_chain=False
        )
        wait = look.usable_from
        return lines(
            f"⚠️ {safe(await self._fault_words(WithdrawalFault.TERMS_CHANGED, asked, locale))}\n"
            if asked.is_repriced
            else None,
            None if asked.replaces is None else f"⚠️ {safe(_replaced(asked.replaces, locale))}\n",
            bold(t(locale, "Confirm this withdrawal?")),
            "",
            safe(t(locale, "You receive")),
            bold(usdt(quote.net)),
            safe(t(locale, "To this address")),
            code(draft.address),
            safe(t(locale, "We've never paid you at this address before."))
            if look.is_new
            else None,
            "",
            _figure(t(locale, "Amount"), usdt(quote.amount)),
            _figure(t(locale, "Fee"), usdt(quote.fee)),
            None
            if wait is None
            else _figure(t(locale, "Not sent before"), day_and_time(locale, wait)),
            "",
            safe(t(locale, "Compare the address with your wallet.")),
            safe(t(locale, "Transfers on the network are final and can't be reversed.")),
            safe(
                t(
                    locale,
                    "If you didn't ask for this, refuse. You have {time} to answer. If you don't, "
                    "nothing happens.",
                    time=duration(locale, self._left_s(asked)),
                )
            ),
        )

    def _left_s(self, asked: Question) -> int:
        """So long they may take to answer, in whole minutes."""
        left = (asked.expires_at - self.desk.clock.now()).total_seconds()
        return 60 * max(1, round(left / 60))

    async def _taken(self, asked: Question, reader: Reader) -> TelegramCall | None:
        """How far the withdrawal has come that it has become."""
        if asked.withdrawal_id is None:
            return None  # in this moment; what comes of it is told next
        locale = reader.locale
        try:
            view = await self.desk.withdrawals.get(reader.user_id, asked.withdrawal_id)
        except NotFound:
            return None
        html, keyboard = withdrawal_message(
            view, locale, self.desk.page(locale, "account/withdraw")
        )
        return calls.text(html, keyboard=keyboard)

    async def _over(self, asked: Question, locale: str, seen: int | None) -> TelegramCall | None:
        """That it is asked no more; nothing to who never saw it."""
        if seen is None:
            return None
        if asked.decision in {Decision.REPLACED, Decision.SIGNED_OUT}:
            return calls.delete_message(seen)
        if asked.decision is Decision.REFUSED:
            return self._refused(locale)
        return calls.text(bold(await self._ended(asked, locale)))

    def _refused(self, locale: str) -> TelegramCall:
        html = lines(
            bold(t(locale, "You refused this withdrawal. Nothing was taken.")),
            safe(
                t(
                    locale,
                    "If you didn't ask for it, someone else may be using the app as you. Sign out "
                    "everywhere on the website.",
                )
            ),
        )
        sessions = self.desk.page(locale, "account/sessions")
        return calls.text(html, keyboard=rows(link(t(locale, "Sign out everywhere"), sessions)))

    async def _ended(self, asked: Question, locale: str) -> str:
        if asked.decision is Decision.EXPIRED:
            return t(locale, "You didn't confirm this withdrawal in time. Nothing was taken.")
        if asked.fault is None:
            return untaken_words(asked.refusal, locale)
        return await self._fault_words(asked.fault, asked, locale)

    async def _fault_words(self, fault: Fault, asked: Question, locale: str) -> str:
        async with self.desk.database.connection() as connection:
            rules = (await read_terms(connection)).rules
        return fault_words(fault, asked.figure, rules, locale)

    async def _reader(self, delivery: ClaimedDelivery) -> Reader | None:
        async with self.desk.database.connection() as connection:
            reader = await find_reader(connection, delivery.recipient)
        return None if reader is None or reader.is_banned else reader

    async def settled(
        self, connection: Connection, delivery: ClaimedDelivery, outcome: Outcome, result: Any
    ) -> bool | None:
        """An open question's message that its owner took away is sent anew when it has news."""
        del result
        if not isinstance(outcome, MessageGone) or delivery.subject_id is None:
            return None
        asked = await self.desk.confirmations.find_within(
            connection, int(delivery.recipient), delivery.subject_id
        )
        return asked is not None and asked.decision is None


def _answers(asked: Question, locale: str) -> Keyboard:
    return rows(
        (
            # Translators: a button; answers "Confirm this withdrawal?"
            act(t(locale, "Confirm"), "wy", asked.id, asked.asking),
            # Translators: a button; the other answer
            act(t(locale, "Refuse"), "wn", asked.id),
        )
    )


def _replaced(replaces: Replaces, locale: str) -> str:
    if replaces is Replaces.OTHER_ADDRESS:
        return t(locale, "This replaces the question before it. The address is a different one.")
    return t(locale, "This replaces the question before it.")


def _figure(label: str, figure: str) -> str:
    return f"{safe(label)} · {isolated(figure)}"
