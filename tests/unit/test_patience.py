"""A process that starts waits for its database, for a while."""

import pytest

from jiema_app import bootstrap_database
from jiema_app.domain.transaction import DatabaseTrouble


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap_database, "CONNECT_PAUSE_S", 0.0)


class Restarting:
    """A database that refuses some times."""

    def __init__(self, refusals: float) -> None:
        self.refusals = refusals

    async def ask(self) -> str:
        self.refusals -= 1
        if self.refusals >= 0:
            raise DatabaseTrouble("CannotConnectNowError")
        return "answered"


async def test_a_database_that_starts_again_is_asked_again() -> None:
    assert await bootstrap_database.patiently(Restarting(3).ask, 60) == "answered"


async def test_a_database_that_never_comes_is_given_up() -> None:
    with pytest.raises(DatabaseTrouble):
        await bootstrap_database.patiently(Restarting(float("inf")).ask, 0.05)


async def test_what_is_no_trouble_is_not_tried_again() -> None:
    async def broken() -> None:
        raise ValueError("odd")

    with pytest.raises(ValueError, match="odd"):
        await bootstrap_database.patiently(broken, 60)
