"""How payouts are doing: whether somebody must look, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from jiema_app.domain.chain.port import ChainError
from jiema_app.domain.clock import Clock
from jiema_app.domain.payouts import outgoing_queries
from jiema_app.domain.payouts import watch_queries as queries
from jiema_app.domain.payouts.checks.thresholds import Thresholds
from jiema_app.domain.payouts.halts import SignerState, read_state
from jiema_app.domain.payouts.house_wallets import HouseWallets
from jiema_app.domain.payouts.kinds import Purpose
from jiema_app.domain.payouts.planning import COMPARED_AGE_MAX
from jiema_app.domain.payouts.port import PayoutChain
from jiema_app.domain.transaction import Database
from jiema_app.domain.units import MicroUsdt, usdt_text

PULSE_AGE_MAX: Final = timedelta(minutes=1)
"""The signer tells that it lives every two seconds."""

_WHOLE: Final = 100


class AlarmName(StrEnum):
    """What somebody must look at."""

    SIGNER_SILENT = "signer_silent"
    SIGNER_HALTED = "signer_halted"
    UNEXPLAINED = "unexplained_transfers"
    HOT_USDT = "hot_usdt"
    HOT_TRX = "hot_trx"
    LATE = "payout_late"
    FOR_A_PERSON = "payout_for_a_person"
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that is wrong.

    Attributes:
        words: What was seen, with figures.
        remedy: What to do.
    """

    name: AlarmName
    words: str
    remedy: str


@dataclass(frozen=True, slots=True)
class WatchRules:
    """What the settings say, in seconds, micro-USDT and sun.

    Attributes:
        late_s: A payout that is open for longer is told of.
        floor_micro: Stays in the hot wallet.
        floor_sun: Likewise of TRX.
        low_sun: With less TRX the hot wallet is told of, whatever is queued.
    """

    late_s: int
    floor_micro: MicroUsdt
    floor_sun: int
    low_sun: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How payouts are doing now.

    Attributes:
        hot: The wallet that pays out; None: nothing is paid out here.
        queued: Payouts that are to be signed.
        under_way: Those that are signed and not settled.
        for_a_person: Those that wait for somebody.
        oldest: Id of the one that is open for longest.
        oldest_s: For how long.
        needed_micro: What of the hot wallet's is to be sent yet.
        needed_sun: Likewise of TRX, with the most that fees can be.
        hot_micro: What it holds, by final blocks; None where that could not be read.
        hot_sun: Its TRX; likewise.
        fees_sun: What transactions cost in 24 hours.
        gas_sun: What wallets of the pool were given in 24 hours.
        unexplained: Transfers that left our wallets, and nobody says why.
        trouble: Why the chain could not be asked; empty when it was.
    """

    at: datetime
    hot: str | None
    signer: SignerState
    queued: int
    under_way: int
    for_a_person: int
    oldest: str | None
    oldest_s: float
    needed_micro: MicroUsdt
    needed_sun: int
    hot_micro: MicroUsdt | None
    hot_sun: int | None
    fees_sun: int
    gas_sun: int
    unexplained: int
    trouble: str = ""

    @property
    def pulse_age_s(self) -> float | None:
        """Seconds since the signer's last pulse; None if there never was one."""
        seen = self.signer.seen_at
        return None if seen is None else max(0.0, (self.at - seen).total_seconds())


@dataclass(frozen=True, slots=True)
class HouseHolding:
    """A wallet of the house's, and what it holds.

    Attributes:
        usdt: In micro-USDT by final blocks; None where that could not be read.
        sun: TRX at the head; likewise.
        books: What the books say of all wallets of its purpose together.
    """

    address: str
    purpose: Purpose
    retired_at: datetime | None
    usdt: MicroUsdt | None
    sun: int | None
    books: MicroUsdt


@dataclass(frozen=True, slots=True)
class PayoutWatch:
    """Looks at payouts, the signer and the hot wallet. Changes nothing.

    Attributes:
        chain: What can be asked; None in a process without a node.
    """

    database: Database
    clock: Clock
    chain: PayoutChain | None
    house: HouseWallets
    rules: WatchRules
    thresholds: Thresholds

    async def look(self) -> Standing:
        """How everything is. What the chain does not tell is not known."""
        hot = self.house.hot
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.STANDING, hot)
            fees = await connection.fetchrow(queries.FEES)
            unexplained = await connection.fetchval(outgoing_queries.COUNT_UNEXPLAINED)
            signer = await read_state(connection)
        assert row is not None
        assert fees is not None
        micro, sun, energy_sun, trouble = await self._ask(hot)
        return Standing(
            at=self.clock.now(),
            hot=hot,
            signer=signer,
            queued=row["queued"],
            under_way=row["under_way"],
            for_a_person=row["for_a_person"],
            oldest=row["oldest"],
            oldest_s=row["oldest_s"],
            needed_micro=MicroUsdt(row["hot_micro"]),
            needed_sun=row["hot_sun"] + row["hot_transfers"] * self._fee_max(energy_sun),
            hot_micro=micro,
            hot_sun=sun,
            fees_sun=fees["fees_sun"],
            gas_sun=fees["gas_sun"],
            unexplained=unexplained,
            trouble=trouble,
        )

    def alarms(self, standing: Standing) -> Sequence[Alarm]:
        """What somebody must look at, the worst first. None where nothing is paid out."""
        if standing.hot is None:
            return ()
        return [*self._of_signer(standing), *self._of_hot(standing), *self._of_payouts(standing)]

    async def holdings(self) -> Sequence[HouseHolding]:
        """What the wallets of the house hold, those of before too."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.WALLETS)
        return [await self._holding(row) for row in rows]

    async def _holding(self, row: Any) -> HouseHolding:
        micro, sun, _, _ = await self._ask(row["address"])
        return HouseHolding(
            row["address"],
            Purpose(row["purpose"]),
            row["retired_at"],
            micro,
            sun,
            MicroUsdt(row["books_micro"]),
        )

    async def _ask(
        self, address: str | None
    ) -> tuple[MicroUsdt | None, int | None, int | None, str]:
        """Tokens, sun, the price of energy in sun, and why they are not known."""
        if self.chain is None or address is None:
            return None, None, None, "no node is configured" if address else ""
        try:
            held = await self.chain.solid_token_balance(address)
            account = await self.chain.account(address)
            prices = await self.chain.prices()
        except ChainError as trouble:
            return None, None, None, str(trouble)[:200]
        return held.amount, account.balance_sun, prices.energy_sun, ""

    def _fee_max(self, energy_sun: int | None) -> int:
        """The most that a transfer of the token usually costs, in sun."""
        bounds = self.thresholds
        if energy_sun is None:
            return bounds.fee_limit_cap_sun
        limit = bounds.energy_to_newcomer * energy_sun * bounds.fee_limit_percent // _WHOLE
        return min(limit, bounds.fee_limit_cap_sun)

    def _of_signer(self, standing: Standing) -> Iterator[Alarm]:
        signer, age = standing.signer, standing.pulse_age_s
        if standing.unexplained:
            yield Alarm(
                AlarmName.UNEXPLAINED,
                f"{standing.unexplained} transfer(s) left our wallets that nobody has explained",
                "see `payouts unexplained`: if none of yours sent them, keys are known to others",
            )
        if signer.halted_because is not None:
            yield Alarm(
                AlarmName.SIGNER_HALTED,
                f"the signer halts: {signer.halted_because}",
                "find out why, then `payouts resume`",
            )
        is_needed = bool(standing.queued or standing.under_way)
        if is_needed and (age is None or age > PULSE_AGE_MAX.total_seconds()):
            seen = "was never seen" if age is None else f"was last seen {age:.0f} s ago"
            yield Alarm(
                AlarmName.SIGNER_SILENT,
                f"the signer {seen}, and payouts wait for it",
                "start it with `python -m signer run`, or see its log",
            )
        if standing.queued and not self._is_compared(signer, standing.at):
            yield Alarm(
                AlarmName.NOT_COMPARED,
                "wallets and books were not compared of late, or differ: nothing is signed",
                "see `recharge reconcile` and `payouts reconcile`, and whether a worker runs",
            )

    def _is_compared(self, signer: SignerState, at: datetime) -> bool:
        compared = (
            (signer.pool_difference_micro, signer.pool_compared_at),
            (signer.house_difference_micro, signer.house_compared_at),
        )
        return all(
            micro == 0 and moment is not None and at - moment <= COMPARED_AGE_MAX
            for micro, moment in compared
        )

    def _of_hot(self, standing: Standing) -> Iterator[Alarm]:
        rules = self.rules
        needed = standing.needed_micro + rules.floor_micro
        if standing.hot_micro is not None and standing.needed_micro > 0:
            missing = needed - standing.hot_micro
            if missing > 0:
                yield Alarm(
                    AlarmName.HOT_USDT,
                    f"the hot wallet holds {usdt_text(standing.hot_micro)} USDT, and "
                    f"{usdt_text(standing.needed_micro)} are to be paid: "
                    f"{usdt_text(missing)} are missing",
                    f"send USDT to {standing.hot}, or `payouts sweep`",
                )
        if standing.hot_sun is None:
            return
        least = max(standing.needed_sun + rules.floor_sun, rules.low_sun)
        if standing.hot_sun < least:
            yield Alarm(
                AlarmName.HOT_TRX,
                f"the hot wallet has {usdt_text(standing.hot_sun)} TRX, and "
                f"{usdt_text(least)} should be there",
                f"send TRX to {standing.hot}",
            )

    def _of_payouts(self, standing: Standing) -> Iterator[Alarm]:
        if standing.for_a_person:
            yield Alarm(
                AlarmName.FOR_A_PERSON,
                f"{standing.for_a_person} payout(s) wait for somebody to decide",
                "see `payouts list --waiting`",
            )
        if standing.oldest_s > self.rules.late_s:
            yield Alarm(
                AlarmName.LATE,
                f"payout {standing.oldest} is open for {standing.oldest_s / 60:.0f} min",
                f"see `payouts show {standing.oldest}` for what it waits for",
            )
