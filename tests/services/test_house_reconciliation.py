"""The hot wallet and the treasury against the chain and the books: everything adds up, or is told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from backend_jobs.reconciliation import ChainAndBooksDiffer, reconcile_house
from jiema_app.domain.chain.port import ChainError
from jiema_app.domain.payouts.house_reconciliation import HouseReconciled, HouseReconciliation
from jiema_app.domain.payouts.house_wallets import HouseWallets
from jiema_app.settings import Settings
from tests.support.house import ANOTHER, HOT, TREASURY, USDT, House, open_house
from tests.support.house_books import (
    HOT_ACCOUNT,
    OWNER,
    POOL_ACCOUNT,
    TREASURY_ACCOUNT,
    holds,
    kinds,
    send,
    unexplained,
)
from tests.support.pool_house import PoolHouse, open_pool_house
from tests.support.shop import Shop, now, open_shop
from tests.support.withdrawing import earner, wish

COMMAND_LINE: Final = "command-line"


@pytest.fixture
async def house(shop: Shop, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(shop, tmp_path) as opened:
        yield opened
        await opened.mine()
        await opened.compare()


@pytest.fixture
async def odd_house(
    database_address: str, settings: Settings, tmp_path: Path
) -> AsyncIterator[House]:
    """One whose books may be wrong at the end."""
    async with open_shop(database_address, settings) as shop, open_house(shop, tmp_path) as opened:
        yield opened


@pytest.fixture
async def with_pool(shop: Shop, tmp_path: Path) -> AsyncIterator[PoolHouse]:
    async with open_pool_house(shop, tmp_path) as opened:
        yield opened
        await opened.house.mine()
        await opened.compare()


async def run(house: House) -> HouseReconciled:
    return await house.chain.house_reconciliation.run()


async def test_what_they_held_when_they_were_first_watched_is_booked_once(house: House) -> None:
    shop = house.shop
    found = (await holds(shop, HOT_ACCOUNT), await holds(shop, TREASURY_ACCOUNT))
    assert found == (await house.balance(HOT), await house.balance(TREASURY))
    assert -(await holds(shop, OWNER)) == sum(found)
    assert await holds(shop, POOL_ACCOUNT) == 0
    for _ in range(2):
        assert (await run(house)).ok
    openings = await shop.fetchval(
        "select array_agg(reference order by id) from ledger_transfers where kind = 'house_funded'"
    )
    assert openings == [f"opening {HOT}", f"opening {TREASURY}"]
    assert (await holds(shop, HOT_ACCOUNT), await holds(shop, TREASURY_ACCOUNT)) == found


async def test_several_who_compare_at_once_book_it_once(house: House) -> None:
    await house.peer.control("faucet", address=ANOTHER, usdt="77")
    held = await house.balance(ANOTHER)
    await house.mine()
    await HouseWallets(house.shop.services.database, HOT, ANOTHER).keep()
    await house.mine()
    done = await asyncio.gather(*(run(house) for _ in range(6)))
    assert all(one.ok for one in done)
    assert (
        await house.shop.fetchval(
            "select opening_micro from house_wallets where address = $1", ANOTHER
        )
        == held
    )
    both = await house.balance(TREASURY) + held
    assert await holds(house.shop, TREASURY_ACCOUNT) == both


async def test_a_wallet_that_holds_nothing_is_opened_with_nothing(house: House) -> None:
    empty = "TXLAQ63Xg1NAzckPwKHvzw7CSEmLMEqcdj"
    assert await house.balance(empty) == 0
    await HouseWallets(house.shop.services.database, HOT, empty).keep()
    await house.mine()
    found = await run(house)
    assert (found.ok, found.in_flight, found.checked) == (True, [], 3)
    posted = "select count(*) from ledger_transfers where reference = $1"
    assert await house.shop.fetchval(posted, f"opening {empty}") == 0
    await house.peer.control("faucet", address=empty, usdt="5")
    await house.mine()
    assert (await run(house)).ok
    assert await kinds(house.shop) == ["house_funded"]


async def test_what_moves_while_a_wallet_is_opened_is_counted_once(house: House) -> None:
    await house.peer.control("faucet", address=ANOTHER, usdt="3")
    await HouseWallets(house.shop.services.database, HOT, ANOTHER).keep()
    await house.peer.pay("4", to=ANOTHER)
    for _ in range(6):
        await house.mine(1)
        assert (await run(house)).ok
    assert await holds(house.shop, TREASURY_ACCOUNT) == (
        await house.balance(TREASURY) + await house.balance(ANOTHER)
    )
    assert (await run(house)).in_flight == []


async def test_what_is_put_in_is_the_owner_s(house: House) -> None:
    before = await holds(house.shop, HOT_ACCOUNT)
    await send(house, "12.345678", "alice", HOT)
    await send(house, "1", "alice", TREASURY)
    assert await holds(house.shop, HOT_ACCOUNT) == before + 12_345_678
    assert await kinds(house.shop) == ["house_funded", "house_funded"]
    assert await unexplained(house) == []
    await house.signer.turn()
    assert (await house.payouts.halts.state()).halted_because is None


@pytest.mark.parametrize("what", [{"token": "fake"}, {"token": "trx"}])
async def test_other_coins_are_no_money(house: House, what: dict[str, Any]) -> None:
    before = await holds(house.shop, HOT_ACCOUNT)
    await send(house, "5", "alice", HOT, **what)
    assert (await holds(house.shop, HOT_ACCOUNT), await kinds(house.shop)) == (before, [])


async def test_from_the_treasury_its_owner_fills_the_hot_wallet(house: House) -> None:
    total = await holds(house.shop, OWNER)
    await send(house, "250", TREASURY, HOT)
    assert await kinds(house.shop) == ["house_moved"]
    assert await holds(house.shop, OWNER) == total
    assert await holds(house.shop, TREASURY_ACCOUNT) == await house.balance(TREASURY)
    assert await unexplained(house) == []


async def test_what_is_paid_adds_up_before_and_after_its_transfer_is_read(house: House) -> None:
    before = await holds(house.shop, HOT_ACCOUNT)
    asked = await house.approved(await house.earner())
    await house.signer.turn()
    assert (await run(house)).ok
    await house.peer.mine(3)
    await house.signer.turn()
    assert (await house.show(asked.id)).status == "SETTLED"
    assert await holds(house.shop, HOT_ACCOUNT) == before - 18 * USDT
    impatient = replace(house.chain.house_reconciliation.chain, patience_s=0.1)
    early = await HouseReconciliation(house.shop.services.database, impatient).run()
    assert (early.ok, early.in_flight) == (True, [HOT])
    await house.read()
    late = await run(house)
    assert (late.ok, late.in_flight) == (True, [])
    assert await kinds(house.shop) == []


async def test_by_hand_between_the_pool_and_the_house_everything_adds_up(
    with_pool: PoolHouse,
) -> None:
    house, shop = with_pool.house, with_pool.shop
    wallet = await with_pool.resting_wallet(50)
    await house.peer.control("faucet", address=wallet, trx="100")
    await house.mine()
    before = await holds(shop, HOT_ACCOUNT), await holds(shop, TREASURY_ACCOUNT)
    pool = await holds(shop, POOL_ACCOUNT)
    first = await send(house, "20", wallet, HOT)
    second = await send(house, "5", wallet, TREASURY)
    third = await send(house, "3", HOT, wallet)
    await send(house, "2", TREASURY, wallet)
    assert await kinds(shop) == ["house_moved"] * 4
    assert await holds(shop, POOL_ACCOUNT) == pool - 20 * USDT
    assert await holds(shop, HOT_ACCOUNT) == before[0] + 17 * USDT
    assert await holds(shop, TREASURY_ACCOUNT) == before[1] + 3 * USDT
    assert sorted(await unexplained(house)) == sorted([first, second, third])
    for txid in (first, second, third):
        await house.payouts.halts.explain(txid, actor=COMMAND_LINE, note="by hand")
    await house.payouts.halts.resume(actor=COMMAND_LINE, note="by hand")


async def test_a_wallet_that_holds_something_else_is_told(house: House) -> None:
    truth = await house.balance(HOT)
    await house.peer.control("lies", node="first", address=HOT, usdt="1")
    found = await run(house)
    assert not found.ok
    (one,) = found.differences
    assert (one.what, one.on_chain, one.expected) == (HOT, 1_000_000, truth)
    assert found.difference == truth - 1_000_000
    with pytest.raises(ChainAndBooksDiffer, match="payouts reconcile"):
        await reconcile_house(house.chain, now())
    state = await house.payouts.halts.state()
    assert state.house_difference_micro == truth - 1_000_000
    await house.peer.control("lies", node="first", forget=True)
    await reconcile_house(house.chain, now())
    assert (await house.payouts.halts.state()).house_difference_micro == 0


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        (
            "update ledger_entries set amount_micro = amount_micro + 1 where account_id = 7",
            "the books of HOT",
        ),
        ("delete from ledger_entries where account_id = 12", "the books of TREASURY"),
        (
            "update payments set status = 'NOISE' where status = 'HOUSE'",
            "the books of HOT",
        ),
        (f"update payments set amount = amount + 1 where to_address = '{HOT}'", HOT),
        ("delete from payments where status = 'HOUSE'", HOT),
        (f"update house_wallets set opening_micro = 1 where address = '{HOT}'", HOT),
        (
            "update house_wallets set purpose = 'HOT', retired_at = now() where purpose = 'TREASURY'",
            "the books of HOT",
        ),
        ("update payout_attempts set outcome = 'FAILED' where outcome = 'SETTLED'", None),
    ],
)
async def test_damage_to_what_was_written_down_is_told(
    odd_house: House, statement: str, what: str | None
) -> None:
    house = odd_house
    await send(house, "5", "alice", HOT)
    await house.approved(await house.earner())
    await house.signer.turn()
    await house.mine()
    assert (await run(house)).ok
    await house.shop.damage(statement)
    found = await run(house)
    assert found.ok is (what is None)
    if what is not None:
        assert what in {one.what for one in found.differences}
        assert found.difference > 0
    # Whichever of the two sees it.
    assert not (await house.shop.verify()).ok


async def test_what_is_not_known_is_no_verdict(house: House) -> None:
    await house.chain.house_reconciliation.note(5)
    await house.peer.fault("*", "http503")
    with pytest.raises(ChainError):
        await reconcile_house(house.chain, now())
    await house.peer.mend("*", "http503")
    assert (await house.payouts.halts.state()).house_difference_micro == 5
    impatient = replace(house.chain.house_reconciliation.chain, patience_s=0.1)
    early = replace(
        house.chain,
        house_reconciliation=HouseReconciliation(house.shop.services.database, impatient),
    )
    await house.peer.pay("5", to=HOT)
    await house.peer.mine(3)
    await asyncio.sleep(1)
    await reconcile_house(early, now())
    assert (await house.payouts.halts.state()).house_difference_micro == 5, "it stands"
    await house.read()
    await reconcile_house(house.chain, now())
    assert (await house.payouts.halts.state()).house_difference_micro == 0


async def test_without_wallets_there_is_nothing_to_compare(shop: Shop, house: House) -> None:
    await shop.damage("delete from house_wallets")
    await shop.damage("delete from ledger_transfers")
    await shop.damage("delete from ledger_entries")
    found = await run(house)
    assert (found.checked, found.ok, found.in_flight, found.difference) == (0, True, [], 0)
    await house.payouts.house.keep()
    await earner(shop, 20)
    await house.mine()


async def test_many_payments_of_one_moment_add_up(house: House) -> None:
    before = await holds(house.shop, HOT_ACCOUNT)
    made = []
    for _ in range(5):
        customer = await earner(house.shop, 20)
        one = await house.payouts.withdrawals.request(customer.id, wish(20))
        await house.payouts.reviews.approve(one.id, actor=COMMAND_LINE)
        made.append(one.id)
    await asyncio.gather(house.signer.turn(), run(house))
    await house.peer.pay("1", to=HOT)
    await house.peer.mine(3)
    await asyncio.gather(house.signer.turn(), house.read())
    await house.finish()
    assert {(await house.show(one)).status for one in made} == {"SETTLED"}
    assert await holds(house.shop, HOT_ACCOUNT) == before - 5 * 18 * USDT + USDT
