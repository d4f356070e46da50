"""The search index that browsers fetch, and the search of those without scripts."""

from urllib.parse import quote

import pytest

from jiema_app.domain.catalog.search import QUERY_MAX
from jiema_app.serving.search_files import searched_text


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("q=telegram", "telegram"),
        ("sort=price&q=+tik+tok+", "tik tok"),
        (f"q={quote('微信')}", "微信"),
        ("q=", ""),
        ("p=telegram", ""),
        ("", ""),
        (f"q={'x' * 500}", "x" * QUERY_MAX),
        (f"q={'x' * 5000}", ""),
        ("&".join(["q=a"] * 100), ""),
    ],
)
def test_what_an_address_searches_for_is_bounded(query: str, text: str) -> None:
    assert searched_text(query.encode()) == text


def test_bytes_that_no_address_has_search_for_nothing() -> None:
    assert searched_text(b"q=\xff") == ""
