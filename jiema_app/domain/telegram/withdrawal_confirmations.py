"""Withdrawals that somebody prepared in the Mini App, and confirms by a button in their chat.

A launch of the Mini App may be in other hands, and the chat is not: so the Mini App asks, and a press
in the chat is what holds money. Why, says docs/decisions/0051-confirmed-in-the-chat.md.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
import structlog

from jiema_app.domain import ids
from jiema_app.domain.clock import Clock
from jiema_app.domain.errors import BadRequest, DomainError, NotFound, RateLimited
from jiema_app.domain.notifications.deliveries import NEWS, Delivery, follow
from jiema_app.domain.notifications.states import DeliveryState
from jiema_app.domain.telegram import kinds
from jiema_app.domain.telegram import withdrawal_confirmation_queries as queries
from jiema_app.domain.telegram.chats import find_of_user
from jiema_app.domain.telegram.states import ChatState
from jiema_app.domain.telegram.withdrawal_questions import Decision, Question, Replaces, question
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import UserId
from jiema_app.domain.withdrawals.draft_views import Carried, Draft, DraftRefused
from jiema_app.domain.withdrawals.drafts import WithdrawalDrafts
from jiema_app.domain.withdrawals.requests import WithdrawalRefused
from jiema_app.domain.withdrawals.statuses import WithdrawalFault

log = structlog.get_logger()

LIFE_S: Final = 600
"""So long somebody may take to answer."""

LEFT_S: Final = 60.0
"""After so long a confirmed one whose worker died is carried out by another."""

LEFT_AT_ONCE: Final = 20

LEFT_PATIENCE_S: Final = 3.0
"""For so long a look is held up by them: a node may hang. The next one goes on."""

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
    in between, and whoever finds it half done does the rest. The request has the draft's own key,
    so it holds once however often it is made.
    """

    database: Database
    clock: Clock
    drafts: WithdrawalDrafts

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
            return self._read(row)  # pressed twice
        paused_for_s = await connection.fetchval(queries.PAUSED_FOR_S, user, PAUSE_S)
        if paused_for_s is not None and paused_for_s > 0:
            raise AskingPaused("A withdrawal was refused.", retry_after_s=paused_for_s)
        if await connection.fetchval(queries.ASKED_OF_LATE, user) >= PER_HOUR:
            raise RateLimited("Too many questions.", retry_after_s=LIFE_S)
        for replaced in await connection.fetch(queries.REPLACE, user):
            await _tell(connection, replaced)
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
        await _tell(connection, row)
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

    async def reaches(self, asked: Question) -> bool:
        """Whether an open question is in its owner's chat, or on its way there.

        One whose message met a closed chat is sent again when that is open by now.
        """
        async with self.database.transaction() as connection:
            row = await connection.fetchrow(queries.REACHES, asked.id)
            if row is None or not row["is_open"]:
                return False
            if row["delivery"] == DeliveryState.GONE:
                await _tell(connection, row)
        return bool(row["delivery"] != DeliveryState.FAILED)

    async def find(self, telegram_id: int, asked: str) -> Question | None:
        """What was asked in a chat; None when it was asked in another one, or never."""
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.GET, asked, telegram_id)
        return None if row is None else self._read(row)

    async def take_back(self, user: UserId) -> None:
        """Have somebody asked no more: they want to change something first."""
        async with self.database.transaction() as connection:
            await connection.execute(queries.LOCK_USER, user)
            for row in await connection.fetch(queries.REPLACE, user):
                await _tell(connection, row)

    async def refuse(self, user: UserId, telegram_id: int, asked: str) -> None:
        """Somebody does not want it. What was answered already stays so.

        Raises:
            NotFound: It was asked of somebody else, in another chat, or never.
        """
        async with self.database.transaction() as connection:
            row = await _lock(connection, user, telegram_id, asked)
            if row["decision"] is None:
                row = await connection.fetchrow(queries.DECIDE, row["id"], Decision.REFUSED)
                await _tell(connection, row)

    async def confirm(self, user: UserId, telegram_id: int, asked: str) -> None:
        """Somebody wants it: the withdrawal is requested. Pressed again it changes nothing.

        When it cannot be taken the question says so; by another fee it is asked anew, and
        nothing was held.

        Args:
            user: Who pressed.
            telegram_id: By Telegram's word.
            asked: What.

        Raises:
            NotFound: It was asked of somebody else, in another chat, or never.
        """
        async with self.database.transaction() as connection:
            row = await _lock(connection, user, telegram_id, asked)
            if row["decision"] is None:
                decision = Decision.EXPIRED if row["is_late"] else Decision.CONFIRMED
                row = await connection.fetchrow(queries.DECIDE, row["id"], decision)
                if decision is Decision.EXPIRED:
                    await _tell(connection, row)
        if row["decision"] == Decision.CONFIRMED and row["withdrawal_id"] is None:
            await self._carry_out(row)

    async def look(self) -> None:
        """Say what time has done: nobody answered, a worker died, a withdrawal has come further."""
        async with self.database.transaction() as connection:
            for row in await connection.fetch(queries.EXPIRE):
                await _tell(connection, row)
            for row in await connection.fetch(queries.SIGNED_OUT):
                await _tell(connection, row)
            for row in await connection.fetch(queries.PROGRESS):
                await _tell(connection, row)
            await connection.execute(queries.FORGET_REPLACED)
        async with self.database.connection() as connection:
            left = await connection.fetch(queries.LEFT, LEFT_S, LEFT_AT_ONCE)
        with suppress(TimeoutError):
            async with asyncio.timeout(LEFT_PATIENCE_S):
                for row in left:
                    await self._carry_out(row)

    async def sweep(self) -> None:
        """Forget what was answered long ago."""
        async with self.database.connection() as connection:
            await connection.execute(queries.SWEEP, KEPT_DAYS)

    async def _carry_out(self, row: Any) -> None:
        user = UserId(row["user_id"])
        carried = self.drafts.open(user, row["sealed"] or "")
        if carried is None or not carried.request_key:
            await self._settle(queries.GIVE_UP, row, Decision.EXPIRED, None, None)
            return
        try:
            # A press in their own chat is as good as a sign-in of this moment.
            made = await self.drafts.request(user, carried, self.clock.now())
        except WithdrawalRefused as refusal:
            if refusal.fault is WithdrawalFault.TERMS_CHANGED:
                await self._ask_anew(row, carried)
            else:
                await self._give_up(row, refusal)
        except DomainError as error:
            log.info("a confirmed withdrawal was not taken", asked=row["id"], code=error.code)
            await self._settle(queries.GIVE_UP, row, Decision.NOT_TAKEN, None, None)
        else:
            await self._settle(queries.TAKE, row, made.id, made.status)

    async def _ask_anew(self, row: Any, carried: Carried) -> None:
        """Tell what it would be now, and ask once more. Nothing was held."""
        user = UserId(row["user_id"])
        try:
            draft = await self.drafts.prepare(
                user, carried.typed, asks_chain=False, request_key=carried.request_key
            )
        except DraftRefused as refused:
            await self._give_up(row, refused.refusals[0])
            return
        sealed = self.drafts.carry(user, draft)
        if not await self._settle(queries.ASK_ANEW, row, sealed, LIFE_S):
            await self._give_up(
                row, WithdrawalRefused(WithdrawalFault.TERMS_CHANGED, draft.quote.net)
            )

    async def _give_up(self, row: Any, refusal: WithdrawalRefused) -> None:
        await self._settle(queries.GIVE_UP, row, Decision.NOT_TAKEN, refusal.fault, refusal.amount)

    async def _settle(self, query: str, row: Any, *values: object) -> bool:
        """Write what came of it; whether nobody else had."""
        try:
            async with self.database.transaction() as connection:
                settled = await connection.fetchrow(query, row["id"], *values)
                if settled is not None:
                    await _tell(connection, settled)
        except asyncpg.UniqueViolationError:
            return False  # something else was asked in this moment
        return settled is not None

    def _read(self, row: Any) -> Question:
        carried = self.drafts.open(UserId(row["user_id"]), row["sealed"] or "")
        return question(row, carried)


async def _lock(connection: Connection, user: UserId, telegram_id: int, asked: str) -> Any:
    row = None
    if ids.is_id(asked):
        row = await connection.fetchrow(queries.LOCK, asked, user, telegram_id)
    if row is None:
        raise NotFound(NOT_FOUND)
    return row


async def _tell(connection: Connection, row: Any) -> None:
    """Have the message in the chat say what is so."""
    is_question = row["decision"] is None
    delivery = Delivery(
        recipient=str(row["telegram_id"]),
        kind=kinds.WITHDRAWAL_ASKED,
        key=f"withdrawal-asked:{row['id']}",
        subject_id=row["id"],
        priority=NEWS,
        expires_at=row["expires_at"] if is_question else None,
    )
    await follow(connection, delivery, row["revision"])
