"""What every decision about a withdrawal begins and ends with: which one, who may, the record."""

from collections.abc import Sequence
from typing import Any, Final

from jiema_app.domain import ids
from jiema_app.domain.errors import Forbidden, NotFound, NotOpen
from jiema_app.domain.identity.deciding import ensure_may_decide
from jiema_app.domain.payouts.checks.results import CheckResult
from jiema_app.domain.transaction import Connection
from jiema_app.domain.units import usdt_text
from jiema_app.domain.withdrawals import queries
from jiema_app.domain.withdrawals.views import WithdrawalView, withdrawal_view

NOTE_MAX: Final = 500


async def get_withdrawal(connection: Connection, withdrawal: str) -> WithdrawalView:
    """One of anybody's.

    Raises:
        NotFound: There is none with this id.
    """
    row = await connection.fetchrow(queries.GET, withdrawal) if ids.is_id(withdrawal) else None
    if row is None:
        raise NotFound("Withdrawal not found.")
    return withdrawal_view(row)


async def lock_open(connection: Connection, withdrawal: str, actor: str) -> WithdrawalView:
    """One that has not ended, locked, for somebody who may decide about it.

    Raises:
        Forbidden: Who decides is no administrator, or asked for it.
        NotFound: There is none with this id.
        NotOpen: It has ended.
    """
    if ids.is_id(withdrawal):
        await connection.execute(queries.LOCK, withdrawal)
    # After it: who waited for the lock may have been demoted.
    await ensure_may_decide(connection, actor, "withdrawals")
    view = await get_withdrawal(connection, withdrawal)
    if view.user_id == actor:
        raise Forbidden("Nobody decides about a withdrawal of their own.")
    if not view.is_open:
        raise NotOpen(f"This withdrawal is {view.status} already.")
    return view


async def write_down(
    connection: Connection,
    view: WithdrawalView,
    action: str,
    actor: str,
    note: str | None,
    *,
    is_final: bool = True,
    checks: Sequence[CheckResult] | None = None,
) -> None:
    """Keep a decision with its withdrawal, and in the audit log.

    Args:
        connection: Of the transaction that decides.
        view: The withdrawal as it was.
        action: ``approve``, ``reject`` or ``retry``.
        actor: Who decided.
        note: Why.
        is_final: False when somebody else must decide the same.
        checks: By which it was decided.
    """
    stored = None if checks is None else [one.to_json() for one in checks]
    decision = (view.id, action, note, actor, is_final, stored, None, None)
    await connection.execute(queries.DECIDE, *decision)
    details: dict[str, Any] = {
        "amountUsdt": usdt_text(view.amount),
        "netUsdt": usdt_text(view.net),
        "address": view.address,
        "was": view.status,
        "note": note,
    }
    name = f"withdrawal.{action if is_final else 'propose'}"
    await connection.execute(queries.AUDIT, actor, name, view.id, details)
