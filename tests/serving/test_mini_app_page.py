"""The Mini App's document: who may frame it, what it loads, in which language it is."""

import re

import httpx
import pytest
from starlette.responses import PlainTextResponse

from jiema_app.domain.catalog.snapshot import build_catalog
from jiema_app.domain.clock import SystemClock
from jiema_app.processes.fingerprints import current_build
from jiema_app.serving.dispatcher import Dispatcher
from jiema_app.serving.mini_app_page import MiniAppPage
from jiema_app.serving.static_files import StaticFile, load_build, static_file
from jiema_app.settings import get_settings
from jiema_app.site.registry import all_pages
from tests.support.built_pages import no_account, no_renewal, page_server
from tests.support.page_door import door

LOCALES = ("en", "zh", "ar")
TELEGRAM = "https://telegram.org/js/telegram-web-app.js"
EMPTY = build_catalog(SystemClock().now())
SANDBOX = "http://localhost:8090"

pytestmark = pytest.mark.slow  # a build is made by `make test`, not by `make check`


@pytest.fixture(scope="module")
def files() -> dict[str, StaticFile]:
    build = current_build(get_settings().locales)
    assert build.exists(), "the pages are not built: make build"
    return load_build(build, "https://shop.example")


def mini_app(
    files: dict[str, StaticFile], script: str = TELEGRAM, frames: tuple[str, ...] = ()
) -> MiniAppPage:
    return MiniAppPage(
        all_pages(), files, locales=LOCALES, catalog=lambda: EMPTY, script=script, frames=frames
    )


@pytest.fixture
def client(files: dict[str, StaticFile]) -> httpx.AsyncClient:
    nothing = PlainTextResponse("nothing", 404)
    dispatcher = Dispatcher(
        reflex=nothing,
        events=door(nothing),
        api=nothing,
        api_state={},
        pages=page_server({"": "home"}),
        mini_app=mini_app(files),
        files={},
        not_found={each: static_file(b"no such page", "/404.html") for each in LOCALES},
        locales=LOCALES,
        renewal=no_renewal(),
        account=no_account(),
        allowed_origins=frozenset(),
    )
    transport = httpx.ASGITransport(dispatcher)
    return httpx.AsyncClient(transport=transport, base_url="http://shop.example")


def policy_of(answer: httpx.Response) -> dict[str, list[str]]:
    parts = [part.split() for part in answer.headers["content-security-policy"].split(";")]
    return {name: sources for name, *sources in parts}


async def test_telegram_s_web_clients_may_frame_it_and_nobody_else(
    client: httpx.AsyncClient,
) -> None:
    policy = policy_of(await client.get("/tg"))
    assert policy["frame-ancestors"] == ["'self'", "https://web.telegram.org"]
    other = policy_of(await client.get("/en"))
    assert other["frame-ancestors"] == ["'none'"]


async def test_it_loads_scripts_of_ours_and_of_telegram_s_host(client: httpx.AsyncClient) -> None:
    policy = policy_of(await client.get("/tg"))
    others = [one for one in policy["script-src"] if not one.startswith("'sha256-")]
    assert others == ["'self'", "https://telegram.org"]
    assert policy["connect-src"] == ["'self'"]
    other = policy_of(await client.get("/en"))
    assert "https://telegram.org" not in other["script-src"]


async def test_nothing_keeps_it_from_the_window_that_opened_it(client: httpx.AsyncClient) -> None:
    answer = await client.get("/tg")
    assert "cross-origin-opener-policy" not in answer.headers
    assert "x-frame-options" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-robots-tag"] == "noindex"


def test_the_sandbox_s_phone_may_frame_it_in_the_sandbox(files: dict[str, StaticFile]) -> None:
    made = mini_app(files, "/js/telegram-web-app.js", (SANDBOX,))
    policy = made._built["en"].policy.decode()
    assert f"frame-ancestors 'self' https://web.telegram.org {SANDBOX}" in policy
    assert "telegram.org/js" not in policy


@pytest.mark.parametrize(
    ("query", "headers", "lang"),
    [
        ("", {}, "en"),
        ("", {"Accept-Language": "zh-CN,zh;q=0.9"}, "zh"),
        ("", {"Accept-Language": "zh", "Cookie": "locale=ar"}, "ar"),
        ("?lang=ar", {"Accept-Language": "zh", "Cookie": "locale=zh"}, "ar"),
        ("?lang=xx", {"Accept-Language": "zh"}, "zh"),
        ("?lang=%ff", {}, "en"),
        ("?lang=" + "a" * 5_000, {}, "en"),
    ],
)
async def test_its_address_says_the_language_or_else_the_browser(
    client: httpx.AsyncClient, query: str, headers: dict[str, str], lang: str
) -> None:
    answer = await client.get(f"/tg{query}", headers=headers)
    assert answer.status_code == 200
    tag = re.search(r"<html[^>]*>", answer.text)
    assert tag is not None
    assert f'data-mini="{lang}"' in tag[0]
    assert ('dir="rtl"' in tag[0]) is (lang == "ar")
    assert "accept-language" in answer.headers["vary"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/tg", 200),
        ("/tg/orders", 200),
        ("/tg/order/cmx3iu2kx2p2uxkk836rgix0r", 200),
        ("/tg/service/telegram", 200),
        ("/tg/", 404),
        ("/tg/order/a/b", 404),
        ("/tg/order/" + "a" * 81, 404),
        ("/tg/%3Cb%3E", 404),
        ("/tgx", 404),
        ("/en/tg", 404),
    ],
)
async def test_each_of_its_views_has_an_address_and_it_stands_below_no_locale(
    client: httpx.AsyncClient, path: str, status: int
) -> None:
    assert (await client.get(path)).status_code == status


async def test_it_is_read_only(client: httpx.AsyncClient) -> None:
    assert (await client.post("/tg")).status_code == 405


async def test_nothing_of_ours_starts_before_the_launch_is_out_of_the_address(
    client: httpx.AsyncClient,
) -> None:
    html = (await client.get("/tg")).text
    assert "window.launched.then(start)" in html
    assert "speculationrules" not in html
    assert f'script.src="{TELEGRAM}"' in html
    assert 'rel="canonical"' not in html
    assert "hreflang" not in html.partition("</head>")[0]


def test_without_a_bot_there_is_none(files: dict[str, StaticFile]) -> None:
    none = MiniAppPage([], files, locales=LOCALES, catalog=lambda: EMPTY, script=TELEGRAM)
    assert not none.knows("/tg")
