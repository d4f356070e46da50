"""The dispatcher with stand-ins for the two applications."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
import structlog
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.serving.dispatcher import Dispatcher
from jiema_app.serving.static_files import static_file
from jiema_app.site.pages.live_parts import LivePart
from tests.support.built_pages import no_account, no_mini_app, no_renewal, page_server
from tests.support.page_door import HANDSHAKE, door

Application = Callable[[Scope, Receive, Send], Awaitable[None]]


async def reflex(scope: Scope, receive: Receive, send: Send) -> None:
    """Knows its own addresses."""
    known = scope["path"] == "/ping"
    await PlainTextResponse("reflex", 200 if known else 404)(scope, receive, send)


async def events(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "websocket.accept"})


async def api(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(f"api {scope['state']['pool']}")(scope, receive, send)


def fail(_catalog: Catalog, _locale: str, _part: str) -> LivePart:
    raise RuntimeError("a secret of ours")


@pytest.fixture
def dispatcher() -> Dispatcher:
    return Dispatcher(
        reflex=reflex,
        events=door(events),
        api=api,
        api_state={"pool": "open"},
        pages=page_server(
            {
                "": "home",
                "account/api-keys": "keys",
                "order/[id]": "order",
                "broken": "",
                "admin": "",
            },
            {"broken": fail},
            locales={"admin": ("de",)},
        ),
        mini_app=no_mini_app(),
        files={"/robots.png": static_file(b"picture", "/robots.png")},
        not_found={
            "en": static_file(b"nothing here", "/404.html"),
            "de": static_file(b"nichts", "/404.html"),
        },
        locales=("en", "de"),
        renewal=no_renewal(),
        account=no_account(),
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
        ("/robots.png", 200, "picture"),
        ("/api/v1/account", 200, "api open"),
        ("/healthz", 200, "api open"),
        ("/r/abcdefgh", 200, "api open"),
        ("/ping", 200, "reflex"),
        ("/_event", 404, "nothing here"),
        ("/_event/?EIO=4&transport=polling", 404, "nothing here"),
        ("/en/order", 404, "nothing here"),
        ("/en/order/a/b", 404, "nothing here"),
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


@pytest.mark.parametrize("path", ["*", ""])
async def test_an_address_without_a_slash_is_not_found(dispatcher: Dispatcher, path: str) -> None:
    told: list[Message] = []

    async def send(message: Message) -> None:
        told.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "method": "OPTIONS", "path": path, "headers": []}
    await dispatcher(scope, receive, send)
    assert told[0]["status"] in {404, 405}


@pytest.mark.parametrize(
    ("path", "text"),
    [("/en", "home"), ("/en/account/api-keys", "keys"), ("/en/order/c123", "order")],
)
async def test_each_page_has_its_address(client: httpx.AsyncClient, path: str, text: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, text in answer.text) == (200, True)


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/", "/de"),
        ("/account/api-keys?a=1&b=2", "/de/account/api-keys?a=1&b=2"),
        ("/order/c123", "/de/order/c123"),
        ("/order/%E6%97%A5", "/de/order/%E6%97%A5"),
        ("/order/a%0D%0AX-Evil:%201", "/de/order/a%0D%0AX-Evil:%201"),
        ("/order/a%3Fb%23c%22%25", "/de/order/a%3Fb%23c%22%25"),
    ],
)
async def test_an_address_without_a_language_leads_to_the_best(
    client: httpx.AsyncClient, path: str, location: str
) -> None:
    answer = await client.get(path, headers={"accept-language": "de"})
    assert (answer.status_code, answer.headers["location"]) == (302, location)
    assert answer.headers["vary"] == "accept-language, cookie"


@pytest.mark.parametrize("cookie", ["", "locale=xx"])
async def test_a_language_that_nobody_chose_is_noted_for_an_hour(
    client: httpx.AsyncClient, cookie: str
) -> None:
    answer = await client.get("/", headers={"accept-language": "de", "cookie": cookie})
    assert answer.headers["set-cookie"].startswith("locale_guess=de; Path=/; Max-Age=3600;")
    assert answer.headers["set-cookie"].endswith("; Secure")


async def test_a_chosen_language_is_no_guess(client: httpx.AsyncClient) -> None:
    answer = await client.get("/", headers={"accept-language": "de", "cookie": "locale=en"})
    assert answer.headers["location"] == "/en"
    assert "set-cookie" not in answer.headers


async def test_an_address_leads_to_a_language_in_which_there_is_such_a_page(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/admin", headers={"accept-language": "en"})
    assert (answer.status_code, answer.headers["location"]) == (302, "/de/admin")
    assert (await client.get("/en/admin")).status_code == 404


@pytest.mark.parametrize("part", ["c123", "%E6%97%A5", "a%0D%0AX-Evil:%201", "a%3Fb"])
async def test_a_final_slash_is_left_out(client: httpx.AsyncClient, part: str) -> None:
    answer = await client.get(f"/en/order/{part}/")
    assert (answer.status_code, answer.headers["location"]) == (308, f"/en/order/{part}")


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example", "//evil.example/%2e%2e"])
async def test_no_address_leads_to_another_site(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"http://shop.example{path}")
    assert answer.status_code == 404
    assert "location" not in answer.headers


async def test_head_has_the_length_but_no_body(client: httpx.AsyncClient) -> None:
    answer = await client.head("/robots.png")
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "7", b"")


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

    await dispatcher(HANDSHAKE | {"headers": headers}, receive, send)
    assert sent[0]["type"] == ("websocket.accept" if accepted else "websocket.close")


async def test_no_websocket_is_opened_elsewhere(dispatcher: Dispatcher) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await dispatcher({"type": "websocket", "path": "/en", "headers": []}, receive, send)
    assert [message["type"] for message in sent] == ["websocket.close"]


async def test_a_page_that_fails_is_apologised_for_without_telling_why(
    client: httpx.AsyncClient,
) -> None:
    with structlog.testing.capture_logs() as logs:
        answer = await client.get("/en/broken")
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("text/html")
    assert "Something went wrong on our side" in answer.text
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.text.count("<script") == 1  # its colours; nothing is fetched
    assert "src=" not in answer.text
    [entry] = logs
    assert entry["log_level"] == "error"
    assert entry["request_id"] in answer.text


async def test_other_pages_are_served_after_one_has_failed(client: httpx.AsyncClient) -> None:
    assert (await client.get("/de/broken")).status_code == 500
    assert (await client.get("/de")).status_code == 200
