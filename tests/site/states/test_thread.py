"""What is under way, at the top of every page of its owner, and of nobody else's."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from jiema_app.domain.glances import SHOWN_MAX
from jiema_app.domain.units import MicroUsdt
from jiema_app.site.states.visitor import Session
from tests.support.live import LiveStack
from tests.support.payments import open_recharge, pay
from tests.support.shop import Shop
from tests.support.signed_in import buy, services_of, sign_in
from tests.support.tab import State, open_tab
from tests.support.visits import Pages
from tests.support.visits import sign_in as sign_in_here

PUT_AWAY = "jiema_app___site___states___visitor____session.put_away"
SESSION = "visitor____session"


def shows(**wanted: Any) -> Callable[[State], bool]:
    """Whether a page shows one thing, with these of its words."""

    def is_so(session: State) -> bool:
        lines = session.get("thread") or []
        return len(lines) == 1 and all(lines[0][name] == wish for name, wish in wanted.items())

    return is_so


def shows_nothing(session: State) -> bool:
    return bool(session.get("is_known")) and not session.get("thread")


@pytest.mark.slow
@pytest.mark.xdist_group("site")
async def test_every_page_of_its_owner_follows_an_order(site: LiveStack) -> None:
    async with site.supplier() as supplier:
        await supplier.behave(smsDelaySeconds=None, minCancelSeconds=0)
    ann, bob = await sign_in(site), await sign_in(site)
    async with (
        open_tab(site.origin, "/en/browse", ann.cookie) as one,
        open_tab(site.origin, "/ar/countries", ann.cookie) as two,
        open_tab(site.origin, "/en/browse", bob.cookie) as strange,
        open_tab(site.origin, "/en/browse") as guest,
    ):
        for tab in (one, two, strange, guest):
            await tab.until(SESSION, shows_nothing)
        before = one.state(SESSION)["balance"]
        order = await buy(site, ann)
        first = await one.until(SESSION, shows(id=order["id"], is_waiting=True))
        await two.until(SESSION, shows(id=order["id"], href=f"/ar/order/{order['id']}"))
        assert first["balance"] != before
        assert first["thread"][0]["title"] == "Telegram"
        assert first["thread_news"] == ""  # whoever bought it knows
        async with site.supplier() as supplier:
            await supplier.sms(order["phone"], "Your code: 482913")
        told = await one.until(SESSION, shows(code="482913", code_shown="482 913"))
        await two.until(SESSION, shows(code="482913"))
        assert told["thread_news"] == "Telegram, Malaysia: Code received: 4 8 2 9 1 3"
        # What has ended is still there for a while, where it was seen before.
        async with services_of(site) as services:
            await services.orders.finish(ann.customer.id, order["id"])
        ended = await one.until(SESSION, shows(status_word="Completed", code=""))
        assert ended["thread_news"] == "Telegram, Malaysia: Completed"
        assert (ended["thread"][0]["gone_at"] > 0, ended["open_things"]) == (True, 0)
        await one.send(PUT_AWAY, thing=order["id"])
        await one.until(SESSION, shows_nothing)
        async with open_tab(site.origin, "/en/browse", ann.cookie) as later:
            await later.until(SESSION, shows_nothing)
            async with services_of(site) as services:
                recharge = await services.recharges.open(ann.customer.id, MicroUsdt(20_000_000))
            for tab in (one, later):
                await tab.until(SESSION, shows(id=recharge.id))
    for tab in (strange, guest):
        assert order["id"] not in json.dumps(tab.received)


async def test_a_top_up_and_many_orders_fold_into_a_list_with_an_end(
    shop: Shop, pages: Pages
) -> None:
    ann = await shop.customer()
    await shop.supplier.behave(smsDelaySeconds=None)
    for _ in range(SHOWN_MAX + 2):
        await shop.place(ann)
    recharge = await open_recharge(shop, ann, 20)
    session = await (await sign_in_here(shop, pages, ann.id)).open(Session, "/en/browse")
    assert len(session.thread) == SHOWN_MAX + 1
    assert (session.thread_more, session.open_things) == ("and 2 more", SHOWN_MAX + 3)
    assert session.thread[-1].detail == "20.00 USDT"
    assert [line.id for line in session.thread] == [
        *sorted((line.id for line in session.thread[:-1]), reverse=True),
        recharge.id,
    ]
    await pay(shop, recharge, 20)
    await session.refresh()
    assert [line.status_word for line in session.thread if line.gone_at] == ["Credited"]
    assert session.thread_news == "Top-up, 20.00 USDT: Credited"
    assert session.balance != ""


async def test_the_header_speaks_of_the_last_code_or_of_what_ends_first(
    shop: Shop, pages: Pages
) -> None:
    ann = await shop.customer()
    await shop.supplier.behave(smsDelaySeconds=None, minCancelSeconds=0)
    orders = []
    for _ in range(3):
        orders.append(await shop.place(ann))
        await shop.pass_time(5)
    first, second, third = orders
    session = await (await sign_in_here(shop, pages, ann.id)).open(Session, "/en/browse")
    assert (session.open_things, session.thread_chip.id) == (3, first.id)
    assert {line.number for line in session.thread} == {
        f"…{(each.phone or '')[-4:]}" for each in orders
    }
    await shop.deliver(third, "Your code: 482913")
    await shop.pass_time(5)
    await shop.deliver(first, "Your code: 113355")
    await session.refresh()
    assert [line.id for line in session.thread] == [first.id, third.id, second.id]
    assert session.thread_chip.code == "113355"
    await shop.pass_time(5)
    # Whoever buys a number now has seen those codes.
    fourth = await shop.place(ann)
    await session.refresh()
    assert [line.id for line in session.thread] == [fourth.id, second.id, first.id, third.id]
    assert session.thread_chip.id == second.id
    # What has ended is in the list for a moment, and decides nothing.
    for each in (first, third):
        await shop.services.orders.finish(ann.id, each.id)
    await shop.services.orders.cancel(ann.id, fourth.id)
    await session.refresh()
    assert (len(session.thread), session.open_things) == (4, 1)
    assert session.thread_chip.id == second.id
    assert not any(line.code for line in session.thread)
    await shop.services.orders.cancel(ann.id, second.id)
    await session.refresh()
    assert session.open_things == 0
    assert session.thread_chip.status_word == "Cancelled, refunded"


async def test_what_one_does_not_want_to_see_stays_away_until_there_is_news(
    shop: Shop, pages: Pages
) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    await shop.supplier.behave(smsDelaySeconds=None)
    order = await shop.place(ann)
    session = await (await sign_in_here(shop, pages, ann.id)).open(Session, "/en/browse")
    await session.put_away(order.id)
    assert len(session.thread) == 1  # it waits: its owner pays for it
    await shop.deliver(order, "Your code: 482913")
    await session.refresh()
    await session.put_away(order.id)
    await session.refresh()
    assert (session.thread, session.open_things) == ([], 0)
    await shop.services.orders.ask_next_sms(ann.id, order.id)
    await session.refresh()
    assert session.thread == []  # asking for another code is no news to who asked
    await shop.deliver(order, "Your code: 113355")
    await session.refresh()
    assert [line.code for line in session.thread] == ["113355"]
    assert session.thread_news == "Telegram, Malaysia: Code received: 1 1 3 3 5 5"
    # The next session of the same tab finds nothing of it.
    strange = await (await sign_in_here(shop, pages, bob.id)).open(Session, "/en/browse")
    assert strange.thread == []
    await shop.services.sessions.close_all(ann.id)
    shop.services.sessions.forget(ann.id)
    await session.refresh()
    assert (session.thread, session.balance, session.thread_news) == ([], "", "")
