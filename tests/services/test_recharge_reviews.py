"""What waits for a person, and what their decisions do to balances, books and records."""

import asyncio

import asyncpg
import pytest

from jiema_app.domain.errors import (
    BadRequest,
    DomainError,
    NotFound,
    NotOpen,
)
from jiema_app.domain.payment_reviews.plans import Decision
from jiema_app.domain.recharges.statuses import Oddity, PaymentStatus, RechargeStatus
from jiema_app.domain.units import UserId
from tests.services.review_desk import (
    DISMISS,
    DUE,
    HELD,
    REFUND,
    UNCLAIMED,
    WORTHLESS,
    admin,
    credit,
    settle,
    waiting,
)
from tests.support.arrivals import TEN, Arrivals
from tests.support.shop import Customer, Shop


@pytest.mark.parametrize("oddity", Oddity)
async def test_whatever_is_odd_waits_with_its_evidence(
    shop: Shop, arrivals: Arrivals, ann: Customer, oddity: Oddity
) -> None:
    recharge, payment = await arrivals.hold(oddity, ann)
    [case] = await waiting(shop)
    assert (case.recharge and case.recharge.id) == recharge
    found = next(one for one in case.waiting if one.id == payment)
    assert found.oddity is oddity
    assert found.evidence
    assert (await shop.services.reviews.find(recharge or payment)).waiting == case.waiting


@pytest.mark.parametrize("oddity", [one for one in Oddity if one not in WORTHLESS])
async def test_a_credit_reaches_the_balance_and_the_rest_is_nobody_s(
    shop: Shop, arrivals: Arrivals, ann: Customer, oddity: Oddity
) -> None:
    recharge, payment = await arrivals.hold(oddity, ann)
    held = await arrivals.house(HELD)
    balance = await shop.balance(ann)
    settled = await settle(
        shop, recharge or payment, credit(7.5), user=None if recharge else ann.id
    )
    assert settled.is_final
    assert await shop.balance(ann) == balance + 7_500_000
    assert await arrivals.house(HELD) == 0
    assert await arrivals.house(UNCLAIMED) == held - 7_500_000
    if settled.case.recharge is not None:
        assert settled.case.recharge.status is RechargeStatus.CREDITED
        assert settled.case.recharge.credited_micro == balance + 7_500_000
        assert settled.case.recharge.oddity is not None
    assert await waiting(shop) == []


@pytest.mark.parametrize("oddity", Oddity)
async def test_a_refund_is_owed_to_the_sender(
    shop: Shop, arrivals: Arrivals, ann: Customer, oddity: Oddity
) -> None:
    recharge, payment = await arrivals.hold(oddity, ann)
    held, balance = await arrivals.house(HELD), await shop.balance(ann)
    settled = await settle(shop, recharge or payment, REFUND)
    assert await shop.balance(ann) == balance
    assert (await arrivals.house(HELD), await arrivals.house(DUE)) == (0, held)
    assert (held == 0) == (oddity in WORTHLESS)
    statuses = {one.status for one in settled.case.payments}
    assert statuses - {PaymentStatus.CREDITED} == {PaymentStatus.REFUNDED}
    if settled.case.recharge is not None:
        expected = RechargeStatus.CREDITED if balance else RechargeStatus.REFUNDED
        assert settled.case.recharge.status is expected


@pytest.mark.parametrize("oddity", Oddity)
async def test_what_is_dismissed_is_nobody_s(
    shop: Shop, arrivals: Arrivals, ann: Customer, oddity: Oddity
) -> None:
    recharge, payment = await arrivals.hold(oddity, ann)
    held, balance = await arrivals.house(HELD), await shop.balance(ann)
    settled = await settle(shop, recharge or payment, DISMISS)
    assert await shop.balance(ann) == balance
    assert (await arrivals.house(HELD), await arrivals.house(UNCLAIMED)) == (0, held)
    if settled.case.recharge is not None:
        expected = RechargeStatus.CREDITED if balance else RechargeStatus.DISMISSED
        assert settled.case.recharge.status is expected


@pytest.mark.parametrize("oddity", sorted(WORTHLESS))
async def test_what_is_worth_nothing_is_never_credited(
    shop: Shop, arrivals: Arrivals, ann: Customer, oddity: Oddity
) -> None:
    recharge, _ = await arrivals.hold(oddity, ann)
    assert recharge is not None
    with pytest.raises(BadRequest, match=r"cannot be credited|could be credited"):
        await settle(shop, recharge, credit(1))
    assert len(await waiting(shop)) == 1
    assert await shop.fetchval("select count(*) from payment_decisions") == 0


async def test_no_more_is_credited_than_arrived(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    recharge, _ = await arrivals.hold(Oddity.UNDER, ann)
    assert recharge is not None
    for amount in (9.000001, 0, -1):
        with pytest.raises(BadRequest, match="at most the 9 USDT"):
            await settle(shop, recharge, credit(amount))
    assert (await settle(shop, recharge, credit(9))).case.waiting == []
    assert await arrivals.house(UNCLAIMED) == 0


async def test_a_credit_is_taken_from_payments_in_the_order_of_the_chain(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    made = await arrivals.recharge(ann)
    fake = await arrivals.pay(made.address, 10**40, genuine=False)
    first = await arrivals.pay(made.address, 4_000_000)
    second = await arrivals.pay(made.address, 5_000_000)
    third = await arrivals.pay(made.address, 6_000_000)
    settled = await settle(shop, made.id, credit(7))
    assert [(one.id, one.status, one.credited_micro) for one in settled.case.payments] == [
        (fake, PaymentStatus.DISMISSED, 0),
        (first, PaymentStatus.CREDITED, 4_000_000),
        (second, PaymentStatus.CREDITED, 3_000_000),
        (third, PaymentStatus.DISMISSED, 0),
    ]
    assert await arrivals.house(UNCLAIMED) == 8_000_000
    assert await shop.balance(ann) == 7_000_000
    actions = await shop.fetchval("select array_agg(action order by id) from payment_decisions")
    assert actions == ["dismiss", "credit", "credit", "dismiss"]


async def test_one_payment_of_a_recharge_is_decided_on_by_itself(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    made = await arrivals.recharge(ann)
    fake = await arrivals.pay(made.address, 1, genuine=False)
    short = await arrivals.pay(made.address, 4_000_000)
    settled = await settle(shop, fake, DISMISS)
    assert settled.case.recharge is not None
    assert settled.case.recharge.status is RechargeStatus.IN_REVIEW
    assert [case.waiting[0].id for case in await waiting(shop)] == [short]
    await settle(shop, short, credit(4))
    assert (await shop.services.recharges.find(made.id)).status is RechargeStatus.CREDITED


async def test_a_payment_of_nobody_s_needs_a_user(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    _, payment = await arrivals.hold(Oddity.UNASSIGNED_WALLET, ann)
    with pytest.raises(BadRequest, match="say whose"):
        await settle(shop, payment, credit(10))
    with pytest.raises(NotFound):
        await settle(shop, payment, credit(10), user=UserId("c" + "0" * 24))
    with pytest.raises(BadRequest, match="credit only"):
        await settle(shop, payment, REFUND, user=ann.id)
    await shop.services.identity.ban(ann.id, actor="command-line", reason="a test")
    settled = await settle(shop, payment, credit(10), user=ann.id)
    assert settled.case.payments[0].credited_user_id == ann.id
    assert await shop.balance(ann) == TEN


async def test_a_recharge_s_payment_is_credited_to_nobody_else(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    recharge, _ = await arrivals.hold(Oddity.UNDER, ann)
    assert recharge is not None
    bob = await shop.customer(cents=0)
    with pytest.raises(BadRequest, match="nobody else"):
        await settle(shop, recharge, credit(9), user=bob.id)
    await settle(shop, recharge, credit(9), user=ann.id)


@pytest.mark.parametrize("note", ["", "   ", "x" * 501, "a\u200bb", "a\u202eb", "\u2800"])
async def test_a_decision_needs_a_note_that_can_be_read(
    shop: Shop, arrivals: Arrivals, ann: Customer, note: str
) -> None:
    recharge, _ = await arrivals.hold(Oddity.UNDER, ann)
    assert recharge is not None
    with pytest.raises(BadRequest, match="Note"):
        await shop.services.reviews.settle(recharge, DISMISS, note=note, actor="command-line")


async def test_every_decision_is_written_down_three_times(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    recharge, payment = await arrivals.hold(Oddity.OVER, ann)
    assert recharge is not None
    by = await admin(shop)
    await settle(shop, recharge, credit(10), actor=by)
    row = await shop.fetchval(
        "select concat_ws('|', payment_id, action, amount_micro, user_id, note, actor, is_final) "
        "from payment_decisions"
    )
    assert row == f"{payment}|credit|10000000|{ann.id}|looked at|{by}|t"
    record = await shop.fetchval(
        "select concat_ws('|', actor, action, subject_id, details ->> 'note', "
        "details ->> 'paymentIds') from audit_records where action like 'payment%'"
    )
    assert record == f'{by}|payment.credit|{recharge}|looked at|["{payment}"]'
    told = await shop.fetchval(
        "select array_agg(topic || ' ' || subject_id || ' ' || payload::text order by id) "
        "from outbox_events where topic <> 'payment.held'"
    )
    assert told == [f'recharge.credited {recharge} {{"byReview": true, "amountMicro": 10000000}}']


@pytest.mark.parametrize(
    ("decision", "topic"), [(REFUND, "payment.refund_due"), (DISMISS, "payment.dismissed")]
)
async def test_others_hear_of_every_decision_without_the_note(
    shop: Shop, arrivals: Arrivals, ann: Customer, decision: Decision, topic: str
) -> None:
    recharge, payment = await arrivals.hold(Oddity.LATE, ann)
    assert recharge is not None
    await settle(shop, recharge, decision)
    told = await shop.fetchval(
        "select topic || ' ' || subject_id || ' ' || payload::text from outbox_events "
        "where topic <> 'payment.held'"
    )
    assert told == f'{topic} {payment} {{"oddity": "LATE"}}'


async def test_decisions_are_never_changed(shop: Shop, arrivals: Arrivals, ann: Customer) -> None:
    recharge, _ = await arrivals.hold(Oddity.UNDER, ann)
    assert recharge is not None
    await settle(shop, recharge, DISMISS)
    for statement in (
        "update payment_decisions set note = 'other'",
        "delete from payment_decisions",
        "truncate payment_decisions",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await shop.execute(statement)


async def test_what_is_decided_is_not_decided_again(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    recharge, payment = await arrivals.hold(Oddity.UNDER, ann)
    assert recharge is not None
    await settle(shop, recharge, credit(9))
    for subject in (recharge, payment):
        for decision in (credit(9), REFUND, DISMISS):
            with pytest.raises(NotOpen):
                await settle(shop, subject, decision)
    assert await shop.balance(ann) == 9_000_000
    with pytest.raises(NotFound):
        await settle(shop, "nothing", DISMISS)


async def test_an_open_recharge_has_nothing_to_decide(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    made = await arrivals.recharge(ann)
    assert await waiting(shop) == []
    with pytest.raises(NotOpen):
        await settle(shop, made.id, DISMISS)


async def test_cancelling_meets_the_payment(shop: Shop, arrivals: Arrivals) -> None:
    for _ in range(20):
        ann = await shop.customer(cents=0)
        await shop.services.pool.grow(1)
        made = await arrivals.recharge(ann)
        await arrivals.bring(made.address, TEN)
        results = await asyncio.gather(
            shop.services.recharges.cancel(ann.id, made.id),
            arrivals.judge(),
            return_exceptions=True,
        )
        assert results[1] is None
        assert not isinstance(results[0], Exception) or isinstance(results[0], DomainError)
        view = await shop.services.recharges.find(made.id)
        assert (view.status, view.credited_micro) == (RechargeStatus.CREDITED, TEN)


async def test_a_second_wallet_s_case_does_not_hide_the_first(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    """Cases stand in the order in which their payments came."""
    _, nobodys = await arrivals.hold(Oddity.UNASSIGNED_WALLET, ann)
    recharge, _ = await arrivals.hold(Oddity.UNDER, ann)
    cases = await waiting(shop)
    assert [case.recharge and case.recharge.id for case in cases] == [None, recharge]
    assert cases[0].payments[0].id == nobodys
