"""What must be true after the payouts' storm; every sentence is a broken promise."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from jiema_app.bootstrap_chain import build_chain_services
from jiema_app.domain.ledger.verification import verify
from jiema_app.integrations.tron.registry import build_chain
from jiema_app.settings import Settings, TronSettings
from signer.journal import Journal
from tests.chaos.payouts_people import Story
from tests.chaos.payouts_stage import EARNED, Stage
from tests.support.house import HOT

PURSES: Final = """
select a.user_id, a.kind, b.balance_micro from ledger_accounts a
join ledger_balances b on b.account_id = a.id where a.user_id = any($1::text[])
"""
HOUSE: Final = """
select account_id, sum(amount_micro)::bigint as amount from ledger_entries
where account_id < 1000 group by account_id
"""
SETTLED: Final = """
select p.subject_id, count(*) as number from payout_attempts a
join payouts p on p.id = a.payout_id where a.outcome = 'SETTLED' group by p.subject_id
"""
ALIVE: Final = "select count(*) from payout_attempts where outcome is null"
ATTEMPTS: Final = "select txid, outcome from payout_attempts"


@dataclass
class PayoutVerdict:
    """The broken promises, and some figures of what the storm met."""

    broken: list[str] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)


async def judge_payouts(
    stage: Stage, stories: Sequence[Story], opening: int, stolen: int
) -> PayoutVerdict:
    """Hold the chain, the books and what people wanted against each other, to the micro.

    Args:
        stage: After the last process has ended.
        stories: Every withdrawal.
        opening: What the hot wallet held at first, in micro-USDT.
        stolen: What was taken out of it by hand.
    """
    verdict = PayoutVerdict()
    paid = fees = 0
    purses = await _purses(stage, stories)
    for one in stories:
        status = "NEVER" if one.seen is None else str(one.seen["status"])
        verdict.figures[status] += 1
        net = one.seen["net_micro"] if status == "SETTLED" else 0
        received = await stage.balance(one.to)
        if received != net:
            verdict.broken.append(f"{one.key} is {status}: {received} arrived instead of {net}")
        spent = one.amount if status == "SETTLED" else 0
        held = purses.get((one.user, "user:withdrawal_hold"), 0)
        left = purses.get((one.user, "user:commission"), 0)
        if (held, left) != (0, EARNED - spent):
            verdict.broken.append(f"{one.key} is {status}: {held} held and {left} left")
        paid, fees = paid + net, fees + spent - net
    await _judge_house(stage, verdict, opening, paid, fees, stolen)
    await _judge_attempts(stage, verdict)
    proved = await verify(stage.database)
    if not proved.ok:
        verdict.broken.append(f"the books do not balance: {proved.as_json()}")
    return verdict


async def _purses(stage: Stage, stories: Sequence[Story]) -> dict[tuple[str, str], int]:
    rows = await stage.rows(PURSES, [one.user for one in stories])
    return {(row["user_id"], row["kind"]): row["balance_micro"] for row in rows}


async def _judge_house(
    stage: Stage, verdict: PayoutVerdict, opening: int, paid: int, fees: int, stolen: int
) -> None:
    """The hot wallet: on the chain, by the books, and by what was wanted."""
    on_chain = await stage.balance(HOT)
    wanted = opening + stage.funded - paid - stolen
    house = {row["account_id"]: row["amount"] for row in await stage.rows(HOUSE)}
    if on_chain != wanted or -house.get(7, 0) != wanted:
        verdict.broken.append(
            f"the hot wallet holds {on_chain}, by the books {-house.get(7, 0)}, and {wanted} is due"
        )
    if house.get(5, 0) != fees:
        verdict.broken.append(f"fees are {house.get(5, 0)} instead of {fees}")
    tron = TronSettings.model_validate(
        {"node_url": f"http://127.0.0.1:{stage.port}", "requests_per_second": 0}
    )
    settings = Settings(tron=tron)
    async with build_chain(settings) as source:
        source.nodes.now = stage.clock.time
        chain = build_chain_services(settings, stage.database, stage.clock, source)
        cursor = await chain.scanner._load()
        while (found := await chain.scanner.step(cursor)) is not None:
            cursor = found
        compared = await chain.house_reconciliation.run()
    if not compared.ok or compared.in_flight:
        verdict.broken.append(f"chain and books differ: {compared}")


async def _judge_attempts(stage: Stage, verdict: PayoutVerdict) -> None:
    """No withdrawal was settled twice, nothing is alive, and the journal knows everything."""
    for row in await stage.rows(SETTLED):
        if row["number"] != 1:
            verdict.broken.append(f"{row['subject_id']} was settled {row['number']} times")
    alive = (await stage.rows(ALIVE))[0][0]
    if alive:
        verdict.broken.append(f"{alive} transactions are alive still")
    known = {row["txid"]: row["outcome"] for row in await stage.rows(ATTEMPTS)}
    verdict.figures.update(f"attempt {one}" for one in known.values())
    with Journal(stage.folder / "signer" / "journal.jsonl") as journal:
        written = [one.signature.txid for one in journal.entries_after(0)]
    if len(set(written)) != len(written):
        verdict.broken.append("the journal has a transaction twice")
    if set(written) != set(known):
        verdict.broken.append(
            f"{len(set(written) - set(known))} signatures are in the journal alone, "
            f"{len(set(known) - set(written))} in the database alone"
        )
