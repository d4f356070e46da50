"""How lists of the indexer are asked for: options in either spelling, order, pages."""

import re
import struct
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import urlencode

import base58

from sandbox.tron.addresses import parse_address
from sandbox.tron.errors import quoted
from sandbox.tron.view import View

_DEFAULT_LIMIT, _MOST_ROWS = 20, 200
_LATEST: Final = 1 << 62
_HUMP: Final = re.compile("[A-Z]")
_NUMBER: Final = re.compile("[0-9]{1,18}")
_ORDER: Final = re.compile(r"(?:block_)?(?:timestamp|number),(asc|desc)")
_MARK: Final = struct.Struct(">QII")
_LONGEST_MARK: Final = 40


class BadOption(ValueError):
    """An option that the indexer refuses with status 400."""


class Row(Protocol):
    """Something with a place on the chain; lists of them are kept in its order."""

    @property
    def block(self) -> int:
        """Number of its block."""

    @property
    def nth(self) -> int:
        """Of its transaction in the block."""

    @property
    def position(self) -> int:
        """In its transaction."""

    @property
    def timestamp(self) -> int:
        """Of its block."""


RowT = TypeVar("RowT", bound=Row)
Place = tuple[int, int, int]


def _place(row: Row) -> Place:
    return row.block, row.nth, row.position


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one request, each under its name in snake case."""

    values: Mapping[str, str]
    url: str = ""
    """The address that was asked for, without its options: `links.next` begins with it."""

    @classmethod
    def read(cls, given: Mapping[str, str], url: str = "") -> "Options":
        """Take options in snake and camel case."""
        names = {_HUMP.sub(lambda hump: "_" + hump[0].lower(), name): name for name in given}
        return cls({snake: given[name] for snake, name in names.items()}, url)

    def next_url(self, mark: str) -> str:
        """The address of the page after one that ends at a mark."""
        return f"{self.url}?{urlencode({**self.values, 'fingerprint': mark})}"

    def flag(self, name: str) -> bool:
        """Whether a switch is on."""
        return self.values.get(name, "").lower() in {"true", "1"}

    def number(self, name: str, default: int) -> int:
        """Read a whole number.

        Raises:
            BadOption: It is none.
        """
        text = self.values.get(name, "")
        if not text:
            return default
        if not _NUMBER.fullmatch(text):
            raise BadOption(f"Invalid {name} provided: {quoted(text)}")
        return int(text)

    def time(self, name: str, default: int) -> int:
        """Read a time in milliseconds, by either of its two names.

        Raises:
            BadOption: It is none.
        """
        name = name if self.values.get(name) else name.replace("_", "_block_", 1)
        return default if self.values.get(name) == "now" else self.number(name, default)

    def address(self, name: str) -> str | None:
        """Read an address, if there is one.

        Raises:
            AddressError: It is none.
        """
        text = self.values.get(name)
        return parse_address(text) if text else None

    @property
    def limit(self) -> int:
        """Most rows of a page: 20 when nothing is said, and never more than 200."""
        return min(self.number("limit", 0) or _DEFAULT_LIMIT, _MOST_ROWS)

    @property
    def ascends(self) -> bool:
        """Whether the oldest come first.

        Raises:
            BadOption: An order that there is not.
        """
        text = self.values.get("order_by", "")
        order = _ORDER.fullmatch(text)
        if text and order is None:
            raise BadOption(f"Invalid order_by provided: {quoted(text)}")
        return order is not None and order[1] == "asc"

    @property
    def mark(self) -> Place | None:
        """Where the page before this one ended.

        Raises:
            BadOption: A fingerprint that no answer ever had.
        """
        text = self.values.get("fingerprint", "")
        if not text:
            return None
        try:
            data = base58.b58decode_check(text) if len(text) <= _LONGEST_MARK else b""
            block, index, position = _MARK.unpack(data)
        except (ValueError, struct.error):
            raise BadOption("Invalid fingerprint provided") from None
        return block, index, position

    def heights(self, view: View) -> tuple[int, int]:
        """Number of the oldest and of the newest block that is asked about.

        Raises:
            BadOption: Only what is confirmed, and only what is not.
        """
        sure, unsure = self.flag("only_confirmed"), self.flag("only_unconfirmed")
        if sure and unsure:
            raise BadOption("only_confirmed and only_unconfirmed exclude each other")
        lowest = view.solid_number + 1 if unsure else 0
        highest = view.top(solid=sure)
        if "block_number" in self.values:
            wanted = self.number("block_number", 0)
            lowest, highest = max(lowest, wanted), min(highest, wanted)
        return lowest, highest


def page(
    view: View,
    rows: Sequence[RowT],
    options: Options,
    spell: Callable[[RowT], dict[str, Any]],
    keeps: Callable[[RowT], bool] = lambda _: True,
) -> dict[str, Any]:
    """One page of rows.

    Args:
        view: Of which chain they are, and how much of it is known.
        rows: All of them, in the order of the chain.
        options: Which, in which order and from where.
        spell: Writes one.
        keeps: Whether it is one of those that are asked for.

    Raises:
        BadOption: An option makes no sense.
    """
    lowest, highest = options.heights(view)
    since, until = options.time("min_timestamp", 0), options.time("max_timestamp", _LATEST)
    # Times grow with the numbers of blocks, so each of these cuts off an end of the list.
    start = max(
        bisect_left(rows, lowest, key=lambda row: row.block),
        bisect_left(rows, since, key=lambda row: row.timestamp),
    )
    end = min(
        bisect_right(rows, highest, key=lambda row: row.block),
        bisect_right(rows, until, key=lambda row: row.timestamp),
    )
    order = _after_mark(rows, options, start, end)
    limit = options.limit
    found = list(islice((rows[at] for at in order if keeps(rows[at])), limit + 1))
    shown, more = found[:limit], len(found) > limit
    return answer(view, [spell(row) for row in shown], options, _place(shown[-1]) if more else None)


def _after_mark(rows: Sequence[Row], options: Options, start: int, end: int) -> Iterator[int]:
    mark = options.mark
    if options.ascends:
        if mark is not None:
            start = max(start, bisect_right(rows, mark, key=_place))
        return iter(range(start, end))
    if mark is not None:
        end = min(end, bisect_left(rows, mark, key=_place))
    return iter(range(end - 1, start - 1, -1))


def answer(
    view: View, rows: list[dict[str, Any]], options: Options, last: Place | None = None
) -> dict[str, Any]:
    """Wrap rows as the indexer does; `last` is the place of the last one when there are more."""
    meta: dict[str, Any] = {"at": view.now_ms(), "page_size": len(rows)}
    if last is not None:
        mark = base58.b58encode_check(_MARK.pack(*last)).decode()
        meta["fingerprint"] = mark
        meta["links"] = {"next": options.next_url(mark)}
    return {"data": rows, "success": True, "meta": meta}
