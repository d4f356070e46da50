"""Checks 1 to 4: the nodes, the destination, and the token."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jiema_app.domain.compliance.sanctioned_addresses import SanctionedAddresses
from jiema_app.domain.payouts.checks.facts import PayoutFacts, Unread
from jiema_app.domain.payouts.checks.results import (
    CheckName,
    Outcome,
    Remedy,
)
from tests.unit.payout_facts import (
    AWAY,
    BAD_CHECKSUM,
    FAIL,
    FAILING,
    GOOD,
    HOT,
    NOW,
    OF_ANOTHER_NETWORK,
    OWN,
    PASS,
    PLAIN,
    POOL,
    SILENCE,
    THEIRS,
    TOKEN,
    TREASURY,
    UNKNOWN,
    USDT,
    ZERO,
    block,
    gas,
    head,
    heads,
    refund,
    result,
    sweep,
    with_chain,
    with_house,
    with_payout,
)

NODE = CheckName.NODE_RIGHT_AND_FRESH
IDENTITY = CheckName.DESTINATION_IDENTITY
CONTRACT = CheckName.DESTINATION_NOT_CONTRACT
TOKEN_CLEAR = CheckName.TOKEN_CLEAR


def token(**changes: object) -> PayoutFacts:
    return with_chain(token_state=replace(TOKEN, **changes))  # type: ignore[arg-type]


def to(address: str) -> PayoutFacts:
    return with_house(with_payout(destination=address), confirmed_address=address)


def listed(days: float, *addresses: str) -> PayoutFacts:
    return with_house(
        sanctions=SanctionedAddresses(
            frozenset(addresses or (TREASURY,)), NOW - timedelta(days=days)
        )
    )


EMPTY = replace(AWAY, trouble="", is_away=False, genesis_id=head().genesis_id)


@pytest.mark.parametrize(
    ("facts", "outcome", "words"),
    [
        (with_chain(heads=SILENCE), UNKNOWN, "no answer in time"),
        (heads(), UNKNOWN, "No node answers"),
        (heads(head(), FAILING), UNKNOWN, "Where the second node is"),
        (heads(head(), EMPTY), UNKNOWN, "did not tell all"),
        (heads(AWAY), UNKNOWN, "No node answers"),
        (heads(head(), AWAY), PASS, "Away: second"),
        (heads(head()), PASS, "The first node is on our chain"),
        (heads(head(), head("second", genesis_id="0" * 64)), FAIL, "second node follows"),
        (heads(FAILING, head(genesis_id="0" * 64)), FAIL, "follows the chain"),
        (heads(head(head=block(1000, 29.9))), PASS, "30 s old"),
        (heads(head(head=block(1000, 30))), FAIL, "is 30 s old"),
        (heads(head(head=block(1000, -29))), PASS, "on our chain"),
        (heads(head(head=block(1000, -30))), FAIL, "ahead of our clock"),
        (heads(head(solid=block(960))), PASS, "40 blocks behind"),
        (heads(head(solid=block(959))), FAIL, "41 blocks"),
        (heads(head(solid=block(1001))), FAIL, "-1 blocks"),
        (heads(head(), head("second", head=block(980), solid=block(962))), PASS, "980"),
        (heads(head(), head("second", head=block(979), solid=block(961))), FAIL, "21 blocks"),
    ],
)
def test_nodes_are_of_our_chain_and_fresh(facts: PayoutFacts, outcome: Outcome, words: str) -> None:
    found = result(facts, NODE)

    assert found.outcome is outcome, found
    assert words in found.evidence
    assert found.remedy is (None if outcome is PASS else Remedy.WAIT)


def test_a_node_that_is_away_is_pointed_out() -> None:
    assert result(heads(head(), AWAY), NODE).is_alert
    assert not result(GOOD, NODE).is_alert


@pytest.mark.parametrize(
    ("facts", "outcome", "words"),
    [
        (to("0x52908400098527886E0F7030069857D2E4169EE7"), FAIL, "no address of this chain"),
        (to(OF_ANOTHER_NETWORK), FAIL, "no address of this chain"),
        (to(BAD_CHECKSUM), FAIL, "wrong character"),
        (to(""), FAIL, "no address"),
        (with_payout(source="T"), FAIL, "sender is no address"),
        (to(ZERO), FAIL, "zero address"),
        (to(USDT), FAIL, "token's contract"),
        (to(HOT), FAIL, "the sender itself"),
        (to(POOL), FAIL, "is our own (POOL)"),
        (to(TREASURY), FAIL, "is our own (TREASURY)"),
        (with_house(confirmed_address=POOL), FAIL, "not the address that was confirmed"),
        (with_house(confirmed_address=None), FAIL, "which is none"),
        (with_payout(source=TREASURY), FAIL, "may not leave from"),
        (with_payout(source=POOL), FAIL, "which is POOL"),
        (with_house(own={}), FAIL, "none of ours"),
        (with_payout(refund(HOT), source=TREASURY), FAIL, "may not leave from"),
        (listed(0, THEIRS), FAIL, "is on the list"),
        (listed(800, THEIRS), FAIL, "is on the list"),
        (listed(7), PASS, "not among the 1 sanctioned"),
        (listed(7.01), UNKNOWN, "7 days old at most"),
        (listed(-0.5), PASS, "confirmed address"),
        (listed(-3), UNKNOWN, "days old at most"),
        (with_house(sanctions=None), UNKNOWN, "No list"),
        (with_house(sanctions=None, is_production=False), PASS, "no list of sanctioned"),
        (with_house(sanctions=Unread("is no JSON list")), UNKNOWN, "is no JSON list"),
        (with_payout(sweep(), destination=THEIRS), FAIL, "none of ours"),
        (with_payout(sweep(), destination=POOL, source=POOL), FAIL, "sender itself"),
        (with_payout(sweep(), source=HOT), FAIL, "may not leave from"),
        (with_house(sweep(), own=OWN | {TREASURY: OWN[POOL]}), FAIL, "our own HOT or TREASURY"),
        (with_payout(gas(), destination=TREASURY), FAIL, "our own POOL"),
        (with_payout(gas(), destination=THEIRS), FAIL, "our own POOL"),
        (with_payout(gas(), source=POOL, destination=HOT), FAIL, "may not leave from"),
    ],
)
def test_the_destination_is_the_one_that_was_meant(
    facts: PayoutFacts, outcome: Outcome, words: str
) -> None:
    found = result(facts, IDENTITY)

    assert found.outcome is outcome, found
    assert words in found.evidence
    wanted = {PASS: None, FAIL: Remedy.REVIEW, UNKNOWN: Remedy.WAIT}
    assert found.remedy is wanted[outcome]


@pytest.mark.parametrize(
    ("told", "outcome", "words"),
    [
        (PLAIN, PASS, "has an account"),
        (replace(PLAIN, is_activated=False), PASS, "has no account yet"),
        (replace(PLAIN, has_code=True), FAIL, "shows code"),
        (replace(PLAIN, is_contract_account=True), FAIL, "contract's kind"),
        (SILENCE, UNKNOWN, "no answer in time"),
    ],
)
def test_nothing_is_paid_to_a_contract(told: object, outcome: Outcome, words: str) -> None:
    for facts in (GOOD, gas(), sweep()):
        found = result(with_chain(facts, destination=told), CONTRACT)
        assert found.outcome is outcome
        assert words in found.evidence


@pytest.mark.parametrize(
    ("facts", "outcome", "words"),
    [
        (token(blacklisted={HOT: True, THEIRS: False}), FAIL, f"the sender {HOT}"),
        (token(blacklisted={HOT: False, THEIRS: True}), FAIL, f"the receiver {THEIRS}"),
        (token(blacklisted={HOT: True, THEIRS: True}), FAIL, "and the receiver"),
        (token(blacklisted={HOT: False}), UNKNOWN, "both addresses"),
        (token(is_paused=True), FAIL, "paused"),
        (token(is_deprecated=True), FAIL, "deprecated"),
        (token(fee_rate_bp=10), FAIL, "a fee of 0.1 %"),
        (token(decimals=18), FAIL, "18 decimals"),
        (with_chain(token_state=SILENCE), UNKNOWN, "no answer in time"),
        (gas(), PASS, "No token"),
    ],
)
def test_the_token_is_as_we_know_it(facts: PayoutFacts, outcome: Outcome, words: str) -> None:
    found = result(facts, TOKEN_CLEAR)

    assert found.outcome is outcome
    assert words in found.evidence
