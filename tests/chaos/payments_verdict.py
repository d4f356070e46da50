"""Whether the product made of the chain what the oracle makes of it."""

from collections import Counter as Tally
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from tests.chaos.payments_oracle import TOKEN, Log, Oracle, Outcome, group_leases, read_chain
from tests.chaos.payments_plan import Scale
from tests.chaos.payments_stage import Counter

SHOWN_MAX: Final = 20
DUST_MICRO: Final = 10_000

PAYMENTS: Final = """
select p.*, p.block_time as at, coalesce(m.moved, '{}')::text as moved, coalesce(m.moves, 0) as moves
from payments p left join (
    select t.reference, count(*) as moves, jsonb_object_agg(t.kind, e.amount_micro) as moved
    from ledger_transfers t join ledger_entries e on e.transfer_id = t.id and e.amount_micro > 0
    group by t.reference
) m on m.reference = p.id
"""
RECHARGES: Final = """
select r.*, w.address from recharges r join wallets w on w.id = r.wallet_id order by r.created_at
"""
POOL: Final = """
select coalesce(-sum(amount_micro), 0)::bigint as micro from ledger_entries where account_id = 6
"""
BALANCES: Final = """
select a.user_id, b.balance_micro from ledger_balances b join ledger_accounts a on a.id = b.account_id
where b.balance_micro <> 0
"""

Key = tuple[str, int]


@dataclass
class Verdict:
    """What was found.

    Attributes:
        broken: Promises that did not hold.
        figures: What transfers came to, by outcome.
    """

    broken: list[str] = field(default_factory=list)
    figures: Tally[str] = field(default_factory=Tally)
    wrong_credits: int = 0
    missed: int = 0
    wrong_reasons: int = 0
    either: int = 0
    chain_micro: int = 0

    def summary(self) -> dict[str, int]:
        """The figures that count."""
        return {
            "wrong_credits": self.wrong_credits,
            "missed": self.missed,
            "wrong_reasons": self.wrong_reasons,
            "either": self.either,
            "credited": self.figures["CREDITED"],
            "chain_micro": self.chain_micro,
        }

    def demand(self, *, holds: bool, otherwise: str) -> None:
        """Note a promise that does not hold."""
        if not holds:
            self.broken.append(otherwise)


async def judge(counter: Counter, http: httpx.AsyncClient, scale: Scale) -> Verdict:
    """Compare everything with the chain."""
    verdict = Verdict()
    logs = await read_chain(http)
    rows = {(row["txid"], row["log_index"]): row for row in await counter.rows(PAYMENTS)}
    recharges = await counter.rows(RECHARGES)
    wallets = frozenset(row["address"] for row in await counter.rows("select address from wallets"))
    rest_ms, leases = scale.rest_s * 1000.0, group_leases(recharges)
    oracle = Oracle(wallets, leases, rest_ms, DUST_MICRO, counter.freed)
    found = {key: _outcome(row) for key, row in rows.items()}
    expected = oracle.judge_all(logs, found)
    verdict.either = oracle.either
    verdict.demand(
        holds=expected.keys() == rows.keys(),
        otherwise=f"{len(rows.keys() - expected.keys())} payments that the chain does not have, "
        f"{len(expected.keys() - rows.keys())} that we lack",
    )
    for key, allowed in expected.items():
        _judge_outcome(verdict, key, allowed, found.get(key))
    by_key = {(log.txid, log.log_index): log for log in logs}
    for key, row in rows.items():
        if key in by_key:
            _judge_row(verdict, row, by_key[key], wallets)
    _judge_recharges(verdict, counter, list(rows.values()), recharges)
    await _judge_balances(verdict, counter, http, logs, wallets, list(rows.values()))
    return verdict


def _outcome(row: Any) -> Outcome:
    return Outcome(row["status"], row["oddity"], row["recharge_id"])


def _judge_outcome(
    verdict: Verdict, key: Key, allowed: frozenset[Outcome], found: Outcome | None
) -> None:
    if found is not None:
        verdict.figures[found.oddity or found.status] += 1
    if found in allowed:
        return
    names = " or ".join(str(tuple(one)) for one in allowed)
    verdict.broken.append(f"{key[0]}/{key[1]} is {found and tuple(found)} and should be {names}")
    if found is not None and found.status == "CREDITED":
        verdict.wrong_credits += 1
    elif any(one.status == "CREDITED" for one in allowed):
        verdict.missed += 1
    else:
        verdict.wrong_reasons += 1


def _judge_row(verdict: Verdict, row: Any, log: Log, wallets: frozenset[str]) -> None:
    """A payment is what the chain says, and moved what it should, once."""
    told = (row["block_number"], row["block_id"], round(row["at"].timestamp() * 1000),
            row["contract"], row["from_address"], row["to_address"], int(row["amount"]))  # fmt: skip
    verdict.demand(
        holds=told == (log.block, log.block_id, log.time_ms, log.token, log.sender,
                       log.receiver, log.amount),
        otherwise=f"payment {row['id']} is not what the chain says: {told}",
    )  # fmt: skip
    kind = {
        "CREDITED": "recharge_credited",
        "IN_REVIEW": "payment_held",
        "OUTGOING": "pool_outgoing",
    }
    is_money = log.token == TOKEN and not (log.sender in wallets and log.receiver in wallets)
    name = kind.get(row["status"]) if is_money else None
    moved = f'{{"{name}": {log.amount}}}' if name else "{}"
    verdict.demand(
        holds=row["moved"] == moved and row["moves"] == bool(name),
        otherwise=f"payment {row['id']} ({row['status']}) moved {row['moved']} and not {moved}",
    )


def _judge_recharges(
    verdict: Verdict, counter: Counter, payments: list[Any], recharges: Any
) -> None:
    """Each recharge is what its owner was told, with the sums of its payments."""
    of: defaultdict[str, list[Any]] = defaultdict(list)
    for row in payments:
        if row["recharge_id"]:
            of[row["recharge_id"]].append(row)
    for row in recharges:
        told = counter.told.get(row["id"])
        verdict.demand(
            holds=told is not None and (told.address, told.amount_micro, told.closes_at)
            == (row["address"], row["amount_micro"], row["closes_at"]),
            otherwise=f"recharge {row['id']} is not what its owner was told",
        )  # fmt: skip
        real = [one for one in of[row["id"]] if one["is_genuine"]
                and one["oddity"] != "OWN_TRANSFER"]  # fmt: skip
        sums = (
            sum(int(one["amount"]) for one in real),
            sum(one["credited_micro"] or 0 for one in real),
        )
        held = any(one["status"] == "IN_REVIEW" for one in of[row["id"]])
        status = "IN_REVIEW" if held else "CREDITED" if sums[1] else None
        verdict.figures[f"recharge {row['status']}"] += 1
        verdict.demand(
            holds=sums == (row["received_micro"], row["credited_micro"])
            and row["status"] in ({status} if status else {"EXPIRED", "CANCELLED"})
            and row["is_closed"] and row["seen_block"] is None,
            otherwise=f"recharge {row['id']} is {row['status']} with {sums}, expected {status}",
        )  # fmt: skip


async def _judge_balances(
    verdict: Verdict,
    counter: Counter,
    http: httpx.AsyncClient,
    logs: list[Log],
    wallets: frozenset[str],
    payments: list[Any],
) -> None:
    """The ledger and the chain agree, per wallet and in sum, and users have what they paid."""
    stored: Tally[str] = Tally()
    for row in payments:
        if row["is_genuine"]:
            stored[row["to_address"]] += int(row["amount"])
            stored[row["from_address"]] -= int(row["amount"])
    touched = {one for log in logs for one in (log.sender, log.receiver)} & wallets
    for address in touched:
        answer = await http.get(f"/control/tron/account/{address}")
        held = answer.raise_for_status().json()["solid"]["usdt"]
        verdict.chain_micro += held
        verdict.demand(
            holds=held == stored[address],
            otherwise=f"{address} holds {held}, by the payments {stored[address]}",
        )
    (row,) = await counter.rows(POOL)
    verdict.demand(
        holds=row["micro"] == verdict.chain_micro,
        otherwise=f"the ledger has {row['micro']} in wallets, the chain {verdict.chain_micro}",
    )
    credited: Tally[str] = Tally()
    for one in payments:
        if one["status"] == "CREDITED":
            credited[one["credited_user_id"]] += one["credited_micro"]
    balances = {one["user_id"]: one["balance_micro"] for one in await counter.rows(BALANCES)}
    verdict.demand(holds=balances == dict(credited), otherwise="users have not what was credited")
