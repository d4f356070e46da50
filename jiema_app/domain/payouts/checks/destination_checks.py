"""Checks 2 and 3: whether the payout goes where it may go, and not to a contract."""

from collections.abc import Iterator

from jiema_app.domain.chain.addresses import ZERO_ADDRESS, AddressFault, fault_of_address
from jiema_app.domain.payouts.checks.facts import PayoutFacts, Unread
from jiema_app.domain.payouts.checks.results import Finding, failed, passed, unknown
from jiema_app.domain.payouts.checks.thresholds import Thresholds
from jiema_app.domain.payouts.kinds import OWN_DESTINATIONS, SOURCES, Purpose

_FAULTS = {
    AddressFault.NOT_TRON: "is no address of this chain",
    AddressFault.CHECKSUM: "has a wrong character: its checksum does not fit",
}
_TOMORROW_S = 86_400
"""A list may have been made in a zone where it is tomorrow."""


def check_identity(facts: PayoutFacts, thresholds: Thresholds) -> Finding:
    """Destination identity: the one that was meant, which may be paid from where it is paid."""
    payout, own = facts.payout, facts.house.own
    trouble = next(_troubles(facts), None)
    if trouble is not None:
        return trouble
    if payout.kind in OWN_DESTINATIONS:
        purpose = own[payout.destination]
        return passed(f"our {purpose}", f"{payout.destination} is our own {purpose}.")
    return _check_list(facts, thresholds)


def _troubles(facts: PayoutFacts) -> Iterator[Finding]:
    """What is wrong with the two addresses, the worst first."""
    payout, own = facts.payout, facts.house.own
    for what, address in (("sender", payout.source), ("receiver", payout.destination)):
        fault = fault_of_address(address)
        if fault is not None:
            yield failed(fault.value, f"The {what} {_FAULTS[fault]}.")
    if payout.destination in {ZERO_ADDRESS, facts.chain.token, payout.source}:
        yield failed(
            "nobody's",
            f"{payout.destination} is the zero address, the token's contract or the sender itself:"
            " what is sent there is lost.",
        )
    purpose = own.get(payout.source)
    if purpose not in SOURCES[payout.kind]:
        told = purpose or "none of ours"
        yield failed(
            f"from {told}", f"A {payout.kind} may not leave from {payout.source}, which is {told}."
        )
    yield from _at_the_end(facts, own.get(payout.destination))


def _at_the_end(facts: PayoutFacts, purpose: Purpose | None) -> Iterator[Finding]:
    """What is wrong with the receiver, by whose it is.

    Args:
        facts: Of the payout.
        purpose: Of the receiver, if it is ours.
    """
    kind, address = facts.payout.kind, facts.payout.destination
    wanted = OWN_DESTINATIONS.get(kind)
    if wanted is not None:
        if purpose not in wanted:
            yield failed(
                f"to {purpose or 'others'}",
                f"A {kind} goes to our own {' or '.join(sorted(wanted))},"
                f" and {address} is {purpose or 'none of ours'}.",
            )
    elif purpose is not None:
        yield failed(
            "our own", f"{address} is our own ({purpose}), and a {kind} goes to somebody else."
        )
    elif facts.house.confirmed_address != address:
        yield failed(
            "not confirmed",
            f"{address} is not the address that was confirmed,"
            f" {facts.house.confirmed_address or 'which is none'}.",
        )


def _check_list(facts: PayoutFacts, thresholds: Thresholds) -> Finding:
    """Look an address up that others than we have."""
    address, listed = facts.payout.destination, facts.house.sanctions
    if isinstance(listed, Unread):
        return unknown(f"Who is sanctioned is not known: {listed.trouble}.")
    if listed is None:
        if facts.house.is_production:
            return unknown("No list of sanctioned addresses is configured.", "no list")
        return passed(
            "confirmed, no list",
            f"{address} is the confirmed address and none of ours;"
            " no list of sanctioned addresses is configured.",
        )
    if address in listed:
        return failed(
            "sanctioned", f"{address} is on the list of sanctioned addresses of {listed.dated:%F}."
        )
    age = facts.chain.at - listed.dated
    if age > thresholds.list_age_max or age.total_seconds() < -_TOMORROW_S:
        return unknown(
            f"The list of sanctioned addresses is of {listed.dated:%F}, and may be"
            f" {thresholds.list_age_max.days} days old at most.",
            f"list of {listed.dated:%F}",
        )
    return passed(
        f"confirmed, list of {listed.dated:%F}",
        f"{address} is the confirmed address, none of ours, and not among the {len(listed)}"
        f" sanctioned ones of {listed.dated:%F}.",
    )


def check_not_contract(facts: PayoutFacts, _thresholds: Thresholds) -> Finding:
    """Destination not contract: what is sent to one may be nobody's afterwards."""
    told = facts.chain.destination
    if isinstance(told, Unread):
        return unknown(f"What is at the address could not be read: {told.trouble}.")
    address = facts.payout.destination
    if told.is_contract:
        how = "shows code" if told.has_code else "has an account of a contract's kind"
        return failed("contract", f"{address} is a contract: it {how}.", told.told_by)
    activated = "has an account" if told.is_activated else "has no account yet"
    return passed(
        "no contract", f"{address} has no code and is no contract; it {activated}.", told.told_by
    )
