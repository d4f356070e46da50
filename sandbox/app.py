"""Composes the sandbox: its parts, the shared control endpoints, the control page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field

from sandbox.asgi import Application, Receive, Scope, Send
from sandbox.clock import SandboxClock
from sandbox.control import ControlError, Part, install_error_handlers
from sandbox.identity.part import IdentityPart
from sandbox.page import create_page_router
from sandbox.settings import DEFAULT_SEED, SandboxSettings
from sandbox.supplier.part import SupplierPart
from sandbox.telegram.part import TelegramPart
from sandbox.tron.part import TronPart

SHARED: Final = frozenset({"/", "/healthz", "/control/state", "/control/reset", "/control/clock"})
"""Paths that are of no part."""


class SandboxApp:
    """The ASGI application: hot paths first, FastAPI for the rest."""

    def __init__(self, settings: SandboxSettings) -> None:
        """Build every part; journals are replayed here.

        Raises:
            JournalLockedError: Another sandbox process uses the data directory.
        """
        self.settings = settings
        self.clock = SandboxClock()
        self.supplier = SupplierPart(settings, self.clock)
        self.identity = IdentityPart(settings)
        self.tron = TronPart(settings)
        self.telegram = TelegramPart(settings, self.clock, self.identity.people)
        self.parts: list[Part] = [self.supplier, self.identity, self.tron, self.telegram]
        self._hot: dict[str, Application] = {}
        for part in self.parts:
            self._hot.update(part.hot_paths)
        self._fastapi = self._create_fastapi()
        self._unmade = [*self.parts]
        """Parts whose routes are not made yet: it takes longer than most tests that need none of them."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            self._make_routes()
        if scope["type"] == "http":
            hot = self._hot.get(scope["path"])
            if hot is not None:
                await hot(scope, receive, send)
                return
            if self._unmade and scope["path"] not in SHARED:
                self._make_routes(scope["path"])
        await self._fastapi(scope, receive, send)

    def _make_routes(self, path: str = "") -> None:
        """Make those of the part that a path is of; all, where it is of none."""
        asked = [part for part in self._unmade if path.startswith(part.prefixes)]
        if not asked and any(path.startswith(part.prefixes) for part in self.parts):
            return
        for part in asked or self._unmade:
            for router in part.make_routers():
                self._fastapi.include_router(router)
        self._unmade = [part for part in self._unmade if asked and part not in asked]

    def let_go(self) -> None:
        """Answer whoever waits on purpose, so that the server need not wait for them to stop."""
        self.telegram.let_go()

    async def close(self) -> None:
        """Stop background work and release the journals, as the lifespan's end does."""
        for part in self.parts:
            await part.stop()

    def _create_fastapi(self) -> FastAPI:
        @asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncIterator[None]:
            for part in self.parts:
                await part.start()
            yield
            await self.close()

        app = FastAPI(
            title="Sandbox",
            description="Stand-ins of the outside systems, and their controls.",
            lifespan=lifespan,
            docs_url=None,  # its page loads scripts from a foreign host
            redoc_url=None,
        )
        install_error_handlers(app)
        _add_shared_controls(app, self)
        app.include_router(create_page_router(self.describe))
        return app

    def describe(self, query: dict[str, str]) -> dict[str, Any]:
        """Return everything that GET /control/state shows."""
        for part in self.parts:
            part.tick()
        state: dict[str, Any] = {
            "clock": {"now": self.clock.now(), "offsetSeconds": self.clock.offset_s},
            "seed": self.settings.seed,
        }
        for part in self.parts:
            state.update(part.describe(query))
        return state


class ClockOrder(BaseModel):
    """How far to move the clock forward."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    advance_seconds: float = Field(alias="advanceSeconds", ge=0, le=10**8)


def _add_shared_controls(app: FastAPI, sandbox: SandboxApp) -> None:
    @app.get("/control/state", tags=["control"])
    async def show_state(request: Request) -> dict[str, Any]:
        """Everything as JSON; `?status=active&limit=50` narrow the activations."""
        return sandbox.describe(dict(request.query_params))

    @app.post("/control/reset", tags=["control"])
    async def reset() -> dict[str, bool]:
        """Forget everything, on disk too. Activation ids are still never reused."""
        for part in sandbox.parts:
            part.reset()
        return {"ok": True}

    @app.post("/control/clock", tags=["control"])
    async def advance(order: ClockOrder) -> dict[str, Any]:
        """Move the clock forward; due SMS and expiries happen before the answer."""
        offset_s = sandbox.clock.offset_s + order.advance_seconds
        if offset_s > 10**9:
            raise ControlError(400, "BAD_CLOCK", "the clock is decades ahead; reset it")
        sandbox.clock.offset_s = offset_s
        for part in sandbox.parts:
            part.move_clock(offset_s)
            part.tick()
        return {"ok": True, "now": sandbox.clock.now(), "offsetSeconds": offset_s}

    @app.get("/healthz", tags=["control"])
    async def healthy() -> dict[str, bool]:
        """The process is up."""
        return {"ok": True}


def create_app(
    data_dir: Path | None,
    seed: int = DEFAULT_SEED,
    settings: SandboxSettings | None = None,
) -> SandboxApp:
    """Build the sandbox.

    Works with and without a lifespan: timers are also looked at on every request.

    Args:
        data_dir: Where state is journaled and survives a kill; None for memory only.
        seed: Same seed, same prices, stock, numbers and codes.
        settings: Everything else; data_dir and seed above win over it.
    """
    base = settings or SandboxSettings()
    return SandboxApp(replace(base, data_dir=data_dir, seed=seed))
