"""A shop that pays out over the sandbox's chain: reviewers, a signer, and blocks on demand."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from jiema_app.bootstrap_chain import ChainServices, build_chain_services
from jiema_app.bootstrap_payouts import PayoutServices, build_payout_services
from jiema_app.domain import ids
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.ledger.accounts import HouseAccount, TransferKind, UserAccount
from jiema_app.domain.payouts.port import PayoutChain
from jiema_app.domain.transaction import Database
from jiema_app.domain.units import MicroUsdt
from jiema_app.domain.withdrawals.requests import WithdrawalRequest
from jiema_app.domain.withdrawals.views import WithdrawalView
from jiema_app.integrations.tron.payout_chain import TronPayoutChain
from jiema_app.integrations.tron.registry import build_payout_chain
from jiema_app.settings import Settings, TronSettings
from signer.composition import build_signer
from signer.journal import Journal
from signer.key_ring import KeyRing
from signer.opening import open_with
from signer.sandbox_keys import seal_sandbox_keys
from signer.settings import CapSettings, Configuration, SignerSettings
from signer.turns import Signer
from tests.services.tron_peers import FIRST, Peer, node_peer
from tests.support.moving_clock import MovingClock
from tests.support.shop import Customer, Shop

STRANGER = "TJzXt1sZautjqXnpjQT4xSCBHNSYgBkDr3"
ANOTHER = "TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC"
USDT = 1_000_000


@dataclass
class House:
    """The shop, the chain, and everybody who has to do with a payout."""

    shop: Shop
    peer: Peer
    chain: ChainServices
    payouts: PayoutServices
    payout_chain: PayoutChain
    configuration: Configuration
    ring: KeyRing
    journal: Journal
    signer: Signer
    clock: MovingClock = field(default_factory=MovingClock)

    async def earner(self, usdt: int = 50) -> Customer:
        """Somebody who has earned commission."""
        customer = await self.shop.customer(cents=0)
        async with self.shop.services.database.transaction() as connection:
            purses = await ledger.open_earning_accounts(connection, customer.id)
            await ledger.post(
                connection,
                TransferKind.SANDBOX_COMMISSION,
                ids.new_id(),
                source=HouseAccount.ADJUSTMENTS,
                target=purses[UserAccount.COMMISSION].account,
                amount=MicroUsdt(usdt * USDT),
            )
        return customer

    async def admin(self) -> str:
        """Somebody who may decide."""
        customer = await self.shop.customer(cents=0)
        await self.shop.execute("update users set role = 'admin' where id = $1", customer.id)
        return customer.id

    async def ask(
        self, customer: Customer, usdt: int = 20, address: str = STRANGER, **how: Any
    ) -> WithdrawalView:
        """A request that is expected to be taken."""
        wish = WithdrawalRequest(
            address=address,
            amount=MicroUsdt(usdt * USDT),
            request_key=how.pop("request_key", ids.new_id()),
            **how,
        )
        return await self.payouts.withdrawals.request(customer.id, wish)

    async def read(self) -> None:
        """Read every final block, and compare the wallets with the books."""
        cursor = await self.chain.scanner._load()
        while (found := await self.chain.scanner.step(cursor)) is not None:
            cursor = found

    async def compare(self) -> None:
        """What the worker's jobs find about wallets and books."""
        found = await self.chain.house_reconciliation.run()
        assert found.ok, found
        assert not found.in_flight, found
        await self.chain.house_reconciliation.note(found.difference)
        await self.chain.house_reconciliation.note_pool(0)
        # They say when by the database's clock, which no test moves.
        await self.shop.execute(
            "update signer_state set house_compared_at = now() + make_interval(secs => $1), "
            "pool_compared_at = now() + make_interval(secs => $1)",
            self.clock.offset_s,
        )

    async def mine(self, blocks: int = 3) -> None:
        """Make blocks, and read those that are final."""
        await self.peer.mine(blocks)
        await self.read()

    async def approved(self, customer: Customer, usdt: int = 20, **how: Any) -> WithdrawalView:
        """A withdrawal that was asked for and approved."""
        asked = await self.ask(customer, usdt, **how)
        return await self.approve(asked)

    async def approve(self, asked: WithdrawalView) -> WithdrawalView:
        """Have somebody approve one, with fresh comparisons."""
        await self.compare()
        approval = await self.payouts.reviews.approve(asked.id, actor=await self.admin())
        return approval.withdrawal

    async def balance(self, address: str) -> int:
        """What an address holds at the head, in micro-USDT."""
        answer = await self.peer.http.get(f"/control/tron/account/{address}")
        return int(answer.json()["head"]["usdt"])

    async def show(self, withdrawal: str) -> WithdrawalView:
        """A withdrawal as it is now."""
        return (await self.payouts.reviews.show(withdrawal, runs_checks=False)).withdrawal

    async def purse(self, customer: Customer) -> tuple[int, int]:
        """Commission that is available, and what is held."""
        found = await self.shop.services.commissions.purse(customer.id)
        return found.available, found.held

    async def pass_time(self, seconds: float) -> None:
        """Let time pass for the chain, the signer and what they stored; no block is made."""
        self.clock.move(seconds)
        # The signer's moments are ahead of the database's clock, which no test moves.
        await self.shop.execute(
            "update payouts set not_before = null "
            "where not_before <= now() + make_interval(secs => $1)",
            self.clock.offset_s,
        )
        await self.shop.execute(
            "update payout_attempts set last_sent_at = last_sent_at - make_interval(secs => $1)",
            float(seconds),
        )

    async def expire(self) -> None:
        """Let everything that was signed become too late, by final blocks that were read."""
        await self.pass_time(self.configuration.signer.expiration_s + 10)
        await self.mine(4)
        await self.compare()

    async def turns(self, count: int = 2) -> None:
        """So many turns of the signer."""
        for _ in range(count):
            await self.signer.turn()

    async def finish(self) -> None:
        """Make blocks, and have the signer look at what became final."""
        await self.mine()
        await self.signer.turn()

    def another_signer(
        self,
        chain: PayoutChain | None = None,
        *,
        journal: Journal | None = None,
        database: Database | None = None,
    ) -> Signer:
        """A further signer, on the same journal unless another one is given."""
        return build_signer(
            self.configuration,
            database or self.shop.services.database,
            chain or self.payout_chain,
            self.ring,
            journal or self.journal,
            self.clock,
        )

    async def restart(self) -> None:
        """Have the signer start again: its journal is read anew, its memory is gone."""
        self.journal.close()
        self.journal = Journal(self.configuration.journal_file)
        self.signer = self.another_signer()

    async def attempts(self, withdrawal: str) -> Sequence[Any]:
        """Every transaction that was signed for a withdrawal, the first one first."""
        async with self.shop.services.database.connection() as connection:
            return await connection.fetch(
                "select a.* from payout_attempts a join payouts p on p.id = a.payout_id "
                "where p.kind = 'WITHDRAWAL' and p.subject_id = $1 order by a.number",
                withdrawal,
            )


@asynccontextmanager
async def open_house(
    shop: Shop,
    folder: Path,
    *,
    caps: dict[str, Any] | None = None,
    has_two_nodes: bool = False,
    transport: httpx.AsyncBaseTransport | None = None,
    **signer: Any,
) -> AsyncIterator[House]:
    """A shop that pays out, its hot wallet funded, its chain read and compared.

    Args:
        shop: Whose database it is.
        folder: Where the signer keeps its keys and its journal.
        caps: Of the signer.
        has_two_nodes: Whether the sandbox's second node is read too.
        transport: Between payouts and the nodes; it is told of the sandbox as ``behind``.
        signer: Settings of the signer.
    """
    services, clock = shop.services, MovingClock()
    nodes: dict[str, Any] = {"node_url": SecretStr(FIRST), "requests_per_second": 0}
    if has_two_nodes:
        nodes["second_node_url"] = SecretStr(f"{FIRST}/second")
    async with node_peer(**nodes) as peer:
        known = Settings(
            tron=TronSettings(**nodes),
            payout=shop.settings.payout.model_copy(
                update={
                    "hot_address": HOT,
                    "treasury_address": TREASURY,
                }
            ),
        ).model_copy(update={"data_dir": folder})
        configuration = Configuration(known, SignerSettings(**signer), CapSettings(**(caps or {})))
        ring = open_with(configuration, seal_sandbox_keys(configuration))
        if transport is not None:
            transport.behind = peer.http._transport  # type: ignore[attr-defined]
        way = transport or peer.http._transport
        async with build_payout_chain(known, way) as payout_chain:
            _follow(clock, peer, payout_chain)
            chain = build_chain_services(known, services.database, clock, peer.chain)
            payouts = build_payout_services(known, services.database, clock, payout_chain)
            await payouts.house.keep()
            for address in (HOT, TREASURY):
                await peer.control("faucet", address=address, usdt="10000", trx="10000")
            await peer.mine(3)
            journal = Journal(configuration.journal_file)
            signer_ = build_signer(
                configuration, services.database, payout_chain, ring, journal, clock
            )
            house = House(
                shop,
                peer,
                chain,
                payouts,
                payout_chain,
                configuration,
                ring,
                journal,
                signer_,
                clock,
            )
            try:
                await house.read()
                await house.compare()
                yield house
            finally:
                house.journal.close()


def _follow(clock: MovingClock, peer: Peer, payout_chain: TronPayoutChain) -> None:
    """Have the chain, and whoever reads it, go by a clock that a test moves."""
    peer.app.tron.chain._now = clock.time
    for nodes in (peer.chain.nodes, payout_chain.nodes, *payout_chain._alone):
        nodes.now = clock.time


HOT = "TE8AmTGjdBwamkayjdt5yndZW7JSk8E3kY"
TREASURY = "TBUkWTfQmSn4nU7mDMjguJa9YKKrfryse8"
