"""Users who recharge, and wallets for them: the shop's side of the payments' storm."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from jiema_app.bootstrap_chain import build_pool, build_recharges
from jiema_app.domain.chain.pool import WalletPool
from jiema_app.domain.clock import SystemClock
from jiema_app.domain.errors import AlreadyChanged, HasOpenOrder, NotOpen, RechargesPaused
from jiema_app.domain.identity.service import IdentityService
from jiema_app.domain.recharges.service import RechargeService
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.domain.transaction import PooledDatabase
from jiema_app.domain.units import MICRO_PER_CENT, MicroUsdt, UserId
from jiema_app.settings import RechargeSettings, Settings
from tests.chaos.payments_plan import Scale

AT_ONCE: Final = 12
BATCH: Final = 200
PATIENCE_S: Final = 240.0
WALLETS_MAX: Final = 60_000

# Wallets that will be given out last, or were never given to anybody, and nobody holds.
LOOSE: Final = """
select address from wallets where status = 'FREE' order by last_used_at desc limit $1
"""
NEXT: Final = """
select address from wallets where status = 'FREE' and (free_from is null or free_from <= now())
order by last_used_at limit $1
"""
OWED: Final = """
select r.amount_micro from recharges r join wallets w on w.id = r.wallet_id
where w.address = $1 and r.id <> $2 order by r.created_at desc limit 1
"""


def settings_of(scale: Scale) -> dict[str, str]:
    """What the workers are told."""
    return {
        "RECHARGE_GRACE_S": str(scale.rest_s),
        "RECHARGE_QUARANTINE_S": str(scale.rest_s),
        "RECHARGE_UNPAID_PER_DAY": "100000",
        "RECHARGE_WALLETS_MAX": str(WALLETS_MAX),
        "RECHARGE_WALLETS_STOCK": "200",
        "TRON_TIMEOUT_S": "1.5",
    }


@dataclass(slots=True)
class Counter:
    """The shop's counter: opens and cancels recharges, through the service."""

    database: PooledDatabase
    scale: Scale
    pool: WalletPool = field(init=False)
    recharges: RechargeService = field(init=False)
    told: dict[str, RechargeView] = field(default_factory=dict)
    """What owners were told last, by recharge."""
    users: deque[UserId] = field(default_factory=deque)
    freed: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """When a wallet was seen to be nobody's, in milliseconds."""
    refused: int = 0
    _gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def __post_init__(self) -> None:
        rules = RechargeSettings(
            grace_s=self.scale.rest_s,
            quarantine_s=self.scale.rest_s,
            unpaid_per_day=100_000,
            wallets_max=WALLETS_MAX,
        )
        settings, clock = Settings(recharge=rules), SystemClock()
        self.pool = build_pool(settings, self.database)
        service = build_recharges(settings, self.database, clock, self.pool)
        # Shorter than the settings allow: life in fast motion.
        limits = replace(service.limits, window_s=self.scale.window_s)
        self.recharges = replace(service, limits=limits)

    async def admit(self, users: int) -> None:
        """Make users."""
        identity = IdentityService(self.database)
        for start in range(0, users, BATCH):
            async with self.database.transaction() as connection:
                for _ in range(min(BATCH, users - start)):
                    self.users.append(await identity.create(connection))

    async def open(self, cents: int) -> RechargeView:
        """Open a recharge for the next user who may."""
        async with self._gate:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    user = self.users[0]
                    self.users.rotate(-1)
                    try:
                        view = await self.recharges.open(user, MicroUsdt(cents * MICRO_PER_CENT))
                    except (HasOpenOrder, RechargesPaused):
                        self.refused += 1
                        await asyncio.sleep(0.05)
                        continue
                    self.told[view.id] = view
                    return view

    async def cancel(self, view: RechargeView) -> None:
        """Cancel, unless a payment was seen."""
        try:
            self.told[view.id] = await self.recharges.cancel(view.user_id, view.id)
        except (NotOpen, AlreadyChanged):
            return

    async def loose(self, wanted: int) -> list[str]:
        """Wallets that nobody holds, and nobody will for a while."""
        seen_ms = time.time() * 1000
        addresses = await self._addresses(LOOSE, wanted)
        for address in addresses:
            self.freed[address].append(seen_ms)
        return addresses

    async def next(self, wanted: int) -> list[str]:
        """Wallets that will be given out next."""
        return await self._addresses(NEXT, wanted)

    async def owed_before(self, view: RechargeView) -> int | None:
        """What whoever held the wallet before was to pay."""
        async with self.database.connection() as connection:
            found: int | None = await connection.fetchval(OWED, view.address, view.id)
        return found

    async def rows(self, statement: str, *arguments: Any) -> Sequence[Any]:
        """Raw SQL."""
        async with self.database.connection() as connection:
            return await connection.fetch(statement, *arguments)

    async def _addresses(self, statement: str, wanted: int) -> list[str]:
        return [row["address"] for row in await self.rows(statement, wanted)]
