"""Worked examples: what every account holds after each step."""

import pytest

from jiema_app.domain.errors import UpstreamError
from jiema_app.domain.orders.statuses import EndReason
from jiema_app.domain.orders.views import OrderView
from tests.services.test_placing import offer
from tests.support.shop import Customer, Shop

QUARTER_COST_USD = 0.185
"""Plus 35 % and rounded up to a cent, this is a price of 0.25."""


async def accounts(shop: Shop, customer: Customer) -> dict[str, int]:
    """Cents in each account: the customer's, held for open orders, earned, given by the house."""
    async with shop.services.database.connection() as connection:
        rows = await connection.fetch(
            "select a.kind, sum(e.amount_micro)::bigint / 10000 as cents from ledger_accounts a "
            "join ledger_entries e on e.account_id = a.id "
            "where a.user_id is null or a.user_id = $1 group by a.kind",
            customer.id,
        )
    sums = {row["kind"]: int(row["cents"]) for row in rows}
    names = ("user:spending", "house:orders_open", "house:sales", "house:adjustments")
    return {name.split(":")[1]: sums.get(name, 0) for name in names}


def books(spending: int, held: int, sales: int, adjustments: int = -1_000) -> dict[str, int]:
    return {
        "spending": spending,
        "orders_open": held,
        "sales": sales,
        "adjustments": adjustments,
    }


async def rent(shop: Shop, customer: Customer) -> OrderView:
    order = await shop.place(customer)
    assert order.price_cents == 25
    return order


async def test_top_up_ten_rent_for_a_quarter_no_code_refund(shop: Shop) -> None:
    await offer(shop, QUARTER_COST_USD, 10)
    ann = await shop.customer(cents=1_000)
    assert await accounts(shop, ann) == books(1_000, 0, 0)
    await rent(shop, ann)
    assert await accounts(shop, ann) == books(975, 25, 0)
    await shop.pass_time(16 * 60)
    await shop.services.expiry.run()
    assert await accounts(shop, ann) == books(1_000, 0, 0)


async def test_top_up_ten_rent_for_a_quarter_receive_a_code(shop: Shop) -> None:
    await offer(shop, QUARTER_COST_USD, 10)
    ann = await shop.customer(cents=1_000)
    order = await rent(shop, ann)
    await shop.deliver(order)
    assert await accounts(shop, ann) == books(975, 0, 25)
    await shop.pass_time(16 * 60)
    await shop.services.expiry.run()
    assert await accounts(shop, ann) == books(975, 0, 25)


async def test_a_second_code_on_the_number_costs_nothing_more(shop: Shop) -> None:
    await offer(shop, QUARTER_COST_USD, 10)
    ann = await shop.customer(cents=1_000)
    order = await rent(shop, ann)
    await shop.deliver(order, "Code 11111")
    await shop.services.orders.ask_next_sms(ann.id, order.id)
    await shop.deliver(order, "Code 22222")
    assert await accounts(shop, ann) == books(975, 0, 25)


async def test_a_cancel_and_another_try(shop: Shop) -> None:
    await offer(shop, QUARTER_COST_USD, 10)
    ann = await shop.customer(cents=1_000)
    first = await rent(shop, ann)
    await shop.services.orders.cancel(ann.id, first.id)
    assert await accounts(shop, ann) == books(1_000, 0, 0)
    second = await rent(shop, ann)
    await shop.deliver(second)
    assert await accounts(shop, ann) == books(975, 0, 25)


async def test_three_orders_one_code(shop: Shop) -> None:
    await offer(shop, QUARTER_COST_USD, 10)
    ann = await shop.customer(cents=1_000)
    lucky, *_ = [await rent(shop, ann) for _ in range(3)]
    assert await accounts(shop, ann) == books(925, 75, 0)
    await shop.deliver(lucky)
    assert await accounts(shop, ann) == books(925, 50, 25)
    await shop.pass_time(16 * 60)
    await shop.services.expiry.run()
    assert await accounts(shop, ann) == books(975, 0, 25)


async def test_a_purge_moves_no_money(shop: Shop) -> None:
    await offer(shop, QUARTER_COST_USD, 10)
    ann = await shop.customer(cents=1_000)
    order = await rent(shop, ann)
    await shop.deliver(order)
    await shop.services.settlement.complete(order.id, EndReason.USER)
    await shop.pass_time(25 * 3600)
    await shop.services.retention.purge()
    assert await accounts(shop, ann) == books(975, 0, 25)


async def test_a_purchase_whose_answer_is_lost_is_held_and_returned(shop: Shop) -> None:
    await offer(shop, QUARTER_COST_USD, 10)
    ann = await shop.customer(cents=1_000)
    await shop.supplier.fault("getNumberV2", "timeout_after_commit", count=1)
    with pytest.raises(UpstreamError):
        await shop.place(ann)
    assert await accounts(shop, ann) == books(975, 25, 0)
    await shop.settle_all()
    assert await accounts(shop, ann) == books(1_000, 0, 0)
