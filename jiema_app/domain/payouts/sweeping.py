"""Moving what wallets of the pool hold to the hot wallet or the treasury.

Only wallets that rest are emptied, and one unit stays in each, which makes its next transfer half
as dear. The signer gives a wallet the TRX that it needs, and follows each sweep as any payout.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from jiema_app.domain import ids
from jiema_app.domain.chain.port import ChainSource
from jiema_app.domain.errors import BadRequest
from jiema_app.domain.identity.deciding import ensure_may_decide
from jiema_app.domain.payouts import sweep_queries as queries
from jiema_app.domain.payouts.checks.thresholds import Thresholds
from jiema_app.domain.payouts.house_wallets import HouseWallets
from jiema_app.domain.payouts.kinds import Purpose
from jiema_app.domain.payouts.planning import SWEEP_FLOOR
from jiema_app.domain.payouts.port import AccountFacts, ChainPrices, PayoutChain
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import MicroUsdt, usdt_text

log = structlog.get_logger()

AT_ONCE: Final = 50
"""Wallets of one plan: each takes some requests to every node."""

HOLD_S: Final = 3600
"""Nobody is given a wallet for so long after its sweep was queued; signing it prolongs that."""

JOB: Final = "job"
"""As the table of payouts names the worker."""


@dataclass(frozen=True, slots=True)
class SweepRules:
    """What the settings say of sweeps, in micro-USDT.

    Attributes:
        above: A wallet that holds so much is emptied by itself; 0: none is.
        most: No sweep moves more. The signer has a bound of its own.
    """

    above: MicroUsdt
    most: MicroUsdt


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSweep:
    """What would be moved from one wallet.

    Attributes:
        held: By final blocks.
        kept: What of it a person may still send back.
        amount: What moves.
        energy: Units that the transfer takes.
        fee_sun: What it should cost.
        missing_sun: TRX that the wallet lacks for that; the signer sends it a little more.
    """

    address: str
    held: MicroUsdt
    kept: MicroUsdt
    amount: MicroUsdt
    energy: int
    fee_sun: int
    missing_sun: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepPlan:
    """What would be moved now.

    Attributes:
        purpose: What the wallet that gets it is for.
        target: Its address.
        above: Less was not looked at.
        prices: What the chain charges.
        sweeps: The fullest wallets first.
        passed_over: Other wallets that hold so much, and why they are left.
        further: How many more hold so much, and come another time.
    """

    purpose: Purpose
    target: str
    above: MicroUsdt
    prices: ChainPrices
    sweeps: Sequence[PlannedSweep]
    passed_over: Sequence[tuple[str, str]]
    further: int

    @property
    def amount(self) -> MicroUsdt:
        """Of all together."""
        return MicroUsdt(sum(one.amount for one in self.sweeps))

    @property
    def fee_sun(self) -> int:
        """Of all together."""
        return sum(one.fee_sun for one in self.sweeps)


@dataclass(frozen=True, slots=True)
class Swept:
    """What came of a plan.

    Attributes:
        payouts: Ids of what was queued, each with its wallet.
        overtaken: Wallets that were given to somebody meanwhile, or are swept already.
    """

    plan: SweepPlan
    payouts: Sequence[tuple[str, str]]
    overtaken: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sweeping:
    """Plans sweeps and queues them.

    Attributes:
        chain: What can be asked; None in a process without a node.
        house: Names the wallets that may get it.
    """

    database: Database
    chain: PayoutChain | None
    house: HouseWallets
    rules: SweepRules
    thresholds: Thresholds

    async def plan(
        self, source: ChainSource, *, to: Purpose = Purpose.HOT, above: MicroUsdt | None = None
    ) -> SweepPlan:
        """Say what would be moved now, and what that should cost. Changes nothing.

        Args:
            source: Reads what wallets hold.
            to: The hot wallet, or the treasury.
            above: Wallets that hold so much; None: as the settings say.

        Raises:
            BadRequest: Nothing says from how much on, or there is no such wallet or no node.
            ChainError: The chain does not answer.
        """
        target, least = self._target(to), self.rules.above if above is None else above
        if least <= 0:
            raise BadRequest("Say from how much on: PAYOUT_SWEEP_ABOVE_USDT is 0, so none are.")
        if self.chain is None:
            raise BadRequest("No node is configured.")
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.CANDIDATES, least, SWEEP_FLOOR, AT_ONCE)
        prices = await self.chain.prices()
        addresses = [row["address"] for row in rows]
        balances = await source.read_balances(addresses) if addresses else {}
        sweeps: list[PlannedSweep] = []
        passed_over: list[tuple[str, str]] = []
        for row in rows:
            found = await self._plan_one(self.chain, row, balances[row["address"]], target, prices)
            if isinstance(found, str):
                passed_over.append((row["address"], found))
            else:
                sweeps.append(found)
        return SweepPlan(
            purpose=to,
            target=target,
            above=least,
            prices=prices,
            sweeps=sweeps,
            passed_over=passed_over,
            further=rows[0]["candidates"] - len(rows) if rows else 0,
        )

    async def sweep(self, plan: SweepPlan, *, actor: str) -> Swept:
        """Queue what was planned; a wallet that was given to somebody meanwhile is left.

        Raises:
            Forbidden: Who decides is no administrator. Nothing was queued.
        """
        payouts: list[tuple[str, str]] = []
        overtaken: list[str] = []
        for one in plan.sweeps:
            async with self.database.transaction() as connection:
                await ensure_may_decide(connection, actor, "payouts")
                queued = await _queue(connection, one, plan.target, actor)
            if queued is None:
                overtaken.append(one.address)
            else:
                payouts.append((queued, one.address))
        if payouts:
            log.info("sweeps queued", number=len(payouts), usdt=usdt_text(plan.amount), actor=actor)
        return Swept(plan, payouts, overtaken)

    async def run(self, source: ChainSource) -> int:
        """What the worker does: sweep what holds enough to the hot wallet, if that is wanted.

        Returns:
            How many sweeps were queued.

        Raises:
            ChainError: The chain does not answer. Nothing was queued.
        """
        if not self.rules.above or self.house.hot is None:
            return 0
        return len((await self.sweep(await self.plan(source), actor=JOB)).payouts)

    def _target(self, to: Purpose) -> str:
        known = {Purpose.HOT: self.house.hot, Purpose.TREASURY: self.house.treasury}
        target = known.get(to)
        if target is None:
            raise BadRequest(f"No {to} wallet is configured: see PAYOUT_{to}_ADDRESS.")
        return target

    async def _plan_one(
        self, chain: PayoutChain, row: Any, held: MicroUsdt, target: str, prices: ChainPrices
    ) -> PlannedSweep | str:
        """One wallet's sweep, or why there is none."""
        address = row["address"]
        if held != row["held"]:
            return (
                f"it holds {usdt_text(held)} USDT by final blocks, and {usdt_text(row['held'])} by "
                "what was read: see `recharge reconcile`"
            )
        amount = MicroUsdt(min(held - row["kept"] - SWEEP_FLOOR, self.rules.most))
        tried = await chain.simulate_transfer(address, target, amount)
        if not tried.is_ok:
            return f"the transfer would fail: {tried.message}"
        account = await chain.account(address)
        fee = self._fee(tried.energy_used, account, prices)
        return PlannedSweep(
            address=address,
            held=held,
            kept=MicroUsdt(row["kept"]),
            amount=amount,
            energy=tried.energy_used,
            fee_sun=fee,
            missing_sun=max(0, fee - account.balance_sun),
        )

    def _fee(self, energy: int, account: AccountFacts, prices: ChainPrices) -> int:
        size = self.thresholds.transaction_bytes
        burnt = max(0, energy - account.energy_left)
        # What was never paid TRX has an account only when it gets some, and its free bytes with it.
        is_free = account.net_left >= size or not account.is_activated
        return burnt * prices.energy_sun + (0 if is_free else size * prices.byte_sun)


async def _queue(
    connection: Connection, sweep: PlannedSweep, target: str, actor: str
) -> str | None:
    queued = await connection.fetchval(
        queries.QUEUE,
        sweep.address,
        ids.new_id(),
        target,
        sweep.amount,
        actor,
        sweep.fee_sun,
        HOLD_S,
    )
    if queued is None:
        return None
    details = {"wallet": sweep.address, "to": target, "amountUsdt": usdt_text(sweep.amount)}
    await connection.execute(queries.AUDIT, actor, queued, details)
    return str(queued)
