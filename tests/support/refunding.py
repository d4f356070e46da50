"""Payments that a person decided to send back, over the sandbox's chain."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from jiema_app.domain.chain.port import ChainSource
from jiema_app.domain.chain.reconciliation import Scope
from jiema_app.domain.payment_reviews.plans import Action, Decision
from jiema_app.domain.refunds.service import Reported
from jiema_app.domain.refunds.views import Refund, RefundReport
from jiema_app.domain.units import MicroUsdt
from tests.services.tron_peers import Peer
from tests.support.shop import Customer, Shop
from tests.support.till import Till, open_till

POOL, DUE, UNCLAIMED, OUTGOING = 6, 9, 10, 11

REFUND = Decision(Action.REFUND)


@dataclass
class Refunding:
    """A till with refunds: alice pays, bob is the treasury."""

    till: Till
    alice: str
    bob: str

    @property
    def shop(self) -> Shop:
        return self.till.shop

    @property
    def peer(self) -> Peer:
        return self.till.peer

    async def owe(self, usdt: str = "9", asked: int = 10, customer: Customer | None = None) -> str:
        """Alice pays another amount than was asked for, and shall have it back.

        Returns:
            The id of her payment.
        """
        payment = await self.receive(usdt, asked, customer)
        await self.decide(payment)
        return payment

    async def receive(
        self, usdt: str = "9", asked: int = 10, customer: Customer | None = None
    ) -> str:
        """Alice pays another amount than was asked for."""
        await self.shop.services.pool.grow(1)
        customer = customer or await self.shop.customer(cents=0)
        recharge = await self.till.open(customer, asked)
        await self.till.pay(recharge.address, usdt)
        [payment] = (await self.shop.services.reviews.find(recharge.id)).waiting
        return payment.id

    async def decide(self, payment: str) -> None:
        """A person decides that it goes back."""
        await self.shop.services.reviews.settle(
            payment, REFUND, note="asked for it back", actor="command-line"
        )

    async def wallet(self, payment: str) -> str:
        """Where a payment came to; it can pay for transfers from now on."""
        address = str(
            await self.shop.fetchval("select to_address from payments where id = $1", payment)
        )
        await self.peer.control("faucet", address=address, trx="100")
        return address

    async def send(self, usdt: str, sender: str, receiver: str, **how: Any) -> str:
        """A transfer in a final block that nobody has read."""
        txid = await self.peer.pay(usdt, receiver, **{"from": sender, **how})
        await self.peer.mine(3)
        return txid

    async def state(
        self, payment: str, txid: str, source: ChainSource | None = None, **how: Any
    ) -> Reported:
        """State that a transaction paid a refund."""
        known: dict[str, Any] = {"note": "from the treasury", "actor": "command-line"}
        report = RefundReport(payment_id=payment, txid=txid, **known | how)
        return await self.shop.services.refunds.report(source or self.till.chain.source, report)

    async def owed(self) -> list[Refund]:
        return list(await self.shop.services.refunds.list_owed())

    async def books(self) -> dict[int, int]:
        """What the accounts of refunds hold, where that is not nothing."""
        rows = await self.shop.fetchval(
            "select coalesce(jsonb_object_agg(account_id, held), '{}') from ("
            "select account_id, sum(amount_micro)::bigint as held from ledger_entries "
            "where account_id = any($1::int[]) group by account_id) sums where held <> 0",
            [POOL, DUE, UNCLAIMED, OUTGOING],
        )
        return {int(account): held for account, held in rows.items()}

    async def unexplained(self) -> list[str]:
        """Transactions that left the pool for a reason that nobody gave; chain and books agree."""
        comparing = replace(self.till.chain.reconciliation, patience_s=0.0)
        found = await comparing.run(Scope.EVERY)
        assert found.ok
        assert not found.in_flight
        assert found.on_chain == found.pool
        return [clue.txid for clue in found.left]


def micro(usdt: int) -> MicroUsdt:
    return MicroUsdt(usdt * 1_000_000)


@asynccontextmanager
async def open_refunding(shop: Shop) -> AsyncIterator[Refunding]:
    """A till whose payments can be sent back. At the end chain and books must agree."""
    async with open_till(shop) as till:
        people = (await till.peer.state())["people"]
        refunding = Refunding(till, people["alice"]["address"], people["bob"]["address"])
        yield refunding
        await till.read()
        await refunding.unexplained()
