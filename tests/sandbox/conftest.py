"""The sandbox in process, and the sandbox as a live process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.app import SandboxApp, create_app
from tests.sandbox.telegram_bot import Bot, bot_in
from tests.sandbox.tron_node import Node
from tests.sandbox.tron_payer import Payer
from tests.support.polling import PATIENCE_S
from tests.support.ports import free_port
from tests.support.processes import answers

KEY = "sandbox-supplier-key"
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Shopkeeper:
    """Speaks to a sandbox as a shop would, and pulls its control levers."""

    http: httpx.AsyncClient
    key: str | None = KEY

    async def call(self, action: str, **params: Any) -> httpx.Response:
        """Send one GET to handler_api.php; None parameters are left out."""
        query = {"api_key": self.key, "action": action, **params}
        return await self.http.get(
            "/stubs/handler_api.php",
            params={name: value for name, value in query.items() if value is not None},
        )

    async def text(self, action: str, **params: Any) -> str:
        return (await self.call(action, **params)).text

    async def json(self, action: str, **params: Any) -> Any:
        answer = await self.call(action, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def buy(self, service: str = "tg", country: int = 6, **params: Any) -> int:
        """Buy a number and return its id."""
        row = await self.json("getNumberV2", service=service, country=country, **params)
        return int(row["activationId"])

    async def control(self, path: str, **body: Any) -> httpx.Response:
        return await self.http.post(f"/control/{path}", json=body)

    async def behave(self, **switches: Any) -> None:
        answer = await self.control("supplier/behaviour", **switches)
        assert answer.status_code == 200, answer.text

    async def fault(self, action: str, kind: str, **how: Any) -> None:
        answer = await self.control("supplier/faults", action=action, kind=kind, **how)
        assert answer.status_code == 200, answer.text

    async def sms(self, activation_id: int, text: str = "Your code is 12345") -> None:
        answer = await self.control("supplier/sms", activationId=activation_id, text=text)
        assert answer.status_code == 200, answer.text

    async def advance(self, seconds: float) -> None:
        answer = await self.control("clock", advanceSeconds=seconds)
        assert answer.status_code == 200, answer.text

    async def state(self, **query: Any) -> Any:
        return (await self.http.get("/control/state", params=query)).json()


def shopkeeper(app: SandboxApp) -> Shopkeeper:
    transport = httpx.ASGITransport(app=app)
    return Shopkeeper(httpx.AsyncClient(transport=transport, base_url="http://sandbox"))


@pytest.fixture
async def shop() -> AsyncIterator[Shopkeeper]:
    """A fresh in-memory sandbox where no SMS arrives by itself and cancelling is free."""
    app = create_app(None)
    keeper = shopkeeper(app)
    await keeper.behave(smsDelaySeconds=None, minCancelSeconds=0)
    yield keeper
    await keeper.http.aclose()
    await app.close()


@pytest.fixture
async def legacy(shop: Shopkeeper) -> Shopkeeper:
    """The same, speaking the older dialect."""
    await shop.behave(dialect="legacy")
    return shop


@dataclass
class LiveSandbox:
    """`python -m sandbox` in a process that a test may kill."""

    data_dir: Path
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def handler_url(self) -> str:
        return f"{self.url}/stubs/handler_api.php"

    def start(self) -> None:
        environment = {
            **os.environ,
            "SANDBOX_PORT": str(self.port),
            "JIEMA_DATA_DIR": str(self.data_dir),
            **self.environment,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sandbox"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        deadline = time.monotonic() + PATIENCE_S
        while not answers(f"{self.url}/healthz"):
            assert self.process.poll() is None, "the sandbox did not start"
            assert time.monotonic() < deadline, "the sandbox does not answer"
            time.sleep(0.05)

    def end(self, *, by_kill: bool) -> str:
        """Stop the process and return everything it printed."""
        assert self.process is not None
        if by_kill:
            self.process.kill()
        else:
            self.process.terminate()
        printed, _ = self.process.communicate(timeout=PATIENCE_S)
        return printed

    def keeper(self) -> Shopkeeper:
        return Shopkeeper(httpx.AsyncClient(base_url=self.url, timeout=PATIENCE_S, trust_env=False))


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveSandbox]:
    """A running sandbox with a data directory of its own."""
    sandbox = LiveSandbox(tmp_path, free_port())
    sandbox.start()
    yield sandbox
    if sandbox.process is not None and sandbox.process.poll() is None:
        sandbox.end(by_kill=True)


@pytest.fixture
async def node() -> AsyncIterator[Node]:
    """A fresh chain in memory that makes no block by itself."""
    app = create_app(None)
    found = Node(app)
    await found.control("mine", blocks=3, auto=False)
    yield found
    await found.http.aclose()
    await app.close()


@pytest.fixture
async def payer() -> AsyncIterator[Payer]:
    """The same, with a shop in front of it that pays from the hot wallet."""
    found = Payer(create_app(None))
    await found.node.control("mine", blocks=3, auto=False)
    yield found
    await found.close()


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    """A bot of a fresh Telegram in memory."""
    app = create_app(None)
    found = bot_in(app)
    yield found
    await found.http.aclose()
    await app.close()
