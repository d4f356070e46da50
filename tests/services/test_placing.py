"""Placing an order: what is found, what is held, and what is refused without holding anything."""

from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

import pytest

from jiema_app.domain.errors import (
    BadCountry,
    BadService,
    DomainError,
    Forbidden,
    InsufficientBalance,
    NoNumbers,
    NotFound,
    UpstreamError,
)
from jiema_app.domain.orders.requests import OrderRequest
from jiema_app.domain.orders.statuses import OrderStatus
from jiema_app.domain.units import Cents, MicroUsdt, UserId, micro
from tests.support.shop import Customer, Shop

TELEGRAM_MALAYSIA = ("tg", 7)


async def refused(attempt: Awaitable[object]) -> type[DomainError]:
    with pytest.raises(DomainError) as refusal:
        await attempt
    return refusal.type


async def offer(shop: Shop, cost_usd: float, count: int) -> None:
    """Have the supplier offer Telegram in Malaysia, and this process know it."""
    await shop.supplier.offer("tg", 7, cost_usd, count)
    await shop.execute(
        "update offers set cost_micro = $1, count = $2 where service_code = 'tg' and country_id = 7",
        int(cost_usd * 1_000_000),
        count,
    )
    await shop.services.live_catalog.reload()


def quoted_cents(shop: Shop) -> int:
    catalog = shop.services.live_catalog.current
    telegram, malaysia = catalog.get_service("tg"), catalog.get_country(7)
    return catalog.list_quotes(telegram.code, malaysia.id)[0].price_cents


async def customer_with(shop: Shop, amount: int) -> Customer:
    """Somebody who has exactly ``amount`` micro-USDT."""
    customer = await shop.customer(cents=0)
    await shop.execute(
        "select ledger_post('sandbox_credit', $1, 3, $2, $3)",
        customer.id,
        customer.buyer.account_id,
        amount,
    )
    return customer


@pytest.mark.parametrize("service", ["tg", "TG", "telegram", "Telegram", " tg "])
@pytest.mark.parametrize("country", [7, "7", "my", "MY"])
async def test_a_service_goes_by_code_or_slug_and_a_country_by_id_or_slug(
    shop: Shop, service: str, country: str | int
) -> None:
    ann = await shop.customer()
    order = await shop.place(ann, service, country)
    assert (order.service_code, order.country_id) == TELEGRAM_MALAYSIA


@pytest.mark.parametrize("country", [0, "0", "ru"])
async def test_russia_is_country_zero_and_can_be_ordered(shop: Shop, country: str | int) -> None:
    ann = await shop.customer()
    order = await shop.place(ann, "tg", country)
    assert order.country_id == 0
    assert order.phone is not None
    assert order.phone.startswith("+79")


async def test_a_new_order_waits_with_a_number_in_full_international_form(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    assert order.status is OrderStatus.WAITING
    assert order.phone is not None
    assert order.phone.startswith("+60")
    assert order.expires_at is not None
    window_s = (order.expires_at - order.created_at).total_seconds()
    assert window_s == pytest.approx(15 * 60, abs=5)
    assert order.sms == ()


async def test_an_order_never_outlives_the_supplier_s_rental(shop: Shop) -> None:
    await shop.supplier.behave(windowSeconds=300)
    ann = await shop.customer()
    order = await shop.place(ann)
    assert order.expires_at is not None
    assert (order.expires_at - order.created_at).total_seconds() == pytest.approx(300, abs=5)


async def test_the_quoted_price_is_held_at_once(shop: Shop) -> None:
    ann = await shop.customer(cents=1_000)
    price = quoted_cents(shop)
    order = await shop.place(ann)
    assert order.price_cents == price
    assert await shop.balance(ann) == micro(Cents(1_000 - price))
    assert (await shop.verify()).ok


async def test_the_price_stays_what_it_was_when_prices_move_later(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await offer(shop, 3.0, 10)
    await shop.deliver(order)
    received = await shop.read(ann, order)
    assert received.price_micro == order.price_micro


@pytest.mark.parametrize("service", ["nosuch", "", "tg' or 1=1", "телеграм", "x" * 5_000])
async def test_an_unknown_service_is_refused(shop: Shop, service: str) -> None:
    ann = await shop.customer()
    assert await refused(shop.place(ann, service)) is BadService
    assert await shop.balance(ann) == 50_000_000


@pytest.mark.parametrize("country", [99_999, -1, "", "nowhere", "7.0"])
async def test_an_unknown_country_is_refused(shop: Shop, country: str | int) -> None:
    ann = await shop.customer()
    assert await refused(shop.place(ann, "tg", country)) is BadCountry
    assert await shop.balance(ann) == 50_000_000


async def test_nothing_in_stock_is_refused_without_asking_the_supplier(shop: Shop) -> None:
    await offer(shop, 0.2, 0)
    ann = await shop.customer()
    asked = await shop.supplier.requests("getNumberV2")
    assert await refused(shop.place(ann)) is NoNumbers
    assert await shop.supplier.requests("getNumberV2") == asked
    assert await shop.balance(ann) == 50_000_000


async def test_stock_that_has_just_gone_is_refused_and_the_price_returned(shop: Shop) -> None:
    await offer(shop, 0.2, 5)
    await shop.supplier.offer("tg", 7, 0.2, 0)
    ann = await shop.customer()
    assert await refused(shop.place(ann)) is NoNumbers
    assert await shop.balance(ann) == 50_000_000
    assert await shop.statuses() == [("FAILED", "NO_NUMBERS")]


async def test_a_supplier_that_became_dearer_does_not_sell_at_a_loss(shop: Shop) -> None:
    await offer(shop, 0.2, 5)
    await shop.supplier.offer("tg", 7, 0.9, 5)
    ann = await shop.customer()
    assert await refused(shop.place(ann)) is NoNumbers
    assert await shop.balance(ann) == 50_000_000
    assert await shop.rentals() == []


async def test_a_balance_of_exactly_the_price_is_enough(shop: Shop) -> None:
    ann = await customer_with(shop, micro(Cents(quoted_cents(shop))))
    await shop.place(ann)
    assert await shop.balance(ann) == 0


async def test_a_millionth_short_of_the_price_is_not_enough(shop: Shop) -> None:
    almost = micro(Cents(quoted_cents(shop))) - 1
    ann = await customer_with(shop, almost)
    assert await refused(shop.place(ann)) is InsufficientBalance
    assert await shop.balance(ann) == almost
    assert await shop.statuses() == []
    assert await shop.rentals() == []


async def test_a_ceiling_at_the_price_is_met(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann, max_price_cents=quoted_cents(shop))
    assert order.price_cents == quoted_cents(shop)


async def test_a_ceiling_below_the_price_is_refused(shop: Shop) -> None:
    ann = await shop.customer()
    ceiling = quoted_cents(shop) - 1
    assert await refused(shop.place(ann, max_price_cents=ceiling)) is NoNumbers
    assert await shop.balance(ann) == 50_000_000


async def test_a_ceiling_above_the_price_does_not_raise_it(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann, max_price_cents=100_000)
    assert order.price_cents == quoted_cents(shop)


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"service": "nosuch", "country": "nowhere"}, BadService),
        ({"service": "tg", "country": "nowhere"}, BadCountry),
        ({"service": "tg", "country": 7, "max_price_cents": 1}, NoNumbers),
        ({"service": "tg", "country": 7}, InsufficientBalance),
    ],
)
async def test_errors_come_in_their_documented_order(
    shop: Shop, wish: dict[str, Any], expected: type[DomainError]
) -> None:
    """A poor customer: whatever else is wrong is said before the lack of money."""
    poor = await shop.customer(cents=0)
    assert await refused(shop.place(poor, **wish)) is expected
    assert await shop.statuses() == []


async def test_no_stock_is_said_before_no_money(shop: Shop) -> None:
    await offer(shop, 0.2, 0)
    poor = await shop.customer(cents=0)
    assert await refused(shop.place(poor)) is NoNumbers


async def test_a_banned_buyer_is_refused_and_nothing_is_held(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.services.identity.ban(ann.id, actor="test", reason="scanning")
    assert await refused(shop.place(ann)) is Forbidden
    assert await shop.balance(ann) == 50_000_000
    assert await shop.rentals() == []


async def test_a_ban_stops_new_orders_only(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.services.identity.ban(ann.id, actor="test", reason="scanning")
    await shop.deliver(order)
    assert (await shop.read(ann, order)).status is OrderStatus.RECEIVED


async def test_an_unbanned_buyer_may_order_again(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.services.identity.ban(ann.id, actor="test", reason="mistake")
    await shop.services.identity.unban(ann.id, actor="test", reason="it was")
    assert (await shop.place(ann)).is_open


async def test_a_buyer_who_does_not_exist_is_refused(shop: Shop) -> None:
    ann = await shop.customer()
    ghost = Customer(replace(ann.buyer, user_id=UserId("c" + "0" * 24)), "")
    assert await refused(shop.place(ghost)) is Forbidden
    assert await shop.balance(ann) == 50_000_000


@pytest.mark.parametrize("kind", ["banned", "channels_limit", "no_balance"])
async def test_a_supplier_that_will_not_sell_is_an_upstream_error_with_the_money_back(
    shop: Shop, kind: str
) -> None:
    await shop.supplier.fault("getNumberV2", kind, count=1)
    ann = await shop.customer()
    assert await refused(shop.place(ann)) is UpstreamError
    assert await shop.balance(ann) == 50_000_000
    assert await shop.statuses() == [("FAILED", "UPSTREAM_REFUSED")]


async def test_an_order_that_never_had_a_number_is_not_shown(shop: Shop) -> None:
    await shop.supplier.fault("getNumberV2", "no_numbers", count=1)
    ann = await shop.customer()
    await refused(shop.place(ann))
    failed = await shop.fetchval("select id from orders")
    page = await shop.services.orders.list_own(ann.id, status=None, limit=10, cursor=None)
    assert page.orders == []
    assert await refused(shop.services.orders.get(ann.id, failed)) is NotFound


async def test_a_pair_priced_below_its_cost_is_not_sold(shop: Shop) -> None:
    await shop.execute(
        "insert into pricing_rules (service_code, percent_bp, fixed_micro, floor_micro, "
        "effective_from) values ('tg', 0, 10000, 0, now())"
    )
    await shop.services.live_catalog.reload()
    ann = await shop.customer()
    assert await refused(shop.place(ann)) is NoNumbers
    assert await shop.balance(ann) == MicroUsdt(50_000_000)


async def test_what_we_pay_is_noted_with_the_order(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.services.orders.place(ann.buyer, OrderRequest(service="tg", country=7))
    paid, limit = await shop.fetchval("select (cost_micro, cost_limit_micro) from orders")
    assert 0 < paid <= limit
