"""What can be made to go wrong at a provider of identities."""

from typing import Any, Final

KINDS: Final = ("down", "slow", "bad_signature", "wrong_audience", "expired_id_token")
SLOW_S: Final = 30.0


class IdentityFaults:
    """Faults that were ordered, by provider and kind, with how often they still strike."""

    def __init__(self) -> None:
        self._left: dict[tuple[str, str], tuple[int, float]] = {}
        self.hits = 0

    def order(self, provider: str, kind: str, count: int, seconds: float) -> None:
        """Have a fault strike the next `count` times; 0 removes it."""
        if count:
            self._left[provider, kind] = (count, seconds)
        else:
            self._left.pop((provider, kind), None)

    def strikes(self, provider: str, kind: str) -> float:
        """Whether a fault strikes now: 0 for no, else its seconds."""
        found = self._left.get((provider, kind))
        if found is None:
            return 0.0
        count, seconds = found
        self.hits += 1
        self.order(provider, kind, count - 1, seconds)
        return seconds

    def clear(self) -> None:
        """Remove them all."""
        self._left.clear()

    def to_json(self) -> list[dict[str, Any]]:
        """Those that are ordered."""
        return [
            {"provider": provider, "kind": kind, "count": count, "seconds": seconds}
            for (provider, kind), (count, seconds) in self._left.items()
        ]
