"""What must be true in the end, whatever happened: every sentence is a broken promise."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from jiema_app.domain.transaction import Database
from sandbox.clock import SandboxClock
from sandbox.journal import Journal
from sandbox.settings import SandboxSettings
from sandbox.supplier.activations import Activation
from sandbox.supplier.state import SupplierState
from tests.chaos.memory import REFUNDED, Memory

ORDERS: Final = """
select o.id, o.user_id, o.status, o.reason, o.phone, o.price_micro, o.sms_count, o.activation_id,
       o.idempotency_key, o.expires_at, o.ended_at,
       array(select s.code from order_sms s where s.order_id = o.id) as codes
from orders o
"""

MOVES: Final = """
select t.reference as order_id, t.kind, -e.amount_micro as moved, count(*) over (
    partition by t.reference, t.kind) as times
from ledger_transfers t join ledger_entries e on e.transfer_id = t.id and e.amount_micro < 0
where t.kind in ('order_placed', 'order_received', 'order_refunded')
"""

BALANCES: Final = """
select a.user_id, b.balance_micro from ledger_accounts a
join ledger_balances b on b.account_id = a.id where a.kind = 'user:spending'
"""

UNDER_WAY: Final = """
select activation_id from supplier_tasks where done_at is null and created_at > $1
"""

OPEN: Final = frozenset({"RESERVED", "WAITING", "RECEIVED"})
SHOWN_MAX: Final = 20

Row = dict[str, Any]


@dataclass
class Verdict:
    """The broken promises, and some figures of what the run met.

    Attributes:
        broken: One sentence each. Empty: everything held.
        figures: How often what happened.
    """

    broken: list[str] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)

    def demand(self, *, holds: bool, otherwise: str) -> None:
        """Note a broken promise unless it holds."""
        if not holds:
            self.broken.append(otherwise)


def read_supplier(data_dir: Path) -> dict[str, Activation]:
    """Every rental as the sandbox, which must have ended, wrote it down."""
    journal = Journal(data_dir / "sandbox", "supplier")
    state = SupplierState(SandboxSettings(), SandboxClock(), journal)
    found = {str(key): activation for key, activation in state.activations.by_id.items()}
    journal.close()
    return found


async def judge(
    database: Database,
    memory: Memory,
    rentals: dict[str, Activation],
    *,
    patience_s: float,
    under_way_since: datetime,
) -> Verdict:
    """Hold what the users were told against the database, the ledger and the supplier.

    Args:
        database: The shop's.
        memory: What the users were told.
        rentals: What the supplier sold.
        patience_s: How long an order waits for a last look at the supplier.
        under_way_since: Calls queued after this were still under way at the end.
    """
    async with database.connection() as connection:
        orders = {row["id"]: dict(row) for row in await connection.fetch(ORDERS)}
        moves = [dict(row) for row in await connection.fetch(MOVES)]
        balances = {
            row["user_id"]: row["balance_micro"] for row in await connection.fetch(BALANCES)
        }
        under_way = {
            row["activation_id"] for row in await connection.fetch(UNDER_WAY, under_way_since)
        }
    verdict = Verdict(list(memory.lies))
    _judge_memory(verdict, memory, orders)
    _judge_money(verdict, memory, orders, moves, balances)
    _judge_rentals(verdict, orders, rentals, under_way, patience_s)
    for order in orders.values():
        verdict.figures[f"{order['status']} {order['reason'] or ''}".strip()] += 1
    return verdict


def _judge_memory(verdict: Verdict, memory: Memory, orders: dict[str, Row]) -> None:
    """No order that anybody was told about is lost or different."""
    for known in memory.orders.values():
        row = orders.get(known.id)
        if row is None:
            verdict.broken.append(f"lost order {known.id}")
            continue
        owner = memory.customers[known.user].id
        told = (owner, known.phone, int(known.charged_cents) * 10_000)
        verdict.demand(
            holds=told == (row["user_id"], row["phone"], row["price_micro"]),
            otherwise=f"order {known.id} is not what its buyer was told",
        )
        verdict.demand(
            holds=known.codes <= set(row["codes"])
            and not (known.codes and row["status"] in REFUNDED),
            otherwise=f"order {known.id} showed a code and is {row['status']} without it",
        )
        verdict.demand(
            holds=known.ended_as in {None, row["status"]},
            otherwise=f"order {known.id} was {known.ended_as} and is {row['status']}",
        )
    for (user, key), ids in memory.ids_by_key.items():
        verdict.demand(holds=len(ids) == 1, otherwise=f"{len(ids)} orders of {user} for {key}")
        for one in ids & orders.keys():
            verdict.demand(
                holds=orders[one]["idempotency_key"] == key, otherwise=f"order {one} lost its key"
            )


def _judge_money(
    verdict: Verdict,
    memory: Memory,
    orders: dict[str, Row],
    moves: list[Row],
    balances: dict[str, int],
) -> None:
    """Each order was charged or refunded, once, in full; every balance follows from that."""
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for move in moves:
        order = orders.get(move["order_id"])
        kinds[move["order_id"]].add(move["kind"])
        verdict.demand(
            holds=move["times"] == 1
            and order is not None
            and move["moved"] == order["price_micro"],
            otherwise=f"{move['kind']} of {move['order_id']}: {move['times']} times {move['moved']}",
        )
    spent: Counter[str] = Counter()
    for order in orders.values():
        charged = "order_received" in kinds[order["id"]]
        refunded = "order_refunded" in kinds[order["id"]]
        verdict.demand(
            holds="order_placed" in kinds[order["id"]] and charged == (order["sms_count"] > 0)
            and refunded == (order["status"] in REFUNDED)
            and charged + refunded == (charged or order["status"] not in OPEN),
            otherwise=f"order {order['id']} ({order['status']}, {order['sms_count']} SMS): "
            f"{sorted(kinds[order['id']])}",
        )  # fmt: skip
        spent[order["user_id"]] += 0 if refunded else order["price_micro"]
    for number, customer in enumerate(memory.customers):
        expected = memory.credited_micro[number] - spent[customer.id]
        verdict.demand(
            holds=balances[customer.id] == expected,
            otherwise=f"user {number} has {balances[customer.id]} and should have {expected}",
        )


def _judge_rentals(
    verdict: Verdict,
    orders: dict[str, Row],
    rentals: dict[str, Activation],
    under_way: set[str],
    patience_s: float,
) -> None:
    """Nothing is left at the supplier, no charge was without an SMS, no code came for nothing."""
    by_rental = {order["activation_id"]: order for order in orders.values()}
    for number, rental in rentals.items():
        order = by_rental.get(number)
        verdict.figures["rentals"] += 1
        verdict.figures["rentals that no order got"] += order is None
        is_needed = order is not None and order["status"] in OPEN
        verdict.demand(
            holds=is_needed or not rental.is_open or number in under_way,
            otherwise=f"rental {number} is still {rental.status.name}",
        )
        if order is not None and not is_needed:
            _judge_codes(verdict, order, rental, patience_s)
    for order in orders.values():
        verdict.demand(
            holds=not order["sms_count"] or bool(rentals[order["activation_id"]].sms),
            otherwise=f"order {order['id']} was charged and no SMS ever came",
        )


def _judge_codes(verdict: Verdict, order: Row, rental: Activation, patience_s: float) -> None:
    sent = {sms.code or sms.text for sms in rental.sms}
    verdict.demand(
        holds=set(order["codes"]) <= sent, otherwise=f"order {order['id']} has a code from nowhere"
    )
    in_time = [sms for sms in rental.sms if sms.received_at < _over_at(order)]
    if order["sms_count"]:
        missed = {sms.code or sms.text for sms in in_time} - set(order["codes"])
        verdict.figures["codes that came in time and were not shown"] += len(missed)
        return
    if not in_time:
        return
    # The refund and the SMS crossed: allowed, the buyer has the money. But an order that
    # ran out is ended only after a last look that began after its window.
    verdict.figures["codes that a refund overtook"] += 1
    late_s = (order["ended_at"] - order["expires_at"]).total_seconds() if order["expires_at"] else 0
    verdict.demand(
        holds=order["reason"] != "EXPIRED" or late_s >= patience_s,
        otherwise=f"order {order['id']} expired although a code had come",
    )


def _over_at(order: Row) -> float:
    moments = [order["ended_at"], order["expires_at"]]
    return min(float(moment.timestamp()) for moment in moments if moment is not None)
