"""The dispatcher with stand-ins for the two applications."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from jiema_app.web.dispatcher import Dispatcher
from jiema_app.web.static_files import SPA_FALLBACK, static_file

Application = Callable[[Scope, Receive, Send], Awaitable[None]]


async def reflex(scope: Scope, receive: Receive, send: Send) -> None:
    """Knows one address of a page that FastAPI makes, and Reflex's own."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    known = scope["path"] in {"/en/service/telegram", "/ping"}
    await PlainTextResponse("reflex", 200 if known else 404)(scope, receive, send)


async def api(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(f"api {scope['state']['pool']}")(scope, receive, send)


@pytest.fixture
def dispatcher() -> Dispatcher:
    return Dispatcher(
        reflex=reflex,
        api=api,
        api_state={"pool": "open"},
        files={
            "/en": static_file(b"home", "/en.html"),
            "/de": static_file(b"heim", "/de.html"),
            "/en/account/api-keys": static_file(b"keys", "/en/account/api-keys.html"),
            "/de/account/api-keys": static_file(b"keys", "/de/account/api-keys.html"),
            SPA_FALLBACK: static_file(b"shell", "/__spa-fallback.html"),
        },
        not_found={
            "en": static_file(b"nothing here", "/404.html"),
            "de": static_file(b"nichts", "/404.html"),
        },
        locales=("en", "de"),
        is_dynamic_page=lambda path: path.startswith(("/en/order/", "/de/order/")),
        allowed_origins=frozenset({"https://shop.example"}),
    )


@pytest.fixture
def client(dispatcher: Dispatcher) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(dispatcher), base_url="http://shop.example"
    )


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/en", 200, "home"),
        ("/api/v1/account", 200, "api open"),
        ("/healthz", 200, "api open"),
        ("/r/abcdefgh", 200, "api open"),
        ("/ping", 200, "reflex"),
        ("/en/service/telegram", 200, "reflex"),
        ("/en/order/c123", 200, "shell"),
        ("/en/nope", 404, "nothing here"),
        ("/de/nope", 404, "nichts"),
        ("/%00", 404, "nothing here"),
        ("//evil.example", 404, "nothing here"),
    ],
)
async def test_each_address_has_one_who_answers(
    client: httpx.AsyncClient, path: str, status: int, body: str
) -> None:
    answer = await client.get(f"http://shop.example{path}")
    assert (answer.status_code, answer.text) == (status, body)


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/", "/de"),
        ("/account/api-keys?a=1&b=2", "/de/account/api-keys?a=1&b=2"),
        ("/order/c123", "/de/order/c123"),
    ],
)
async def test_an_address_without_a_language_leads_to_the_best(
    client: httpx.AsyncClient, path: str, location: str
) -> None:
    answer = await client.get(path, headers={"accept-language": "de"})
    assert (answer.status_code, answer.headers["location"]) == (302, location)
    assert answer.headers["vary"] == "accept-language, cookie"


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example", "//evil.example/%2e%2e"])
async def test_no_address_leads_to_another_site(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"http://shop.example{path}")
    assert answer.status_code == 404
    assert "location" not in answer.headers


async def test_head_has_the_length_but_no_body(client: httpx.AsyncClient) -> None:
    answer = await client.head("/en")
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "4", b"")


@pytest.mark.parametrize(
    ("headers", "accepted"),
    [
        ([(b"host", b"shop.example"), (b"origin", b"http://shop.example")], True),
        ([(b"host", b"inside:8000"), (b"origin", b"https://shop.example")], True),
        ([(b"host", b"shop.example")], True),
        ([(b"host", b"shop.example"), (b"origin", b"https://evil.example")], False),
        ([(b"host", b"shop.example"), (b"origin", b"null")], False),
        ([(b"host", b"shop.example"), (b"origin", b"https://shop.example.evil.example")], False),
    ],
)
async def test_a_websocket_is_for_our_own_pages(
    dispatcher: Dispatcher, headers: list[tuple[bytes, bytes]], *, accepted: bool
) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await dispatcher({"type": "websocket", "path": "/_event/", "headers": headers}, receive, send)
    assert sent[0]["type"] == ("websocket.accept" if accepted else "websocket.close")
