"""Suppliers to test against: the sandbox in process, and small servers that behave."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import orjson
from pydantic import SecretStr

from jiema_app.domain.orders.supplier import NumberRequest
from jiema_app.domain.units import CountryId, MicroUsdt, ServiceCode
from jiema_app.integrations.supplier.handler_api import HandlerApiSupplier
from jiema_app.settings import SupplierSettings
from sandbox.app import SandboxApp, create_app

KEY = "sandbox-supplier-key"
ORIGIN = "http://sandbox"

Handler = Callable[[httpx.Request], httpx.Response]


def connect(
    transport: httpx.AsyncBaseTransport, *, dialect: str = "hero", **settings: Any
) -> HandlerApiSupplier:
    """A supplier over a given transport, without a pace unless asked for, and without pauses."""
    settings = {"requests_per_second": 0, "api_key": SecretStr(KEY)} | settings
    supplier = HandlerApiSupplier.connect(
        SupplierSettings(dialect=dialect, **settings),  # type: ignore[arg-type]
        ORIGIN,
        transport,
    )
    return replace(supplier, gateway=replace(supplier.gateway, sleep=FakeTime().sleep))


def order(
    service: str = "tg", country: int = 6, limit_micro: int = 50_000_000, buyer: str = "u-1"
) -> NumberRequest:
    return NumberRequest(
        ServiceCode(service), CountryId(country), MicroUsdt(limit_micro), buyer_reference=buyer
    )


@dataclass
class SandboxPeer:
    """The sandbox, its levers, and our adapter speaking to it."""

    app: SandboxApp
    supplier: HandlerApiSupplier
    http: httpx.AsyncClient

    async def control(self, path: str, **body: Any) -> Any:
        answer = await self.http.post(f"/control/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def behave(self, **switches: Any) -> None:
        await self.control("supplier/behaviour", **switches)

    async def fault(self, action: str, kind: str, **how: Any) -> None:
        await self.control("supplier/faults", action=action, kind=kind, **({"count": 1} | how))

    async def sms(self, activation_id: str, text: str) -> None:
        await self.control("supplier/sms", activationId=int(activation_id), text=text)

    async def advance(self, seconds: float) -> None:
        await self.control("clock", advanceSeconds=seconds)

    async def stock(self, service: str, country: int, cost: str, count: int) -> None:
        body = {"service": service, "country": country, "costUsd": cost, "count": count}
        await self.control("supplier/offer", **body)

    async def requests(self) -> Counter[str]:
        state = (await self.http.get("/control/state")).json()
        return Counter(state["counters"]["requests"])

    async def active_count(self) -> int:
        state = (await self.http.get("/control/state")).json()
        return int(state["activeCount"])


@asynccontextmanager
async def sandbox_peer(dialect: str = "hero", **settings: Any) -> AsyncIterator[SandboxPeer]:
    """A fresh sandbox where no SMS arrives by itself and cancelling is free."""
    app = create_app(None)
    transport = httpx.ASGITransport(app=app)
    supplier = connect(transport, dialect=dialect, **settings)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
        peer = SandboxPeer(app, supplier, http)
        await peer.behave(dialect=dialect, smsDelaySeconds=None, minCancelSeconds=0)
        yield peer
    await supplier.aclose()
    await app.close()


@dataclass
class Script:
    """A supplier that answers each action as it was told, and remembers being asked.

    An action's answer is a body, a response, an error to raise, or a list of these to
    give one after the other; the last one is then repeated.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        query = dict(request.url.params)
        action = query.get("action", request.url.path)
        self.asked.append(query | {"action": action})
        answer = self.answers.get(action, httpx.Response(404, json={"title": "BAD_ACTION"}))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return answer
        if isinstance(answer, str | bytes):
            return httpx.Response(200, content=answer)
        return httpx.Response(200, json=answer)

    @property
    def actions(self) -> list[str]:
        return [query["action"] for query in self.asked]


def scripted(
    dialect: str = "hero", answers: dict[str, Any] | None = None, **settings: Any
) -> tuple[HandlerApiSupplier, Script]:
    """An adapter and the scripted supplier it speaks to."""
    script = Script(answers or {})
    return connect(httpx.MockTransport(script), dialect=dialect, **settings), script


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.slept.append(seconds)
        self.now += seconds


def envelope(status: int, title: str, **info: Any) -> httpx.Response:
    return httpx.Response(
        status,
        content=orjson.dumps({"title": title, "details": "some words", "info": info}),
        headers={"Content-Type": "text/html; charset=UTF-8"},
    )


EDGE_1010 = httpx.Response(403, text="error code: 1010")
EDGE_1020 = httpx.Response(403, text="error code: 1020")
EDGE_1020_AS_400 = httpx.Response(400, html="<html><body>error code: 1020</body></html>")
CHALLENGE = httpx.Response(403, html="<!DOCTYPE html><title>Just a moment...</title>")
RATE_LIMIT = httpx.Response(429, json={"title": "RATE_LIMIT", "details": ""})
