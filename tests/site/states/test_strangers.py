"""Strangers at every door of a running copy: it says nothing of theirs, and serves the others."""

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Message, RejectConnection, Request

from tests.support.live import LiveStack
from tests.support.polling import PATIENCE_S
from tests.support.tab import HYDRATE, event_body, open_tab

KEY = "jm_" + "Canary0Key" * 4
SESSION = "eyJCanary1Session.eyJCanary1Body.Canary1Sign"
PHONE = "+60125550199"
SMS = "canary2 your code is 481516"
INIT_DATA = "query_id=Canary3&hash=Canary3Hash"
WORDS = "canary4words"
SPOKEN = f"key={KEY} sid={SESSION} {PHONE} {SMS} {INIT_DATA} {WORDS}"
CANARIES = ("Canary0", "Canary1", "5550199", "canary2", "481516", "Canary3", "canary4")

SEARCH = "reflex___state____state.jiema_app___site___account___orders___state____orders_page.search"


class Wire:
    """A WebSocket that says anything."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self.is_open = False
        self.is_closed = False
        self.heard: list[str] = []

    def send(self, event: Any) -> None:
        self._writer.write(self._protocol.send(event))

    async def drain(self) -> None:
        """Wait until what was sent is on its way."""
        await self._writer.drain()

    async def until_answered(self) -> None:
        """Wait until the other side takes the connection, or will not."""
        async with asyncio.timeout(PATIENCE_S):
            while not (self.is_open or self.is_closed):
                await self._take()

    async def listen(self, seconds: float) -> None:
        """Take what comes for so long, or until the end."""
        try:
            async with asyncio.timeout(seconds):
                while not self.is_closed:
                    await self._take()
        except (TimeoutError, OSError):
            return

    async def _take(self) -> None:
        data = await self._reader.read(65_536)
        self._protocol.receive_data(data or None)
        for event in self._protocol.events():
            self.is_open |= isinstance(event, AcceptConnection)
            self.is_closed |= isinstance(event, (CloseConnection, RejectConnection))
            if isinstance(event, Message):
                self.heard.append(str(event.data))
        self.is_closed |= not data


@asynccontextmanager
async def wire(site: LiveStack, *, query: str = "", **headers: str) -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.web_ports[0])
    connection = Wire(reader, writer)
    target = query or f"/_event/?EIO=4&transport=websocket&token={uuid.uuid4()}"
    extra = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    connection.send(Request(f"127.0.0.1:{site.web_ports[0]}", target, extra_headers=extra))
    try:
        await connection.until_answered()
        yield connection
    finally:
        writer.close()


def frames() -> list[str | bytes]:
    """What no page sends, with secrets in it."""
    where = event_body(SEARCH, "/en/orders", {"text": SPOKEN})
    shapes: list[Any] = [
        SPOKEN, [SPOKEN], {SPOKEN: 1}, 7, None,
        {"name": SPOKEN}, {"name": SEARCH, "payload": SPOKEN}, {"name": SEARCH, "payload": {"text": [SPOKEN]}},
        where | {"payload": {"text": {"a": SPOKEN}}}, where | {"payload": {SPOKEN: "a"}},
        where | {"payload": {"text": SPOKEN + "\0"}}, where | {"payload": {"text": SPOKEN + "\ud800"}},
        where | {"router_data": SPOKEN}, where | {"router_data": {"pathname": "http://[" + SPOKEN, "asPath": "/"}},
        event_body(SEARCH, "/xx/orders", {"text": SPOKEN[:50]}),
        event_body("reflex___state____update_vars_internal_state.update_vars_internal", "/en", {"vars": {SPOKEN: 1}}),
        event_body(HYDRATE, "/en", {"vars": {SPOKEN: SPOKEN}}),
    ]  # fmt: skip
    events = [json.dumps(["event", shape]) for shape in shapes]
    return [
        *("42/_event," + text for text in events),
        "42/_event," + json.dumps(["client_error", {"message": SPOKEN, "error_type": SPOKEN}]),
        "42/_event," + json.dumps([SPOKEN]),
        "42/_event," + json.dumps(["event", "eyJ" * 30_000 + SPOKEN]),
        "43/_event,1" + json.dumps([SPOKEN]),
        '451-/_event,["event",{"_placeholder":true,"num":0}]',
        SPOKEN, SPOKEN.encode(), "4" + SPOKEN, "40/" + SPOKEN, "42[" + SPOKEN,
    ]  # fmt: skip


async def test_what_strangers_send_is_written_nowhere(site: LiveStack) -> None:
    boot = "40/_event," + json.dumps({"event": event_body(HYDRATE, "/en", {})})
    for frame in frames():
        async with wire(site, Cookie=f'sid={SESSION}; a="{SPOKEN}') as connection:
            assert connection.is_open
            connection.send(Message(boot))
            connection.send(Message(frame))
            await connection.listen(0.2)
    for query in (f"/_event/?{WORDS}", f"/_event/?EIO=4&transport=websocket&token={WORDS}"):
        async with wire(site, query=query, Origin="http://[") as connection:
            assert not connection.is_open
    # Each by itself: a connection whose last message was refused unread may be closed.
    alone = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=site.origin, timeout=PATIENCE_S, limits=alone) as client:
        for path in ("/en", f"/{WORDS}", f"/r/{WORDS}", "/api/v1/account", f"/api/v1/orders/{WORDS}",
                     f"/api/auth/google?next={WORDS}", f"/api/auth/telegram/callback?{INIT_DATA}",
                     f"/webhooks/supplier/{WORDS}", f"/en/order/{WORDS}?plain"):  # fmt: skip
            for name, value in (("Cookie", f'sid={SESSION}; a="{WORDS}'), ("Authorization", f"Bearer {KEY}"),
                                ("X-Junk", SPOKEN), ("X-Forwarded-For", WORDS), ("Origin", "http://[")):  # fmt: skip
                await client.get(path, headers={name: value})
                await client.post(path, headers={name: value}, content=SPOKEN.encode())
    said = site.webs[0].output
    assert [canary for canary in CANARIES if canary in said] == []
    assert "Traceback" not in said
    assert max(map(len, said.splitlines()), default=0) < 10_000


QUOTED = 'a="' + '\\"' * 16_000 + '"'
"""A cookie of 32 KB that the standard library read for seconds."""


@pytest.mark.parametrize(
    "path", ["/", "/en", "/nope", "/r/friend", "/api/auth/session", "/api/v1/account", "/_event/"]
)
async def test_a_cookie_of_32_kilobytes_is_read_by_nobody(site: LiveStack, path: str) -> None:
    async with httpx.AsyncClient(base_url=site.origin, timeout=PATIENCE_S) as client:
        answer = await client.get(path, headers={"Cookie": QUOTED})
    # The API says so in its own words.
    assert answer.status_code == (400 if path.startswith(("/api/", "/r/")) else 431)


def resident_mb(pid: int) -> float:
    """Memory of a process and of all that it started."""
    process = Path(f"/proc/{pid}")
    found = re.search(r"VmRSS:\s+(\d+) kB", (process / "status").read_text())
    children = (process / f"task/{pid}/children").read_text().split()
    return int(found[1] if found else 0) / 1024 + sum(resident_mb(int(one)) for one in children)


async def leave_much(site: LiveStack) -> None:
    """Be a page, say that one is at an address of nearly a megabyte, and go."""
    body = event_body(HYDRATE, "/en", {})
    body["router_data"] |= {"x": "y" * 940_000}
    async with wire(site) as connection:
        connection.send(
            Message("40/_event," + json.dumps({"event": event_body(HYDRATE, "/en", {})}))
        )
        with suppress(OSError):
            connection.send(Message("42/_event," + json.dumps(["event", body])))
            await connection.drain()
            await connection.listen(0.5)


async def test_what_many_strangers_say_of_where_they_are_is_not_kept(site: LiveStack) -> None:
    """Each a tab of its own; what each says was kept for an hour."""
    for _ in range(2):
        await asyncio.gather(*(leave_much(site) for _ in range(10)))
    before = resident_mb(site.webs[0].pid)
    for _ in range(8):
        await asyncio.gather(*(leave_much(site) for _ in range(10)))
    # Kept, it would be 80 x 0.94 MB.
    assert resident_mb(site.webs[0].pid) - before < 30


async def test_the_frame_that_froze_everybody_delays_nobody(site: LiveStack) -> None:
    async with wire(site) as connection, httpx.AsyncClient(base_url=site.origin) as client:
        connection.send(Message("40/_event,"))
        connection.send(Message('42/_event,["event","' + "eyJ" * 30_000 + '"]'))
        # It was 28 s.
        assert (await client.get("/healthz", timeout=5)).status_code == 200
        await connection.listen(PATIENCE_S)
        assert connection.is_closed


async def unread_refusals(site: LiveStack) -> float:
    """Connections that were cut off so far because of what nobody had read of them."""
    async with httpx.AsyncClient(base_url=site.origin) as client:
        figures = (await client.get("/metrics", timeout=PATIENCE_S)).text
    name = 'jiema_page_refusals_total{reason="unread"} '
    return sum(float(line[len(name) :]) for line in figures.splitlines() if line.startswith(name))


async def test_a_message_that_never_ends_is_cut_off_while_it_is_small(site: LiveStack) -> None:
    boot = "40/_event," + json.dumps({"event": event_body(HYDRATE, "/en", {})})
    sent, part = 0, b"x" * 65_536
    before = await unread_refusals(site)
    async with wire(site) as connection, open_tab(site.origin, "/en/orders") as tab:
        connection.send(Message(boot))
        # It would be put together until it has 64 MB.
        with suppress(OSError):
            async with asyncio.timeout(PATIENCE_S):
                while not connection.is_closed and sent < 48 * 1024 * 1024:
                    connection.send(Message(part, message_finished=False))
                    await connection.drain()
                    await connection.listen(0.02)
                    sent += len(part)
        assert sent < 48 * 1024 * 1024
        assert await unread_refusals(site) == before + 1
        # Whoever sends what pages send is not taken for one of those.
        await tab.until("orders_page", lambda state: state.get("phase") == "guest")
        assert tab.connection.connected


async def test_a_quarter_of_a_megabyte_is_not_kept_for_who_never_ends_it(site: LiveStack) -> None:
    async with wire(site) as connection:
        connection.send(Message("40/_event,"))
        for _ in range(4):
            connection.send(Message(b"x" * 65_536, message_finished=False))
        await connection.listen(PATIENCE_S)
        assert connection.is_closed


@pytest.mark.parametrize("path", ["/xx/orders", "/", "//", "/en/..", "/%00/x", "/en?self=1"])
async def test_an_odd_address_breaks_no_tab(site: LiveStack, path: str) -> None:
    boot = "40/_event," + json.dumps({"event": event_body(HYDRATE, path, {})})
    async with wire(site) as connection:
        connection.send(Message(boot))
        await connection.listen(1)
        assert path == "//" or not connection.is_closed
    assert "Traceback" not in site.webs[0].output


async def test_others_are_served_meanwhile(site: LiveStack) -> None:
    async with open_tab(site.origin, "/en/orders") as tab:
        page = await tab.until("orders_page", lambda state: state.get("phase") == "guest")
    assert page["phase"] == "guest"
