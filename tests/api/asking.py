"""Short ways to ask the API."""

from typing import Any

import httpx

from tests.support.live import LiveStack
from tests.support.polling import until_told
from tests.support.shop import Customer

IRAN = "5.160.0.1"
MALAYSIA = "1.9.0.1"


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal, whose envelope must be exact."""
    assert answer.headers["content-type"] == "application/json", answer.text
    body = answer.json()
    assert set(body) == {"ok", "code", "message", "requestId"}, body
    assert body["ok"] is False
    assert body["requestId"] == answer.headers["x-request-id"]
    assert body["message"], body
    return answer.status_code, body["code"]


def data(answer: httpx.Response) -> Any:
    """What a successful answer holds, whose envelope must be exact."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"ok", "data"}
    assert body["ok"] is True
    return body["data"]


def bearer(token: str) -> dict[str, str]:
    """The usual way to send a key."""
    return {"Authorization": f"Bearer {token}"}


async def order(api: httpx.AsyncClient, customer: Customer, **body: Any) -> httpx.Response:
    """Place an order, for Telegram in Malaysia unless told otherwise."""
    wish = {"service": "tg", "country": 7, **body}
    return await api.post("/api/v1/orders", json=wish, headers=customer.headers)


async def watches(live: LiveStack, orders: int) -> None:
    """Wait until the buyers of so many orders wait for news in a live web process."""

    async with live.client() as api:

        async def is_so() -> bool:
            return f"jiema_orders_watched {orders}" in (await api.get("/metrics")).text

        await until_told(is_so)
