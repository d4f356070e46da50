"""Withdrawals that somebody prepared in the Mini App, and confirms by a button in their chat.

A launch of the Mini App may be in other hands, and the chat is not: so the Mini App asks, and a press
in the chat is what holds money. Why, says docs/decisions/0051-confirmed-in-the-chat.md.
"""

from dataclasses import dataclass
from typing import Any, Final

from jiema_app.domain import ids
from jiema_app.domain.errors import BadRequest, NotFound, RateLimited
from jiema_app.domain.notifications.states import DeliveryState
from jiema_app.domain.telegram import withdrawal_confirmation_queries as queries
from jiema_app.domain.telegram.chats import find_of_user
from jiema_app.domain.telegram.states import ChatState
from jiema_app.domain.telegram.withdrawal_carrying import LIFE_S, WithdrawalCarrying, tell
from jiema_app.domain.telegram.withdrawal_questions import (
    Decision,
    Heard,
    Question,
    QuestionPress,
    Replaces,
    question,
)
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import UserId
from jiema_app.domain.withdrawals.draft_views import Draft
from jiema_app.domain.withdrawals.drafts import WithdrawalDrafts
from jiema_app.domain.withdrawals.requests import WithdrawalRefused
from jiema_app.domain.withdrawals.statuses import WithdrawalFault

PER_HOUR: Final = 12
"""Questions to one user. Whoever has got hold of a launch cannot fill their chat."""

PAUSE_S: Final = 600
"""So long nothing is asked after a refusal; after the next one of a day twice as long, and so on."""

KEPT_DAYS: Final = 30

NOT_FOUND: Final = "There is no such question."


class AskingPaused(RateLimited):
    """They refused a withdrawal of late: perhaps it is not they who ask."""


@dataclass(frozen=True, slots=True)
class WithdrawalConfirmations:
    """Asks, hears the answer, and has the withdrawal requested.

    What was pressed is written down first, and carried out then: nobody can take the answer back
    in between, and whoever finds it half done does the rest.
    """

    database: Database
    drafts: WithdrawalDrafts
    carrying: WithdrawalCarrying

    async def ask(self, user: UserId, sealed: str) -> Question | None:
        """Ask in somebody's chat whether they want what they have prepared.

        What was asked before, and not answered, is not asked any more.

        Args:
            user: Whose it is.
            sealed: The draft, as ``WithdrawalDrafts.carry`` made it.

        Returns:
            None when they cannot be written to: they never started the bot, or have blocked it.

        Raises:
            BadRequest: The draft is none of theirs, too old, or has become a withdrawal.
            DraftRefused: It cannot become a withdrawal as things stand now.
            WithdrawalRefused: The fee is another one by now.
            AskingPaused: They have refused of late.
            RateLimited: They were asked too often.
            Forbidden: The account is blocked.
            NotFound: There is no such user.
            Nobody was asked in any of these cases.
        """
        carried = self.drafts.open(user, sealed)
        if carried is None or not carried.request_key:
            raise BadRequest("This draft can't be confirmed any more.")
        draft = await self.drafts.prepare(
            user, carried.typed, request_key=carried.request_key, asks_chain=False
        )
        if draft.quote.net != carried.net:
            raise WithdrawalRefused(WithdrawalFault.TERMS_CHANGED, draft.quote.net)
        async with self.database.transaction() as connection:
            await connection.execute(queries.LOCK_USER, user)
            if await connection.fetchval(queries.IS_USED, user, draft.request_key):
                raise BadRequest("This draft has become a withdrawal.")
            return await self._ask(connection, user, draft)

    async def _ask(self, connection: Connection, user: UserId, draft: Draft) -> Question | None:
        chat = await find_of_user(connection, user)
        if chat is None or chat.state is not ChatState.OPEN:
            return None
        row = await connection.fetchrow(
            queries.OPEN_ALIKE, user, draft.request_key, chat.telegram_id
        )
        if row is not None:
            # Pressed twice, or its message met a closed chat.
            again = await connection.fetchrow(queries.SHOW_AGAIN_IF_UNSENT, row["id"])
            if again is not None:
                await tell(connection, again)
            return self._read(row)
        paused_for_s = await connection.fetchval(queries.PAUSED_FOR_S, user, PAUSE_S)
        if paused_for_s is not None and paused_for_s > 0:
            raise AskingPaused("A withdrawal was refused.", retry_after_s=paused_for_s)
        if await connection.fetchval(queries.ASKED_OF_LATE, user) >= PER_HOUR:
            raise RateLimited("Too many questions.", retry_after_s=LIFE_S)
        for replaced in await connection.fetch(queries.REPLACE, user):
            await tell(connection, replaced)
        row = await connection.fetchrow(
            queries.ASK,
            ids.new_id(),
            user,
            chat.telegram_id,
            draft.request_key,
            self.drafts.carry(user, draft),
            LIFE_S,
            await self._replaces(connection, user, draft),
        )
        await tell(connection, row)
        return self._read(row)

    async def _replaces(
        self, connection: Connection, user: UserId, draft: Draft
    ) -> Replaces | None:
        """What it stands in the place of, be it that this was taken back first."""
        rows = await connection.fetch(queries.REPLACED_OF_LATE, user)
        if not rows:
            return None
        before = [self.drafts.open(user, row["sealed"] or "") for row in rows]
        is_alike = all(one is not None and one.typed.address == draft.address for one in before)
        return Replaces.ALIKE if is_alike else Replaces.OTHER_ADDRESS

    async def newest(self, user: UserId) -> Question | None:
        """What somebody was asked last."""
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.NEWEST, user)
        return None if row is None else self._read(row)

    async def get(self, user: UserId, asked: str) -> Question | None:
        """One question of somebody; None when it is none of theirs."""
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.GET_OWN, asked, user)
        return None if row is None else self._read(row)

    async def reaches(self, asked: Question) -> bool:
        """Whether an open question is in its owner's chat, or on its way there.

        One whose message met a closed chat is sent again when that is open by now.
        """
        async with self.database.transaction() as connection:
            row = await connection.fetchrow(queries.REACHES, asked.id)
            if row is None or not row["is_open"]:
                return False
            if row["delivery"] == DeliveryState.GONE:
                await tell(connection, row)
        return bool(row["delivery"] != DeliveryState.FAILED)

    async def find(self, telegram_id: int, asked: str) -> Question | None:
        """What was asked in a chat; None when it was asked in another one, or never."""
        async with self.database.connection() as connection:
            return await self.find_within(connection, telegram_id, asked)

    async def find_within(
        self, connection: Connection, telegram_id: int, asked: str
    ) -> Question | None:
        """The same, within the caller's transaction."""
        row = await connection.fetchrow(queries.GET, asked, telegram_id)
        return None if row is None else self._read(row)

    async def take_back(self, user: UserId) -> None:
        """Have somebody asked no more: they want to change something first."""
        async with self.database.transaction() as connection:
            await connection.execute(queries.LOCK_USER, user)
            for row in await connection.fetch(queries.REPLACE, user):
                await tell(connection, row)

    async def refuse(self, user: UserId, telegram_id: int, press: QuestionPress) -> Heard:
        """Somebody does not want it. What was answered already stays so.

        Raises:
            NotFound: It was asked of somebody else, in another chat, or never.
        """
        async with self.database.transaction() as connection:
            row = await _lock(connection, user, telegram_id, press)
            if row["decision"] is not None:
                await _show_if_found(connection, row, press)
                return Heard.OVER
            await _find_message(connection, row, press)
            row = await connection.fetchrow(queries.DECIDE, row["id"], Decision.REFUSED)
            await tell(connection, row)
        return Heard.COUNTED

    async def confirm(self, user: UserId, telegram_id: int, press: QuestionPress) -> Heard:
        """Somebody wants it: the withdrawal is requested. Pressed again it changes nothing.

        A press confirms what its message shows. By another fee, or when it is about another
        asking, nothing is held, and the message shows what it would be. When it cannot be taken
        any more the message says so.

        Args:
            user: Who pressed.
            telegram_id: By Telegram's word.
            press: What.

        Raises:
            NotFound: It was asked of somebody else, in another chat, or never.
        """
        async with self.database.transaction() as connection:
            row = await _lock(connection, user, telegram_id, press)
            if row["decision"] is not None:
                is_left = row["decision"] == Decision.CONFIRMED and row["withdrawal_id"] is None
                await _show_if_found(connection, row, press)
                if not is_left:
                    return Heard.OVER
            elif (heard := await _decide(connection, row, press)) is not Heard.COUNTED:
                return heard
        await self.carrying.carry_out(press.asked)
        found = await self.find(telegram_id, press.asked)
        is_open = found is not None and found.decision is None
        return Heard.CHANGED if is_open else Heard.COUNTED

    async def look(self) -> None:
        """Say what time has done: nobody answered, a worker died, a withdrawal has come further."""
        async with self.database.transaction() as connection:
            for row in await connection.fetch(queries.EXPIRE):
                await tell(connection, row)
            for row in await connection.fetch(queries.SIGNED_OUT):
                await tell(connection, row)
            for row in await connection.fetch(queries.PROGRESS):
                await tell(connection, row)
            await connection.execute(queries.FORGET_REPLACED)
        await self.carrying.carry_out_left()

    async def sweep(self) -> None:
        """Forget what was answered long ago."""
        async with self.database.connection() as connection:
            await connection.execute(queries.SWEEP, KEPT_DAYS)

    def _read(self, row: Any) -> Question:
        carried = self.drafts.open(UserId(row["user_id"]), row["sealed"] or "")
        return question(row, carried)


async def _lock(
    connection: Connection, user: UserId, telegram_id: int, press: QuestionPress
) -> Any:
    row = None
    if ids.is_id(press.asked):
        row = await connection.fetchrow(queries.LOCK, press.asked, user, telegram_id)
    if row is None:
        raise NotFound(NOT_FOUND)
    return row


async def _decide(connection: Connection, row: Any, press: QuestionPress) -> Heard:
    """Write down that it was confirmed, if it can be by this press."""
    await _find_message(connection, row, press)
    if not row["is_late"] and row["asking"] != press.asking:
        await tell(connection, await connection.fetchrow(queries.SHOW_AGAIN, row["id"]))
        return Heard.CHANGED
    decision = Decision.EXPIRED if row["is_late"] else Decision.CONFIRMED
    row = await connection.fetchrow(queries.DECIDE, row["id"], decision)
    if decision is Decision.CONFIRMED:
        return Heard.COUNTED
    await tell(connection, row)
    return Heard.OVER


async def _find_message(connection: Connection, row: Any, press: QuestionPress) -> bool:
    """Learn from a press where a message is whose sending had an unknown end.

    Returns:
        Whether it was not known.
    """
    if press.message_id is None:
        return False
    found = await connection.fetchval(
        queries.LEARN_MESSAGE, row["id"], str(row["telegram_id"]), press.message_id
    )
    return found is not None


async def _show_if_found(connection: Connection, row: Any, press: QuestionPress) -> None:
    if await _find_message(connection, row, press):
        await tell(connection, await connection.fetchrow(queries.SHOW_AGAIN, row["id"]))
