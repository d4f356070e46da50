"""The hot wallet and the treasury: which they are, and what each address of ours is for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from jiema_app.domain import ids
from jiema_app.domain.payouts import queries, settlement
from jiema_app.domain.payouts.kinds import Purpose
from jiema_app.domain.payouts.statuses import PayoutStatus
from jiema_app.domain.transaction import Connection, Database

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class HouseWallet:
    """A wallet of the house's that is none of the pool.

    Attributes:
        retired_at: Since when another one is used for its purpose; it is watched all the same.
    """

    id: int
    purpose: Purpose
    address: str
    created_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class HouseWallets:
    """What the settings name, and what they named before.

    Attributes:
        hot: Address that pays out; None: nothing is paid out here.
        treasury: Address where money is kept apart.
    """

    database: Database
    hot: str | None
    treasury: str | None

    async def keep(self) -> None:
        """Write down the addresses of the settings, so that they are watched, if they are new.

        The one that was used before is retired, and watched all the same; what was to be paid
        from it, and is not signed, is paid from the new one.
        """
        wanted = ((Purpose.HOT, self.hot), (Purpose.TREASURY, self.treasury))
        async with self.database.transaction() as connection:
            await connection.execute(queries.LOCK_HOUSE_WALLETS)
            for purpose, address in wanted:
                if address is not None:
                    await _keep_one(connection, purpose, address)
            if self.hot is not None:
                await _send_all_from(connection, self.hot)

    async def list_all(self) -> Sequence[HouseWallet]:
        """Every one that was ever named, oldest first."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.HOUSE_WALLETS)
        return [HouseWallet(**{**dict(row), "purpose": Purpose(row["purpose"])}) for row in rows]


async def _keep_one(connection: Connection, purpose: Purpose, address: str) -> None:
    known = (await purposes_of(connection, [address])).get(address, purpose)
    if known is not purpose:
        # Its books say what it is: nothing is paid from it as something else, by the checks.
        log.error("a wallet of ours cannot be another one of ours", address=address, is_our=known)
        return
    await connection.execute(queries.RETIRE_HOUSE_WALLETS, purpose, address)
    added = await connection.fetchval(queries.ADD_HOUSE_WALLET, purpose, address)
    revived = await connection.fetchval(queries.REVIVE_HOUSE_WALLET, purpose, address)
    if added or revived:
        log.info("house wallet in use", purpose=purpose, address=address)


async def _send_all_from(connection: Connection, hot: str) -> None:
    """Have what would leave a hot wallet of before leave the one that is in use."""
    if await connection.fetchval(queries.HOT_IN_USE) != hot:
        return
    for queued in await connection.fetch(queries.QUEUED_FROM_RETIRED):
        row = await settlement.lock(connection, queued["id"])
        if row["status"] == PayoutStatus.QUEUED:
            await send_from(connection, row, hot)


async def send_from(connection: Connection, payout: Any, hot: str) -> str | None:
    """Put another payout in the place of one: the same from another wallet.

    Args:
        connection: Of the caller's transaction.
        payout: Row of the one that is replaced.
        hot: Address of the hot wallet in use.

    Returns:
        The id of the new one; None when what was signed for the old one may still be paid, or it
        goes to that very wallet. Nothing changed then.
    """
    if payout["to_address"] == hot:
        return None
    reason = "the hot wallet is another one now: replaced"
    change = (payout["id"], PayoutStatus.CANCELLED, reason)
    if await connection.fetchval(queries.CHANGE, *change) is None:
        return None
    queued = await connection.fetchval(
        queries.ENQUEUE,
        ids.new_id(),
        payout["kind"],
        payout["subject_id"],
        payout["asset"],
        hot,
        payout["to_address"],
        payout["amount"],
        payout["created_by"],
    )
    assert queued is not None, "a payout that was replaced is still there"
    log.info("payout sent from another hot wallet", payout=queued, instead_of=payout["id"])
    return str(queued)


async def purposes_of(connection: Connection, addresses: Sequence[str]) -> Mapping[str, Purpose]:
    """What those of some addresses are for that are ours."""
    rows = await connection.fetch(queries.PURPOSES, list(addresses))
    return {row["address"]: Purpose(row["purpose"]) for row in rows}
