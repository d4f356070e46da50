"""A shop whose chain is the sandbox's, and short ways to read it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from jiema_app.domain.chain.scanner import ChainScanner
from jiema_app.domain.recharges.judging import Judging
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.domain.transaction import Database
from jiema_app.domain.units import micro_of
from tests.services.tron_peers import Peer, node_peer
from tests.support.arrivals import TEN
from tests.support.polling import PATIENCE_S
from tests.support.shop import Customer, Shop


@dataclass
class Reader:
    """A shop whose chain is the sandbox's, and short ways to read it."""

    shop: Shop
    peer: Peer
    scanner: ChainScanner

    def another(self, database: Database | None = None, **changes: Any) -> ChainScanner:
        """Another process that reads the same chain."""
        return make_scanner(self.shop, self.peer, database, **changes)

    async def read(self, scanner: ChainScanner | None = None) -> int:
        """Read everything that is final; returns the last block."""
        solid = int((await self.peer.state())["solid"])
        async with asyncio.timeout(PATIENCE_S):
            while (at := await self.cursor()) is None or at < solid:
                await (scanner or self.scanner).run(seconds=0.05)
        return at

    async def cursor(self) -> int | None:
        found: int | None = await self.shop.fetchval("select block_number from chain_cursors")
        return found

    async def open(self, customer: Customer) -> RechargeView:
        return await self.shop.services.recharges.open(customer.id, TEN)

    async def pay(self, opened: RechargeView, amount: str = "10", **how: Any) -> str:
        """A payment in a final block."""
        txid = await self.peer.pay(amount, to=opened.address, **how)
        await self.peer.mine(3)
        return txid

    async def found(self) -> list[tuple[str, str | None]]:
        async with self.shop.services.database.connection() as connection:
            rows = await connection.fetch(
                "select status, oddity from payments order by block_number, block_position"
            )
        return [(row["status"], row["oddity"]) for row in rows]


def make_scanner(
    shop: Shop, peer: Peer, database: Database | None = None, **changes: Any
) -> ChainScanner:
    database, rules = database or shop.services.database, shop.settings.recharge
    judging = Judging(database, micro_of(rules.dust_usdt), rules.quarantine_s)
    return ChainScanner(database, shop.services.clock, peer.chain, judging, **changes)


@asynccontextmanager
async def open_reader(shop: Shop) -> AsyncIterator[Reader]:
    """A shop with wallets, and a chain that was read."""
    async with node_peer() as peer:
        made = Reader(shop, peer, make_scanner(shop, peer))
        await made.read()
        await shop.services.pool.grow(5)
        yield made
