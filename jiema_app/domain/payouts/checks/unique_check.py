"""Check 8: whether it was not paid already, and the books are right."""

from collections.abc import Iterator
from datetime import datetime

from jiema_app.domain.chain.port import ChainIncomplete
from jiema_app.domain.payouts.checks.facts import Attempt, PayoutFacts, Reading, Unread
from jiema_app.domain.payouts.checks.results import Finding, Outcome, failed, passed, unknown
from jiema_app.domain.payouts.checks.thresholds import Thresholds
from jiema_app.domain.payouts.sightings import Sightings
from jiema_app.domain.units import usdt_text as text_of

SETTLED = "SETTLED"
_ID_SHOWN = 12


def check_unique(facts: PayoutFacts, thresholds: Thresholds) -> Finding:
    """Unique and reconciled. Of several troubles a failure is told before what is not known."""
    findings = [
        *(_check_attempt(one, facts) for one in facts.payout.attempts),
        *_check_books(facts),
        _check_reading(facts, thresholds),
    ]
    for outcome in (Outcome.FAIL, Outcome.UNKNOWN):
        for one in findings:
            if one.outcome is outcome:
                return one
    count = len(facts.payout.attempts)
    return passed(
        f"{count} before",
        (
            f"Transactions signed before: {count}, of which none was paid or can be"
            if count
            else "Never signed before"
        )
        + f"; {findings[-1].evidence} No transfer of ours is unexplained, and the chain holds what"
        " the books say.",
        findings[-1].told_by,
        is_final=True,
    )


def _check_attempt(attempt: Attempt, facts: PayoutFacts) -> Finding:
    """Whether a transaction that was signed before is dead for good."""
    shown = f"The transaction {attempt.txid[:_ID_SHOWN]}…"
    if attempt.outcome == SETTLED:
        return failed("paid", f"{shown} has paid it already, by the books.")
    seen = facts.chain.sightings.get(attempt.txid, Unread("nobody was asked"))
    if isinstance(seen, Unread):
        return unknown(f"{shown} could not be looked for: {seen.trouble}.")
    return _check_sightings(attempt, seen, facts.house.reading, shown)


def _check_sightings(
    attempt: Attempt, seen: Sightings, reading: Reading | Unread, shown: str
) -> Finding:
    """What the nodes say of a transaction.

    Args:
        attempt: Which one.
        seen: By the nodes.
        reading: How far the blocks were read.
        shown: How to call it.
    """
    told_by = [one.node for one in seen.nodes if not one.trouble]
    try:
        receipt = seen.find_receipt()
    except ChainIncomplete as trouble:
        return unknown(f"{shown}: {trouble}.", told_by=told_by, is_final=True)
    if receipt is not None:
        number = receipt.header.number
        if receipt.succeeded:
            text = f"{shown} is paid, in final block {number}."
            return failed("paid", text, told_by, is_final=True)
        text = f"{shown} failed in final block {number}: {receipt.result}."
        return passed("failed", text, told_by, is_final=True)
    if not seen.is_known:
        return _check_absence(attempt, seen, reading, shown)
    text = f"{shown} is in a block that is not final to all nodes yet"
    if attempt.outcome is None:
        return unknown(f"{text}.", "being paid", told_by)
    return failed("seen", f"{text}, and the books call it dead.", told_by)


def _check_absence(
    attempt: Attempt, seen: Sightings, reading: Reading | Unread, shown: str
) -> Finding:
    told_by = [one.node for one in seen.nodes if not one.trouble]
    if not seen.is_absent_since(attempt.expires_at):
        troubles = [one.trouble for one in seen.nodes if one.trouble]
        why = troubles[0] if troubles else f"it expires at {_moment(attempt.expires_at)}"
        text = f"{shown} may still come into a block: {why}."
        return unknown(text, "may be paid", told_by, is_final=True)
    is_read = (
        isinstance(reading, Reading)
        and reading.time is not None
        and reading.time > attempt.expires_at
    )
    if not is_read:
        text = f"{shown} is absent by the nodes, and our reading has not passed its expiration."
        return unknown(text, "may be paid", told_by, is_final=True)
    return passed("absent", f"{shown} expired, and is in no block.", told_by, is_final=True)


def _check_reading(facts: PayoutFacts, thresholds: Thresholds) -> Finding:
    """Whether our own reading of the blocks has caught up."""
    reading, heads = facts.house.reading, facts.chain.heads
    if isinstance(reading, Unread):
        return unknown(f"How far the blocks were read is not known: {reading.trouble}.")
    if reading.halted_because is not None:
        return unknown(f"The blocks are not read any more: {reading.halted_because}.", "halted")
    if isinstance(heads, Unread):
        return unknown(f"Where the nodes are could not be read: {heads.trouble}.")
    finals = {one.name: one.solid.number for one in heads if one.solid is not None}
    if reading.number is None or not finals:
        return unknown("How far the blocks were read cannot be said.")
    lag = max(finals.values()) - reading.number
    if lag > thresholds.reading_lag_max:
        return unknown(
            f"The blocks were read up to {reading.number}, {lag} behind the youngest final one;"
            f" {thresholds.reading_lag_max} at most are allowed.",
            f"{lag} blocks behind",
            list(finals),
            is_final=True,
        )
    text = f"blocks are read up to {reading.number}, {max(0, lag)} behind the final head."
    return passed("read", text, list(finals), is_final=True)


def _check_books(facts: PayoutFacts) -> Iterator[Finding]:
    house = facts.house
    left, difference = house.unexplained_outgoing, house.difference_micro
    if isinstance(left, Unread):
        yield unknown(f"Whether something left unexplained is not known: {left.trouble}.")
    elif left:
        yield failed(
            f"{left} unexplained", f"Transfers left our wallets that nobody has explained: {left}."
        )
    if isinstance(difference, Unread):
        yield unknown(f"Whether the books are right is not known: {difference.trouble}.")
    elif difference:
        text = text_of(abs(difference))
        yield failed(f"{text} USDT apart", f"The chain and the books differ by {text} USDT.")
    yield from _check_ledger(facts)
    for one in house.velocity:
        if one.used > one.limit:
            yield failed(
                f"{text_of(one.used)} of {text_of(one.limit)} USDT",
                f"With this, {text_of(one.used)} USDT {one.what} would be paid, and"
                f" {text_of(one.limit)} may be.",
            )


def _check_ledger(facts: PayoutFacts) -> Iterator[Finding]:
    """Whether the sender holds at least what it must by the books.

    It may hold more, which came and was not read yet, and less by what is on its way.
    """
    expected, told = facts.house.ledger_micro, facts.chain.source_balance
    if expected is None or told is None:
        return
    if isinstance(told, Unread):
        yield unknown(f"What the sender holds could not be read: {told.trouble}.", is_final=True)
        return
    missing = expected - facts.house.unsettled_micro - told.amount
    if missing > 0:
        # Strangers can send us something at any moment, and one of the two is read first. What is
        # missing for good, the comparison of the chain with the books finds.
        yield unknown(
            f"{facts.payout.source} holds {text_of(told.amount)} USDT, and by the books"
            f" {text_of(expected)}, of which {text_of(facts.house.unsettled_micro)} may be on"
            f" their way: {text_of(missing)} are missing.",
            f"{text_of(missing)} USDT missing",
            told.told_by,
            is_final=True,
        )


def _moment(at: datetime) -> str:
    return f"{at:%F %T} UTC"
