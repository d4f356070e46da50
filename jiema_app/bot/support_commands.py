"""What administrators tell the bot in a customer's topic.

A command is never passed on, known or not. Each act is the service's of everywhere, which asks
for the right anew and writes into the audit log who it was.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from jiema_app.bot import support_words as words
from jiema_app.bot.buttons import act, rows
from jiema_app.bot.presses import Pressed
from jiema_app.bot.support_messages import Said
from jiema_app.bot.support_views import SUPPORT_PRESS
from jiema_app.domain.errors import AlreadyChanged, DomainError, NotOpen
from jiema_app.domain.identity.queries import AUDIT
from jiema_app.domain.identity.service import IdentityService
from jiema_app.domain.labels import clean_words
from jiema_app.domain.notifications.deliveries import REPLY
from jiema_app.domain.orders.house_refunds import HouseRefund, HouseRefunds, HouseRefundWay
from jiema_app.domain.support.customers import Customers
from jiema_app.domain.support.desk import SupportDesk, Topic, tell
from jiema_app.domain.support.statuses import Resolution
from jiema_app.domain.telegram import calls
from jiema_app.domain.telegram.calls import Keyboard, escaped
from jiema_app.domain.telegram.chats import set_mode
from jiema_app.domain.telegram.updates import Effects
from jiema_app.domain.transaction import Connection
from jiema_app.domain.units import UserId, usdt_text

REASON_MAX: Final = 300
NOTE_MAX: Final = 500
ORDER_MAX: Final = 40

ASKED: Final = {
    HouseRefundWay.CANCEL: "No code has come: the order ends, and {amount} USD return to them.",
    HouseRefundWay.CREDIT: "A code has come: the house gives them {amount} USD.",
}

Run: TypeAlias = Callable[["Order"], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Order:
    """A command, with all that it needs.

    Attributes:
        rest: What stands behind its name.
        actor: The administrator.
        user: The customer's account.
    """

    said: Said
    rest: str
    topic: Topic
    actor: UserId
    user: UserId
    effects: Effects

    def reply(self, html: str, keyboard: Keyboard | None = None) -> None:
        """Answer in the topic."""
        call = calls.text(html, keyboard=keyboard, thread=self.said.thread)
        # Before what waits to be copied: whoever bans somebody sees that it was done.
        self.effects.reply(call, recipient=self.said.chat, priority=REPLY)


@dataclass(frozen=True, slots=True)
class SupportCommands:
    """Runs commands."""

    desk: SupportDesk
    customers: Customers
    identity: IdentityService
    refunds: HouseRefunds

    async def run(self, said: Said, topic: Topic, actor: UserId, effects: Effects) -> None:
        """Run a command of an administrator, and answer in the topic."""
        name, rest = said.command
        run = self._known().get(name)
        user = await self.customers.user_of(topic.telegram_id)
        order = Order(said, rest, topic, actor, user or UserId(""), effects)
        if run is None:
            order.reply(words.UNKNOWN)
        elif user is None and name not in {"help", "canned", "close"}:
            order.reply("They have no account yet.")
        else:
            await _answered(order, run)

    @staticmethod
    def refuse(said: Said, topic: Topic, actor: UserId, effects: Effects) -> None:
        """What was forwarded is nobody's command, and stays in the group like one."""
        Order(said, "", topic, actor, UserId(""), effects).reply(words.UNKNOWN)

    async def press(
        self, pressed: Pressed, said: Said, topic: Topic, actor: UserId, effects: Effects
    ) -> None:
        """Do what was asked back, now that an administrator has said yes."""
        user = await self.customers.user_of(topic.telegram_id)
        if pressed.text(0) != "refund" or user is None:
            effects.reply(calls.edit_text(said.message_id, "Nothing was done."))
            return
        wanted = pressed.text(1)
        try:
            way = HouseRefundWay(pressed.text(2))
            done = await self.refunds.refund(user, wanted, actor=actor, way=way)
        except (NotOpen, AlreadyChanged) as error:
            # Perhaps by this press, before a worker died that had not said so.
            before = await self.refunds.done_by(user, wanted, actor=actor)
            result = _nothing(error) if before is None else _given(before)
        except (DomainError, ValueError) as error:
            result = _nothing(error)
        else:
            result = _given(done)
        effects.reply(calls.edit_text(said.message_id, result))

    def _known(self) -> dict[str, Run]:
        return {
            "refund": self._refund,
            "note": self._note,
            "ban": self._ban,
            "unban": self._unban,
            "canned": self._canned,
            "close": self._close,
            "help": self._help,
        }

    async def _refund(self, order: Order) -> str | None:
        if not order.rest:
            return "Which order? /refund ORDER"
        found = await self.refunds.look(order.user, order.rest[:ORDER_MAX])
        asked = ASKED[found.way].format(amount=usdt_text(found.amount, 2))
        order.reply(f"<code>{found.order}</code> {asked} Go on?", _sure(found))
        return None

    async def _note(self, order: Order) -> str | None:
        note = clean_words(order.rest, what="Note", length_max=NOTE_MAX)
        details = {"note": note}
        order.effects.also(
            partial(
                _audit,
                actor=order.actor,
                action="support.note",
                subject=order.user,
                details=details,
            )
        )
        return "Noted."

    async def _ban(self, order: Order) -> str | None:
        reason = clean_words(order.rest, what="Reason", length_max=REASON_MAX)
        if (await self.identity.get_account(order.user)).is_banned:
            return "They are banned already."
        await self.identity.ban(order.user, actor=order.actor, reason=reason)
        return "⛔ They are banned. Their open orders run to their end."

    async def _unban(self, order: Order) -> str | None:
        if not (await self.identity.get_account(order.user)).is_banned:
            return "They are not banned."
        reason = clean_words(order.rest or "From support", what="Reason", length_max=REASON_MAX)
        await self.identity.unban(order.user, actor=order.actor, reason=reason)
        return "They may act again."

    async def _canned(self, order: Order) -> str | None:
        name = order.rest[:ORDER_MAX].lower()
        if not name:
            return "\n".join(
                f"<code>/canned {one}</code> {escaped(say('en'))}"
                for one, say in words.CANNED.items()
            )
        said = words.CANNED.get(name)
        if said is None:
            return "There is no such answer. /canned lists them."
        key = f"update:{order.effects.update.update_id}:canned"
        order.effects.also(
            partial(
                self._send_canned,
                telegram_id=order.topic.telegram_id,
                actor=order.actor,
                name=name,
                key=key,
            )
        )
        return f"Sent, in their language:\n{escaped(said('en'))}"

    async def _close(self, order: Order) -> str | None:
        telegram_id = order.topic.telegram_id
        key = f"update:{order.effects.update.update_id}:closed"
        order.effects.also(
            partial(self._end_case, telegram_id=telegram_id, actor=order.actor, key=key)
        )
        return "Closed."

    async def _help(self, _order: Order) -> str | None:
        return words.HELP

    async def _send_canned(
        self, connection: Connection, telegram_id: int, actor: str, name: str, key: str
    ) -> None:
        await self.desk.note_answer(connection, telegram_id, actor=actor)
        await tell(connection, telegram_id, "canned", key, name=name)
        await _audit(connection, actor, "support.canned", str(telegram_id), {"name": name})

    async def _end_case(
        self, connection: Connection, telegram_id: int, actor: str, key: str
    ) -> None:
        if not await self.desk.resolve(connection, telegram_id, Resolution.ADMIN):
            return
        await set_mode(connection, telegram_id, None)
        await tell(connection, telegram_id, "closed", key)
        await _audit(connection, actor, "support.close", str(telegram_id), {})


async def _answered(order: Order, run: Run) -> None:
    try:
        answer = await run(order)
    except DomainError as error:
        answer = _nothing(error)
    if answer is not None:
        order.reply(answer)


def _given(done: HouseRefund) -> str:
    return f"✅ {usdt_text(done.amount, 2)} USD given back for <code>{done.order}</code>"


def _nothing(error: Exception) -> str:
    why = error.message if isinstance(error, DomainError) else "this button is too old"
    return f"Nothing was done: {escaped(why)}"


def _sure(found: HouseRefund) -> Keyboard:
    yes = f"Give {usdt_text(found.amount, 2)} USD back"
    return rows(
        [
            act(yes, SUPPORT_PRESS, "refund", found.order, found.way),
            act("No", SUPPORT_PRESS, "no"),
        ]
    )


async def _audit(
    connection: Connection, actor: str, action: str, subject: str, details: dict[str, str]
) -> None:
    await connection.execute(AUDIT, actor, action, subject, details)
