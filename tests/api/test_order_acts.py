"""The forms that cancel and finish an order, or ask for another code, without scripts."""

from collections.abc import Mapping

import httpx
import pytest

from api_routes.shop.order_acts import CANCEL_ORDER, FINISH_ORDER, NEXT_SMS
from jiema_app.domain.orders.statuses import OrderStatus
from jiema_app.settings import LimitSettings
from tests.api.asking import IRAN
from tests.api.test_shop_recharges import BROWSER, OURS, SCRIPT, refusal, sign_in
from tests.support.shop import Customer, Shop

NEVER = "c" + "0" * 24
ACTS = (CANCEL_ORDER, FINISH_ORDER, NEXT_SMS)


async def do(
    shop: Shop,
    path: str,
    order: str,
    who: Mapping[str, str],
    headers: Mapping[str, str] = BROWSER,
) -> httpx.Response:
    api = await shop.api()
    return await api.post(
        path.format(order_id=order), data={"locale": "en"}, headers={**OURS, **who, **headers}
    )


async def status_of(shop: Shop, who: Customer, order: str) -> OrderStatus:
    return (await shop.services.orders.get(who.id, order, refresh=False)).status


async def test_an_order_is_cancelled_once_and_refunded_once(shop: Shop) -> None:
    ann = await shop.customer()
    before = await shop.balance(ann)
    order, who = await shop.place(ann), await sign_in(shop, ann)
    done = await do(shop, CANCEL_ORDER, order.id, who)
    assert (done.status_code, done.headers["cache-control"]) == (303, "no-store")
    assert done.headers["location"] == f"/en/order/{order.id}?plain#outcome"
    again = await do(shop, CANCEL_ORDER, order.id, who)
    assert again.headers["location"] == f"/en/order/{order.id}?plain#act-NOT_OPEN"
    assert await status_of(shop, ann, order.id) is OrderStatus.CANCELLED
    assert await shop.balance(ann) == before


async def test_with_a_code_it_is_finished_or_waits_for_another_one(shop: Shop) -> None:
    ann = await shop.customer()
    order, who = await shop.place(ann), await sign_in(shop, ann)
    early = await do(shop, FINISH_ORDER, order.id, who)
    assert early.headers["location"].endswith("?plain#act-NOT_OPEN")
    await shop.deliver(order)
    late = await do(shop, CANCEL_ORDER, order.id, who)
    assert late.headers["location"].endswith("?plain#act-CODE_RECEIVED")
    paid = await shop.balance(ann)
    more = await do(shop, NEXT_SMS, order.id, who)
    assert more.headers["location"].endswith("?plain#outcome")
    assert await status_of(shop, ann, order.id) is OrderStatus.WAITING
    assert (await do(shop, FINISH_ORDER, order.id, who, SCRIPT)).json()["data"]["id"] == order.id
    assert await status_of(shop, ann, order.id) is OrderStatus.COMPLETED
    assert await shop.balance(ann) == paid


@pytest.mark.parametrize("path", ACTS)
async def test_somebody_else_s_order_answers_like_one_that_never_was(shop: Shop, path: str) -> None:
    ann, eve = await shop.customer(), await shop.customer()
    order, who = await shop.place(ann), await sign_in(shop, eve)
    theirs, never = [await do(shop, path, one, who) for one in (order.id, NEVER)]
    assert theirs.status_code == never.status_code == 303
    assert theirs.headers["location"].replace(order.id, NEVER) == never.headers["location"]
    theirs, never = [await do(shop, path, one, who, SCRIPT) for one in (order.id, NEVER)]
    assert theirs.status_code == never.status_code == 404
    assert refusal(theirs) == refusal(never)
    for odd in ("nothing", "x" * 2_000, "%2F%2Fevil.example"):
        assert (await do(shop, path, odd, who)).status_code == 404
    assert await status_of(shop, ann, order.id) is OrderStatus.WAITING


@pytest.mark.parametrize("path", ACTS)
async def test_guests_sign_in_first_and_other_sites_do_nothing(shop: Shop, path: str) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    guest = await do(shop, path, order.id, {})
    assert guest.status_code == 303
    assert guest.headers["location"] == f"/en/login?next=%2Fen%2Forder%2F{order.id}"
    foreign = {**await sign_in(shop, ann), "Sec-Fetch-Site": "cross-site"}
    assert (await do(shop, path, order.id, foreign)).status_code == 403
    assert await status_of(shop, ann, order.id) is OrderStatus.WAITING


async def test_it_counts_as_a_change_and_a_refund_is_given_anywhere(shop: Shop) -> None:
    ann = await shop.customer()
    first, second = await shop.place(ann), await shop.place(ann)
    who = await sign_in(shop, ann) | {"X-Forwarded-For": IRAN, **OURS, **BROWSER}
    api = await shop.api(limits=LimitSettings(writes_per_minute=1))
    answers = [
        await api.post(CANCEL_ORDER.format(order_id=one.id), headers=who) for one in (first, second)
    ]
    assert [answer.headers["location"].partition("#")[2] for answer in answers] == [
        "outcome",
        "act-RATE_LIMITED",
    ]
    assert await status_of(shop, ann, second.id) is OrderStatus.WAITING
