"""What the owner of an odd payment is told: exact amounts, what comes next, and when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jiema_app.domain.recharges.review_times import ReviewTime
from jiema_app.domain.recharges.statuses import Oddity
from jiema_app.domain.recharges.views import OwnersNote, RechargeView
from jiema_app.site.account.recharge.display import RechargeCard, recharge_card
from jiema_app.site.account.recharge.live import recharge_html
from tests.site.account.recharge.test_display import DUST, NOON, OPEN, OVER, TEN, payment, review

PROMISE = ReviewTime(24 * 3_600, 24 * 3_600, is_measured=False)
MEASURED = ReviewTime(2 * 3_600 - 700, 24 * 3_600, is_measured=True)


def shown(
    view: RechargeView, usual: ReviewTime = PROMISE, after: timedelta = OVER, locale: str = "en"
) -> RechargeCard:
    return recharge_card(
        view, locale=locale, now=NOON + after, dust=DUST, final_after=19, usual=usual
    )


def answers_of(card: RechargeCard) -> dict[str, str]:
    return {answer.question: answer.text for answer in card.answers}


@pytest.mark.parametrize(
    ("oddity", "received", "words"),
    [
        (Oddity.UNDER, 9_000_001, "That's 0.999999 USDT too little."),
        (Oddity.OVER, 11_500_000, "That's 1.50 USDT too much."),
        (Oddity.EARLY, 10_000_000, "It was exactly the requested 10.00 USDT."),
        (Oddity.EARLY, 9_000_000, "That's 1.00 USDT too little."),
        (Oddity.MULTI_TRANSFER, 10_000_000, "10.00 USDT arrived in total"),
    ],
)
def test_what_is_missing_or_too_much_is_told_to_the_last_digit(
    oddity: Oddity, received: int, words: str
) -> None:
    card = shown(review(oddity, received, payments=[payment(received, oddity=oddity)]))
    assert words in " ".join(card.status_text)


def test_the_rest_that_was_sent_after_all_is_no_part_of_a_difference() -> None:
    payments = [
        payment(9_000_000, oddity=Oddity.UNDER),
        payment(1_000_000, oddity=Oddity.DUPLICATE),
    ]
    card = shown(review(Oddity.UNDER, TEN, payments=payments))
    assert card.status_text == [
        "More than one payment arrived, but a top-up takes only one.",
        "10.00 USDT arrived in total, and 10.00 USDT was requested.",
    ]


def test_a_late_one_is_told_by_how_much() -> None:
    late = replace(
        payment(oddity=Oddity.LATE), block_time=OPEN.closes_at + timedelta(minutes=3, seconds=1)
    )
    card = shown(review(Oddity.LATE, payments=[late]))
    assert card.status_text == [
        "Your payment arrived 3 minutes 1 second after the payment window closed.",
        "It was exactly the requested 10.00 USDT.",
    ]
    assert "Don't send it again" in answers_of(card)["What to do now"]


def test_how_long_it_takes_is_measured_or_promised_and_not_repeated_when_it_is_over() -> None:
    view = review(Oddity.UNDER, 9_000_000, payments=[payment(9_000_000, oddity=Oddity.UNDER)])
    question = "How long it takes"
    promised, measured = answers_of(shown(view)), answers_of(shown(view, MEASURED))
    assert promised[question] == "We'll decide within 24 hours of receiving your payment."
    assert measured[question] == "Half of our recent reviews took 2 hours or less."
    for usual in (PROMISE, MEASURED):
        late = answers_of(shown(view, usual, timedelta(hours=25)))
        assert "taking longer than usual" in late[question]


def test_a_strange_token_is_promised_nothing() -> None:
    fake = payment(is_genuine=False, oddity=Oddity.WRONG_TOKEN)
    found = answers_of(shown(review(Oddity.WRONG_TOKEN, 0, payments=[fake])))
    assert "How long it takes" not in found
    assert "Only USDT can be credited" in found["What happens now"]


def test_before_paying_the_fee_is_worked_out_and_only_then() -> None:
    text = " ".join(shown(OPEN, after=timedelta(0)).how_to_send)
    assert "if the fee is 1.00 USDT, send 11.00 USDT. Then 10.00 USDT arrives." in text
    assert "TRON (TRC20)" in text
    assert shown(OPEN).how_to_send == []


def test_without_scripts_all_of_it_stands_there_and_what_was_said_is_text() -> None:
    view = review(Oddity.UNDER, 9_000_000, payments=[payment(9_000_000, oddity=Oddity.UNDER)])
    said = replace(view, notes=[OwnersNote("<b>Kraken</b>", NOON)])

    def html(of: RechargeView) -> str:
        return recharge_html(
            of,
            locale="en",
            now=NOON + OVER,
            dust=DUST,
            final_after=19,
            usual=PROMISE,
        )

    page = html(said)
    assert "&lt;b&gt;Kraken&lt;/b&gt;" in page
    assert "<b>Kraken" not in page
    assert f'action="/api/shop/recharges/{OPEN.id}/notes"' in page
    assert 'id="note-BAD_REQUEST"' in page
    assert "We&#39;ll decide within 24 hours" in page
    full = html(replace(view, notes=[OwnersNote(str(n), NOON) for n in range(5)]))
    assert "<textarea" not in full
    assert "<textarea" not in html(OPEN)
    waiting = recharge_html(OPEN, locale="en", now=NOON, dust=DUST, final_after=19)
    assert "send 11.00 USDT" in waiting.replace("\u2068", "").replace("\u2069", "")


@pytest.mark.parametrize("locale", ["zh", "ar"])
def test_other_languages_say_it_all(locale: str) -> None:
    view = review(Oddity.OVER, 11_000_000, payments=[payment(11_000_000, oddity=Oddity.OVER)])
    english, theirs = shown(view), shown(view, locale=locale)
    assert not {answer.text for answer in english.answers} & {one.text for one in theirs.answers}
