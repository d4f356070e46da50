"""Approving a withdrawal: nobody alone approves much, and nothing that fails one of eight checks."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from jiema_app.domain import ids
from jiema_app.domain.clock import Clock
from jiema_app.domain.errors import AlreadyChanged, BadRequest, Forbidden, NotOpen
from jiema_app.domain.identity.deciding import ensure_may_decide, may_decide
from jiema_app.domain.labels import clean_label
from jiema_app.domain.payouts import queries as payout_queries
from jiema_app.domain.payouts.checks.facts import PlannedPayout
from jiema_app.domain.payouts.checks.results import CheckResult, all_pass
from jiema_app.domain.payouts.eight_checks import ChecksNotPassed, EightChecks
from jiema_app.domain.payouts.house_wallets import HouseWallets
from jiema_app.domain.payouts.kinds import PayoutAsset, PayoutKind
from jiema_app.domain.payouts.planning import read_payout
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import usdt_text
from jiema_app.domain.withdrawals import queries
from jiema_app.domain.withdrawals.deciding import NOTE_MAX, get_withdrawal, write_down
from jiema_app.domain.withdrawals.review_views import Approval
from jiema_app.domain.withdrawals.statuses import WithdrawalStatus
from jiema_app.domain.withdrawals.terms import read_terms
from jiema_app.domain.withdrawals.views import WithdrawalView

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Approving:
    """Has withdrawals paid out.

    Attributes:
        checks: None in a process without a node: nothing can be approved there.
    """

    database: Database
    clock: Clock
    house: HouseWallets
    checks: EightChecks | None

    async def approve(self, withdrawal: str, *, actor: str, note: str | None) -> Approval:
        """As of ``WithdrawalReviews``."""
        note = None if not note else clean_label(note, what="Note", length_max=NOTE_MAX)
        if self.checks is None or self.house.hot is None:
            raise BadRequest("Nothing is paid out here: no node or no hot wallet is configured.")
        async with self.database.connection() as connection:
            view = await self._ensure_approvable(connection, withdrawal, actor)
            await _is_final(connection, view, actor)
        results = await self.run_checks(view)
        if not all_pass(results):
            raise ChecksNotPassed(results)
        async with self.database.transaction() as connection:
            await connection.execute(queries.LOCK, withdrawal)
            # Once more: who waited for the lock may have been demoted, or it was cancelled.
            view = await self._ensure_approvable(connection, withdrawal, actor)
            is_final = await _is_final(connection, view, actor)
            await write_down(
                connection, view, "approve", actor, note, is_final=is_final, checks=results
            )
            if is_final:
                await self._queue(connection, view, actor)
            view = await get_withdrawal(connection, withdrawal)
        log.info("withdrawal approved", withdrawal=withdrawal, final=is_final)
        return Approval(view, results, is_final)

    async def run_checks(self, view: WithdrawalView) -> Sequence[CheckResult]:
        """The eight, as they are now; none in a process without a node."""
        if self.checks is None:
            return ()
        async with self.database.connection() as connection:
            payout = await self._planned(connection, view)
        return (await self.checks.run(payout, view.id)).results

    async def find_objection(self, connection: Connection, view: WithdrawalView) -> str | None:
        """Why one that is requested cannot be approved now, besides the checks."""
        owner = await connection.fetchrow(queries.OWNER, view.user_id)
        assert owner is not None, "a withdrawal is somebody's"
        if owner["is_banned"]:
            return "Its owner is blocked: reject it, or lift the ban first."
        if owner["commission"] < 0:
            owed = usdt_text(-owner["commission"])
            return f"Commission was taken back from its owner, who owes {owed} USDT: reject it."
        if view.usable_from is not None and view.usable_from > self.clock.now():
            return (
                f"Its address is new for this user: nothing is paid there before "
                f"{view.usable_from:%Y-%m-%d %H:%M} UTC."
            )
        return None

    async def _ensure_approvable(
        self, connection: Connection, withdrawal: str, actor: str
    ) -> WithdrawalView:
        await ensure_may_decide(connection, actor, "withdrawals")
        view = await get_withdrawal(connection, withdrawal)
        if view.user_id == actor:
            raise Forbidden("Nobody approves a withdrawal of their own.")
        if view.decided is not WithdrawalStatus.REQUESTED:
            raise NotOpen(f"This withdrawal is {view.status} already.")
        objection = await self.find_objection(connection, view)
        if objection is not None:
            raise NotOpen(objection)
        return view

    async def _planned(self, connection: Connection, view: WithdrawalView) -> PlannedPayout:
        """Its payout as it is, or as it would be queued now."""
        if view.payout_id is not None:
            found = await read_payout(connection, view.payout_id)
            assert found is not None, "nothing deletes a payout"
            return found[1]
        return PlannedPayout(
            id=view.id,
            kind=PayoutKind.WITHDRAWAL,
            asset=PayoutAsset.USDT,
            source=self.house.hot or "",
            destination=view.address,
            amount=view.net,
        )

    async def _queue(self, connection: Connection, view: WithdrawalView, actor: str) -> None:
        if await connection.fetchval(payout_queries.HOT_IN_USE) != self.house.hot:
            raise NotOpen("The hot wallet is another one by now. Restart what you approve with.")
        if await connection.fetchval(queries.APPROVE, view.id) is None:
            raise AlreadyChanged("withdrawal")
        queued = await connection.fetchval(
            payout_queries.ENQUEUE,
            ids.new_id(),
            PayoutKind.WITHDRAWAL,
            view.id,
            PayoutAsset.USDT,
            self.house.hot,
            view.address,
            view.net,
            actor,
        )
        if queued is None:
            raise AlreadyChanged("withdrawal")


async def _is_final(connection: Connection, view: WithdrawalView, actor: str) -> bool:
    """Whether one person suffices, or this is the second one.

    Raises:
        Forbidden: It is the same person again.
    """
    terms = await read_terms(connection)
    if view.amount <= terms.rules.alone_max_micro:
        return True
    proposal = await connection.fetchrow(queries.PROPOSAL, view.id)
    if proposal is None or proposal["action"] != "approve":
        return False
    if proposal["actor"] == actor:
        raise Forbidden("You approved this. Above the bound another person must approve it too.")
    # Who may not decide any more has not decided half of it either.
    return await may_decide(connection, proposal["actor"])
