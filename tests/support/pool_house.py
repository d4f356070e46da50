"""A house that pays out, with a pool that was paid: what is swept, sent back, and given TRX."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from jiema_app.bootstrap_chain import build_chain_services
from jiema_app.bootstrap_payouts import build_payout_services
from jiema_app.domain.chain.reconciliation import Scope
from jiema_app.domain.payouts.kinds import PayoutKind
from jiema_app.domain.payouts.statuses import PayoutStatus
from jiema_app.domain.payouts.views import PayoutInFull
from jiema_app.integrations.tron.registry import build_chain, build_payout_chain
from jiema_app.settings import Settings, TronSettings
from jiema_app.settings.payouts import PayoutSettings
from signer.composition import build_signer
from signer.journal import Journal
from signer.opening import open_with
from signer.sandbox_keys import seal_sandbox_keys
from signer.settings import CapSettings, Configuration, SignerSettings
from tests.services.tron_peers import Peer
from tests.support.house import HOT, STRANGER, TREASURY, House, open_house
from tests.support.polling import PATIENCE_S
from tests.support.refunding import Refunding
from tests.support.shop import Customer, Shop
from tests.support.till import Till

NOTE = "looked at"


@dataclass
class PoolHouse:
    """The house, and the till that its customers pay at."""

    house: House
    till: Till
    refunding: Refunding

    @property
    def shop(self) -> Shop:
        return self.house.shop

    async def paid_wallet(self, usdt: int = 50, customer: Customer | None = None) -> str:
        """A wallet whose holder has paid exactly, still theirs."""
        await self.shop.services.pool.grow(1)
        customer = customer or await self.shop.customer(cents=0)
        recharge = await self.till.open(customer, usdt)
        await self.till.pay(recharge.address, str(usdt))
        return recharge.address

    async def let_wallets_rest(self) -> None:
        """Every window is over, and every wallet that was held is free again."""
        await self.till.let_windows_end()
        await self.shop.execute(
            "update wallets set free_from = now() - interval '1 min' where status = 'COOLDOWN'"
        )
        await self.till.peer.mine(3)
        await self.till.read()
        await self.shop.services.pool.take_back()

    async def resting_wallet(self, usdt: int = 50) -> str:
        """A wallet that was paid, and that nobody holds any more."""
        address = await self.paid_wallet(usdt)
        await self.let_wallets_rest()
        assert await self.till.status_of(address) == "FREE"
        return address

    @property
    def house_stranger(self) -> str:
        """An address that is none of ours, and of nobody who pays here."""
        return STRANGER

    async def receive_and_keep(self, usdt: str = "9") -> str:
        """A payment of alice's that waits for a person."""
        return await self.refunding.receive(usdt)

    async def owe(self, usdt: str = "9", customer: Customer | None = None) -> str:
        """A payment that is to go back to alice."""
        return await self.refunding.owe(usdt, customer=customer)

    async def payouts(self, kind: PayoutKind | None = None) -> list[PayoutInFull]:
        """Every payout, or those of a kind, oldest first."""
        rows = await self.shop.fetchval(
            "select coalesce(array_agg(id order by id), '{}') from payouts "
            "where $1::text is null or kind = $1",
            kind,
        )
        return [await self.house.payouts.desk.show(one) for one in rows]

    async def statuses(self, kind: PayoutKind | None = None) -> list[PayoutStatus]:
        return [one.payout.status for one in await self.payouts(kind)]

    async def turn(self) -> None:
        """The signer looks at everything now, and blocks come that are final and read."""
        await self.compare()
        await self.shop.execute("update payouts set not_before = null where status = 'QUEUED'")
        await self.house.signer.turn()
        await self.house.mine()

    async def run(self, turns: int = 8) -> None:
        """Let the signer work until nothing is to be signed and nothing is on its way."""
        for _ in range(turns):
            await self.turn()
            if not await self.shop.fetchval(
                "select exists (select from payouts "
                "where status in ('QUEUED', 'SIGNED', 'BROADCAST'))"
            ):
                return
        raise AssertionError([one.payout for one in await self.payouts()])

    async def compare(self) -> None:
        """Wallets and books agree to the last unit, of the pool and of the house."""
        await self.compare_pool()
        found = await self.shop.verify()
        assert found.ok, found

    async def compare_pool(self) -> None:
        """What the worker's jobs find, and write down for the signer."""
        comparing = replace(self.house.chain.reconciliation, patience_s=0.0)
        pool = await comparing.run(Scope.EVERY)
        assert pool.ok, pool
        assert not pool.in_flight, pool
        assert pool.on_chain == pool.pool
        await self.house.compare()
        await self.house.chain.house_reconciliation.note_pool(pool.difference)

    async def trx(self, address: str) -> int:
        """What an address has at the head, in sun."""
        answer = await self.house.peer.http.get(f"/control/tron/account/{address}")
        return int(answer.json()["head"]["trx"])


@asynccontextmanager
async def open_pool_house(shop: Shop, folder: Path, **how: Any) -> AsyncIterator[PoolHouse]:
    """A house with a till. At the end chain and books must agree."""
    async with open_house(shop, folder, **how) as house:
        opened = await _with_till(shop, house)
        yield opened
        await house.mine()
        await opened.compare()


@asynccontextmanager
async def open_pool_house_at(shop: Shop, folder: Path, node: str) -> AsyncIterator[PoolHouse]:
    """Likewise at a sandbox in a process of its own, so that commands can ask it."""
    settings = Settings(
        tron=TronSettings(node_url=SecretStr(node), timeout_s=PATIENCE_S, requests_per_second=0),
        payout=PayoutSettings(hot_address=HOT, treasury_address=TREASURY),
    ).model_copy(update={"data_dir": folder})
    configuration = Configuration(settings, SignerSettings(), CapSettings())
    ring = open_with(configuration, seal_sandbox_keys(configuration))
    services = shop.services
    async with (
        httpx.AsyncClient(base_url=node, timeout=PATIENCE_S) as http,
        build_chain(settings) as source,
        build_payout_chain(settings) as payout_chain,
    ):
        peer = Peer(None, http, source)  # type: ignore[arg-type]
        await peer.control("mine", blocks=6, auto=False)
        journal = Journal(configuration.journal_file)
        house = House(
            shop,
            peer,
            build_chain_services(settings, services.database, services.clock, source),
            build_payout_services(settings, services.database, services.clock, payout_chain),
            payout_chain,
            configuration,
            ring,
            journal,
            build_signer(configuration, services.database, payout_chain, ring, journal),
        )
        try:
            await house.payouts.house.keep()
            await house.read()
            await house.compare()
            opened = await _with_till(shop, house)
            yield opened
            await house.mine()
            await opened.compare()
        finally:
            journal.close()


async def _with_till(shop: Shop, house: House) -> PoolHouse:
    till = Till(shop, house.peer, house.chain)
    people = (await house.peer.state())["people"]
    refunding = Refunding(till, people["alice"]["address"], people["bob"]["address"])
    return PoolHouse(house, till, refunding)
