"""Asking to be paid out: what is held, what is refused and in which words, what is given back."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from jiema_app.domain import ids
from jiema_app.domain.errors import BadRequest, IdempotencyConflict, NotFound, NotOpen
from jiema_app.domain.units import MicroUsdt
from jiema_app.domain.withdrawals.requests import WithdrawalRefused
from jiema_app.domain.withdrawals.service import Withdrawals
from jiema_app.domain.withdrawals.statuses import WithdrawalFault
from jiema_app.domain.withdrawals.views import WithdrawalView
from tests.support.shop import Customer, Shop, now
from tests.support.withdrawing import (
    ANOTHER,
    STRANGER,
    USDT,
    change_terms,
    count,
    earner,
    micro,
    purse,
    refused,
    wish,
)


@pytest.fixture
async def ann(shop: Shop) -> Customer:
    """Somebody who has earned 50 USDT."""
    return await earner(shop)


@pytest.fixture
async def desk(shop: Shop) -> Withdrawals:
    """Where withdrawals are asked for, in a process that asks no node."""
    await shop.services.payouts.house.keep()
    return shop.services.payouts.withdrawals


async def test_what_is_asked_for_is_held_at_once(
    shop: Shop, desk: Withdrawals, ann: Customer
) -> None:
    asked = await desk.request(ann.id, wish(20))
    assert (asked.status, asked.source, asked.address) == ("REQUESTED", "commission", STRANGER)
    assert (asked.amount, asked.fee, asked.net) == (20 * USDT, 2 * USDT, 18 * USDT)
    assert (asked.is_open, asked.is_cancellable, asked.usable_from) == (True, True, None)
    assert (asked.txid, asked.payout_id, asked.note) == (None, None, None)
    assert await purse(shop, ann) == (30 * USDT, 20 * USDT)
    assert await desk.get(ann.id, asked.id) == asked
    assert await desk.find_open(ann.id) == asked
    page = await desk.list_own(ann.id, limit=10, cursor=None)
    assert (page.withdrawals, page.next_cursor) == ([asked], None)


@pytest.mark.parametrize(
    ("usdt", "fee", "net"),
    [
        (5, 2_000_000, 3_000_000),
        (5.000001, 2_000_000, 3_000_001),
        (40, 2_000_000, 38_000_000),
        (40.000001, 2_010_000, 37_990_001),
        (41.234567, 2_070_000, 39_164_567),
    ],
)
async def test_the_fee_lies_inside_in_whole_cents(
    desk: Withdrawals, ann: Customer, usdt: float, fee: int, net: int
) -> None:
    asked = await desk.request(ann.id, wish(usdt, net=MicroUsdt(net)))
    assert (asked.amount, asked.fee, asked.net) == (micro(usdt), fee, net)


async def test_all_of_it_is_paid_out_and_given_back_to_the_micro(
    shop: Shop, desk: Withdrawals
) -> None:
    bob = await earner(shop, 12.345678)
    asked = await desk.request(bob.id, wish(12.345678))
    assert (asked.net, await purse(shop, bob)) == (10_345_678, (0, 12_345_678))
    back = await desk.cancel(bob.id, asked.id)
    assert (back.status, back.is_open, back.is_cancellable) == ("CANCELLED", False, False)
    assert back.ended_at is not None
    assert await purse(shop, bob) == (12_345_678, 0)
    fault = await refused(desk, bob, wish(12.345679))
    assert (fault.fault, fault.amount) == (WithdrawalFault.NOT_COVERED, 12_345_678)
    assert "12.345678 USDT" in fault.message


async def test_one_is_open_at_a_time(shop: Shop, desk: Withdrawals, ann: Customer) -> None:
    first = await desk.request(ann.id, wish(20))
    assert (await refused(desk, ann, wish(5))).fault is WithdrawalFault.ONE_OPEN
    await desk.cancel(ann.id, first.id)
    second = await desk.request(ann.id, wish(5))
    assert (await refused(desk, ann, wish(5))).fault is WithdrawalFault.ONE_OPEN
    page = await desk.list_own(ann.id, limit=1, cursor=None)
    assert [one.id for one in page.withdrawals] == [second.id]
    rest = await desk.list_own(ann.id, limit=1, cursor=page.next_cursor)
    assert [one.id for one in rest.withdrawals] == [first.id]
    assert rest.next_cursor is None
    assert await purse(shop, ann) == (45 * USDT, 5 * USDT)


async def test_of_ten_requests_of_one_moment_one_is_held(
    shop: Shop, desk: Withdrawals, ann: Customer
) -> None:
    asked = [desk.request(ann.id, wish(5)) for _ in range(10)]
    done = await asyncio.gather(*asked, return_exceptions=True)
    made = [one for one in done if isinstance(one, WithdrawalView)]
    rest = [one.fault for one in done if isinstance(one, WithdrawalRefused)]
    assert (len(made), rest) == (1, [WithdrawalFault.ONE_OPEN] * 9)
    assert await purse(shop, ann) == (45 * USDT, 5 * USDT)


async def test_one_request_sent_ten_times_at_once_is_held_once(
    shop: Shop, desk: Withdrawals, ann: Customer
) -> None:
    same = wish(5)
    done = await asyncio.gather(*(desk.request(ann.id, same) for _ in range(10)))
    assert len({one.id for one in done}) == 1
    assert (await count(shop), await purse(shop, ann)) == (1, (45 * USDT, 5 * USDT))


async def test_the_same_request_says_the_same_whatever_has_changed_since(
    shop: Shop, desk: Withdrawals, ann: Customer
) -> None:
    same = wish(5, signed_in_at=now())
    asked = await desk.request(ann.id, same)
    assert await desk.request(ann.id, same) == asked
    assert await desk.request(ann.id, replace(same, address=f"\u200b {STRANGER}\n")) == asked
    await desk.cancel(ann.id, asked.id)
    await change_terms(shop, fee_min_micro=micro(3), amount_min_micro=micro(10))
    later = replace(same, signed_in_at=now() - timedelta(days=1))
    for another in (desk, replace(desk, is_open=False)):
        again = await another.request(ann.id, later)
        assert (again.id, again.status, again.fee) == (asked.id, "CANCELLED", 2 * USDT)
    assert (await count(shop), await purse(shop, ann)) == (1, (50 * USDT, 0))


@pytest.mark.parametrize(
    "changes", [{"amount": MicroUsdt(6 * USDT)}, {"address": ANOTHER}, {"source": "spending"}]
)
async def test_a_key_that_asks_for_something_else_is_refused(
    shop: Shop, desk: Withdrawals, ann: Customer, changes: dict[str, Any]
) -> None:
    same = wish(5)
    await desk.request(ann.id, same)
    with pytest.raises(IdempotencyConflict):
        await desk.request(ann.id, replace(same, **changes))
    assert await purse(shop, ann) == (45 * USDT, 5 * USDT)


async def test_keys_of_two_people_are_two(shop: Shop, desk: Withdrawals, ann: Customer) -> None:
    bob, same = await earner(shop), wish(5)
    one, other = await desk.request(ann.id, same), await desk.request(bob.id, same)
    assert one.id != other.id


@pytest.mark.parametrize("key", ["", " ", "x" * 65, "a\x00b", "\ud800", "ключ", "a\nb"])
async def test_a_key_that_is_none_is_refused(
    shop: Shop, desk: Withdrawals, ann: Customer, key: str
) -> None:
    with pytest.raises(BadRequest, match="key"):
        await desk.request(ann.id, replace(wish(5), request_key=key))
    assert await count(shop) == 0


async def test_what_was_taken_back_does_not_count_for_the_day(
    shop: Shop, desk: Withdrawals, ann: Customer
) -> None:
    await change_terms(shop, per_day_count=1, per_day_micro=micro(20))
    for _ in range(3):
        asked = await desk.request(ann.id, wish(20))
        await desk.cancel(ann.id, asked.id)
    fault = await refused(desk, ann, wish(20.000001))
    assert (fault.fault, fault.amount) == (WithdrawalFault.DAY_SUM, 20 * USDT)


async def test_a_changed_address_waits_and_the_first_one_does_not(
    shop: Shop, desk: Withdrawals, ann: Customer
) -> None:
    """Taken back or not: whoever has somebody's session cannot let the time run unseen."""

    async def waits(address: str) -> timedelta | None:
        asked = await desk.request(ann.id, wish(5, address))
        assert (await desk.cancel(ann.id, asked.id)).usable_from == asked.usable_from
        return None if asked.usable_from is None else asked.usable_from - asked.created_at

    assert await waits(STRANGER) is None
    assert await waits(STRANGER) is None
    assert await waits(ANOTHER) == timedelta(days=1)
    await shop.damage("update withdrawals set created_at = created_at - interval '23 hours'")
    assert await waits(ANOTHER) == timedelta(days=1)
    await shop.damage("update withdrawals set created_at = created_at - interval '2 days'")
    assert await waits(ANOTHER) == timedelta(days=1)
    assert await waits(STRANGER) is None
    await change_terms(shop, address_wait_s=60)
    assert await waits(ANOTHER) == timedelta(minutes=1)
    await change_terms(shop, address_wait_s=0)
    assert await waits(ANOTHER) is None


async def test_an_address_of_somebody_else_is_a_changed_one_all_the_same(
    shop: Shop, desk: Withdrawals, ann: Customer
) -> None:
    bob = await earner(shop)
    await desk.request(bob.id, wish(5, ANOTHER))
    first = await desk.request(ann.id, wish(5))
    await desk.cancel(ann.id, first.id)
    assert (await desk.request(ann.id, wish(5, ANOTHER))).usable_from is not None


async def test_what_is_held_is_neither_moved_nor_spent(
    shop: Shop, desk: Withdrawals, ann: Customer
) -> None:
    await desk.request(ann.id, wish(50))
    with pytest.raises(BadRequest):
        await shop.services.commissions.move(ann.id, MicroUsdt(1), "form")
    assert await shop.balance(ann) == 0


async def test_a_request_and_a_move_of_all_at_one_moment_take_it_once(shop: Shop) -> None:
    desk, moves = shop.services.payouts.withdrawals, shop.services.commissions
    for _ in range(8):
        bob = await earner(shop, 10)
        done = await asyncio.gather(
            desk.request(bob.id, wish(10)),
            moves.move(bob.id, micro(10), ids.new_id()),
            return_exceptions=True,
        )
        assert sum(isinstance(one, BadRequest) for one in done) == 1, done
        assert sum(isinstance(one, WithdrawalView | str) for one in done) == 1
        assert await purse(shop, bob) in {(0, 10 * USDT), (0, 0)}


async def test_what_is_taken_back_is_taken_back_once(
    shop: Shop, desk: Withdrawals, ann: Customer
) -> None:
    asked = await desk.request(ann.id, wish(20))
    done = await asyncio.gather(
        *(desk.cancel(ann.id, asked.id) for _ in range(6)), return_exceptions=True
    )
    assert sum(isinstance(one, WithdrawalView) for one in done) == 1
    late = [one for one in done if isinstance(one, NotOpen)]
    assert {one.message for one in late} == {
        "This withdrawal is CANCELLED and can't be cancelled any more."
    }
    assert (len(late), await purse(shop, ann)) == (5, (50 * USDT, 0))


@pytest.mark.parametrize("withdrawal", ["", "c" + "0" * 24, "\x00", "\ud800", "x" * 100_000])
async def test_what_there_is_not_is_not_found(
    desk: Withdrawals, ann: Customer, withdrawal: str
) -> None:
    for act in (desk.get, desk.cancel):
        with pytest.raises(NotFound, match="Withdrawal not found"):
            await act(ann.id, withdrawal)
    assert (await desk.list_own(ann.id, limit=5, cursor=withdrawal)).withdrawals == []


async def test_what_is_somebody_else_s_is_not_found(
    shop: Shop, desk: Withdrawals, ann: Customer
) -> None:
    bob = await earner(shop)
    asked = await desk.request(ann.id, wish(20))
    for act in (desk.get, desk.cancel):
        with pytest.raises(NotFound, match="Withdrawal not found"):
            await act(bob.id, asked.id)
    assert await desk.find_open(bob.id) is None
    assert (await desk.list_own(bob.id, limit=5, cursor=None)).withdrawals == []
    assert (await desk.get(ann.id, asked.id)).status == "REQUESTED"


async def test_nothing_of_a_request_changes_afterwards(
    shop: Shop, desk: Withdrawals, ann: Customer
) -> None:
    await desk.request(ann.id, wish(20))
    for change in (
        f"address = '{ANOTHER}'",
        "amount_micro = amount_micro + 1, net_micro = net_micro + 1",
        "fee_micro = 0, net_micro = amount_micro",
        "user_id = user_id || ''",
        "created_at = now()",
        "source = 'spending'",
        "request_key = 'x'",
    ):
        with pytest.raises(Exception, match="stays as it was written"):
            await shop.execute(f"update withdrawals set {change}")
    with pytest.raises(Exception, match="stays as it was written"):
        await shop.execute("delete from withdrawals")
