"""What strangers send to the pages' WebSocket, and what of it reaches Reflex."""

import asyncio
import json
import time
from typing import Any
from urllib.parse import parse_qs

import pytest
import structlog
from starlette.types import Message, Receive, Scope, Send

from jiema_app.serving.page_frames import FRAME_MAX
from tests.support.page_door import HANDSHAKE, TOKEN, WHERE, Endpoint, Stranger, door, event
from tests.support.polling import until

JOIN = "40/_event,"
DEEP = "[" * 5_000


async def visit(*frames: str | bytes, scope: Scope | None = None) -> tuple[Stranger, Endpoint]:
    """What became of a visitor, and what they had handed on."""
    endpoint = Endpoint()
    stranger = Stranger(list(frames), scope or dict(HANDSHAKE))
    await stranger.visit(door(endpoint))
    return stranger, endpoint


async def test_a_page_of_ours_is_served() -> None:
    boot = json.dumps({"event": {"name": "page.cancel", "payload": {}, "router_data": WHERE}})
    stranger, endpoint = await visit(
        JOIN + boot, event("page.search", {"text": "код"}), "3", "41/_event,"
    )
    assert stranger.closed_with is None
    joined, searched, pong, left = endpoint.heard
    assert json.loads(joined.removeprefix(JOIN))["event"]["name"] == "page.cancel"
    body = json.loads(searched.removeprefix("42/_event,"))[1]
    assert body["payload"] == {"text": "код"}
    assert body["router_data"] == {"pathname": "/en/orders", "asPath": "/en/orders?q=a"}
    assert (pong, left) == ("3", "41/_event,")


@pytest.mark.parametrize(
    "frame",
    [
        '42/_event,["event","' + "eyJ" * 30_000 + '"]',
        '42/_event,["event","key=jm_x sid=y +60123456789"]',
        event(router_data={"x": "y" * 940_000}, where={"x": "y" * 940_000}),
        event() + " " * FRAME_MAX,
        event("page.rename", {"form": {"name": "@"}}).replace("@", "\u0301\u0323" * 8_000),
        b"\x00" * 10,
        b"4" + event().encode(),
        "",
        "2",
        "2probe",
        "5",
        "6",
        "1",
        "4",
        "40",
        "40/",
        "40/admin,",
        "40/_event,{}",
        "40/_event",
        "42" + event()[10:],
        "42/_eventx," + event()[10:],
        "43/_event,1[]",
        "43/_event,99999999999999999999[]",
        "45/_event,1-[]",
        '451-/_event,["event",{"_placeholder":true,"num":0}]',
        '451-["event",{"_placeholder":true,"num":0}]',
        "46/_event,1-1[]",
        "42/_event,7" + event()[10:],
        "42/_event," + DEEP,
        "42/_event,[" + "1" * 10_000 + "]",
        "42/_event,{}",
        "42/_event,[]",
        "42/_event,null",
        "42/_event,NaN",
        '42/_event,["event",Infinity]',
        "42/_event,",
        "²",
        "4²/_event,",
        "\ud800",
    ],
)
async def test_what_no_page_says_goes_no_further(frame: str | bytes) -> None:
    _, endpoint = await visit(JOIN, frame)
    assert endpoint.heard == ["40/_event,{}"]


@pytest.mark.parametrize("first", [event(), "41/_event,", "43/_event,1[]", "40", "40/,", "x"])
async def test_nothing_is_heard_before_a_page_has_joined(first: str) -> None:
    stranger, endpoint = await visit(first, JOIN, event())
    assert stranger.closed_with == 1008
    assert endpoint.heard == []


async def test_a_connection_is_one_tab() -> None:
    stranger, endpoint = await visit(JOIN, JOIN)
    assert stranger.closed_with == 1008
    assert len(endpoint.heard) == 1


BAD_NAMES: list[Any] = [
    "page.no_such", "page", "", "update_vars_internal", "_upload", "setvar", "page.setvar",
    "page.refresh", "page._forget", "reflex___state____state.hydrate", None, 1, ["page.cancel"],
    {"a": 1}, "page.cancel\0", "page." + "x" * 5_000,
    "reflex___state____update_vars_internal_state.update_vars_internal",
    "reflex___state____state.reflex___state____frontend_event_exception_state.handle_frontend_exception",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
async def test_a_handler_that_is_not_for_pages_is_refused_quietly(name: Any) -> None:
    with structlog.testing.capture_logs() as logs:
        stranger, endpoint = await visit(JOIN, event(name), event("page.cancel"))
    assert len(endpoint.heard) == 2  # the joining, and the one after it
    assert stranger.closed_with is None
    assert [entry["log_level"] for entry in logs] == ["info"]


BAD_ARGUMENTS: list[tuple[str, Any]] = [
    ("page.search", {}),
    ("page.search", {"text": None}),
    ("page.search", {"text": 7}),
    ("page.search", {"text": ["a"]}),
    ("page.search", {"text": {"a": "b"}}),
    ("page.search", {"text": "a\0b"}),
    ("page.search", {"text": "a\ud800b"}),
    ("page.search", {"text": "a" * 2_001}),
    ("page.search", {"text": "a", "self": "b"}),
    ("page.search", {"other": "a"}),
    ("page.search", [["text", "a"]]),
    ("page.search", "text"),
    ("page.cancel", {"text": "a"}),
    ("page.cancel", {"self": {}}),
    ("page.rename", {"form": "name"}),
    ("page.rename", {"form": ["name"]}),
    ("page.rename", {"form": None}),
    ("page.rename", {"form": {"name": ["a"]}}),
    ("page.rename", {"form": {"name": {"a": 1}}}),
    ("page.rename", {"form": {"name": "\ud800"}}),
    ("page.rename", {"form": {"name": "́" * 2_001}}),
    ("page.rename", {"form": {"name": "\u0301\u0323" * 1_001}}),
    ("page.rename", {"form": {"a" * 101: "b"}}),
    ("page.rename", {"form": {f"f{i}": "" for i in range(51)}}),
    ("page.rename", {"form": {"__reflex_form_data__": "name"}}),
    ("page.rename", {"form": {"__reflex_form_data__": [["name"]]}}),
    ("page.rename", {"form": {"__reflex_form_data__": [["name", "a", "b"]]}}),
    ("page.rename", {"form": {"__reflex_form_data__": [[["name"], "a"]]}}),
    ("page.rename", {"form": {"__reflex_form_data__": [["n", "a"]] * 51}}),
]


@pytest.mark.parametrize(("name", "payload"), BAD_ARGUMENTS)
async def test_arguments_that_no_page_sends_are_refused_quietly(name: str, payload: Any) -> None:
    with structlog.testing.capture_logs() as logs:
        stranger, endpoint = await visit(JOIN, event(name, payload), event("page.cancel"))
    assert len(endpoint.heard) == 2
    assert stranger.closed_with is None
    assert [entry["log_level"] for entry in logs] == ["info"]


@pytest.mark.parametrize(
    "form", [{}, {"name": "a"}, {"name": None}, {"__reflex_form_data__": [["name", "a"]]}]
)
async def test_forms_are_taken(form: Any) -> None:
    _, endpoint = await visit(JOIN, event("page.rename", {"form": form}))
    assert json.loads(endpoint.heard[1].removeprefix("42/_event,"))[1]["payload"] == {"form": form}


@pytest.mark.parametrize(
    "where",
    [
        None, [], "x", {}, {"pathname": "/en"}, {"pathname": 1, "asPath": "/"},
        {"pathname": "en", "asPath": "/"}, {"pathname": "//evil", "asPath": "//evil"},
        {"pathname": "/en", "asPath": "http://["}, {"pathname": "/" + "a" * 513, "asPath": "/"},
        {"pathname": "/en", "asPath": "/" + "a" * 9_000}, {"pathname": "/\ud800", "asPath": "/"},
        {"pathname": "/\n", "asPath": "/"}, {"pathname": "/\0", "asPath": "/"},
    ],
)  # fmt: skip
async def test_an_address_that_no_page_has_is_refused(where: Any) -> None:
    frame = "42/_event," + json.dumps(
        ["event", {"name": "page.cancel", "payload": {}, "router_data": where}]
    )
    _, endpoint = await visit(JOIN, frame)
    assert endpoint.heard == ["40/_event,{}"]


async def test_of_an_address_only_what_is_known_goes_on() -> None:
    where = {
        "pathname": "/en/order/c1",
        "asPath": "/en/order/c1?q=1&self=" + "b" * 400 + "&a%00=1#part",
        "query": {"order_id": "c1", "x y": "z", "odd": ["a"], "long": "l" * 400},
        "ip": "203.0.113.7",
        "headers": {"cookie": "x" * 5_000},
        "token": "another",
        "sessionId": "another",
    }
    _, endpoint = await visit(JOIN, event("page.cancel", {}, where, token="another", extra="x"))
    body = json.loads(endpoint.heard[1].removeprefix("42/_event,"))[1]
    assert body == {
        "name": "page.cancel",
        "payload": {},
        "router_data": {
            "pathname": "/en/order/c1",
            "asPath": "/en/order/c1?q=1",
            "query": {"order_id": "c1"},
        },
    }


@pytest.mark.parametrize(
    "query",
    [
        "",
        "EIO=4&transport=websocket",
        "EIO=4&transport=websocket&token=x",
        f"EIO=4&transport=websocket&token={TOKEN}&token={TOKEN}x",
        f"EIO=4&transport=websocket&token={'a' * 65}",
        f"EIO=4&transport=websocket&token={TOKEN}/x",
        f"EIO=4&transport=polling&token={TOKEN}",
        f"EIO=3&transport=websocket&token={TOKEN}",
        f"EIO=4&token={TOKEN}",
        f"EIO=4&transport=websocket&token={TOKEN}&sid=abc",
        f"EIO=4&transport=websocket&token={TOKEN}&x={'y' * 500}",
    ],
)
async def test_a_handshake_that_is_none_of_a_page_is_refused(query: str) -> None:
    scope = HANDSHAKE | {"query_string": query.encode()}
    stranger, endpoint = await visit(JOIN, scope=scope)
    assert stranger.told == [{"type": "websocket.close", "code": 1008}]
    assert endpoint.scopes == []


async def test_of_a_handshake_only_what_is_needed_goes_on() -> None:
    headers = [
        (b"host", b"shop.example"),
        (b"cookie", b'a="' + b'\\"' * 1000 + b'"; sid=mine; theme=dark'),
        (b"user-agent", b"canary"),
        (b"x-anything", b"canary" * 100),
        (b"authorization", b"Bearer canary"),
        (b"upgrade", b"websocket"),
    ]
    scope = HANDSHAKE | {
        "headers": headers,
        "query_string": HANDSHAKE["query_string"] + b"&t=1&j=2&b64=1",
    }
    _, endpoint = await visit(JOIN, scope=scope)
    [seen] = endpoint.scopes
    assert dict(seen["headers"]) == {
        b"host": b"shop.example",
        b"upgrade": b"websocket",
        b"cookie": b"sid=mine",
    }
    named = parse_qs(seen["query_string"].decode())
    assert named.keys() == {"EIO", "transport", "token"}
    assert TOKEN not in str(named)


async def test_a_tab_and_a_session_are_one_tab_and_with_another_session_it_is_another() -> None:
    tabs = []
    for cookie in (b"sid=ann", b"theme=dark; sid=ann", b"sid=eve", b""):
        _, endpoint = await visit(JOIN, scope=HANDSHAKE | {"headers": [(b"cookie", cookie)]})
        tabs.append(endpoint.scopes[0]["query_string"])
    assert tabs[0] == tabs[1]
    assert len(set(tabs)) == len((b"ann", b"eve", b"a guest"))


async def test_an_address_has_so_many_pages_open_and_no_more() -> None:
    endpoint = Endpoint()
    entrance = door(endpoint, pages=3)
    staying = [Stranger([JOIN], goes=False) for _ in range(3)]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one.visit(entrance)) for one in staying]
        await endpoint.until_heard(3)
        fourth = Stranger([JOIN])
        await fourth.visit(entrance)
        assert fourth.closed_with == 1008
        neighbour = Stranger([JOIN], HANDSHAKE | {"client": ("203.0.113.8", 1)})
        await neighbour.visit(entrance)
        assert neighbour.closed_with is None
        tasks[0].cancel()
        await asyncio.wait(tasks[:1])
        fifth = Stranger([JOIN])
        await fifth.visit(entrance)
        assert fifth.closed_with is None
        for task in tasks:
            task.cancel()


@pytest.mark.parametrize("limit", ["openings", "per_minute"])
async def test_an_address_that_comes_or_speaks_too_fast_is_turned_away_and_no_other(
    limit: str,
) -> None:
    """A turn a second: some at once, some who wait for theirs, and the others are refused."""
    endpoint = Endpoint()
    a_turn_a_second: dict[str, Any] = {limit: 60}
    entrance = door(endpoint, **a_turn_a_second)
    crowd = [Stranger([JOIN]) for _ in range(60)]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one.visit(entrance)) for one in crowd]
        await until(lambda: sum(task.done() for task in tasks) >= len(crowd) // 2)
        neighbour = Stranger([JOIN], HANDSHAKE | {"client": ("203.0.113.8", 1)})
        await neighbour.visit(entrance)
        assert neighbour.closed_with is None
        for task in tasks:
            task.cancel()
    refused = sum(one.closed_with == 1008 for one in crowd)
    assert refused >= len(crowd) // 4
    assert 4 <= len(endpoint.heard) - 1 <= len(crowd) - refused


async def test_who_never_joins_is_not_waited_for() -> None:
    stranger = Stranger([], goes=False)
    await asyncio.wait_for(stranger.visit(door(Endpoint(), join_s=0.05)), 10)
    assert stranger.closed_with == 1008


async def test_who_never_reads_is_not_waited_for() -> None:
    async def talk(_scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "websocket.disconnect":
            await send({"type": "websocket.send", "text": "x"})

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(_message: Message) -> None:
        await asyncio.Event().wait()

    await asyncio.wait_for(door(talk, send_s=0.05)(dict(HANDSHAKE), receive, send), 10)


async def test_ten_thousand_refusals_are_one_line_of_the_log() -> None:
    endpoint = Endpoint()
    entrance = door(endpoint)
    with structlog.testing.capture_logs() as logs:
        for _ in range(1000):
            await Stranger([JOIN, *[event("x")] * 10, "junk"]).visit(entrance)
    assert len(logs) == 1
    assert set(logs[0]) == {"event", "log_level", "latest", "count"}


LONG = (1, 8, 64)
HARD = ("eyJ", "́", "\u0301\u0323", "[", '\\"', "é", "a ", "+1", "²", "<", "\\u0301")


@pytest.mark.parametrize("part", HARD)
@pytest.mark.parametrize("make", [
    lambda text: event("page.search", {"text": text}),
    event,
    lambda text: event("page.rename", {"form": {"name": text}}),
    lambda text: event("page.rename", {"form": {text: "a"}}),
    lambda text: event("page.cancel", {}, {"pathname": "/" + text, "asPath": "/?q=" + text}),
    lambda text: event("page.cancel", {}, {"pathname": "/", "asPath": "/?" + text, "query": {text: text}}),
    lambda text: "42/_event," + text,
    lambda text: "42/_event,[" + text,
], ids=["argument", "name", "field", "field name", "address", "query", "frame", "nested"])  # fmt: skip
async def test_a_frame_takes_linear_time(part: str, make: Any) -> None:
    for kilobytes in LONG:
        frame = make(part * (kilobytes * 1024 // len(part)))
        began = time.thread_time()
        await visit(JOIN, frame)
        assert time.thread_time() - began < 0.5  # measured: 3 ms at most
