"""Check 7: what the transfer would do if it were in the next block."""

from jiema_app.domain.payouts.checks.facts import PayoutFacts, Unread
from jiema_app.domain.payouts.checks.funds_checks import fee_limit_for
from jiema_app.domain.payouts.checks.results import Finding, failed, passed, unknown
from jiema_app.domain.payouts.checks.thresholds import Thresholds
from jiema_app.domain.payouts.port import ChainPrices, DryRun, TokenBalance
from jiema_app.domain.units import usdt_text as text_of

_WHOLE = 100


def check_dry_run(facts: PayoutFacts, thresholds: Thresholds) -> Finding:
    """Dry run: it works, and takes about the energy that a transfer takes, at a price we pay."""
    tried, prices = facts.chain.dry_run, facts.chain.prices
    if tried is None:
        return passed("TRX", "A transfer of TRX runs no contract: there is nothing to try.")
    if isinstance(tried, Unread):
        return unknown(f"The transfer could not be tried: {tried.trouble}.")
    if not tried.is_ok:
        return _refused(facts, tried)
    if isinstance(prices, Unread):
        return unknown(f"What the chain charges could not be read: {prices.trouble}.")
    return _priced(facts, tried, prices, thresholds)


def _refused(facts: PayoutFacts, tried: DryRun) -> Finding:
    said = f": {tried.message}" if tried.message else ""
    if tried.is_timeout:
        return unknown(f"The node had no time to try the transfer{said}.", told_by=tried.told_by)
    held = facts.chain.source_balance
    if isinstance(held, TokenBalance) and held.amount < facts.payout.amount:
        # Whatever else may be wrong shows when there is money: it is waited for, as by check 5.
        return unknown(f"The transfer would fail, for want of money{said}.", told_by=tried.told_by)
    return failed("refused", f"The transfer would fail{said}.", tried.told_by)


def _priced(
    facts: PayoutFacts, tried: DryRun, prices: ChainPrices, thresholds: Thresholds
) -> Finding:
    energy = tried.energy_used
    least = thresholds.energy_to_holder * _WHOLE // thresholds.energy_wide_percent
    most = thresholds.energy_to_newcomer * thresholds.energy_wide_percent // _WHOLE
    if not least <= energy <= most:
        return failed(
            f"{energy} energy",
            f"The transfer would take {energy} energy; between {least} and {most} are usual, so the"
            " contract is not as we know it or very busy.",
            tried.told_by,
        )
    limit = fee_limit_for(tried, prices, thresholds)
    need = text_of(energy * prices.energy_sun)
    if limit is None:
        return failed(
            f"{need} TRX",
            f"The transfer would take {energy} energy, which is {need} TRX; with"
            f" {thresholds.fee_limit_percent} % of that the fee limit would be above"
            f" {text_of(thresholds.fee_limit_cap_sun)} TRX.",
            tried.told_by,
        )
    expected = _expected(facts, thresholds)
    off = expected is not None and abs(energy - expected) * _WHOLE > (
        expected * thresholds.energy_alert_percent
    )
    usual = f", and about {expected} are usual" if off else ""
    return passed(
        f"{energy} energy",
        f"The transfer would succeed and take {energy} energy{usual}: {need} TRX at"
        f" {prices.energy_sun} sun; the fee limit is {text_of(limit)} TRX.",
        tried.told_by,
        is_alert=off,
    )


def _expected(facts: PayoutFacts, thresholds: Thresholds) -> int | None:
    """Energy that a transfer to this receiver usually takes; None if that is not known."""
    held = facts.chain.destination_balance
    if held is None or isinstance(held, Unread):
        return None
    return thresholds.energy_to_holder if held.amount else thresholds.energy_to_newcomer
