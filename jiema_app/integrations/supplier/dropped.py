"""Rows of a supplier that cannot be read: dropped, counted, and named now and then."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from jiema_app.integrations import outside
from jiema_app.integrations.supplier.metrics import DROPPED

log = structlog.get_logger()

AGAIN_S: Final = 300.0
"""An odd row comes again with every look: it is named this often."""


@dataclass(slots=True)
class DroppedRows:
    """Counts the rows of one supplier that are dropped, so that the others go on.

    Attributes:
        supplier: Its name.
        clock: Seconds that only go forward.
    """

    supplier: str
    clock: Callable[[], float] = time.monotonic
    _said_at: dict[tuple[str, str], float] = field(default_factory=dict)
    _unsaid: dict[tuple[str, str], int] = field(default_factory=dict)

    def note(self, kind: str, why: str, name: Any = None) -> None:
        """Count one row.

        Args:
            kind: Of which list, in our words.
            why: What of it cannot be read, in our words.
            name: Its id as it came. Shown if it looks like one, and nothing else of the row
                is: there may be a phone or a text in any field.
        """
        DROPPED.labels(self.supplier, kind).inc()
        key, now = (kind, why), self.clock()
        said_at = self._said_at.get(key)
        if said_at is not None and now - said_at < AGAIN_S:
            self._unsaid[key] = self._unsaid.get(key, 0) + 1
            return
        self._said_at[key] = now
        log.warning(
            "a row of the supplier cannot be read",
            supplier=self.supplier,
            list=kind,
            why=why,
            row=outside.label(name),
            unsaid=self._unsaid.pop(key, 0),
        )
