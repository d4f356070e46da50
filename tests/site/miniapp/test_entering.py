"""Whose a tab of the Mini App is: that of who handed a bearer over, on that connection alone."""

import uuid
from functools import partial
from typing import Any

import httpx

from tests.support.browser import OWN_PAGE, PHONE
from tests.support.live import LiveStack
from tests.support.polling import PATIENCE_S
from tests.support.signed_in import sign_in
from tests.support.tab import Tab, open_tab
from tests.support.telegram import launch

MINI = "jiema_app___site___miniapp___state____mini_app"
ORDERS = "jiema_app___site___account___orders___state____orders_page"
PAGE = "/tg?lang=en"


def somebody() -> int:
    """A person of Telegram who was never here."""
    return 10**9 + uuid.uuid4().int % 10**9


async def bearer_of(site: LiveStack, person: int) -> str:
    async with httpx.AsyncClient(base_url=site.origin, timeout=PATIENCE_S) as client:
        answer = await client.post(
            "/api/auth/telegram/miniapp",
            json={"initData": launch(person)},
            headers={"User-Agent": PHONE, **OWN_PAGE},
        )
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["data"]["token"]
    return token


async def enter(tab: Tab, bearer: str, path: str = PAGE) -> dict[str, Any]:
    await tab.send(f"{MINI}.enter", path=path, form={"bearer": bearer})
    return await tab.until("mini_app", lambda state: state.get("phase") == "in")


def has_more_refusals(before: int, state: dict[str, Any]) -> bool:
    return bool(state.get("refusals", 0) > before)


def shows(view: str, state: dict[str, Any]) -> bool:
    return bool(state.get("view") == view)


async def test_who_hands_their_bearer_over_is_in(site: LiveStack) -> None:
    bearer = await bearer_of(site, somebody())
    async with open_tab(site.origin, PAGE) as tab:
        await tab.until("mini_app", lambda state: state.get("phase") == "asks")
        assert tab.state("visitor____session")["is_member"] is False
        state = await enter(tab, bearer)
        assert state["view"] == "home"
        member = await tab.until("visitor____session", lambda each: each.get("is_member") is True)
        assert member["balance"] == "$20.00"
        await tab.until("home_routes", lambda each: each.get("access") == "member")
    assert bearer not in str(tab.received)


async def test_a_bearer_that_does_not_hold_is_asked_for_again(site: LiveStack) -> None:
    async with open_tab(site.origin, PAGE) as tab:
        for bearer in ("", "eyJhbGciOiJIUzI1NiJ9.e30.x", "x" * 1_999):
            before = tab.state("mini_app").get("refusals", 0)
            await tab.send(f"{MINI}.enter", form={"bearer": bearer})
            await tab.until("mini_app", partial(has_more_refusals, before))
        assert tab.state("visitor____session")["is_member"] is False


async def test_a_bearer_that_is_too_long_is_not_read(site: LiveStack) -> None:
    bearer = await bearer_of(site, somebody())
    async with open_tab(site.origin, PAGE) as tab:
        await tab.send(f"{MINI}.enter", form={"bearer": "x" * 3_000})
        await enter(tab, bearer)
        assert tab.state("mini_app")["refusals"] == 0


async def test_each_connection_begins_empty(site: LiveStack) -> None:
    bearer = await bearer_of(site, somebody())
    async with open_tab(site.origin, PAGE) as tab:
        await enter(tab, bearer)
        await tab.until("visitor____session", lambda each: each.get("is_member") is True)
    # Whoever knows the tab's name, and has not its bearer, learns nothing.
    async with open_tab(site.origin, PAGE, token=tab.token) as other:
        await other.until("mini_app", lambda state: state.get("phase") == "asks")
        assert "$20.00" not in str(other.received)
        await other.send(f"{MINI}.arrive", path="/tg/orders?lang=en")
        await other.send(f"{ORDERS}.load", path="/tg/orders?lang=en")
        await other.until("orders_page", lambda state: state.get("phase") == "guest")
        assert other.state("visitor____session").get("balance", "") == ""
        # Its owner is in again with it.
        await enter(other, bearer)
        await other.until("visitor____session", lambda each: each.get("balance") == "$20.00")


async def test_a_tab_that_is_named_without_a_beginning_has_no_bearer(site: LiveStack) -> None:
    bearer = await bearer_of(site, somebody())
    async with open_tab(site.origin, PAGE) as tab:
        await enter(tab, bearer)
        await tab.until("visitor____session", lambda each: each.get("is_member") is True)
    async with open_tab(site.origin, PAGE, token=tab.token, first=None) as other:
        await other.send(f"{ORDERS}.load", path="/tg/orders?lang=en")
        await other.until("orders_page", lambda state: state.get("phase") == "guest")
        assert "$20.00" not in str(other.received)


async def test_a_cookie_is_nothing_to_the_mini_app(site: LiveStack) -> None:
    cookie = (await sign_in(site)).cookie
    async with open_tab(site.origin, PAGE, cookie) as tab:
        await tab.until("mini_app", lambda state: state.get("phase") == "asks")
        await tab.send(f"{ORDERS}.load", path="/tg/orders?lang=en")
        await tab.until("orders_page", lambda state: state.get("phase") == "guest")
    async with open_tab(site.origin, "/en/orders", cookie) as tab:
        await tab.until("orders_page", lambda state: state.get("phase") == "none")


async def test_a_bearer_is_nothing_to_the_site_s_pages(site: LiveStack) -> None:
    bearer = await bearer_of(site, somebody())
    async with open_tab(site.origin, "/en/orders") as tab:
        await tab.until("orders_page", lambda state: state.get("phase") == "guest")
        await tab.send(f"{MINI}.enter", form={"bearer": bearer})
        await tab.send(f"{ORDERS}.load")
        # In one tab as well: as soon as it says that it is another page, it is nobody's.
        await enter(tab, bearer, PAGE)
        await tab.send(f"{ORDERS}.load", path="/en/orders")
        await tab.until("visitor____session", lambda each: each.get("is_member") is False)
        await tab.until("orders_page", lambda state: state.get("phase") == "guest")


async def test_an_address_names_a_view(site: LiveStack) -> None:
    bearer = await bearer_of(site, somebody())
    async with open_tab(site.origin, PAGE) as tab:
        await enter(tab, bearer)
        for address, view in (
            ("/tg/service/telegram", "service"),
            ("/tg/orders", "orders"),
            ("/tg/order/nope", "order"),
            ("/tg/topup", "topup"),
            ("/tg/topup/nope", "recharge"),
            ("/tg/invite", "invite"),
            ("/tg/withdraw", "withdraw"),
            ("/tg/more", "more"),
            ("/tg/nothing/of/ours", "home"),
        ):
            await tab.send(f"{MINI}.arrive", path=f"{address}?lang=ar")
            await tab.until("mini_app", partial(shows, view))
        service = tab.state("mini_service")
        assert (service["phase"], service["name"]) == ("loading", "")  # another view's by now


async def test_a_bearer_makes_no_key_and_reaches_no_withdrawal(site: LiveStack) -> None:
    bearer = await bearer_of(site, somebody())
    async with open_tab(site.origin, PAGE) as tab:
        await enter(tab, bearer)
        for page in ("api_keys", "withdraw", "sessions"):
            name = "".join(part.title() for part in page.split("_"))
            await tab.send(
                f"jiema_app___site___account___{page}___state____{page}_state.load",
                path=f"/tg/{name.lower()}?lang=en",
            )
        await tab.send(f"{MINI}.arrive", path="/tg/more?lang=en")
        await tab.until("mini_app", lambda state: state.get("view") == "more")
        for page in ("api_keys_state", "withdraw_state", "sessions_state"):
            assert tab.state(page).get("access", "unknown") == "unknown"


async def test_the_personal_link_leads_into_telegram(site: LiveStack) -> None:
    bearer = await bearer_of(site, somebody())
    address = "/tg/invite?lang=en"
    async with open_tab(site.origin, address) as tab:
        await enter(tab, bearer, address)
        shown = await tab.until("invite_state", lambda state: state.get("access") == "member")
        assert shown["link"]["url"].startswith("https://t.me/jiema_my_bot?startapp=")
        assert "t.me%2Fjiema_my_bot%3Fstartapp%3D" in shown["link"]["telegram"]


async def test_a_service_is_listed_in_the_language_of_the_address(site: LiveStack) -> None:
    bearer = await bearer_of(site, somebody())
    async with open_tab(site.origin, "/tg/service/telegram?lang=en") as tab:
        await enter(tab, bearer, "/tg/service/telegram?lang=en")
        await tab.until("mini_service", lambda state: state.get("phase") == "shown")
        rows = tab.state("mini_service")["rows"]
        assert rows[0]["name"] == "Russia"
        assert rows[0]["cents"] > 0
        await tab.send(
            "jiema_app___site___miniapp___service_state____mini_service.look_for",
            path="/tg/service/telegram?lang=en",
            text="malay",
        )
        await tab.until("mini_service", lambda state: len(state["rows"]) == 1)
        assert tab.state("mini_service")["rows"][0]["slug"] == "my"
