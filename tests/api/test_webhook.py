"""The supplier's calls: answered at once, believed never, and only from where it calls."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from jiema_app.settings import SANDBOX_WEBHOOK_PATH
from tests.api.asking import MALAYSIA, data, problem
from tests.support.live import LiveStack
from tests.support.polling import until_told
from tests.support.shop import Shop

ADDRESS = f"/webhooks/supplier/{SANDBOX_WEBHOOK_PATH}"

CONFIRMED = """
select count(*) from supplier_notices n join orders o using (activation_id)
where o.id = $1 and n.done_at is not null
"""

GARBAGE = (
    *(b"", b"\x00", b"\xff\xfe", b"{", b"[]", b"null", b"1", b'"x"', b"[[[[", b"[1]", b"{}"),
    *(b"activationId=", b"a=b&c", b"<xml/>", b"[" * 60_000, b'{"a":' * 9_000),
    *(b'{"activationId": null}', b'{"activationId": {}}', b'{"activationId": true}'),
    *(b'{"activationId": 1.5}', b'{"activationId": "../../etc"}', b'{"activationId": ""}'),
    *(b'{"activationId": "' + b"9" * 65 + b'"}', b'{"activationId": ' + b"9" * 400 + b"}"),
    b'{"data": {"activationId": "x\\u0000"}}',
    b"activationId=%00%ff",
)


async def call(api: httpx.AsyncClient, body: Any, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await api.post(ADDRESS, content=content, headers=named)


async def noted(shop: Shop) -> int:
    return int(await shop.fetchval("select count(*) from supplier_notices"))


async def rental_of(shop: Shop) -> tuple[Any, Any, str]:
    """A buyer, their order, and how the supplier names the rental."""
    ann = await shop.customer()
    order = await shop.place(ann)
    assert order.activation_id is not None
    return ann, order, order.activation_id


async def test_a_call_about_a_rental_of_ours_is_noted_once(shop: Shop) -> None:
    api = await shop.api()
    _, _, rental = await rental_of(shop)
    forms: tuple[Any, ...] = (
        {"activationId": int(rental)},
        {"activationId": rental, "text": "Code 1", "code": "1"},
        {"activation_id": rental},
        {"data": {"id": rental}},
        [{"activationId": rental}],
        f"activationId={rental}&text=x".encode(),
        b"\xef\xbb\xbf" + json.dumps({"activationId": rental}).encode(),
    )
    for body in (*forms, *forms):
        answer = await call(api, body)
        assert (answer.status_code, answer.text) == (200, "ok"), body
        assert await noted(shop) == 1
    together = await asyncio.gather(*(call(api, forms[0]) for _ in range(20)))
    assert {answer.status_code for answer in together} == {200}
    assert await noted(shop) == 1


FAIL = """
create function fail() returns trigger language plpgsql as $$
begin raise exception 'a test' using errcode = '{code}'; end $$;
create trigger fail before insert on supplier_notices for each row execute function fail()
"""


@pytest.mark.parametrize(("code", "told"), [("57P01", "database trouble"), ("P0001", "unhandled")])
async def test_no_log_tells_the_address(shop: Shop, code: str, told: str) -> None:
    api = await shop.api()
    _, _, rental = await rental_of(shop)
    await shop.execute(FAIL.format(code=code))
    with capture_logs() as logs:
        assert (await call(api, {"activationId": rental})).status_code == 500
    assert told in [line["event"] for line in logs]
    assert SANDBOX_WEBHOOK_PATH not in str(logs)


async def test_what_it_says_is_not_believed_only_looked_up(shop: Shop) -> None:
    api = await shop.api()
    ann, order, rental = await rental_of(shop)
    forged = {"activationId": rental, "text": "Forged 666666", "code": "666666", "status": 8}
    assert (await call(api, forged)).status_code == 200
    assert await shop.services.webhook_inbox.confirm() == 1
    seen = await shop.read(ann, order)
    assert (seen.status, seen.sms) == ("WAITING", ())
    (await shop.supplier.sms(order.phone, "True 123123")).raise_for_status()
    assert (await call(api, forged)).status_code == 200
    assert await shop.services.webhook_inbox.confirm() == 1
    assert [sms.code for sms in (await shop.read(ann, order)).sms] == ["123123"]


async def test_garbage_and_strangers_rentals_change_nothing(shop: Shop) -> None:
    api = await shop.api()
    for body in (*GARBAGE, {"activationId": 1}, {"activationId": "no-such"}):
        answer = await call(api, body)
        assert (answer.status_code, answer.text) == (200, "ok"), body
    assert await noted(shop) == 0


async def test_a_body_of_a_megabyte_is_refused(shop: Shop) -> None:
    api = await shop.api()
    assert problem(await call(api, b" " * 1_000_000)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    "secret", ["", "x", "sandbox-webhook-pat", SANDBOX_WEBHOOK_PATH.upper(), "%00", "%ff", "é" * 99]
)
async def test_another_address_does_not_exist(shop: Shop, secret: str) -> None:
    api = await shop.api()
    _, _, rental = await rental_of(shop)
    answer = await api.post(f"/webhooks/supplier/{secret}", json={"activationId": rental})
    assert problem(answer) == (404, "NOT_FOUND")
    unknown = await api.post("/webhooks/nobody/x/y")
    assert answer.json()["message"] == unknown.json()["message"]
    assert await noted(shop) == 0


async def test_from_another_place_it_does_not_exist(shop: Shop) -> None:
    api = await shop.api()
    _, _, rental = await rental_of(shop)
    for chain in (MALAYSIA, f"127.0.0.1, {MALAYSIA}", "10.0.0.1", "2001:db8::1", ""):
        answer = await call(api, {"activationId": rental}, x_forwarded_for=chain)
        assert problem(answer) == (404, "NOT_FOUND"), chain
    assert await noted(shop) == 0
    for chain in ("127.0.0.1", "::1", "::ffff:127.0.0.1"):
        answer = await call(api, {"activationId": rental}, x_forwarded_for=chain)
        assert answer.status_code == 200, chain
    assert await noted(shop) == 1


async def test_it_only_takes_posts(shop: Shop) -> None:
    api = await shop.api()
    for method in ("GET", "PUT", "DELETE"):
        answer = await api.request(method, ADDRESS)
        assert problem(answer) == (405, "BAD_REQUEST")
        assert answer.headers["allow"] == "POST"


async def test_it_is_answered_at_once_though_the_supplier_is_dead(shop: Shop) -> None:
    api = await shop.api()
    ann, order, rental = await rental_of(shop)
    (await shop.supplier.sms(order.phone, "Code 313131")).raise_for_status()
    asked = await shop.supplier.requests("getStatusV2") + await shop.supplier.requests("getStatus")
    await shop.supplier.fault("*", "http500", rate=1)
    assert (await call(api, {"activationId": rental})).status_code == 200
    again = await shop.supplier.requests("getStatusV2") + await shop.supplier.requests("getStatus")
    assert again == asked, "nobody is asked while the supplier waits for its answer"
    await shop.services.webhook_inbox.confirm()
    assert (await shop.read(ann, order)).status == "WAITING"
    await shop.supplier.fault("*", "http500", rate=0)
    await shop.pass_time(60)
    await shop.services.webhook_inbox.confirm()
    assert [sms.code for sms in (await shop.read(ann, order)).sms] == ["313131"]


async def test_a_code_comes_from_the_supplier_s_call_to_the_waiting_buyer(live: LiveStack) -> None:
    ann = await live.customer()
    async with live.client(ann) as api, live.supplier() as supplier, live.database() as database:
        order = data(await api.post("/api/v1/orders", json={"service": "tg", "country": 7}))
        waiting = asyncio.create_task(api.get(f"/api/v1/orders/{order['id']}?wait=25"))
        (await supplier.sms(order["phone"], "Your code is 246810")).raise_for_status()
        assert data(await waiting)["smsCode"] == "246810"
        async with database.connection() as connection:

            async def is_confirmed() -> bool:
                return bool(await connection.fetchval(CONFIRMED, order["id"]))

            await until_told(is_confirmed)
