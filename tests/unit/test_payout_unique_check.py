"""Check 8: nothing is paid twice, or out of wrong books."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jiema_app.domain.payouts.checks.facts import PayoutFacts, Reading, Velocity
from jiema_app.domain.payouts.checks.results import (
    CheckName,
    Outcome,
    Remedy,
)
from tests.unit.payout_facts import (
    ATTEMPT,
    FAIL,
    FAILING,
    NOW,
    PASS,
    REVERTED,
    SILENCE,
    TXID,
    UNKNOWN,
    absent,
    block,
    final,
    gas,
    heads,
    result,
    tried,
    with_chain,
    with_house,
    with_payout,
)

UNIQUE = CheckName.UNIQUE_AND_RECONCILED


BEFORE = replace(ATTEMPT, expires_at=NOW + timedelta(seconds=200))
DEAD = replace(ATTEMPT, outcome="ABSENT")
LATE = Reading(number=980, time=ATTEMPT.expires_at)


@pytest.mark.parametrize(
    ("facts", "outcome", "words"),
    [
        (tried(absent(), absent("second")), PASS, "signed before: 1"),
        (tried(final(told=REVERTED), final("second", REVERTED)), PASS, "signed before: 1"),
        (tried(final(), final("second")), FAIL, "is paid, in final block 950"),
        (tried(absent(), attempt=replace(ATTEMPT, outcome="SETTLED")), FAIL, "by the books"),
        (tried(final(), absent("second")), UNKNOWN, "not final to all nodes"),
        (tried(final(), absent("second"), attempt=DEAD), FAIL, "the books call it dead"),
        (tried(absent(is_known=True), attempt=DEAD), FAIL, "the books call it dead"),
        (tried(final(), final("second", REVERTED)), UNKNOWN, "disagree about the receipt"),
        (tried(absent(), absent("second", trouble="lost")), UNKNOWN, "lost"),
        (tried(absent(), absent("second", trouble="lost", is_away=True)), UNKNOWN, "lost"),
        (tried(absent(), attempt=BEFORE), UNKNOWN, "it expires at 2026-11-30 12:03:20 UTC"),
        (tried(absent(solid_head=block(960, 120))), UNKNOWN, "may still come"),
        (tried(absent(solid_head=None)), UNKNOWN, "may still come"),
        (tried(), UNKNOWN, "may still come"),
        (with_house(tried(absent()), reading=LATE), UNKNOWN, "our reading has not passed"),
        (with_house(tried(absent()), reading=SILENCE), UNKNOWN, "our reading has not passed"),
        (with_chain(tried(absent()), sightings={TXID: SILENCE}), UNKNOWN, "no answer in time"),
        (with_payout(attempts=(ATTEMPT,)), UNKNOWN, "nobody was asked"),
        # A failure is told before what is not known.
        (with_house(tried(), unexplained_outgoing=2), FAIL, "nobody has explained: 2"),
        (with_house(unexplained_outgoing=1), FAIL, "nobody has explained: 1"),
        (with_house(unexplained_outgoing=SILENCE), UNKNOWN, "no answer in time"),
        (with_house(difference_micro=-1), FAIL, "differ by 0.000001 USDT"),
        (with_house(difference_micro=SILENCE), UNKNOWN, "books are right"),
        (with_house(ledger_micro=500_000_001), UNKNOWN, "0.000001 are missing"),
        (with_house(ledger_micro=500_000_001, unsettled_micro=1), PASS, "Never signed"),
        (with_house(ledger_micro=1), PASS, "Never signed before"),
        (with_chain(source_balance=SILENCE), UNKNOWN, "holds could not be read"),
        (with_house(with_chain(source_balance=SILENCE), ledger_micro=None), PASS, "Never"),
        (with_house(reading=SILENCE), UNKNOWN, "no answer in time"),
        (with_house(reading=Reading(number=None, time=None)), UNKNOWN, "cannot be said"),
        (with_house(reading=Reading(number=922, time=NOW)), PASS, "60 behind"),
        (with_house(reading=Reading(number=921, time=NOW)), UNKNOWN, "61 behind"),
        (with_house(reading=Reading(number=985, time=NOW)), PASS, "0 behind"),
        (
            with_house(reading=Reading(number=980, time=NOW, halted_because="a fork")),
            UNKNOWN,
            "a fork",
        ),
        (with_chain(heads=SILENCE), UNKNOWN, "no answer in time"),
        (heads(FAILING), UNKNOWN, "cannot be said"),
        (with_house(velocity=(Velocity(what="in 24 hours", used=5, limit=5),)), PASS, "Never"),
        (
            with_house(velocity=(Velocity(what="in 24 hours", used=6, limit=5),)),
            FAIL,
            "0.000006 USDT in 24 hours",
        ),
    ],
)
def test_nothing_is_paid_twice_or_out_of_wrong_books(
    facts: PayoutFacts, outcome: Outcome, words: str
) -> None:
    found = result(facts, UNIQUE)

    assert found.outcome is outcome, found
    assert words in found.evidence
    wanted = {PASS: None, FAIL: Remedy.REVIEW, UNKNOWN: Remedy.WAIT}
    assert found.remedy is wanted[outcome]


def test_a_gas_payout_needs_no_figure_of_tokens() -> None:
    assert result(gas(), UNIQUE).outcome is PASS


def test_a_receipt_of_the_first_attempt_does_not_hide_the_second() -> None:
    other = replace(ATTEMPT, txid="bb" * 32, expires_at=datetime(2030, 1, 1, tzinfo=UTC))
    facts = tried(final(told=REVERTED), final("second", REVERTED))
    facts = with_payout(facts, attempts=(ATTEMPT, other))

    assert result(facts, UNIQUE).outcome is UNKNOWN
