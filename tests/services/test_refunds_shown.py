"""What the owner of a recharge sees of a refund: owed until it was sent, and by what it was."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from jiema_app.domain.recharges.views import RechargeView
from tests.support.polling import until
from tests.support.refunding import Refunding, open_refunding
from tests.support.shop import Customer, Shop


@pytest.fixture
async def desk(shop: Shop) -> AsyncIterator[Refunding]:
    async with open_refunding(shop) as opened:
        yield opened


async def own(desk: Refunding, customer: Customer) -> RechargeView:
    recharges = desk.shop.services.recharges
    [listed] = (await recharges.list_own(customer.id, limit=10, cursor=None)).recharges
    shown = await recharges.get(customer.id, listed.id)
    assert listed.is_refund_owed == shown.is_refund_owed
    assert shown.is_refund_owed == any(one.is_refund_owed for one in shown.payments)
    return shown


async def send_from_the_pool(desk: Refunding, payment: str) -> str:
    txid = await desk.send("9", await desk.wallet(payment), desk.alice)
    await desk.till.read()
    return txid


async def state_another(desk: Refunding, payment: str) -> str:
    txid = await desk.send("9", desk.bob, desk.alice)
    await desk.state(payment, txid)
    return txid


@pytest.mark.parametrize("send", [send_from_the_pool, state_another])
async def test_a_refund_is_owed_until_it_was_sent_and_its_owner_is_told(
    desk: Refunding, send: Callable[[Refunding, str], Awaitable[str]]
) -> None:
    ann = await desk.shop.customer(cents=0)
    payment = await desk.receive(customer=ann)
    assert not (await own(desk, ann)).is_refund_owed
    await desk.decide(payment)
    owed = await own(desk, ann)
    assert owed.is_refund_owed

    heard: list[object] = []
    async with desk.shop.services.database.connection() as connection:

        def hear(*words: object) -> None:
            heard.append(words[-1])

        await connection.add_listener("recharge_changed", hear)
        txid = await send(desk, payment)
        await until(lambda: f"{owed.id} {ann.id}" in heard)
        await connection.remove_listener("recharge_changed", hear)
    sent = await own(desk, ann)
    assert (sent.is_refund_owed, sent.payments[0].refund_txid) == (False, txid)
