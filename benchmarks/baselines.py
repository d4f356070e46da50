"""What the figures are compared with: the same work, written by hand without a product around it.

Ordinary good FastAPI: asyncpg with its prepared statements, the reservation as one
statement, one shared httpx client, answers encoded by orjson and returned as they are.
No key is checked, nothing is limited or counted, no error is told apart.
"""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx
import orjson
from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel

RESERVE: Final = """
with debited as (
    update bare.accounts set balance_micro = balance_micro - $5
    where id = $2 and balance_micro >= $5 returning id
), placed as (
    insert into bare.orders (id, account_id, status, service_code, country_id, price_micro)
    select $1, id, 'RESERVED', $3, $4, $5 from debited
), moved as (
    insert into bare.transfers (kind, reference) select 'order_placed', $1 from debited
    returning id
)
insert into bare.entries (transfer_id, account_id, amount_micro)
select moved.id, leg.account, leg.amount
from moved, (values ($2::integer, -$5::bigint), (0, $5::bigint)) leg (account, amount)
returning id
"""

ACTIVATE: Final = """
update bare.orders set status = 'WAITING', activation_id = $2, phone = $3,
    expires_at = now() + interval '15 minutes'
where id = $1 and status = 'RESERVED' returning expires_at
"""

LOOK_UP: Final = """
select id, status, service_code, country_id, phone, price_micro, reason, version,
    created_at, expires_at, received_at, ended_at
from orders where id = $1
"""

ACCOUNT: Final = "select id, balance_micro from bare.accounts where id = $1"

PRICE_MICRO: Final = 250_000
JSON: Final = "application/json"


class NewOrder(BaseModel):
    """The body of ``POST /orders``."""

    service: str
    country: int
    account: int


class Reached:
    """What the handlers use, opened with the process."""

    database: Any
    supplier: httpx.AsyncClient
    body: bytes
    body_headers: dict[str, str]
    not_modified_headers: dict[str, str]


reached = Reached()
SUPPLIER_KEY: Final = os.environ["BENCH_SUPPLIER_KEY"]
CONSTANT: Final = orjson.loads(Path(os.environ["BENCH_CONSTANT"]).read_bytes())


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Open the pool and the client; read the constant answer."""
    constant = CONSTANT
    reached.body = bytes.fromhex(constant["body"])
    reached.body_headers = constant["headers"]
    reached.not_modified_headers = {"ETag": constant["headers"]["ETag"]}
    reached.database = await asyncpg.create_pool(
        os.environ["BENCH_DATABASE"], min_size=2, max_size=20, server_settings={"jit": "off"}
    )
    async with httpx.AsyncClient(base_url=os.environ["BENCH_SUPPLIER"]) as supplier:
        reached.supplier = supplier
        yield
    await reached.database.close()


app = FastAPI(lifespan=lifespan, openapi_url=None)


@app.get("/services")
async def services() -> Response:
    """Constant bytes."""
    return Response(reached.body, headers=reached.body_headers)


@app.get("/services-304")
async def services_not_modified() -> Response:
    """A constant 304."""
    return Response(status_code=304, headers=reached.not_modified_headers)


@app.get("/orders/{order_id}")
async def get_order(order_id: str) -> Response:
    """One row by its primary key."""
    async with reached.database.acquire() as connection:
        row = await connection.fetchrow(LOOK_UP, order_id)
    if row is None:
        raise HTTPException(404)
    data = {
        "id": row["id"],
        "status": row["status"],
        "service": row["service_code"],
        "country": str(row["country_id"]),
        "phone": row["phone"],
        "expiresAt": row["expires_at"],
        "chargedCents": str(row["price_micro"] // 10_000),
        "smsBody": None,
        "smsCode": None,
        "smsHistory": [],
        "smsReceivedAt": row["received_at"],
        "refundedCents": "0",
        "reason": row["reason"],
        "createdAt": row["created_at"],
        "endedAt": row["ended_at"],
    }
    return Response(orjson.dumps({"ok": True, "data": data}), media_type=JSON)


@app.get("/account/{account}")
async def get_account(account: int) -> Response:
    """One row by its primary key."""
    async with reached.database.acquire() as connection:
        row = await connection.fetchrow(ACCOUNT, account)
    if row is None:
        raise HTTPException(404)
    data = {
        "id": row["id"],
        "balanceCents": str(row["balance_micro"] // 10_000),
        "commissionCents": "0",
        "pendingCommissionCents": "0",
        "referralCode": None,
        "displayName": None,
        "lang": "en",
    }
    return Response(orjson.dumps({"ok": True, "data": data}), media_type=JSON)


@app.post("/orders")
async def create_order(order: NewOrder) -> Response:
    """Hold the price, buy a number, store it."""
    order_id = secrets.token_hex(12)
    async with reached.database.acquire() as connection:
        held = await connection.fetchval(
            RESERVE, order_id, order.account, order.service, order.country, PRICE_MICRO
        )
    if held is None:
        raise HTTPException(400, "insufficient balance")
    answer = await reached.supplier.get(
        "/stubs/handler_api.php",
        params={
            "api_key": SUPPLIER_KEY,
            "action": "getNumberV2",
            "service": order.service,
            "country": order.country,
            "maxPrice": "1",
        },
    )
    bought = answer.json()
    phone = f"+{bought['phoneNumber']}"
    async with reached.database.acquire() as connection:
        expires_at = await connection.fetchval(
            ACTIVATE, order_id, str(bought["activationId"]), phone
        )
    data = {
        "id": order_id,
        "status": "WAITING",
        "service": order.service,
        "country": str(order.country),
        "phone": phone,
        "expiresAt": expires_at,
        "chargedCents": str(PRICE_MICRO // 10_000),
    }
    return Response(orjson.dumps({"ok": True, "data": data}), media_type=JSON)
