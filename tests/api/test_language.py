"""The language of an account: kept when it is chosen, and where signing in leads."""

import pytest

from jiema_app.settings import Settings
from tests.api.asking import problem
from tests.api.sign_in_ways import Open, settings_beside
from tests.api.test_shop_orders import sign_in
from tests.support.browser import OWN_PAGE, Browser
from tests.support.shop import Shop

ADDRESS = "/api/shop/language"


@pytest.fixture
def settings(sandbox_port: int) -> Settings:
    return settings_beside(sandbox_port)


async def test_a_chosen_language_is_kept_and_seen_at_once(shop: Shop) -> None:
    ann = await shop.customer()
    api = await shop.api()
    cookie = await sign_in(shop, ann)
    assert (await api.get("/api/auth/session", headers=cookie)).json()["data"]["lang"] == "en"
    answer = await api.post(ADDRESS, data={"lang": "th"}, headers=cookie | OWN_PAGE)
    assert (answer.status_code, answer.json()["data"]) == (200, {"lang": "th"})
    assert (await shop.services.identity.get_account(ann.id)).lang == "th"


async def test_the_same_language_again_writes_nothing(shop: Shop) -> None:
    ann = await shop.customer()
    api, cookie = await shop.api(), await sign_in(shop, ann)
    versions = []
    for lang in ("th", "th", "th"):
        await api.post(ADDRESS, data={"lang": lang}, headers=cookie | OWN_PAGE)
        versions.append(await shop.fetchval(f"select xmin::text from users where id = '{ann.id}'"))
    assert len(set(versions)) == 1


async def test_only_a_member_s_own_page_may_set_one_of_ours(shop: Shop) -> None:
    ann = await shop.customer()
    api, cookie = await shop.api(), await sign_in(shop, ann)
    sent = [
        await api.post(ADDRESS, data={"lang": "th"}, headers=OWN_PAGE),
        await api.post(ADDRESS, data={"lang": "th"}, headers=cookie),
        await api.post(ADDRESS, data={"lang": "fi"}, headers=cookie | OWN_PAGE),
        await api.post(ADDRESS, content=b"\xff" * 50, headers=cookie | OWN_PAGE),
    ]
    assert [problem(answer)[0] for answer in sent] == [401, 403, 400, 400]
    assert (await shop.services.identity.get_account(ann.id)).lang == "en"


async def reader_of_thai(shop: Shop, open_browser: Open) -> str:
    """Somebody whose first sign-in was on a Thai page."""
    browser: Browser = await open_browser()
    person = str((await browser.persons("google"))[0]["sub"])
    await browser.sign_in("google", person, "?next=/th/browse")
    assert await shop.fetchval("select lang from users") == "th"
    return person


@pytest.mark.parametrize(
    ("query", "cookie", "location"),
    [
        ("", "", "/th/browse"),
        ("?next=/en/orders%3Fpage=2", "locale_guess=en", "/th/orders?page=2"),
        ("?next=/en", "locale_guess=en", "/th"),
        # Their own address, or choice, wins.
        ("?next=/en/orders", "", "/en/orders"),
        ("?next=/de/orders", "locale_guess=en", "/de/orders"),
        ("?next=/en/orders", "locale=en; locale_guess=en", "/en/orders"),
        ("", "locale=de", "/de/browse"),
        # The redirect of an address without a language knows the account.
        ("?next=/orders", "", "/orders"),
    ],
)
async def test_whoever_chose_no_language_is_led_on_in_that_of_their_account(
    shop: Shop, open_browser: Open, query: str, cookie: str, location: str
) -> None:
    person = await reader_of_thai(shop, open_browser)
    browser: Browser = await open_browser()
    for pair in filter(None, cookie.split("; ")):
        browser.api.cookies.set(*pair.split("="))
    answer = await browser.sign_in("google", person, query)
    assert answer.headers["location"] == location
    # Signing in elsewhere changes nothing about what was chosen.
    assert await shop.fetchval("select lang from users") == "th"


async def test_the_widget_remembers_that_nobody_chose(
    shop: Shop, settings: Settings, open_browser: Open
) -> None:
    widget = {"telegram": settings.telegram.model_copy(update={"login_mode": "widget"})}
    first: Browser = await open_browser(**widget)
    person = str((await first.persons("telegram"))[0]["sub"])
    await first.sign_in("telegram", person, "?next=/th/browse")
    await shop.execute("delete from used_sign_ins")
    second: Browser = await open_browser(**widget)
    answer = await second.sign_in("telegram", person)
    assert answer.headers["location"] == "/th/browse"
