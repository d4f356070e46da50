"""What an outside party could put into any field of its JSON, and how to put it there.

Values are bytes, for much of it no Python value could be turned into.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

MARK: Final = "@@here@@"

Way = tuple[str | int, ...]
"""The steps to one place in a piece of JSON."""

TEXTS: Final[tuple[bytes, ...]] = (
    b'""',
    b'" "',
    b'"\\u0000"',
    b'"t\\u0000g"',
    b'"\\ud83d"',
    b'"\xff"',
    b'"\xe2\x80\xae"',
    '"²"'.encode(),
    '"١٢"'.encode(),
    b'"-1"',
    b'"+1"',
    b'"1_0"',
    b'"0x10"',
    b'"1e5"',
    b'"1e999999999"',
    b'"NaN"',
    b'"Infinity"',
    b'"2147483648"',
    b'"9223372036854775808"',
    b'"%s"' % (b"9" * 5000),
    b'"0.%s1"' % (b"0" * 5000),
    b'"2026-02-30 00:00:00"',
    b'"9999-12-31 23:59:59"',
    b'"0001-01-01T00:00:00+14:00"',
    b'"2026-11-29T00:00:00+99:99"',
    b'"%s"' % (b"x" * 300_000),
)
OTHERS: Final[tuple[bytes, ...]] = (
    b"null",
    b"true",
    b"false",
    b"0",
    b"-0.0",
    b"-1",
    b"0.5",
    b"1e-400",
    b"1e999",
    b"-1e999",
    b"NaN",
    b"-Infinity",
    b"2147483648",
    b"9223372036854775807",
    b"9223372036854775808",
    b"18446744073709551616",
    b"9" * 5000,
    b"-" + b"9" * 5000,
    b"1." + b"9" * 5000,
    b"[]",
    b"{}",
    b"[null]",
    b"[[1]]",
    b'{"id":1,"activationId":1,"status":"error"}',
    b"[" * 3000 + b"]" * 3000,
    b'{"a":' * 300 + b"1" + b"}" * 300,
)
VALUES: Final = TEXTS + OTHERS


def places(value: Any, way: Way = ()) -> Iterator[Way]:
    """Every place in a piece of JSON but the whole of it."""
    steps: Any = ()
    if isinstance(value, dict):
        steps = value.items()
    elif isinstance(value, list):
        steps = enumerate(value)
    for step, inside in steps:
        yield (*way, step)
        yield from places(inside, (*way, step))


def put(good: Any, way: Way, value: bytes) -> bytes:
    """A piece of JSON with something else at one place."""
    answer = deepcopy(good)
    inside = answer
    for step in way[:-1]:
        inside = inside[step]
    inside[way[-1]] = MARK
    return _written(answer, value)


def put_as_name(good: Any, way: Way, value: bytes) -> bytes:
    """A piece of JSON with one name of an object replaced; ``value`` is a text."""
    answer = deepcopy(good)
    inside = answer
    for step in way[:-1]:
        inside = inside[step]
    inside[MARK] = inside.pop(way[-1])
    return _written(answer, value)


def names(good: Any) -> Iterator[Way]:
    """Every place that has a name in an object."""
    return (way for way in places(good) if isinstance(way[-1], str))


def _written(answer: Any, value: bytes) -> bytes:
    return json.dumps(answer).encode().replace(b'"%s"' % MARK.encode(), value)
