"""A whole shop whose supplier puts odd values into its answers: nothing stops, nothing is lost."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
import pytest

from jiema_app.domain.orders.supplier import SupplierError
from jiema_app.settings import LimitSettings, Settings, SupplierSettings
from tests.services.test_supplier_list import row
from tests.services.test_supplier_nonsense import BOUGHT, MESSAGE, TIER
from tests.support import hostile
from tests.support.shop import SUPPLIER, Shop

REST = "/api/v1/activations/offers/sms"
ASCTIME = "Sun Nov 29 00:30:00 2026"


@pytest.fixture
def settings() -> Settings:
    return Settings(
        supplier=SupplierSettings(requests_per_second=0, breaker_failures=10**8),
        limits=LimitSettings(writes_per_minute=10**6, open_orders=10**4),
    )


@dataclass(eq=False)
class Spoiler(httpx.AsyncBaseTransport):
    """The way to the supplier, on which the answers of some actions are changed.

    Attributes:
        changes: By action: what becomes of its answer.
    """

    behind: httpx.AsyncBaseTransport
    changes: dict[str, Callable[[httpx.Response], httpx.Response]] = field(default_factory=dict)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.behind.handle_async_request(request)
        action = request.url.params.get("action", request.url.path)
        change = self.changes.get(action)
        if change is None:
            return response
        await response.aread()
        return change(response)

    def give(self, action: str, body: bytes, status: int = 200, **headers: str) -> None:
        """Have an action carried out, and answered by this."""
        self.changes[action] = lambda _: httpx.Response(status, content=body, headers=headers)


@pytest.fixture
def spoiler(shop: Shop) -> Spoiler:
    connections = shop.services.suppliers[SUPPLIER].gateway.connections  # type: ignore[attr-defined]
    found = Spoiler(connections._connections[0].transport)
    for connection in connections._connections:
        connection.transport = found
    return found


@pytest.mark.parametrize("status", [200, 429])
async def test_a_date_without_a_zone_is_no_bug_after_a_purchase(
    shop: Shop, spoiler: Spoiler, status: int
) -> None:
    """Once a purchase that went well: its buyer has read that something is wrong on our side."""
    ann = await shop.customer()
    api = await shop.api()
    spoiler.changes["getNumberV2"] = lambda answer: httpx.Response(
        status, content=answer.content, headers={"Retry-After": ASCTIME}
    )

    answer = await api.post(
        "/api/v1/orders", json={"service": "tg", "country": 7}, headers=ann.headers
    )

    if status == 200:
        assert answer.status_code == 200
        assert answer.json()["data"]["phone"]
        assert await shop.statuses() == [("WAITING", None)]
    else:
        assert answer.json()["code"] == "UPSTREAM_ERROR"
        assert await shop.balance(ann) == 50_000_000


async def test_no_field_of_a_purchase_makes_it_our_bug(shop: Shop, spoiler: Spoiler) -> None:
    """Every value in every field: the buyer has the number, or is told that it is not known."""
    ann = await shop.customer(cents=5_000_000)
    api = await shop.api()
    ways = [("activationId",), ("phoneNumber",), ("activationCost",), ("activationEndTime",)]
    told = set()
    for number, (way, value) in enumerate(itertools.product(ways, hostile.VALUES)):
        bought = BOUGHT | {"activationId": 10**6 + number, "phoneNumber": 79584123456 + number}
        spoiler.give("getNumberV2", hostile.put(bought, way, value))
        answer = await api.post(
            "/api/v1/orders", json={"service": "tg", "country": 7}, headers=ann.headers
        )
        told.add((answer.status_code, answer.json().get("code")))
    assert told <= {(200, None), (400, "UPSTREAM_ERROR")}
    open_orders = await shop.fetchval("select count(*) from orders where status = 'WAITING'")
    over = "select count(*) from orders where status = 'WAITING' and expires_at <= now()"
    assert open_orders > len(hostile.VALUES)
    assert await shop.fetchval(over) == 0


async def test_odd_rows_of_the_active_list_keep_nobody_from_their_code(
    shop: Shop, spoiler: Spoiler
) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    assert order.phone is not None
    theirs = row(
        int(str(order.activation_id)), phoneNumber=order.phone, countryCode="7",
        smsText="Your code is 12345", smsCode="12345",
    )  # fmt: skip
    odd = [
        hostile.put(row(number), way, value)
        for number, (way, value) in enumerate(
            ((way, value) for way in hostile.places(row(1)) for value in hostile.VALUES), 10**6
        )
    ]
    spoiler.give(
        "getActiveActivations", b'{"data":[%s]}' % b",".join([*odd, orjson.dumps(theirs), *odd])
    )

    await shop.beat()

    found = await shop.read(ann, order)
    assert [sms.code for sms in found.sms] == ["12345"]
    # And what is on the list, and nobody's, could be written down.
    assert await shop.fetchval("select count(*) from unclaimed_activations") > 100


async def test_a_row_with_another_number_brings_its_text_to_nobody(
    shop: Shop, spoiler: Spoiler
) -> None:
    """A supplier that mixes up its rows would show one buyer what was sent to another."""
    ann = await shop.customer()
    order = await shop.place(ann)
    assert order.phone is not None
    listed = row(
        int(str(order.activation_id)), phoneNumber="79990001122", countryCode="7",
        smsText="Your code is 12345", smsCode="12345",
    )  # fmt: skip
    spoiler.give("getActiveActivations", b'{"data":[%s]}' % orjson.dumps(listed))
    for _ in range(3):
        await shop.beat()
    assert (await shop.read(ann, order)).sms == ()

    # The same number without its country is the same number.
    listed["phoneNumber"] = order.phone[-9:]
    spoiler.give("getActiveActivations", b'{"data":[%s]}' % orjson.dumps(listed))
    await shop.beat()
    assert [sms.code for sms in (await shop.read(ann, order)).sms] == ["12345"]


async def test_odd_messages_of_a_number_are_stored_or_left_out(
    shop: Shop, spoiler: Spoiler
) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.execute("update orders set next_sms_count = 0")
    rows = [
        hostile.put(MESSAGE, way, value)
        for way in hostile.places(MESSAGE)
        for value in hostile.VALUES
    ]
    for start in range(0, len(rows), 50):
        spoiler.give("getAllSms", b'{"data":[%s]}' % b",".join(rows[start : start + 50]))
        await shop.services.webhook_inbox.note(SUPPLIER, str(order.activation_id))
        await shop.services.webhook_inbox.confirm()

    found = await shop.read(ann, order)
    assert len(found.sms) > 3
    assert all(len(sms.body) <= 10_000 for sms in found.sms)
    ahead = "select count(*) from order_sms where received_at > now() + interval '1 min'"
    assert await shop.fetchval(ahead) == 0


async def test_odd_prices_keep_the_others_from_nothing(shop: Shop, spoiler: Spoiler) -> None:
    countries = list(shop.services.live_catalog.current.countries)
    values = [
        (way, value)
        for way in (("prices", "default"), ("counts", "defaultPrice"), ("map", "0.4"), ("map",))
        for value in hostile.VALUES
    ]
    cells = [
        b'"%d":%s' % (country.id, hostile.put(TIER, *pair))
        for country, pair in zip(countries, values, strict=False)
    ]
    zero = orjson.dumps({"prices": {"default": 0}, "counts": {"defaultPrice": 5}, "map": {}})
    free = orjson.dumps({"prices": {"default": 1}, "counts": {}, "map": {"0": 5, "0.3": 9}})
    body = (
        b'{"data":{"tg":{%s},"wa":{"7":%s,"6":%s,"2147483648":%s,"-1":%s,"x":%s},"\\u0000":{"6":%s},'
        b'"go":{"6":%s,"%s":%s},"%s":{"6":%s},"fb":7,"ig":null}}'
    ) % (
        b",".join(cells), zero, free, free, free, free, free, free, b"9" * 5000, free,
        b"n" * 1_000_000, free,
    )  # fmt: skip
    spoiler.give("getServicesList", b'{"services":[{"code":"tg"},{"code":"\\u0000"},7,null,{}]}')
    spoiler.give(REST, body)

    stocked = await shop.services.catalog.refresh_offers(
        shop.services.suppliers[SUPPLIER], even_if_fewer=True
    )

    assert stocked > 20
    kept = "select cost_micro from offers where service_code = $1 and country_id = 6 and count > 0"
    assert await shop.fetchval(kept, "go") == 300_000
    assert await shop.fetchval(kept, "wa") == 300_000


async def test_a_buyer_who_asks_for_themselves_reads_on(shop: Shop, spoiler: Spoiler) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    for value in hostile.VALUES:
        spoiler.give("getStatusV2", b'{"verificationType":"sms","data":%s}' % value)
        shop.services.refresher._asked_at.clear()
        assert (await shop.services.orders.get(ann.id, order.id)).id == order.id


async def test_an_end_that_is_over_already_ends_no_order(shop: Shop, spoiler: Spoiler) -> None:
    ann = await shop.customer()

    def with_end(answer: httpx.Response) -> httpx.Response:
        return httpx.Response(
            200, json=answer.json() | {"activationEndTime": "2020-01-01T00:00:00+00:00"}
        )

    spoiler.changes["getNumberV2"] = with_end
    order = await shop.place(ann)

    assert order.expires_at is not None
    left = "select expires_at - now() > interval '10 min' from orders"
    assert await shop.fetchval(left)


async def test_a_number_that_cannot_be_stored_is_given_back(shop: Shop, spoiler: Spoiler) -> None:
    """Whatever the database has against it: the price is held, told so, and then settled."""
    ann = await shop.customer()
    api = await shop.api()
    await shop.execute("alter table orders add constraint no_phones check (phone is null)")

    answer = await api.post(
        "/api/v1/orders", json={"service": "tg", "country": 7}, headers=ann.headers
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "UPSTREAM_ERROR")
    assert await shop.statuses() == [("RESERVED", None)]
    await shop.settle_all()
    assert await shop.rentals() == []
    assert await shop.balance(ann) == 50_000_000


async def test_an_adapter_that_breaks_may_have_bought(shop: Shop) -> None:
    """Of whatever family it is: what it raises beside what the port says is no refusal."""
    supplier: Any = shop.services.suppliers[SUPPLIER]
    ann = await shop.customer()
    object.__setattr__(supplier, "purchase_timeout_s", "no number")

    with pytest.raises(Exception) as told:
        await shop.place(ann)

    assert told.typename == "UpstreamError"
    assert not isinstance(told.value, SupplierError)
    assert await shop.fetchval("select purchase_unknown_at is not null from orders")
