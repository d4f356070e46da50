"""Whatever a stranger writes before what our proxy adds, nobody else is believed to be the client.

Runs for ``FUZZ_SECONDS``, two without it.
"""

import os
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest

from api_routes.addresses import UNKNOWN, ClientAddresses
from jiema_app.domain.compliance.geo import UNREADABLE

SECONDS = float(os.environ.get("FUZZ_SECONDS", "2"))
SEED = 20_261_129

PROXY, CLIENT = "10.0.0.1", "203.0.113.7"
PIECES = ["for=", "For=", "by=", "proto=https", "host=", "1.2.3.4", "10.0.0.9", "[2001:db8::1]", "2001:db8::1",
          "::ffff:1.2.3.4", "unknown", "_hidden", "%eth0", ":80", ":", ";", ",", ", ", '"', "\\", '\\"', "=", " ",
          "\t", "[", "]", "²", "\x7f", "\0", "a", "0", "1" * 50, "[" * 20, '"' * 3, "\xff"]  # fmt: skip
ADDED = ["{}", "{}:51234", '"{}"', '"{}:80"', "[::ffff:{}]", '"[::FFFF:{}]:443"']


def dice() -> Iterator[random.Random]:
    until = time.monotonic() + SECONDS
    seed = SEED
    while time.monotonic() < until:
        for _ in range(50):
            seed += 1
            yield random.Random(seed)


def text(die: random.Random) -> str:
    return "".join(die.choice(PIECES) for _ in range(die.randrange(1, 24)))


def scope(headers: list[tuple[bytes, str]], peer: str = PROXY) -> Any:
    raw = [(name, value.encode("latin-1")) for name, value in headers]
    return {"type": "http", "client": (peer, 1), "headers": raw}


@pytest.mark.parametrize("only", [None, "x-forwarded-for", "forwarded"])
def test_what_a_stranger_writes_makes_nobody_else_of_them(only: str | None) -> None:
    addresses = ClientAddresses(("10.0.0.0/8",), only)
    seen = set()
    for die in dice():
        node = die.choice(ADDED).format(CLIENT)
        is_standard = only == "forwarded" or (only is None and die.random() < 0.5)
        name, added = (
            (b"forwarded", f"for={node};proto=https") if is_standard else (b"x-forwarded-for", node)
        )
        # A proxy appends to the last line, or adds a line.
        headers = [(name, text(die)) for _ in range(die.randrange(3))]
        if headers and die.random() < 0.5:
            headers[-1] = (name, f"{headers[-1][1]}, {added}")
        else:
            headers.append((name, added))
        other = b"x-forwarded-for" if is_standard else b"forwarded"
        for _ in range(die.randrange(3)):
            headers.insert(die.randrange(len(headers) + 1), (other, text(die)))
        found = addresses.of(scope(headers))
        assert found in {CLIENT, UNREADABLE}, headers
        if name == b"x-forwarded-for" and only is not None:
            assert found == CLIENT, headers
        seen.add(found)
    assert CLIENT in seen


def test_whatever_a_proxy_writes_is_an_address_or_unreadable() -> None:
    addresses = ClientAddresses(("10.0.0.0/8",))
    for die in dice():
        headers = [
            (die.choice([b"forwarded", b"x-forwarded-for"]), text(die))
            for _ in range(die.randrange(4))
        ]
        found = addresses.of(scope(headers))
        # What is found is in its usual form already: read again it is the same.
        again = addresses.of(scope([(b"x-forwarded-for", found)]))
        assert again == found
        assert found != UNKNOWN
        assert len(found) <= 45
