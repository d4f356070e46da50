"""Several numbers by one click: each is an order, and what fails takes nothing from the others."""

import asyncio
from typing import Any

import httpx
import pytest

from jiema_app.domain.orders.requests import Buyer, OrderRequest, Placed
from jiema_app.domain.orders.several import SEVERAL_MAX, Bought, Place, place_several
from jiema_app.settings import LimitSettings
from jiema_app.site.account.shortages import shortage_text
from tests.api.test_shop_orders import OURS, SCRIPT, TELEGRAM, click, price_of, refusal, sign_in
from tests.support.shop import Customer, Shop

ONCE = SCRIPT | {"Idempotency-Key": "one-click"}


async def buy(
    shop: Shop, cookie: dict[str, str], quantity: int | str, **fields: str
) -> httpx.Response:
    return await click(shop, cookie, headers=ONCE, fields={"quantity": str(quantity), **fields})


def told(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    data: dict[str, Any] = answer.json()["data"]
    return data


async def held(shop: Shop, customer: Customer, before: int) -> int:
    """How many numbers the balance has paid for; the books agree."""
    assert (await shop.verify()).ok
    paid, rest = divmod(before - await shop.balance(customer), price_of(shop) * 10_000)
    assert not rest
    return paid


async def test_each_is_an_order_of_its_own_and_they_are_shown_together(shop: Shop) -> None:
    ann = await shop.customer()
    cookie, before = await sign_in(shop, ann), await shop.balance(ann)
    data = told(await buy(shop, cookie, 5, locale="zh"))
    assert data["location"] == f"/zh/orders/together/{'-'.join(data['ids'])}"
    assert (data["wanted"], data["why"], data["notice"]) == (5, None, None)
    assert len(set(data["ids"])) == 5
    assert await held(shop, ann, before) == 5
    orders = await shop.services.orders.find_own(ann.id, data["ids"])
    assert len({order.phone for order in orders}) == 5

    # One is given back, and the others stay.
    await shop.services.orders.cancel(ann.id, data["ids"][2])
    assert await held(shop, ann, before) == 4


async def test_the_same_click_twice_at_once_buys_once(shop: Shop) -> None:
    ann = await shop.customer()
    cookie, before = await sign_in(shop, ann), await shop.balance(ann)
    first, second, third = await asyncio.gather(*(buy(shop, cookie, 4) for _ in range(3)))
    assert told(first)["ids"] == told(second)["ids"] == told(third)["ids"]
    assert await held(shop, ann, before) == len(await shop.statuses()) == 4
    # Who lost the answer and asks for more has those, and the rest.
    more = told(await buy(shop, cookie, 6))["ids"]
    assert more[:4] == told(first)["ids"]
    assert told(await buy(shop, cookie, 1))["id"] == more[0]
    assert await held(shop, ann, before) == 6


async def test_when_stock_ends_in_the_middle_the_others_stand(shop: Shop) -> None:
    ann = await shop.customer()
    cookie, before = await sign_in(shop, ann), await shop.balance(ann)
    cost = await shop.fetchval(
        "select cost_micro from offers where service_code = 'tg' and country_id = 7"
    )
    await shop.supplier.offer("tg", 7, cost / 1_000_000, 3)
    data = told(await buy(shop, cookie, 10))
    assert len(data["ids"]) == 3
    assert (data["wanted"], data["why"]) == (10, "NO_NUMBERS")
    assert data["notice"] == (
        "We bought 3 of the 10 numbers you asked for. No more are left at this price. You weren't "
        "charged for the rest."
    )
    assert data["location"].endswith("?wanted=10&why=NO_NUMBERS")
    assert await held(shop, ann, before) == 3

    # The click again, when there are more: what came to nothing is tried again.
    await shop.supplier.offer("tg", 7, cost / 1_000_000, 100)
    again = told(await buy(shop, cookie, 5))
    assert again["why"] is None
    assert set(again["ids"]) > set(data["ids"])
    assert await held(shop, ann, before) == 5


async def test_a_balance_for_two_buys_two(shop: Shop) -> None:
    ann = await shop.customer(cents=price_of(shop) * 2 + 1)
    cookie, before = await sign_in(shop, ann), await shop.balance(ann)
    data = told(await buy(shop, cookie, 5))
    assert (len(data["ids"]), data["why"]) == (2, "INSUFFICIENT")
    assert await held(shop, ann, before) == 2
    assert await shop.balance(ann) == 10_000


async def test_open_orders_and_changes_are_counted_one_by_one(shop: Shop) -> None:
    ann, eve = await shop.customer(), await shop.customer()
    most = shop.services.orders.standing.open_orders
    cookie = await sign_in(shop, ann)
    for _ in range(most - 2):
        await shop.place(ann)
    data = told(await buy(shop, cookie, 5))
    assert (len(data["ids"]), data["why"]) == (2, "RATE_LIMITED")

    api = await shop.api(limits=LimitSettings(writes_per_minute=3))
    headers = await sign_in(shop, eve) | OURS | SCRIPT
    answer = await api.post("/api/shop/orders", data=TELEGRAM | {"quantity": "5"}, headers=headers)
    data = told(answer)
    assert (len(data["ids"]), data["why"]) == (3, "RATE_LIMITED")


async def several(shop: Shop, ann: Customer, place: Place, quantity: int) -> Bought:
    async def admit() -> None:
        pass

    wish = OrderRequest(service="tg", country=7)
    return await place_several(place, ann.buyer, wish, quantity, admit)


async def test_an_outcome_that_nobody_knows_is_said_before_all_else(shop: Shop) -> None:
    ann = await shop.customer()
    before = await shop.balance(ann)

    async def place(buyer: Buyer, wish: OrderRequest) -> Placed:
        placed = await shop.services.orders.place(buyer, wish)
        await shop.supplier.fault("getNumberV2", "timeout_after_commit", count=1)
        return placed

    bought = await several(shop, ann, place, 2)
    assert (len(bought.orders), bought.shortage) == (1, "UPSTREAM_ERROR")
    assert "appear in your orders or be refunded" in shortage_text("en", 1, 2, "UPSTREAM_ERROR")
    await shop.settle_all()
    # What was bought and not confirmed has been given back, and so has its price.
    assert await held(shop, ann, before) == len(await shop.rentals()) == 1


async def test_a_fault_of_ours_does_not_hide_what_was_bought(shop: Shop) -> None:
    ann = await shop.customer()
    begun = 0

    async def place(buyer: Buyer, wish: OrderRequest) -> Placed:
        nonlocal begun
        begun += 1
        if begun == 3:
            raise RuntimeError("a bug")
        return await shop.services.orders.place(buyer, wish)

    bought = await several(shop, ann, place, SEVERAL_MAX)
    # Those that were under way beside it came through, and no further one was begun.
    assert (len(bought.orders), bought.shortage) == (3, "INTERNAL")


async def test_the_first_one_fails_as_a_single_one_does(shop: Shop) -> None:
    ann = await shop.customer(cents=2)
    cookie = await sign_in(shop, ann)
    assert refusal(await buy(shop, cookie, 3))[:2] == (400, "INSUFFICIENT")
    plain = await click(shop, cookie, headers={}, fields={"quantity": "3"})
    assert plain.headers["location"] == "/en/account/topup?for=telegram.my"
    assert await shop.statuses() == []


async def test_without_scripts_one_choice_holds_country_and_price(shop: Shop) -> None:
    ann = await shop.customer()
    cookie, price = await sign_in(shop, ann), price_of(shop)
    api = await shop.api()
    form = {"service": "telegram", "locale": "ar", "route": f"my:{price}", "quantity": "2"}
    answer = await api.post("/api/shop/orders", data=form, headers=cookie | OURS)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/ar/orders/together/c")
    cost = await shop.fetchval(
        "select cost_micro from offers where service_code = 'tg' and country_id = 7"
    )
    await shop.supplier.offer("tg", 7, cost / 1_000_000, 1)
    answer = await api.post("/api/shop/orders", data=form, headers=cookie | OURS)
    assert answer.headers["location"].endswith("?plain&wanted=2&why=NO_NUMBERS#short-NO_NUMBERS")


@pytest.mark.parametrize("quantity", ["0", "11", "-1", "1.5", "1e1", "٣", "9" * 5000, " "])
async def test_how_many_is_bounded(shop: Shop, quantity: str) -> None:
    ann = await shop.customer()
    cookie = await sign_in(shop, ann)
    answer = await buy(shop, cookie, quantity)
    if quantity == " ":
        assert told(answer)["id"]  # not said
        return
    assert refusal(answer)[:2] == (400, "BAD_REQUEST")
    assert await shop.statuses() == []
