"""What ``doctor`` says about the chain. Neither a node's address nor a header is ever shown."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from jiema_app.bootstrap import Services
from jiema_app.commands.findings import Finding
from jiema_app.domain.chain.port import BlockHeader, ChainError, ChainSource, WrongChain
from jiema_app.domain.chain.status import ChainStatus, read_chain_status
from jiema_app.domain.chain.wallet_status import WalletStatus
from jiema_app.domain.operations.readiness import CHAIN_LAG_MAX_S
from jiema_app.domain.units import usdt_text
from jiema_app.integrations.tron.registry import NAMES, build_chain

FINAL_LAG_MAX: Final = 40
"""Blocks between the youngest and the youngest final one: 18 or 19 where all is well."""

BEHIND_MAX: Final = 40
"""Blocks that may wait to be read: two minutes."""

VARIABLES: Final[Mapping[str, str]] = {"first": "TRON_NODE_URL", "second": "TRON_SECOND_NODE_URL"}

ASK_THE_NODE: Final = (
    "its operator knows why; nothing is credited and nothing is lost until it goes on"
)


async def examine_chain(services: Services) -> list[Finding]:
    """The nodes one by one, whether they agree, how far they were read, and the pool."""
    findings: list[Finding] = []
    heads: list[BlockHeader] = []
    for name, _ in zip(NAMES, services.settings.tron_nodes, strict=False):
        async with build_chain(services.settings, names=(name,)) as source:
            finding, head = await _examine_node(name, source)
        findings.append(finding)
        if head is not None:
            heads.append(head)
    if len(heads) > 1:
        findings.append(await _compare(services, min(heads, key=lambda one: one.number)))
    status = await read_chain_status(services.database, services.settings.tron_genesis_id)
    final = max((head.number for head in heads), default=None)
    waiting = f"{status.payments_in_review} payments wait for a person"
    owed = f"{status.refunds_owed} are owed, {usdt_text(status.refunds_owed_micro)} USDT"
    return [
        *findings,
        _judge_reading(status, final),
        _judge_stock(services, status),
        Finding("reviews", ok=True, detail=waiting),
        Finding("refunds", ok=True, detail=owed),
    ]


async def _examine_node(name: str, source: ChainSource) -> tuple[Finding, BlockHeader | None]:
    title, variable = f"{name} node", VARIABLES[name]
    try:
        await source.ensure_right_chain()
        final = await source.read_final_head()
        head = (await source.read_fresh_blocks(None)).head
    except WrongChain as error:
        remedy = f"{variable} and TRON_GENESIS_ID name different networks: nothing is read"
        return Finding(title, ok=False, detail=str(error), remedy=remedy), None
    except ChainError as error:
        remedy = f"see whether it runs, {variable} and its headers; TRON_REQUESTS_PER_SECOND"
        return Finding(title, ok=False, detail=str(error), remedy=remedy), None
    age_s, lag = (datetime.now(UTC) - final.time).total_seconds(), head - final.number
    detail = f"block {final.number} is final, {age_s:.0f} s old, {lag} behind the youngest"
    if lag > FINAL_LAG_MAX:
        remedy = f"blocks come and do not become final: {ASK_THE_NODE}"
        return Finding(title, ok=False, detail=detail, remedy=remedy), final
    if age_s > CHAIN_LAG_MAX_S:
        remedy = f"it has no younger block: {ASK_THE_NODE}"
        return Finding(title, ok=False, detail=detail, remedy=remedy), final
    return Finding(title, ok=True, detail=detail), final


async def _compare(services: Services, header: BlockHeader) -> Finding:
    assert services.chain is not None
    agree = await services.chain.source.confirm(header)
    if agree is None:
        detail = f"block {header.number} cannot be compared now"
        return Finding("two nodes", ok=False, detail=detail, remedy="try again in a minute")
    if agree:
        return Finding("two nodes", ok=True, detail=f"agree about block {header.number}")
    remedy = (
        "one of them is wrong, and money in such a block is not credited: look the block up "
        "elsewhere, and take the wrong node out of the settings"
    )
    detail = f"disagree about final block {header.number}"
    return Finding("two nodes", ok=False, detail=detail, remedy=remedy)


def _judge_reading(status: ChainStatus, final: int | None) -> Finding:
    start_one = "start a worker with `python -m backend_jobs`, or see why its job `chain` fails"
    if status.block_number is None or status.age_s is None:
        return Finding("chain", ok=False, detail="nothing was read yet", remedy=start_one)
    if status.halted_because is not None:
        detail = f"halted: {status.halted_because}"
        remedy = "see docs/recharges.md, “A halt”, before `chain resume`"
        return Finding("chain", ok=False, detail=detail, remedy=remedy)
    detail = f"read up to block {status.block_number}, {status.age_s:.0f} s old"
    behind = 0 if final is None else final - status.block_number
    if behind > BEHIND_MAX:
        remedy = f"it is being caught up; if the number does not fall, {start_one}"
        return Finding("chain", ok=False, detail=f"{detail}, {behind} behind", remedy=remedy)
    is_fresh = status.age_s <= CHAIN_LAG_MAX_S
    return Finding("chain", ok=is_fresh, detail=detail, remedy="mend the node, or " + start_one)


def _judge_stock(services: Services, status: ChainStatus) -> Finding:
    count = {one: status.wallets.get(one, 0) for one in WalletStatus}
    total, free = sum(count.values()), count[WalletStatus.FREE]
    detail = (
        f"{free} free of {total}; {count[WalletStatus.LOCKED]} waiting for payments, "
        f"{count[WalletStatus.COOLDOWN]} cooling down, "
        f"{count[WalletStatus.QUARANTINED]} in quarantine"
    )
    may_grow = total < services.settings.recharge.wallets_max
    if services.pool.deriver is None:
        remedy = "set TRON_ACCOUNT_XPUB: without it no wallet can be made"
        return Finding("wallets", ok=False, detail=detail, remedy=remedy)
    remedy = "raise RECHARGE_WALLETS_MAX; see `wallets list` for those that could be released"
    return Finding("wallets", ok=free > 0 or may_grow, detail=detail, remedy=remedy)
