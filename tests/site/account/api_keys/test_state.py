"""The pages of API keys and of signed-in browsers, as their states tell them."""

import pytest

from jiema_app.site.account.api_keys.state import ApiKeysState
from jiema_app.site.states.member_page import GUEST
from jiema_app.site.states.page_services import page_services
from tests.support.shop import Shop
from tests.support.visits import Pages, sign_in

KEYS = "/en/account/api-keys"


async def test_a_fresh_key_works_and_is_shown_once(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    browser = await sign_in(shop, pages, ann.id)
    page = await browser.open(ApiKeysState, KEYS)
    await page.create({"name": " Test  server "})
    token = page.token
    principal = await shop.services.api_keys.authenticate(token)
    assert principal is not None
    assert principal.user_id == ann.id
    assert (page.token_title, page.usage, page.name_problem) == (
        "Your new key: Test server", "2 of 10 in use", "",
    )  # fmt: skip
    assert page.rows[0].name == "Test server"
    assert page.rows[0].prefix == token[:8]
    assert page.rows[0].used_text == "Never"
    page.put_away()
    assert (page.token, page.token_title) == ("", "")
    assert token not in str(page.dict())


async def test_loading_the_page_again_takes_the_key_away(shop: Shop, pages: Pages) -> None:
    page = await (await sign_in(shop, pages, (await shop.customer()).id)).open(ApiKeysState, KEYS)
    await page.create({"name": "once"})
    assert page.token
    await page.refresh()
    assert page.token, "it must survive that another key is revoked meanwhile"
    await page.load()
    assert page.token == ""


async def test_a_second_click_makes_no_second_key(shop: Shop, pages: Pages) -> None:
    page = await (await sign_in(shop, pages, (await shop.customer()).id)).open(ApiKeysState, KEYS)
    await page.create({"name": "once"})
    token = page.token
    await page.create({"name": "once"})
    assert page.token == token
    assert [row.name for row in page.rows] == ["once", "test"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\u0000b"])
async def test_a_key_needs_a_name_that_can_be_read(shop: Shop, pages: Pages, name: str) -> None:
    page = await (await sign_in(shop, pages, (await shop.customer()).id)).open(ApiKeysState, KEYS)
    await page.create({"name": name})
    assert page.name_problem == "Use 1 to 60 visible characters."
    assert (page.token, len(page.rows)) == ("", 1)


async def test_the_eleventh_key_is_refused_with_the_way_out(shop: Shop, pages: Pages) -> None:
    page = await (await sign_in(shop, pages, (await shop.customer()).id)).open(ApiKeysState, KEYS)
    for number in range(9):
        await page.create({"name": f"key {number}"})
        page.put_away()
    assert (page.usage, page.is_full) == ("10 of 10 in use", True)
    await page.create({"name": "one more"})
    assert (
        page.name_problem
        == "You've reached the limit of active keys. Revoke one to create another."
    )
    await page.revoke(page.rows[0].id)
    assert (page.usage, page.is_full) == ("9 of 10 in use", False)


async def test_a_thief_who_makes_many_changes_cannot_keep_a_key_from_being_revoked(
    shop: Shop, pages: Pages
) -> None:
    ann = await shop.customer()
    page = await (await sign_in(shop, pages, ann.id)).open(ApiKeysState, KEYS)
    for _ in range(shop.settings.limits.writes_per_minute):
        await page_services().admit_write(ann.id)
    await page.create({"name": "one more"})
    assert page.name_problem == "You've reached the limit for now. Try again in 1 minute."
    await page.revoke(page.rows[0].id)
    assert (page.problem, page.rows) == ("", [])


async def test_a_revoked_key_is_refused_and_leaves_the_list(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    page = await (await sign_in(shop, pages, ann.id)).open(ApiKeysState, KEYS)
    await page.revoke(page.rows[0].id)
    assert page.rows == []
    assert page.done == "Key revoked. Programs that use it no longer have access."
    assert await shop.services.api_keys.authenticate(ann.token) is None


async def test_a_stranger_s_event_revokes_nothing(shop: Shop, pages: Pages) -> None:
    ann, eve = await shop.customer(), await shop.customer()
    key = (await shop.services.api_keys.list_active(ann.id))[0].id
    page = await (await sign_in(shop, pages, eve.id)).open(ApiKeysState, KEYS)
    for forged in (key, "", ["x"], {"id": key}):
        await page.revoke(forged)
        assert page.problem == "It doesn't exist, or it belongs to another account."
    assert await shop.services.api_keys.authenticate(ann.token) is not None


async def test_a_guest_s_events_do_nothing(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    browser = await sign_in(shop, pages, ann.id)
    browser.cookie = ""
    key = (await shop.services.api_keys.list_active(ann.id))[0].id
    page = await browser.open(ApiKeysState, KEYS)
    await page.create({"name": "mine"})
    await page.revoke(key)
    assert (page.access, page.token, page.rows) == (GUEST, "", [])
    assert len(await shop.services.api_keys.list_active(ann.id)) == 1
