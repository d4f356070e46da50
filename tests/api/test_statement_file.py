"""The statement as a download, for who is signed in."""

import csv
import io
from decimal import Decimal

import httpx
import pytest
from fastapi import FastAPI

from api_routes.shop.statement import STATEMENT_CSV
from jiema_app.domain.errors import NoNumbers
from jiema_app.serving.session_cookie import session_cookie_of
from tests.support.shop import Customer, Shop, build_api


async def download(shop: Shop, customer: Customer | None) -> httpx.Response:
    """Ask for the file in the name of a customer, or of nobody."""

    return await ask(shop, {} if customer is None else await cookies_of(shop, customer))


async def cookies_of(shop: Shop, customer: Customer) -> dict[str, str]:
    async with shop.services.database.transaction() as connection:
        token = await shop.services.sessions.open(connection, customer.id, "Firefox")
    return {session_cookie_of(shop.settings.origin).name: token}


async def ask(
    shop: Shop, cookies: dict[str, str], app: FastAPI | None = None, query: str = ""
) -> httpx.Response:
    app = app or build_api(shop.services, shop.settings)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://testserver", cookies=cookies
    ) as client:
        return await client.get(STATEMENT_CSV + query)


async def test_the_file_holds_every_line_and_they_sum_to_the_balance(shop: Shop) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    order = await shop.place(ann)
    await shop.services.orders.cancel(ann.id, order.id)
    await shop.place(ann, "wa")
    await shop.place(bob)
    answer = await download(shop, ann)
    assert answer.status_code == 200
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["kind"] for row in rows] == [
        "order_placed", "order_refunded", "order_placed", "sandbox_credit",
    ]  # fmt: skip
    assert [row["service"] for row in rows] == ["WhatsApp", "Telegram", "Telegram", ""]
    assert {row["country"] for row in rows} == {"Malaysia", ""}
    total = sum(Decimal(row["amount_usdt"]) for row in rows)
    assert total * 1_000_000 == await shop.balance(ann)
    assert Decimal(rows[0]["balance_usdt"]) == total


async def test_it_is_a_file_to_keep_and_nobody_else_s(shop: Shop) -> None:
    headers = (await download(shop, await shop.customer())).headers
    assert headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert headers["content-disposition"].startswith('attachment; filename="statement-2')
    assert headers["cache-control"] == "private, no-store"
    assert headers["x-content-type-options"] == "nosniff"


async def test_an_account_without_movements_is_a_file_with_its_header(shop: Shop) -> None:
    answer = await download(shop, await shop.customer(cents=0))
    assert answer.text.splitlines() == [
        "time_utc,kind,amount_usdt,balance_usdt,reference,order_id,service,country,recharge_id"
    ]


async def test_nobody_gets_a_file_without_signing_in(shop: Shop) -> None:
    assert (await download(shop, None)).status_code == 401


async def test_it_is_downloaded_so_many_times_a_minute_and_no_more(shop: Shop) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    app = build_api(shop.services, shop.settings)
    cookies = await cookies_of(shop, ann)
    most = shop.settings.limits.files_per_minute
    answers = [await ask(shop, cookies, app) for _ in range(most + 2)]
    assert [answer.status_code for answer in answers] == [200] * most + [429] * 2
    assert answers[-1].json()["code"] == "RATE_LIMITED"
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    assert (await ask(shop, await cookies_of(shop, bob), app)).status_code == 200


async def test_it_holds_what_the_address_asks_for_and_both_lines_of_a_failed_purchase(
    shop: Shop,
) -> None:
    ann = await shop.customer()
    await shop.place(ann, "wa")
    await shop.supplier.fault("getNumberV2", "no_numbers", count=50)
    await shop.supplier.fault("getNumber", "no_numbers", count=50)
    with pytest.raises(NoNumbers):
        await shop.place(ann)
    cookies = await cookies_of(shop, ann)
    answer = await ask(shop, cookies, query="?service=telegram&kind=")
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [(row["kind"], row["service"]) for row in rows] == [
        ("order_refunded", "Telegram"),
        ("order_placed", "Telegram"),
    ]
    assert sum(Decimal(row["amount_usdt"]) for row in rows) == 0
    refused = await ask(shop, cookies, query="?from=2026-13-01")
    assert (refused.status_code, refused.json()["code"]) == (400, "BAD_REQUEST")
    assert "from" in refused.json()["message"]
