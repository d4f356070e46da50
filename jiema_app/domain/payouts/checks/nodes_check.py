"""Check 1: whether the nodes follow our chain, and are where it is now."""

from collections.abc import Sequence
from datetime import timedelta

from jiema_app.domain.payouts.checks.facts import PayoutFacts, Unread
from jiema_app.domain.payouts.checks.results import Finding, failed, passed, unknown
from jiema_app.domain.payouts.checks.thresholds import Thresholds
from jiema_app.domain.payouts.port import NodeHead


def check_nodes(facts: PayoutFacts, thresholds: Thresholds) -> Finding:
    """Node right and fresh: each that is not away, and one at least."""
    heads = facts.chain.heads
    if isinstance(heads, Unread):
        return unknown(f"Where the nodes are could not be read: {heads.trouble}.")
    away = [one.name for one in heads if one.trouble and one.is_away]
    asked = [one for one in heads if one.name not in away]
    names = [one.name for one in asked]
    for one in asked:
        if not one.trouble and one.genesis_id != facts.chain.genesis_id:
            return failed(
                "another chain",
                f"The {one.name} node follows the chain of block 0 {one.genesis_id},"
                f" and the settings name {facts.chain.genesis_id}.",
                names,
            )
    for one in asked:
        if one.trouble:
            return unknown(f"Where the {one.name} node is could not be read: {one.trouble}.")
    if not asked:
        return unknown("No node answers.")
    for one in asked:
        if (trouble := _trouble_with(one, thresholds)) is not None:
            return trouble
    return _compared(asked, away, thresholds)


def _trouble_with(node: NodeHead, thresholds: Thresholds) -> Finding | None:
    if node.head is None or node.solid is None or node.seen_at is None:
        return unknown(f"The {node.name} node did not tell all of where it is.")
    age_s = (node.seen_at - node.head.time).total_seconds()
    told_by = [node.name]
    if age_s >= thresholds.head_age_max.total_seconds():
        return failed(
            f"{age_s:.0f} s old",
            f"The youngest block of the {node.name} node, {node.head.number}, is {age_s:.0f} s old"
            f" by our clock; it must be younger than {_seconds(thresholds.head_age_max)}.",
            told_by,
        )
    if -age_s >= thresholds.head_ahead_max.total_seconds():
        return failed(
            f"{-age_s:.0f} s ahead",
            f"The youngest block of the {node.name} node, {node.head.number}, is {-age_s:.0f} s"
            f" ahead of our clock; less than {_seconds(thresholds.head_ahead_max)} are allowed.",
            told_by,
        )
    lag = node.head.number - node.solid.number
    if not 0 <= lag <= thresholds.solid_lag_max:
        return failed(
            f"{lag} blocks",
            f"The youngest final block of the {node.name} node, {node.solid.number}, is {lag}"
            f" blocks behind its youngest one, {node.head.number};"
            f" {thresholds.solid_lag_max} at most are allowed.",
            told_by,
        )
    return None


def _compared(nodes: Sequence[NodeHead], away: Sequence[str], thresholds: Thresholds) -> Finding:
    """Hold nodes that are well, each by itself, against each other."""
    names = [one.name for one in nodes]
    numbers = [one.head.number for one in nodes if one.head is not None]
    apart = max(numbers) - min(numbers)
    if apart > thresholds.nodes_apart_max:
        return failed(
            f"{apart} blocks apart",
            f"The nodes are {apart} blocks apart; {thresholds.nodes_apart_max} at most are allowed.",
            names,
        )
    ages = [
        (one.seen_at - one.head.time).total_seconds() for one in nodes if one.head and one.seen_at
    ]
    lags = [one.head.number - one.solid.number for one in nodes if one.head and one.solid]
    return passed(
        f"{max(ages):.0f} s, {max(lags)} blocks",
        f"{_names(names)} on our chain; the youngest block, {min(numbers)}, is"
        f" {max(ages):.0f} s old, and the final one {max(lags)} blocks behind it"
        + (f". Away: {', '.join(away)}." if away else "."),
        names,
        is_alert=bool(away),
    )


def _names(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"The {names[0]} node is"
    return f"The {' and '.join(names)} nodes are"


def _seconds(span: timedelta) -> str:
    return f"{span.total_seconds():.0f} s"
