"""A tab that went on from one thing to another, before what was asked of the first one was done."""

import json
from contextlib import AsyncExitStack

import pytest

from tests.support.live import LiveStack
from tests.support.locked_tables import somebody_waits, unreadable
from tests.support.payments import usdt
from tests.support.signed_in import Member, buy, services_of, sign_in
from tests.support.tab import State, open_tab

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("site")]


def is_shown(page: State) -> bool:
    return page.get("phase") == "shown"


async def hear_on_the_next_page(
    site: LiveStack, member: Member, state: str, table: str, paths: tuple[str, str]
) -> str:
    """All that the second page is told, when the first one is read until the second is open."""
    page = state.rpartition("____")[2]
    async with (
        AsyncExitStack() as closing,
        open_tab(site.origin, paths[0], member.cookie) as tab,
    ):
        await tab.until(page, is_shown)
        async with unreadable(site, table):
            await tab.send(f"{state}.look_again")
            await somebody_waits(site)
            await tab.connection.disconnect()
            later = await closing.enter_async_context(
                open_tab(site.origin, paths[1], member.cookie, token=tab.token)
            )
        await later.until(page, is_shown)
    return json.dumps(later.received)


async def test_an_order_is_not_shown_on_the_page_of_the_next(site: LiveStack) -> None:
    async with site.supplier() as supplier:
        await supplier.behave(smsDelaySeconds=None)
    ann = await sign_in(site)
    before, now = await buy(site, ann), await buy(site, ann)
    heard = await hear_on_the_next_page(
        site,
        ann,
        "jiema_app___site___account___order___state____order_page",
        "orders",
        (f"/en/order/{before['id']}", f"/en/order/{now['id']}"),
    )
    assert now["phone"] in heard
    assert before["phone"] not in heard


async def test_a_recharge_is_not_shown_on_the_page_of_the_next(site: LiveStack) -> None:
    ann = await sign_in(site)
    async with services_of(site) as services:
        before = await services.recharges.open(ann.customer.id, usdt("11.37"))
        await services.recharges.cancel(ann.customer.id, before.id)
        now = await services.recharges.open(ann.customer.id, usdt("23.41"))
    heard = await hear_on_the_next_page(
        site,
        ann,
        "jiema_app___site___account___recharge___state____recharge_page",
        "recharges",
        (f"/en/account/topup/{before.id}", f"/en/account/topup/{now.id}"),
    )
    assert "23.41" in heard
    assert "11.37" not in heard
