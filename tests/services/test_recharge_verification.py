"""``verify`` proves what came in against the payments of the chain.

The damage is done behind the back of every rule, in a database that is thrown away.
"""

from collections.abc import AsyncIterator

import pytest

from jiema_app.domain.payment_reviews.plans import Action, Decision
from jiema_app.domain.recharges.statuses import Oddity
from jiema_app.domain.refunds import queries as refund_queries
from jiema_app.domain.units import MicroUsdt
from jiema_app.settings import Settings
from tests.support.arrivals import TEN, Arrivals
from tests.support.shop import Shop, open_shop


@pytest.fixture
async def busy(database_address: str, settings: Settings) -> AsyncIterator[Shop]:
    """A shop with a payment in every state, whose books may be wrong at the end."""
    async with open_shop(database_address, settings) as shop:
        arrivals = Arrivals(shop)
        await arrivals.open_for_business(12)
        await have_a_busy_day(shop, arrivals)
        yield shop


async def have_a_busy_day(shop: Shop, arrivals: Arrivals) -> None:
    ann = await shop.customer(cents=0)
    await arrivals.pay((await arrivals.recharge(ann)).address, TEN)
    for oddity in (Oddity.UNDER, Oddity.OVER, Oddity.LATE, Oddity.EARLY):
        recharge, payment = await arrivals.hold(oddity, await shop.customer(cents=0))
        assert recharge is not None
        if oddity is Oddity.UNDER:
            continue
        action = {Oddity.OVER: Action.CREDIT, Oddity.LATE: Action.REFUND}.get(
            oddity, Action.DISMISS
        )
        decision = Decision(action, MicroUsdt(8_000_000))
        await shop.services.reviews.settle(recharge, decision, note="a test", actor="command-line")
    _, payment = await arrivals.hold(Oddity.UNASSIGNED_WALLET, ann)
    await shop.services.reviews.settle(
        payment,
        Decision(Action.CREDIT, MicroUsdt(TEN)),
        note="a test",
        actor="command-line",
        user=ann.id,
    )
    await arrivals.hold(Oddity.OWN_TRANSFER, await shop.customer(cents=0))
    await arrivals.hold(Oddity.WRONG_TOKEN, await shop.customer(cents=0))
    recharge, payment = await arrivals.hold(Oddity.UNDER, await shop.customer(cents=0))
    assert recharge is not None
    await shop.services.reviews.settle(
        recharge, Decision(Action.REFUND), note="a test", actor="command-line"
    )
    [sent] = (await shop.services.reviews.find(payment)).payments
    await arrivals.pay(sent.from_address, sent.amount, sender=sent.to_address)
    await arrivals.pay(sent.from_address, 2_000_000, sender=sent.to_address)
    await send_from_elsewhere(shop, arrivals)
    await arrivals.bring(await arrivals.free_address(), TEN)


async def send_from_elsewhere(shop: Shop, arrivals: Arrivals) -> None:
    """A refund of which 8 of 9 USDT were sent, and not by the pool."""
    recharge, payment = await arrivals.hold(Oddity.UNDER, await shop.customer(cents=0))
    assert recharge is not None
    await shop.services.reviews.settle(
        recharge, Decision(Action.REFUND), note="a test", actor="command-line"
    )
    await shop.execute(
        "insert into payment_refunds (payment_id, txid, log_index, block_number, from_address, "
        "to_address, amount_micro, note, actor, is_final) "
        "select $1, repeat('a', 64), 0, 2000, 'T', from_address, 8000000, 'a test', 'ann', true "
        "from payments where id = $1",
        payment,
    )
    assert await shop.fetchval(refund_queries.POST, payment, 8_000_000, 1_000_000)


async def test_sound_books_are_found_sound(busy: Shop) -> None:
    found = await busy.verify()
    assert found.ok, found
    statuses = await busy.fetchval("select count(distinct status) from payments")
    assert statuses == 6, "one of each but noise"
    kinds = await busy.fetchval(
        "select count(distinct kind) from ledger_transfers where kind not like 'order%'"
    )
    assert kinds == 6


ONE_CREDITED = "(select min(id) from payments where status = 'CREDITED')"
ONE_WAITING = "(select min(id) from payments where status = 'IN_REVIEW' and oddity = 'UNDER')"


@pytest.mark.parametrize(
    "statement",
    [
        # Credits
        f"delete from ledger_transfers where kind = 'recharge_credited' and reference = {ONE_CREDITED}",
        "update ledger_transfers set reference = 'x' || reference where kind = 'recharge_credited'",
        f"update payments set status = 'DISMISSED' where id = {ONE_CREDITED}",
        f"update payments set credited_micro = credited_micro - 1 where id = {ONE_CREDITED}",
        f"update payments set credited_micro = null where id = {ONE_CREDITED}",
        f"update payments set credited_user_id = null where id = {ONE_CREDITED}",
        (
            "update payments set credited_user_id = (select max(id) from users) where "
            f"id = {ONE_CREDITED}"
        ),
        f"update payments set is_genuine = false where id = {ONE_CREDITED}",
        "update payments set status = 'CREDITED' where status = 'DISMISSED'",
        (
            "update ledger_entries set account_id = (select max(id) from ledger_accounts) where "
            "account_id = (select min(id) from ledger_accounts where user_id is not null)"
        ),
        "update recharges set user_id = (select max(id) from users) where status = 'CREDITED'",
        # What is held
        f"update payments set status = 'DISMISSED' where id = {ONE_WAITING}",
        f"update payments set amount = amount + 1 where id = {ONE_WAITING}",
        f"delete from payments where id = {ONE_WAITING}",
        "update payments set status = 'IN_REVIEW' where status = 'REFUNDED'",
        "delete from ledger_entries where account_id = 8",
        # What is owed
        "update payments set status = 'REFUNDED' where status = 'DISMISSED'",
        "update payments set status = 'DISMISSED' where status = 'REFUNDED'",
        "update ledger_transfers set reference = 'x' || reference where kind = 'payment_refunded'",
        # What was sent back
        "delete from payment_refunds where actor is null",
        "delete from payment_refunds where actor is not null",
        "update payment_refunds set is_final = false where actor is not null",
        "update payment_refunds set amount_micro = amount_micro - 1 where actor is not null",
        "update payment_refunds set actor = null, note = null where actor is not null",
        "update payment_refunds set actor = 'ann', note = 'a test' where actor is null",
        "update payment_refunds set txid = repeat('b', 64) where actor is null",
        (
            "update payment_refunds set payment_id = (select max(id) from payments where "
            "status = 'DISMISSED') where actor is null"
        ),
        (
            "update ledger_entries set account_id = 11 where account_id = 6 and transfer_id in "
            "(select id from ledger_transfers where kind = 'payment_refunded')"
        ),
        "update ledger_transfers set reference = 'nothing' where kind = 'pool_outgoing'",
        (
            "update ledger_transfers set reference = 'nothing' where kind = 'payment_unclaimed' "
            "and reference in (select payment_id from payment_refunds)"
        ),
        # Sums
        (
            "update recharges set received_micro = received_micro + 1 where status = 'EXPIRED' "
            "or received_micro = 0"
        ),
        "update recharges set received_micro = 0 where received_micro > 0",
        "update recharges set credited_micro = credited_micro + 1 where status = 'CREDITED'",
        "update recharges set status = 'CREDITED' where status = 'REFUNDED'",
        "update recharges set status = 'DISMISSED' where status = 'IN_REVIEW'",
        f"update payments set recharge_id = null where id = {ONE_WAITING}",
        # The pool
        "update ledger_entries set amount_micro = amount_micro - 1 where account_id = 6",
        "delete from payments where status = 'OUTGOING'",
        "update payments set status = 'NOISE' where status = 'OUTGOING'",
        "update payments set status = 'OUTGOING' where status = 'NEW'",
    ],
)
async def test_every_kind_of_damage_is_found(busy: Shop, statement: str) -> None:
    assert (await busy.prove()).ok
    await busy.damage(statement)
    for found in (await busy.verify(), await busy.prove()):
        assert not found.ok
        assert found.recharge_mismatch > 0
