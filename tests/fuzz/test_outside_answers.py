"""Any JSON in any field of any answer of a supplier or a node, for as long as it is let.

``FUZZ_SECONDS`` says how long each of these tests goes on, 2 by default.
"""

import asyncio
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Final

import httpx

from jiema_app.domain.chain.port import ChainIncomplete
from jiema_app.domain.orders.supplier import (
    NumbersExhausted,
    OutcomeUnknown,
    PurchaseRefused,
    SupplierError,
    SupplierUnavailable,
)
from jiema_app.integrations import outside
from jiema_app.integrations.tron.answers import read_block, read_blocks, read_transfers, read_units
from jiema_app.integrations.tron.fresh import read_fresh
from tests.services.supplier_peers import order, scripted
from tests.services.test_supplier_nonsense import BOUGHT, DIALECTS, SHAPES, ensure_number
from tests.support import hostile
from tests.unit.test_tron_nonsense import BLOCK, RECEIPTS, UNITS, USDT, USDT_HEX, listed

SECONDS: Final = float(os.environ.get("FUZZ_SECONDS", "2"))
CASE_MAX_S: Final = 5.0
"""Twenty times what the worst of them takes here."""


def cases(seed: int) -> Iterator[random.Random]:
    """A source of chance for each case, known by its number; until the time is over."""
    deadline = time.monotonic() + SECONDS
    number = 0
    while time.monotonic() < deadline:
        began = time.monotonic()
        yield random.Random(f"{seed}-{number}")
        assert time.monotonic() - began < CASE_MAX_S, number
        number += 1


def any_value(chance: random.Random, depth: int = 0) -> bytes:
    """Some JSON, or what is nearly some."""
    kind = chance.randrange(8 if depth < 4 else 5)
    match kind:
        case 0 | 1:
            return chance.choice(hostile.VALUES)
        case 2:
            return str(chance.randrange(-(10 ** chance.randrange(1, 30)), 10**30)).encode()
        case 3:
            alphabet = '0123456789.,:-+eE_ TZxé²\u0661\0\ud83d\\"ACCESS_NUMBERok'
            letters = chance.choices(alphabet, k=chance.randrange(40))
            return json.dumps("".join(letters)).encode()
        case 4:
            return repr(chance.uniform(-1, 1) * 10.0 ** chance.randrange(-300, 300)).encode()
        case 5 | 6:
            inside = [any_value(chance, depth + 1) for _ in range(chance.randrange(4))]
            return b"[%s]" % b",".join(inside)
        case _:
            names = chance.choices(["id", "data", "status", "code", "map", "rows", "log"], k=3)
            pairs = (b'"%s":%s' % (n.encode(), any_value(chance, depth + 1)) for n in names)
            return b"{%s}" % b",".join(pairs)


def spoilt(chance: random.Random, good: Any) -> bytes:
    """A good answer with something else in one place, or with some of its bytes changed."""
    ways = list(hostile.places(good))
    body = hostile.put(good, chance.choice(ways), any_value(chance))
    if chance.random() < 0.2:
        at = chance.randrange(len(body))
        body = body[:at] + chance.randbytes(chance.randrange(3)) + body[at + chance.randrange(9) :]
    return body


def test_a_supplier_may_answer_anything() -> None:
    made = [
        (shape, *scripted(shape[0], dict(shape[2]), breaker_failures=10**8)) for shape in SHAPES
    ]

    async def go() -> None:
        for chance in cases(1):
            (_, ask, _, action, good, _), supplier, script = chance.choice(made)
            script.answers[action] = spoilt(chance, good)
            script.asked.clear()
            with suppress(SupplierError):
                await ask(supplier)

    asyncio.run(go())


def test_a_purchase_may_be_answered_by_anything() -> None:
    made = [scripted(dialect, breaker_failures=10**8) for dialect in DIALECTS]

    async def go() -> None:
        for chance in cases(2):
            supplier, script = chance.choice(made)
            script.asked.clear()
            body = spoilt(chance, BOUGHT)
            status = chance.choice([200, 200, 200, 201, 204, 302, 400, 409, 429, 500])
            header = any_value(chance)[:200].replace(b"\n", b"").replace(b"\0", b"")
            supplier.gateway.pacer._hold_until = float("-inf")
            script.answers["getNumberV2"] = httpx.Response(
                status, content=body, headers=[(b"retry-after", header)]
            )
            try:
                ensure_number(await supplier.buy_number(order()))
            except (NumbersExhausted, PurchaseRefused, SupplierUnavailable, OutcomeUnknown):
                continue

    asyncio.run(go())


def test_a_node_may_answer_anything() -> None:
    readers: list[tuple[Any, Callable[[Any], Any]]] = [
        (BLOCK, lambda answer: read_block(answer, 7)),
        ({"block": [BLOCK]}, lambda answer: read_blocks(answer, 7, 20)),
        (RECEIPTS, lambda answer: read_transfers(listed(), answer, USDT)),
        (UNITS, read_units),
        (BLOCK, lambda answer: read_fresh(answer, None, USDT_HEX)),
        ({"block": [BLOCK]}, lambda answer: read_fresh(answer, 6, USDT_HEX)),
    ]
    for chance in cases(3):
        good, read = chance.choice(readers)
        with suppress(ChainIncomplete, outside.NotJson):
            read(outside.read_json(spoilt(chance, good)))


def test_no_payment_is_lost_to_one_odd_value() -> None:
    """Of a block with one payment in it: it is read as it was, or the block is not."""
    (payment,) = read_transfers(listed(), RECEIPTS, USDT)
    # What may be another payment, for these fields say who pays whom, how much, in which token.
    said = {("address",), ("topics", 1), ("topics", 2), ("data",)}
    allowed = {(0, "log", 0, *way) for way in said}
    # No log at all is what a receipt without one looks like; another event is no transfer.
    silent = {(0, "log"), (0, "log", 0, "topics", 0)}
    ways = list(hostile.places(RECEIPTS))
    for chance in cases(4):
        way = chance.choice(ways)
        body = hostile.put(RECEIPTS, way, any_value(chance))
        try:
            found = read_transfers(listed(), outside.read_json(body), USDT)
        except (ChainIncomplete, outside.NotJson):
            continue
        if way in allowed or any(way[: len(one)] == one for one in silent):
            continue
        assert list(found) == [payment] or is_plain_failure(body), (way, body)


def is_plain_failure(body: bytes) -> bool:
    return json.loads(body)[0]["receipt"].get("result") in {"REVERT", "OUT_OF_ENERGY", "UNKNOWN"}


def test_any_bytes_are_read_or_refused() -> None:
    for chance in cases(5):
        body = any_value(chance) + chance.randbytes(chance.randrange(20))
        if chance.random() < 0.3:
            body = chance.choice([b'"\\', b"[", b'{"a":', b'\\"', b"1"]) * chance.randrange(20_000)
        with suppress(outside.NotJson):
            outside.read_json_leniently(body)
        outside.delay_s(body[:100].decode("latin-1"))
