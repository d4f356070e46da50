"""What people decide about withdrawals: approve, reject, have one tried again.

Nobody decides about their own; above a bound two different people approve. Nothing is approved
that does not pass all eight checks at that moment; the signer runs them again before it signs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from jiema_app.domain.clock import Clock
from jiema_app.domain.payouts.checks.results import CheckResult
from jiema_app.domain.payouts.eight_checks import EightChecks
from jiema_app.domain.payouts.house_wallets import HouseWallets
from jiema_app.domain.transaction import Database
from jiema_app.domain.withdrawals import queries
from jiema_app.domain.withdrawals.approving import Approving
from jiema_app.domain.withdrawals.deciding import get_withdrawal
from jiema_app.domain.withdrawals.ending import Ending
from jiema_app.domain.withdrawals.review_views import (
    Approval,
    ReviewedWithdrawal,
    Sums,
    decision_view,
    stored_checks,
)
from jiema_app.domain.withdrawals.statuses import WithdrawalStatus
from jiema_app.domain.withdrawals.terms import read_terms
from jiema_app.domain.withdrawals.views import WithdrawalView, withdrawal_view

LISTED_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class WithdrawalReviews:
    """Deciding about withdrawals. One service for the command line and the dashboard.

    Attributes:
        checks: None in a process without a node: nothing can be approved there.
    """

    database: Database
    clock: Clock
    house: HouseWallets
    checks: EightChecks | None

    async def list_open(self) -> Sequence[WithdrawalView]:
        """Those that are requested or on their way, oldest first; 200 at most."""
        return await self._list(queries.LIST_OPEN)

    async def list_ended(self) -> Sequence[WithdrawalView]:
        """Those that ended last; 200 at most."""
        return await self._list(queries.LIST_ENDED)

    async def show(self, withdrawal: str, *, runs_checks: bool = True) -> ReviewedWithdrawal:
        """One with its checks as they are now.

        Raises:
            NotFound: There is none with this id.
        """
        async with self.database.connection() as connection:
            view = await get_withdrawal(connection, withdrawal)
            sums = await connection.fetchrow(queries.SUMS, view.user_id, view.address)
            decisions = await connection.fetch(queries.DECISIONS, withdrawal)
            terms = await read_terms(connection)
            objection = None
            if view.decided is WithdrawalStatus.REQUESTED:
                objection = await self._approving.find_objection(connection, view)
        if view.decided is WithdrawalStatus.SETTLED:
            checks = _approved_by(decisions)
        elif runs_checks and view.is_open:
            checks = await self._approving.run_checks(view)
        else:
            checks = ()
        return ReviewedWithdrawal(
            view,
            checks,
            Sums(**dict(sums or {})),
            [decision_view(row) for row in decisions],
            takes_two=view.amount > terms.rules.alone_max_micro,
            objection=objection,
        )

    async def approve(self, withdrawal: str, *, actor: str, note: str | None = None) -> Approval:
        """Have it paid out, if all eight checks pass now.

        Raises:
            NotFound: There is none with this id.
            NotOpen: It was decided before, its changed address still waits, its owner is blocked
                or owes commission, or the hot wallet is another one by now.
            Forbidden: Who decides is no administrator, or asked for it, or approved it before.
            ChecksNotPassed: Not all eight passed.
            BadRequest: Nothing is paid out by this process, or the note does not fit.
            AlreadyChanged: Somebody else decided at the same moment.
            Nothing changed in any of these cases.
        """
        return await self._approving.approve(withdrawal, actor=actor, note=note)

    async def reject(self, withdrawal: str, *, actor: str, note: str) -> WithdrawalView:
        """End it without a payment: the whole amount goes back, and its owner reads the note.

        Also one that was approved, while nothing that was signed for it may still be paid.

        Raises:
            NotFound: There is none with this id.
            BadRequest: The note is empty or too long.
            Forbidden: Who decides is no administrator, or asked for it.
            NotOpen: It has ended, or may be paid at any moment.
            Nothing changed in any of these cases.
        """
        return await self._ending.reject(withdrawal, actor=actor, note=note)

    async def retry(self, withdrawal: str, *, actor: str, note: str) -> WithdrawalView:
        """Have one signed anew whose transactions are proved to have paid nothing.

        It is paid from the hot wallet of the moment.

        Raises:
            NotFound: There is none with this id.
            BadRequest: The note is empty or too long.
            Forbidden: Who decides is no administrator, or asked for it.
            NotOpen: It does not wait for a person, or may still be paid.
            Nothing changed in any of these cases.
        """
        return await self._ending.retry(withdrawal, actor=actor, note=note)

    @property
    def _approving(self) -> Approving:
        return Approving(self.database, self.clock, self.house, self.checks)

    @property
    def _ending(self) -> Ending:
        return Ending(self.database, self.house)

    async def _list(self, query: str) -> Sequence[WithdrawalView]:
        async with self.database.connection() as connection:
            rows = await connection.fetch(query, LISTED_MAX)
        return [withdrawal_view(row) for row in rows]


def _approved_by(decisions: Sequence[Any]) -> Sequence[CheckResult]:
    """What the checks found when a withdrawal was approved for the last time."""
    approvals = [row for row in decisions if row["action"] == "approve"]
    return stored_checks(approvals[-1]["checks"]) if approvals else ()
