"""What comes after signing in: links that do, signing out, and whose friend one is."""

import pytest

from jiema_app.settings import Settings
from tests.api.asking import problem
from tests.api.sign_in_ways import Open, settings_beside
from tests.support.browser import PHONE, cookies_set, outcome
from tests.support.shop import Shop


@pytest.fixture
def settings(sandbox_port: int) -> Settings:
    return settings_beside(sandbox_port)


async def test_a_link_signs_a_browser_in_once(shop: Shop, open_browser: Open) -> None:
    link = f"/api/auth/link/{await shop.services.sign_in.make_link((await shop.customer()).id)}"
    browser = await open_browser()
    looked = await browser.api.head(link)
    assert "sid" not in cookies_set(looked)
    assert outcome(await browser.get(f"{link}?next=/en/orders")) == ("/en/orders", None)
    assert await browser.who() is not None
    assert outcome(await (await open_browser()).get(link)) == ("/en/login", "expired")


async def test_signing_out_ends_the_session_and_takes_the_cookies(
    shop: Shop, open_browser: Open
) -> None:
    browser = await open_browser()
    signed_in = cookies_set(await browser.sign_in("google"))
    answer = await browser.post("/api/auth/sign-out")
    assert outcome(answer) == ("/en", None)
    assert {"sid", "signed_in"} <= cookies_set(answer).keys()
    assert await browser.who() is None
    kept = {"Cookie": f"sid={signed_in['sid'].value}"}
    assert problem(await browser.get("/api/auth/session", **kept)) == (401, "AUTH_MISSING")
    assert outcome(await browser.post("/api/auth/sign-out")) == ("/en", None)


async def test_signing_out_everywhere_ends_the_other_browsers_too(open_browser: Open) -> None:
    phone, laptop, stranger = [await open_browser() for _ in range(3)]
    person = (await phone.persons("google"))[0]["sub"]
    for browser in (phone, laptop):
        await browser.sign_in("google", person)
    await stranger.sign_in("google")
    assert outcome(await phone.post("/api/auth/sign-out-everywhere")) == ("/en/login", None)
    assert [await browser.who() is None for browser in (phone, laptop, stranger)] == [
        True,
        True,
        False,
    ]


async def test_signing_in_anew_replaces_the_browser_s_session(
    shop: Shop, open_browser: Open
) -> None:
    browser = await open_browser()
    person = (await browser.persons("google"))[0]["sub"]
    for _ in range(3):
        await browser.sign_in("google", person)
    open_ones = "select count(*) from web_sessions where revoked_at is null"
    assert await shop.fetchval(open_ones) == 1


@pytest.mark.parametrize("path", ["/api/auth/sign-out", "/api/auth/sign-out-everywhere"])
@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True),
        ({"Origin": "http://localhost:8000"}, True),
        ({}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "http://localhost:8000.evil.example"}, False),
        ({"Origin": "http://localhost:8001"}, False),
        ({"Origin": "https://localhost:8000"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost:8000"}, False),
        ({"Referer": "http://localhost:8000/en"}, False),
    ],
    ids=str,
)
async def test_another_site_changes_nothing(
    shop: Shop, path: str, headers: dict[str, str], *, passes: bool
) -> None:
    user = (await shop.customer()).id
    token = await shop.services.sign_in.with_link(await shop.services.sign_in.make_link(user), "")
    api = await shop.api()
    answer = await api.post(path, headers={"Cookie": f"sid={token}", **headers})
    if passes:
        assert answer.status_code == 303
    else:
        assert problem(answer) == (403, "FORBIDDEN")
    assert (await shop.services.sessions.identify(token) is None) is passes


async def test_reading_changes_nothing(shop: Shop, open_browser: Open) -> None:
    browser = await open_browser()
    await browser.sign_in("google")
    for path in ("sign-out", "sign-out-everywhere"):
        assert problem(await browser.get(f"/api/auth/{path}")) == (405, "BAD_REQUEST")
    assert await browser.who() is not None


async def code_of(shop: Shop) -> str:
    return (await shop.services.identity.get_account((await shop.customer()).id)).referral_code


async def test_who_followed_a_personal_link_is_brought_by_its_owner(
    shop: Shop, open_browser: Open
) -> None:
    code, browser = await code_of(shop), await open_browser()
    answer = await browser.get(f"/r/{code}", **{"Accept-Language": "zh-CN"})
    assert (answer.status_code, answer.headers["location"]) == (302, "/zh")
    cookie = cookies_set(answer)["ref"]
    assert cookie.value.partition(".")[0] == code
    assert (cookie["max-age"], cookie["samesite"]) == ("2592000", "lax")
    assert cookie["httponly"]
    await browser.sign_in("google")
    brought = "select count(*) from users where referrer_id is not null"
    assert await shop.fetchval(brought) == 1


async def test_the_last_link_counts(shop: Shop, open_browser: Open) -> None:
    codes, browser = [await code_of(shop) for _ in range(2)], await open_browser()
    for code in codes:
        await browser.get(f"/r/{code}")
    await browser.sign_in("telegram")
    owner = "select r.referral_code from users u join users r on r.id = u.referrer_id"
    assert await shop.fetchval(owner) == codes[1]


@pytest.mark.parametrize("code", ["zzzzzzzz", "x", "a" * 300, "%00", "AB-CD"])
async def test_a_code_of_nobody_leads_home_without_a_cookie(open_browser: Open, code: str) -> None:
    answer = await (await open_browser()).get(f"/r/{code}")
    assert (answer.status_code, answer.headers["location"]) == (302, "/en")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"User-Agent": "TelegramBot (like TwitterBot)"},
        {"User-Agent": "facebookexternalhit/1.1"},
        {"User-Agent": "WhatsApp/2.23"},
        {"User-Agent": "Googlebot/2.1"},
    ],
    ids=str,
)
async def test_machines_follow_no_personal_link(
    shop: Shop, open_browser: Open, headers: dict[str, str]
) -> None:
    browser = await open_browser()
    code = await code_of(shop)
    assert "set-cookie" not in (await browser.get(f"/r/{code}", **headers)).headers
    looked = await browser.api.head(f"/r/{code}", headers={"User-Agent": PHONE})
    assert looked.status_code == 302
    assert "set-cookie" not in looked.headers
