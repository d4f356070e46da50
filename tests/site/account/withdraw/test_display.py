"""A withdrawal in words: every state it may be in, and everything that may be wrong."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jiema_app.domain.payouts.destinations import Destination, DestinationFault
from jiema_app.domain.payouts.statuses import PayoutStatus
from jiema_app.domain.referrals.commissions import CommissionPurse
from jiema_app.domain.units import MicroUsdt, UserId
from jiema_app.domain.withdrawals.draft_views import AddressLook, Draft
from jiema_app.domain.withdrawals.statuses import (
    ShownStatus,
    WithdrawalFault,
    WithdrawalStatus,
    shown_status,
)
from jiema_app.domain.withdrawals.terms import Rules
from jiema_app.domain.withdrawals.views import WithdrawalView
from jiema_app.i18n.withdrawal_refusals import fault_words
from jiema_app.site.account.withdraw.display import WithdrawalCard, withdrawal_card
from jiema_app.site.account.withdraw.form_display import (
    address_note,
    amount_note,
    draft_card,
    purse_card,
    rules_card,
)
from jiema_app.site.account.withdraw.refusals import (
    ADDRESS,
    AMOUNT,
    fault_field,
    notices,
)
from tests.support.withdrawing import STRANGER, micro

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
TXID = "455a68" + "0" * 52 + "82a39e"

RULES = Rules(
    fee_bp=500,
    fee_min_micro=micro(2),
    amount_min_micro=micro(5),
    alone_max_micro=micro(500),
    takes_above=True,
    takes_spending=False,
    address_wait_s=86_400,
    per_day_count=3,
    per_day_micro=micro(1_000),
)

VIEW = WithdrawalView(
    id="c" + "0" * 24,
    user_id=UserId("c" + "1" * 24),
    source="commission",
    address=STRANGER,
    amount=micro(20),
    fee=micro(2),
    net=micro(18),
    decided=WithdrawalStatus.REQUESTED,
    status=ShownStatus.REQUESTED,
    version=1,
    created_at=NOW - timedelta(hours=2),
    approved_at=None,
    ended_at=None,
    usable_from=None,
    note=None,
    payout_id=None,
    waits_because=None,
    txid=None,
    sent_at=None,
)

APPROVED: dict[str, Any] = {
    "decided": WithdrawalStatus.APPROVED,
    "approved_at": NOW - timedelta(hours=1),
}
TRIED: dict[str, Any] = {
    "payout_id": "c2",
    "waits_because": "hot wallet",
    "txid": TXID,
    "sent_at": NOW,
}


def card(
    status: ShownStatus, now: datetime = NOW, usual_s: int | None = None, **changes: Any
) -> WithdrawalCard:
    view = replace(VIEW, status=status, **changes)
    return withdrawal_card(view, locale="en", now=now, usual_s=usual_s)


def steps(shown: WithdrawalCard) -> list[tuple[str, str]]:
    return [(step.label, step.state) for step in shown.steps]


def test_every_state_has_words() -> None:
    for status in ShownStatus:
        ended: dict[ShownStatus, dict[str, Any]] = {
            ShownStatus.SETTLED: {"decided": WithdrawalStatus.SETTLED, "ended_at": NOW},
            ShownStatus.REJECTED: {"decided": WithdrawalStatus.REJECTED, "ended_at": NOW},
            ShownStatus.CANCELLED: {"decided": WithdrawalStatus.CANCELLED, "ended_at": NOW},
        }
        first = {} if status is ShownStatus.REQUESTED else APPROVED
        shown = card(status, **(first | ended.get(status, {})))
        assert shown.status_word
        assert shown.headline
        assert all(shown.text)
        assert shown.is_waiting == (status not in ended)
        assert bool(shown.outcome) == (status in ended)
        assert shown.is_cancellable == (status is ShownStatus.REQUESTED)


def test_one_that_waits_for_a_person_says_what_happens_and_how_long_it_takes() -> None:
    shown = card(ShownStatus.REQUESTED, usual_s=4_000)
    assert (shown.status_word, shown.mood) == ("In review", "waiting")
    assert shown.headline == "We're reviewing your withdrawal of 20.00 USDT"
    assert "by hand" in shown.text[0]
    assert shown.text[1] == "Half of our recent reviews took 2 hours or less."
    assert steps(shown) == [
        ("Requested", "done"),
        ("In review", "now"),
        ("Sent", "ahead"),
        ("Final on the network", "ahead"),
    ]
    assert shown.steps[0].at == "2026-11-30T10:00:00Z"
    assert len(card(ShownStatus.REQUESTED).text) == 1, "with few decisions nothing is promised"


def test_one_to_a_changed_address_says_until_when_it_waits() -> None:
    usable = NOW + timedelta(hours=22)
    for status in (ShownStatus.REQUESTED, ShownStatus.APPROVED):
        first = {} if status is ShownStatus.REQUESTED else APPROVED
        shown = card(status, usable_from=usable, **first)
        assert shown.not_before == "2026-12-01T10:00:00Z"
        assert "new address" in shown.text[-1]
        later = card(status, now=usable, usable_from=usable, **first)
        assert later.not_before == ""
        assert "new address" not in later.text[-1]


def test_one_that_is_on_its_way_shows_its_transaction_once_it_is_sent() -> None:
    queued = card(ShownStatus.APPROVED, **APPROVED)
    assert steps(queued)[2] == ("To be sent", "now")
    assert not queued.is_cancellable
    # Of an attempt before this one.
    assert card(ShownStatus.APPROVED, **APPROVED, **TRIED).txid == ""
    signed = card(ShownStatus.SIGNED, **APPROVED, **TRIED)
    assert (signed.txid, steps(signed)[2]) == ("", ("Being sent", "now"))
    sent = card(ShownStatus.BROADCAST, **APPROVED, **TRIED)
    assert (sent.txid, sent.txid_shown) == (TXID, "455a68…82a39e")
    assert steps(sent)[2:] == [("Sent", "done"), ("Confirming", "now")]
    settled = card(
        ShownStatus.SETTLED,
        **(APPROVED | TRIED | {"decided": WithdrawalStatus.SETTLED, "ended_at": NOW}),
    )
    assert {state for _, state in steps(settled)} == {"done"}
    assert (settled.txid, settled.outcome) == (TXID, "You received 18.00 USDT")
    assert settled.mood == "good"


@pytest.mark.parametrize(
    "status", [PayoutStatus.FAILED_ON_CHAIN, PayoutStatus.EXPIRED_ABSENT, PayoutStatus.NEEDS_REVIEW]
)
def test_one_that_a_person_looks_at_tells_nothing_of_the_inside(status: PayoutStatus) -> None:
    shown = card(shown_status(WithdrawalStatus.APPROVED, status), **APPROVED, **TRIED)
    assert shown.status_word == "Being checked"
    assert "Your money is safe" in shown.text[0]
    assert steps(shown)[2] == ("Being checked", "now")
    everything = repr(shown)
    assert "hot wallet" not in everything
    assert TXID not in everything
    assert status not in everything


@pytest.mark.parametrize(
    ("source", "words"), [("commission", "commission"), ("spending", "balance")]
)
def test_one_that_was_not_paid_says_why_and_where_all_of_it_is(source: str, words: str) -> None:
    rejected = card(
        ShownStatus.REJECTED,
        decided=WithdrawalStatus.REJECTED,
        ended_at=NOW - timedelta(hours=1),
        note="The address belongs to a <b>mixer</b>.",
        source=source,
    )
    assert rejected.note == "The address belongs to a <b>mixer</b>."
    assert rejected.outcome == (f"All $20.00, including the fee, is back in your {words}.")
    assert rejected.text == [rejected.outcome]
    assert steps(rejected) == [("Requested", "done"), ("Rejected", "failed")]
    assert rejected.is_shown
    taken_back = card(
        ShownStatus.CANCELLED, decided=WithdrawalStatus.CANCELLED, ended_at=NOW, source=source
    )
    assert not taken_back.is_shown, "its owner knows"


def test_the_page_begins_with_how_the_last_one_ended_for_some_days() -> None:
    ended: dict[str, Any] = {"decided": WithdrawalStatus.SETTLED, "ended_at": NOW}
    assert card(ShownStatus.SETTLED, now=NOW + timedelta(days=2), **ended).is_shown
    assert not card(ShownStatus.SETTLED, now=NOW + timedelta(days=3), **ended).is_shown


def test_every_fault_has_words_and_a_place() -> None:
    for fault in (*WithdrawalFault, *DestinationFault):
        words = fault_words(fault, micro(7), RULES, "en")
        assert words.endswith(".")
        place = fault_field(fault)
        assert (place == ADDRESS) == isinstance(fault, DestinationFault)
    of_amount = {fault for fault in WithdrawalFault if fault_field(fault) == AMOUNT}
    assert "$7.00" in fault_words(WithdrawalFault.TOO_SMALL, micro(7), RULES, "en")
    assert WithdrawalFault.NOT_COVERED in of_amount
    assert "3 withdrawals" in fault_words(WithdrawalFault.DAY_COUNT, None, RULES, "en")
    assert len(dict(notices("en"))) == len(notices("en"))


@pytest.mark.parametrize(
    ("share", "least", "words"),
    [
        (500, 2, "The fee is 5% of the amount, at least $2.00."),
        (1_250, 0, "The fee is 12.5%. It's taken out"),
        (0, 2, "The fee is $2.00. It's taken out"),
        (0, 0, "There's no fee."),
    ],
)
def test_the_fee_is_told_as_the_terms_have_it(share: int, least: int, words: str) -> None:
    rules = replace(RULES, fee_bp=share, fee_min_micro=micro(least))
    told = rules_card(rules, "en")
    assert told.fee.startswith(words)
    assert told.least == "Minimum: $5.00"
    assert "24 hours" in told.wait
    assert rules_card(replace(rules, address_wait_s=0), "en").wait == ""


def test_the_example_is_never_less_than_can_be_asked_for() -> None:
    told = rules_card(replace(RULES, amount_min_micro=micro(100)), "en").fee
    assert "if you withdraw $100.00, you receive 95.00 USDT" in told


def purse(available: float, held: float = 0) -> CommissionPurse:
    return CommissionPurse(micro(1), micro(available), micro(held), 1)


def test_what_there_is_and_whether_it_is_enough() -> None:
    told = purse_card(purse(12.345, 20), MicroUsdt(0), RULES, "en")
    assert (told.available, told.held, told.pending) == ("$12.345", "$20.00", "$1.00")
    assert [(one.name, one.exact) for one in told.sources] == [("commission", "12.3450")]
    assert (told.has_choice, told.too_little) == (False, "")
    little = purse_card(purse(4.99), micro(100), RULES, "en")
    assert little.too_little == "The smallest withdrawal is $5.00."
    both = purse_card(purse(4.99), micro(100), replace(RULES, takes_spending=True), "en")
    assert (both.has_choice, both.too_little) == (True, "")
    owed = purse_card(purse(-1), micro(100), replace(RULES, takes_spending=True), "en")
    assert "took back commission" in owed.too_little
    assert owed.sources[0].exact == "0.00"


def test_a_draft_shows_the_address_in_pieces_that_are_the_address() -> None:
    draft = Draft(
        address=STRANGER,
        source="commission",
        quote=RULES.quote(MicroUsdt(12_345_678)),
        usable_from=None,
        request_key="key",
    )
    told = draft_card(draft, sealed="sealed", locale="en")
    assert "".join(told.address_groups) == STRANGER
    assert [len(group) for group in told.address_groups] == [6, 4, 4, 4, 4, 4, 4, 4]
    assert (told.amount, told.fee, told.net) == (
        "12.345678 USDT",
        "2.00 USDT",
        "10.345678 USDT",
    )
    assert (told.not_before, told.sign_in) == ("", "")
    assert amount_note(draft.quote).net == told.net


def test_an_address_is_said_to_be_good_with_how_long_it_waits() -> None:
    found = Destination(STRANGER, None)
    assert address_note(AddressLook(found), "", "en").wait == ""
    told = address_note(AddressLook(found, NOW), "", "en")
    assert told.good == "This address can be paid."
    assert "before Nov 30, 2026, 12:00 UTC" in told.wait
    assert address_note(AddressLook(found, NOW), "It's wrong.", "en").good == ""
