"""Moving commission to the balance with the forms of the invite page."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from api_routes.auth.referrals import LIFE_S
from api_routes.shop.commission import COMMISSION_MOVES
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.referrals.attribution import LIFE
from jiema_app.settings import LimitSettings
from jiema_app.site.shop.invite.refusals import CODES, move_refusals
from tests.api.asking import IRAN
from tests.support.shop import Customer, Shop

OURS = {"Sec-Fetch-Site": "same-origin"}
SCRIPT = {"Accept": "application/json"}
BROWSER = {"Accept": "text/html"}


@pytest.fixture
async def ann(shop: Shop) -> Customer:
    """Who has earned a tenth of an order, and may earn as much again."""
    ann = await shop.customer(cents=1_000)
    bob = await shop.customer(cents=1_000, referrer=ann)
    await earn(shop, bob)
    await shop.place(bob)
    return ann


async def earn(shop: Shop, buyer: Customer) -> OrderView:
    order = await shop.place(buyer)
    await shop.deliver(order)
    return await shop.services.orders.finish(buyer.id, order.id)


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
    **fields: str,
) -> httpx.Response:
    """Press "Move" with one cent written beside it, unless told otherwise."""
    api = await shop.api()
    form = {"amount": "0.01", "locale": "en", "key": "a-form"} | fields
    return await api.post(COMMISSION_MOVES, data=form, headers={**(who or {}), **site, **headers})


def refusal(answer: httpx.Response) -> tuple[int, str, Any]:
    body = answer.json()
    assert body["ok"] is False
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, body["code"], body["details"]


async def available(shop: Shop, customer: Customer) -> int:
    return (await shop.services.commissions.purse(customer.id)).available


async def moves(shop: Shop) -> int:
    return int(await shop.fetchval("select count(*) from commission_moves"))


async def test_a_script_is_told_what_was_moved(shop: Shop, ann: Customer) -> None:
    before, balance = await available(shop, ann), await shop.balance(ann)
    answer = await ask(shop, await sign_in(shop, ann))
    assert answer.status_code == 200
    assert answer.json()["data"] == {"notice": "Moved $0.01 to your balance."}
    assert answer.headers["cache-control"] == "no-store"
    assert await available(shop, ann) == before - 10_000
    assert await shop.balance(ann) == balance + 10_000


async def test_a_browser_without_scripts_is_sent_back_to_the_page_which_says_so(
    shop: Shop, ann: Customer
) -> None:
    answer = await ask(shop, await sign_in(shop, ann), headers=BROWSER, locale="ar")
    assert (answer.status_code, answer.headers["location"]) == (303, "/ar/invite?plain#moved")
    assert await moves(shop) == 1


async def test_all_of_it_is_moved_to_the_last_part_of_a_cent(shop: Shop, ann: Customer) -> None:
    await shop.services.invites.move(ann.id, 1, "before")  # type: ignore[arg-type]
    who, balance = await sign_in(shop, ann), await shop.balance(ann)
    earned = await available(shop, ann)
    assert earned % 10_000
    answer = await ask(shop, who, all="1", amount="nonsense")
    assert answer.status_code == 200, answer.text
    assert await available(shop, ann) == 0
    assert await shop.balance(ann) == balance + earned
    # There is nothing left for another press; the same one is answered as before.
    again = await ask(shop, who, all="1")
    assert again.json() == answer.json()
    status, code, details = refusal(await ask(shop, who, all="1", key="another"))
    assert (status, code) == (400, "BAD_REQUEST")
    assert details["notice"] == "Your commission doesn't cover this amount."


async def test_a_form_that_is_sent_twice_moves_once(shop: Shop, ann: Customer) -> None:
    who, before = await sign_in(shop, ann), await available(shop, ann)
    answers = await asyncio.gather(*(ask(shop, who) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert await available(shop, ann) == before - 10_000
    # A script's own key comes before the form's.
    for key in ("one", "one", "two"):
        await ask(shop, who, headers=SCRIPT | {"Idempotency-Key": key})
    assert await available(shop, ann) == before - 30_000


async def test_a_form_that_was_used_moves_no_other_amount(shop: Shop, ann: Customer) -> None:
    who = await sign_in(shop, ann)
    await ask(shop, who)
    status, code, details = refusal(await ask(shop, who, amount="0.02"))
    assert (status, code) == (400, "IDEMPOTENCY_CONFLICT")
    assert "already been used" in details["notice"]
    plain = await ask(shop, who, amount="0.02", headers=BROWSER)
    assert plain.headers["location"] == "/en/invite?plain#refused-IDEMPOTENCY_CONFLICT"
    assert await moves(shop) == 1


@pytest.mark.parametrize(
    "amount",
    ["", "0", "0.00", "-1", "1e3", "0.001", "1.000", "ten", "NaN", "9" * 31, "\u0660", "\0", "$", "1" * 5_000],
)  # fmt: skip
async def test_what_is_no_amount_is_refused_with_the_rule(
    shop: Shop, ann: Customer, amount: str
) -> None:
    who = await sign_in(shop, ann)
    status, code, details = refusal(await ask(shop, who, amount=amount))
    assert (status, code) == (400, "BAD_REQUEST")
    assert details["notice"].startswith("Enter an amount above zero")
    plain = await ask(shop, who, amount=amount, headers=BROWSER)
    assert plain.headers["location"] == "/en/invite?plain#refused-BAD_REQUEST"
    assert await moves(shop) == 0


@pytest.mark.parametrize("amount", ["0.10", "999999999.99", "9,999,999,999,999,999,999,999"])
async def test_more_than_there_is_is_refused_with_what_there_is(
    shop: Shop, ann: Customer, amount: str
) -> None:
    who = await sign_in(shop, ann)
    _, code, details = refusal(await ask(shop, who, amount=amount))
    assert code == "BAD_REQUEST"
    assert details["notice"].startswith("Your commission doesn't cover this amount. You can move")
    plain = await ask(shop, who, amount=amount, headers=BROWSER)
    assert plain.headers["location"] == "/en/invite?plain#refused-TOO_SMALL"
    assert await moves(shop) == 0


@pytest.mark.parametrize("key", ["", "x" * 65, "a\0b", "x" * 60_000])
async def test_a_form_without_a_key_of_ours_moves_nothing(
    shop: Shop, ann: Customer, key: str
) -> None:
    who = await sign_in(shop, ann)
    for everything in ("", "1"):
        assert (await ask(shop, who, key=key, all=everything)).status_code == 400
    assert await moves(shop) == 0


async def test_what_is_owed_is_not_moved(shop: Shop, ann: Customer) -> None:
    await shop.services.invites.move(ann.id, None, "before")
    order = await shop.fetchval("select order_id from commissions where status = 'RELEASED'")
    await shop.services.commissions.claw_back(order, actor="command-line", note="a test")
    who = await sign_in(shop, ann)
    assert await available(shop, ann) < 0
    for everything in ("", "1"):
        _, code, details = refusal(await ask(shop, who, all=everything))
        assert code == "BAD_REQUEST"
        assert details["notice"] == "Your commission doesn't cover this amount."


async def test_nobody_moves_somebody_else_s(shop: Shop, ann: Customer) -> None:
    eve = await shop.customer()
    before = await available(shop, ann)
    status, _, details = refusal(await ask(shop, await sign_in(shop, eve), user=ann.id))
    assert status == 400
    assert details["notice"] == "Your commission doesn't cover this amount."
    assert await available(shop, ann) == before
    # Nor does a key that somebody else has used tell anything of them.
    await ask(shop, await sign_in(shop, ann), key="shared")
    assert refusal(await ask(shop, await sign_in(shop, eve), key="shared"))[0] == 400


async def test_a_guest_is_sent_to_sign_in_and_back(shop: Shop) -> None:
    plain = await ask(shop, headers=BROWSER, locale="ar")
    status, code, details = refusal(await ask(shop, locale="ar"))
    assert (plain.status_code, status, code) == (303, 401, "AUTH_MISSING")
    assert plain.headers["location"] == details["location"]
    address = urlsplit(details["location"])
    assert (address.path, parse_qs(address.query)) == ("/ar/login", {"next": ["/ar/invite"]})


async def test_a_key_of_the_api_moves_nothing_here(shop: Shop, ann: Customer) -> None:
    assert refusal(await ask(shop, ann.headers))[0] == 401
    assert await moves(shop) == 0


async def test_an_unknown_language_leads_nowhere_else(shop: Shop, ann: Customer) -> None:
    answer = await ask(shop, await sign_in(shop, ann), headers=BROWSER, locale="//evil.example/..")
    assert answer.headers["location"] == "/en/invite?plain#moved"


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
async def test_only_our_own_pages_move_anything(
    shop: Shop, ann: Customer, site: dict[str, str], status: int
) -> None:
    answer = await ask(shop, await sign_in(shop, ann), site=site)
    assert answer.status_code == status
    assert await moves(shop) == (1 if status == 200 else 0)


async def test_where_we_may_not_serve_nothing_is_moved(shop: Shop, ann: Customer) -> None:
    who = await sign_in(shop, ann) | {"X-Forwarded-For": IRAN}
    assert refusal(await ask(shop, who))[:2] == (403, "FORBIDDEN")
    plain = await ask(shop, who, headers=BROWSER)
    assert plain.headers["location"] == "/en/invite?plain#refused-FORBIDDEN"
    assert await moves(shop) == 0


async def test_many_changes_in_a_minute_are_refused_with_the_time_to_wait(
    shop: Shop, ann: Customer
) -> None:
    who = await sign_in(shop, ann)
    api = await shop.api(limits=LimitSettings(writes_per_minute=1))
    form, headers = {"amount": "0.01", "key": "a"}, {**who, **OURS, **SCRIPT}
    answers = [await api.post(COMMISSION_MOVES, data=form, headers=headers) for _ in "12"]
    _, code, details = refusal(answers[1])
    assert code == "RATE_LIMITED"
    assert "Try again in" in details["notice"]


async def test_the_rest_of_the_address_is_not_there(shop: Shop) -> None:
    assert (await (await shop.api()).get(COMMISSION_MOVES)).status_code == 405


async def test_a_program_reads_what_was_earned_in_whole_cents_rounded_down(
    shop: Shop, ann: Customer
) -> None:
    await shop.services.invites.move(ann.id, 1, "a part of a cent")  # type: ignore[arg-type]
    api = await shop.api()
    read = (await api.get("/api/v1/account", headers=ann.headers)).json()["data"]
    purse = await shop.services.commissions.purse(ann.id)
    assert purse.available % 10_000
    assert read["commissionCents"] == str(purse.available // 10_000)
    assert read["pendingCommissionCents"] == str(purse.pending // 10_000)
    await shop.services.invites.move(ann.id, None, "the rest")
    order = await shop.fetchval("select order_id from commissions where status = 'RELEASED'")
    await shop.services.commissions.claw_back(order, actor="command-line", note="a test")
    read = (await api.get("/api/v1/account", headers=ann.headers)).json()["data"]
    owed = (await shop.services.commissions.purse(ann.id)).available
    # Rounded down is away from zero: what is owed is not made less.
    assert owed < 0
    assert read["commissionCents"] == str(owed // 10_000)


def test_every_refusal_has_its_notice() -> None:
    found = dict(move_refusals("en"))
    assert set(found) == {f"refused-{code}" for code in CODES}
    assert all(found.values())


def test_a_link_is_remembered_for_as_long_as_the_page_says() -> None:
    assert LIFE.total_seconds() == LIFE_S
