"""Fixtures that every kind of test shares."""

import gc
from collections.abc import AsyncIterator

import hypothesis
import pytest

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.settings import Settings
from tests.support.cluster import Cluster, close_cluster, open_cluster
from tests.support.shop import Shop, open_shop

# An example may take as long as a busy machine needs for it.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Name the group of each test to the parallel runner, at the end of the test's id.

    pytest-xdist 3.8 does so in a field that pytest 9.2 does not read any more: every worker
    started every stack.
    """
    if not getattr(config.option, "loadgroup", False):
        return
    for item in items:
        group = item.get_closest_marker("xdist_group")
        if group is not None and not item.nodeid.endswith(f"@{group.args[0]}"):
            item._id = type(item.id).parse(f"{item.nodeid}@{group.args[0]}")


def pytest_collection_finish() -> None:
    """Leave what is there for good out of every later collection of garbage: it is half a million objects."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the test database after the last worker."""
    if not hasattr(session.config, "workerinput"):
        close_cluster()


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The database server, with its template."""
    return open_cluster()


@pytest.fixture
async def database_address(cluster: Cluster) -> AsyncIterator[str]:
    """A fresh database with the catalogue and the sandbox's offers in it."""
    address = await cluster.create()
    yield address
    await cluster.drop(address)


@pytest.fixture
def settings() -> Settings:
    """The settings of the sandbox. A test that needs others overrides this fixture."""
    return Settings()


_catalogs: list[Catalog] = []
"""What a fresh database sells, once it was read."""


@pytest.fixture
async def shop(database_address: str, settings: Settings) -> AsyncIterator[Shop]:
    """A whole shop. Whatever the test did, its books must balance at the end."""
    known = _catalogs[0] if _catalogs else None
    async with open_shop(database_address, settings, known) as opened:
        if known is None:
            _catalogs.append(opened.services.live_catalog.current)
        yield opened
        found = await opened.verify()
        assert found.ok, found
