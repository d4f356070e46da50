"""Fixtures of the pages' states."""

from collections.abc import AsyncIterator, Iterator

import pytest

from jiema_app.processes.fingerprints import current_build
from jiema_app.settings import get_settings
from tests.support.cluster import Cluster
from tests.support.live import BUILT_LOCALES, WHOLE_SITE, LiveStack, live_stack
from tests.support.shop import Shop
from tests.support.visits import Pages, open_page_services_of

BEHIND_A_PROXY = {"GEO_TRUSTED_PROXIES": "127.0.0.1/32"}
"""Tests say by a header where they come from."""


@pytest.fixture(scope="package")
def site(cluster: Cluster) -> Iterator[LiveStack]:
    """The whole site, with the pages; the supplier sends no code unless it is told to."""
    assert current_build(get_settings().locales).exists(), "the pages are stale: make build"
    with live_stack(
        cluster, application=WHOLE_SITE, settings=BUILT_LOCALES | BEHIND_A_PROXY
    ) as stack:
        yield stack


@pytest.fixture
async def pages(shop: Shop) -> AsyncIterator[Pages]:
    """The open pages of the test, over the shop's services."""
    async with open_page_services_of(shop) as pages:
        yield pages
