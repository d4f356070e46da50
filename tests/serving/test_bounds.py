"""Heads, cookies, names: bounded before they are read, and read in linear time."""

import time
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.labels import clean_label
from jiema_app.serving.cookies import COOKIES_MAX, find_cookie, plain_cookies, read_cookies
from jiema_app.serving.crowd import ADDRESSES_MAX, Crowd, Pace
from jiema_app.serving.departed_tabs import (
    GUEST_GRACE_S,
    GUESTS_MAX,
    MEMBER_GRACE_S,
    TABS_OF_MEMBER_MAX,
    DepartedTabs,
)
from jiema_app.serving.dispatcher import Dispatcher
from jiema_app.serving.heads import is_too_long
from jiema_app.serving.language_choice import choose_locale
from jiema_app.serving.next_address import safe_next
from jiema_app.serving.session_cookie import wants_renewal
from jiema_app.serving.static_files import static_file
from tests.support.built_pages import no_account, no_mini_app, no_renewal, page_server
from tests.support.growth import grows_linearly
from tests.support.page_door import door

SIZES = (1, 8, 64)
CEILING_S = 0.5
"""Measured: at most 8 ms. What these replace took seconds at 32 KB."""
MARKS = "\u0301\u0323"
"""Two marks that have an order among them: a text of them takes quadratic time to normalise."""
HARD = (
    'a="' + '\\"' * 9,
    '"',
    "\\",
    "a=b;",
    ";",
    "=",
    "en,",
    "q=0.",
    '"a",',
    "eyJ",
    "%25",
    "/../",
    "́",
    MARKS,
)


async def cookies_of_starlette(text: str) -> None:
    headers = plain_cookies([(b"cookie", text.encode("utf-8"))])
    dict(Request({"type": "http", "headers": headers}).cookies)


def name(text: str) -> None:
    with pytest.raises(BadRequest):
        clean_label(text * 2, what="Name", length_max=40)


READERS: dict[str, Any] = {
    "cookies": lambda text: list(read_cookies(text)),
    "language": lambda text: choose_locale(text, text, ("en", "zh")),
    "next": lambda text: safe_next("/" + text, ""),
    "renewal": lambda text: wants_renewal(f"a.{text}.b", None),  # type: ignore[arg-type]  # long before
    "name": name,
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("part", HARD)
def test_a_reader_takes_linear_time(reader: str, part: str) -> None:
    for kilobytes in SIZES:
        text = part * (kilobytes * 1024 // len(part))
        if reader == "renewal" and kilobytes == 1:
            continue
        began = time.thread_time()
        READERS[reader](text)
        assert time.thread_time() - began < CEILING_S


def test_sixteen_thousand_marks_are_not_put_in_order_to_be_refused() -> None:
    grows_linearly(lambda count: name(MARKS * (count // 4)), 256, 16_000)


@pytest.mark.parametrize("part", HARD)
async def test_the_libraries_reader_is_given_nothing_hard(part: str) -> None:
    began = time.thread_time()
    await cookies_of_starlette(part * (64 * 1024 // len(part)))
    assert time.thread_time() - began < CEILING_S


def test_an_odd_cookie_hides_no_other() -> None:
    header = 'a="x\\"y"; sid=mine; =; b; c=; sid=theirs; d="e"'
    assert find_cookie(header, "sid") == "mine"
    assert [name for name, _ in read_cookies(header)] == ["sid", "sid"]
    assert plain_cookies([(b"cookie", header.encode())]) == [(b"cookie", b"sid=mine; sid=theirs")]
    assert len(list(read_cookies("a=b;" * 1000))) == COOKIES_MAX


LONG_HEADS: list[dict[str, Any]] = [
    {"headers": {"Cookie": "a=" + "b" * 9_000}},
    {"headers": {"Cookie": 'a="' + '\\"' * 16_000 + '"'}},
    {"headers": {"X-Junk": "y" * 9_000}},
    {"headers": {f"X-{number}": "y" * 5_000 for number in range(6)}},
    {"params": {"q": "a" * 9_000}},
]


@pytest.mark.parametrize("more", LONG_HEADS, ids=["cookie", "quoted", "header", "all", "query"])
async def test_a_long_head_is_refused_before_it_is_read(more: dict[str, Any]) -> None:
    nothing = PlainTextResponse("nothing", 404)
    dispatcher = Dispatcher(
        reflex=nothing, events=door(nothing), api=nothing, api_state={},
        pages=page_server({"": "home"}), mini_app=no_mini_app(), files={}, not_found={"en": static_file(b"no", "/404.html")},
        locales=("en",), renewal=no_renewal(), account=no_account(), allowed_origins=frozenset(),
    )  # fmt: skip
    transport = httpx.ASGITransport(dispatcher)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        assert (await client.get("/en")).status_code == 200
        answer = await client.get("/en", **more)
    assert answer.status_code == 431
    assert answer.headers["connection"] == "close"


def test_what_browsers_send_is_not_too_long() -> None:
    headers = [(b"cookie", b"a=" + b"b" * 4_000), (b"user-agent", b"x" * 400)] * 1
    assert not is_too_long({"path": "/en", "query_string": b"q=1", "headers": headers})


def test_a_quiet_address_may_do_some_things_at_once_and_then_waits() -> None:
    now = 0.0
    pace = Pace(60, lambda: now)
    assert [pace.take(5) for _ in range(4)] == [0, 0, 0, 0]
    assert [pace.take(5) for _ in range(6)] == [1, 2, 3, 4, 5, None]
    now = 6.0
    assert pace.take(5) == 0


async def test_addresses_that_went_are_forgotten() -> None:
    now = 0.0
    crowd = Crowd(pages=1, openings_per_minute=60, events_per_minute=60, now=lambda: now)
    for number in range(ADDRESSES_MAX):
        now += 2
        assert await crowd.enter(str(number))
        crowd.leave(str(number))
    now += 10
    assert await crowd.enter("one more")
    assert len(crowd) == 1


class Tabs:
    """Tabs, and which of them are connected."""

    def __init__(self) -> None:
        self.here: dict[str, str] = {}
        self.connected: set[str] = set()

    def tokens(self) -> list[str]:
        return list(self.here)

    async def is_connected(self, token: str) -> bool:
        return token in self.connected

    def user_of(self, token: str) -> str:
        return self.here[token]

    def forget(self, token: str) -> bool:
        del self.here[token]
        return True


async def test_a_tab_is_forgotten_some_time_after_it_went() -> None:
    now = 0.0
    tabs = Tabs()
    departed = DepartedTabs(tabs, lambda: now)
    tabs.here = {"guest": "", "member": "u1", "there": "", "back": ""}
    tabs.connected = {"there"}
    await departed.tidy()
    assert len(tabs.here) == 4
    now = GUEST_GRACE_S
    tabs.connected = {"there", "back"}
    await departed.tidy()
    assert set(tabs.here) == {"member", "there", "back"}
    now = MEMBER_GRACE_S
    await departed.tidy()
    assert set(tabs.here) == {"there", "back"}


async def test_of_one_user_with_many_browsers_few_tabs_that_went_are_kept() -> None:
    """A hundred browsers with some tabs each were a hundred megabytes for a quarter of an hour."""
    tabs = Tabs()
    departed = DepartedTabs(tabs, lambda: 0.0)
    tabs.here = {"other": "u2"} | {f"t{number}": "u1" for number in range(900)}
    await departed.tidy()
    assert set(tabs.here) == {"other"} | {
        f"t{number}" for number in range(900 - TABS_OF_MEMBER_MAX, 900)
    }


async def test_of_many_guests_that_went_the_last_are_kept() -> None:
    tabs = Tabs()
    departed = DepartedTabs(tabs, lambda: 0.0)
    for number in range(1000):
        tabs.here[f"t{number}"] = ""
    await departed.tidy()
    assert set(tabs.here) == {f"t{number}" for number in range(1000 - GUESTS_MAX, 1000)}
    assert len(departed) == GUESTS_MAX
