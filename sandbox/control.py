"""What all control endpoints share: the part's duties and the error envelope."""

from collections.abc import Mapping
from typing import Any, Protocol

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from sandbox.asgi import Application


class Part(Protocol):
    """One stand-in (supplier, chain, identity, ...) that the app is composed of."""

    prefixes: tuple[str, ...]
    """What the paths of its FastAPI routes begin with."""
    hot_paths: Mapping[str, Application]
    """Exact paths served by a raw ASGI callable."""

    def make_routers(self) -> list[APIRouter]:
        """Its FastAPI routes: control and whatever is not a hot path."""

    async def start(self) -> None:
        """Warm up and begin background work (only when a lifespan runs)."""

    async def stop(self) -> None:
        """End background work and close the journal."""

    def tick(self) -> None:
        """Do what fell due; called often, also without a lifespan."""

    def reset(self) -> None:
        """Forget everything."""

    def describe(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Return the part's share of GET /control/state."""

    def move_clock(self, offset_s: float) -> None:
        """Learn the clock's new offset."""


class ControlError(Exception):
    """A control call that cannot be carried out; nothing was changed."""

    def __init__(self, status: int, code: str, message: str) -> None:
        """Say it with an HTTP status, a stable code and a sentence."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def install_error_handlers(app: FastAPI) -> None:
    """Answer every error as `{"ok": false, "code", "message"}`."""

    @app.exception_handler(ControlError)
    async def refused(_: Request, error: ControlError) -> JSONResponse:
        return _envelope(error.status, error.code, error.message)

    @app.exception_handler(RequestValidationError)
    async def malformed(_: Request, error: RequestValidationError) -> JSONResponse:
        problems = "; ".join(
            f"{'.'.join(str(step) for step in row['loc'][1:]) or 'body'}: {row['msg']}"
            for row in error.errors()
        )
        return _envelope(400, "BAD_REQUEST", problems)

    @app.exception_handler(HTTPException)
    async def missing(_: Request, error: HTTPException) -> JSONResponse:
        return _envelope(error.status_code, "HTTP_ERROR", str(error.detail))

    @app.exception_handler(Exception)
    async def broken(_: Request, error: Exception) -> JSONResponse:
        return _envelope(500, "INTERNAL", f"the sandbox failed: {type(error).__name__}")


def _envelope(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"ok": False, "code": code, "message": message}, status)
