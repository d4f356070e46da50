"""What is not taken when somebody asks to be paid out: in which words, and that nothing is held."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from jiema_app.bootstrap_payouts import build_payout_services
from jiema_app.domain.errors import Forbidden, NotFound
from jiema_app.domain.payouts.destinations import DestinationFault
from jiema_app.domain.units import MicroUsdt, UserId
from jiema_app.domain.withdrawals.service import Withdrawals
from jiema_app.domain.withdrawals.statuses import WithdrawalFault
from jiema_app.settings.payouts import SANDBOX_HOT, SANDBOX_TREASURY
from tests.support.shop import Customer, Shop, now
from tests.support.withdrawing import (
    ANOTHER,
    STRANGER,
    USDT,
    change_terms,
    count,
    earn,
    earner,
    micro,
    owe,
    purse,
    refused,
    wish,
)

TOKEN = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
ZERO = "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb"


@pytest.fixture
async def ann(shop: Shop) -> Customer:
    """Somebody who has earned 50 USDT."""
    return await earner(shop)


@pytest.fixture
async def desk(shop: Shop) -> Withdrawals:
    """Where withdrawals are asked for, in a process that asks no node."""
    await shop.services.payouts.house.keep()
    return shop.services.payouts.withdrawals


@pytest.mark.parametrize("usdt", [-(10**20), -5, 0, 0.000001, 4.999999])
async def test_less_than_the_minimum_is_refused(
    shop: Shop, desk: Withdrawals, ann: Customer, usdt: float
) -> None:
    fault = await refused(desk, ann, wish(usdt))
    assert (fault.fault, fault.amount) == (WithdrawalFault.TOO_SMALL, 5 * USDT)
    assert await count(shop) == 0


@pytest.mark.parametrize("amount", [2**31, 2**63 - 1, 2**63, 2**64 + 5_000_000, 10**60])
async def test_more_than_anybody_has_is_refused_whatever_its_size(
    shop: Shop, desk: Withdrawals, ann: Customer, amount: int
) -> None:
    fault = await refused(desk, ann, replace(wish(), amount=MicroUsdt(amount)))
    assert fault.fault in {WithdrawalFault.DAY_SUM, WithdrawalFault.NOT_COVERED}
    assert (await count(shop), await purse(shop, ann)) == (0, (50 * USDT, 0))


ODD_ADDRESSES: Sequence[tuple[str, DestinationFault]] = (
    ("", DestinationFault.EMPTY),
    (" \u200b\n", DestinationFault.EMPTY),
    ("0xdAC17F958D2ee523a2206206994597C13D831ec7", DestinationFault.NOT_TRON),
    ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", DestinationFault.NOT_TRON),
    ("a614f803b6fd780986a42c78ec9c7f77e6ded13c", DestinationFault.NOT_TRON),
    ("41a614f803b6fd780986a42c78ec9c7f77e6ded13c", DestinationFault.NOT_TRON),
    (STRANGER[:-1], DestinationFault.NOT_TRON),
    (f"{STRANGER} {ANOTHER}", DestinationFault.NOT_TRON),
    (STRANGER.replace("J", "0"), DestinationFault.NOT_TRON),
    (f"{STRANGER[:10]}\x00{STRANGER[11:]}", DestinationFault.NOT_TRON),
    (f"{STRANGER[:10]}\ud800{STRANGER[11:]}", DestinationFault.NOT_TRON),
    (f"\u202e{STRANGER[1:]}", DestinationFault.NOT_TRON),
    # A Cyrillic letter that looks like the Latin one.
    (f"\u0422{STRANGER[1:]}", DestinationFault.NOT_TRON),
    ("T" * 100_000, DestinationFault.NOT_TRON),
    (STRANGER[:-1] + "4", DestinationFault.CHECKSUM),
    (STRANGER.swapcase(), DestinationFault.NOT_TRON),
    (ZERO, DestinationFault.ZERO),
    (TOKEN, DestinationFault.TOKEN_CONTRACT),
    (SANDBOX_HOT, DestinationFault.OURS),
    (SANDBOX_TREASURY, DestinationFault.OURS),
)


@pytest.mark.parametrize(("address", "fault"), ODD_ADDRESSES)
async def test_an_address_that_cannot_be_paid_is_refused_in_words(
    shop: Shop, desk: Withdrawals, ann: Customer, address: str, fault: DestinationFault
) -> None:
    said = await refused(desk, ann, wish(5, address))
    assert said.fault is fault
    assert (await count(shop), await purse(shop, ann)) == (0, (50 * USDT, 0))


async def test_a_wallet_of_the_pool_is_ours_too(
    shop: Shop, desk: Withdrawals, ann: Customer
) -> None:
    await shop.services.pool.grow(1)
    address = await shop.fetchval("select address from wallets limit 1")
    assert (await refused(desk, ann, wish(5, address))).fault is DestinationFault.OURS


async def test_who_is_on_the_list_is_not_paid(
    shop: Shop, desk: Withdrawals, ann: Customer, tmp_path: Path
) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text(f"{ANOTHER}\n", encoding="utf-8")
    strict = replace(desk, destinations=replace(desk.destinations, sanctions_file=listed))
    said = await refused(strict, ann, wish(5, ANOTHER))
    assert said.fault is DestinationFault.SANCTIONED
    assert (await strict.request(ann.id, wish(5))).status == "REQUESTED"


async def test_what_comes_with_a_copied_address_is_left_out(
    desk: Withdrawals, ann: Customer
) -> None:
    asked = await desk.request(ann.id, wish(5, f" \ufeff\u200e{STRANGER}\u00a0\r\n"))
    assert asked.address == STRANGER


async def test_who_owes_commission_asks_for_nothing(
    shop: Shop, desk: Withdrawals, ann: Customer
) -> None:
    await change_terms(shop, takes_spending=True)
    bob = await shop.customer(cents=5_000)
    owed = await owe(shop, bob)
    assert await purse(shop, bob) == (-owed, 0)
    for source in ("commission", "spending"):
        said = await refused(desk, bob, wish(5, source=source))
        assert said.fault is WithdrawalFault.COMMISSION_OWED
    await earn(shop, bob, 10)
    said = await refused(desk, bob, wish(10))
    assert (said.fault, said.amount) == (WithdrawalFault.NOT_COVERED, 10 * USDT - owed)


async def test_the_balance_for_orders_is_paid_out_only_where_that_is_wanted(
    shop: Shop, desk: Withdrawals
) -> None:
    bob = await shop.customer(cents=3_000)
    assert (await refused(desk, bob, wish(20))).fault is WithdrawalFault.NOT_COVERED
    for source in ("spending", "withdrawal_hold", "user:commission", "", "Commission", "\x00"):
        said = await refused(desk, bob, wish(20, source=source))
        assert said.fault is WithdrawalFault.SOURCE, source
    await change_terms(shop, takes_spending=True)
    asked = await desk.request(bob.id, wish(20, source="spending"))
    assert (await shop.balance(bob), await purse(shop, bob)) == (10 * USDT, (0, 20 * USDT))
    await change_terms(shop, takes_spending=False)
    await desk.cancel(bob.id, asked.id)
    assert (await shop.balance(bob), await purse(shop, bob)) == (30 * USDT, (0, 0))


async def test_who_is_banned_asks_for_nothing(shop: Shop, desk: Withdrawals, ann: Customer) -> None:
    await shop.services.identity.ban(ann.id, actor="test", reason="a test")
    with pytest.raises(Forbidden, match="blocked"):
        await desk.request(ann.id, wish(5))
    assert await purse(shop, ann) == (50 * USDT, 0)


@pytest.mark.parametrize("user", ["c" + "0" * 24, "", "x", "\x00", "\ud800", "c" * 10_000])
async def test_nobody_asks_for_nothing(shop: Shop, desk: Withdrawals, user: str) -> None:
    with pytest.raises(NotFound, match="User not found"):
        await desk.request(UserId(user), wish(5))
    assert await count(shop) == 0


async def test_who_signed_in_long_ago_signs_in_again(
    shop: Shop, desk: Withdrawals, ann: Customer
) -> None:
    limit = desk.sign_in_max_age
    assert limit == timedelta(minutes=10)
    old = wish(5, signed_in_at=now() - limit - timedelta(seconds=1))
    assert (await refused(desk, ann, old)).fault is WithdrawalFault.SIGN_IN_AGAIN
    fresh = replace(old, signed_in_at=now() - limit + timedelta(seconds=60))
    assert (await desk.request(ann.id, fresh)).status == "REQUESTED"


async def test_where_no_wallet_pays_nobody_can_ask(shop: Shop, ann: Customer) -> None:
    settings = shop.settings.model_copy(
        update={"tron": shop.settings.tron.model_copy(update={"node_url": "https://node.test"})}
    )
    assert settings.hot_address is None
    closed = build_payout_services(
        settings, shop.services.database, shop.services.clock, None
    ).withdrawals
    assert (await refused(closed, ann, wish(5))).fault is WithdrawalFault.PAUSED
    assert await closed.find_open(ann.id) is None


async def test_more_than_one_person_approves_is_refused_where_none_is_taken(
    shop: Shop, desk: Withdrawals
) -> None:
    bob = await earner(shop, 600)
    await change_terms(shop, takes_above=False)
    said = await refused(desk, bob, wish(500.000001))
    assert (said.fault, said.amount) == (WithdrawalFault.TOO_LARGE, 500 * USDT)
    assert (await desk.request(bob.id, wish(500))).net == 475 * USDT


async def test_who_was_told_another_fee_is_asked_once_more(
    shop: Shop, desk: Withdrawals, ann: Customer
) -> None:
    told = wish(20, net=micro(18))
    await change_terms(shop, fee_min_micro=micro(3))
    said = await refused(desk, ann, told)
    assert (said.fault, said.amount) == (WithdrawalFault.TERMS_CHANGED, 17 * USDT)
    asked = await desk.request(ann.id, replace(told, net=micro(17)))
    await change_terms(shop, fee_min_micro=micro(4))
    assert (await desk.get(ann.id, asked.id)).fee == 3 * USDT
