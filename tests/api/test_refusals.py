"""Every refusal that the API documents can happen, and looks as documented."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from api_routes.app import create_api
from api_routes.errors import BUSY_MESSAGE, INTERNAL_MESSAGE
from api_routes.v1.openapi import build_document
from api_routes.v1.responses import EVERYWHERE, MESSAGES, STATUS_BY_CODE
from jiema_app.bootstrap import build_services
from jiema_app.domain.errors import DomainError
from jiema_app.domain.transaction import PooledDatabase
from jiema_app.integrations.postgres.pool import open_pool
from jiema_app.settings import LimitSettings
from tests.api.asking import problem
from tests.api.provocations import PROVOCATIONS
from tests.api.table import KEYED
from tests.support.shop import Shop, build_api

RESERVED = {"HAS_OPEN_ORDER", "RECHARGES_PAUSED"}
"""Of recharges, which the pages of the shop open, and the API does not."""

ERRORS_PAGE = Path(__file__).resolve().parents[2] / "docs" / "errors.md"


def kinds(base: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    """Every kind of error that has a code."""
    for kind in base.__subclasses__():
        if "code" in vars(kind):
            yield kind
        yield from kinds(kind)


def declared() -> dict[tuple[str, str], dict[str, int]]:
    """Status by code, for every operation of the OpenAPI document."""
    document = json.loads(build_document(create_api(), "http://localhost"))
    return {
        (method.upper(), path): {
            code: int(status)
            for status, answer in operation["responses"].items()
            if int(status) >= 400
            for code in re.findall(r"`([A-Z_]+)`", answer["description"])
        }
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }


def test_every_documented_refusal_has_its_provocation() -> None:
    special = {
        (*operation, code)
        for operation, codes in declared().items()
        for code in codes
        if code not in EVERYWHERE
    }
    assert special == set(PROVOCATIONS)


def test_every_code_is_documented_or_reserved() -> None:
    documented = {code for codes in declared().values() for code in codes}
    assert documented == ({kind.code for kind in kinds()} | {"INTERNAL"}) - RESERVED
    assert set(MESSAGES) == documented


def test_every_code_is_unique_and_has_one_status() -> None:
    codes = [kind.code for kind in kinds()]
    assert len(codes) == len(set(codes))
    for kind in kinds():
        assert STATUS_BY_CODE.get(kind.code, 400) == kind.status, kind


def test_every_code_has_its_row_in_the_manual() -> None:
    """Code, status, meaning, what it leaves behind, what to do: none of them empty."""
    rows = {}
    for line in ERRORS_PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("| `"):
            code, status, *words = (cell.strip() for cell in line.strip().strip("|").split("|"))
            rows[code.strip("`")] = int(status)
            assert len(words) >= 3, line
            assert all(words), line
    expected = {kind.code: STATUS_BY_CODE.get(kind.code, 400) for kind in kinds()}
    assert {code: rows.get(code) for code in expected} == expected
    assert rows["INTERNAL"] == 500


@pytest.mark.parametrize("case", PROVOCATIONS, ids=" ".join)
async def test_each_refusal_happens(shop: Shop, case: tuple[str, str, str]) -> None:
    method, path, code = case
    ann = await shop.customer(cents=500)
    api = await shop.api()
    answer = await PROVOCATIONS[case](shop, api, ann)
    assert problem(answer) == (declared()[method, path][code], code)


async def test_a_refusal_to_place_an_order_costs_nothing(shop: Shop) -> None:
    for (method, path, code), provoke in PROVOCATIONS.items():
        if (method, path) != ("POST", "/api/v1/orders") or code == "IDEMPOTENCY_CONFLICT":
            continue
        ann = await shop.customer(cents=500)
        await provoke(shop, await shop.api(), ann)
        await shop.supplier.fault("*", "no_numbers", rate=0)
        await shop.supplier.fault("*", "http500", rate=0)
        await shop.settle_all()
        assert await shop.balance(ann) == 5_000_000, code


async def test_each_route_refuses_a_body_that_is_too_large(shop: Shop) -> None:
    ann = await shop.customer()
    api = await shop.api()
    for route in KEYED:
        answer = await api.request(
            route.method, route.address(), content=b" " * 70_000, headers=ann.headers
        )
        assert problem(answer) == (400, "BAD_REQUEST"), route
        assert answer.headers["connection"] == "close"


async def test_each_route_has_its_limit(shop: Shop) -> None:
    ann = await shop.customer()
    api = await shop.api(limits=LimitSettings(reads_per_minute=1, writes_per_minute=1))
    for _ in range(2):
        for route in KEYED:
            answer = await api.request(route.method, route.address(), headers=ann.headers)
    for route in KEYED:
        answer = await api.request(route.method, route.address(), headers=ann.headers)
        assert problem(answer) == (429, "RATE_LIMITED"), route
        assert 1 <= int(answer.headers["retry-after"]) <= 60


async def test_without_its_database_each_route_says_so(shop: Shop, database_address: str) -> None:
    ann = await shop.customer()
    pool = await open_pool(database_address, name="test", size=2, statement_timeout_s=5)
    await pool.close()
    services = build_services(shop.settings, PooledDatabase(pool), shop.services.suppliers)
    transport = httpx.ASGITransport(app=build_api(services, shop.settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as api:
        for route in KEYED:
            answer = await api.request(
                route.method, route.address(), json=route.body, headers=ann.headers
            )
            assert problem(answer) == (500, "INTERNAL"), route
            assert answer.json()["message"] == BUSY_MESSAGE
            assert answer.headers["retry-after"] == "1"


async def test_a_bug_is_an_answer_without_our_insides(shop: Shop) -> None:
    ann = await shop.customer()
    api = await shop.api()
    await shop.execute("alter table api_keys rename to lost")
    with capture_logs() as logs:
        for method, address in (("GET", "/api/v1/account"), ("POST", "/api/v1/orders")):
            answer = await api.request(method, address, headers=ann.headers)
            assert problem(answer) == (500, "INTERNAL")
            assert answer.json()["message"] == INTERNAL_MESSAGE
            for inside in ("api_keys", "asyncpg", "Traceback", "relation"):
                assert inside not in answer.text
    await shop.execute("alter table lost rename to api_keys")
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["unhandled"] * 2


async def test_an_account_at_its_cap_of_open_orders_waits(shop: Shop) -> None:
    ann = await shop.customer()
    for _ in range(shop.settings.limits.open_orders):
        await shop.place(ann)
    answer = await (await shop.api()).post(
        "/api/v1/orders", json={"service": "tg", "country": 7}, headers=ann.headers
    )
    assert problem(answer) == (429, "RATE_LIMITED")
    # Until the first of them ends.
    assert 0 < int(answer.headers["retry-after"]) <= shop.settings.orders.window_s
