"""Prices, and the values inside of answers: money, times, phones, notices."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from jiema_app.domain.orders.supplier import (
    SupplierUnavailable,
)
from jiema_app.integrations.supplier.handler_api import values
from jiema_app.integrations.supplier.webhook import parse_notice
from tests.services.supplier_peers import scripted


async def test_the_cheapest_tier_with_a_few_numbers_is_offered() -> None:
    rows = {
        "1": {"prices": {"default": 0.5}, "counts": {}, "map": {"0.1": 1, "0.2": 2, "0.3": 40}},
        "2": {"prices": {"default": 0.5}, "counts": {}, "map": {"0.25": 2, "0.20": 1}},
        "3": {"prices": {"default": "0.5"}, "counts": {"defaultPrice": "9"}, "map": []},
        "4": {"prices": {"default": 0.5}, "counts": {"defaultPrice": 0}, "map": {}},
        "5": {"prices": {"default": 0.5}, "counts": {}, "map": {"0.4": "3", "0.4001": 500}},
        "x": {"prices": {"default": 0.5}, "counts": {}, "map": {"0.1": 5}},
        "7": [],
        "8": {"prices": {}, "counts": {}, "map": {str(1 + at): 9 for at in range(1001)}},
    }
    supplier, script = scripted(
        answers={
            "getServicesList": {"status": "success", "services": [{"code": "tg", "name": "T"}]},
            "/api/v1/activations/offers/sms": {"data": {"tg": rows, "wa": []}},
        }
    )

    offers = {
        offer.country: (offer.cost_micro, offer.count) for offer in await supplier.list_offers()
    }

    assert offers == {
        1: (300_000, 40),
        2: (250_000, 2),
        3: (500_000, 9),
        4: (500_000, 0),
        5: (400_000, 3),
    }
    assert "getPrices" not in script.actions


@pytest.mark.parametrize(
    "refusal",
    [
        httpx.Response(401, json={"message": "Unauthenticated."}),
        httpx.Response(403, json={"title": "BAD_API_KEY"}),
        httpx.Response(404, html="<h1>404</h1>"),
    ],
)
async def test_the_price_list_stands_in_for_missing_price_maps(refusal: httpx.Response) -> None:
    supplier, script = scripted(
        answers={
            "getServicesList": {"services": [{"code": "tg"}]},
            "/api/v1/activations/offers/sms": refusal,
            "getPrices": {"6": {"tg": {"cost": 0.1, "count": "5"}, "wa_0": {"cost": 1, "count": 2},
                                "wa_1": {"cost": 1, "count": 2}}, "7": []},
        }
    )  # fmt: skip

    offers = await supplier.list_offers()

    assert {(o.service, o.country, o.cost_micro, o.count) for o in offers} == {
        ("tg", 6, 100_000, 5),
        ("wa", 6, 1_000_000, 2),
    }
    assert script.actions[-1] == "getPrices"


async def test_nothing_on_offer_is_not_an_error() -> None:
    supplier, _ = scripted(
        answers={
            "getServicesList": {"services": [{"code": "tg"}]},
            "/api/v1/activations/offers/sms": httpx.Response(
                404, json={"title": "OFFER_NOT_FOUND"}
            ),
        }
    )

    assert await supplier.list_offers() == []


async def test_half_a_price_list_is_no_price_list() -> None:
    services = [{"code": f"s{number}"} for number in range(300)]
    supplier, _ = scripted(
        answers={
            "getServicesList": {"services": services},
            "/api/v1/activations/offers/sms": [
                httpx.Response(200, json={"data": {}}),
                httpx.Response(200, content=b'{"data":{"tg":{"6"'),
            ],
        }
    )

    with pytest.raises(SupplierUnavailable):
        await supplier.list_offers()


# ---------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-11-20T10:30:00.000000Z", datetime(2026, 11, 20, 10, 30, tzinfo=UTC)),
        ("2026-11-20T13:30:00+03:00", datetime(2026, 11, 20, 10, 30, tzinfo=UTC)),
        ("2026-11-20 10:30:00", datetime(2026, 11, 20, 15, 30, tzinfo=UTC)),
        (1795170600, datetime(2026, 11, 20, 10, 30, tzinfo=UTC)),
        ("1795170600", datetime(2026, 11, 20, 10, 30, tzinfo=UTC)),
        (1795170600000, datetime(2026, 11, 20, 10, 30, tzinfo=UTC)),
        ("0000-00-00 00:00:00", None),
        ("soon", None),
        ("", None),
        (None, None),
        (0, None),
        (True, None),
        (1e300, None),
    ],
)
def test_moments(given: Any, expected: datetime | None) -> None:
    assert values.moment(given, ZoneInfo("America/New_York")) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (0.1, 100_000),
        (0.29, 290_000),
        ("0.0067", 6_700),
        (12, 12_000_000),
        ("1e-6", 1),
        ("0.0000001", 1),
        (-1, None),
        ("free", None),
        ("NaN", None),
        ("Infinity", None),
        (True, None),
        (None, None),
        ([], None),
    ],
)
def test_money_is_exact(given: Any, expected: int | None) -> None:
    assert values.micro(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("79584123456", "+79584123456"),
        ("+79584123456", "+79584123456"),
        ("0079584123456", "+79584123456"),
        (79584123456, "+79584123456"),
        ("٧٩٥٨٤١٢٣٤٥٦", None),
        ("123", None),
        ("0123456789", None),
        ("1" * 16, None),
        (None, None),
        (True, None),
    ],
)
def test_phones_become_international(given: Any, expected: str | None) -> None:
    assert values.phone(given) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"activationId":"123456","service":"tg","text":"Your code","code":"1"}', "123456"),
        (b'{"activationId":123456,"text":null}', "123456"),
        (b'\xef\xbb\xbf{"activationId": " 123456 "}', "123456"),
        (b'{"data":{"activationId":7}}', "7"),
        (b'[{"activationId":7}]', "7"),
        (b'{"id":"9","activationId":"8"}', "8"),
        (b'{"id":"9"}', "9"),
        (b"activationId=55&service=tg", "55"),
        (b'{"activationId":true}', None),
        (b'{"activationId":"1; drop table"}', None),
        (b'{"activationId":null}', None),
        (b'{"text":"hello"}', None),
        (b"[]", None),
        (b"7", None),
        (b"", None),
        (b"\xff\xff", None),
        (b'{"activationId":"1","text":"' + b"x" * 70_000 + b'"}', None),
    ],
)  # fmt: skip
def test_notices_name_a_rental(body: bytes, expected: str | None) -> None:
    assert parse_notice(body) == expected
    assert scripted()[0].parse_notice(body) == expected
