"""Whether a payout is still what people decided on, read anew before it is signed.

A payout's row is an instruction that anybody with the database's password could write. So what
it pays is looked up: a withdrawal that was approved, a payment that is owed back, a wallet of the
pool that is free. What a row says of itself counts for nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from jiema_app.domain.payouts.kinds import PayoutKind
from jiema_app.domain.transaction import Connection
from signer import subject_queries as queries

_TWO: Final = 2

WALLET_WAIT: Final = timedelta(minutes=10)
"""A wallet that somebody was given is looked at again after this."""


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a payout is not signed.

    Attributes:
        reason: In words, for a person.
        not_before: When it may be looked at again; None: a person must look first.
    """

    reason: str
    not_before: datetime | None = None


async def find_objection(connection: Connection, payout: Any, now: datetime) -> Objection | None:
    """What speaks against a payout by what it pays, locked in the caller's transaction.

    Args:
        connection: Of the transaction that signs.
        payout: Its row.
        now: By our clock.
    """
    match PayoutKind(payout["kind"]):
        case PayoutKind.WITHDRAWAL:
            return await _of_withdrawal(connection, payout, now)
        case PayoutKind.REFUND:
            return await _of_refund(connection, payout)
        case PayoutKind.SWEEP:
            return await _of_sweep(connection, payout, now)
        case PayoutKind.GAS:
            return await _of_gas(connection, payout)


async def _of_withdrawal(connection: Connection, payout: Any, now: datetime) -> Objection | None:
    row = await connection.fetchrow(queries.WITHDRAWAL, payout["subject_id"])
    if row is None:
        return Objection("there is no such withdrawal")
    waits = row["usable_from"] is not None and row["usable_from"] > now
    reason = _odd_decision(row, payout) or _odd_owner(row)
    if reason is None and waits:
        return Objection("its changed address still waits", row["usable_from"])
    return None if reason is None else Objection(reason)


def _odd_decision(row: Any, payout: Any) -> str | None:
    """What is wrong with how a withdrawal was decided on."""
    approvers = set(row["approvers"] or ())
    if row["status"] != "APPROVED" or not row["is_approved"]:
        return f"its withdrawal is {row['status']}, or nobody's approval is on record"
    if (row["address"], row["net_micro"]) != (payout["to_address"], payout["amount"]):
        return "it pays another amount, or to another address, than was asked for"
    if row["user_id"] in approvers:
        return "whoever asked for it approved it"
    if row["amount_micro"] > row["alone_max"] and len(approvers) < _TWO:
        return "one person alone approved it, and it takes two"
    return None


def _odd_owner(row: Any) -> str | None:
    """What speaks against whoever is to be paid."""
    if row["is_banned"]:
        return "the account was blocked after it was approved"
    if row["commission"] < 0:
        return "commission was clawed back after it was approved, and is owed"
    if row["held"] < row["amount_micro"]:
        return "the money is not held for it"
    return None


async def _of_refund(connection: Connection, payout: Any) -> Objection | None:
    await connection.execute(queries.LOCK_PAYMENT, payout["subject_id"])
    row = await connection.fetchrow(queries.REFUND, payout["subject_id"])
    if row is None or not row["is_owed"]:
        return Objection("nothing is owed for this payment any more")
    if row["ordered_by"] is None or row["ordered_by"] == row["owner"]:
        return Objection("nobody's order to send it is on record, or only its owner's")
    wanted = (payout["to_address"], payout["from_address"], payout["amount"])
    if (row["sender"], row["wallet"], row["amount"]) != wanted:
        return Objection("it pays another amount, or from or to another address, than is owed")
    return None


async def _of_sweep(connection: Connection, payout: Any, now: datetime) -> Objection | None:
    row = await connection.fetchrow(queries.SWEEP, payout["from_address"], payout["to_address"])
    if row is None:
        return Objection("it leaves a wallet that is none of the pool")
    if not row["is_house"]:
        return Objection("it goes to a wallet that is not in use by the house")
    if row["status"] == "FREE":
        return None
    reason = f"its wallet is {row['status']}: somebody may be paying to it"
    # Whoever was given it after all is let pay first.
    waits = row["status"] in {"LOCKED", "COOLDOWN"}
    return Objection(reason, now + WALLET_WAIT if waits else None)


async def _of_gas(connection: Connection, payout: Any) -> Objection | None:
    row = await connection.fetchrow(queries.GAS, payout["subject_id"])
    if row is None or row["from_address"] != payout["to_address"]:
        return Objection("no payout of that wallet needs TRX")
    if row["status"] != "QUEUED":
        return Objection(f"the payout that needed it is {row['status']}")
    return None
