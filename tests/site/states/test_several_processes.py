"""Pages behind a proxy that spreads connections over four web processes."""

from collections.abc import Iterator

import httpx
import pytest
from redis.asyncio import Redis

from tests.support.cluster import Cluster
from tests.support.live import BUILT_LOCALES, WHOLE_SITE, LiveStack, live_stack
from tests.support.polling import PATIENCE_S
from tests.support.round_robin import round_robin
from tests.support.signed_in import buy, sign_in
from tests.support.tab import State, open_tab

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("four-webs")]

PAGE = "order_page"
WEBS = 4


@pytest.fixture(scope="module")
def crowd(cluster: Cluster) -> Iterator[LiveStack]:
    """Four web processes that share a Redis server."""
    with live_stack(
        cluster, webs=WEBS, redis=True, application=WHOLE_SITE, settings=BUILT_LOCALES
    ) as stack:
        yield stack


def is_shown(page: State) -> bool:
    return page.get("phase") == "shown"


def has_code(page: State) -> bool:
    return is_shown(page) and str(page["order"]["code"]) == "482913"


async def test_codes_reach_pages_of_every_process(crowd: LiveStack) -> None:
    async with crowd.supplier() as supplier:
        await supplier.behave(smsDelaySeconds=None)
    ann = await sign_in(crowd)
    order = await buy(crowd, ann)
    path = f"/en/order/{order['id']}"
    async with (
        round_robin(crowd.web_ports) as origin,
        open_tab(origin, path, ann.cookie) as one,
        open_tab(origin, path, ann.cookie) as two,
        open_tab(origin, path, ann.cookie) as three,
        open_tab(origin, path, ann.cookie) as four,
        crowd.supplier() as supplier,
    ):
        tabs = (one, two, three, four)
        for tab in tabs:
            await tab.until(PAGE, is_shown)
        await supplier.sms(order["phone"], "Your code: 482913")
        for tab in tabs:
            await tab.until(PAGE, has_code)
        # The connection breaks, and the next one ends at another process.
        await one.connection.disconnect()
        async with open_tab(origin, path, ann.cookie, token=one.token) as again:
            await again.until(PAGE, has_code)
            await again.send("jiema_app___site___account___order___state____order_page.ask_next")
            for tab in (again, two, three, four):
                await tab.until(PAGE, lambda page: page["order"]["is_waiting"])


async def test_a_cookie_is_good_at_every_process_and_ends_at_every_process(
    crowd: LiveStack,
) -> None:
    ann = await sign_in(crowd)
    order = await buy(crowd, ann)
    path = f"/en/order/{order['id']}"
    async with round_robin(crowd.web_ports) as origin:
        for _ in range(WEBS):
            async with open_tab(origin, path, ann.cookie) as tab:
                await tab.until(PAGE, is_shown)
        async with httpx.AsyncClient(
            base_url=origin, timeout=PATIENCE_S, trust_env=False
        ) as browser:
            answer = await browser.post(
                "/api/auth/sign-out-everywhere",
                headers={"Cookie": ann.cookie, "Sec-Fetch-Site": "same-origin", "Origin": origin},
            )
            assert answer.status_code in {200, 303}
        for _ in range(WEBS):
            async with open_tab(origin, path, ann.cookie) as tab:
                await tab.until(PAGE, lambda page: page.get("phase") == "guest")


async def test_no_page_goes_deaf_when_redis_has_lost_its_memory_and_a_tab_is_duplicated(
    crowd: LiveStack,
) -> None:
    async with crowd.supplier() as supplier:
        await supplier.behave(smsDelaySeconds=None)
    ann = await sign_in(crowd)
    order = await buy(crowd, ann)
    path = f"/en/order/{order['id']}"
    async with open_tab(crowd.origins[0], path, ann.cookie) as tab:
        await tab.until(PAGE, is_shown)
        async with Redis(port=crowd.redis_port) as redis:
            await redis.flushall()
        async with (
            open_tab(crowd.origins[0], path, ann.cookie, token=tab.token) as here,
            open_tab(crowd.origins[1], path, ann.cookie, token=tab.token) as elsewhere,
            crowd.supplier() as supplier,
        ):
            for copy in (here, elsewhere):
                await copy.until(PAGE, is_shown)
            await supplier.sms(order["phone"], "Your code: 482913")
            for each in (tab, here, elsewhere):
                await each.until(PAGE, has_code, seconds=20)
            await tab.send("jiema_app___site___account___order___state____order_page.ask_next")
            await tab.until(PAGE, lambda page: page["order"]["is_waiting"], seconds=20)
