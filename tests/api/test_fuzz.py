"""Made-up requests, a few of each kind; ``python -m tests.api.fuzz`` makes thousands."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.fuzz import MODES, fuzz, operations, read_document, some_orders
from tests.support.live import LiveStack

CASES_EACH = 12
SEED = 20_261_120


@pytest.fixture(scope="module")
def target(live: LiveStack) -> Iterator[tuple[str, str, list[str]]]:
    """Where to send them, with whose key, about which orders."""
    token, ids = asyncio.run(some_orders(live))
    yield live.origin, token, ids
    assert asyncio.run(live.verify()).ok


def test_made_up_requests_find_nothing(target: tuple[str, str, list[str]]) -> None:
    found = fuzz(*target, cases_each=CASES_EACH, start=SEED)
    assert found.failures == []
    count = len(list(operations(read_document(target[0]))))
    assert found.cases >= count * len(MODES) * CASES_EACH * 0.5
    assert not [status for status in found.statuses if status.rpartition(" ")[2].startswith("5")]


def test_they_would_find_an_answer_that_is_not_described(
    target: tuple[str, str, list[str]],
) -> None:
    """So that finding nothing means something."""
    document: Any = read_document(target[0])
    del document["paths"]["/api/v1/prices"]["get"]["responses"]["400"]
    document["components"]["schemas"]["AccountOut"]["required"].append("shoeSize")
    document["paths"] = {
        path: document["paths"][path] for path in ("/api/v1/prices", "/api/v1/account")
    }
    found = fuzz(*target, cases_each=3, start=SEED, document=document)
    told = "\n".join(found.failures)
    assert "shoeSize" in told
    assert "Undocumented status code" in told
