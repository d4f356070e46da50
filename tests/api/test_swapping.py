"""Another number in place of one that waits, by the button of a service's page."""

from typing import Any

import httpx
import pytest

from jiema_app.domain import ids
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.units import Cents, micro
from jiema_app.i18n.error_messages import explain
from tests.api.test_shop_orders import click, price_of, refusal, sign_in
from tests.support.shop import Customer, Shop

INDONESIA = {"country": "id"}


async def swap(
    shop: Shop,
    who: Customer,
    old: str,
    *,
    key: str | None = None,
    quantity: str = "1",
    **headers: str,
) -> httpx.Response:
    """Press the button for Telegram in Indonesia, in place of an order."""
    script = {"Accept": "application/json"} | headers
    if key is not None:
        script["Idempotency-Key"] = key
    fields = INDONESIA | {"instead": old, "quantity": quantity}
    return await click(shop, await sign_in(shop, who), headers=script, fields=fields)


def told(answer: httpx.Response) -> str:
    """What the new order's page is to say of the old one."""
    assert answer.status_code == 200
    data: dict[str, Any] = answer.json()["data"]
    return str(data["location"]).removeprefix(f"/en/order/{data['id']}?old=")


async def ended(shop: Shop, who: Customer, order: OrderView) -> str:
    return str((await shop.read(who, order)).status)


async def test_the_new_one_is_bought_and_the_old_one_refunded_once(shop: Shop) -> None:
    ann = await shop.customer()
    before = await shop.balance(ann)
    old = await shop.place(ann)
    answer = await swap(shop, ann, old.id, key="one intention")
    again = await swap(shop, ann, old.id, key="one intention")
    assert (told(answer), told(again)) == ("cancelled", "cancelled")
    assert answer.json()["data"]["id"] == again.json()["data"]["id"]
    assert sorted(status for status, _ in await shop.statuses()) == ["CANCELLED", "WAITING"]
    assert await shop.balance(ann) == before - micro(Cents(price_of(shop, country=6)))
    assert (await shop.verify()).ok


async def test_the_old_one_survives_when_there_is_no_new_one(shop: Shop) -> None:
    ann = await shop.customer()
    old = await shop.place(ann)
    before = await shop.balance(ann)
    await shop.supplier.offer("tg", 6, 0.1, 0)
    assert refusal(await swap(shop, ann, old.id))[1] == "NO_NUMBERS"
    assert await ended(shop, ann, old) == "WAITING"
    assert await shop.balance(ann) == before


async def test_a_balance_that_only_the_refund_would_fill_gives_up_nothing(shop: Shop) -> None:
    price, other = price_of(shop), price_of(shop, country=6)
    ann = await shop.customer(cents=price + other - 1)
    old = await shop.place(ann)
    _, code, details = refusal(await swap(shop, ann, old.id))
    assert code == "INSUFFICIENT"
    assert "only after the refund" in details["notice"]
    assert [way["href"] for way in details["more"]] == [
        f"/en/order/{old.id}",
        "/en/account/topup?for=telegram.id",
    ]
    assert [status for status, _ in await shop.statuses()] == ["WAITING"]


async def test_an_order_that_has_its_code_stays(shop: Shop) -> None:
    ann = await shop.customer()
    old = await shop.place(ann)
    await shop.deliver(old)
    status, code, details = refusal(await swap(shop, ann, old.id, key="late"))
    assert (status, code) == (400, "CODE_RECEIVED")
    assert [way["href"] for way in details["more"]] == [
        f"/en/order/{old.id}",
        "/en/service/telegram?country=id",
    ]
    assert [status for status, _ in await shop.statuses()] == ["RECEIVED"]


async def test_a_code_that_came_while_the_new_one_was_bought_is_told_when_asked_again(
    shop: Shop,
) -> None:
    ann = await shop.customer()
    old = await shop.place(ann)
    # The first answer was lost after the purchase, and before the cancel.
    fresh = await shop.place(
        ann, country="id", max_price_cents=100, idempotency_key="one intention"
    )
    await shop.deliver(old)
    answer = await swap(shop, ann, old.id, key="one intention")
    assert (told(answer), answer.json()["data"]["id"]) == ("code", fresh.id)
    assert await ended(shop, ann, old) == "RECEIVED"


async def test_one_that_has_ended_by_itself_is_simply_followed_by_another(shop: Shop) -> None:
    ann = await shop.customer()
    old = await shop.place(ann)
    await shop.age(old, 3_600)
    await shop.services.expiry.run()
    assert await ended(shop, ann, old) == "CANCELLED"
    assert told(await swap(shop, ann, old.id)) == "ended"


async def test_one_that_was_replaced_before_is_not_said_to_be_replaced_again(shop: Shop) -> None:
    ann = await shop.customer()
    old = await shop.place(ann)
    assert told(await swap(shop, ann, old.id, key="one intention")) == "cancelled"
    # Back to the page, and another one from there: the number bought between stays.
    assert told(await swap(shop, ann, old.id, key="another one")) == "ended"
    assert told(await swap(shop, ann, old.id, key="one intention")) == "cancelled"
    assert sorted(status for status, _ in await shop.statuses()) == [
        "CANCELLED",
        "WAITING",
        "WAITING",
    ]
    assert (await shop.verify()).ok


async def test_several_take_the_place_of_one(shop: Shop) -> None:
    ann = await shop.customer()
    before = await shop.balance(ann)
    old = await shop.place(ann)
    answer = await swap(shop, ann, old.id, key="three", quantity="3")
    again = await swap(shop, ann, old.id, key="three", quantity="3")
    assert answer.json() == again.json()
    data = answer.json()["data"]
    assert data["location"] == f"/en/orders/together/{'-'.join(data['ids'])}?old=cancelled"
    assert sorted(status for status, _ in await shop.statuses()) == ["CANCELLED", *["WAITING"] * 3]
    assert await shop.balance(ann) == before - 3 * micro(Cents(price_of(shop, country=6)))
    assert (await shop.verify()).ok


async def test_several_leave_the_old_one_when_its_code_has_come(shop: Shop) -> None:
    ann = await shop.customer()
    old = await shop.place(ann)
    await shop.deliver(old)
    assert refusal(await swap(shop, ann, old.id, quantity="3"))[1] == "CODE_RECEIVED"
    assert [status for status, _ in await shop.statuses()] == ["RECEIVED"]


@pytest.mark.parametrize("whose", ["bob's", "nobody's", "nonsense", "x" * 10_000])
async def test_what_is_not_ones_own_does_not_exist(shop: Shop, whose: str) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    theirs = await shop.place(bob)
    old = {"bob's": theirs.id, "nobody's": ids.new_id()}.get(whose, whose)
    status, code, details = refusal(await swap(shop, ann, old))
    assert (status, code) == (404, "NOT_FOUND")
    assert details == {"notice": explain("NOT_FOUND", "en")}
    assert await ended(shop, bob, theirs) == "WAITING"
    assert len(await shop.statuses()) == 1
    # Nor does a balance that is too small tell anything of it.
    poor = await shop.customer(cents=0)
    assert refusal(await swap(shop, poor, old))[1] == "NOT_FOUND"


async def test_without_scripts_the_way_is_the_same(shop: Shop) -> None:
    ann = await shop.customer()
    old = await shop.place(ann)
    answer = await swap(shop, ann, old.id, Accept="text/html")
    assert answer.status_code == 303
    assert answer.headers["location"].endswith("?old=cancelled")
