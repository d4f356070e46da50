"""Fixtures of the API's tests."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from jiema_app.settings import GeoSettings, LimitSettings, Settings
from tests.api.sign_in_ways import Open
from tests.support.browser import Browser
from tests.support.cluster import Cluster
from tests.support.live import PATIENT_API, LiveStack, live_stack, sandbox_program
from tests.support.polling import PATIENCE_S
from tests.support.ports import free_port
from tests.support.shop import Shop

TRUSTED_PROXY = "127.0.0.1"
"""What httpx' in-process transport says it calls from."""

PLENTY = 100_000

BODY_TIMEOUT_S = 5
"""Of the live stack: short enough to wait for, and longer than a busy machine needs for a body."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The live stack is slow to start, so one worker of a parallel run takes all who use it."""
    for item in items:
        if "/tests/api/" in str(item.path) and "live" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group("live-api"))


@pytest.fixture
def settings() -> Settings:
    """Limits out of the way, and a proxy in front; tests of limits bring their own."""
    return Settings(
        limits=LimitSettings(
            reads_per_minute=PLENTY, writes_per_minute=PLENTY, anonymous_per_minute=PLENTY
        ),
        geo=GeoSettings(trusted_proxies=(f"{TRUSTED_PROXY}/32",)),
    )


@pytest.fixture(scope="session")
def live(cluster: Cluster) -> Iterator[LiveStack]:
    """Web, worker and sandbox in processes of their own."""
    limits = {
        "LIMIT_READS_PER_MINUTE": str(PLENTY),
        "LIMIT_WRITES_PER_MINUTE": str(PLENTY),
        "LIMIT_ANONYMOUS_PER_MINUTE": str(PLENTY),
        "LIMIT_OPEN_ORDERS": str(PLENTY),
        "LIMIT_BODY_TIMEOUT_S": str(BODY_TIMEOUT_S),
    }
    with live_stack(cluster, application=PATIENT_API, settings=limits) as stack:
        # SMS arrive when a test says so.
        switches = {"smsDelaySeconds": None, "minCancelSeconds": 0}
        url = f"{stack.sandbox_origin}/control/supplier/behaviour"
        httpx.post(url, json=switches, timeout=PATIENCE_S, trust_env=False).raise_for_status()
        yield stack


@pytest.fixture
async def quiet_shop(shop: Shop) -> Shop:
    """A shop whose worker looks all the time: nobody asks the supplier on their own."""
    shop.keep_quiet()
    return shop


@pytest.fixture(scope="session")
def sandbox_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A sandbox of its own process: authlib asks it over real sockets."""
    port = free_port()
    folder = tmp_path_factory.mktemp("identity")
    program = sandbox_program(port, folder)
    program.start()
    yield port
    program.stop()


@pytest.fixture
async def outside(sandbox_port: int) -> AsyncIterator[httpx.AsyncClient]:
    origin = f"http://127.0.0.1:{sandbox_port}"
    async with httpx.AsyncClient(base_url=origin, timeout=PATIENCE_S, trust_env=False) as client:
        yield client
        (await client.post("/control/reset")).raise_for_status()


@pytest.fixture
def open_browser(shop: Shop, outside: httpx.AsyncClient) -> Open:
    """Makes browsers; two of them share nothing but the shop."""

    async def make(**changes: Any) -> Browser:
        return Browser(await shop.api(**changes), outside)

    return make
