"""Addresses that may not be paid, by a dated list that an operator puts in place.

The list is a file: one address a line, or a JSON list of them, as github.com/0xB10C/
ofac-sanctioned-digital-currency-addresses publishes what OFAC's SDN list names. Nothing is
fetched. Such files may hold addresses of other chains: those of this chain are kept.
"""

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from jiema_app.domain.chain.addresses import ADDRESS_LENGTH, is_address
from jiema_app.domain.outside_numbers import whole_number

FILE_MAX_BYTES: Final = 4 * 1024 * 1024
"""A hundred thousand addresses. The published lists have some hundreds."""

_DATE: Final = re.compile(r"(?<!\d)(20\d\d)-(\d\d)-(\d\d)(?!\d)")
_FIELD_MAX: Final = 9999
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


class BadAddressList(Exception):
    """The file is not there, or is no list of addresses of this chain.

    Says why as the rest of a sentence: ``cannot be read: …``, ``is no JSON list of texts``.
    """


@dataclass(frozen=True, slots=True)
class SanctionedAddresses:
    """Addresses of this chain that may not be paid.

    Attributes:
        addresses: Base58check.
        dated: Of when the list is: a date in its file's name (``ofac-2026-11-20.txt``), otherwise
            when the file was last written.
        odd: Entries that look like an address of this chain and are none.
    """

    addresses: frozenset[str] = field(repr=False)
    dated: datetime
    odd: int = 0

    def __contains__(self, address: object) -> bool:
        return address in self.addresses

    def __len__(self) -> int:
        return len(self.addresses)


def read_sanctioned_addresses(path: Path) -> SanctionedAddresses:
    """Read the list of a file. Takes milliseconds, so it can be read anew each time.

    Raises:
        BadAddressList: It cannot be read, is too large, or names no address of this chain.
    """
    try:
        with path.open("rb") as file:
            written_s = path.stat().st_mtime
            content = file.read(FILE_MAX_BYTES + 1)
    except OSError as error:
        raise BadAddressList(f"cannot be read: {error.strerror or 'unknown'}") from None
    if len(content) > FILE_MAX_BYTES:
        raise BadAddressList(f"has more than {FILE_MAX_BYTES} bytes")
    text = content.decode(errors="replace").removeprefix("\ufeff").strip()
    entries = [one for one in _entries(text) if one[:1] == "T" and len(one) == ADDRESS_LENGTH]
    addresses = frozenset(filter(is_address, entries))
    if not addresses:
        raise BadAddressList("names no address of this chain")
    dated = _date_in(path.name) or _BEGINNING + timedelta(seconds=written_s)
    return SanctionedAddresses(addresses, dated, len(entries) - sum(map(is_address, entries)))


def find_sanctioned_addresses(path: Path | None) -> SanctionedAddresses | None:
    """The list of a file; None where none is configured.

    Raises:
        BadAddressList: One is configured and cannot be used.
    """
    return None if path is None else read_sanctioned_addresses(path)


def _entries(text: str) -> Iterable[str]:
    """What a list names, of whatever chain.

    Raises:
        BadAddressList: It begins like JSON and is no list of texts.
    """
    if not text.startswith(("[", "{")):
        # Another column, or a remark, may follow an address.
        return [line.split()[0].rstrip(",;") for line in text.splitlines() if line.strip()]
    found: Any = None
    with suppress(ValueError, RecursionError):
        found = json.loads(text)
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise BadAddressList("is no JSON list of texts")
    return [one.strip() for one in found]


def _date_in(name: str) -> datetime | None:
    """The last date in a file's name; None when there is none, or no such day."""
    found = _DATE.findall(name)
    if not found:
        return None
    year, month, day = (whole_number(one, at_most=_FIELD_MAX) or 0 for one in found[-1])
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
