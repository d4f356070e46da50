"""Ending a withdrawal without a payment, and having one tried again that was not paid."""

from dataclasses import dataclass
from typing import Final

import structlog

from jiema_app.domain.errors import AlreadyChanged, NotOpen
from jiema_app.domain.labels import clean_label
from jiema_app.domain.payouts import queries as payout_queries
from jiema_app.domain.payouts.house_wallets import HouseWallets, send_from
from jiema_app.domain.payouts.statuses import FOR_A_PERSON, PayoutStatus
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.withdrawals import queries
from jiema_app.domain.withdrawals.deciding import NOTE_MAX, get_withdrawal, lock_open, write_down
from jiema_app.domain.withdrawals.service import give_back
from jiema_app.domain.withdrawals.views import WithdrawalView

log = structlog.get_logger()

_FOR_A_PERSON: Final = {str(one) for one in FOR_A_PERSON}

MAY_BE_PAID: Final = (
    "What was signed for this withdrawal may still be paid. Wait until it is settled, or proved to "
    "be in no block."
)


@dataclass(frozen=True, slots=True)
class Ending:
    """Gives back what is not paid, and lets be tried again what was not."""

    database: Database
    house: HouseWallets

    async def reject(self, withdrawal: str, *, actor: str, note: str) -> WithdrawalView:
        """As of ``WithdrawalReviews``."""
        note = clean_label(note, what="Note", length_max=NOTE_MAX)
        async with self.database.transaction() as connection:
            view = await lock_open(connection, withdrawal, actor)
            if view.payout_id is not None:
                change = (view.payout_id, PayoutStatus.CANCELLED, "rejected")
                if await connection.fetchval(payout_queries.CHANGE, *change) is None:
                    raise NotOpen(MAY_BE_PAID)
            row = await connection.fetchrow(queries.REJECT, withdrawal, note)
            if row is None:
                raise AlreadyChanged("withdrawal")
            await give_back(connection, row)
            await write_down(connection, view, "reject", actor, note)
            view = await get_withdrawal(connection, withdrawal)
        log.info("withdrawal rejected", withdrawal=withdrawal)
        return view

    async def retry(self, withdrawal: str, *, actor: str, note: str) -> WithdrawalView:
        """As of ``WithdrawalReviews``."""
        note = clean_label(note, what="Note", length_max=NOTE_MAX)
        async with self.database.transaction() as connection:
            view = await lock_open(connection, withdrawal, actor)
            if view.payout_id is None or view.status not in _FOR_A_PERSON:
                raise NotOpen(f"A withdrawal that is {view.status} is not tried again.")
            if not await self._requeue(connection, view.payout_id):
                raise NotOpen(MAY_BE_PAID)
            await write_down(connection, view, "retry", actor, note)
            view = await get_withdrawal(connection, withdrawal)
        log.info("withdrawal tried again", withdrawal=withdrawal)
        return view

    async def _requeue(self, connection: Connection, payout: str) -> bool:
        """Have a payout signed anew: from the wallet that pays now, if that is another one."""
        row = await connection.fetchrow(payout_queries.GET, payout)
        assert row is not None, "nothing deletes a payout"
        hot = self.house.hot
        if hot is not None and row["from_address"] != hot:
            return await send_from(connection, row, hot) is not None
        change = (payout, PayoutStatus.QUEUED, "tried again")
        return await connection.fetchval(payout_queries.CHANGE, *change) is not None
