"""Questions that wait for the bot's answer: presses, inline queries, Mini Apps' queries."""

import secrets
from typing import Any, Final

from sandbox.clock import SandboxClock
from sandbox.telegram.errors import Refused, bad_request
from sandbox.telegram.store import Store

_TABLE: Final = "queries"
_KEPT: Final = 5000
TOO_OLD: Final = "query is too old and response timeout expired or query ID is invalid"


class Queries:
    """Each is answered once, and in time.

    Attributes:
        life_s: After how many seconds a kind is too old to be answered.
    """

    def __init__(self, store: Store, clock: SandboxClock) -> None:
        self._store, self._clock = store, clock
        self.life_s = {"callback": 60.0, "inline": 15.0, "web_app": 3600.0}

    def ask(self, kind: str, **about: Any) -> str:
        """A new question; returns its id."""
        prefix = "AAE" if kind == "web_app" else ""
        number = prefix + str(secrets.randbelow(9 * 10**17) + 10**17)
        self._store.put(_TABLE, number, {"kind": kind, "at": self._clock.now(), **about})
        self._store.keep_latest(_TABLE, _KEPT)
        return number

    def find(self, number: str) -> dict[str, Any] | None:
        """A question with its `answer`, if it has one."""
        found: dict[str, Any] | None = self._store.get(_TABLE, number)
        return found

    def answer(self, kind: str, number: str, answer: dict[str, Any]) -> dict[str, Any]:
        """Answer a question; returns it.

        Raises:
            Refused: It is unknown, too old or answered.
        """
        query = self.find(number)
        if query is None or query["kind"] != kind or "answer" in query:
            raise _too_old()
        if self._clock.now() - query["at"] > self.life_s[kind]:
            raise _too_old()
        query = {**query, "answer": answer}
        self._store.put(_TABLE, number, query)
        return query


def _too_old() -> Refused:
    return bad_request(TOO_OLD)
