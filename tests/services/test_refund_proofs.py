"""What is no proof that a refund was sent, and changes nothing.

The chain is the sandbox's; alice is the sender, bob the shop's treasury.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from jiema_app.domain.chain.port import ChainIncomplete, FinalBlock, FinalTransaction
from jiema_app.domain.errors import BadRequest, DomainError, Forbidden
from tests.support.refunding import Refunding, open_refunding
from tests.support.shop import Shop


@pytest.fixture
async def desk(shop: Shop) -> AsyncIterator[Refunding]:
    async with open_refunding(shop) as opened:
        yield opened


@dataclass
class Case:
    """Something that is no proof, and what is said about it."""

    make: Callable[[Refunding, str], Awaitable[tuple[str, dict[str, Any]]]]
    why: str
    error: type[DomainError] = BadRequest


async def _unknown(desk: Refunding, payment: str) -> tuple[str, dict[str, Any]]:
    return "ab" * 32, {}


async def _malformed(desk: Refunding, payment: str) -> tuple[str, dict[str, Any]]:
    return "0x" + "ab" * 32, {}


async def _not_final(desk: Refunding, payment: str) -> tuple[str, dict[str, Any]]:
    return await desk.peer.pay("9", desk.alice, mine=True, **{"from": desk.bob}), {}


async def _failed(desk: Refunding, payment: str) -> tuple[str, dict[str, Any]]:
    return await desk.send("9", desk.bob, desk.alice, fail="out_of_energy"), {}


async def _fake(desk: Refunding, payment: str) -> tuple[str, dict[str, Any]]:
    return await desk.send("9", desk.bob, desk.alice, token="fake"), {}


async def _coins(desk: Refunding, payment: str) -> tuple[str, dict[str, Any]]:
    given = await desk.peer.control("faucet", address=desk.alice, trx="9")
    await desk.peer.mine(3)
    return given["txids"][0], {}


async def _another(desk: Refunding, payment: str) -> tuple[str, dict[str, Any]]:
    return await desk.send("9", "stranger", desk.bob), {}


async def _unlike(desk: Refunding, payment: str) -> tuple[str, dict[str, Any]]:
    return await desk.send("9.000001", desk.bob, desk.alice), {}


async def _torn(desk: Refunding, payment: str) -> tuple[str, dict[str, Any]]:
    parts = [{"to": desk.alice, "amount": "4"}]
    return await desk.send("5", desk.bob, desk.alice, also=parts), {"is_other_amount": True}


async def _itself(desk: Refunding, payment: str) -> tuple[str, dict[str, Any]]:
    return await desk.send("9", desk.alice, desk.alice), {}


async def _arrival(desk: Refunding, payment: str) -> tuple[str, dict[str, Any]]:
    [refund] = await desk.owed()
    return refund.txid, {"receiver": refund.wallet}


async def _another_payment(desk: Refunding, payment: str) -> tuple[str, dict[str, Any]]:
    """Another customer's payment of as much, claimed to be a refund to our own wallet."""
    recharge = await desk.till.open(await desk.shop.customer(cents=0), 9)
    txid = await desk.send("9", desk.bob, recharge.address)
    return txid, {"receiver": recharge.address}


async def _older(desk: Refunding, payment: str) -> tuple[str, dict[str, Any]]:
    txid = await desk.send("9", desk.bob, desk.alice)
    await desk.shop.execute("update payments set block_number = block_number + 100")
    return txid, {}


async def _no_note(desk: Refunding, payment: str) -> tuple[str, dict[str, Any]]:
    return await desk.send("9", desk.bob, desk.alice), {"note": " "}


async def _no_admin(desk: Refunding, payment: str) -> tuple[str, dict[str, Any]]:
    customer = await desk.shop.customer(cents=0)
    return await desk.send("9", desk.bob, desk.alice), {"actor": customer.id}


@pytest.mark.parametrize(
    "case",
    [
        Case(_unknown, "No final block has"),
        Case(_malformed, "64 hexadecimal digits"),
        Case(_not_final, "No final block has"),
        Case(_failed, "failed on the chain"),
        Case(_fake, "moves no USDT"),
        Case(_coins, "moves no USDT"),
        Case(_another, "and nothing to"),
        Case(_unlike, r"brings 9\.000001 USDT, and 9 are owed"),
        Case(_torn, "brings 5 and 4 USDT, and 9 are owed"),
        Case(_itself, "moves no USDT"),
        Case(_arrival, "is a wallet of the pool"),
        Case(_another_payment, "is a wallet of the pool"),
        Case(_older, "no younger than the payment"),
        Case(_no_note, "Note"),
        Case(_no_admin, "administrator", Forbidden),
    ],
    ids=lambda case: case.make.__name__.strip("_"),
)
async def test_what_is_no_proof_changes_nothing(desk: Refunding, case: Case) -> None:
    payment = await desk.owe()
    txid, how = await case.make(desk, payment)
    before = await desk.books()
    with pytest.raises(case.error, match=case.why):
        await desk.state(payment, txid, **how)
    assert [one.payment_id for one in await desk.owed()] == [payment]
    assert await desk.books() == before
    assert await desk.shop.fetchval("select count(*) from payment_refunds") == 0


@dataclass
class Doubtful:
    """The chain itself, with a second node that has another block, or none yet."""

    desk: Refunding
    token: str
    has_one: bool = True

    async def read_final_transaction(self, txid: str) -> FinalTransaction | None:
        return await self.desk.till.chain.source.read_final_transaction(txid)

    async def read_again(self, number: int) -> Sequence[FinalBlock | None]:
        found = await self.desk.till.chain.source.read_final_block(number)
        assert found is not None
        another = replace(found, header=replace(found.header, id="0" * 64))
        return (found, another if self.has_one else None)


async def test_a_block_that_two_nodes_do_not_agree_about_proves_nothing(desk: Refunding) -> None:
    payment = await desk.owe()
    txid = await desk.send("9", desk.bob, desk.alice)
    doubtful = Doubtful(desk, desk.till.chain.source.token)
    with pytest.raises(ChainIncomplete, match="disagree"):
        await desk.state(payment, txid, source=doubtful)  # type: ignore[arg-type]
    doubtful.has_one = False
    with pytest.raises(BadRequest, match="Another node"):
        await desk.state(payment, txid, source=doubtful)  # type: ignore[arg-type]
    assert len(await desk.owed()) == 1
