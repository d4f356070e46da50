"""How one node is asked: its pace, how long it is left alone, and what is never told of it."""

import logging
import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
import structlog

from jiema_app.domain.chain.port import (
    ChainError,
    ChainUnavailable,
)
from jiema_app.integrations.pacing import Pacer
from jiema_app.integrations.tron.backoff import Backoff
from jiema_app.integrations.tron.metrics import REQUESTS
from jiema_app.integrations.tron.node import Node
from jiema_app.integrations.tron.nodes import Nodes
from jiema_app.integrations.tron.source import TronChain
from jiema_app.settings.recharges import SANDBOX_GENESIS
from tests.services.supplier_peers import FakeTime
from tests.services.tron_peers import OURS, USDT, Script, node_peer, secret_headers
from tests.support.polling import PATIENCE_S

SECRET = "5e1f0c3a-canary-key"


def scripted(
    script: Script, time: FakeTime | None = None, url: str = "https://h.example/TOKEN", **how: Any
) -> TronChain:
    """Our reader of a scripted node, on a clock that only sleeping moves."""
    time = time or FakeTime()
    node = Node.connect(
        "first",
        url,
        how.get("headers", {}),
        timeout_s=PATIENCE_S,
        requests_per_second=how.get("per_second", 0),
        transport=script,
    )
    node = replace(
        node,
        backoff=Backoff(time.clock, jitter=lambda: 0.0),
        pacer=Pacer(how.get("per_second", 0), clock=time.clock, sleep=time.sleep),
    )
    nodes = Nodes([node], SANDBOX_GENESIS)
    nodes._states["first"].is_right = True
    return TronChain(nodes, USDT)


REFUSED = httpx.Response(
    403,
    json={"Error": "The key exceeds the frequency limit(30), … is suspended for 30s"},
)


@pytest.mark.parametrize(
    ("answer", "held_s"),
    [
        (REFUSED, 30),
        (httpx.Response(200, content=REFUSED.content), 30),
        (httpx.Response(429, headers={"Retry-After": "12"}), 12),
        (httpx.Response(429), 0.5),
        (httpx.Response(403, json={"Error": "no such key"}), 0.5),
    ],
    ids=["403 suspended", "200 suspended", "429 retry-after", "429", "403"],
)
async def test_a_node_that_refuses_is_left_alone(answer: httpx.Response, held_s: float) -> None:
    script, time = Script({"getnowblock": answer}), FakeTime()
    chain = scripted(script, time)

    for _ in range(5):
        with pytest.raises(ChainUnavailable):
            await chain.read_final_head()
    assert len(script.requests) == 1

    time.now += held_s - 0.1
    with pytest.raises(ChainUnavailable, match="left alone"):
        await chain.read_final_head()
    assert len(script.requests) == 1

    time.now += 0.2
    with pytest.raises(ChainUnavailable):
        await chain.read_final_head()
    assert len(script.requests) == 2


@pytest.mark.parametrize(
    "header",
    ["Sun Nov 29 00:30:00 1994", "-1", "nan", "inf", "9" * 5000, "\u0661\u0662", "0", "", "10, 20"],
    ids=lambda header: header[:20],
)
async def test_a_refusal_whose_pause_cannot_be_read_is_one_all_the_same(header: str) -> None:
    answer = httpx.Response(429, headers=[(b"retry-after", header.encode())])
    script, time = Script({"getnowblock": answer}), FakeTime()
    chain = scripted(script, time)
    pauses: list[float] = []

    for _ in range(6):
        with pytest.raises(ChainUnavailable):
            await chain.read_final_head()
        pauses.append(chain.nodes.nodes[0].backoff.held_s)
        time.now += pauses[-1]

    assert pauses == [0.5, 1, 2, 4, 8, 16]


async def test_a_date_says_how_long_a_node_is_left_alone() -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    answer = httpx.Response(429, headers={"Retry-After": until})
    chain = scripted(Script({"getnowblock": answer}), FakeTime())

    with pytest.raises(ChainUnavailable):
        await chain.read_final_head()

    assert 30 < chain.nodes.nodes[0].backoff.held_s <= 66


@pytest.mark.parametrize(
    "answer",
    [b"[" * 100_000, b'{"a":' * 5000 + b"1" + b"}" * 5000, b'{"a":NaN}', b"1" * 5000,
     b'{"a":%s}' % (b"1" * 5000), b'"\\ud83d"', "{}".encode("utf-16"), ZeroDivisionError()],
    ids=lambda answer: repr(answer)[:20],
)  # fmt: skip
async def test_nonsense_of_a_node_is_no_answer(answer: Any) -> None:
    chain = scripted(Script({"getnowblock": answer}), FakeTime())

    with pytest.raises(ChainUnavailable):
        await chain.read_final_head()


@pytest.mark.parametrize("answer", [httpx.Response(500), httpx.ReadTimeout("silent"), b"{"])
async def test_a_node_that_fails_is_left_alone_longer_each_time(answer: Any) -> None:
    script, time = Script({"getnowblock": answer}), FakeTime()
    chain = scripted(script, time)
    pauses: list[float] = []

    for _ in range(10):
        with pytest.raises(ChainUnavailable):
            await chain.read_final_head()
        pauses.append(chain.nodes.nodes[0].backoff.held_s)
        time.now += pauses[-1]

    assert len(script.requests) == 10
    assert pauses == [0, 0.25, 0.5, 1, 2, 4, 8, 16, 30, 30]


async def test_an_answer_ends_the_waiting() -> None:
    script, time = Script({"getnowblock": httpx.Response(500)}), FakeTime()
    chain = scripted(script, time)
    for _ in range(6):
        with pytest.raises(ChainUnavailable):
            await chain.read_final_head()
        time.now += chain.nodes.nodes[0].backoff.held_s
    script.answers = {"balance": {}, "getblockbylimitnext": {}}

    await chain.read_fresh_blocks(7)
    script.answers = {"getnowblock": httpx.Response(500)}
    with pytest.raises(ChainUnavailable):
        await chain.read_final_head()

    assert chain.nodes.nodes[0].backoff.held_s == 0


async def test_the_pace_is_kept() -> None:
    script, time = Script({"getblockbylimitnext": {}}), FakeTime()
    chain = scripted(script, time, per_second=8)
    began = time.now

    for _ in range(81):
        await chain.read_fresh_blocks(7)

    assert 9.8 <= time.now - began <= 10.2


async def test_the_path_of_the_base_address_is_kept() -> None:
    for url in ("https://h.example/TOKEN", "https://h.example/TOKEN/"):
        script = Script({"getblockbylimitnext": {}})
        await scripted(script, url=url).read_fresh_blocks(7)
        assert script.paths == ["/TOKEN/wallet/getblockbylimitnext"]


async def test_every_request_carries_the_headers() -> None:
    async with node_peer() as peer:
        script = Script({"getblockbylimitnext": {}})
        chain = scripted(script, headers={"TRON-PRO-API-KEY": SECRET})
        await chain.read_fresh_blocks(7)
        assert script.requests[0].headers["tron-pro-api-key"] == SECRET
        assert peer.chain.genesis_id == SANDBOX_GENESIS


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(403, json={"Error": f"The key {SECRET} is unknown"}),
        httpx.Response(200, json={"Error": f"class x : {SECRET}"}),
        httpx.Response(500, text=SECRET),
        httpx.Response(302, headers={"Location": f"https://elsewhere.example/{SECRET}"}),
        httpx.ConnectError(f"cannot connect to https://h.example/{SECRET}"),
        httpx.ReadTimeout(SECRET),
        httpx.LocalProtocolError(f"Illegal header value b'{SECRET}'"),
        httpx.DecodingError(SECRET),
        {"blockID": SECRET, "block_header": {"raw_data": {"parentHash": SECRET}}},
        [SECRET],
        SECRET.encode(),
    ],
    ids=repr,
)
async def test_no_key_is_told(answer: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    script = Script({"": answer})
    chain = scripted(
        script, headers={"TRON-PRO-API-KEY": SECRET}, url=f"https://h.example/{SECRET}"
    )
    told = [repr(chain), str(chain.nodes)]

    with structlog.testing.capture_logs() as logged:
        for call in (
            chain.read_final_head(),
            chain.read_final_block(1),
            chain.read_final_blocks(1, 5),
            chain.read_fresh_blocks(1),
            chain.read_balances([OURS]),
            chain.ensure_right_chain(),
        ):
            with pytest.raises(ChainError) as raised:
                await call
            told += [repr(raised.value), *traceback.format_exception(raised.value)]

    assert SECRET not in "".join([*told, repr(logged), caplog.text])


async def test_a_header_that_cannot_be_sent_is_not_shown() -> None:
    with pytest.raises(ValueError) as raised:
        async with node_peer(node_headers=secret_headers(key=f"{SECRET}é")):
            pass
    assert SECRET not in "".join(traceback.format_exception(raised.value))

    chain = scripted(Script({}), headers={"key": f"{SECRET}\nx"})
    chain = replace(chain, nodes=Nodes([live_node(f"{SECRET}\nx")], SANDBOX_GENESIS))
    with pytest.raises(ChainUnavailable) as refused:
        await chain.read_final_head()
    assert SECRET not in "".join(traceback.format_exception(refused.value))
    await chain.aclose()


def live_node(key: str) -> Node:
    """A node at a port where nobody listens."""
    return Node.connect(
        "first", "http://127.0.0.1:9", {"key": key}, timeout_s=1, requests_per_second=0
    )


async def test_live_requests_are_not_logged_with_their_key(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    chain = TronChain(Nodes([live_node(SECRET)], SANDBOX_GENESIS), USDT)

    with pytest.raises(ChainUnavailable):
        await chain.read_final_head()
    await chain.aclose()

    assert SECRET not in caplog.text


async def test_requests_are_counted_by_outcome() -> None:
    def count(outcome: str) -> float:
        return float(REQUESTS.labels("first", "walletsolidity/getnowblock", outcome)._value.get())

    before = {name: count(name) for name in ("turned_away", "held_back")}
    chain = scripted(Script({"getnowblock": REFUSED}))
    for _ in range(3):
        with pytest.raises(ChainUnavailable):
            await chain.read_final_head()

    assert count("turned_away") - before["turned_away"] == 1
    assert count("held_back") - before["held_back"] == 2
