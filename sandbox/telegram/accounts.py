"""Who has an account: the sandbox's Telegram people, the administrator, and anybody by number."""

from collections.abc import Iterator
from typing import Any, Final

from sandbox.identity.persons import FIRST_NAMES, LAST_NAMES, People
from sandbox.telegram.store import Store
from sandbox.telegram.world import ADMINISTRATOR, ADMINISTRATOR_USER, BOT_ID, BOT_USER

_TABLE: Final = "accounts"
MADE_UP_MAX: Final = 20_000


class Accounts:
    """Users as the Bot API shows them.

    The people who can sign in on the web are the same here. A number that a control names and
    nobody has becomes somebody on the spot.
    """

    def __init__(self, people: People, store: Store) -> None:
        self._people, self._store = people, store

    def find(self, number: int) -> dict[str, Any] | None:
        """The user with a number, or None."""
        if number == BOT_ID:
            return dict(BOT_USER)
        known = self._known(number)
        kept = self._store.get(_TABLE, number)
        if known is None and kept is None:
            return None
        return {**(known or {}), **(kept or {})}

    def require(self, number: int, language: str | None = None) -> dict[str, Any]:
        """The user with a number, made when there is none.

        Args:
            number: Their id.
            language: What their app is set to from now on; None leaves it as it is.
        """
        user = self.find(number)
        if user is None:
            user = _made_up(number)
            self._store.put(_TABLE, number, user)
            self._store.keep_latest(_TABLE, MADE_UP_MAX)
        if language and language != user.get("language_code"):
            user = {**user, "language_code": language}
            self._store.put(_TABLE, number, user)
        return user

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Everybody: people, the administrator, those whom controls named."""
        numbers = [ADMINISTRATOR, *(person.number for person in self._people.of("telegram"))]
        numbers += [int(key) for key in self._store.table(_TABLE) if int(key) not in numbers]
        return (user for number in numbers if (user := self.find(number)) is not None)

    def _known(self, number: int) -> dict[str, Any] | None:
        if number == ADMINISTRATOR:
            return dict(ADMINISTRATOR_USER)
        for person in self._people.of("telegram"):
            if person.number == number:
                return {
                    "id": number,
                    "is_bot": False,
                    "first_name": person.first_name,
                    "last_name": person.last_name,
                    "username": person.username,
                    "language_code": "en",
                }
        return None


def _made_up(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "is_bot": False,
        "first_name": FIRST_NAMES[number % len(FIRST_NAMES)],
        "last_name": LAST_NAMES[number // len(FIRST_NAMES) % len(LAST_NAMES)],
        "language_code": "en",
    }


def without_language(user: dict[str, Any]) -> dict[str, Any]:
    """A user as they stand where nobody sent anything."""
    return {name: value for name, value in user.items() if name != "language_code"}
