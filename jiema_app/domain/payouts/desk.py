"""Looking at payouts, and deciding about those that stay in the house or go back to a sender.

A withdrawal's payout is decided about by its withdrawal, whose money is held: see
``withdrawals.review``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import structlog

from jiema_app.domain import ids
from jiema_app.domain.errors import BadRequest, NotFound, NotOpen
from jiema_app.domain.identity.deciding import ensure_may_decide
from jiema_app.domain.labels import clean_label
from jiema_app.domain.payouts import queries
from jiema_app.domain.payouts.kinds import PayoutKind
from jiema_app.domain.payouts.settlement import REASON_MAX
from jiema_app.domain.payouts.statuses import PayoutStatus
from jiema_app.domain.payouts.views import PayoutInFull, PayoutView, attempt_view, payout_view
from jiema_app.domain.transaction import Connection, Database

log = structlog.get_logger()

NOTE_MAX: Final = 500
LISTED_MAX: Final = 200


class Listed(StrEnum):
    """Which payouts are asked for."""

    OPEN = "open"
    """To be signed, or on their way."""
    WAITING = "waiting"
    """Those that wait for a person."""
    ENDED = "ended"
    """Settled or cancelled, the youngest first."""


QUERIES: Final = {
    Listed.OPEN: queries.LIST_OPEN,
    Listed.WAITING: queries.LIST_FOR_PERSON,
    Listed.ENDED: queries.LIST_ENDED,
}


@dataclass(frozen=True, slots=True)
class PayoutDesk:
    """Shows payouts; tries them again and ends them."""

    database: Database

    async def list(self, which: Listed) -> Sequence[PayoutView]:
        """Those of one kind, 200 at most."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(QUERIES[which], LISTED_MAX)
        return [payout_view(row) for row in rows]

    async def show(self, payout: str) -> PayoutInFull:
        """One, with every transaction that was signed for it.

        Raises:
            NotFound: There is none with this id.
        """
        async with self.database.connection() as connection:
            view = await _get(connection, payout)
            attempts = await connection.fetch(queries.ATTEMPTS, payout)
            gas = await connection.fetch(queries.GAS_OF, payout)
        return PayoutInFull(
            view, [attempt_view(row) for row in attempts], [payout_view(row) for row in gas]
        )

    async def retry(self, payout: str, *, actor: str, note: str) -> PayoutInFull:
        """Have one signed anew whose transactions are proved to have moved nothing.

        Raises:
            BadRequest: The note does not fit, or it pays a withdrawal.
            NotFound: There is none with this id.
            Forbidden: Who decides is no administrator.
            NotOpen: It does not wait for a person, or may still be paid.
            Nothing changed in any of these cases.
        """
        await self._change(payout, PayoutStatus.QUEUED, "retry", actor, note)
        return await self.show(payout)

    async def cancel(self, payout: str, *, actor: str, note: str) -> PayoutInFull:
        """End one without a payment: also one that nobody has signed yet.

        Raises:
            BadRequest: The note does not fit, or it pays a withdrawal.
            NotFound: There is none with this id.
            Forbidden: Who decides is no administrator.
            NotOpen: It has ended, or may still be paid.
            Nothing changed in any of these cases.
        """
        await self._change(payout, PayoutStatus.CANCELLED, "cancel", actor, note)
        return await self.show(payout)

    async def _change(
        self, payout: str, status: PayoutStatus, action: str, actor: str, note: str
    ) -> None:
        note = clean_label(note, what="Note", length_max=NOTE_MAX)
        async with self.database.transaction() as connection:
            await ensure_may_decide(connection, actor, "payouts")
            view = await _get(connection, payout)
            if view.kind is PayoutKind.WITHDRAWAL:
                raise BadRequest(
                    f"It pays withdrawal {view.subject}: decide about that, with `withdrawal "
                    "retry`, `reject` or `state-paid`."
                )
            if status is PayoutStatus.QUEUED and not view.is_for_person:
                raise NotOpen(f"A payout that is {view.status} is not tried again.")
            reason = f"{action}: {note}"[:REASON_MAX]
            changed = await connection.fetchval(queries.CHANGE, payout, status, reason)
            if changed is None:
                raise NotOpen(
                    f"It is {view.status}: it has ended, or what was signed for it may still be "
                    "paid. Wait until that is settled, or proved to be in no block."
                )
            details = {"note": note, "was": view.status, "kind": view.kind}
            await connection.execute(queries.AUDIT, actor, f"payout.{action}", payout, details)
        log.info("payout changed", payout=payout, status=status)


async def _get(connection: Connection, payout: str) -> PayoutView:
    row = await connection.fetchrow(queries.GET, payout) if ids.is_id(payout) else None
    if row is None:
        raise NotFound("Payout not found.")
    return payout_view(row)
