"""Payouts that pass all eight checks, to be spoiled in one place."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from jiema_app.domain.chain.port import BlockHeader, TokenTransfer
from jiema_app.domain.compliance.sanctioned_addresses import SanctionedAddresses
from jiema_app.domain.payouts.checks.evaluation import evaluate
from jiema_app.domain.payouts.checks.facts import (
    Attempt,
    ChainFacts,
    HouseFacts,
    PayoutFacts,
    PlannedPayout,
    Reading,
    Unread,
)
from jiema_app.domain.payouts.checks.results import CheckName, CheckResult, Outcome
from jiema_app.domain.payouts.kinds import PayoutAsset, PayoutKind, Purpose
from jiema_app.domain.payouts.port import (
    AccountFacts,
    ChainPrices,
    ContractFacts,
    DryRun,
    NodeHead,
    TokenBalance,
    TokenFacts,
)
from jiema_app.domain.payouts.sightings import Sighting, Sightings, SolidReceipt
from jiema_app.domain.units import MicroUsdt

NOW = datetime(2026, 11, 30, 12, 0, 0, tzinfo=UTC)
HOT = "TJzXt1sZautjqXnpjQT4xSCBHNSYgBkDr3"
THEIRS = "TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC"
POOL = "TUEZSdKsoDHQMeZwihtdoBiN46zxhGWYdH"
TREASURY = "TLyqzVGLV1srkB7dToTAEqgDSfPtXRJZYH"
USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
ZERO = "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb"
OF_ANOTHER_NETWORK = "ToJyNqFb61rxGU5yELnRhMKzibZRZj4KGZ"
BAD_CHECKSUM = "TJzXt1sZautjqXnpjQT4xSCBHNSYgBkDr4"
GENESIS = "0" * 16 + "ab" * 24
TXID = "aa" * 32
OWN = {HOT: Purpose.HOT, POOL: Purpose.POOL, TREASURY: Purpose.TREASURY}
TEN = MicroUsdt(10_000_000)
TELLERS = ("first", "second")


def block(number: int, age_s: float = 3, end: str = "cd") -> BlockHeader:
    return BlockHeader(
        number=number,
        id=f"{number:016x}" + end * 24,
        parent_id=f"{number - 1:016x}" + end * 24,
        time=NOW - timedelta(seconds=age_s),
    )


def head(name: str = "first", **changes: Any) -> NodeHead:
    good = NodeHead(
        name=name, genesis_id=GENESIS, head=block(1000), solid=block(982, 57), seen_at=NOW
    )
    return replace(good, **changes)


TOKEN = TokenFacts(
    blacklisted={HOT: False, THEIRS: False},
    is_paused=False,
    is_deprecated=False,
    fee_rate_bp=0,
    decimals=6,
    told_by=TELLERS,
)
PLAIN = ContractFacts(has_code=False, is_contract_account=False, is_activated=True, told_by=TELLERS)
DRY_RUN = DryRun(
    is_ok=True,
    is_timeout=False,
    energy_used=130_285,
    message="",
    returned="0" * 64,
    told_by=TELLERS,
)
ACCOUNT = AccountFacts(
    is_activated=True,
    balance_sun=100_000_000,
    energy_limit=0,
    energy_used=0,
    free_net_limit=600,
    free_net_used=0,
    net_limit=0,
    net_used=0,
    told_by=TELLERS,
)
PRICES = ChainPrices(energy_sun=100, byte_sun=1000, opening_sun=1_100_000, told_by=TELLERS)
WITHDRAWAL = PlannedPayout(
    id="w-1",
    kind=PayoutKind.WITHDRAWAL,
    asset=PayoutAsset.USDT,
    source=HOT,
    destination=THEIRS,
    amount=TEN,
)
CHAIN = ChainFacts(
    at=NOW,
    genesis_id=GENESIS,
    token=USDT,
    heads=(head("first"), head("second")),
    destination=PLAIN,
    token_state=TOKEN,
    source_balance=TokenBalance(amount=MicroUsdt(500_000_000), told_by=TELLERS),
    destination_balance=TokenBalance(amount=MicroUsdt(0), told_by=TELLERS),
    dry_run=DRY_RUN,
    account=ACCOUNT,
    prices=PRICES,
)
LIST = SanctionedAddresses(frozenset({TREASURY}), NOW - timedelta(days=2))
HOUSE = HouseFacts(
    own=OWN,
    confirmed_address=THEIRS,
    sanctions=LIST,
    is_production=True,
    unsettled_micro=MicroUsdt(0),
    unsettled_sun=0,
    reading=Reading(number=980, time=NOW - timedelta(seconds=63)),
    unexplained_outgoing=0,
    difference_micro=0,
    ledger_micro=500_000_000,
)
GOOD = PayoutFacts(payout=WITHDRAWAL, chain=CHAIN, house=HOUSE)


def with_payout(facts: PayoutFacts = GOOD, **changes: Any) -> PayoutFacts:
    return replace(facts, payout=replace(facts.payout, **changes))


def with_chain(facts: PayoutFacts = GOOD, **changes: Any) -> PayoutFacts:
    return replace(facts, chain=replace(facts.chain, **changes))


def with_house(facts: PayoutFacts = GOOD, **changes: Any) -> PayoutFacts:
    return replace(facts, house=replace(facts.house, **changes))


def refund(source: str) -> PayoutFacts:
    told = replace(TOKEN, blacklisted={source: False, THEIRS: False})
    facts = with_payout(with_chain(token_state=told), kind=PayoutKind.REFUND, source=source)
    return with_house(facts, ledger_micro=None) if source == POOL else facts


def sweep(destination: str = TREASURY) -> PayoutFacts:
    told = replace(TOKEN, blacklisted={POOL: False, destination: False})
    facts = with_payout(
        with_chain(token_state=told), kind=PayoutKind.SWEEP, source=POOL, destination=destination
    )
    return with_house(
        facts, confirmed_address=None, sanctions=None, floor_micro=1, ledger_micro=None
    )


def gas(*, is_activated: bool = True) -> PayoutFacts:
    facts = with_payout(
        with_chain(
            token_state=None,
            source_balance=None,
            destination_balance=None,
            dry_run=None,
            destination=replace(PLAIN, is_activated=is_activated),
        ),
        kind=PayoutKind.GAS,
        asset=PayoutAsset.TRX,
        destination=POOL,
        amount=20_000_000,
    )
    return with_house(facts, confirmed_address=None, sanctions=None)


def result(facts: PayoutFacts, name: CheckName) -> CheckResult:
    return next(one for one in evaluate(facts) if one.name is name)


ATTEMPT = Attempt(txid=TXID, expires_at=NOW - timedelta(seconds=120))
TRANSFER = TokenTransfer(TXID, 0, USDT, HOT, THEIRS, TEN)


def receipt(**changes: Any) -> SolidReceipt:
    good = SolidReceipt(
        txid=TXID,
        header=block(950, 150),
        succeeded=True,
        result="SUCCESS",
        fee_sun=13_028_500,
        energy_used=130_285,
        message="",
        transfers=(TRANSFER,),
    )
    return replace(good, **changes)


REVERTED = receipt(succeeded=False, result="REVERT", transfers=())


def seen(*nodes: Sighting) -> Sightings:
    return Sightings(txid=TXID, nodes=nodes)


def absent(name: str = "first", **changes: Any) -> Sighting:
    return replace(Sighting(node=name, solid_head=block(982, 57), is_pending=False), **changes)


def final(name: str = "first", told: SolidReceipt | None = None) -> Sighting:
    return absent(name, is_known=True, solid=told or receipt())


def tried(*nodes: Sighting, attempt: Attempt = ATTEMPT) -> PayoutFacts:
    """A payout for which a transaction was signed before."""
    return with_payout(with_chain(sightings={TXID: seen(*nodes)}), attempts=(attempt,))


PASS, FAIL, UNKNOWN = Outcome
SILENCE = Unread("no answer in time")
AWAY = head("second", trouble="no answer", is_away=True, head=None, solid=None)
FAILING = replace(AWAY, is_away=False)


def heads(*nodes: NodeHead) -> PayoutFacts:
    return with_chain(heads=nodes)


def holding(amount: int, **house: Any) -> PayoutFacts:
    facts = with_chain(source_balance=TokenBalance(amount=MicroUsdt(amount), told_by=("first",)))
    return with_house(facts, **({"ledger_micro": None} | house))
