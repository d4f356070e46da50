"""Opening a recharge with the form of a page."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from api_routes.app import create_api
from api_routes.shop.recharges import SHOP_RECHARGES
from api_routes.shop.sandbox_payments import SANDBOX_PAYMENT
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.settings import LimitSettings
from tests.api.asking import IRAN
from tests.support.payments import open_recharge, pay
from tests.support.shop import Customer, Shop, build_api

OURS = {"Sec-Fetch-Site": "same-origin"}
SCRIPT = {"Accept": "application/json"}
BROWSER = {"Accept": "text/html"}


@pytest.fixture(autouse=True)
async def wallets(shop: Shop) -> None:
    await shop.read_chain()
    await shop.services.pool.keep_stock()


async def sign_in(shop: Shop, customer: Customer) -> dict[str, str]:
    """The header that a customer's signed-in browser sends."""
    async with shop.services.database.transaction() as connection:
        token = await shop.services.sessions.open(connection, customer.id, "Firefox")
    return {"Cookie": f"sid={token}"}


async def ask(
    shop: Shop,
    who: Mapping[str, str] | None = None,
    *,
    headers: Mapping[str, str] = SCRIPT,
    site: Mapping[str, str] = OURS,
    wish: str = "",
    **fields: str,
) -> httpx.Response:
    """Press Continue with 10 USDT chosen, unless told otherwise."""
    api = await shop.api()
    form = {"amount": "10", "own_amount": "", "locale": "en", "for": wish} | fields
    return await api.post(SHOP_RECHARGES, data=form, headers={**(who or {}), **site, **headers})


def refusal(answer: httpx.Response) -> tuple[int, str, Any]:
    body = answer.json()
    assert body["ok"] is False
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, body["code"], body["details"]


async def all_of(shop: Shop, customer: Customer) -> list[RechargeView]:
    page = await shop.services.recharges.list_own(customer.id, limit=50, cursor=None)
    return list(page.recharges)


async def test_a_script_is_told_where_the_recharge_is(shop: Shop) -> None:
    ann = await shop.customer()
    answer = await ask(shop, await sign_in(shop, ann), locale="zh")
    assert answer.status_code == 200
    data = answer.json()["data"]
    assert data["location"] == f"/zh/account/topup/{data['id']}"
    assert answer.headers["cache-control"] == "no-store"
    [recharge] = await all_of(shop, ann)
    assert (recharge.id, recharge.amount_micro) == (data["id"], 10_000_000)


async def test_a_browser_without_scripts_is_sent_to_the_recharge(shop: Shop) -> None:
    ann = await shop.customer()
    answer = await ask(shop, await sign_in(shop, ann), headers=BROWSER)
    [recharge] = await all_of(shop, ann)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/en/account/topup/{recharge.id}"


@pytest.mark.parametrize(
    ("own", "micro"),
    [("", 10_000_000), ("33", 33_000_000), ("1,000", 1_000_000_000), ("١٢٫٥", 12_500_000)],  # noqa: RUF001
)
async def test_what_was_typed_counts_before_what_was_chosen(
    shop: Shop, own: str, micro: int
) -> None:
    ann = await shop.customer()
    answer = await ask(shop, await sign_in(shop, ann), own_amount=own)
    assert answer.status_code == 200
    assert [one.amount_micro for one in await all_of(shop, ann)] == [micro]


@pytest.mark.parametrize("own", ["-10", "10.001", "0.99", "5000.01", "ten", "1e3", "0"])
async def test_an_amount_that_cannot_be_is_refused_with_the_limits(shop: Shop, own: str) -> None:
    ann = await shop.customer()
    who = await sign_in(shop, ann)
    status, code, details = refusal(await ask(shop, who, own_amount=own))
    assert (status, code) == (400, "BAD_REQUEST")
    assert "from 1 to 5000 with up to two decimal places" in details["notice"]
    plain = await ask(shop, who, own_amount=own, headers=BROWSER)
    assert plain.status_code == 303
    assert plain.headers["location"] == "/en/account/topup#refused-BAD_REQUEST"
    assert await all_of(shop, ann) == []


async def test_a_form_without_an_amount_is_refused(shop: Shop) -> None:
    ann = await shop.customer()
    assert refusal(await ask(shop, await sign_in(shop, ann), amount=""))[1] == "BAD_REQUEST"


async def test_who_has_one_open_is_led_to_it(shop: Shop) -> None:
    ann = await shop.customer()
    who = await sign_in(shop, ann)
    first = (await ask(shop, who)).json()["data"]["location"]
    _, code, details = refusal(await ask(shop, who, own_amount="50"))
    assert (code, details["location"]) == ("HAS_OPEN_ORDER", first)
    plain = await ask(shop, who, headers=BROWSER)
    assert (plain.status_code, plain.headers["location"]) == (303, first)
    assert len(await all_of(shop, ann)) == 1


async def test_a_guest_is_sent_to_sign_in_and_back(shop: Shop) -> None:
    plain = await ask(shop, headers=BROWSER, locale="ar")
    status, code, details = refusal(await ask(shop, locale="ar"))
    assert (plain.status_code, status, code) == (303, 401, "AUTH_MISSING")
    assert plain.headers["location"] == details["location"]
    address = urlsplit(details["location"])
    assert address.path == "/ar/login"
    assert parse_qs(address.query) == {"next": ["/ar/account/topup"]}


async def test_an_unknown_language_leads_nowhere_else(shop: Shop) -> None:
    ann = await shop.customer()
    answer = await ask(shop, await sign_in(shop, ann), locale="//evil.example/..")
    assert answer.json()["data"]["location"].startswith("/en/account/topup/")


@pytest.mark.parametrize(
    ("site", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({}, 403),
    ],
)
async def test_only_our_own_pages_open_recharges(
    shop: Shop, site: dict[str, str], status: int
) -> None:
    ann = await shop.customer()
    answer = await ask(shop, await sign_in(shop, ann), site=site)
    assert answer.status_code == status
    assert len(await all_of(shop, ann)) == (1 if status == 200 else 0)


async def test_a_key_of_the_api_opens_nothing_here(shop: Shop) -> None:
    ann = await shop.customer()
    assert refusal(await ask(shop, ann.headers))[0] == 401


async def test_where_we_may_not_serve_nothing_is_opened(shop: Shop) -> None:
    ann = await shop.customer()
    who = await sign_in(shop, ann) | {"X-Forwarded-For": IRAN}
    assert refusal(await ask(shop, who))[:2] == (403, "FORBIDDEN")
    plain = await ask(shop, who, headers=BROWSER)
    assert plain.headers["location"] == "/en/account/topup#refused-FORBIDDEN"
    assert await all_of(shop, ann) == []


async def test_while_nobody_watches_the_chain_nothing_is_opened(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.execute("delete from chain_cursors")
    who = await sign_in(shop, ann)
    _, code, details = refusal(await ask(shop, who))
    assert code == "RECHARGES_PAUSED"
    assert "paused for now" in details["notice"]
    plain = await ask(shop, who, headers=BROWSER)
    assert plain.headers["location"] == "/en/account/topup#refused-RECHARGES_PAUSED"


async def test_many_changes_in_a_minute_are_refused_with_the_time_to_wait(shop: Shop) -> None:
    ann = await shop.customer()
    who = await sign_in(shop, ann)
    limits = LimitSettings(writes_per_minute=1)
    api = await shop.api(limits=limits)
    form, headers = {"amount": "10", "locale": "en"}, {**who, **OURS, **SCRIPT}
    answers = [await api.post(SHOP_RECHARGES, data=form, headers=headers) for _ in "12"]
    _, code, details = refusal(answers[1])
    assert code == "RATE_LIMITED"
    assert "Try again in" in details["notice"]


async def test_the_rest_of_the_address_is_not_there(shop: Shop) -> None:
    api = await shop.api()
    assert (await api.get(SHOP_RECHARGES)).status_code == 405


async def pay_by_button(
    shop: Shop, recharge: RechargeView, who: Mapping[str, str], **fields: str
) -> httpx.Response:
    api = await shop.api()
    form = {"amount": "10.00", "locale": "en"} | fields
    return await api.post(
        SANDBOX_PAYMENT.format(recharge=recharge.id), data=form, headers={**who, **OURS, **SCRIPT}
    )


async def test_nobody_pays_for_somebody_else_s_recharge_with_play_money(shop: Shop) -> None:
    recharge = await open_recharge(shop, await shop.customer())
    eve = await sign_in(shop, await shop.customer())
    assert (await pay_by_button(shop, recharge, eve)).status_code == 404
    assert (await pay_by_button(shop, recharge, {})).status_code == 401


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": "-1"},
        {"amount": "1e5"},
        {"amount": "1,5"},
        {"amount": "1.1234567"},
        {"amount": ""},
        {"token": "trx"},
    ],
)
async def test_nonsense_is_not_sent_to_the_sandbox(shop: Shop, fields: dict[str, str]) -> None:
    ann = await shop.customer()
    recharge = await open_recharge(shop, ann)
    answer = await pay_by_button(shop, recharge, await sign_in(shop, ann), **fields)
    assert refusal(answer)[:2] == (400, "BAD_REQUEST")


async def test_a_sandbox_that_is_not_there_is_said_to_have_sent_nothing(shop: Shop) -> None:
    ann = await shop.customer()
    recharge = await open_recharge(shop, ann)
    nowhere = shop.settings.model_copy(update={"sandbox_port": 1})
    app = build_api(replace(shop.services, settings=nowhere), nowhere)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as api:
        answer = await api.post(
            SANDBOX_PAYMENT.format(recharge=recharge.id),
            data={"amount": "10.00"},
            headers={**await sign_in(shop, ann), **OURS, **SCRIPT},
        )
    _, code, details = refusal(answer)
    assert code == "UPSTREAM_ERROR"
    assert details["notice"] == "The sandbox didn't send it. Try again."


async def test_production_has_no_play_money(shop: Shop) -> None:
    production = shop.settings.model_copy(update={"env": "production"})
    paths = {getattr(route, "path", "") for route in create_api(production).router.routes}
    assert SHOP_RECHARGES in paths
    assert not [path for path in paths if "sandbox" in path]
    ann = await shop.customer()
    recharge = await open_recharge(shop, ann)
    api = await shop.api(env="production")
    answer = await api.post(
        SANDBOX_PAYMENT.format(recharge=recharge.id),
        data={"amount": "10"},
        headers={**await sign_in(shop, ann), **OURS},
    )
    assert answer.status_code == 404


async def test_after_many_unpaid_ones_in_a_day_another_is_refused_for_now(shop: Shop) -> None:
    ann = await shop.customer()
    for _ in range(shop.settings.recharge.unpaid_per_day):
        recharge = await open_recharge(shop, ann)
        await shop.services.recharges.cancel(ann.id, recharge.id)
    who = await sign_in(shop, ann)
    _, code, details = refusal(await ask(shop, who))
    assert code == "RATE_LIMITED"
    assert "Try again in 24 hours" in details["notice"]
    plain = await ask(shop, who, headers=BROWSER)
    assert plain.headers["location"] == "/en/account/topup#refused-RATE_LIMITED"


async def test_a_paid_one_makes_room_for_the_next(shop: Shop) -> None:
    ann = await shop.customer()
    await pay(shop, await open_recharge(shop, ann), 10)
    assert (await ask(shop, await sign_in(shop, ann))).status_code == 200


async def test_what_the_money_is_for_is_remembered(shop: Shop) -> None:
    ann = await shop.customer(cents=0)
    cookie = await sign_in(shop, ann)
    await ask(shop, cookie, wish="telegram.my")
    (opened,) = await all_of(shop, ann)
    assert opened.wish is not None
    assert (opened.wish.service, opened.wish.country) == ("tg", 7)
    # A second one cannot be opened, so the first one remembers what was wanted last.
    again = await ask(shop, cookie, wish="telegram.id")
    assert refusal(again)[2]["location"] == f"/en/account/topup/{opened.id}"
    (opened,) = await all_of(shop, ann)
    assert opened.wish is not None
    assert opened.wish.country == 6


@pytest.mark.parametrize("wish", ["", "telegram", "telegram.nowhere", ".", "x" * 9_000, "tg.7.7"])
async def test_a_wish_that_makes_no_sense_is_no_mistake(shop: Shop, wish: str) -> None:
    ann = await shop.customer(cents=0)
    assert (await ask(shop, await sign_in(shop, ann), wish=wish)).status_code == 200
    (opened,) = await all_of(shop, ann)
    assert opened.wish is None


async def test_who_has_one_open_is_led_to_it_from_what_they_cannot_pay(shop: Shop) -> None:
    ann = await shop.customer(cents=0)
    opened = await open_recharge(shop, ann)
    order = {"service": "telegram", "country": "my", "max_price_cents": "100", "locale": "en"}
    api = await shop.api()
    headers = await sign_in(shop, ann) | OURS | SCRIPT
    answer = await api.post("/api/shop/orders", data=order, headers=headers)
    assert refusal(answer)[2]["location"] == f"/en/account/topup/{opened.id}"
    (opened,) = await all_of(shop, ann)
    assert opened.wish is not None
