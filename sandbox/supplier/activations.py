"""The activations: the number handed out, what it received, how it ended."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from enum import IntEnum
from itertools import islice
from typing import Any


class Status(IntEnum):
    """The supplier's numeric activation status."""

    RECEIVED = 2
    WAITING_RESEND = 3
    WAITING = 4
    FINISHED = 6
    CANCELLED = 8
    REFUNDED = 10


OPEN = frozenset({Status.WAITING, Status.RECEIVED, Status.WAITING_RESEND})


@dataclass(slots=True)
class Sms:
    """One received message."""

    id: int
    text: str
    code: str | None
    received_at: float
    phone_from: str


@dataclass(slots=True)
class Activation:
    """One purchase."""

    id: int
    service: str
    country: int
    phone: str
    operator: str
    cost_micro: int
    created_at: float
    ends_at: float
    status: Status = Status.WAITING
    sms_due_at: float | None = None
    """When the next message arrives by itself; None for never."""
    order_id: str | None = None
    closed_at: float | None = None
    sms: list[Sms] = field(default_factory=list)
    unread: bool = False
    """A message arrived that no reply has shown yet."""

    @property
    def is_open(self) -> bool:
        """Whether the number can still receive and be cancelled or finished."""
        return self.status in OPEN


def to_row(activation: Activation) -> dict[str, Any]:
    """Return an activation as JSON values (asdict would copy deeply, ten times slower)."""
    row = {name: getattr(activation, name) for name in _COLUMNS}
    row["sms"] = [{name: getattr(sms, name) for name in _SMS_COLUMNS} for sms in row["sms"]]
    return row


_COLUMNS = tuple(field.name for field in fields(Activation))
_SMS_COLUMNS = tuple(field.name for field in fields(Sms))


class ActivationStore:
    """Every activation by id; open ones also by phone and in order of purchase."""

    def __init__(self, keep_closed: int) -> None:
        """Keep at most `keep_closed` ended activations, dropping the oldest."""
        self.by_id: dict[int, Activation] = {}
        self.open: dict[int, Activation] = {}
        self.open_by_phone: dict[str, int] = {}
        self.order_ids: dict[str, int] = {}
        self._keep_closed = keep_closed
        self._closed: dict[int, None] = {}
        self._page_source: list[int] | None = None
        self._history: tuple[list[int], list[float]] | None = None

    def add(self, activation: Activation) -> None:
        """Register a purchase, or one read from a snapshot."""
        self.by_id[activation.id] = activation
        self._history = None
        if activation.order_id is not None:
            self.order_ids[activation.order_id] = activation.id
        if activation.is_open:
            self.open[activation.id] = activation
            self.open_by_phone[activation.phone] = activation.id
            self._page_source = None
        else:
            self._closed[activation.id] = None

    def close(self, activation: Activation) -> None:
        """Take an ended activation out of the open ones."""
        if self.open.pop(activation.id, None) is not None:
            self._page_source = None
            if self.open_by_phone.get(activation.phone) == activation.id:
                del self.open_by_phone[activation.phone]
        self._closed[activation.id] = None
        while len(self._closed) > self._keep_closed:
            self._drop(next(iter(self._closed)))

    def clear(self) -> None:
        """Forget everything."""
        self.by_id.clear()
        self.open.clear()
        self.open_by_phone.clear()
        self.order_ids.clear()
        self._closed.clear()
        self._page_source = None
        self._history = None

    def open_page(self, start: int, limit: int) -> list[Activation]:
        """Return open activations, newest first.

        The id list is rebuilt only after a change and at C speed (10,000 ids take
        about 50 us); the page itself costs its own length.
        """
        if self._page_source is None:
            self._page_source = list(reversed(self.open))
        ids = self._page_source[start : start + limit]
        return [self.open[activation_id] for activation_id in ids]

    def between(self, start: float, end: float) -> list[int]:
        """Return the ids bought in a span of Unix seconds, oldest first."""
        if self._history is None:
            rows = sorted(self.by_id.values(), key=lambda a: (a.created_at, a.id))
            self._history = [a.id for a in rows], [a.created_at for a in rows]
        ids, times = self._history
        return ids[bisect_left(times, start) : bisect_right(times, end)]

    def oldest_waiting(self, count: int) -> list[Activation]:
        """Return up to `count` open activations without a message, oldest first."""
        waiting = (a for a in self.open.values() if a.status is not Status.RECEIVED)
        return list(islice(waiting, count))

    def newest(self) -> Iterator[Activation]:
        """Yield every activation, newest first."""
        return (self.by_id[key] for key in reversed(self.by_id))

    def _drop(self, activation_id: int) -> None:
        del self._closed[activation_id]
        dropped = self.by_id.pop(activation_id, None)
        self._history = None
        if dropped is not None and dropped.order_id is not None:
            self.order_ids.pop(dropped.order_id, None)
