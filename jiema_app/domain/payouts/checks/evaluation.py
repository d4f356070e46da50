"""The eight checks of a payout, over facts that somebody gathered. Pure, and raises nothing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from jiema_app.domain.chain.port import BlockHeader
from jiema_app.domain.payouts.checks.destination_checks import check_identity, check_not_contract
from jiema_app.domain.payouts.checks.dry_run_check import check_dry_run
from jiema_app.domain.payouts.checks.facts import PayoutFacts, Unread
from jiema_app.domain.payouts.checks.funds_checks import check_fees, check_liquidity
from jiema_app.domain.payouts.checks.nodes_check import check_nodes
from jiema_app.domain.payouts.checks.results import CheckName, CheckResult, Finding
from jiema_app.domain.payouts.checks.thresholds import Thresholds
from jiema_app.domain.payouts.checks.token_check import check_token
from jiema_app.domain.payouts.checks.unique_check import check_unique

CHECKS: Final[Mapping[CheckName, Callable[[PayoutFacts, Thresholds], Finding]]] = {
    CheckName.NODE_RIGHT_AND_FRESH: check_nodes,
    CheckName.DESTINATION_IDENTITY: check_identity,
    CheckName.DESTINATION_NOT_CONTRACT: check_not_contract,
    CheckName.TOKEN_CLEAR: check_token,
    CheckName.USDT_LIQUIDITY: check_liquidity,
    CheckName.FEE_CAPACITY: check_fees,
    CheckName.DRY_RUN: check_dry_run,
    CheckName.UNIQUE_AND_RECONCILED: check_unique,
}
"""In the order of ``CheckName``."""


def evaluate(facts: PayoutFacts, thresholds: Thresholds | None = None) -> tuple[CheckResult, ...]:
    """Judge a payout: eight results, in the order of ``CheckName``."""
    bounds = thresholds or Thresholds()
    return tuple(_result(name, check(facts, bounds), facts) for name, check in CHECKS.items())


def _result(name: CheckName, finding: Finding, facts: PayoutFacts) -> CheckResult:
    block = _block_of(finding, facts)
    return CheckResult(
        name=name,
        outcome=finding.outcome,
        value=finding.value,
        evidence=finding.evidence,
        block_number=block.number if block else None,
        block_id=block.id if block else None,
        node=" and ".join(finding.told_by),
        at=facts.chain.at,
        is_alert=finding.is_alert,
    )


def _block_of(finding: Finding, facts: PayoutFacts) -> BlockHeader | None:
    """The block that a finding stands for: of its nodes that of the one furthest behind."""
    heads = facts.chain.heads
    if isinstance(heads, Unread):
        return None
    named: Sequence[str] = finding.told_by or [one.name for one in heads]
    blocks = [one.solid if finding.is_final else one.head for one in heads if one.name in named]
    return min((one for one in blocks if one is not None), key=lambda one: one.number, default=None)
