"""Walking a long list of rentals: few requests, nothing missed, nothing left running."""

import asyncio
from typing import Any

import httpx
import orjson
import pytest

from jiema_app.domain.orders.supplier import ActiveActivation, SupplierUnavailable
from jiema_app.integrations.supplier.handler_api.active_list import PAGES_AT_ONCE
from tests.services.supplier_peers import connect, scripted


def row(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "activationId": str(number),
        "serviceCode": "tg",
        "phoneNumber": f"6281{number:08d}",
        "activationCost": "0.1",
        "activationStatus": "4",
        "smsCode": None,
        "smsText": None,
        "countryCode": "6",
    } | changes


class PagedServer:
    """Answers pages of a list as the newer dialect does, and counts."""

    def __init__(self, total: int, *, knows_pages: bool = True) -> None:
        self.rows = [row(number) for number in range(1, total + 1)]
        self.knows_pages = knows_pages
        self.asked = 0
        self.under_way = 0
        self.most_under_way = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        start = int(request.url.params["start"])
        page = self.rows[start : start + 100] if self.knows_pages else self.rows
        return httpx.Response(
            200, content=orjson.dumps({"status": "success", "activeActivations": page})
        )


async def walk(server: PagedServer, expected: int, dialect: str = "hero") -> list[ActiveActivation]:
    supplier = connect(httpx.MockTransport(server), dialect=dialect)
    return [row async for page in supplier.list_active(expected) for row in page]


@pytest.mark.parametrize("dialect", ["hero", "legacy"])
@pytest.mark.parametrize("total", [0, 1, 99, 100, 101, 850, 10_000])
async def test_an_expected_list_costs_little_more_than_its_pages(dialect: str, total: int) -> None:
    server = PagedServer(total)

    rows = await walk(server, total, dialect)

    assert len({row.activation_id for row in rows}) == len(rows) == total
    assert server.asked <= total / 100 + 2
    assert server.most_under_way <= PAGES_AT_ONCE


@pytest.mark.parametrize("expected", [0, 50, 3000])
async def test_an_unexpected_length_is_found_out(expected: int) -> None:
    server = PagedServer(1234)

    rows = await walk(server, expected)

    assert len(rows) == 1234
    assert server.asked <= max(expected, 1234) / 100 + 2 + PAGES_AT_ONCE


@pytest.mark.parametrize("total", [0, 7, 100, 700])
async def test_an_old_supplier_may_always_give_the_whole_list(total: int) -> None:
    server = PagedServer(total, knows_pages=False)

    rows = await walk(server, total, "legacy")

    assert len(rows) == total
    assert server.asked <= 1 + (total == 100) * 2


async def test_a_reader_that_stops_leaves_nothing_running() -> None:
    supplier = connect(httpx.MockTransport(PagedServer(5000)))
    before = asyncio.all_tasks()
    pages = supplier.list_active(5000)

    async for _page in pages:
        break
    await pages.aclose()  # type: ignore[attr-defined]

    assert asyncio.all_tasks() == before


async def test_one_failed_page_stops_the_walk_quietly() -> None:
    supplier, _ = scripted(
        answers={"getActiveActivations": httpx.Response(429, json={"title": "RATE_LIMIT"})}
    )

    with pytest.raises(SupplierUnavailable):
        async for _page in supplier.list_active(2000):
            pass


@pytest.mark.parametrize(
    ("changes", "sms"),
    [
        ({"smsCode": "123", "smsText": "Code 123"}, ("Code 123", "123")),
        ({"smsCode": 123, "smsText": ""}, ("123", "123")),
        ({"smsCode": ["1", "2"], "smsText": "Code 2"}, ("Code 2", "2")),
        ({"smsCode": ["1", None], "smsText": "Hello"}, ("Hello", None)),
        ({"smsCode": ["1", None], "smsText": None}, ("1", "1")),
        ({"smsCode": [], "smsText": "Hello"}, ("Hello", None)),
        ({"smsCode": [], "smsText": []}, None),
        ({"smsCode": ["1"], "smsText": ["Code 1"]}, ("Code 1", "1")),
        ({"smsCode": "", "smsText": None}, None),
        ({"activationStatus": 2, "smsCode": None, "smsText": "Hi"}, ("Hi", None)),
    ],
    ids=repr,
)
async def test_codes_of_a_row(changes: dict[str, Any], sms: tuple[str, str | None] | None) -> None:
    supplier, _ = scripted(
        answers={"getActiveActivations": {"status": "success", "data": [row(1, **changes)]}}
    )

    [[rental]] = [page async for page in supplier.list_active(1)]

    assert (rental.sms and (rental.sms.body, rental.sms.code)) == sms


async def test_rows_that_are_over_or_unreadable_are_left_out() -> None:
    rows = [
        row(1),
        row(2, activationStatus="10"),
        row(3, activationStatus=8),
        row(4, phoneNumber="none"),
        row(5, countryCode=None),
        row(6, serviceCode="tg_0"),
        row(7, activationCost="?"),
        "nonsense",
    ]
    supplier, _ = scripted(answers={"getActiveActivations": {"status": "success", "data": rows}})

    [page] = [page async for page in supplier.list_active(1)]

    assert [(one.activation_id, one.service, one.cost_micro) for one in page] == [
        ("1", "tg", 100_000),
        ("6", "tg", 100_000),
        ("7", "tg", None),
    ]


@pytest.mark.parametrize(
    "answer",
    [
        {"status": "success", "data": [row(1, phoneNumber=None), row(2, phoneNumber=None)]},
        {"status": "success"},
        {"status": "error", "error": "SOMETHING_ELSE"},
        "[]",
        "BAD_KEY",
    ],
    ids=repr,
)
async def test_a_list_that_cannot_be_read_is_not_an_empty_list(answer: Any) -> None:
    supplier, _ = scripted(answers={"getActiveActivations": answer})

    with pytest.raises(SupplierUnavailable):
        async for _page in supplier.list_active(1):
            pass


@pytest.mark.parametrize(
    "answer",
    [
        {"status": "error", "error": "NO_ACTIVATIONS"},
        "NO_ACTIVATIONS",
        {"status": "success", "data": [], "activeActivations": {"rows": [], "num_rows": 0}},
        {"status": "success", "activeActivations": {"rows": [], "num_rows": 0}},
    ],
    ids=repr,
)
async def test_an_empty_list_has_many_shapes(answer: Any) -> None:
    supplier, _ = scripted(answers={"getActiveActivations": answer})

    assert [one async for page in supplier.list_active(0) for one in page] == []
