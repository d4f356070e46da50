"""What a withdrawal costs and what it is held to, now and before."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.identity.deciding import ensure_may_decide
from jiema_app.domain.labels import clean_label
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import MICRO_PER_CENT, MicroUsdt
from jiema_app.domain.withdrawals import queries

BASIS_POINTS: Final = 10_000
FEE_BP_MAX: Final = 5_000
WAIT_S_MAX: Final = 30 * 86_400
DAY_COUNT_MAX: Final = 1_000
AMOUNT_MAX: Final = 10**15
"""A thousand million USDT: no setting is larger by intention."""
NOTE_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Quote:
    """What becomes of an amount, in micro-USDT; fee and net make the amount."""

    amount: MicroUsdt
    fee: MicroUsdt
    net: MicroUsdt


@dataclass(frozen=True, slots=True)
class Rules:
    """The figures of terms.

    Attributes:
        fee_bp: Share of the amount, in basis points, rounded up to a whole cent; 500 is 5 %.
        fee_min_micro: The least fee. It lies inside the amount, as the share does.
        amount_min_micro: Less cannot be asked for.
        alone_max_micro: Up to this one person approves; above it two different ones do.
        takes_above: Whether more than that can be asked for.
        takes_spending: Whether the balance for orders is paid out too.
        address_wait_s: Seconds that a changed address waits. The first one does not.
        per_day_count: Withdrawals that one user may ask for in 24 hours.
        per_day_micro: How much together.
    """

    fee_bp: int
    fee_min_micro: MicroUsdt
    amount_min_micro: MicroUsdt
    alone_max_micro: MicroUsdt
    takes_above: bool
    takes_spending: bool
    address_wait_s: int
    per_day_count: int
    per_day_micro: MicroUsdt

    def quote(self, amount: MicroUsdt) -> Quote:
        """What is kept of an amount and what is sent; the fee is in whole cents."""
        share = -(-amount * self.fee_bp // BASIS_POINTS)
        whole = -(-share // MICRO_PER_CENT) * MICRO_PER_CENT
        fee = MicroUsdt(max(whole, self.fee_min_micro))
        return Quote(amount, fee, MicroUsdt(amount - fee))

    def ensure_sound(self) -> None:
        """See to it that nobody could be paid less than nothing by these.

        Raises:
            BadRequest: A figure is out of range, or two contradict each other.
        """
        if not 0 <= self.fee_bp <= FEE_BP_MAX:
            raise BadRequest(f"The fee is 0 to {FEE_BP_MAX // 100} %.")
        if not 0 <= self.fee_min_micro < self.amount_min_micro <= AMOUNT_MAX:
            raise BadRequest("The least amount is above the least fee.")
        if self.quote(self.amount_min_micro).net <= 0:
            raise BadRequest("Of the least amount nothing would be left.")
        if not 0 <= self.alone_max_micro <= AMOUNT_MAX:
            raise BadRequest("What one person approves is an amount of zero or more.")
        if not 0 <= self.address_wait_s <= WAIT_S_MAX:
            raise BadRequest(f"A changed address waits 0 to {WAIT_S_MAX} seconds.")
        if not 1 <= self.per_day_count <= DAY_COUNT_MAX:
            raise BadRequest(f"Withdrawals a day are 1 to {DAY_COUNT_MAX}.")
        if not self.amount_min_micro <= self.per_day_micro <= AMOUNT_MAX:
            raise BadRequest("What may be asked for in a day is at least one withdrawal's least.")
        if not self.takes_above and self.alone_max_micro < self.amount_min_micro:
            raise BadRequest(
                "No more is taken than one person approves, and that is below the least amount: "
                "nothing could be asked for."
            )


@dataclass(frozen=True, slots=True)
class WithdrawalTerms:
    """What holds from a moment on. A withdrawal keeps the terms it was asked for under."""

    id: int
    rules: Rules
    actor: str
    note: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WithdrawalTermsBook:
    """The history of terms; the newest ones hold."""

    database: Database

    async def current(self) -> WithdrawalTerms:
        """What holds now."""
        async with self.database.connection() as connection:
            return await read_terms(connection)

    async def history(self) -> Sequence[WithdrawalTerms]:
        """The last hundred, newest first."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.TERMS, 100)
        return [_terms(row) for row in rows]

    async def set(self, rules: Rules, *, actor: str, note: str) -> WithdrawalTerms:
        """Have other terms hold from now on.

        Raises:
            BadRequest: The figures or the note do not fit.
            Forbidden: Who decides is no administrator.
            Nothing changed in either case.
        """
        note = clean_label(note, what="Note", length_max=NOTE_MAX)
        rules.ensure_sound()
        async with self.database.transaction() as connection:
            await ensure_may_decide(connection, actor, "terms")
            figures = (getattr(rules, one.name) for one in fields(rules))
            await connection.execute(queries.LOCK_TERMS)
            await connection.execute(queries.SET_TERMS, *figures, actor, note)
            return await read_terms(connection)


async def read_terms(connection: Connection) -> WithdrawalTerms:
    """What holds now."""
    (row,) = await connection.fetch(queries.TERMS, 1)
    return _terms(row)


def _terms(row: Any) -> WithdrawalTerms:
    rules = Rules(**{one.name: row[one.name] for one in fields(Rules)})
    return WithdrawalTerms(row["id"], rules, row["actor"], row["note"], row["created_at"])
