"""What is kept in memory of the journal: where a payout's signatures stand, and recent sums."""

from array import array
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from signer.errors import JournalTrouble
from signer.journal_lines import Line, Signature
from signer.kinds import TO_OTHERS, Kind

KEPT: Final = timedelta(hours=48)
"""Sums can be asked for of so long before the newest entry."""
LAST_MAX: Final = 1000
"""So many of the newest entries can be asked for."""


class SumsForgotten(JournalTrouble):
    """Sums are asked for of a time that is too long ago: bounds cannot be judged."""


class Place(NamedTuple):
    """Where an entry stands, and enough of it to tell whether it may still be mined.

    Attributes:
        sequence: Its number.
        offset: First byte of its line.
        size: Bytes of its line.
        check: Start of a hash of its line, to see that it has not changed since.
        attempt: Which one of its payout.
        expiration_ms: Of its transaction.
    """

    sequence: int
    offset: int
    size: int
    check: int
    attempt: int
    expiration_ms: int


@dataclass(frozen=True, slots=True)
class Sums:
    """What was signed in a time. Every signature counts, also one that was never mined.

    Attributes:
        payments: How many withdrawals and refunds.
        paid_micro: What they come to, in micro-USDT.
        paid_to: Of that, to each address.
        swept_micro: What sweeps come to, in micro-USDT.
        gas_sun: TRX for wallets of the pool, in sun.
    """

    payments: int
    paid_micro: int
    paid_to: Mapping[str, int]
    swept_micro: int
    gas_sun: int


class _Recent(NamedTuple):
    txid: str
    signed_at: datetime
    kind: Kind
    receiver: str
    amount: int


class JournalIndex:
    """Grows by some 300 bytes a payout, and forgets amounts after two days."""

    def __init__(self) -> None:
        # Six numbers an entry, one after the other: a fifth of what objects would take.
        self._places: dict[str, array[int]] = {}
        self._recent: deque[_Recent] = deque()
        self._forgotten: datetime | None = None
        self._newest: datetime | None = None
        self._last: deque[Place] = deque(maxlen=LAST_MAX)

    def add(self, line: Line) -> None:
        """Take in the next entry."""
        entry, signature = line.entry, line.entry.signature
        place = Place(
            entry.position.sequence,
            line.offset,
            line.size,
            line.check,
            signature.attempt,
            signature.expiration_ms,
        )
        self._places.setdefault(signature.payout_id, array("q")).extend(place)
        self._last.append(place)
        self._remember(signature)

    def places_of(self, payout_id: str) -> Sequence[Place]:
        """Where the signatures of a payout stand, the oldest first."""
        flat = self._places.get(payout_id, array("q"))
        size = len(Place._fields)
        return [Place(*flat[at : at + size]) for at in range(0, len(flat), size)]

    def has_lately(self, txid: str) -> bool:
        """Whether a transaction was signed within the time that sums are kept of."""
        return any(one.txid == txid for one in self._recent)

    def last(self, count: int) -> Sequence[Place]:
        """Where the newest entries stand, the oldest of them first.

        Raises:
            ValueError: So many are not kept.
        """
        if not 0 <= count <= LAST_MAX:
            raise ValueError(f"at most {LAST_MAX} entries")
        return list(self._last)[len(self._last) - min(count, len(self._last)) :]

    def sums_since(self, moment: datetime) -> Sums:
        """What was signed at or after a moment.

        A clock that was put back makes entries of the future: they count.

        Raises:
            SumsForgotten: What was signed then is not kept any more.
        """
        if self._forgotten is not None and moment <= self._forgotten:
            raise SumsForgotten("this machine's clock is far behind the newest signature")
        paid_to: Counter[str] = Counter()
        payments = swept = gas = 0
        for one in self._recent:
            if one.signed_at < moment:
                continue
            if one.kind in TO_OTHERS:
                payments += 1
                paid_to[one.receiver] += one.amount
            elif one.kind is Kind.SWEEP:
                swept += one.amount
            else:
                gas += one.amount
        return Sums(payments, paid_to.total(), paid_to, swept, gas)

    def _remember(self, signature: Signature) -> None:
        self._recent.append(
            _Recent(
                signature.txid,
                signature.signed_at,
                signature.kind,
                signature.receiver,
                signature.amount,
            )
        )
        self._newest = max(self._newest or signature.signed_at, signature.signed_at)
        while self._recent[0].signed_at < self._newest - KEPT:
            gone = self._recent.popleft().signed_at
            self._forgotten = max(self._forgotten or gone, gone)
