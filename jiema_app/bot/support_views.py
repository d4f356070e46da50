"""The words of what support has sent: made when it is sent, of what is true then."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiema_app.bot import support_words as words
from jiema_app.bot.buttons import act, rows
from jiema_app.bot.support_mode import MODE, leaving
from jiema_app.domain.notifications.transport import ClaimedDelivery
from jiema_app.domain.support import queries
from jiema_app.domain.support.customers import Customer, read_customer, reader_of
from jiema_app.domain.support.desk import SupportDesk, is_current, subject_of
from jiema_app.domain.telegram import calls
from jiema_app.domain.telegram.calls import Keyboard, TelegramCall, escaped
from jiema_app.domain.units import usdt_text

SUPPORT_PRESS: Final = "support"
"""The word of buttons of support."""

TOPIC_NAME_MAX: Final = 120
"""Telegram takes 128 characters."""


@dataclass(frozen=True, slots=True)
class SupportViews:
    """Renderers of support.

    Attributes:
        answer_hours: Within so long a person answers, as a rule.
    """

    desk: SupportDesk
    answer_hours: int

    async def topic(self, delivery: ClaimedDelivery) -> TelegramCall | None:
        """Of a topic that is made: its name."""
        customer = await self._customer(delivery)
        if delivery.payload is None:
            return None  # asked for again by hand: by now another one was
        if customer is None:
            return calls.create_topic(f"Telegram {subject_of(delivery)}")
        name = f"{customer.display_name} · {customer.id[-6:]}"
        return calls.create_topic(name[:TOPIC_NAME_MAX])

    async def copy(self, delivery: ClaimedDelivery) -> TelegramCall | None:
        """Of a message that is passed on."""
        async with self.desk.database.connection() as connection:
            row = await connection.fetchrow(queries.TO_COPY, subject_of(delivery))
            if row is None or not is_current(delivery, row["attempt"], row["state"]):
                return None
            source = row["source_message_id"]
            if not row["is_answer"]:
                if str(row["group_id"]) != delivery.recipient:
                    return None  # the topic is another group's by now: it is given again there
                return calls.copy_message(
                    row["telegram_id"], source, thread=row["thread_id"], reply_to=row["reply_to"]
                )
            reader = await reader_of(connection, row["telegram_id"])
        group = await self.desk.group_now()
        if group is None or group != row["group_id"]:
            return None  # in another group the number is another message's
        call = calls.copy_message(group, source, reply_to=row["reply_to"])
        if reader.mode == MODE:
            return call
        locale = words.locale_of(reader.lang, reader.language_code)
        markup = {"inline_keyboard": rows(act(words.reply_label(locale), "sup"))}
        return TelegramCall(call.method, {**call.arguments, "reply_markup": markup})

    async def header(self, delivery: ClaimedDelivery) -> TelegramCall | None:
        """Of the message that says who they are."""
        thread = await self._thread(delivery)
        if thread is None:
            return None
        customer = await self._customer(delivery)
        lines = ["They have no account yet."] if customer is None else list(_describe(customer))
        lines.append(f"Telegram {subject_of(delivery)}")
        return calls.text("\n".join(lines), thread=thread, silent=True)

    async def tell(self, delivery: ClaimedDelivery) -> TelegramCall | None:
        """Of a word to the customer."""
        payload = delivery.payload or {}
        async with self.desk.database.connection() as connection:
            reader = await reader_of(connection, subject_of(delivery))
        keyboard: Keyboard | None = None
        locale = words.locale_of(reader.lang, reader.language_code)
        match payload.get("word"):
            case "opened":
                said, keyboard = words.opened(locale, self.answer_hours), leaving(locale)
            case "busy":
                said = words.busy(locale)
            case "uncopied":
                said = words.uncopied(locale)
            case "closed":
                said = words.closed(locale)
            case "canned":
                canned = words.CANNED.get(str(payload.get("name")))
                if canned is None:
                    return None
                said = canned(locale)
            case _:
                return None
        return calls.text(escaped(said), keyboard=keyboard)

    async def notice(self, delivery: ClaimedDelivery) -> TelegramCall | None:
        """Of a word to those who answer."""
        thread = await self._thread(delivery)
        said = words.NOTICES.get((delivery.payload or {}).get("word", ""))
        if thread is None or said is None:
            return None
        return calls.text(escaped(said), thread=thread, silent=True)

    async def _customer(self, delivery: ClaimedDelivery) -> Customer | None:
        async with self.desk.database.connection() as connection:
            return await read_customer(connection, subject_of(delivery))

    async def _thread(self, delivery: ClaimedDelivery) -> int | None:
        """The topic's number in the group that a delivery goes to; None where it has none."""
        async with self.desk.database.connection() as connection:
            row = await connection.fetchrow(queries.TOPIC, subject_of(delivery))
        if row is None or str(row["group_id"]) != delivery.recipient:
            return None
        thread: int | None = row["thread_id"]
        return thread


def _describe(customer: Customer) -> Iterator[str]:
    """Lines about somebody, as HTML."""
    yield f"<b>{escaped(customer.display_name)}</b>  <code>{customer.id}</code>"
    if customer.banned_at is not None:
        yield f"⛔ banned since {_day(customer.banned_at)}: {escaped(customer.ban_reason or '')}"
    yield f"since {_day(customer.created_at)} · reads {customer.lang}"
    yield f"balance {usdt_text(customer.balance_micro, 2)} USD · {customer.orders} orders"
    for risk in _risks(customer):
        yield f"⚠️ {risk}"
    for order in customer.last_orders:
        price = usdt_text(order.price_micro, 2)
        about = f"{order.service or '?'}, {order.country}, {price}"
        phone = "" if order.phone is None else f" {order.phone}"
        yield f"<code>{order.id}</code> {order.status} {escaped(about)}{phone}"
    for recharge in customer.recharges:
        paid = usdt_text(recharge.received_micro, 2)
        wanted = usdt_text(recharge.amount_micro, 2)
        yield f"top-up <code>{recharge.id}</code> {recharge.status} {paid} of {wanted} USDT"
    for note in customer.notes:
        yield f"📝 {escaped(note)}"


def _risks(customer: Customer) -> Iterator[str]:
    if customer.failed_today:
        yield f"{customer.failed_today} orders without a code in 24 hours"
    if customer.in_review:
        yield f"{customer.in_review} top-ups in review"
    if customer.withdrawals_open:
        yield f"{customer.withdrawals_open} withdrawals open"
    if customer.findings:
        yield f"invitation rules: {', '.join(customer.findings)}"


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
