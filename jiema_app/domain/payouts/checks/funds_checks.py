"""Checks 5 and 6: whether there is enough to send, and enough to pay for sending it."""

from jiema_app.domain.payouts.checks.facts import PayoutFacts, Unread
from jiema_app.domain.payouts.checks.results import Finding, failed, passed, unknown
from jiema_app.domain.payouts.checks.thresholds import Thresholds
from jiema_app.domain.payouts.checks.token_check import NOT_ASKED
from jiema_app.domain.payouts.kinds import PayoutAsset
from jiema_app.domain.payouts.port import AccountFacts, ChainPrices, DryRun
from jiema_app.domain.units import usdt_text as text_of

_WHOLE = 100


def check_liquidity(facts: PayoutFacts, _thresholds: Thresholds) -> Finding:
    """USDT liquidity, by final blocks, less what is promised to others."""
    told = facts.chain.source_balance
    if told is None:
        return passed("TRX", NOT_ASKED)
    if isinstance(told, Unread):
        return unknown(f"What the sender holds could not be read: {told.trouble}.", is_final=True)
    house, amount = facts.house, facts.payout.amount
    free = told.amount - house.unsettled_micro - house.floor_micro
    evidence = (
        f"{facts.payout.source} holds {text_of(told.amount)} USDT by final blocks;"
        f" {text_of(house.unsettled_micro)} are promised to other payouts,"
        f" {text_of(house.floor_micro)} stay, and {text_of(amount)} are to be sent."
    )
    value = f"{text_of(free)} of {text_of(amount)} USDT"
    if amount <= 0 or house.unsettled_micro < 0 or house.floor_micro < 0 or free < amount:
        return failed(value, evidence, told.told_by, is_final=True)
    return passed(value, evidence, told.told_by, is_final=True)


def check_fees(facts: PayoutFacts, thresholds: Thresholds) -> Finding:
    """Fee capacity: the dearest that it can get. Staked energy lifts no fee limit: it is not counted."""
    prices, account, house = facts.chain.prices, facts.chain.account, facts.house
    if isinstance(prices, Unread):
        return unknown(f"What the chain charges could not be read: {prices.trouble}.")
    if isinstance(account, Unread):
        return unknown(f"What the sender can pay fees with could not be read: {account.trouble}.")
    most = worst_fee(facts, thresholds)
    if most is None:
        return unknown("What sending TRX to an address without an account costs is not known.")
    sent = _sent_sun(facts)
    free = _free_sun(facts, account)
    is_trx = f", {text_of(sent)} are to be sent" if sent else ""
    evidence = (
        f"{facts.payout.source} has {text_of(account.balance_sun)} TRX,"
        f" {text_of(house.unsettled_sun)} are kept for other payouts,"
        f" {text_of(house.floor_sun)} stay{is_trx}, and the fee is {text_of(most)} at most;"
        f" staked are {account.energy_left} energy, and {account.net_left} bytes are free."
    )
    value = f"{text_of(free)} of {text_of(most)} TRX"
    if not account.is_activated or min(house.unsettled_sun, house.floor_sun) < 0 or free < most:
        return failed(value, evidence, account.told_by)
    return passed(value, evidence, account.told_by)


def missing_sun(facts: PayoutFacts, thresholds: Thresholds, percent: int = _WHOLE) -> int | None:
    """How much TRX the sender lacks for a fee, in sun.

    Args:
        facts: Of the payout.
        thresholds: That its fee is bounded by.
        percent: Of the most that it can cost: what is sent to it arrives later, at prices of then.

    Returns:
        0 or less when it has enough; None if that is not known.
    """
    account, most = facts.chain.account, worst_fee(facts, thresholds)
    if most is None or isinstance(account, Unread):
        return None
    return -(-most * percent // _WHOLE) - _free_sun(facts, account)


def expected_fee(facts: PayoutFacts, thresholds: Thresholds) -> int | None:
    """What a payout should cost in sun, besides what it sends; None if that is not known."""
    prices, account = facts.chain.prices, facts.chain.account
    if isinstance(prices, Unread) or isinstance(account, Unread):
        return None
    size = thresholds.transaction_bytes
    bytes_sun = 0 if account.net_left >= size else size * prices.byte_sun
    if facts.payout.asset is PayoutAsset.TRX:
        worst = worst_fee(facts, thresholds)
        return None if worst is None else worst - size * prices.byte_sun + bytes_sun
    dry_run = facts.chain.dry_run
    if dry_run is None or isinstance(dry_run, Unread) or not dry_run.is_ok:
        return None
    burnt = max(0, dry_run.energy_used - account.energy_left)
    return burnt * prices.energy_sun + bytes_sun


def _sent_sun(facts: PayoutFacts) -> int:
    return facts.payout.amount if facts.payout.asset is PayoutAsset.TRX else 0


def _free_sun(facts: PayoutFacts, account: AccountFacts) -> int:
    """TRX of the sender that nothing else is waiting for."""
    house = facts.house
    return account.balance_sun - house.unsettled_sun - house.floor_sun - _sent_sun(facts)


def worst_fee(facts: PayoutFacts, thresholds: Thresholds) -> int | None:
    """The most sun that a payout can cost besides what it sends; None if that is not known."""
    prices, destination = facts.chain.prices, facts.chain.destination
    if isinstance(prices, Unread):
        return None
    bytes_sun = thresholds.transaction_bytes * prices.byte_sun
    if facts.payout.asset is PayoutAsset.TRX:
        if not isinstance(destination, Unread) and destination.is_activated:
            return bytes_sun
        return None if prices.opening_sun is None else bytes_sun + prices.opening_sun
    dry_run = facts.chain.dry_run
    limit = None
    if dry_run is not None and not isinstance(dry_run, Unread):
        limit = fee_limit_for(dry_run, prices, thresholds)
    return bytes_sun + (thresholds.fee_limit_cap_sun if limit is None else limit)


def fee_limit_for(
    dry_run: DryRun, prices: ChainPrices, thresholds: Thresholds | None = None
) -> int | None:
    """The fee limit of a transfer of the token, in sun, rounded up.

    Returns:
        None when the dry run did not succeed, or when it would be above the cap: then nothing
        may be signed.
    """
    bounds = thresholds or Thresholds()
    if not dry_run.is_ok or dry_run.energy_used <= 0:
        return None
    need = dry_run.energy_used * prices.energy_sun
    limit = -(-need * bounds.fee_limit_percent // _WHOLE)
    return limit if 0 < limit <= bounds.fee_limit_cap_sun else None
