"""Whatever stands where a number is expected is answered, and is never our own failure."""

import httpx
import pytest
from structlog.testing import capture_logs

from tests.api.asking import bearer, data, problem
from tests.support.shop import Customer, Shop

ODD = ["²", "٣", "-1", "1_0", "1e999", "nan", "", "9" * 19, "9" * 5_000, "²" * 5_000]

QUERIES = [
    "orders/{}?wait=[]", "orders/{}?wait=0&x=[]", "orders?limit=[]", "orders?cursor=[]", "orders?status=[]",
    "services?inStock=[]", "services?shape=[]", "countries?lang=[]", "prices?service=[]",
    "orders/[]", "orders/[]/cancel", "[]",
]  # fmt: skip

HEADERS = ["If-None-Match", "If-Modified-Since", "Accept", "Accept-Encoding", "Accept-Language", "Range",
           "If-Range", "Idempotency-Key", "X-Request-Id", "X-Forwarded-For", "Forwarded", "Content-Length",
           "Max-Forwards", "Cookie", "Expect"]  # fmt: skip


def wire(text: str) -> bytes:
    """A header's value as it is read back: what Latin-1 has is one byte."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()


def blames_us(answer: httpx.Response) -> bool:
    return answer.status_code >= 500


@pytest.mark.parametrize("version", ["²", "9" * 5_000, "\u0661", "-1", "1_0", "", "2147483648"])
async def test_a_version_that_cannot_be_is_no_version(shop: Shop, version: str) -> None:
    api, ann = await shop.api(), await shop.customer()
    order = await shop.place(ann)
    tag = wire(f'"{order.id}.{version}"')
    answer = await api.get(
        f"/api/v1/orders/{order.id}?wait=1",
        headers=[(b"Authorization", f"Bearer {ann.token}".encode()), (b"If-None-Match", tag)],
    )
    # As without a tag: no news came within the second.
    assert data(answer)["status"] == "WAITING"


async def odd_answers(shop: Shop, ann: Customer, value: str) -> list[str]:
    """What blames us for one odd value, put wherever a number could stand."""
    api, order = await shop.api(), await shop.place(ann)
    raw = wire(value)
    found: list[str] = []

    def judge(place: str, answer: httpx.Response) -> None:
        if blames_us(answer):
            found.append(f"{place}: {answer.text}")

    for place in QUERIES:
        url = "/api/v1/" + place.format(order.id)
        target = httpx.URL(url.replace("[]", str(httpx.QueryParams({"v": value}))[2:]))
        for method in ("GET", "POST") if "cancel" in place else ("GET",):
            judge(place, await api.request(method, target, headers=ann.headers))
    for header in HEADERS:
        for written in (raw, b'"' + raw + b'"', b'W/"' + order.id.encode() + b"." + raw + b'"',
                        b"br;q=" + raw, b"bytes=" + raw + b"-" + raw, b"x;q=" + raw + b",y;q=1"):  # fmt: skip
            headers = [(b"authorization", bearer(ann.token)["Authorization"].encode()),
                       (header.encode(), written)]  # fmt: skip
            for path in (f"orders/{order.id}?wait=0.001", "services", "/api/auth/session"):
                address = path if path.startswith("/") else f"/api/v1/{path}"
                judge(f"{header} at {path}", await api.get(address, headers=headers))
    for field in ("country", "maxPriceCents", "service", "mode"):
        for body in (f'{{"service":"tg","country":7,"{field}":{value}}}',
                     f'{{"service":"tg","country":7,"{field}":"{value}"}}',
                     f'{{"service":"tg","country":7,"x":"{value}","{field}":{value}e{value}}}'):  # fmt: skip
            judge(field, await api.post("/api/v1/orders", content=body, headers=ann.headers))
    return found


@pytest.mark.parametrize("value", ODD, ids=lambda value: ascii(value)[:12])
async def test_an_odd_number_is_never_our_own_failure(shop: Shop, value: str) -> None:
    ann = await shop.customer()
    with capture_logs() as logs:
        found = await odd_answers(shop, ann, value)
    assert found == []
    assert [line for line in logs if line["log_level"] in {"error", "critical"}] == []
    assert (await shop.verify()).ok


@pytest.mark.parametrize("value", ["²", "9" * 19, "9" * 5_000, "1_0", "+1", ""])
async def test_a_length_that_is_no_number_is_refused(shop: Shop, value: str) -> None:
    api, ann = await shop.api(), await shop.customer()
    headers = [(b"authorization", bearer(ann.token)["Authorization"].encode()),
               (b"content-length", wire(value))]  # fmt: skip
    answer = await api.get("/api/v1/account", headers=headers)
    assert problem(answer) == (400, "BAD_REQUEST")
