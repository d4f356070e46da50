"""A shop that is paid over the sandbox's chain: its blocks are made, and read, on demand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from jiema_app.bootstrap_chain import ChainServices, build_chain_services
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.domain.units import MicroUsdt
from tests.services.tron_peers import Peer, node_peer
from tests.support.shop import Customer, Shop


@dataclass
class Till:
    """The shop, the chain, and what reads it."""

    shop: Shop
    peer: Peer
    chain: ChainServices

    async def read(self) -> None:
        """Read every final block."""
        cursor = await self.chain.scanner._load()
        while (found := await self.chain.scanner.step(cursor)) is not None:
            cursor = found

    async def pay(self, address: str, usdt: str = "10", **how: str) -> None:
        """Send somebody's money, wait until it is final, and read it."""
        await self.peer.pay(usdt, address, **how)
        await self.peer.mine(3)
        await self.read()

    async def open(self, customer: Customer, usdt: int = 10) -> RechargeView:
        """Open a recharge that is expected to succeed."""
        return await self.shop.services.recharges.open(customer.id, MicroUsdt(usdt * 1_000_000))

    async def let_windows_end(self) -> None:
        """Every window ended a minute ago, and the chain is past it."""
        await self.shop.execute(
            "update recharges set created_at = created_at - interval '2 h', "
            "closes_at = now() - interval '1 min', expires_at = now() - interval '1 min'"
        )
        await self.peer.mine(3)
        await self.read()
        await self.shop.services.pool.take_back()

    async def status_of(self, address: str) -> str:
        """Of a wallet."""
        return str(
            await self.shop.fetchval("select status from wallets where address = $1", address)
        )


@asynccontextmanager
async def open_till(shop: Shop) -> AsyncIterator[Till]:
    """A till of a shop, on a fresh chain of which everything was read."""
    services = shop.services
    async with node_peer() as peer:
        await peer.mine(3)
        chain = build_chain_services(shop.settings, services.database, services.clock, peer.chain)
        till = Till(shop, peer, chain)
        await till.read()
        yield till
