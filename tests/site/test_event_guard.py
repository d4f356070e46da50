"""Every event of every page against a blocked place, from the table of doors."""

from collections.abc import Iterator
from typing import Any

import pytest
import reflex as rx
from reflex.event import Event
from reflex.state import BaseState

from api_routes.addresses import ClientAddresses
from jiema_app.domain.compliance.actions import OF_BLOCKED_PLACES, Action
from jiema_app.domain.orders.views import OrderView
from jiema_app.site.account.api_keys.state import ApiKeysState
from jiema_app.site.account.order.state import OrderPage
from jiema_app.site.account.recharge.state import RechargePage
from jiema_app.site.event_guard import EVENTS, OWN_HANDLERS, GuardEvents, action_behind
from tests.api.asking import IRAN, MALAYSIA
from tests.support.live import LiveStack
from tests.support.page_door import HANDSHAKE, Endpoint, Stranger, door
from tests.support.shop import Shop
from tests.support.signed_in import buy
from tests.support.signed_in import sign_in as sign_in_live
from tests.support.tab import open_tab
from tests.support.visits import Pages, sign_in


def our_states(above: type[BaseState] = rx.State) -> Iterator[type[BaseState]]:
    for state in above.get_substates():
        if state.__module__.startswith("jiema_app."):
            yield state
        yield from our_states(state)


def test_every_event_of_every_page_is_behind_a_door() -> None:
    import jiema_app.jiema_app  # noqa: F401, PLC0415 - every page, whoever imports its state

    found = {state: set(state.event_handlers) - OWN_HANDLERS for state in our_states()}
    assert found == {state: set(events) for state, events in EVENTS.items()}


def test_what_is_in_no_table_is_unknown_and_refused() -> None:
    name = f"{OrderPage.get_full_name()}.something_new"
    assert action_behind(name) == (OrderPage, Action.UNKNOWN)
    assert Action.UNKNOWN not in OF_BLOCKED_PLACES


def come_from(page: Any, address: str) -> None:
    """Have the connection of a page come from an address."""
    root = page._get_root_state()
    root.router_data = root._update_router_vars(
        {**root.router_data, "ip": address}, root.router_data
    )


async def is_let_through(page: Any, event: str) -> bool:
    name = f"{type(page).get_full_name()}.{event}"
    root = page._get_root_state()
    return await GuardEvents().preprocess(None, root, Event(name=name)) is None  # type: ignore[arg-type]


async def test_every_event_in_a_blocked_place_and_elsewhere(shop: Shop, pages: Pages) -> None:
    browser = await sign_in(shop, pages, (await shop.customer()).id)
    for state, events in EVENTS.items():
        page = browser.hold(state, "/en/order/c0")
        for event, action in events.items():
            come_from(page, IRAN)
            assert await is_let_through(page, event) == (action in OF_BLOCKED_PLACES), event
            come_from(page, MALAYSIA)
            assert await is_let_through(page, event), event


async def test_who_is_refused_on_a_page_buys_nothing_in_the_chat_either(
    shop: Shop, pages: Pages
) -> None:
    ann = await shop.customer()
    await shop.execute(
        "insert into telegram_chats (telegram_id, user_id, place_checked_at) "
        "values (701, $1, now())",
        ann.id,
    )
    page = (await sign_in(shop, pages, ann.id)).hold(OrderPage, "/en/order/c0")
    come_from(page, IRAN)
    assert not await is_let_through(page, "ask_next")
    assert await shop.fetchval("select place_checked_at is null from telegram_chats")


async def received(shop: Shop, ann: Any) -> OrderView:
    order = await shop.place(ann)
    await shop.deliver(order)
    return await shop.read(ann, order)


async def test_a_refused_event_says_why_on_its_page(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    order = await received(shop, ann)
    browser = await sign_in(shop, pages, ann.id)
    page = browser.hold(OrderPage, f"/en/order/{order.id}")
    await page.refresh()
    keys = browser.hold(ApiKeysState, "/en/account/keys")
    for one, event in ((page, "ask_next"), (keys, "create")):
        come_from(one, IRAN)
        assert not await is_let_through(one, event)
    assert "can't serve" in page.notice
    assert "can't serve" in keys.name_problem
    recharge = browser.hold(RechargePage, "/en/account/topup/c0")
    come_from(recharge, IRAN)
    assert not await is_let_through(recharge, "look")
    assert "can't serve" in recharge.notice


@pytest.mark.parametrize(
    ("peer", "lines", "expected"),
    [
        ("127.0.0.1", [IRAN], IRAN),
        ("127.0.0.1", [f"{MALAYSIA}, {IRAN}"], IRAN),
        ("127.0.0.1", [IRAN, "127.0.0.1"], IRAN),
        (MALAYSIA, [IRAN], MALAYSIA),
        (IRAN, [MALAYSIA], IRAN),
        ("127.0.0.1", [], "127.0.0.1"),
    ],
)
async def test_the_address_of_a_socket_is_its_client_s_by_the_rule_of_the_proxies(
    peer: str, lines: list[str], expected: str
) -> None:
    endpoint = Endpoint()
    headers = [(b"x-forwarded-for", line.encode()) for line in lines]
    stranger = Stranger([], {**HANDSHAKE, "client": (peer, 1), "headers": headers})
    await stranger.visit(door(endpoint, address_of=ClientAddresses(("127.0.0.1/32",)).of))
    assert [scope["client"][0] for scope in endpoint.scopes] == [expected]


@pytest.mark.slow
@pytest.mark.xdist_group("site")
async def test_a_further_code_is_not_asked_for_from_a_blocked_place(site: LiveStack) -> None:
    ann = await sign_in_live(site)
    order = await buy(site, ann)
    handler = "jiema_app___site___account___order___state____order_page"
    path = f"/en/order/{order['id']}"
    headers = {"X-Forwarded-For": IRAN}
    async with open_tab(site.origin, path, ann.cookie, headers=headers) as tab:
        await tab.until("order_page", lambda page: page.get("phase") == "shown")
        await tab.send(f"{handler}.ask_next")
        page = await tab.until("order_page", lambda page: bool(page.get("notice")))
        assert "can't serve" in page["notice"]
        await tab.send(f"{handler}.cancel")
        await tab.until("order_page", lambda page: page["order"]["status"] == "CANCELLED")
