"""A TRON node to test against: the sandbox in process, its levers, and our reader."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
from pydantic import SecretStr

from jiema_app.integrations.tron.registry import build_chain
from jiema_app.integrations.tron.source import TronChain
from jiema_app.settings import Settings, TronSettings
from sandbox.app import SandboxApp, create_app

FIRST, SECOND = "http://first.test", "http://second.test"
USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
OURS = "TJzXt1sZautjqXnpjQT4xSCBHNSYgBkDr3"
THEIRS = "TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC"


@dataclass
class Peer:
    """The sandbox, its levers, and our reader of it."""

    app: SandboxApp
    http: httpx.AsyncClient
    chain: TronChain

    async def control(self, path: str, **body: Any) -> Any:
        answer = await self.http.post(f"/control/tron/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def mine(self, blocks: int = 1) -> None:
        await self.control("mine", blocks=blocks)

    async def pay(self, amount: str = "10", to: str = OURS, **how: Any) -> str:
        return str((await self.control("transfer", to=to, amount=amount, **how))["txid"])

    async def paid_block(self, *amounts: str) -> int:
        """Number of a final block with payments of these amounts."""
        for amount in amounts or ("10",):
            await self.pay(amount)
        await self.mine(3)
        return int((await self.state())["solid"])

    async def fault(self, action: str, kind: str, **how: Any) -> None:
        how = how or {"rate": 1}
        await self.control("faults", action=action, kind=kind, **how)

    async def mend(self, action: str, kind: str) -> None:
        await self.control("faults", action=action, kind=kind, count=0)

    async def state(self) -> Any:
        return (await self.http.get("/control/state")).json()["tron"]

    async def requests(self) -> Counter[str]:
        return Counter((await self.state())["requests"])


@asynccontextmanager
async def node_peer(
    transport: httpx.AsyncBaseTransport | None = None,
    app: SandboxApp | None = None,
    **settings: Any,
) -> AsyncIterator[Peer]:
    """A fresh chain that makes no block by itself."""
    app = app or create_app(None)
    inside = httpx.ASGITransport(app=app)
    known: dict[str, Any] = {"node_url": FIRST, "requests_per_second": 0}
    async with (
        httpx.AsyncClient(transport=inside, base_url="http://sandbox") as http,
        build_chain(
            Settings(tron=TronSettings(**(known | settings))), transport or inside
        ) as chain,
    ):
        peer = Peer(app, http, chain)
        await peer.control("mine", blocks=3, auto=False)
        yield peer
    await app.close()


@dataclass(eq=False)
class Hosts(httpx.AsyncBaseTransport):
    """Two nodes by their host names, either of which can be away, or behind.

    Attributes:
        behind: Served by each host.
        down: Hosts that are not reached.
        frozen: Hosts that tell the last final head they told before.
        empty: Hosts that have no blocks, whatever head they tell.
        asked: Path of every request, by host.
    """

    behind: Mapping[str, httpx.AsyncBaseTransport]
    down: set[str] = field(default_factory=set)
    frozen: set[str] = field(default_factory=set)
    empty: set[str] = field(default_factory=set)
    asked: dict[str, list[str]] = field(default_factory=dict)
    _heads: dict[str, bytes] = field(default_factory=dict)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host, path = f"http://{request.url.host}", request.url.path
        self.asked.setdefault(host, []).append(path)
        if host in self.down:
            raise httpx.ConnectError("no route to it", request=request)
        is_head = path.endswith("/walletsolidity/getnowblock")
        if is_head and host in self.frozen:
            return httpx.Response(200, content=self._heads[host])
        if host in self.empty and path.endswith("/walletsolidity/getblockbynum"):
            return httpx.Response(200, content=b"{}")
        response = await self.behind[host].handle_async_request(request)
        if is_head:
            self._heads[host] = await response.aread()
            return httpx.Response(200, content=self._heads[host])
        return response


def secret_headers(**headers: str) -> SecretStr:
    return SecretStr(orjson.dumps(headers).decode())


@dataclass(eq=False)
class Script(httpx.AsyncBaseTransport):
    """A node that answers each path as it was told, and remembers the requests.

    Attributes:
        answers: JSON, bytes, a response or an error, by the end of the path.
    """

    answers: dict[str, Any]
    requests: list[httpx.Request] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer: Any = next(
            (one for path, one in self.answers.items() if request.url.path.endswith(path)), {}
        )
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return httpx.Response(
                answer.status_code, content=answer.content, headers=answer.headers
            )
        return httpx.Response(200, content=answer if isinstance(answer, bytes) else _json(answer))

    @property
    def paths(self) -> Sequence[str]:
        return [request.url.path for request in self.requests]


def _json(answer: Any) -> bytes:
    return orjson.dumps(answer)
