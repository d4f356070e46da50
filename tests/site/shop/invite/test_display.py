"""What came of a link, in words and figures."""

from datetime import UTC, date, datetime, timedelta

import pytest

from jiema_app.domain.ledger.accounts import TransferKind
from jiema_app.domain.referrals.commissions import CommissionPurse
from jiema_app.domain.referrals.invite_views import (
    CommissionMovement,
    EarnedDay,
    Funnel,
    InvitedPerson,
    PendingCommission,
)
from jiema_app.domain.referrals.statuses import HoldReason, ReferralStatus
from jiema_app.domain.units import MicroUsdt
from jiema_app.i18n.locale_list import LOCALES
from jiema_app.settings import get_settings
from jiema_app.site.account.statement_lines import KINDS
from jiema_app.site.shop.invite.chart_display import HEIGHT, Chart, earnings_chart
from jiema_app.site.shop.invite.display import (
    REASON_WORDS,
    STATUS_MOODS,
    STATUS_WORDS,
    funnel_steps,
    link_card,
    movement_rows,
    pending_rows,
    person_rows,
    purse_card,
)

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def chart(*earned: int, locale: str = "en") -> Chart:
    """Of so many days up to the last of November."""
    first = date(2026, 11, 30) - timedelta(days=len(earned) - 1)
    days = [EarnedDay(first + timedelta(days=n), MicroUsdt(e)) for n, e in enumerate(earned)]
    return earnings_chart(days, locale)


def purse(available: int, pending: int = 0, held: int = 0) -> CommissionPurse:
    return CommissionPurse(MicroUsdt(pending), MicroUsdt(available), MicroUsdt(held), 0)


def test_everything_that_can_be_said_has_its_words() -> None:
    assert set(REASON_WORDS) == set(HoldReason)
    assert set(STATUS_WORDS) == set(STATUS_MOODS) == set(ReferralStatus)
    moved = {kind for kind in TransferKind if kind.startswith(("commission_", "withdrawal_re"))}
    # Neither touches what is available.
    moved -= {TransferKind.COMMISSION_ACCRUED, TransferKind.COMMISSION_REVERSED}
    assert set(KINDS) >= moved | {TransferKind.SANDBOX_COMMISSION}
    for words in (*REASON_WORDS.values(), *STATUS_WORDS.values()):
        assert all(words(locale) for locale in LOCALES)


def test_the_link_is_ours_and_is_shared_as_it_is() -> None:
    card = link_card("ab12cd34", "en")
    assert card.url == f"{get_settings().origin}/r/ab12cd34"
    assert card.url.endswith(card.shown)
    assert "://" not in card.shown
    assert card.telegram.startswith("https://t.me/share/url?url=http")
    assert "&text=Temporary%20phone" in card.telegram
    assert card.qr_path.startswith("M")


def test_what_is_available_is_told_to_the_last_part_of_a_cent() -> None:
    card = purse_card(purse(2_430_017, pending=42_000), "en")
    assert (card.available, card.whole) == ("$2.430017", "$2.430017")
    assert (card.pending, card.held, card.debt) == ("$0.042", "", "")


@pytest.mark.parametrize("available", [0, -1, -42_000])
def test_what_is_not_there_is_not_offered(available: int) -> None:
    card = purse_card(purse(available, held=5_000_000), "en")
    assert card.whole == ""
    assert card.held == "$5.00"
    assert bool(card.debt) == (available < 0)
    assert card.available.startswith("-") == (available < 0)


def test_the_funnel_tells_shares_where_they_say_something() -> None:
    steps = funnel_steps(Funnel(200, 13, 4, 9, MicroUsdt(1_239_999)), "en")
    assert [(step.label, step.value, step.share) for step in steps] == [
        ("Clicks", "200", ""),
        ("Sign-ups", "13", "6% of clicks"),
        ("First orders", "4", "30% of sign-ups"),
        ("Earned", "$1.23", "9 orders"),
    ]
    # Whoever came without a click that was counted makes no share of more than all.
    odd = funnel_steps(Funnel(3, 5, 0, 0, MicroUsdt(0)), "en")
    assert [step.share for step in odd] == [""] * 4


def test_a_day_is_as_high_as_it_earned() -> None:
    shown = chart(0, 1_000_000, 0, 2_000_000, 500_000)
    assert [(bar.x, bar.height) for bar in shown.bars] == [
        ("11.5", "50.00"),
        ("31.5", "100.00"),
        ("41.5", "25.00"),
    ]
    assert all(float(bar.y) + float(bar.height) == HEIGHT for bar in shown.bars)
    assert (shown.box, shown.zero) == ("0 0 50 100", "100.00")
    assert (shown.top, shown.middle, shown.total) == ("$2.00", "$1.00", "$3.50")
    assert (shown.first, shown.last) == ("Nov 26", "Nov 30")
    assert shown.summary == "Last 5 days: $3.50 earned"
    assert [(line.day, line.amount) for line in shown.lines] == [
        ("Nov 30", "$0.50"),
        ("Nov 29", "$2.00"),
        ("Nov 27", "$1.00"),
    ]


def test_a_day_on_which_more_was_taken_back_goes_down_from_the_ground() -> None:
    shown = chart(100_000, -50_000)
    up, down = shown.bars
    assert (up.is_loss, down.is_loss) == (False, True)
    assert down.y == shown.zero
    assert float(up.y) + float(up.height) == pytest.approx(float(shown.zero), abs=0.01)
    assert float(down.y) + float(down.height) <= HEIGHT
    assert down.title == "Nov 30: -$0.05"
    only = chart(0, -50_000)
    assert (only.top, only.zero) == ("", "0.00")
    assert float(only.bars[0].height) <= HEIGHT


def test_hardly_anything_is_seen_all_the_same_and_nothing_is_nothing() -> None:
    tiny, _ = chart(1, 1_000_000_000).bars
    assert float(tiny.height) > 1
    nothing = chart(*(0,) * 90)
    assert (nothing.bars, nothing.lines, nothing.total) == ([], [], "$0.00")


@pytest.mark.parametrize("most", [1, 9_999, 10_000, 10_001, 42_000, 1_999_999, 20_000_001, 10**15])
def test_the_scale_reaches_over_the_highest_day(most: int) -> None:
    (bar,) = chart(0, most).bars
    assert 0 <= float(bar.y) <= HEIGHT
    assert float(bar.height) <= HEIGHT


@pytest.mark.parametrize("locale", LOCALES)
def test_every_language_draws_the_same_bars(locale: str) -> None:
    drawn = [(bar.x, bar.y, bar.height) for bar in chart(5, 0, -7, locale=locale).bars]
    assert drawn == [(bar.x, bar.y, bar.height) for bar in chart(5, 0, -7).bars]


def test_rows_name_nobody() -> None:
    (person,) = person_rows(
        [InvitedPerson("Jade Otter 482", NOON, 3, MicroUsdt(126_000), ReferralStatus.HELD)], "en"
    )
    assert (person.name, person.joined, person.orders) == (
        "Jade Otter 482",
        "Joined Nov 2026",
        "3 orders",
    )
    assert (person.earned, person.status_word, person.mood) == ("$0.126", "In review", "waiting")
    (waiting,) = pending_rows(
        [PendingCommission(NOON, MicroUsdt(42_000), "Jade Otter 482", HoldReason.ORDER_OPEN)], "en"
    )
    assert (waiting.amount, waiting.reason) == ("$0.042", "The order is still open")
    moved = movement_rows(
        [
            CommissionMovement(
                NOON, TransferKind.COMMISSION_MOVED, MicroUsdt(-1), MicroUsdt(0), ""
            ),
            CommissionMovement(
                NOON, TransferKind.COMMISSION_RELEASED, MicroUsdt(1), MicroUsdt(1), "Jade Otter 482"
            ),
        ],
        "en",
    )
    assert [(row.kind, row.amount, row.is_credit) for row in moved] == [
        ("Commission moved to balance", "-$0.000001", False),
        ("Commission earned", "+$0.000001", True),
    ]
