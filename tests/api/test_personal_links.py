"""Personal links by browser: what is counted, what a browser keeps, and whom it brings."""

import asyncio
from typing import Any

import pytest
from starlette.responses import Response

from api_routes.auth.referral_cookie import keep_link, read_link
from jiema_app.domain.referrals.marks import DEVICE
from jiema_app.settings import Settings
from tests.api.sign_in_ways import Open, settings_beside
from tests.support.browser import PHONE, Browser, cookies_set
from tests.support.invitations import seconds_ago
from tests.support.shop import Shop, now

CLICKS = "select coalesce(sum(clicks), 0) from referral_days"


@pytest.fixture
def settings(sandbox_port: int) -> Settings:
    return settings_beside(sandbox_port)


@pytest.fixture
async def code(shop: Shop) -> str:
    """Of somebody who invites."""
    return (await shop.services.identity.get_account((await shop.customer()).id)).referral_code


async def brought(shop: Shop) -> int:
    return int(await shop.fetchval("select count(*) from referrals"))


async def verdict(shop: Shop) -> tuple[Any, ...]:
    """What came of the only invitation, once it was judged. A person was not as quick as we are."""
    await shop.execute("update referrals set clicked_at = clicked_at - interval '1 minute'")
    await shop.services.referrals.run()
    row = await shop.fetchrow("select status, hold_reason from referrals")
    return tuple(row)


async def own_code(shop: Shop, browser: Browser) -> str:
    """Of whoever is signed in."""
    name = await browser.who()
    return str(await shop.fetchval("select referral_code from users where display_name = $1", name))


def at(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": address}


async def test_a_click_counts_once_for_each_visitor(
    shop: Shop, code: str, open_browser: Open
) -> None:
    browser = await open_browser()
    for _ in range(3):
        await browser.get(f"/r/{code}", **at("8.8.8.8"))
    await browser.get(f"/r/{code.upper()}", **at("8.8.8.8"))
    assert await shop.fetchval(CLICKS) == 1
    await browser.get(f"/r/{code}", **at("8.8.4.4"))
    assert await shop.fetchval(CLICKS) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Purpose": "prefetch"},
        {"User-Agent": "TelegramBot (like TwitterBot)"},
        {"User-Agent": "Slackbot-LinkExpanding 1.0"},
        {"User-Agent": "curl/8.5.0"},
    ],
    ids=str,
)
async def test_machines_are_not_counted(
    shop: Shop, code: str, open_browser: Open, headers: dict[str, str]
) -> None:
    browser = await open_browser()
    await browser.get(f"/r/{code}", **headers)
    await browser.api.head(f"/r/{code}", headers={"User-Agent": PHONE})
    assert await shop.fetchval(CLICKS) == 0


async def test_a_link_leads_on_while_the_database_stands_still(
    shop: Shop, code: str, open_browser: Open
) -> None:
    """It is let go of only after everybody has got their answer."""
    browser = await open_browser()
    async with shop.services.database.transaction() as connection:
        await connection.execute("lock table referral_touches in access exclusive mode")
        asked = (browser.get(f"/r/{code}", **at(f"8.8.8.{n}")) for n in range(8))
        answers = await asyncio.gather(*asked)
        assert {answer.status_code for answer in answers} == {302}
        # Nobody knows whose link it is, so the browser keeps it.
        assert all("ref" in cookies_set(answer) for answer in answers)
        later = await browser.get("/r/zzzzzzzz", **at("8.8.8.8"))
        assert later.status_code == 302
    await shop.wait_until("select sum(clicks) >= 1 from referral_days")
    await browser.get(f"/r/{code}", **at("8.8.9.9"))
    assert await shop.fetchval(CLICKS) >= 2
    await browser.sign_in("google")
    assert await brought(shop) == 1


async def test_a_link_that_was_found_to_be_nobody_s_by_then_brings_nobody(
    shop: Shop, open_browser: Open
) -> None:
    browser = await open_browser()
    async with shop.services.database.transaction() as connection:
        await connection.execute("lock table users in access exclusive mode")
        assert "ref" in cookies_set(await browser.get("/r/zzzzzzzz"))
    await browser.sign_in("google")
    assert await brought(shop) == 0


def kept(settings: Settings, code: str, seconds: float) -> str:
    answer = Response()
    keep_link(answer, settings, code, seconds_ago(seconds))
    return answer.headers["set-cookie"].partition(";")[0].partition("=")[2]


@pytest.mark.parametrize(
    ("seconds", "change", "binds"),
    [
        (60, None, 1),
        (29 * 86_400, None, 1),
        (31 * 86_400, None, 0),
        (-3_600, None, 0),
        # As browsers keep it from before; and with a time that is not ours.
        (31 * 86_400, lambda value: value[:8], 1),
        (31 * 86_400, lambda value: value[:-1] + ("A" if value[-1] != "A" else "B"), 1),
        (60, lambda value: value + "x" * 100, 0),
        (60, lambda _: "." * 40, 0),
        (60, lambda _: "zzzzzzzz", 0),
    ],
)
async def test_what_a_browser_says_of_a_link_counts_for_30_days(
    shop: Shop,
    settings: Settings,
    code: str,
    open_browser: Open,
    seconds: float,
    change: Any,
    binds: int,
) -> None:
    value = kept(settings, code, seconds)
    browser = await open_browser()
    browser.api.cookies.set("ref", value if change is None else change(value))
    await browser.sign_in("google")
    assert await brought(shop) == binds


def test_the_time_of_a_click_is_ours_alone(settings: Settings) -> None:
    value = kept(settings, "abcd1234", 5)
    read = read_link(settings, value)
    assert read is not None
    assert read.clicked_at is not None
    assert abs((now() - read.clicked_at).total_seconds() - 5) < 60
    code, stamp, tag = value.split(".")
    for forged in (
        f"{code}.{int(stamp) - 86_400_000}.{tag}",
        f"zzzzzzzz.{stamp}.{tag}",
        f"{code}.{stamp}.{tag[:-1]}",
        f"{code}.{stamp}",
        f"{code}.{'9' * 13}.{tag}",
    ):
        found = read_link(settings, forged)
        assert found is not None
        assert found.clicked_at is None
    assert read_link(settings, None) is None
    assert read_link(settings, "x" * 65) is None


async def test_the_click_is_written_down_with_the_invitation(
    shop: Shop, code: str, open_browser: Open
) -> None:
    browser = await open_browser()
    await browser.get(f"/r/{code}")
    await browser.sign_in("google")
    clicked = "select clicked_at between now() - interval '5 minutes' and now() from referrals"
    assert await shop.fetchval(clicked)


async def test_a_browser_is_given_a_number_when_somebody_signs_in_and_never_else(
    shop: Shop, code: str, open_browser: Open
) -> None:
    browser = await open_browser()
    for page in (f"/r/{code}", "/api/auth/session", "/api/auth/google"):
        assert "device" not in cookies_set(await browser.get(page))
    first = cookies_set(await browser.sign_in("google"))["device"]
    assert DEVICE.fullmatch(first.value)
    assert (first["max-age"], first["samesite"], first["path"]) == ("15552000", "lax", "/")
    assert first["httponly"]
    await browser.post("/api/auth/sign-out")
    again = cookies_set(await browser.sign_in("telegram"))["device"]
    assert again.value == first.value
    other = cookies_set(await (await open_browser()).sign_in("google"))["device"]
    assert other.value != first.value
    stored = await shop.fetchval("select string_agg(m::text, '') from sign_in_marks m")
    assert first.value not in stored
    assert await shop.fetchval("select count(distinct device_hash) from sign_in_marks") == 2


async def test_a_number_of_somebody_s_own_making_is_replaced(
    shop: Shop, open_browser: Open
) -> None:
    browser = await open_browser()
    browser.api.cookies.set("device", "x" * 500)
    given = cookies_set(await browser.sign_in("google"))["device"]
    assert DEVICE.fullmatch(given.value)


async def test_over_https_no_other_host_sets_the_number(shop: Shop, open_browser: Open) -> None:
    link = f"/api/auth/link/{await shop.services.sign_in.make_link((await shop.customer()).id)}"
    browser = await open_browser(public_url="https://shop.example")
    given = cookies_set(await browser.get(link))["__Host-device"]
    assert given["secure"]
    assert DEVICE.fullmatch(given.value)


async def test_inviting_oneself_by_the_other_provider_earns_nothing(
    shop: Shop, open_browser: Open
) -> None:
    browser = await open_browser()
    await browser.sign_in("google")
    own = await own_code(shop, browser)
    await browser.post("/api/auth/sign-out")
    await browser.get(f"/r/{own}")
    await browser.sign_in("telegram")
    assert await verdict(shop) == ("DENIED", "SAME_DEVICE")


async def test_inviting_oneself_without_signing_out_earns_nothing(
    shop: Shop, open_browser: Open
) -> None:
    browser = await open_browser()
    await browser.sign_in("google")
    await browser.get(f"/r/{await own_code(shop, browser)}")
    browser.api.cookies.delete("device")
    await browser.sign_in("telegram")
    assert await verdict(shop) == ("DENIED", "SAME_DEVICE")


async def test_following_one_s_own_link_makes_nobody_invited_by_themself(
    shop: Shop, open_browser: Open
) -> None:
    browser = await open_browser()
    person = (await browser.persons("google"))[0]["sub"]
    await browser.sign_in("google", person)
    await browser.get(f"/r/{await own_code(shop, browser)}")
    await browser.sign_in("google", person)
    assert await brought(shop) == 0


async def test_a_private_window_at_home_waits_for_a_person(shop: Shop, open_browser: Open) -> None:
    first, private = await open_browser(), await open_browser()
    for browser in (first, private):
        browser.headers |= at("8.8.4.4")
    await first.sign_in("google")
    await private.get(f"/r/{await own_code(shop, first)}")
    await private.sign_in("telegram")
    assert await verdict(shop) == ("NEW", None)
    assert await shop.fetchval("select score from referrals") == 70


async def test_a_friend_elsewhere_is_a_friend(shop: Shop, open_browser: Open) -> None:
    first, friend = await open_browser(), await open_browser()
    first.headers |= at("8.8.4.4")
    friend.headers |= at("9.9.9.9")
    await first.sign_in("google")
    await friend.get(f"/r/{await own_code(shop, first)}")
    await friend.sign_in("google")
    assert await verdict(shop) == ("NEW", None)
    assert await shop.fetchval("select count(*) from referral_findings") == 0
