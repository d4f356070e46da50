"""Having a refund sent by the signer: from the wallet that got the payment, to whoever made it.

A person decided that the payment goes back; here a person has it sent. Above a bound two do. The
books move when the reader of the chain meets the transfer, as for one that was sent by hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from jiema_app.domain import ids
from jiema_app.domain.errors import AlreadyChanged, BadRequest, Forbidden, NotOpen
from jiema_app.domain.identity.deciding import ensure_may_decide, may_decide
from jiema_app.domain.labels import clean_label
from jiema_app.domain.payment_reviews.queries import AUDIT, TELL
from jiema_app.domain.payouts import queries, refund_queries
from jiema_app.domain.payouts.checks.facts import PlannedPayout
from jiema_app.domain.payouts.checks.results import CheckName, CheckResult, Outcome
from jiema_app.domain.payouts.eight_checks import ChecksNotPassed, EightChecks
from jiema_app.domain.payouts.kinds import PayoutAsset, PayoutKind
from jiema_app.domain.refunds import queries as refund_rows
from jiema_app.domain.refunds.service import find_refund
from jiema_app.domain.refunds.views import Refund
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import MicroUsdt

log = structlog.get_logger()

NOTE_MAX: Final = 500

FED_BY_THE_SIGNER: Final = CheckName.FEE_CAPACITY
"""A wallet of the pool has no TRX, as a rule: the signer gives it some before it signs."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """What came of having a refund sent.

    Attributes:
        checks: The eight, as they were.
        is_final: False when it was proposed, and a second person must ask for the same.
    """

    refund: Refund
    checks: Sequence[CheckResult]
    is_final: bool


@dataclass(frozen=True, slots=True)
class RefundSending:
    """Queues refunds for the signer.

    Attributes:
        alone_max: Up to this one person has it sent; above it two different ones do.
        is_open: Whether anything is paid out here at all.
        checks: None in a process without a node: nothing can be sent there.
    """

    database: Database
    alone_max: MicroUsdt
    is_open: bool
    checks: EightChecks | None

    async def send(self, payment_id: str, *, actor: str, note: str) -> Ordered:
        """Have exactly what is owed sent to whoever made the payment.

        All eight checks must pass but the one of the fee.

        Args:
            payment_id: Of the payment that goes back.
            actor: Who has it sent: the id of an administrator, or a command of ours.
            note: Why, for whoever reads it later.

        Raises:
            BadRequest: The note does not fit, or nothing is paid out by this process.
            NotFound: There is no such payment.
            NotOpen: Nothing is owed for it, it is being sent, or somebody says that it was.
            Forbidden: Who decides is no administrator, proposed it, or owns the recharge.
            ChecksNotPassed: A check did not pass.
            AlreadyChanged: Somebody else was quicker.
            Nothing changed in any of these cases.
        """
        note = clean_label(note, what="Note", length_max=NOTE_MAX)
        if self.checks is None or not self.is_open:
            raise BadRequest("Nothing is paid out here: no node or no hot wallet is configured.")
        async with self.database.connection() as connection:
            refund = await _ensure_owed(connection, payment_id, actor)
        judged = await self.checks.run(planned_refund(refund), refund.payment_id)
        _ensure_passed(judged.results)
        async with self.database.transaction() as connection:
            await connection.execute(refund_rows.LOCK, payment_id)
            # Once more: who waited for the lock may have been demoted, or it was sent meanwhile.
            refund = await _ensure_owed(connection, payment_id, actor)
            is_final = await self._is_final(connection, refund, actor)
            await connection.fetchval(
                refund_queries.ORDER, payment_id, refund.amount, note, actor, is_final
            )
            if is_final:
                await _queue(connection, refund, actor)
            await _tell(connection, refund, actor, note, is_final=is_final)
            refund = await find_refund(connection, payment_id)
        log.info("refund to be sent", payment=payment_id, final=is_final)
        return Ordered(refund, judged.results, is_final)

    async def _is_final(self, connection: Connection, refund: Refund, actor: str) -> bool:
        """Whether one person suffices, or this is the second one.

        Raises:
            Forbidden: It is the same person again.
        """
        if refund.amount <= self.alone_max:
            return True
        last = await connection.fetchrow(refund_queries.LAST_ORDER, refund.payment_id)
        if last is None or last["is_final"]:
            return False
        if last["actor"] == actor:
            raise Forbidden("You proposed this. Another person must have it sent too.")
        # Who may not decide any more has not decided half of it either.
        return await may_decide(connection, last["actor"])


def planned_refund(refund: Refund) -> PlannedPayout:
    """A refund's payout as it would be queued now."""
    return PlannedPayout(
        id=refund.payment_id,
        kind=PayoutKind.REFUND,
        asset=PayoutAsset.USDT,
        source=refund.wallet,
        destination=refund.sender,
        amount=refund.amount,
    )


def _ensure_passed(results: Sequence[CheckResult]) -> None:
    if any(
        one.outcome is not Outcome.PASS and one.name is not FED_BY_THE_SIGNER for one in results
    ):
        raise ChecksNotPassed(results)


async def _ensure_owed(connection: Connection, payment_id: str, actor: str) -> Refund:
    """A refund that may be sent, by somebody who may have it sent."""
    await ensure_may_decide(connection, actor, "payouts")
    refund = await find_refund(connection, payment_id)
    if refund.sent is not None:
        raise NotOpen(f"This was sent back already, by transaction {refund.sent.txid}.")
    if refund.payout_id is not None:
        raise NotOpen(f"Payout {refund.payout_id} sends this: it is {refund.payout_status}.")
    if refund.proposal is not None:
        raise NotOpen(
            f"{refund.proposal.actor} says that transaction {refund.proposal.txid} sent this back. "
            "Have that confirmed or send it by hand: nothing is sent twice on a guess."
        )
    if refund.user_id is not None and refund.user_id == actor:
        raise Forbidden("Nobody has a refund sent to themselves.")
    return refund


async def _queue(connection: Connection, refund: Refund, actor: str) -> None:
    queued = await connection.fetchval(
        queries.ENQUEUE,
        ids.new_id(),
        PayoutKind.REFUND,
        refund.payment_id,
        PayoutAsset.USDT,
        refund.wallet,
        refund.sender,
        refund.amount,
        actor,
    )
    if queued is None:
        raise AlreadyChanged("refund")
    await connection.execute(refund_rows.SHOW, refund.recharge_id)


async def _tell(
    connection: Connection, refund: Refund, actor: str, note: str, *, is_final: bool
) -> None:
    """For the audit log, and for others, without the note."""
    details = {
        "amountMicro": refund.amount,
        "from": refund.wallet,
        "to": refund.sender,
        "note": note,
    }
    action = "payment.send" if is_final else "payment.propose_send"
    await connection.execute(AUDIT, actor, action, refund.payment_id, details)
    topic = "payment.sending" if is_final else "payment.proposed"
    facts = {"amountMicro": refund.amount}
    await connection.execute(TELL, [topic], [refund.payment_id], [facts])
