"""Leaving a supplier alone for a while once it has stopped answering."""

import time
from collections.abc import Callable
from enum import StrEnum


class CircuitState(StrEnum):
    """Whether calls are let through."""

    CLOSED = "closed"
    """All of them."""
    HALF_OPEN = "half_open"
    """One, to see whether the supplier is back."""
    OPEN = "open"
    """None."""


class Breaker:
    """Opens after consecutive failures, lets one call through after a while.

    A refusal is an answer and counts as success: only silence and nonsense are failures.
    """

    __slots__ = (
        "_clock",
        "_failures",
        "_failures_max",
        "_is_probing",
        "_on_change",
        "_opened_at",
        "_reset_s",
    )

    def __init__(
        self,
        failures_max: int,
        reset_s: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        on_change: Callable[[CircuitState], None] = lambda _: None,
    ) -> None:
        """Start closed.

        Args:
            failures_max: Consecutive failures that open the circuit.
            reset_s: How long it stays open before one call is let through.
            clock: Seconds that only go forward.
            on_change: Told each new state.
        """
        self._failures_max = failures_max
        self._reset_s = reset_s
        self._clock = clock
        self._on_change = on_change
        self._failures = 0
        self._opened_at: float | None = None
        self._is_probing = False
        on_change(CircuitState.CLOSED)

    @property
    def state(self) -> CircuitState:
        """The state now."""
        if self._opened_at is None:
            return CircuitState.CLOSED
        if self._clock() - self._opened_at < self._reset_s:
            return CircuitState.OPEN
        return CircuitState.HALF_OPEN

    @property
    def refuses(self) -> bool:
        """Whether a call would be refused now. Unlike ``admit``, asking takes nothing."""
        if self._opened_at is None:
            return False
        return self._is_probing or self.state is CircuitState.OPEN

    def admit(self) -> bool:
        """Let a call through, or not. Each admitted call reports how it ended."""
        if self._opened_at is None:
            return True
        if self.refuses:
            return False
        self._is_probing = True
        self._on_change(CircuitState.HALF_OPEN)
        return True

    def note_success(self) -> None:
        """The supplier answered."""
        self._failures = 0
        if self._opened_at is not None:
            self._opened_at = None
            self._is_probing = False
            self._on_change(CircuitState.CLOSED)

    def note_failure(self) -> None:
        """The supplier did not answer, or nothing that can be understood."""
        if self._opened_at is not None:
            if self._is_probing:
                self._open()
            return
        self._failures += 1
        if self._failures >= self._failures_max:
            self._open()

    def note_abandoned(self) -> None:
        """The caller gave the call up: nothing was learned, the next one may try."""
        self._is_probing = False

    def _open(self) -> None:
        self._failures = 0
        self._is_probing = False
        self._opened_at = self._clock()
        self._on_change(CircuitState.OPEN)
