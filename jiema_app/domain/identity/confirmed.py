"""What the database confirmed about a user within the last seconds."""

import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

ENTRIES_MAX: Final = 10_000

T = TypeVar("T")


class Confirmed(Generic[T]):
    """Confirmations by the key they were asked under: an API key, or the id of a session.

    What was read before a ban or a revocation must not outlive its announcement. So whoever
    asks the database takes the generation first, and what comes back too late is not kept.
    """

    def __init__(self, user_of: Callable[[T], str]) -> None:
        """Begin with nothing confirmed.

        Args:
            user_of: Whom a confirmation is about.
        """
        self._user_of = user_of
        self._known: dict[str, tuple[float, T]] = {}
        self._generation = 0

    @property
    def generation(self) -> int:
        """Take it before the database is asked, and hand it to ``keep``."""
        return self._generation

    def recall(self, key: str) -> T | None:
        """What was confirmed under a key, while that holds."""
        found = self._known.get(key)
        return found[1] if found is not None and found[0] > time.monotonic() else None

    def keep(self, key: str, value: T, *, asked_in: int, trust_s: float) -> None:
        """Remember for ``trust_s``, unless somebody was forgotten since ``asked_in``."""
        if asked_in != self._generation:
            return
        if len(self._known) >= ENTRIES_MAX:
            self._known.clear()
        self._known[key] = (time.monotonic() + trust_s, value)

    def drop(self, key: str) -> None:
        """Forget what one key confirmed."""
        self._known.pop(key, None)

    def forget(self, user_id: str) -> None:
        """Forget all about a user, or about everybody when no user is named."""
        self._generation += 1
        if not user_id:
            self._known.clear()
            return
        for key in [k for k, (_, value) in self._known.items() if self._user_of(value) == user_id]:
            del self._known[key]
