"""A payout as the checks and the signer read it, and what our own books say about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from jiema_app.domain.clock import Clock
from jiema_app.domain.compliance.sanctioned_addresses import (
    BadAddressList,
    SanctionedAddresses,
    find_sanctioned_addresses,
)
from jiema_app.domain.ledger.received import is_refund_owed
from jiema_app.domain.payouts import outgoing_queries, queries
from jiema_app.domain.payouts.checks.facts import (
    Attempt,
    HouseFacts,
    PlannedPayout,
    Reading,
    Unread,
    Velocity,
)
from jiema_app.domain.payouts.halts import SignerState, read_state
from jiema_app.domain.payouts.house_wallets import purposes_of
from jiema_app.domain.payouts.kinds import PayoutAsset, PayoutKind, Purpose
from jiema_app.domain.transaction import Connection
from jiema_app.domain.units import MicroUsdt

COMPARED_AGE_MAX: Final = timedelta(minutes=30)
"""Wallets and books are compared every ten minutes: three times missed is once too often."""

SWEEP_FLOOR: Final = MicroUsdt(1)
"""Stays in a wallet that is swept: its next transfer is then to a holder, and half as dear."""

# What is approved and not settled from the same address: money that is spoken for, whatever
# became of its transactions. Of TRX also the most that fees can be.
UNSETTLED: Final = """
select
    coalesce(sum(p.amount) filter (where p.asset = 'USDT'), 0)::bigint as micro,
    (coalesce(sum(p.amount) filter (where p.asset = 'TRX'), 0)
        + coalesce(sum(a.fee_limit_sun), 0))::bigint as sun
from payouts p
left join payout_attempts a on a.payout_id = p.id and a.outcome is null
where p.from_address = $1 and p.id <> $2
  and p.status in ('QUEUED', 'SIGNED', 'BROADCAST', 'NEEDS_REVIEW', 'FAILED_ON_CHAIN',
                   'EXPIRED_ABSENT')
"""

CURSOR: Final = """
select block_number, block_time, halted_because from chain_cursors where genesis_id = $1
"""

# What the hot wallet at $1 holds by the books: its account, which stands below zero by what is
# there, less what was read of other ones, which were used before.
HOT_BALANCE: Final = """
select (
    -coalesce((select sum(amount_micro) from ledger_entries where account_id = 7), 0)
    - coalesce(sum(
        coalesce(h.opening_micro, 0)
        + coalesce((select sum(p.amount) from payments p
                    where p.to_address = h.address and p.status = 'HOUSE'), 0)
        - coalesce((select sum(p.amount) from payments p
                    where p.from_address = h.address and p.status = 'HOUSE'), 0)
        - coalesce((select sum(a.amount) from payout_attempts a join payouts o on o.id = a.payout_id
                    where a.from_address = h.address and a.outcome = 'SETTLED'
                      and o.kind = 'WITHDRAWAL' and not exists (
                          select from payments p where p.txid = a.txid and p.status = 'HOUSE')), 0)
    ), 0)
)::bigint
from house_wallets h where h.purpose = 'HOT' and h.address <> $1
"""

# Every transaction that was ever signed for a payout; for one that pays somebody, also those of
# payouts that it has replaced.
ATTEMPTS: Final = """
select a.txid, a.expires_at, a.outcome
from payout_attempts a join payouts p on p.id = a.payout_id
where p.subject_id = $3
  and (p.id = $1 or p.kind = $2 and p.kind in ('WITHDRAWAL', 'REFUND'))
order by a.id
"""

CONFIRMED_WITHDRAWAL: Final = """
select w.address, w.user_id, w.status, w.net_micro, u.banned_at is not null as is_banned,
    w.usable_from, coalesce((
        select b.balance_micro from ledger_accounts a join ledger_balances b on b.account_id = a.id
        where a.user_id = w.user_id and a.kind = 'user:commission'), 0) as commission
from withdrawals w join users u on u.id = w.user_id where w.id = $1
"""

CONFIRMED_REFUND: Final = f"""
select p.from_address as address from payments p where p.id = $1 and {is_refund_owed("p")}
"""  # noqa: S608 - put together from constants

DAY: Final = """
select coalesce(sum(p.amount), 0)::bigint from payouts p
where p.kind in ('WITHDRAWAL', 'REFUND') and p.id <> $1
  and p.created_at > now() - interval '24 hours' and p.status <> 'CANCELLED'
"""


def planned_payout(row: Any, attempts: Sequence[Any]) -> PlannedPayout:
    """A row of ``PAYOUT_COLUMNS`` and those of its transactions, as the checks know them."""
    return PlannedPayout(
        id=row["id"],
        kind=PayoutKind(row["kind"]),
        asset=PayoutAsset(row["asset"]),
        source=row["from_address"],
        destination=row["to_address"],
        amount=row["amount"],
        attempts=[
            Attempt(txid=one["txid"], expires_at=one["expires_at"], outcome=one["outcome"])
            for one in attempts
        ],
    )


async def read_payout(connection: Connection, payout: str) -> tuple[Any, PlannedPayout] | None:
    """A payout's row, and the payout as the checks know it; None when there is none."""
    row = await connection.fetchrow(queries.GET, payout)
    if row is None:
        return None
    attempts = await connection.fetch(ATTEMPTS, payout, row["kind"], row["subject_id"])
    return row, planned_payout(row, attempts)


@dataclass(frozen=True, slots=True)
class HouseRules:
    """What the settings say of the house's own money.

    Attributes:
        floor_micro: Micro-USDT that stay in the hot wallet.
        floor_sun: Sun that stay there.
        day_micro: The most that leaves in 24 hours; None where that is not bounded here.
        sanctions_file: Addresses that may not be paid; None: no list.
    """

    genesis_id: str
    is_production: bool
    floor_micro: MicroUsdt
    floor_sun: int
    sanctions_file: Path | None
    day_micro: int | None = None


@dataclass(frozen=True, slots=True)
class HouseBooks:
    """Reads what our books say about a payout."""

    rules: HouseRules
    clock: Clock

    async def read(self, connection: Connection, payout: PlannedPayout, subject: str) -> HouseFacts:
        """Everything of our own that a payout is judged by, in the caller's connection.

        Args:
            connection: To read by; best in one snapshot.
            payout: What is to be sent.
            subject: The withdrawal's, or the payment's id.
        """
        own = await purposes_of(connection, [payout.source, payout.destination])
        unsettled = await connection.fetchrow(UNSETTLED, payout.source, payout.id)
        assert unsettled is not None
        state = await read_state(connection)
        is_hot = own.get(payout.source) is Purpose.HOT
        return HouseFacts(
            own=own,
            confirmed_address=await _confirmed(connection, payout, subject),
            sanctions=_sanctions(self.rules.sanctions_file),
            is_production=self.rules.is_production,
            unsettled_micro=MicroUsdt(unsettled["micro"]),
            unsettled_sun=unsettled["sun"],
            reading=await self._reading(connection),
            unexplained_outgoing=await connection.fetchval(outgoing_queries.COUNT_UNEXPLAINED),
            difference_micro=self._difference(state),
            floor_micro=self._floor(payout, is_hot=is_hot),
            floor_sun=self.rules.floor_sun if is_hot else 0,
            ledger_micro=await _held_by_books(connection, payout.source) if is_hot else None,
            velocity=await self._velocity(connection, payout),
        )

    def _floor(self, payout: PlannedPayout, *, is_hot: bool) -> MicroUsdt:
        if payout.kind is PayoutKind.SWEEP:
            return SWEEP_FLOOR
        return self.rules.floor_micro if is_hot else MicroUsdt(0)

    def _difference(self, state: SignerState) -> int | Unread:
        """By how much chain and books differ, everything together."""
        total = 0
        for what, micro, compared_at in (
            ("the pool", state.pool_difference_micro, state.pool_compared_at),
            ("the hot wallet", state.house_difference_micro, state.house_compared_at),
        ):
            if micro is None or compared_at is None:
                return Unread(f"{what} and its books were never compared")
            age = self.clock.now() - compared_at
            if age > COMPARED_AGE_MAX:
                minutes = age.total_seconds() / 60
                return Unread(f"{what} and its books were last compared {minutes:.0f} min ago")
            total += micro
        return total

    async def _reading(self, connection: Connection) -> Reading | Unread:
        row = await connection.fetchrow(CURSOR, self.rules.genesis_id)
        if row is None:
            return Unread("no block was read yet")
        return Reading(
            number=row["block_number"],
            time=row["block_time"],
            halted_because=row["halted_because"],
        )

    async def _velocity(self, connection: Connection, payout: PlannedPayout) -> Sequence[Velocity]:
        is_paid_out = payout.kind in {PayoutKind.WITHDRAWAL, PayoutKind.REFUND}
        if self.rules.day_micro is None or not is_paid_out:
            return ()
        others = await connection.fetchval(DAY, payout.id)
        used = others + payout.amount
        return (Velocity(what="in 24 hours", used=used, limit=self.rules.day_micro),)


async def _held_by_books(connection: Connection, hot: str) -> int:
    held: int = await connection.fetchval(HOT_BALANCE, hot)
    return held


async def _confirmed(connection: Connection, payout: PlannedPayout, subject: str) -> str | None:
    """Where people decided that it goes; None where nobody decided, or they did otherwise."""
    if payout.kind is PayoutKind.WITHDRAWAL:
        row = await connection.fetchrow(CONFIRMED_WITHDRAWAL, subject)
        return None if row is None else str(row["address"])
    if payout.kind is PayoutKind.REFUND:
        row = await connection.fetchrow(CONFIRMED_REFUND, subject)
        return None if row is None else str(row["address"])
    return None


def _sanctions(path: Path | None) -> SanctionedAddresses | Unread | None:
    try:
        return find_sanctioned_addresses(path)
    except BadAddressList as error:
        return Unread(f"the list of sanctioned addresses {error}")
