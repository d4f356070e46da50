"""Fixtures of long texts."""

import pytest

from jiema_app.domain.catalog.snapshot import Catalog
from tests.support.shop import Shop


@pytest.fixture
def catalog(shop: Shop) -> Catalog:
    """What the shop sells."""
    return shop.services.live_catalog.current
