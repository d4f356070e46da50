"""Two suppliers at once: each order follows the rules of the one its number is from."""

import json
import time

import httpx
import pytest

from backend_jobs.offers import OfferRefresh
from jiema_app.domain.errors import UpstreamError
from jiema_app.domain.operations.readiness import as_json
from jiema_app.site.account.order.display import order_card
from tests.api.asking import data, problem
from tests.support.shop import now
from tests.support.two_suppliers import (
    CALLS_FROM,
    FIRST,
    MIN_CANCEL_S,
    SECOND,
    WEBHOOK_PATHS,
    TwoSuppliers,
)

FULL = 50_000_000
BOTH = (FIRST, SECOND)

AGES = """
select t.supplier, extract(epoch from t.due_at - o.created_at)::float as age_s
from supplier_tasks t join orders o on o.id = t.order_id where t.kind = 'cancel'
"""


async def ages(two: TwoSuppliers) -> dict[str, float]:
    """How old a rental of each is to be when it is given back."""
    async with two.shop.services.database.connection() as connection:
        return {row["supplier"]: row["age_s"] for row in await connection.fetch(AGES)}


async def call(
    api: httpx.AsyncClient, path: str, rental: str | None, *, from_address: str
) -> httpx.Response:
    return await api.post(
        f"/webhooks/supplier/{path}",
        json={"activationId": rental},
        headers={"X-Forwarded-For": from_address},
    )


async def noted(two: TwoSuppliers) -> list[tuple[str, str]]:
    async with two.shop.services.database.connection() as connection:
        rows = await connection.fetch("select supplier, activation_id from supplier_notices")
    return sorted(tuple(row) for row in rows)


async def test_a_cancel_waits_as_long_as_its_supplier_wants(two: TwoSuppliers) -> None:
    for name in BOTH:
        await two.shop.levers[name].behave(minCancelSeconds=MIN_CANCEL_S[name])
    for name in BOTH:
        ann = await two.shop.customer()
        order = await two.place(ann, at=name)
        await two.shop.services.orders.cancel(ann.id, order.id)
        assert await two.shop.balance(ann) == FULL
    assert await ages(two) == MIN_CANCEL_S
    await two.pass_time(31)
    assert await two.shop.services.tasks.run() == 1
    assert await two.rentals() == {FIRST: 0, SECOND: 1}
    await two.pass_time(270)
    assert await two.shop.services.tasks.run() == 1
    assert await two.rentals() == {FIRST: 0, SECOND: 0}
    assert [await two.shop.levers[name].requests("setStatus") for name in BOTH] == [1, 1]


async def test_a_window_that_closes_gives_each_number_back_by_its_own_rule(
    two: TwoSuppliers,
) -> None:
    ann = await two.shop.customer()
    for name in BOTH:
        await two.place(ann, at=name)
    await two.shop.execute("update orders set expires_at = now()")
    await two.shop.pass_time(60)
    await two.shop.services.expiry.run()
    assert await two.shop.balance(ann) == FULL
    assert await ages(two) == MIN_CANCEL_S


async def test_a_number_that_failed_its_buyer_goes_back_by_its_own_rule(two: TwoSuppliers) -> None:
    """Both sell the same numbers, as wholesalers of one market do."""
    ann = await two.shop.customer()
    failed = await two.place(ann, at=FIRST)
    await two.shop.services.orders.cancel(ann.id, failed.id)
    order = await two.place(ann, at=SECOND)
    assert order.phone != failed.phone
    assert await two.rentals() == {FIRST: 1, SECOND: 2}
    assert await ages(two) == MIN_CANCEL_S
    await two.pass_time(301)
    await two.shop.services.tasks.run()
    assert await two.rentals() == {FIRST: 0, SECOND: 1}
    assert await two.shop.balance(ann) == FULL - order.price_micro


async def test_a_lost_purchase_is_judged_after_its_own_supplier_s_time_out(
    two: TwoSuppliers,
) -> None:
    ann = await two.shop.customer()
    for name in BOTH:
        await two.shop.levers[name].fault("getNumberV2", "timeout_after_commit", count=1)
        with pytest.raises(UpstreamError):
            await two.place(ann, at=name)
    await two.beat()
    await two.pass_time(12)
    await two.beat()
    assert await two.shop.statuses() == [("RESERVED", None)] * 2
    await two.pass_time(1.5)
    await two.beat()
    settled = ("FAILED", "UPSTREAM_UNKNOWN")
    assert await two.shop.statuses() == [settled, ("RESERVED", None)]
    await two.pass_time(33)
    await two.beat()
    assert await two.shop.statuses() == [settled, ("RESERVED", None)]
    await two.pass_time(2)
    await two.beat()
    assert await two.shop.statuses() == [settled] * 2
    assert await two.shop.balance(ann) == FULL
    assert await ages(two) == MIN_CANCEL_S
    await two.pass_time(300)
    await two.shop.services.tasks.run()
    assert await two.rentals() == {FIRST: 0, SECOND: 0}


async def test_a_webhook_s_address_names_its_supplier(two: TwoSuppliers) -> None:
    api, ann = await two.shop.api(), await two.shop.customer()
    orders = {name: await two.place(ann, at=name) for name in BOTH}
    rentals = {name: str(order.activation_id) for name, order in orders.items()}
    assert rentals[FIRST] == rentals[SECOND], "each counts for itself"
    await two.place(ann, at=SECOND)
    only_of_the_second = str(int(rentals[SECOND]) + 1)
    for caller, rental in (
        (FIRST, only_of_the_second),
        (SECOND, rentals[SECOND]),
        (SECOND, only_of_the_second),
    ):
        answer = await call(api, WEBHOOK_PATHS[caller], rental, from_address=CALLS_FROM[caller])
        assert (answer.status_code, answer.text) == (200, "ok")
    expected = [(SECOND, rentals[SECOND]), (SECOND, only_of_the_second)]
    assert await noted(two) == sorted(expected), "each speaks for its own rentals only"


async def test_a_webhook_is_heard_from_its_own_supplier_s_networks_only(two: TwoSuppliers) -> None:
    api, ann = await two.shop.api(), await two.shop.customer()
    for name, other in ((FIRST, SECOND), (SECOND, FIRST)):
        rental = (await two.place(ann, at=name)).activation_id
        for path, address in (
            (WEBHOOK_PATHS[name], CALLS_FROM[other]),
            (WEBHOOK_PATHS[name], "127.0.0.1"),
            (WEBHOOK_PATHS[name].upper(), CALLS_FROM[name]),
            ("", CALLS_FROM[name]),
        ):
            answer = await call(api, path, rental, from_address=address)
            assert problem(answer) == (404, "NOT_FOUND"), (path, address)
    assert await noted(two) == []


async def test_what_a_webhook_says_is_asked_of_the_one_that_called(two: TwoSuppliers) -> None:
    api, ann = await two.shop.api(), await two.shop.customer()
    order = await two.place(ann, at=SECOND)
    assert order.phone is not None
    (await two.second.sms(order.phone, "Code 424242")).raise_for_status()
    await call(api, WEBHOOK_PATHS[SECOND], order.activation_id, from_address=CALLS_FROM[SECOND])
    assert await two.shop.services.webhook_inbox.confirm() == 1
    assert [sms.code for sms in (await two.shop.read(ann, order)).sms] == ["424242"]
    assert await two.first.requests("getAllSms") == 0


async def test_that_one_is_read_says_nothing_of_the_other(two: TwoSuppliers) -> None:
    """While a worker reads only one of them, buyers are told by the other all the same."""
    ann = await two.shop.customer()
    orders = {name: await two.place(ann, at=name) for name in BOTH}
    two.shop.services.refresher.note_beat(FIRST)
    two.shop.services.refresher.note_beat("somebody else")
    for name in BOTH:
        await two.shop.services.orders.get(ann.id, orders[name].id)
    assert [await two.shop.levers[name].requests("getStatusV2") for name in BOTH] == [0, 1]


async def test_a_call_of_one_brings_new_offers_of_that_one(two: TwoSuppliers) -> None:
    offers = OfferRefresh(two.shop.services)
    for name in BOTH:
        await offers.run(name, now())
        offers._refreshed_at[name] = time.monotonic() - 100
    offers.note_stir(SECOND)
    for name in (*BOTH, *BOTH):
        await offers.run(name, now())
    asked = [await two.shop.levers[name].requests("getServicesList") for name in BOTH]
    assert asked == [1, 2]


async def test_one_of_them_may_be_away(two: TwoSuppliers) -> None:
    readiness = two.shop.services.readiness
    await two.shop.beat(SECOND)
    checks = as_json(await readiness.check())["checks"]
    assert (checks["supplier"]["ok"], checks["supplier"]["needed"]) == (False, False)
    assert checks["supplier 2"]["ok"]
    await two.shop.pass_time(60)
    checks = as_json(await readiness.check())["checks"]
    assert not any(checks[name]["ok"] for name in ("supplier", "supplier 2"))
    assert "needed" not in checks["supplier"], "an order needs one of them"


async def test_nobody_who_buys_learns_whose_a_number_is(two: TwoSuppliers) -> None:
    api, ann = await two.shop.api(), await two.shop.customer()
    seen = []
    for name in BOTH:
        order = await two.place(ann, at=name)
        card = order_card(
            order,
            locale="en",
            catalog=two.shop.services.live_catalog.current,
            now=now(),
            next_sms_max=5,
        )
        seen.append(repr(card))
        placed = await api.post(
            "/api/v1/orders", json={"service": "tg", "country": 7}, headers=ann.headers
        )
        listed = await api.get("/api/v1/orders", headers=ann.headers)
        read = await api.get(f"/api/v1/orders/{data(placed)['id']}", headers=ann.headers)
        ready = await api.get("/readyz")
        seen += [
            answer.text + json.dumps(dict(answer.headers))
            for answer in (placed, listed, read, ready)
        ]
    assert "wholesale" not in "".join(seen)
