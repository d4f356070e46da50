"""Refunds that are owed, and stating that one was sent otherwise than by the pool.

The reader of the chain books a transfer of the same amount from a wallet of the pool to the
sender by itself. Whatever else paid a refund a person states, and the chain is asked whether
it did.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog

from jiema_app.domain.chain.agreement import is_agreed
from jiema_app.domain.chain.port import (
    ChainSource,
    FinalTransaction,
    TokenTransfer,
)
from jiema_app.domain.errors import AlreadyChanged, BadRequest, Forbidden, NotFound, NotOpen
from jiema_app.domain.identity.deciding import ensure_may_decide, may_decide
from jiema_app.domain.labels import clean_label
from jiema_app.domain.payment_reviews.queries import AUDIT, TELL
from jiema_app.domain.payment_reviews.service import NOTE_MAX
from jiema_app.domain.refunds import queries
from jiema_app.domain.refunds.proof import find_transfer
from jiema_app.domain.refunds.views import Refund, RefundReport, refund_view
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import MicroUsdt

log = structlog.get_logger()

_TXID: Final = re.compile(r"[0-9a-f]{64}")
TXID_TYPED_MAX: Final = 100
"""Characters of what may be typed: the id and blanks around it."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What came of a report.

    Attributes:
        is_final: False when it was proposed, and a second person must confirm it.
    """

    refund: Refund
    is_final: bool


@dataclass(frozen=True, slots=True)
class Refunds:
    """What is owed to senders, and what people state about it.

    Attributes:
        alone_max: Up to this a person alone may state what the chain cannot show: that another
            address is the sender's, or that another amount is enough.
    """

    database: Database
    alone_max: MicroUsdt

    async def list_owed(self) -> Sequence[Refund]:
        """Refunds that were decided on and not sent yet, longest owed first."""
        async with self.database.connection() as connection:
            return await _read(connection, await connection.fetch(queries.OWED))

    async def report(self, source: ChainSource, report: RefundReport) -> Reported:
        """Close a refund by the transaction that paid it. Repeated, it says the same again.

        Raises:
            BadRequest: The note or the id does not fit, or the transaction did not pay it.
            NotFound: There is no such payment.
            Forbidden: Who states it is no administrator, proposed it themselves, or would gain.
            NotOpen: It is not owed: never, or no more; or the signer sends it.
            AlreadyChanged: The transaction was used for another refund at the same moment.
            ChainError: The chain does not answer, or contradicts itself.
            Nothing changed in any of these cases.
        """
        report = _cleaned(report)
        async with self.database.connection() as connection:
            await ensure_may_decide(connection, report.actor)
            refund = await find_refund(connection, report.payment_id)
        if refund.sent is not None:
            return _repeated(refund, report)
        _ensure_sent_otherwise(refund)
        transaction = await ask_final(source, report.txid)
        async with self.database.transaction() as connection:
            await connection.execute(queries.LOCK, report.payment_id)
            # Not before: who waited for the lock may have been banned or demoted meanwhile.
            await ensure_may_decide(connection, report.actor)
            refund = await find_refund(connection, report.payment_id)
            if refund.sent is not None:
                return _repeated(refund, report)
            _ensure_sent_otherwise(refund)
            transfer = await _choose(connection, refund, report, transaction, source.token)
            is_final = await self._is_final(connection, refund, report, transfer)
            await _write(connection, refund, report, transfer, transaction, is_final=is_final)
            await _tell(connection, refund, report, transfer, is_final=is_final)
            after = await find_refund(connection, report.payment_id)
        log.info("refund reported", payment=refund.payment_id, final=is_final)
        return Reported(after, is_final)

    async def _is_final(
        self,
        connection: Connection,
        refund: Refund,
        report: RefundReport,
        transfer: TokenTransfer,
    ) -> bool:
        """Whether one person suffices, or this is the second one.

        Raises:
            Forbidden: It is the same person again, or who says that it went to themselves.
        """
        if (transfer.receiver, transfer.amount) == (refund.sender, refund.amount):
            return True
        if refund.user_id == report.actor:
            raise Forbidden("Nobody states this about a refund to themselves.")
        if refund.amount <= self.alone_max:
            return True
        proposal = refund.proposal
        key = (transfer.txid, transfer.log_index)
        if proposal is None or (proposal.txid, proposal.log_index) != key:
            return False
        assert proposal.actor is not None
        if proposal.actor == report.actor:
            raise Forbidden("You proposed this. Another person must confirm it.")
        # Who may not decide any more has not decided half of it either.
        return await may_decide(connection, proposal.actor)


def _cleaned(report: RefundReport) -> RefundReport:
    txid = clean_txid(report.txid)
    note = clean_label(report.note, what="Note", length_max=NOTE_MAX)
    return replace(report, txid=txid, note=note)


def clean_txid(text: str) -> str:
    """The id of a transaction as it is kept.

    Raises:
        BadRequest: What was typed is none.
    """
    txid = text[:TXID_TYPED_MAX].strip().lower()
    if len(text) > TXID_TYPED_MAX or not _TXID.fullmatch(txid):
        raise BadRequest("A transaction's id has 64 hexadecimal digits.")
    return txid


def _ensure_sent_otherwise(refund: Refund) -> None:
    """See to it that the signer does not send it too.

    Raises:
        NotOpen: It was told to.
    """
    if refund.payout_id is not None:
        raise NotOpen(
            f"Payout {refund.payout_id} sends this: it is {refund.payout_status}. Only when that is "
            "cancelled can it have been sent otherwise."
        )


def _repeated(refund: Refund, report: RefundReport) -> Reported:
    """What is closed already, when this is how.

    Raises:
        NotOpen: It was sent back otherwise.
    """
    assert refund.sent is not None
    wanted = (report.txid, report.receiver or refund.sender)
    if (refund.sent.txid, refund.sent.receiver) != wanted:
        raise NotOpen(f"This was sent back already, by transaction {refund.sent.txid}.")
    return Reported(refund, is_final=True)


async def ask_final(source: ChainSource, txid: str) -> FinalTransaction:
    """A transaction that is final, by two nodes where there are two.

    Raises:
        BadRequest: There is none, or it is final to one node only.
        ChainIncomplete: They contradict each other about it.
    """
    found = await source.read_final_transaction(txid)
    if found is None:
        raise BadRequest("No final block has this transaction. A young one takes about a minute.")

    def concerns(transfer: TokenTransfer) -> bool:
        return transfer.txid == txid

    if not await is_agreed(source, found.header, list(found.transfers), concerns):
        raise BadRequest("Another node has not got the block of this transaction yet. Try again.")
    return found


async def _choose(
    connection: Connection,
    refund: Refund,
    report: RefundReport,
    found: FinalTransaction,
    token: str,
) -> TokenTransfer:
    """The transfer of the transaction that paid a refund.

    Raises:
        BadRequest: None did.
    """
    receiver = report.receiver or refund.sender
    if await connection.fetchval(queries.IS_WALLET, receiver):
        raise BadRequest(f"{receiver} is a wallet of the pool: nothing was sent back.")
    await connection.execute(queries.LOCK_TRANSACTION, report.txid)
    payout = await connection.fetchval(queries.PAYOUT_OF_TRANSACTION, report.txid)
    if payout is not None:
        raise BadRequest(f"This transaction was signed for payout {payout}, and pays that.")
    used = {
        row["log_index"]: row["paid"] for row in await connection.fetch(queries.USED, report.txid)
    }
    return find_transfer(refund, report, found, token, used)


async def _write(
    connection: Connection,
    refund: Refund,
    report: RefundReport,
    transfer: TokenTransfer,
    transaction: FinalTransaction,
    *,
    is_final: bool,
) -> None:
    """Write down the transfer and, when that is final, post it.

    Raises:
        AlreadyChanged: It pays another refund since a moment ago.
    """
    reported = await connection.fetchval(
        queries.STATE,
        refund.payment_id,
        transfer.txid,
        transfer.log_index,
        transaction.header.number,
        transfer.sender,
        transfer.receiver,
        transfer.amount,
        report.note,
        report.actor,
        is_final,
    )
    if reported is None:
        raise AlreadyChanged("refund")
    if is_final:
        paid = min(transfer.amount, refund.amount)
        rest = refund.amount - paid
        posted = await connection.fetchval(queries.POST, refund.payment_id, paid, rest)
        assert posted, "a refund that was owed had been paid before"
        await connection.execute(queries.SHOW, refund.recharge_id)


async def _tell(
    connection: Connection,
    refund: Refund,
    report: RefundReport,
    transfer: TokenTransfer,
    *,
    is_final: bool,
) -> None:
    """For the audit log, and for others, without the note."""
    details = {
        "txid": transfer.txid,
        "to": transfer.receiver,
        "amountMicro": transfer.amount,
        "owedMicro": refund.amount,
        "note": report.note,
    }
    action = "payment.refunded" if is_final else "payment.propose"
    await connection.execute(AUDIT, report.actor, action, refund.payment_id, details)
    topic = "payment.refunded" if is_final else "payment.proposed"
    facts = {"amountMicro": transfer.amount}
    await connection.execute(TELL, [topic], [refund.payment_id], [facts])


async def find_refund(connection: Connection, payment_id: str) -> Refund:
    """A refund, owed or sent.

    Raises:
        NotFound: There is no such payment.
        NotOpen: It never was to be sent back, or there is nothing to send.
    """
    rows = await connection.fetch(queries.ONE, payment_id)
    if rows:
        return (await _read(connection, rows))[0]
    if not await connection.fetchval(queries.IS_PAYMENT, payment_id):
        raise NotFound("No such payment.")
    raise NotOpen("Nothing is owed for this payment.")


async def _read(connection: Connection, rows: Sequence[Any]) -> Sequence[Refund]:
    found = await connection.fetch(queries.SENT, [row["payment_id"] for row in rows])
    last = {row["payment_id"]: row for row in found}
    return [refund_view(row, last.get(row["payment_id"])) for row in rows]
