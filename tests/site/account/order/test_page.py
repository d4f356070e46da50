"""The page of an order, as its connection sees it."""

import asyncio
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.live import LiveStack
from tests.support.signed_in import Member, buy, outdated, services_of, sign_in
from tests.support.tab import ROOT, State, Tab, open_tab

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("site")]

PAGE = "order_page"
HANDLERS = "jiema_app___site___account___order___state____order_page"


def path_of(order: dict[str, Any]) -> str:
    return f"/en/order/{order['id']}"


def is_shown(page: State) -> bool:
    return page.get("phase") == "shown"


def is_empty_handed(phase: str, page: State) -> bool:
    return page.get("phase") == phase


async def has_code(tab: Tab, count: int = 1) -> State:
    return await tab.until(PAGE, lambda page: page["order"]["sms_count"] >= count)


def told(tab: Tab) -> str:
    """Everything that the server ever sent to the tab."""
    return json.dumps(tab.received)


def words(value: Any, own: str) -> Iterator[str]:
    """Every text in what the server sent, but what the tab had told it and the visitor's own order.

    Four digits are found by chance in moments, ports and keys.
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from words(one, own)
    elif isinstance(value, dict) and value.get("id", "") != own:
        for name, one in value.items():
            if not name.startswith("rx_router"):
                yield from words(one, own)


def assert_secret(tab: Tab, order: dict[str, Any], own: str = "nothing") -> None:
    """Nothing but the id, which the address had, may have reached the tab."""
    assert order["phone"] not in told(tab)
    assert order["phone"][-4:] not in " ".join(words(tab.received, own)).replace(order["id"], "")
    assert "482913" not in told(tab)


@pytest.fixture(autouse=True)
async def quiet(site: LiveStack) -> None:
    async with site.supplier() as supplier:
        await supplier.behave(smsDelaySeconds=None, minCancelSeconds=0)


async def send_sms(site: LiveStack, order: dict[str, Any], text: str = "Your code: 482913") -> None:
    async with site.supplier() as supplier:
        (await supplier.sms(order["phone"], text)).raise_for_status()


async def status_of(site: LiveStack, member: Member, order: dict[str, Any]) -> str:
    async with site.client(member.customer) as api:
        return str((await api.get(f"/api/v1/orders/{order['id']}")).json()["data"]["status"])


async def test_the_code_comes_by_itself(site: LiveStack) -> None:
    ann = await sign_in(site)
    order = await buy(site, ann)
    async with open_tab(site.origin, path_of(order), ann.cookie) as tab:
        before = (await tab.until(PAGE, is_shown))["order"]
        await send_sms(site, order)
        page = await has_code(tab)

    assert before["phone_copied"] == order["phone"]
    assert before["phone"].replace(" ", "").replace("-", "") == order["phone"]
    assert (before["code"], before["can_cancel"]) == ("", True)
    assert (page["order"]["code"], page["order"]["code_shown"]) == ("482913", "482 913")
    assert page["announcement"] == "Code received: 4 8 2 9 1 3"


async def test_a_code_that_was_there_before_is_not_announced(site: LiveStack) -> None:
    ann = await sign_in(site)
    order = await buy(site, ann)
    async with open_tab(site.origin, path_of(order), ann.cookie) as tab:
        await tab.until(PAGE, is_shown)
        await send_sms(site, order)
        await has_code(tab)
    async with open_tab(site.origin, path_of(order), ann.cookie) as tab:
        page = await tab.until(PAGE, is_shown)

    assert page["order"]["code"] == "482913"
    assert page["announcement"] == ""


async def test_cancelling_gives_the_price_back_to_the_balance_on_the_page(site: LiveStack) -> None:
    ann = await sign_in(site)
    order = await buy(site, ann)
    async with open_tab(site.origin, path_of(order), ann.cookie) as tab:
        await tab.until(PAGE, is_shown)
        poorer = tab.state("____session")["balance"]
        await tab.send(f"{HANDLERS}.cancel")
        page = await tab.until(PAGE, lambda page: page["good_news"] != "")

    assert page["order"]["status"] == "CANCELLED"
    assert poorer != "$50.00"
    assert tab.state("____session")["balance"] == "$50.00"
    assert page["good_news"] == "Your balance is now $50.00."


async def test_cancelling_after_a_code_is_refused_with_the_reason(site: LiveStack) -> None:
    ann = await sign_in(site)
    order = await buy(site, ann)
    async with open_tab(site.origin, path_of(order), ann.cookie) as tab:
        await tab.until(PAGE, is_shown)
        await send_sms(site, order)
        await has_code(tab)
        await tab.send(f"{HANDLERS}.cancel")
        page = await tab.until(PAGE, lambda page: page["notice"] != "")

    assert page["notice"] == "A code has arrived, so this order can't be refunded."
    assert page["order"]["status"] == "RECEIVED"


async def test_a_second_code_comes_and_the_order_is_finished(site: LiveStack) -> None:
    ann = await sign_in(site)
    order = await buy(site, ann)
    async with open_tab(site.origin, path_of(order), ann.cookie) as tab:
        await tab.until(PAGE, is_shown)
        await send_sms(site, order)
        await has_code(tab)
        await tab.send(f"{HANDLERS}.ask_next")
        waiting = await tab.until(PAGE, lambda page: page["order"]["is_waiting"])
        assert waiting["order"]["next_text"] == "Get another code (4 left, free)"
        await send_sms(site, order, "Your code: 77120")
        page = await has_code(tab, 2)
        assert [sms["code"] for sms in page["order"]["sms"]] == ["77120", "482913"]
        await tab.send(f"{HANDLERS}.finish")
        page = await tab.until(PAGE, lambda page: page["order"]["status"] == "COMPLETED")

    assert not page["order"]["can_finish"]


async def test_guests_are_asked_to_sign_in(site: LiveStack) -> None:
    order = await buy(site, await sign_in(site))
    async with open_tab(site.origin, path_of(order)) as tab:
        await tab.until(PAGE, lambda page: is_empty_handed("guest", page))

    assert_secret(tab, order)


async def test_strangers_learn_nothing_of_an_order(site: LiveStack) -> None:
    order, eve = await buy(site, await sign_in(site)), await sign_in(site)
    async with open_tab(site.origin, path_of(order), eve.cookie) as tab:
        await tab.until(PAGE, lambda page: is_empty_handed("missing", page))
    async with open_tab(site.origin, "/en/order/cdoesnotexist", eve.cookie) as other:
        await other.until(PAGE, lambda page: is_empty_handed("missing", page))

    assert_secret(tab, order)
    # An order that never was looks the same.
    assert tab.state(PAGE) == other.state(PAGE)


@pytest.mark.parametrize("handler", ["cancel", "ask_next", "finish", "look_again", "load"])
async def test_forged_events_reach_nobody_else_s_order(site: LiveStack, handler: str) -> None:
    ann, eve = await sign_in(site), await sign_in(site)
    order, own = await buy(site, ann), await buy(site, eve)
    async with open_tab(site.origin, path_of(own), eve.cookie) as tab:
        await tab.until(PAGE, is_shown)
        await tab.send(f"{HANDLERS}.{handler}", path=path_of(order))
        await tab.until(PAGE, lambda page: is_empty_handed("missing", page))
        await tab.send(f"{HANDLERS}.{handler}", path=path_of(own), order=order["id"])
        await tab.send(f"{HANDLERS}.look_again", path=path_of(own))
        await tab.until(PAGE, is_shown)

    assert_secret(tab, order, own["id"])
    assert await status_of(site, ann, order) == "WAITING"


async def test_a_page_empties_itself_when_its_session_is_ended(site: LiveStack) -> None:
    ann = await sign_in(site)
    order = await buy(site, ann)
    async with open_tab(site.origin, path_of(order), ann.cookie) as tab:
        await tab.until(PAGE, is_shown)
        async with services_of(site) as services:
            await services.sessions.close_all(ann.customer.id)
        page = await tab.until(PAGE, lambda page: is_empty_handed("guest", page))
        assert page["order"]["phone"] == page["order"]["id"] == ""
        tab.received.clear()
        await send_sms(site, order)
        await tab.send(f"{HANDLERS}.look_again")
        async with open_tab(site.origin, path_of(order), ann.cookie, token=tab.token) as again:
            await again.until(PAGE, lambda page: is_empty_handed("guest", page))

    assert_secret(tab, order)
    assert_secret(again, order)


async def test_a_page_empties_itself_when_its_owner_is_banned(site: LiveStack) -> None:
    ann = await sign_in(site)
    order = await buy(site, ann)
    async with open_tab(site.origin, path_of(order), ann.cookie) as tab:
        await tab.until(PAGE, is_shown)
        async with services_of(site) as services:
            await services.identity.ban(ann.customer.id, actor="test", reason="a test")
        page = await tab.until(PAGE, lambda page: is_empty_handed("guest", page))

    assert page["order"]["phone"] == ""


async def test_an_expired_cookie_opens_nothing(site: LiveStack) -> None:
    ann = await sign_in(site)
    order = await buy(site, ann)
    async with open_tab(site.origin, path_of(order), outdated(ann)) as tab:
        await tab.until(PAGE, lambda page: is_empty_handed("guest", page))

    assert_secret(tab, order)


async def test_a_tab_shows_the_next_visitor_nothing_of_the_one_before(site: LiveStack) -> None:
    ann, eve = await sign_in(site), await sign_in(site)
    order = await buy(site, ann)
    async with open_tab(site.origin, path_of(order), ann.cookie) as tab:
        await tab.until(PAGE, is_shown)
        await send_sms(site, order)
        await has_code(tab)
    for cookie in (eve.cookie, "", "sid=nonsense"):
        async with open_tab(site.origin, "/en", cookie, token=tab.token) as later:
            await later.until("____session", lambda session: session.get("is_known", False))
        assert_secret(later, order)


async def test_a_tab_shows_nothing_of_the_order_that_it_was_at_before(site: LiveStack) -> None:
    """Not for a moment: its number would be used, and the buttons act on the other one."""
    ann = await sign_in(site)
    before, now = await buy(site, ann), await buy(site, ann)
    async with open_tab(site.origin, path_of(before), ann.cookie) as tab:
        await tab.until(PAGE, is_shown)
        await send_sms(site, before)
        await has_code(tab)
    async with open_tab(site.origin, path_of(now), ann.cookie, token=tab.token) as later:
        await later.until(PAGE, lambda page: page.get("order", {}).get("id") == now["id"])
        await send_sms(site, now, "Your code: 771204")
        await has_code(later)
    assert_secret(later, before, own=now["id"])
    assert now["phone"] in told(later)


@pytest.mark.parametrize(
    "first",
    [
        f"{ROOT}.jiema_app___site___states___visitor____session.load",
        f"{ROOT}.{HANDLERS}.look_again",
        f"{ROOT}.reflex___state____on_load_internal_state.on_load_internal",
    ],
)
async def test_no_event_before_the_usual_first_one_brings_back_the_visitor_before(
    site: LiveStack, first: str
) -> None:
    ann, eve = await sign_in(site), await sign_in(site)
    order = await buy(site, ann)
    async with open_tab(site.origin, path_of(order), ann.cookie) as tab:
        await tab.until(PAGE, is_shown)
        await send_sms(site, order)
        await has_code(tab)
    async with open_tab(site.origin, "/en", eve.cookie, token=tab.token, first=first) as later:
        await later.until("____state", bool)
        later.states.clear()
        await later.send("hydrate_and_load")
        await later.until("____session", lambda session: "is_known" in session)
        await later.until("____order_page", lambda page: "phase" in page)
    assert_secret(later, order)


async def test_news_for_a_tab_do_not_reach_another_visitor_who_names_it(site: LiveStack) -> None:
    ann, eve = await sign_in(site), await sign_in(site)
    order = await buy(site, ann)
    async with open_tab(site.origin, path_of(order), ann.cookie) as tab:
        await tab.until(PAGE, is_shown)
    async with (
        open_tab(site.origin, "/en", eve.cookie, token=tab.token, first=None) as later,
        open_tab(site.origin, "/en", token=tab.token, first=None) as stranger,
        open_tab(site.origin, path_of(order), ann.cookie) as elsewhere,
    ):
        await elsewhere.until(PAGE, is_shown)
        await send_sms(site, order)
        await has_code(elsewhere)
        await asyncio.sleep(0.5)
    assert_secret(later, order)
    assert_secret(stranger, order)


@pytest.mark.parametrize(
    ("sender", "status"), [("https://evil.example", 403), ("null", 403), (None, 101)]
)
async def test_only_our_own_pages_can_connect(
    site: LiveStack, sender: str | None, status: int
) -> None:
    ann = await sign_in(site)
    lines = [
        f"GET /_event/?EIO=4&transport=websocket&token={uuid.uuid4()} HTTP/1.1",
        f"Host: 127.0.0.1:{site.web_ports[0]}",
        *("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"),
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        f"Cookie: {ann.cookie}",
        f"Origin: {sender or site.origin}",
    ]
    reader, writer = await asyncio.open_connection("127.0.0.1", site.web_ports[0])
    writer.write("\r\n".join([*lines, "", ""]).encode())
    answer = (await reader.readline()).decode()
    writer.close()
    await writer.wait_closed()

    assert int(answer.split()[1]) == status


async def test_other_sites_cannot_read_the_slow_transport_either(site: LiveStack) -> None:
    ann = await sign_in(site)
    async with site.client() as browser:
        answer = await browser.get(
            "/_event/?EIO=4&transport=polling&token=t",
            headers={"Origin": "https://evil.example", "Cookie": ann.cookie},
        )

    assert "access-control-allow-origin" not in answer.headers


async def test_the_cookie_never_reaches_a_script(site: LiveStack) -> None:
    ann = await sign_in(site)
    order = await buy(site, ann)
    async with open_tab(site.origin, path_of(order), ann.cookie) as tab:
        await tab.until(PAGE, is_shown)

    assert ann.token not in told(tab)
    assert ann.token.rpartition(".")[2] not in told(tab)
