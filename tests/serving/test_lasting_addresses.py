"""Which answers browsers may keep, and for how long."""

import httpx
import pytest
from starlette.responses import PlainTextResponse

from jiema_app.serving.dispatcher import Dispatcher
from jiema_app.serving.static_files import static_file
from jiema_app.serving.strict_transport import with_strict_transport
from tests.support.built_pages import no_account, no_mini_app, no_renewal, page_server
from tests.support.page_door import door

SCRIPT = static_file(b"let shop", "/js/shop.js")
FOREVER = "public, max-age=31536000, immutable"


nothing = PlainTextResponse("nothing", 404)
HOME = static_file(b"home", "/en.html")
dispatcher = Dispatcher(
    reflex=nothing,
    events=door(nothing),
    api=PlainTextResponse("api"),
    api_state={},
    pages=page_server({}),
    renewal=no_renewal(),
    account=no_account(),
    mini_app=no_mini_app(),
    files={
        "/js/shop.js": SCRIPT,
        "/icons/service/telegram.svg": static_file(b"<svg/>", "/icons/service/telegram.svg"),
        "/flags/my.svg": static_file(b"<svg/>", "/flags/my.svg"),
        "/en": HOME,
    },
    not_found={"en": static_file(b"nothing here", "/404.html")},
    locales=("en",),
    allowed_origins=frozenset(),
)


def client(app: object = dispatcher) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),  # type: ignore[arg-type]
        base_url="http://shop.example",
    )


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        (f"/js/shop.js?v={SCRIPT.version}", FOREVER),
        ("/js/shop.js?v=00000000", "no-cache"),
        ("/js/shop.js?v=", "no-cache"),
        (f"/js/shop.js?x=1&v={SCRIPT.version}", "no-cache"),
        ("/js/shop.js", "no-cache"),
        ("/icons/service/telegram.svg?v=anything", FOREVER),
        ("/icons/service/telegram.svg", "no-cache"),
        ("/flags/my.svg?v=anything", FOREVER),
        (f"/en?v={HOME.version}", "no-cache"),
    ],
)
async def test_an_address_with_its_version_lasts(address: str, kept: str) -> None:
    answer = await client().get(address)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, kept)
    again = await client().get(address, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.headers["cache-control"]) == (304, kept)


def test_a_version_changes_with_the_content() -> None:
    assert len(SCRIPT.version) == 8
    assert SCRIPT.version == static_file(b"let shop", "/other.js").version
    assert SCRIPT.version != static_file(b"let shop2", "/js/shop.js").version


@pytest.mark.parametrize("path", ["/en", "/", "/en/nope", "/js/shop.js", "/api/v1/account"])
async def test_in_production_every_answer_asks_for_https(path: str) -> None:
    name = "strict-transport-security"
    answer = await client(with_strict_transport(dispatcher)).get(path)
    assert answer.headers[name] == "max-age=31536000; includeSubDomains"
    assert name not in (await client().get(path)).headers


@pytest.mark.parametrize("path", ["/en", "/en/nope", "/js/shop.js"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
async def test_no_other_origin_may_read_an_answer(method: str, path: str) -> None:
    headers = {"origin": "https://evil.example", "access-control-request-method": "GET"}
    answer = await client().request(method, path, headers=headers)
    assert not [name for name in answer.headers if name.startswith("access-control-")]
