"""What reaches the server as bytes that no decent client sends."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest

from jiema_app.settings import SANDBOX_WEBHOOK_PATH
from tests.api.conftest import BODY_TIMEOUT_S
from tests.support.live import LiveStack
from tests.support.polling import PATIENCE_S
from tests.support.shop import Customer

BODY_MAX = 64 * 1024


@pytest.fixture
async def ann(live: LiveStack) -> AsyncIterator[Customer]:
    """A customer of a server that is well, and blames nobody, after each test."""
    written = len(live.webs[0].output)
    yield await live.customer()
    async with live.client() as api:
        assert (await api.get("/healthz")).status_code == 200
    for word in ("Traceback", "unhandled", "panicked"):
        assert word not in live.webs[0].output[written:]


async def exchange(
    live: LiveStack, parts: Iterable[bytes], *, pause_s: float = 0
) -> tuple[int, dict[str, str], Any]:
    """Send raw bytes; read what comes back. Status 0: the connection was closed unanswered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", live.web_ports[0])
    try:
        for part in parts:
            try:
                writer.write(part)
                await writer.drain()
            except ConnectionError:
                break  # it has said what it had to say
            await asyncio.sleep(pause_s)
        return await asyncio.wait_for(_answer(reader), PATIENCE_S)
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], Any]:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = head.split("\r\n")
        pairs = (line.split(": ", 1) for line in lines[1:] if line)
        headers = {name.lower(): value for name, value in pairs}
        if lines[0].split()[1] == "100":
            return await _answer(reader)
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    except (asyncio.IncompleteReadError, ConnectionError):
        return 0, {}, None
    is_json = headers.get("content-type") == "application/json"
    return int(lines[0].split()[1]), headers, json.loads(body) if is_json else body


def head(method: str, target: str | bytes, ann: Customer | None = None, *more: str) -> bytes:
    raw = target.encode() if isinstance(target, str) else target
    lines = ["Host: shop.test", *more]
    if ann is not None:
        lines.append(f"Authorization: Bearer {ann.token}")
    return method.encode() + b" " + raw + b" HTTP/1.1\r\n" + "\r\n".join([*lines, "", ""]).encode()


def chunked(body: bytes, size: int = 16 * 1024) -> Iterable[bytes]:
    for start in range(0, len(body), size):
        part = body[start : start + size]
        yield b"%x\r\n%b\r\n" % (len(part), part)
    yield b"0\r\n\r\n"


@pytest.mark.parametrize("target", ["/api/v1/orders", "/webhooks/supplier/x", "/healthz", "/x"])
async def test_ten_megabytes_that_are_announced_are_refused_unread(
    live: LiveStack, ann: Customer, target: str
) -> None:
    start = head("POST", target, ann, f"Content-Length: {10 * 1024 * 1024}")
    status, headers, body = await exchange(live, [start])
    assert (status, body["code"]) == (400, "BAD_REQUEST")
    assert body["message"] == f"The body is larger than {BODY_MAX} bytes."
    assert headers["connection"] == "close"


async def test_ten_megabytes_in_chunks_are_refused_on_the_way(
    live: LiveStack, ann: Customer
) -> None:
    for target in ("/api/v1/orders", f"/webhooks/supplier/{SANDBOX_WEBHOOK_PATH}"):
        start = head("POST", target, ann, "Transfer-Encoding: chunked")
        parts = [start, *chunked(b" " * 10 * 1024 * 1024)]
        status, _, body = await exchange(live, parts)
        # The kernel may drop our copy of the answer when we go on sending.
        assert status in {0, 400}
        if status:
            assert body["message"] == f"The body is larger than {BODY_MAX} bytes."


async def test_one_byte_too_many_in_chunks_is_refused_and_one_less_is_not(
    live: LiveStack, ann: Customer
) -> None:
    wish = b'{"service": "tg", "country": 7}'
    for length, code in ((BODY_MAX, None), (BODY_MAX + 1, "BAD_REQUEST")):
        start = head("POST", "/api/v1/orders", ann, "Transfer-Encoding: chunked")
        parts = b"".join([start, *chunked(wish.ljust(length))])
        status, _, body = await exchange(live, [parts])
        assert (status, body.get("code")) == (400 if code else 200, code)


async def test_a_body_that_never_ends_is_given_up(live: LiveStack, ann: Customer) -> None:
    start = head("POST", "/api/v1/orders", ann, "Content-Length: 31")
    unfinished = ([start], [start, b'{"service"'], [start, b"{", b'"', b"s", b"e", b"r", b"v"])
    for status, headers, body in await asyncio.gather(
        *(exchange(live, parts, pause_s=0.05) for parts in unfinished)
    ):
        assert (status, body["code"]) == (400, "BAD_REQUEST")
        assert body["message"] == f"The body was not complete within {BODY_TIMEOUT_S} seconds."
        assert headers["connection"] == "close"


async def test_a_body_whose_chunks_make_no_sense_is_refused(live: LiveStack, ann: Customer) -> None:
    start = head("POST", "/api/v1/orders", ann, "Transfer-Encoding: chunked")
    for nonsense in (b"{", b"zz\r\n", b"-1\r\n", b"ffffffffffffffffff\r\n", b"1\r\nabc\r\n"):
        status, headers, body = await exchange(live, [start, nonsense])
        assert (status, body["code"]) == (400, "BAD_REQUEST"), nonsense
        assert headers["connection"] == "close"


async def test_who_leaves_in_the_middle_of_a_body_is_no_bug(live: LiveStack, ann: Customer) -> None:
    for _ in range(20):
        _, writer = await asyncio.open_connection("127.0.0.1", live.web_ports[0])
        writer.write(head("POST", "/api/v1/orders", ann, "Content-Length: 31") + b'{"ser')
        await writer.drain()
        writer.close()
    # Longer than a body may take, so that whatever waits for one has ended.
    await asyncio.sleep(BODY_TIMEOUT_S + 0.5)


@pytest.mark.parametrize(
    "more",
    [
        ["Content-Length: 31", "Content-Length: 32"],
        ["Content-Length: 31", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
        ["Content-Length: -1"],
        ["Content-Length: 1e3"],
        ["Content-Length: " + "9" * 5_000],
        ["Content-Length: 18446744073709551616"],
        ["Content-Length : 31"],
        ["X-Odd: a\x00b"],
        [": nothing"],
        ["X-Folded: a", " b"],
        ["X" * 200_000 + ": a"],
        ["X-Long: " + "a" * 2_000_000],
        [f"X-{number}: a" for number in range(5_000)],
        ["Expect: 100-continue", "Content-Length: 31"],
        ["Expect: nonsense"],
        ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="],
        ["Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABk"],
    ],
    ids=lambda more: more[0][:32].replace("\0", "NUL"),
)  # fmt: skip
async def test_odd_headers_are_refused_or_passed_over_but_never_a_crash(
    live: LiveStack, ann: Customer, more: list[str]
) -> None:
    # One byte of a body, so that a smuggled second request would have somewhere to hide.
    status, _, _ = await exchange(live, [head("POST", "/api/v1/orders", ann, *more), b"{"])
    assert status in {0, 400, 403, 413, 417, 431, 501}


@pytest.mark.parametrize(
    "target",
    [
        b"/api/v1/orders/\xff\xfe",
        b"/api/v1/orders/\x00",
        b"/api/v1/orders/%00",
        b"/api/v1/orders/%zz",
        b"/api/v1/orders/%",
        b"/api/v1/orders/%ff%fe%c0%80",
        b"/api/v1/orders/%ed%a0%80",
        b"/api/v1/orders/..%2f..%2fetc%2fpasswd",
        b"/api/v1/orders/" + b"c" * 60_000,
        b"/api/v1/orders/" + b"c" * 200_000,
        b"/api/v1/prices?service=" + b"t" * 60_000,
        b"/api/v1/prices?service=" + b"t" * 300_000,
        b"/api/v1/prices?" + b"service=tg&" * 5_000,
        b"/api/v1/prices?service=%ff%00%ed%a0%80",
        b"/api/v1/orders?cursor=\xff",
        b"/api/v1/orders?status=%E2%98%83&limit=%F0%9F%98%80",
        b"/api/v1/account/../account",
        b"//api/v1/account",
        b"/api//v1/account",
        b"/api/v1",
        b"/api/v1/",
        b"/api/v1x/account",
        b"/API/V1/account",
        b"/api/v2/account",
        b"/api/v1/orders/",
        b"/api%2fv1/nowhere",
        b"http://elsewhere.test/api/v1/nowhere",
        b"*",
        b"api/v1/account",
        b"",
    ],
    ids=lambda target: repr(target[:40]),
)
async def test_odd_addresses_are_refused_but_never_a_crash(
    live: LiveStack, ann: Customer, target: bytes
) -> None:
    for key in (ann, None):
        status, _, body = await exchange(live, [head("GET", target, key)])
        assert status == 0 or 400 <= status < 500 or b"service=tg" in target, (status, body)
        if isinstance(body, dict) and not body["ok"]:
            assert set(body) == {"ok", "code", "message", "requestId"}


@pytest.mark.parametrize(
    "method", ["DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "X" * 99]
)
async def test_other_methods_are_refused_with_those_that_work(
    live: LiveStack, ann: Customer, method: str
) -> None:
    for target, allowed in (
        ("/api/v1/orders", "GET, HEAD, POST"),
        ("/api/v1/account", "GET, HEAD"),
        ("/api/v1/orders/c/cancel", "POST"),
        ("/healthz", "GET, HEAD"),
        (f"/webhooks/supplier/{SANDBOX_WEBHOOK_PATH}", "POST"),
    ):
        status, headers, body = await exchange(live, [head(method, target, ann)])
        if status in {0, 400} and method in {"CONNECT", "get", "X" * 99}:
            continue  # the server's own refusal
        assert (status, body["code"], headers["allow"]) == (405, "BAD_REQUEST", allowed)


async def test_requests_may_follow_each_other_on_one_connection(
    live: LiveStack, ann: Customer
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", live.web_ports[0])
    wrong = head("POST", "/api/v1/orders", ann, "Content-Length: 1") + b"{"
    right = head("GET", "/api/v1/account", ann)
    writer.write(wrong + right + wrong + right)
    statuses = [(await _answer(reader))[0] for _ in range(4)]
    writer.close()
    assert statuses == [400, 200, 400, 200]


async def test_the_oldest_http_is_answered_too(live: LiveStack, ann: Customer) -> None:
    request = f"GET /api/v1/account HTTP/1.0\r\nX-API-Key: {ann.token}\r\n\r\n".encode()
    status, _, body = await exchange(live, [request])
    assert (status, body["data"]["id"]) == (200, ann.id)


@pytest.mark.slow
@pytest.mark.parametrize(
    "said",
    [b"", b"PRI * HT", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4" + b"\0" * 5, b"GET / HT"],
)
async def test_who_says_nothing_is_not_waited_for_forever(live: LiveStack, said: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", live.web_ports[0])
    writer.write(said)
    # A thousand of them keep everybody else out.
    async with asyncio.timeout(60):
        await reader.read()
    writer.close()
