"""Races on real connections: whoever comes second finds the first one's result.

Each race is run many times with as little as possible around it, and every round must
end in one of the two right ways.
"""

import asyncio
from collections import Counter

import pytest

from jiema_app.domain.errors import (
    AlreadyChanged,
    CodeReceived,
    DomainError,
    Forbidden,
    InsufficientBalance,
    NotOpen,
)
from jiema_app.domain.orders.statuses import OrderStatus
from jiema_app.domain.orders.supplier import IncomingSms
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.units import Cents, micro
from jiema_app.settings import LimitSettings, Settings, SupplierSettings
from tests.support.shop import Customer, Shop

ROUNDS = 200
BATCH = 10
"""Rounds that run at the same time, each on an order of its own."""

SMS = IncomingSms("Code 12345", "12345", None)


@pytest.fixture
def settings() -> Settings:
    return Settings(
        supplier=SupplierSettings(requests_per_second=0),
        limits=LimitSettings(open_orders=10_000, cancels_per_hour=10_000, success_floor_percent=0),
    )


async def waiting_orders(
    shop: Shop, customer: Customer, count: int, *, is_over: bool = False
) -> list[OrderView]:
    """Waiting orders, made by copying one: the races are about what comes after."""
    model = await shop.place(customer)
    await shop.execute(
        "insert into orders (id, user_id, status, service_code, country_id, price_micro, "
        "cost_limit_micro, supplier, activation_id, phone, expires_at) "
        "select left(id, 12) || lpad(n::text, 13, '0'), user_id, status, service_code, "
        "country_id, price_micro, cost_limit_micro, supplier, 'race ' || n, phone, "
        "expires_at - case when $3 then interval '1 hour' else interval '0' end "
        "from orders, generate_series(1, $2::int) n where id = $1",
        model.id,
        count,
        is_over,
    )
    await shop.execute(
        "select ledger_post('order_placed', id, $1, 1, price_micro) from orders "
        "where activation_id like 'race %'",
        customer.buyer.account_id,
    )
    await shop.services.orders.cancel(customer.id, model.id)
    page = await shop.services.orders.list_own(
        customer.id, status=OrderStatus.WAITING, limit=count, cursor=None
    )
    assert len(page.orders) == count
    return list(page.orders)


async def spent(shop: Shop, customer: Customer, cents: int) -> int:
    return micro(Cents(cents)) - await shop.balance(customer)


async def outcome_of(attempt: object) -> object:
    """What an attempt came to: its result, or the kind of its refusal."""
    try:
        return await attempt  # type: ignore[misc]
    except DomainError as refusal:
        return type(refusal)


async def in_batches(orders: list[OrderView], race: "object") -> list[object]:
    """Run a race for every order, some of them at the same time."""
    results: list[object] = []
    for start in range(0, len(orders), BATCH):
        group = orders[start : start + BATCH]
        results += await asyncio.gather(*(race(order) for order in group))  # type: ignore[operator]
    return results


async def test_a_cancel_and_a_code_never_both_win(shop: Shop) -> None:
    ann = await shop.customer(cents=100_000)
    orders = await waiting_orders(shop, ann, ROUNDS)
    price = orders[0].price_micro

    async def race(order: OrderView) -> str:
        cancelled, recorded = await asyncio.gather(
            outcome_of(shop.services.orders.cancel(ann.id, order.id)),
            shop.services.settlement.record_sms(order.id, [SMS]),
        )
        won = isinstance(cancelled, OrderView)
        assert won is (recorded == 0)
        assert won or cancelled in {CodeReceived, AlreadyChanged}
        now = await shop.read(ann, order)
        assert now.status is (OrderStatus.CANCELLED if won else OrderStatus.RECEIVED)
        return "cancelled" if won else "received"

    outcomes = Counter(await in_batches(orders, race))
    assert sum(outcomes.values()) == ROUNDS
    assert await spent(shop, ann, 100_000) == outcomes["received"] * price


async def test_an_expiry_and_a_code_never_both_win(shop: Shop) -> None:
    ann = await shop.customer(cents=100_000)
    orders = await waiting_orders(shop, ann, ROUNDS, is_over=True)
    price = orders[0].price_micro
    await shop.supplier.fault("*", "http500", rate=1)

    async def receive(order: OrderView) -> int:
        return await shop.services.settlement.record_sms(order.id, [SMS])

    expiry = asyncio.gather(*(shop.services.expiry.run() for _ in range(3)))
    recorded = sum(int(str(one)) for one in await in_batches(orders, receive))
    await expiry
    await shop.services.expiry.run()
    statuses = Counter(status for status, _ in await shop.statuses())
    assert statuses["COMPLETED"] == recorded
    assert statuses["COMPLETED"] + statuses["CANCELLED"] == ROUNDS + 1
    assert await spent(shop, ann, 100_000) == recorded * price


async def test_of_many_cancels_of_one_order_one_wins(shop: Shop) -> None:
    ann = await shop.customer(cents=100_000)
    orders = await waiting_orders(shop, ann, ROUNDS // 4)

    async def race(order: OrderView) -> int:
        results = await asyncio.gather(
            *(outcome_of(shop.services.orders.cancel(ann.id, order.id)) for _ in range(4))
        )
        losers = [one for one in results if not isinstance(one, OrderView)]
        assert set(losers) <= {NotOpen, AlreadyChanged}
        return len(results) - len(losers)

    assert set(await in_batches(orders, race)) == {1}
    assert await spent(shop, ann, 100_000) == 0


async def test_an_expiry_and_a_cancel_refund_once(shop: Shop) -> None:
    ann = await shop.customer(cents=100_000)
    orders = await waiting_orders(shop, ann, ROUNDS, is_over=True)

    async def cancel(order: OrderView) -> object:
        return await outcome_of(shop.services.orders.cancel(ann.id, order.id))

    expiry = asyncio.gather(*(shop.services.expiry.run() for _ in range(3)))
    results = await in_batches(orders, cancel)
    await expiry
    won = sum(isinstance(one, OrderView) for one in results)
    reasons = Counter(reason for _, reason in await shop.statuses())
    assert (reasons["USER"], reasons["EXPIRED"]) == (won + 1, ROUNDS - won)
    assert await spent(shop, ann, 100_000) == 0


async def test_one_code_reported_by_several_ways_at_once_is_charged_once(shop: Shop) -> None:
    ann = await shop.customer(cents=100_000)
    orders = await waiting_orders(shop, ann, ROUNDS // 4)

    async def race(order: OrderView) -> int:
        recorded = await asyncio.gather(
            *(shop.services.settlement.record_sms(order.id, [SMS]) for _ in range(4))
        )
        assert len((await shop.read(ann, order)).sms) == 1
        return sum(recorded)

    assert set(await in_batches(orders, race)) == {1}
    assert await spent(shop, ann, 100_000) == len(orders) * orders[0].price_micro


async def test_different_codes_at_once_are_all_recorded_and_charged_once(shop: Shop) -> None:
    ann = await shop.customer(cents=100_000)
    [order] = await waiting_orders(shop, ann, 1)
    texts = [IncomingSms(f"Code {n:05}", f"{n:05}", None) for n in range(20)]
    await asyncio.gather(*(shop.services.settlement.record_sms(order.id, [sms]) for sms in texts))
    received = await shop.read(ann, order)
    assert sorted(sms.body for sms in received.sms) == [sms.body for sms in texts]
    assert received.sms_count == 20
    assert await spent(shop, ann, 100_000) == order.price_micro


async def test_the_last_coin_buys_one_order(shop: Shop) -> None:
    rich = await shop.customer()
    price = (await shop.place(rich)).price_cents
    ann = await shop.customer(cents=price)
    results = await asyncio.gather(*(outcome_of(shop.place(ann)) for _ in range(10)))
    assert sum(isinstance(one, OrderView) for one in results) == 1
    assert Counter(results)[InsufficientBalance] == 9
    assert await shop.balance(ann) == 0


async def test_money_for_three_orders_buys_three(shop: Shop) -> None:
    rich = await shop.customer()
    price = (await shop.place(rich)).price_cents
    ann = await shop.customer(cents=3 * price + 1)
    results = await asyncio.gather(*(outcome_of(shop.place(ann)) for _ in range(10)))
    assert sum(isinstance(one, OrderView) for one in results) == 3
    assert await shop.balance(ann) == 10_000


async def test_a_ban_comes_before_or_after_an_order_but_never_within(shop: Shop) -> None:
    for _ in range(20):
        ann = await shop.customer(cents=500)
        placed, _ = await asyncio.gather(
            outcome_of(shop.place(ann)),
            shop.services.identity.ban(ann.id, actor="test", reason="scanning"),
        )
        assert placed is Forbidden or isinstance(placed, OrderView)
        held = placed.price_micro if isinstance(placed, OrderView) else 0
        assert await shop.balance(ann) == 5_000_000 - held
        assert await outcome_of(shop.place(ann)) is Forbidden


async def test_a_further_code_and_its_question_at_once_keep_both_counts(shop: Shop) -> None:
    ann = await shop.customer(cents=10_000)
    for number in range(20):
        order = await shop.place(ann)
        await shop.services.settlement.record_sms(order.id, [SMS])
        second = IncomingSms(f"Other {number:05}", f"{number:05}", None)
        asked, _ = await asyncio.gather(
            outcome_of(shop.services.orders.ask_next_sms(ann.id, order.id)),
            shop.services.settlement.record_sms(order.id, [second]),
        )
        now = await shop.read(ann, order)
        assert len(now.sms) == 2
        assert now.next_sms_count == isinstance(asked, OrderView)
        assert now.status in {OrderStatus.RECEIVED, OrderStatus.WAITING}


async def test_two_processes_beating_at_once_record_each_code_once(shop: Shop) -> None:
    ann = await shop.customer(cents=10_000)
    orders = [await shop.place(ann) for _ in range(10)]
    for order in orders:
        assert order.phone is not None
        await shop.supplier.sms(order.phone, f"Code for {order.phone[-5:]}")
    other = shop.another_process()
    await asyncio.gather(shop.services.syncs["primary"].beat(), other.syncs["primary"].beat())
    counts = {len((await shop.read(ann, order)).sms) for order in orders}
    assert counts == {1}


async def test_a_finish_and_a_first_code_leave_the_code_with_its_buyer(shop: Shop) -> None:
    ann = await shop.customer(cents=100_000)
    orders = await waiting_orders(shop, ann, ROUNDS)

    async def race(order: OrderView) -> object:
        finished, recorded = await asyncio.gather(
            outcome_of(shop.services.orders.finish(ann.id, order.id)),
            shop.services.settlement.record_sms(order.id, [SMS]),
        )
        assert recorded == 1
        now = await shop.read(ann, order)
        assert [sms.code for sms in now.sms] == ["12345"]
        won = isinstance(finished, OrderView)
        assert won or finished is NotOpen
        assert now.status is (OrderStatus.COMPLETED if won else OrderStatus.RECEIVED)
        return won

    await in_batches(orders, race)
    assert await spent(shop, ann, 100_000) == ROUNDS * orders[0].price_micro


async def test_a_finish_and_a_further_code_keep_both(shop: Shop) -> None:
    ann = await shop.customer(cents=100_000)
    orders = await waiting_orders(shop, ann, ROUNDS)
    further = IncomingSms("Code 67890", "67890", None)

    async def race(order: OrderView) -> None:
        await shop.services.settlement.record_sms(order.id, [SMS])
        finished, recorded = await asyncio.gather(
            outcome_of(shop.services.orders.finish(ann.id, order.id)),
            shop.services.settlement.record_sms(order.id, [SMS, further]),
        )
        assert isinstance(finished, OrderView)
        assert recorded == 1
        now = await shop.read(ann, order)
        assert (now.status, now.sms_count) == (OrderStatus.COMPLETED, 2)

    await in_batches(orders, race)


async def test_one_of_two_finishes_at_once_ends_the_order(shop: Shop) -> None:
    ann = await shop.customer(cents=100_000)
    orders = await waiting_orders(shop, ann, ROUNDS)

    async def race(order: OrderView) -> None:
        await shop.services.settlement.record_sms(order.id, [SMS])
        outcomes = await asyncio.gather(
            *(outcome_of(shop.services.orders.finish(ann.id, order.id)) for _ in range(2))
        )
        [refusal] = [one for one in outcomes if not isinstance(one, OrderView)]
        assert refusal in {NotOpen, AlreadyChanged}

    await in_batches(orders, race)
    finishing = "select count(*) from supplier_tasks where kind = 'finish'"
    assert await shop.fetchval(finishing) == ROUNDS
