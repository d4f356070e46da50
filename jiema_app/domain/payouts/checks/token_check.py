"""Check 4: whether the token moves as we know it, between these two."""

from collections.abc import Iterator

from jiema_app.domain.payouts.checks.facts import PayoutFacts, Unread
from jiema_app.domain.payouts.checks.results import Finding, failed, passed, unknown
from jiema_app.domain.payouts.checks.thresholds import Thresholds
from jiema_app.domain.payouts.port import TokenFacts

DECIMALS = 6

NOT_ASKED = "No token is moved by it."


def check_token(facts: PayoutFacts, _thresholds: Thresholds) -> Finding:
    """Token clear. The contract itself pays a receiver on its blacklist, whose money is stuck then."""
    told = facts.chain.token_state
    if told is None:
        return passed("TRX", NOT_ASKED)
    if isinstance(told, Unread):
        return unknown(f"The state of the token could not be read: {told.trouble}.")
    payout = facts.payout
    wanted = {payout.source: "sender", payout.destination: "receiver"}
    if set(wanted) - set(told.blacklisted):
        return unknown("The token's blacklist was not asked about both addresses.")
    listed = [f"the {who} {one}" for one, who in wanted.items() if told.blacklisted[one]]
    if listed:
        text = f"The token's issuer has blacklisted {' and '.join(listed)}."
        return failed("blacklisted", text, told.told_by)
    wrongs = list(_wrongs(told))
    if wrongs:
        return failed(
            wrongs[0], f"The token is not as we know it: {', '.join(wrongs)}.", told.told_by
        )
    return passed(
        "clear",
        "Neither address is blacklisted; the token is not paused, not deprecated, takes no fee and"
        f" has {DECIMALS} decimals.",
        told.told_by,
    )


def _wrongs(told: TokenFacts) -> Iterator[str]:
    if told.is_paused:
        yield "paused"
    if told.is_deprecated:
        yield "deprecated"
    if told.fee_rate_bp:
        yield f"a fee of {told.fee_rate_bp / 100:g} %"
    if told.decimals != DECIMALS:
        yield f"{told.decimals} decimals"
