"""The lines of the journal: one for each signature, each tied to all before it.

A line is ``{"hash":"…","entry":{…}}``. The hash is SHA-256 of the hash before it and of the
bytes of the entry, so that no line can be changed, left out or put in without everything
behind it becoming wrong. That lines are missing at the end can be seen from outside alone:
whoever wrote down a position finds that the journal does not have it.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, BinaryIO, Final, NamedTuple

import orjson

from jiema_app.integrations.tron.addresses import is_address
from signer.encoder import INT64_MAX
from signer.errors import JournalTrouble
from signer.kinds import ASSET_OF, Asset, Kind

LINE_MAX: Final = 16_384
"""Bytes of a line. None is written that is longer."""
SIGNED_JSON_MAX: Final = 8_192
ATTEMPT_MAX: Final = 10_000

_HASH_HEX: Final = 64
_BEFORE: Final = b'{"hash":"'
_BETWEEN: Final = b'","entry":'
_AFTER: Final = b"}\n"
_ENTRY_AT: Final = len(_BEFORE) + _HASH_HEX + len(_BETWEEN)
_is_address: Final = lru_cache(4096)(is_address)
"""A journal is read as a whole, and half of its addresses are the hot wallet's."""

_PAYOUT_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TXID: Final = re.compile(r"[0-9a-f]{64}")


class JournalDamaged(JournalTrouble):
    """The journal is not what was written. Nothing may be signed until a person has looked."""


class Position(NamedTuple):
    """How far a journal goes.

    Attributes:
        sequence: How many entries there are.
        hash: Of the last one, which stands for all of them.
    """

    sequence: int
    hash: str


START: Final = Position(0, "0" * _HASH_HEX)
"""Before the first entry."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What was signed, and why.

    Attributes:
        signed_at: By this machine's clock.
        payout_id: What it pays.
        attempt: Counts the transactions that were signed for it, from 1.
        kind: Why it is paid.
        asset: What is paid.
        source: Who pays. Both addresses are base58check.
        receiver: Who is paid.
        amount: In micro-USDT or sun.
        fee_limit_sun: The most that it may cost; 0 of TRX.
        txid: Of the transaction.
        expiration_ms: No block at or after this moment takes it in.
        signed_json: What a node is sent.
    """

    signed_at: datetime
    payout_id: str
    attempt: int
    kind: Kind
    asset: Asset
    source: str
    receiver: str
    amount: int
    fee_limit_sun: int
    txid: str
    expiration_ms: int
    signed_json: str

    def __post_init__(self) -> None:
        """See to it that it can be written and found again.

        Raises:
            ValueError: A part of it is of another form.
        """
        offset = self.signed_at.utcoffset()
        is_whole = (
            offset is not None
            and _PAYOUT_ID.fullmatch(self.payout_id) is not None
            and 1 <= self.attempt <= ATTEMPT_MAX
            and _is_address(self.source)
            and _is_address(self.receiver)
            and 0 < self.amount <= INT64_MAX
            and 0 <= self.fee_limit_sun <= INT64_MAX
            and _TXID.fullmatch(self.txid) is not None
            and 0 < self.expiration_ms <= INT64_MAX
            and 0 < len(self.signed_json) <= SIGNED_JSON_MAX
            and self.asset is ASSET_OF[self.kind]
        )
        if not is_whole:
            raise ValueError("no signature that the journal could keep")


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A signature with its place.

    Attributes:
        position: Its number, from 1, and its hash.
        signature: What was signed.
    """

    position: Position
    signature: Signature


@dataclass(frozen=True, slots=True)
class Line:
    """Where an entry stands in the file.

    Attributes:
        offset: First byte of its line.
        size: Bytes of its line, with its end.
        check: What ``check_of`` says of it.
        entry: What it holds.
    """

    offset: int
    size: int
    check: int
    entry: JournalEntry


@dataclass(frozen=True, slots=True)
class TornLine:
    """What stands behind the last whole line: a write that did not come to its end.

    Attributes:
        offset: First byte.
        data: All of it.
        entry: What it holds, when nothing but the end of the line is missing.
    """

    offset: int
    data: bytes
    entry: JournalEntry | None


def spell(after: Position, signature: Signature) -> tuple[bytes, JournalEntry]:
    """The line of the entry that follows a position.

    Raises:
        ValueError: It would be too long.
    """
    content = orjson.dumps(
        {
            "sequence": after.sequence + 1,
            "signed_at": signature.signed_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "payout_id": signature.payout_id,
            "attempt": signature.attempt,
            "kind": signature.kind,
            "asset": signature.asset,
            "from": signature.source,
            "to": signature.receiver,
            "amount": signature.amount,
            "fee_limit_sun": signature.fee_limit_sun,
            "txid": signature.txid,
            "expiration_ms": signature.expiration_ms,
            "signed_json": signature.signed_json,
        }
    )
    hash_ = _hash(after.hash, content)
    line = _BEFORE + hash_.encode("ascii") + _BETWEEN + content + _AFTER
    if len(line) > LINE_MAX:
        raise ValueError("no signature that the journal could keep")
    return line, JournalEntry(Position(after.sequence + 1, hash_), signature)


def read_lines(file: BinaryIO) -> Iterator[Line | TornLine]:
    """Every line from the beginning, verified; what is torn comes last.

    Raises:
        JournalDamaged: At the first line that is not what was written.
    """
    offset, position = 0, START
    while data := file.readline(LINE_MAX + 1):
        if not data.endswith(b"\n") and len(data) <= LINE_MAX:
            yield _torn(offset, data, position)
            return
        entry = parse(data, position)
        yield Line(offset, len(data), check_of(data), entry)
        offset, position = offset + len(data), entry.position


def parse(data: bytes, after: Position) -> JournalEntry:
    """Read the line that follows a position.

    Raises:
        JournalDamaged: It is not the line that was written there.
    """
    number = after.sequence + 1
    content = data[_ENTRY_AT : -len(_AFTER)]
    hash_ = _hash(after.hash, content)
    if data != _BEFORE + hash_.encode("ascii") + _BETWEEN + content + _AFTER:
        raise JournalDamaged(f"line {number} of the journal is not what was written")
    return JournalEntry(Position(number, hash_), _signature(content, number))


def check_of(data: bytes) -> int:
    """A number of 64 bits that another line hardly ever has."""
    return int.from_bytes(hashlib.sha256(data).digest()[:8], "big", signed=True)


def parse_again(data: bytes, number: int, check: int) -> JournalEntry:
    """Read a line that was verified before, without the one in front of it.

    Raises:
        JournalDamaged: It has changed since.
    """
    if check_of(data) != check:
        raise JournalDamaged(f"line {number} of the journal has changed since it was verified")
    hash_ = data[len(_BEFORE) :][:_HASH_HEX].decode("ascii", errors="replace")
    return JournalEntry(Position(number, hash_), _signature(data[_ENTRY_AT : -len(_AFTER)], number))


def _torn(offset: int, data: bytes, after: Position) -> TornLine:
    if _entry_of(data[:-1] + b"\n", after) is not None:
        # Only the end of a line that was whole has become something else.
        raise JournalDamaged(f"line {after.sequence + 1} of the journal has another end")
    return TornLine(offset, data, _entry_of(data + b"\n", after))


def _entry_of(data: bytes, after: Position) -> JournalEntry | None:
    try:
        return parse(data, after)
    except JournalDamaged:
        return None


def _signature(content: bytes, number: int) -> Signature:
    try:
        fields: Mapping[str, Any] = orjson.loads(content)
        if fields["sequence"] == number:
            return Signature(
                signed_at=datetime.fromisoformat(fields["signed_at"]),
                payout_id=fields["payout_id"],
                attempt=fields["attempt"],
                kind=Kind(fields["kind"]),
                asset=Asset(fields["asset"]),
                source=fields["from"],
                receiver=fields["to"],
                amount=fields["amount"],
                fee_limit_sun=fields["fee_limit_sun"],
                txid=fields["txid"],
                expiration_ms=fields["expiration_ms"],
                signed_json=fields["signed_json"],
            )
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    raise JournalDamaged(f"line {number} of the journal holds no signature")


def _hash(before: str, content: bytes) -> str:
    return hashlib.sha256(bytes.fromhex(before) + content).hexdigest()
