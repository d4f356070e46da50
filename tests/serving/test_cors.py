"""Reflex's layer for pages of other origins is taken out before anybody is served."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from jiema_app.serving.cors import CorsLayerFixed, take_cors_out

FOREIGN = {"Origin": "https://elsewhere.test", "Access-Control-Request-Method": "GET"}


async def answer(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("ours")


def as_reflex_builds_it() -> Starlette:
    app = Starlette(routes=[Route("/", answer)])
    app.add_middleware(
        CORSMiddleware,
        allow_credentials=True,
        allow_methods=["*"],
        allow_headers=["*"],
        allow_origins=[],
    )
    return app


async def ask(app: Starlette, method: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        return await client.request(method, "/", headers=FOREIGN)


async def test_nothing_is_said_of_other_origins_any_more() -> None:
    app = as_reflex_builds_it()
    take_cors_out(app, None)
    assert not [name for name in (await ask(app, "GET")).headers if "access-control" in name]
    # The route itself refuses, and not a layer before it.
    assert (await ask(app, "OPTIONS")).status_code == 405


async def test_an_application_that_serves_already_is_a_mistake() -> None:
    app = as_reflex_builds_it()
    await ask(app, "GET")
    with pytest.raises(CorsLayerFixed):
        take_cors_out(app)
