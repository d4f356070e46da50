"""What payments come to once their blocks are read: credited, waiting for a person, or nothing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from jiema_app.domain.chain.judge import PaymentsNotJudged
from jiema_app.domain.chain.sightings import Sightings
from jiema_app.domain.recharges.judging import BATCH
from tests.services.chain_reader import Reader, open_reader
from tests.support.arrivals import TEN
from tests.support.polling import PATIENCE_S
from tests.support.shop import Customer, Shop


@pytest.fixture
async def reader(shop: Shop) -> AsyncIterator[Reader]:
    async with open_reader(shop) as opened:
        yield opened


async def test_an_exact_payment_becomes_balance(reader: Reader, ann: Customer) -> None:
    await reader.pay(await reader.open(ann))
    await reader.read()
    assert await reader.found() == [("CREDITED", None)]
    assert await reader.shop.balance(ann) == TEN


@pytest.mark.parametrize(
    ("amount", "how", "found"),
    [
        ("9.999999", {}, [("IN_REVIEW", "UNDER")]),
        ("10.000001", {}, [("IN_REVIEW", "OVER")]),
        ("10", {"token": "fake"}, [("IN_REVIEW", "WRONG_TOKEN")]),
        ("0", {}, [("NOISE", None)]),
        ("10", {"fail": "revert"}, []),
        ("10", {"fail": "out_of_energy"}, []),
        ("10", {"fail": "out_of_time"}, []),
        ("10", {"from": "faucet", "method": "transferFrom"}, [("CREDITED", None)]),
    ],
)
async def test_each_kind_of_payment_is_told_apart(
    reader: Reader, ann: Customer, amount: str, how: dict[str, str], found: list[Any]
) -> None:
    await reader.pay(await reader.open(ann), amount, **how)
    await reader.read()
    assert await reader.found() == found


async def test_two_transfers_of_one_transaction_are_two_payments(
    reader: Reader, ann: Customer
) -> None:
    opened = await reader.open(ann)
    await reader.pay(opened, also=[{"to": opened.address, "amount": "10"}])
    await reader.read()
    assert await reader.found() == [("IN_REVIEW", "MULTI_TRANSFER")] * 2


async def test_one_transaction_may_pay_two_recharges(reader: Reader, ann: Customer) -> None:
    bob = await reader.shop.customer(cents=0)
    first, second = await reader.open(ann), await reader.open(bob)
    await reader.pay(first, also=[{"to": second.address, "amount": "10"}])
    await reader.read()
    assert await reader.found() == [("CREDITED", None)] * 2
    assert (await reader.shop.balance(ann), await reader.shop.balance(bob)) == (TEN, TEN)


async def test_the_second_payment_is_a_duplicate_and_dust_is_no_first(
    reader: Reader, ann: Customer
) -> None:
    opened = await reader.open(ann)
    for amount in ("0.009999", "10", "10"):
        await reader.pay(opened, amount)
    await reader.read()
    assert await reader.found() == [
        ("IN_REVIEW", "UNDER"),
        ("CREDITED", None),
        ("IN_REVIEW", "DUPLICATE"),
    ]


async def test_our_own_wallets_pay_nobody(reader: Reader, ann: Customer) -> None:
    bob = await reader.shop.customer(cents=0)
    first, second = await reader.open(ann), await reader.open(bob)
    await reader.pay(first)
    for wallet in (first, second):
        await reader.peer.control("faucet", address=wallet.address, trx="100")
    await reader.pay(second, **{"from": first.address})
    await reader.pay(second, "4", **{"from": first.address, "token": "fake"})
    await reader.peer.pay("3", to="alice", **{"from": second.address})
    await reader.read()
    assert ("IN_REVIEW", "OWN_TRANSFER") in await reader.found()
    assert await reader.shop.balance(bob) == 0


async def test_a_payment_that_was_seen_and_is_taken_back_is_no_longer_shown(
    reader: Reader, ann: Customer
) -> None:
    opened = await reader.open(ann)
    sightings = Sightings(reader.shop.services.database, reader.peer.chain)
    await sightings.run()
    await reader.peer.pay("10", to=opened.address)
    await reader.peer.mine()
    await sightings.run()
    recharges = reader.shop.services.recharges
    assert (await recharges.get(ann.id, opened.id)).seen_micro == TEN
    await reader.peer.control("reorg", depth=1, drop=True)
    await reader.peer.mine(4)
    await reader.read()
    await sightings.run()
    view = await recharges.get(ann.id, opened.id)
    assert (view.seen_micro, view.received_micro, view.is_open) == (None, 0, True)
    assert await reader.found() == []
    # What is not on its way can be cancelled again.
    await recharges.cancel(ann.id, opened.id)


async def test_a_payment_that_meets_a_change_is_judged_again(reader: Reader, ann: Customer) -> None:
    opened = await reader.open(ann)
    await reader.pay(opened)
    judges = [reader.another() for _ in range(3)]

    async def shake() -> None:
        for _ in range(30):
            await reader.shop.execute("update recharges set version = version + 1")

    await asyncio.gather(*(one.run(seconds=0.3) for one in judges), shake(), return_exceptions=True)
    await reader.read()
    await reader.scanner.run(seconds=0.05)
    assert await reader.found() == [("CREDITED", None)]


POISON = """
insert into payments (id, txid, log_index, block_number, block_position, block_id, block_time,
                      contract, is_genuine, from_address, to_address, amount)
select 'poison' || n, md5(n::text) || md5('x'), 0, 0, n, repeat('0', 64), now(), $1, true, $2, $3,
    power(10::numeric, 20)
from generate_series(1, $4::int) n
"""
"""Payments that nobody can judge: of more than there can be."""


async def test_a_payment_that_cannot_be_judged_holds_up_nobody_else(
    reader: Reader, ann: Customer
) -> None:
    opened = await reader.open(ann)
    await reader.pay(opened)
    address = await reader.shop.fetchval("select address from wallets where status = 'FREE'")
    token, stranger = reader.shop.settings.tron.token_contract, "TJzXt1sZautjqXnpjQT4xSCBHNSYgBkDr3"
    await reader.shop.execute(POISON, token, stranger, address, BATCH + 1)
    end = int((await reader.peer.state())["solid"])
    async with asyncio.timeout(PATIENCE_S):
        while (await reader.cursor() or 0) < end:
            with pytest.raises(PaymentsNotJudged):
                await reader.scanner.run(seconds=1)
    assert await reader.shop.balance(ann) == TEN


async def test_a_wallet_that_changed_hands_pays_whoever_held_it(reader: Reader) -> None:
    shop = reader.shop
    ann, bob = await shop.customer(cents=0), await shop.customer(cents=0)
    opened = await reader.open(ann)
    await shop.execute("update wallets set status = 'QUARANTINED' where recharge_id is null")
    await shop.execute(
        "update recharges set closes_at = now() - interval '2 days', is_closed = true, "
        "status = 'EXPIRED', created_at = now() - interval '3 days'"
    )
    await shop.execute("update wallets set status = 'FREE', recharge_id = null "
                       "where address = $1", opened.address)  # fmt: skip
    await reader.pay(opened, "10")
    await reader.read()
    assert await reader.found() == [("IN_REVIEW", "UNASSIGNED_WALLET")]
    evidence = await shop.fetchval("select evidence from payments")
    assert opened.id in evidence
    # Somebody has kept the address, so the wallet rests before another person has it.
    await shop.execute("update wallets set free_from = now() where address = $1", opened.address)
    again = await reader.open(bob)
    assert again.address == opened.address
    await reader.pay(again)
    await reader.read()
    assert (await reader.found())[-1] == ("CREDITED", None)
    assert (await shop.balance(ann), await shop.balance(bob)) == (0, TEN)


async def test_a_payment_of_a_moment_before_is_early(reader: Reader, ann: Customer) -> None:
    address = await reader.shop.fetchval(
        "select address from wallets where status = 'FREE' order by last_used_at limit 1"
    )
    await reader.peer.pay("10", to=address)
    await reader.peer.mine()
    opened = await reader.open(ann)
    assert opened.address == address
    await reader.peer.mine(3)
    await reader.read()
    assert await reader.found() == [("IN_REVIEW", "EARLY")]


async def test_a_late_payment_waits(reader: Reader, ann: Customer) -> None:
    opened = await reader.open(ann)
    await reader.shop.execute(
        "update recharges set closes_at = now() - $1::interval", timedelta(seconds=1)
    )
    await reader.pay(opened)
    await reader.read()
    assert await reader.found() == [("IN_REVIEW", "LATE")]


async def test_everybody_else_s_transfers_are_not_stored(reader: Reader, ann: Customer) -> None:
    await reader.open(ann)
    for _ in range(20):
        await reader.peer.pay("3", to="bob")
    await reader.peer.mine(3)
    await reader.read()
    assert await reader.found() == []
