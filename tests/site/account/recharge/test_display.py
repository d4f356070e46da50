"""What the page of a recharge says: the truth, for everything that can become of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from jiema_app.domain.recharges.statuses import Oddity, PaymentStatus, RechargeStatus
from jiema_app.domain.recharges.views import PaymentId, PaymentView, RechargeId, RechargeView
from jiema_app.domain.units import MicroUsdt, UserId
from jiema_app.i18n.recharge_stages import (
    ODDITY_WORDS,
    STAGE_MOODS,
    STAGE_WORDS,
    STAGES,
    Stage,
    stage_of,
)
from jiema_app.i18n.recharge_texts import PAYMENT_WORDS, STATUS_TEXTS
from jiema_app.i18n.review_texts import HAPPENED
from jiema_app.site.account.recharge.display import RechargeCard, can_be_paid, recharge_card
from jiema_app.site.account.topup.display import recharge_row

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DUST = MicroUsdt(10_000)
TEN = MicroUsdt(10_000_000)
ADDRESS = "TUEZSdKsoDHQMeZwihtdoBiN46zxhGWYdH"

OPEN = RechargeView(
    id=RechargeId("c" + "0" * 24),
    user_id=UserId("c" + "1" * 24),
    address=ADDRESS,
    status=RechargeStatus.OPEN,
    oddity=None,
    amount_micro=TEN,
    received_micro=MicroUsdt(0),
    credited_micro=MicroUsdt(0),
    version=1,
    created_at=NOON - timedelta(minutes=5),
    expires_at=NOON + timedelta(minutes=25),
    closes_at=NOON + timedelta(minutes=25),
    settled_at=None,
)
OVER = timedelta(minutes=26)


def payment(
    amount: int = TEN,
    status: PaymentStatus = PaymentStatus.IN_REVIEW,
    oddity: Oddity | None = None,
    *,
    is_genuine: bool = True,
    credited: int = 0,
) -> PaymentView:
    return PaymentView(
        id=PaymentId("p"),
        txid="0123456789abcdef" * 4,
        block_time=NOON,
        is_genuine=is_genuine,
        amount=amount,
        status=status,
        oddity=oddity,
        credited_micro=MicroUsdt(credited),
    )


def review(oddity: Oddity, received: int = TEN, credited: int = 0, **more: object) -> RechargeView:
    view = replace(
        OPEN,
        status=RechargeStatus.IN_REVIEW,
        oddity=oddity,
        received_micro=MicroUsdt(received),
        credited_micro=MicroUsdt(credited),
    )
    return replace(view, **more)  # type: ignore[arg-type]  # any field


def card(view: RechargeView, *, after: timedelta = timedelta(0)) -> RechargeCard:
    return recharge_card(view, locale="en", now=NOON + after, dust=DUST, final_after=19)


def told(view: RechargeView, *, after: timedelta = timedelta(0)) -> str:
    shown = card(view, after=after)
    answers = [answer.text for answer in shown.answers]
    return " ".join((shown.headline, *shown.status_text, *answers))


def test_while_it_waits_the_page_says_what_to_send_and_where() -> None:
    shown = card(OPEN)
    assert (shown.stage, shown.is_payable, shown.is_cancellable) == ("waiting", True, True)
    assert (shown.amount, shown.amount_digits) == ("10.00 USDT", "10.00")
    assert "".join(shown.address_groups) == shown.address == ADDRESS
    assert (shown.address_groups[0], shown.address_groups[-1]) == ("TUEZSd", "WYdH")
    assert shown.closes_at == int(OPEN.closes_at.timestamp())
    assert shown.window_s == 30 * 60
    assert shown.status_text == []


def test_a_payment_that_was_seen_is_counted_up_and_nothing_more_is_asked_for() -> None:
    shown = card(replace(OPEN, seen_micro=TEN, confirmations=3))
    assert (shown.stage, shown.is_payable, shown.is_cancellable) == ("confirming", False, False)
    assert shown.headline == "10.00 USDT detected"
    assert (shown.confirmations, shown.progress) == ("Confirmation 3 of 19", 16)
    assert card(replace(OPEN, seen_micro=TEN, confirmations=40)).progress == 100
    assert "There's nothing more to do" in " ".join(shown.status_text)


def test_another_amount_that_was_seen_is_named_as_such_at_once() -> None:
    text = told(replace(OPEN, seen_micro=MicroUsdt(9_000_000)))
    assert "9.00 USDT detected" in text
    assert "isn't the requested 10.00 USDT" in text
    assert "Don't send the difference" in text
    assert "Don't send the difference" not in told(replace(OPEN, seen_micro=MicroUsdt(11_000_000)))


def test_dust_on_its_way_hides_nothing() -> None:
    shown = card(replace(OPEN, seen_micro=MicroUsdt(9_999)))
    assert (shown.stage, shown.is_payable, shown.is_seen) == ("waiting", True, False)


def test_between_the_window_s_end_and_the_last_block_the_page_waits_and_says_so() -> None:
    shown = card(OPEN, after=OVER)
    assert (shown.stage, shown.is_payable, shown.is_cancellable) == ("closing", False, False)
    assert "We're checking the last blocks" in " ".join(shown.status_text)


def test_what_was_credited_is_on_the_balance() -> None:
    view = replace(OPEN, status=RechargeStatus.CREDITED, received_micro=TEN, credited_micro=TEN)
    shown = card(view)
    assert (shown.stage, shown.headline) == ("credited", "10.00 USDT credited to your balance")
    assert shown.status_text == []
    assert not shown.is_payable


def test_what_a_person_credited_differs_and_the_page_says_how() -> None:
    view = review(Oddity.UNDER, 9_500_000, 9_000_000, status=RechargeStatus.CREDITED)
    text = told(view)
    assert "9.00 USDT credited to your balance" in text
    assert "9.50 USDT arrived, but 10.00 USDT was requested." in text
    assert "we credited 9.00 USDT of the 9.50 USDT that arrived" in text


@pytest.mark.parametrize(
    ("oddity", "received", "words"),
    [
        (
            Oddity.UNDER,
            9_000_000,
            ["9.00 USDT arrived, but 10.00 USDT was", "Don't send the difference"],
        ),
        (
            Oddity.OVER,
            11_000_000,
            ["11.00 USDT arrived, but 10.00 USDT was", "Don't send anything more"],
        ),
        (Oddity.LATE, TEN, ["after the payment window closed", "Don't send it again"]),
        (Oddity.EARLY, TEN, ["before this top-up was opened", "Don't send it again"]),
        (Oddity.DUPLICATE, 2 * TEN, ["More than one payment", "Don't send anything more"]),
        (Oddity.WRONG_TOKEN, 0, ["isn't USDT", "Only USDT can be credited"]),
        (Oddity.OWN_TRANSFER, TEN, ["one of our own addresses"]),
        (Oddity.MULTI_TRANSFER, TEN, ["more than once", "Don't send anything more"]),
    ],
)
def test_each_oddity_is_told_with_what_happens_next_and_what_not_to_do(
    oddity: Oddity, received: int, words: list[str]
) -> None:
    payments = [payment(received or TEN, oddity=oddity, is_genuine=received > 0)]
    text = told(review(oddity, received, payments=payments), after=OVER)
    assert "We're reviewing your payment" in text
    assert "This page will show what we decide" in text
    for part in words:
        assert part in text
    assert ("You don't need to do anything" in text) == (oddity is not Oddity.WRONG_TOKEN)


def test_a_first_payment_that_was_credited_and_a_second_that_waits_are_both_told() -> None:
    view = review(
        Oddity.DUPLICATE,
        2 * TEN,
        TEN,
        payments=[
            payment(status=PaymentStatus.CREDITED, credited=TEN),
            payment(oddity=Oddity.DUPLICATE),
        ],
    )
    shown = card(view)
    assert shown.status_text[0] == "10.00 USDT has already been credited to your balance."
    assert not shown.is_payable
    assert [line.status_word for line in shown.payments] == ["In review", "Credited"]
    assert [line.oddity for line in shown.payments] == ["Paid more than once", ""]


@pytest.mark.parametrize(
    ("arrived", "can_pay"),
    [
        (payment(is_genuine=False, oddity=Oddity.WRONG_TOKEN), True),
        (payment(9_999, oddity=Oddity.UNDER), True),
        (payment(oddity=Oddity.OWN_TRANSFER), True),
        (payment(10_000, oddity=Oddity.UNDER), False),
        (payment(oddity=Oddity.OVER), False),
    ],
)
def test_what_is_worth_nothing_does_not_take_the_place_of_the_payment(
    arrived: PaymentView,
    can_pay: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    assert arrived.oddity is not None
    for status in (RechargeStatus.IN_REVIEW, RechargeStatus.DISMISSED):
        view = review(arrived.oddity, 0, status=status, payments=[arrived])
        assert can_be_paid(view, NOON, DUST) is can_pay
        assert ("You can still pay" in told(view)) is can_pay
        assert not can_be_paid(view, NOON + OVER, DUST)


def test_an_amount_below_dust_is_taken_by_a_payment_of_as_much() -> None:
    tiny = replace(OPEN, amount_micro=MicroUsdt(5_000), payments=[payment(5_000)])
    assert not can_be_paid(tiny, NOON, DUST)


@pytest.mark.parametrize("status", sorted(set(RechargeStatus) - {"OPEN", "IN_REVIEW", "DISMISSED"}))
def test_nobody_is_asked_to_pay_what_has_ended(status: RechargeStatus) -> None:
    assert not can_be_paid(replace(OPEN, status=status), NOON, DUST)


def test_ends_without_a_payment_say_what_to_do_if_one_was_sent() -> None:
    expired = told(replace(OPEN, status=RechargeStatus.EXPIRED))
    assert "Already sent it? This page will show it" in expired
    cancelled = told(replace(OPEN, status=RechargeStatus.CANCELLED))
    assert "What you sent before you cancelled is still credited" in cancelled
    for text in (expired, cancelled):
        assert "Don't send anything to this address" in text


def test_what_a_person_decided_otherwise_is_told() -> None:
    back = told(review(Oddity.OVER, 12_000_000, status=RechargeStatus.REFUNDED))
    assert "return it to the address it came from" in back
    assert "12.00 USDT arrived" in back
    nothing = told(review(Oddity.LATE, status=RechargeStatus.DISMISSED), after=OVER)
    assert "won't be credited or returned" in nothing
    partly = told(review(Oddity.DUPLICATE, 2 * TEN, TEN, status=RechargeStatus.REFUNDED))
    assert "10.00 USDT has already been credited to your balance." in partly


def test_what_is_to_be_sent_back_is_not_said_to_be_sent() -> None:
    due = payment(12_000_000, PaymentStatus.REFUNDED, Oddity.OVER)
    view = review(
        Oddity.OVER,
        12_000_000,
        status=RechargeStatus.REFUNDED,
        payments=[due],
        is_refund_owed=True,
    )
    owed = card(view)
    assert (owed.stage, owed.status_word, owed.mood) == ("returning", "Return pending", "waiting")
    assert "this page will show the transaction once it's made" in told(view)
    assert (owed.payments[0].status_word, owed.payments[0].refund_txid) == ("Return pending", "")

    sent = replace(
        view, is_refund_owed=False, payments=[replace(due, refund_txid="fedcba9876543210" * 4)]
    )
    shown = card(sent)
    assert (shown.stage, shown.status_word) == ("refunded", "Returned")
    assert shown.headline == "Your payment was returned"
    assert "by the transaction below" in told(sent)
    assert shown.payments[0].status_word == "Returned"
    assert shown.payments[0].refund_txid_shown == "fedcba…543210"


@pytest.mark.parametrize(
    "worthless",
    [
        payment(status=PaymentStatus.REFUNDED, oddity=Oddity.WRONG_TOKEN, is_genuine=False),
        payment(status=PaymentStatus.REFUNDED, oddity=Oddity.OWN_TRANSFER),
    ],
    ids=["another token", "a wallet of ours"],
)
def test_nothing_is_owed_for_what_was_no_money(worthless: PaymentView) -> None:
    assert not worthless.is_refund_owed


def test_payments_are_listed_with_their_transaction_and_what_became_of_them() -> None:
    partly = payment(12_000_000, PaymentStatus.CREDITED, Oddity.OVER, credited=TEN)
    fake = payment(10**30, is_genuine=False, oddity=Oddity.WRONG_TOKEN)
    strange, genuine = card(review(Oddity.OVER, payments=[partly, fake])).payments
    assert (strange.amount, strange.oddity) == ("Not USDT", "Different token arrived")
    assert (genuine.amount, genuine.credited) == ("12.00 USDT", "10.00 USDT credited")
    assert genuine.txid == "0123456789abcdef" * 4
    assert genuine.txid_shown == "012345…abcdef"


def test_a_list_shows_state_and_oddity() -> None:
    row = recharge_row(review(Oddity.UNDER, 9_000_000), locale="en", now=NOON, dust=DUST)
    assert (row.amount, row.received) == ("10.00 USDT", "9.00 USDT")
    assert (row.status_word, row.oddity) == ("In review", "Too little arrived")
    assert row.href == f"/en/account/topup/{OPEN.id}"
    assert recharge_row(OPEN, locale="ar", now=NOON, dust=DUST).href.startswith("/ar/")


def test_everything_that_can_be_said_has_its_words() -> None:
    assert set(STAGES) == set(RechargeStatus) - {RechargeStatus.OPEN}
    assert set(STAGE_WORDS) == set(STAGE_MOODS) == set(STATUS_TEXTS) == set(Stage)
    assert set(ODDITY_WORDS) == set(Oddity)
    not_an_owner_s = {
        PaymentStatus.NEW,
        PaymentStatus.NOISE,
        PaymentStatus.OUTGOING,
        PaymentStatus.HOUSE,
    }
    assert set(PAYMENT_WORDS) == set(PaymentStatus) - not_an_owner_s
    assert set(HAPPENED) == set(Oddity) - {Oddity.UNDER, Oddity.OVER}
    odd: list[Oddity | None] = [None, *Oddity]
    for status, oddity, seen, after in product(
        RechargeStatus, odd, (None, TEN), (timedelta(0), OVER)
    ):
        view = replace(OPEN, status=status, oddity=oddity, seen_micro=seen)
        shown = card(view, after=after)
        assert shown.headline
        assert shown.status_word
        assert stage_of(view, NOON + after, DUST) == shown.stage
