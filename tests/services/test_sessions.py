"""Signed-in browsers: opened, recognised, renewed, ended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from jiema_app.bootstrap import Services
from jiema_app.domain.errors import Forbidden, NotFound
from jiema_app.domain.identity.sessions import OPEN_MAX, Sessions
from jiema_app.domain.units import UserId
from jiema_app.integrations.postgres.notifications import Notifications
from tests.support.browser import PHONE
from tests.support.polling import until_told
from tests.support.shop import Shop, now


class Watch:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.time = now()

    def now(self) -> datetime:
        return self.time

    def advance(self, **by: float) -> None:
        self.time += timedelta(**by)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def sessions(shop: Shop, watch: Watch) -> Sessions:
    return replace(shop.services.sessions, clock=watch)


async def somebody(shop: Shop) -> UserId:
    return (await shop.customer(cents=0)).id


async def opened(shop: Shop, sessions: Sessions, user: UserId, user_agent: str = PHONE) -> str:
    async with shop.services.database.transaction() as connection:
        return await sessions.open(connection, user, user_agent)


@asynccontextmanager
async def hearing(address: str, services: Services) -> AsyncIterator[None]:
    """Another process, which hears what changes."""
    heard: list[str] = []

    def hear(user: str) -> None:
        heard.append(user)
        services.sessions.forget(user)

    notifications = Notifications(address, {"credentials_changed": hear}, lambda: hear(""))
    follower = asyncio.create_task(notifications.follow())

    async def listens() -> bool:
        return bool(heard)

    await until_told(listens)
    try:
        yield
    finally:
        follower.cancel()
        await asyncio.gather(follower, return_exceptions=True)


async def test_a_browser_is_recognised(shop: Shop, sessions: Sessions) -> None:
    user = await somebody(shop)
    visitor = await sessions.identify(await opened(shop, sessions, user))
    assert visitor is not None
    assert visitor.user_id == user
    assert visitor.account_id == await shop.fetchval(
        "select id from ledger_accounts where user_id = $1", user
    )
    account = await shop.services.identity.get_account(user)
    assert (visitor.display_name, visitor.lang) == (account.display_name, account.lang)


async def test_it_is_signed_out_after_thirty_days_away(
    shop: Shop, sessions: Sessions, watch: Watch
) -> None:
    token = await opened(shop, sessions, await somebody(shop))
    watch.advance(days=29, hours=23)
    assert await sessions.identify(token) is not None
    watch.advance(hours=1)
    assert await sessions.identify(token) is None


async def test_who_comes_every_day_stays_until_the_ninetieth(
    shop: Shop, sessions: Sessions, watch: Watch
) -> None:
    token = await opened(shop, sessions, await somebody(shop))
    days = 0
    while await sessions.identify(token) is not None:
        watch.advance(days=1)
        sessions.forget("")
        token = await sessions.renew(token) or token
        days += 1
    assert days == 90
    assert await sessions.renew(token) is None


async def test_a_token_is_renewed_once_it_is_a_day_old(
    shop: Shop, sessions: Sessions, watch: Watch
) -> None:
    user = await somebody(shop)
    token = await opened(shop, sessions, user)
    watch.advance(hours=23)
    assert await sessions.renew(token) is None
    watch.advance(hours=2)
    younger = await sessions.renew(token)
    assert younger is not None
    assert await sessions.renew(younger) is None
    before, after = await sessions.identify(token), await sessions.identify(younger)
    assert before == after is not None
    watch.advance(days=29, hours=12)
    assert await sessions.identify(token) is None
    assert await sessions.identify(younger) is not None
    assert len(await sessions.list_open(user)) == 1


async def test_its_owner_sees_it(shop: Shop, sessions: Sessions, watch: Watch) -> None:
    user = await somebody(shop)
    await opened(shop, sessions, user, "curl/8")
    watch.advance(hours=1)
    visitor = await sessions.identify(await opened(shop, sessions, user))
    assert visitor is not None
    listed = await sessions.list_open(user, visitor.jti)
    assert [(one.device, one.is_current) for one in listed] == [
        ("Chrome on Android", True),
        ("Unknown browser", False),
    ]
    watch.advance(hours=1)
    sessions.forget("")
    await sessions.identify(await opened(shop, sessions, await somebody(shop)))
    assert (await sessions.list_open(user))[0].last_seen_at == listed[0].last_seen_at


async def test_being_seen_is_noted_within_a_quarter_of_an_hour(
    shop: Shop, sessions: Sessions, watch: Watch
) -> None:
    user = await somebody(shop)
    token = await opened(shop, sessions, user)
    for minutes, noted in ((10, False), (6, True)):
        watch.advance(minutes=minutes)
        sessions.forget("")
        await sessions.identify(token)
        assert ((await sessions.list_open(user))[0].last_seen_at == watch.time) is noted


async def test_one_browser_is_signed_out_and_the_others_stay(
    shop: Shop, sessions: Sessions
) -> None:
    user = await somebody(shop)
    here, there = [await opened(shop, sessions, user) for _ in range(2)]
    visitor = await sessions.identify(here)
    assert visitor is not None
    await sessions.close(user, visitor.jti)
    assert await sessions.identify(here) is None
    assert await sessions.renew(here) is None
    assert await sessions.identify(there) is not None
    with pytest.raises(NotFound):
        await sessions.close(user, visitor.jti)


@pytest.mark.parametrize(
    "jti", ["", "c", "a\0b", "\ud800", "x" * 100_000], ids=["empty", "short", "nul", "half", "long"]
)
async def test_what_is_no_session_is_not_found(shop: Shop, sessions: Sessions, jti: str) -> None:
    user = await somebody(shop)
    with pytest.raises(NotFound):
        await sessions.close(user, jti)


async def test_nobody_signs_somebody_else_s_browser_out(shop: Shop, sessions: Sessions) -> None:
    token = await opened(shop, sessions, await somebody(shop))
    visitor = await sessions.identify(token)
    assert visitor is not None
    with pytest.raises(NotFound):
        await sessions.close(await somebody(shop), visitor.jti)
    assert await sessions.identify(token) is not None


async def test_signing_out_everywhere_ends_them_all(shop: Shop, sessions: Sessions) -> None:
    user, other = await somebody(shop), await somebody(shop)
    mine = [await opened(shop, sessions, user) for _ in range(2)]
    theirs = await opened(shop, sessions, other)
    await sessions.close_all(user)
    assert [await sessions.identify(token) for token in mine] == [None, None]
    assert await sessions.identify(theirs) is not None
    assert await sessions.identify(await opened(shop, sessions, user)) is not None


async def test_a_token_of_an_earlier_version_is_worth_nothing(
    shop: Shop, sessions: Sessions
) -> None:
    user = await somebody(shop)
    token = await opened(shop, sessions, user)
    await shop.execute("update users set session_version = 1 where id = $1", user)
    assert await sessions.identify(token) is None


async def test_a_ban_ends_sessions_in_every_process_and_for_good(
    shop: Shop, database_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jiema_app.domain.identity.sessions.TRUST_S", 3_600.0)
    user = await somebody(shop)
    token = await opened(shop, shop.services.sessions, user)
    other = shop.another_process()
    async with hearing(database_address, other):
        assert await other.sessions.identify(token) is not None
        await shop.services.identity.ban(user, actor="test", reason="test")

        async def is_out() -> bool:
            return await other.sessions.identify(token) is None

        await until_told(is_out)
    await shop.services.identity.unban(user, actor="test", reason="test")
    assert await shop.services.sessions.identify(token) is None
    assert await shop.services.sessions.list_open(user) == []


@pytest.mark.parametrize("how", ["close", "close_all"])
async def test_signing_out_is_heard_in_every_process(
    shop: Shop, database_address: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jiema_app.domain.identity.sessions.TRUST_S", 3_600.0)
    user = await somebody(shop)
    token = await opened(shop, shop.services.sessions, user)
    other = shop.another_process()
    async with hearing(database_address, other):
        visitor = await other.sessions.identify(token)
        assert visitor is not None
        if how == "close":
            await shop.services.sessions.close(user, visitor.jti)
        else:
            await shop.services.sessions.close_all(user)

        async def is_out() -> bool:
            return await other.sessions.identify(token) is None

        await until_told(is_out)


async def test_what_was_read_before_a_revocation_is_not_kept_after_it(
    shop: Shop, sessions: Sessions
) -> None:
    user = await somebody(shop)
    asked_in = sessions.memory.generation
    visitor = await sessions.identify(await opened(shop, sessions, user))
    assert visitor is not None
    known = sessions.memory.recall(visitor.jti)
    assert known is not None
    sessions.memory.forget(user)
    sessions.memory.keep(visitor.jti, known, asked_in=asked_in, trust_s=60)
    assert sessions.memory.recall(visitor.jti) is None


async def test_a_banned_person_gets_no_session(shop: Shop, sessions: Sessions) -> None:
    user = await somebody(shop)
    await shop.services.identity.ban(user, actor="test", reason="test")
    with pytest.raises(Forbidden):
        await opened(shop, sessions, user)


async def test_who_signs_in_again_and_again_fills_no_page(
    shop: Shop, sessions: Sessions, watch: Watch
) -> None:
    user = await somebody(shop)
    kept = await opened(shop, sessions, user)
    first, *rest = [await opened(shop, sessions, user) for _ in range(OPEN_MAX - 1)]
    watch.advance(hours=1)
    assert await sessions.identify(kept) is not None  # used lately, however old
    sessions.forget("")
    await asyncio.gather(*(opened(shop, sessions, user) for _ in range(5)))
    latest = await opened(shop, sessions, user)
    sessions.forget("")
    assert len(await sessions.list_open(user)) == OPEN_MAX
    known = [await sessions.identify(token) is not None for token in (kept, *rest, latest, first)]
    assert (known[0], known[-2], known.count(False)) == (True, True, 6)


async def test_those_of_others_stay_when_somebody_has_too_many(
    shop: Shop, sessions: Sessions
) -> None:
    theirs = await opened(shop, sessions, await somebody(shop))
    user = await somebody(shop)
    for _ in range(OPEN_MAX + 2):
        await opened(shop, sessions, user)
    assert await sessions.identify(theirs) is not None


async def test_what_is_over_is_swept_away(shop: Shop) -> None:
    user, sessions = await somebody(shop), shop.services.sessions
    await opened(shop, sessions, user)
    await shop.services.sign_in.make_link(user)
    await shop.services.sign_in.accept_once(b"digest", now() + timedelta(minutes=6))
    rows = """select (select count(*) from web_sessions) + (select count(*) from login_links)
                     + (select count(*) from used_sign_ins)"""
    await sessions.sweep()
    assert await shop.fetchval(rows) == 3
    await shop.pass_time(31 * 24 * 3600)
    await sessions.sweep()
    assert await shop.fetchval(rows) == 0


async def test_those_who_come_at_one_moment_are_told_apart(
    shop: Shop, sessions: Sessions, watch: Watch
) -> None:
    people = [await somebody(shop) for _ in range(4)]
    tokens = [await opened(shop, sessions, user) for user in people]
    await sessions.close_all(people[1])
    watch.advance(minutes=20)
    seen = await asyncio.gather(*(sessions.identify(token) for token in (*tokens, "nonsense")))
    assert [None if visitor is None else visitor.user_id for visitor in seen] == [
        people[0],
        None,
        people[2],
        people[3],
        None,
    ]
    noted = await shop.fetchval(
        "select count(*) from web_sessions where last_seen_at = $1", watch.now()
    )
    assert noted == 3


async def test_being_seen_waits_for_nobody(shop: Shop, sessions: Sessions, watch: Watch) -> None:
    """Somebody changes one of the sessions just now, and takes their time."""
    ann, bob = await somebody(shop), await somebody(shop)
    hers, his = await opened(shop, sessions, ann), await opened(shop, sessions, bob)
    watch.advance(minutes=20)
    async with shop.services.database.transaction() as connection:
        await connection.execute("select 1 from web_sessions where user_id = $1 for update", ann)
        async with asyncio.timeout(20):
            seen = await asyncio.gather(sessions.identify(hers), sessions.identify(his))
    assert [visitor is not None for visitor in seen] == [True, True]
