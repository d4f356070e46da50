"""Signing in, from the button to the cookie: authlib against the sandbox's providers."""

import asyncio
import hashlib
import hmac
import re
import time
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
import structlog
from pydantic import SecretStr

from jiema_app.settings import SANDBOX_BOT_TOKEN, Settings
from tests.api.asking import IRAN
from tests.api.sign_in_ways import HOME, WAYS, Open, in_mode, provider_of, settings_beside
from tests.support.browser import cookies_set, outcome
from tests.support.shop import Shop


@pytest.fixture
def settings(sandbox_port: int) -> Settings:
    return settings_beside(sandbox_port)


@pytest.mark.parametrize("way", WAYS)
async def test_a_click_signs_a_newcomer_in(
    shop: Shop, settings: Settings, open_browser: Open, way: str
) -> None:
    browser = await open_browser(**in_mode(settings, way))
    assert await browser.who() is None
    answer = await browser.sign_in(provider_of(way))
    assert outcome(answer) == (HOME, None)
    cookies = cookies_set(answer)
    assert cookies["sid"]["httponly"]
    assert cookies["sid"]["samesite"] == "Lax"
    assert cookies["sid"]["path"] == "/"
    assert cookies["sid"]["max-age"] == "2592000"
    assert cookies["signed_in"].value == "1"
    assert not cookies["signed_in"]["httponly"]
    assert answer.headers["cache-control"] == "no-store"
    name = await shop.fetchval("select display_name from users")
    assert await browser.who() == name
    assert await shop.fetchval("select device from web_sessions") == "Chrome on Android"


@pytest.mark.parametrize("way", WAYS)
async def test_the_same_person_finds_the_same_account_in_another_browser(
    shop: Shop, settings: Settings, open_browser: Open, way: str
) -> None:
    names = []
    for _ in range(2):
        browser = await open_browser(**in_mode(settings, way))
        person = (await browser.persons(provider_of(way)))[0]["sub"]
        await browser.sign_in(provider_of(way), person)
        names.append(await browser.who())
        # Two statements of one second about one person are one statement.
        await shop.execute("delete from used_sign_ins")
    assert names[0] is not None
    assert names[0] == names[1]
    assert await shop.fetchval("select count(*) from users") == 1


async def test_both_of_telegram_s_ways_lead_to_one_account(
    shop: Shop, settings: Settings, open_browser: Open
) -> None:
    for way in ("widget", "telegram"):
        browser = await open_browser(**in_mode(settings, way))
        person = (await browser.persons("telegram"))[1]
        assert outcome(await browser.sign_in("telegram", person["sub"])) == (HOME, None)
    assert await shop.fetchval("select array_agg(subject) from identities") == [
        str(person["number"])
    ]


async def test_what_is_asked_of_google_is_as_little_as_can_be(open_browser: Open) -> None:
    browser = await open_browser()
    asked = parse_qs(urlsplit(await browser.start("google")).query)
    assert asked["scope"] == ["openid"]
    assert asked["redirect_uri"] == ["http://localhost:8000/api/auth/google/callback"]
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= asked.keys()


@pytest.mark.parametrize("way", WAYS)
async def test_the_wanted_page_follows_in_its_language(
    shop: Shop, settings: Settings, open_browser: Open, way: str
) -> None:
    browser = await open_browser(**in_mode(settings, way))
    wish = urlencode({"next": "/ar/service/telegram?country=7"})
    answer = await browser.sign_in(provider_of(way), query=f"?{wish}")
    assert answer.headers["location"] == "/ar/service/telegram?country=7"
    assert await shop.fetchval("select lang from users") == "ar"


@pytest.mark.parametrize(
    "wish", ["//evil.example", "https://evil.example", "/\\evil.example", "/en\n", "/api/v1/orders"]
)
async def test_no_other_site_follows(open_browser: Open, wish: str) -> None:
    browser = await open_browser()
    answer = await browser.sign_in("google", query="?" + urlencode({"next": wish}))
    assert answer.headers["location"] == HOME


@pytest.mark.parametrize("way", WAYS)
async def test_who_says_no_is_told_so(settings: Settings, open_browser: Open, way: str) -> None:
    browser = await open_browser(**in_mode(settings, way))
    answer = await browser.sign_in(provider_of(way), "deny", "?next=/zh/browse")
    assert answer.headers["location"] == "/zh/login?error=denied&next=%2Fzh%2Fbrowse"
    assert await browser.who() is None


@pytest.mark.parametrize("way", WAYS)
async def test_a_callback_works_once(settings: Settings, open_browser: Open, way: str) -> None:
    browser = await open_browser(**in_mode(settings, way))
    back = await browser.choose(await browser.start(provider_of(way)))
    assert outcome(await browser.get(back)) == (HOME, None)
    assert outcome(await browser.get(back)) == ("/en/login", "expired")


@pytest.mark.parametrize("way", WAYS)
async def test_a_callback_works_in_the_browser_that_asked_alone(
    settings: Settings, open_browser: Open, way: str
) -> None:
    attacker = await open_browser(**in_mode(settings, way))
    back = await attacker.choose(await attacker.start(provider_of(way)))
    victim = await open_browser(**in_mode(settings, way))
    assert outcome(await victim.get(back)) == ("/en/login", "expired")
    # Nor when they have a sign-in of their own under way.
    await victim.start(provider_of(way))
    assert outcome(await victim.get(back)) == ("/en/login", "expired")
    assert await victim.who() is None


async def test_a_wrong_way_back_from_the_widget_does_not_end_the_visitor_s_own(
    settings: Settings, open_browser: Open
) -> None:
    browser = await open_browser(**in_mode(settings, "widget"))
    for _ in range(2):  # two tabs
        back = await browser.choose(await browser.start("telegram"))
    for state in ("", "&state=", "&state=%C3%A9"):
        address = f"/api/auth/telegram/callback?{urlencode(statement())}{state}"
        assert outcome(await browser.get(address)) == ("/en/login", "expired")
    assert await browser.who() is None
    assert outcome(await browser.get(back)) == (HOME, None)


async def test_a_statement_of_the_widget_is_accepted_once_in_any_browser(
    settings: Settings, open_browser: Open
) -> None:
    browsers = [await open_browser(**in_mode(settings, "widget")) for _ in range(2)]
    good = urlencode(statement())
    backs = [f"{await way_back(browser)}&{good}" for browser in browsers]
    answers = await asyncio.gather(
        *(browser.get(back) for browser, back in zip(browsers, backs, strict=True))
    )
    assert sorted(outcome(answer)[0] for answer in answers) == [HOME, "/en/login"]


async def test_two_tabs_both_come_through(open_browser: Open) -> None:
    browser = await open_browser()
    first = await browser.start("google", "?next=/en/one")
    second = await browser.start("google", "?next=/en/two")
    answers = [await browser.get(await browser.choose(page)) for page in (first, second)]
    assert [answer.headers["location"] for answer in answers] == ["/en/one", "/en/two"]


async def test_over_https_no_sibling_host_can_have_a_visitor_finish_a_sign_in_of_another(
    open_browser: Open,
) -> None:
    """Browsers let another host of our domain set any cookie but those of this prefix."""
    thief, victim = [await open_browser(public_url="https://localhost:8000") for _ in range(2)]
    for browser in (thief, victim):
        browser.api.base_url = "https://localhost:8000"
    begun = await thief.get("/api/auth/google")
    cookie = cookies_set(begun)["__Host-oauth_tx"]
    assert (cookie["path"], cookie["secure"], cookie["domain"]) == ("/", True, "")
    back = await thief.choose(begun.headers["location"])
    answer = await victim.get(back, Cookie=f"oauth_tx={cookie.value}")
    assert outcome(answer) == ("/en/login", "expired")
    assert outcome(await thief.get(back)) == (HOME, None)


async def test_many_tabs_do_not_outgrow_the_cookie(open_browser: Open) -> None:
    browser = await open_browser()
    pages = [await browser.start("google", f"?next=/en/{'x' * 400}") for _ in range(9)]
    kept = next(c.value for c in browser.api.cookies.jar if c.name == "oauth_tx")
    assert kept is not None
    assert len(kept) < 4000
    assert outcome(await browser.get(await browser.choose(pages[0])))[1] == "expired"
    assert outcome(await browser.get(await browser.choose(pages[-1])))[1] is None


@pytest.mark.parametrize("way", ["google", "telegram"])
async def test_a_state_that_was_changed_is_refused(open_browser: Open, way: str) -> None:
    browser = await open_browser()
    back = urlsplit(await browser.choose(await browser.start(way)))
    fields = dict(parse_qsl(back.query)) | {"state": "another"}
    answer = await browser.get(f"{back.path}?{urlencode(fields)}")
    assert outcome(answer) == ("/en/login", "expired")


@pytest.mark.parametrize("way", ["google", "telegram"])
async def test_a_code_that_another_verifier_asked_for_is_refused(
    open_browser: Open, way: str
) -> None:
    """The code of one sign-in put into the answer of another: PKCE tells them apart."""
    browser = await open_browser()
    mine, theirs = await browser.start(way), await browser.start(way)
    stolen = dict(parse_qsl(urlsplit(await browser.choose(theirs)).query))["code"]
    back = urlsplit(await browser.choose(mine))
    fields = dict(parse_qsl(back.query)) | {"code": stolen}
    answer = await browser.get(f"{back.path}?{urlencode(fields)}")
    assert outcome(answer) == ("/en/login", "expired")
    assert await browser.who() is None


@pytest.mark.parametrize("way", ["google", "telegram"])
@pytest.mark.parametrize("kind", ["down", "bad_signature", "wrong_audience", "expired_id_token"])
async def test_a_provider_that_fails_signs_nobody_in(
    shop: Shop, open_browser: Open, way: str, kind: str
) -> None:
    browser = await open_browser()
    back = await browser.choose(await browser.start(way, "?next=/en/wanted"))
    await browser.fault(way, kind)
    answer = await browser.get(back)
    assert outcome(answer) == ("/en/login", "unavailable")
    assert answer.headers["location"].endswith("&next=%2Fen%2Fwanted")
    assert await shop.fetchval("select count(*) from users") == 0
    assert outcome(await browser.sign_in(way)) == (HOME, None)


async def test_a_provider_that_is_down_before_the_first_sign_in_is_asked_again(
    open_browser: Open,
) -> None:
    browser = await open_browser()
    await browser.fault("google", "down")
    assert outcome(await browser.get("/api/auth/google")) == ("/en/login", "unavailable")
    assert outcome(await browser.sign_in("google")) == (HOME, None)


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=x", "?code=x&state=x", "?error=server_error", "?state=" + "x" * 3000]
)  # fmt: skip
async def test_a_callback_out_of_nowhere_leads_to_the_sign_in_page(
    open_browser: Open, query: str
) -> None:
    browser = await open_browser()
    for way in ("google", "telegram"):
        answer = await browser.get(f"/api/auth/{way}/callback{query}")
        assert outcome(answer) == ("/en/login", "expired")


async def test_the_way_that_is_not_configured_is_refused(
    settings: Settings, open_browser: Open
) -> None:
    oidc = await open_browser()
    answer = await oidc.get(f"/api/auth/telegram/callback?{urlencode(statement())}")
    assert outcome(answer) == ("/en/login", "unavailable")
    widget = await open_browser(**in_mode(settings, "widget"))
    answer = await widget.get("/api/auth/telegram/callback?code=1&state=2")
    assert outcome(answer) == ("/en/login", "unavailable")


async def way_back(browser: Any) -> str:
    """Where the widget leads a browser that asks for it, before it adds its statement."""
    [address] = parse_qs(urlsplit(await browser.start("telegram")).query)["auth_url"]
    return str(address)


def statement(**changes: str) -> dict[str, str]:
    fields = {"id": "42", "first_name": "Ada", "auth_date": str(int(time.time())), **changes}
    checked = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hashlib.sha256(SANDBOX_BOT_TOKEN.encode()).digest()
    return {**fields, "hash": hmac.new(key, checked.encode(), "sha256").hexdigest()}


async def test_a_statement_that_does_not_hold_signs_nobody_in(
    settings: Settings, open_browser: Open
) -> None:
    browser = await open_browser(**in_mode(settings, "widget"))
    good = statement()
    for fields in (
        good | {"id": "43"},
        good | {"hash": "0" * 64},
        good | {"next": "/en"},
        statement(auth_date=str(int(time.time()) - 301)),
        statement(auth_date=str(int(time.time()) + 600)),
    ):
        answer = await browser.get(f"{await way_back(browser)}&{urlencode(fields)}")
        assert outcome(answer) == ("/en/login", "expired")
    answer = await browser.get(f"{await way_back(browser)}&{urlencode(good)}")
    assert outcome(answer) == (HOME, None)


async def test_with_a_bot_of_our_own_the_widget_stands_on_a_page_of_its_own(
    settings: Settings, open_browser: Open
) -> None:
    own = settings.telegram.model_copy(
        update={"login_mode": "widget", "bot_token": SecretStr("1:own"), "bot_username": "our_bot"}
    )
    browser = await open_browser(telegram=own)
    page = await browser.get("/api/auth/telegram?next=/ar/browse")
    assert page.status_code == 200
    assert 'data-telegram-login="our_bot"' in page.text
    callback = "http://localhost:8000/api/auth/telegram/callback"
    assert re.search(rf'data-auth-url="{callback}\?state=[\w-]{{22}}"', page.text)
    assert '<html lang="ar" dir="rtl">' in page.text
    [policy] = page.headers.get_list("content-security-policy")
    assert "script-src https://telegram.org;" in policy
    assert "frame-ancestors 'none'" in policy
    assert "oauth_tx" in cookies_set(page)


async def test_a_banned_person_is_told_so(shop: Shop, open_browser: Open) -> None:
    browser = await open_browser()
    person = (await browser.persons("google"))[0]["sub"]
    await browser.sign_in("google", person)
    user = await shop.fetchval("select id from users")
    await shop.services.identity.ban(user, actor="test", reason="test")
    shop.services.sessions.forget(user)
    assert await browser.who() is None
    assert outcome(await browser.sign_in("google", person)) == ("/en/login", "blocked")
    assert await browser.who() is None


async def test_nobody_signs_in_from_a_place_we_may_not_serve(
    shop: Shop, settings: Settings, open_browser: Open
) -> None:
    browser = await open_browser()
    there = {"X-Forwarded-For": IRAN}
    for way in ("google", "telegram"):
        assert outcome(await browser.get(f"/api/auth/{way}", **there)) == ("/en/login", "place")
    back = await browser.choose(await browser.start("google"))
    assert outcome(await browser.get(back, **there)) == ("/en/login", "place")
    link = await shop.services.sign_in.make_link((await shop.customer()).id)
    answer = await browser.get(f"/api/auth/link/{link}", **there)
    assert outcome(answer) == ("/en/login", "place")
    assert await shop.fetchval("select count(*) from web_sessions") == 0


async def test_guesses_from_one_address_are_limited(settings: Settings, open_browser: Open) -> None:
    few = settings.limits.model_copy(update={"sign_ins_per_minute": 3})
    browser = await open_browser(limits=few)
    with structlog.testing.capture_logs() as lines:
        tries = [outcome(await browser.get("/api/auth/link/jl_" + "a" * 43))[1] for _ in range(9)]
    assert tries == ["expired"] * 3 + ["busy"] * 6
    # What is not limited is not written down.
    assert [line["result"] for line in lines if "result" in line] == ["expired"] * 3
    elsewhere = {"X-Forwarded-For": "1.9.0.7"}
    answer = await browser.get("/api/auth/link/jl_" + "a" * 43, **elsewhere)
    assert outcome(answer)[1] == "expired"
