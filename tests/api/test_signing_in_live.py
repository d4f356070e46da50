"""Signing in with several web processes, Redis between them."""

import re
from collections.abc import AsyncIterator, Iterator
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from jiema_app.bootstrap import build_services
from jiema_app.settings import SANDBOX_GOOGLE_SECRET, SANDBOX_TELEGRAM_SECRET, Settings
from tests.support.browser import Browser, cookies_set
from tests.support.cluster import Cluster
from tests.support.live import PATIENT_API, LiveStack, live_stack
from tests.support.polling import PATIENCE_S, until_told

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live-sign-in")]


SECRET_FIELDS = {"state", "nonce", "code", "code_challenge"}


@pytest.fixture(scope="module")
def stack(cluster: Cluster) -> Iterator[LiveStack]:
    settings = {
        "JIEMA_PUBLIC_URL": "http://localhost:8000",
        "LIMIT_SIGN_INS_PER_MINUTE": "1000",
        "JIEMA_LOG_LEVEL": "DEBUG",
        "JIEMA_LOG_FORMAT": "json",
    }
    with live_stack(
        cluster, webs=2, workers=0, redis=True, application=PATIENT_API, settings=settings
    ) as opened:
        yield opened


@pytest.fixture
async def browsers(stack: LiveStack) -> AsyncIterator[list[Browser]]:
    """One browser, at each of the web processes: they share its cookies."""
    outside = httpx.AsyncClient(base_url=stack.sandbox_origin, timeout=PATIENCE_S, trust_env=False)
    first, second = stack.client(web=0), stack.client(web=1)
    second._cookies = first._cookies
    async with outside, first, second:
        yield [Browser(first, outside), Browser(second, outside)]


@pytest.mark.parametrize("provider", ["google", "telegram"])
async def test_a_sign_in_that_began_in_one_process_ends_in_another(
    browsers: list[Browser], provider: str
) -> None:
    here, there = browsers
    back = await here.choose(await here.start(provider))
    assert (await there.get(back)).headers["location"] == "/en/browse"
    assert await here.who() == await there.who() is not None


async def test_signing_out_in_one_process_is_known_in_the_other_at_once(
    browsers: list[Browser],
) -> None:
    here, there = browsers
    await here.sign_in("google")
    token = here.api.cookies["sid"]
    assert await there.who() is not None
    await here.post("/api/auth/sign-out")
    there.headers["Cookie"] = f"sid={token}"

    async def is_out() -> bool:
        return await there.who() is None

    await until_told(is_out)


async def test_a_ban_ends_sessions_in_every_process_within_a_moment(
    stack: LiveStack, browsers: list[Browser]
) -> None:
    await browsers[0].sign_in("google")
    names = {await browser.who() for browser in browsers}
    assert None not in names
    async with stack.database() as database:
        services = build_services(Settings(), database, {})
        async with database.connection() as connection:
            user = await connection.fetchval(
                "select id from users where display_name = $1 order by id desc", names.pop()
            )
        await services.identity.ban(user, actor="test", reason="test")

    async def is_out() -> bool:
        return [await browser.who() for browser in browsers] == [None, None]

    await until_told(is_out)


async def test_a_killed_process_forgets_nobody(stack: LiveStack, browsers: list[Browser]) -> None:
    await browsers[0].sign_in("telegram")
    name = await browsers[0].who()
    stack.webs[0].restart()
    assert await browsers[0].who() == name is not None


async def test_no_secret_reaches_the_log_at_any_level(
    stack: LiveStack, browsers: list[Browser]
) -> None:
    browser, seen = browsers[0], set[str]()
    async with stack.database() as database:
        services = build_services(Settings(), database, {})
        user = (await stack.customer()).id
        link = f"/api/auth/link/{await services.sign_in.make_link(user)}"
    for provider in ("google", "telegram"):
        page = await browser.start(provider)
        back = await browser.choose(page)
        fields = [*parse_qsl(urlsplit(page).query), *parse_qsl(urlsplit(back).query)]
        seen |= {value for name, value in fields if name in SECRET_FIELDS}
        for address in (back, back, link):
            for cookie in cookies_set(await browser.get(address)).values():
                seen.add(cookie.value)
    seen = {value for value in seen if len(value) > 8}
    seen |= {link.rpartition("/")[2], SANDBOX_GOOGLE_SECRET, SANDBOX_TELEGRAM_SECRET}
    printed = "".join(program.output for program in stack.webs)
    assert "nobody signed in" in printed
    assert len(seen) > 12
    assert not [value for value in seen if value in printed]
    assert not re.search(r"eyJ[\w-]{10,}", printed)
