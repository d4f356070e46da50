"""Nobody waits long for the language of an account."""

import asyncio
from datetime import UTC, datetime

import pytest

from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.transaction import DatabaseTrouble
from jiema_app.domain.units import AccountId, UserId
from jiema_app.serving.account_language import language_of

ANN = Visitor(
    UserId("ann"), AccountId(1), "jti", "Ann", "th", "user", datetime(2026, 1, 1, tzinfo=UTC)
)


async def answered(visitor: Visitor | None) -> Visitor | None:
    return visitor


async def lost() -> Visitor | None:
    raise DatabaseTrouble("gone")


@pytest.mark.parametrize(("visitor", "language"), [(ANN, "th"), (None, None)])
async def test_an_answer_is_taken(visitor: Visitor | None, language: str | None) -> None:
    assert await language_of(answered(visitor)) == language


async def test_a_database_that_is_lost_or_stands_still_says_nothing() -> None:
    assert await language_of(lost()) is None
    assert await language_of(asyncio.get_running_loop().create_future()) is None
