"""Requests the withdrawals that were confirmed in the chat, and has each message say what came of it.

What is held and what its question says become true in one transaction: whoever dies in between, and
however many are about the same one, no message says that nothing was taken where something was.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import structlog

from jiema_app.domain.clock import Clock
from jiema_app.domain.errors import DomainError
from jiema_app.domain.notifications.deliveries import NEWS, Delivery, follow
from jiema_app.domain.telegram import kinds
from jiema_app.domain.telegram import withdrawal_confirmation_queries as queries
from jiema_app.domain.telegram.withdrawal_questions import Decision
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import UserId
from jiema_app.domain.withdrawals import queries as withdrawal_queries
from jiema_app.domain.withdrawals.draft_views import Carried, DraftRefused
from jiema_app.domain.withdrawals.drafts import WithdrawalDrafts
from jiema_app.domain.withdrawals.requests import WithdrawalRefused
from jiema_app.domain.withdrawals.statuses import WithdrawalFault
from jiema_app.domain.withdrawals.views import WithdrawalView

log = structlog.get_logger()

LIFE_S: Final = 600
"""So long somebody may take to answer."""

STALE_S: Final = 900
"""What could not be carried out for so long after it was pressed is not carried out any more: nobody
waits for it, and they may have done something else since."""

LEFT_S: Final = 90.0
"""After so long a confirmed one whose worker died is carried out by another: later than the press
itself would be handled again."""

LEFT_AT_ONCE: Final = 4

LEFT_PATIENCE_S: Final = 3.0
"""For so long each of them is waited for: a node may hang. It is tried again after the others."""


class SettledMeanwhile(Exception):
    """Somebody else has written what came of it: nothing more is held for it."""


@dataclass(frozen=True, slots=True)
class WithdrawalCarrying:
    """Carries out what was confirmed. The request has the draft's own key: it holds once."""

    database: Database
    clock: Clock
    drafts: WithdrawalDrafts

    async def carry_out(self, asked: str) -> None:
        """Request the withdrawal of a question that was confirmed. Done already, it changes nothing.

        When it cannot be taken the question says so; by another fee it is asked anew, and
        nothing was held.
        """
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.TRY, asked, STALE_S)
        if row is None:
            return
        user = UserId(row["user_id"])
        carried = self.drafts.open(user, row["sealed"] or "")
        if row["is_stale"] or carried is None or not carried.request_key:
            log.warning("a confirmed withdrawal was not carried out", asked=asked)
            await self._give_up(row, None)
            return

        async def take(connection: Connection, made: WithdrawalView) -> None:
            settled = await connection.fetchrow(queries.TAKE, asked, made.id, made.status)
            if settled is None:
                raise SettledMeanwhile
            await tell(connection, settled)

        try:
            # A press in their own chat is as good as a sign-in of this moment.
            made = await self.drafts.request(user, carried, self.clock.now(), also=take)
        except SettledMeanwhile:
            return
        except WithdrawalRefused as refusal:
            if refusal.fault is WithdrawalFault.TERMS_CHANGED:
                await self._ask_anew(row, carried)
            else:
                await self._give_up(row, refusal)
        except DomainError as error:
            await self._give_up(row, error)
        else:
            # Requested before: by a worker that could not write it here.
            await self._settle(queries.TAKE, row, made.id, made.status)

    async def carry_out_left(self) -> None:
        """Do the rest of what was confirmed and left by whoever was about it."""
        async with self.database.connection() as connection:
            left = await connection.fetch(queries.LEFT, LEFT_S, LEFT_AT_ONCE)
        await asyncio.gather(*(self._try(row["id"]) for row in left))

    async def _try(self, asked: str) -> None:
        """Carry one out, unless that takes too long; what goes wrong with it concerns no other."""
        try:
            async with asyncio.timeout(LEFT_PATIENCE_S):
                await self.carry_out(asked)
        except TimeoutError:
            log.info("a confirmed withdrawal waits", asked=asked)
        except Exception:
            log.exception("a confirmed withdrawal was not carried out", asked=asked)

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
        except DomainError as error:
            await self._give_up(row, error)
            return
        sealed = self.drafts.carry(user, draft)
        if not await self._settle(queries.ASK_ANEW, row, sealed, LIFE_S):
            # Something else was asked meanwhile.
            await self._give_up(
                row, WithdrawalRefused(WithdrawalFault.TERMS_CHANGED, draft.quote.net)
            )

    async def _give_up(self, row: Any, error: DomainError | None) -> None:
        fault, figure = None if error is None else error.code, None
        if isinstance(error, WithdrawalRefused):
            fault, figure = error.fault, error.amount
        elif error is not None:
            log.info("a confirmed withdrawal was not taken", asked=row["id"], code=error.code)
        await self._settle(queries.GIVE_UP, row, Decision.NOT_TAKEN, fault, figure)

    async def _settle(self, query: str, row: Any, *values: object) -> bool:
        """Write what came of it; whether nobody else had.

        Where something is held for it after all, that is what came of it: nobody requests
        anything of this user meanwhile, and asks them nothing.
        """
        async with self.database.transaction() as connection:
            await connection.execute(withdrawal_queries.LOCK_USER, row["user_id"])
            await connection.execute(queries.LOCK_USER, row["user_id"])
            made = await connection.fetchrow(queries.MADE, row["user_id"], row["request_key"])
            if made is not None:
                query, values = queries.TAKE, (made["id"], made["status"])
            settled = await connection.fetchrow(query, row["id"], *values)
            if settled is not None:
                await tell(connection, settled)
        return settled is not None


async def tell(connection: Connection, row: Any) -> None:
    """Have the message of a question say what is so."""
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
