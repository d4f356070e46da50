"""Whose turn it is among what is due."""

from itertools import zip_longest
from typing import Any

from jiema_app.domain.notifications.deliveries import AT_ONCE, NEWS


def by_turns(due: list[Any], *, news_first: bool) -> list[Any]:
    """Answers and news by turns, then the rest: who presses much holds back nobody's code."""
    answers = [row for row in due if row["priority"] == AT_ONCE]
    news = [row for row in due if row["priority"] == NEWS]
    rest = [row for row in due if row["priority"] > NEWS]
    pair = (news, answers) if news_first else (answers, news)
    turns = [row for both in zip_longest(*pair) for row in both if row is not None]
    return turns + rest
