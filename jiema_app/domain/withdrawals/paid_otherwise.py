"""Stating which other transaction paid a withdrawal, when the signer's did not.

The chain is asked whether it did: final, to the withdrawal's address, exactly what is owed, and
nothing else was paid with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from jiema_app.domain.chain.port import ChainSource, FinalTransaction, TokenTransfer
from jiema_app.domain.errors import AlreadyChanged, BadRequest, Forbidden, NotOpen
from jiema_app.domain.identity.deciding import ensure_may_decide, may_decide
from jiema_app.domain.labels import clean_label
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.ledger.accounts import HouseAccount, TransferKind, UserAccount
from jiema_app.domain.payouts import queries as payout_queries
from jiema_app.domain.payouts.statuses import FOR_A_PERSON, PayoutStatus
from jiema_app.domain.refunds.queries import LOCK_TRANSACTION
from jiema_app.domain.refunds.service import ask_final, clean_txid
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import MicroUsdt, UserId, usdt_text
from jiema_app.domain.withdrawals import queries
from jiema_app.domain.withdrawals.deciding import get_withdrawal
from jiema_app.domain.withdrawals.statuses import WithdrawalStatus
from jiema_app.domain.withdrawals.terms import read_terms
from jiema_app.domain.withdrawals.views import WithdrawalView

log = structlog.get_logger()

NOTE_MAX: Final = 500

_WAITING: Final = {str(one) for one in FOR_A_PERSON}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidStatement:
    """Somebody says what paid a withdrawal.

    Attributes:
        note: How it came to that, for whoever reads it later.
        actor: Who says so: the id of an administrator, or a command of ours.
    """

    withdrawal_id: str
    txid: str
    note: str
    actor: str


@dataclass(frozen=True, slots=True)
class StatedPaid:
    """What came of it.

    Attributes:
        is_final: False when it was proposed, and a second person must state the same.
    """

    withdrawal: WithdrawalView
    is_final: bool


@dataclass(frozen=True, slots=True)
class PaidOtherwise:
    """Ends withdrawals that were paid by another transaction than the signer's."""

    database: Database

    async def state(self, source: ChainSource, statement: PaidStatement) -> StatedPaid:
        """Settle a withdrawal by the transaction that paid it. Repeated, it says the same again.

        Only one whose payout waits for a person, with no transaction that may still be paid: that
        payout is cancelled.

        Raises:
            BadRequest: The note or the id does not fit, or the transaction did not pay it.
            NotFound: There is no such withdrawal.
            Forbidden: Who states it is no administrator, asked for it, or proposed this before.
            NotOpen: It was not approved, it may still be paid, or it was paid by another one.
            AlreadyChanged: The transfer was used for something else at the same moment.
            ChainError: The chain does not answer, or contradicts itself.
            Nothing changed in any of these cases.
        """
        txid = clean_txid(statement.txid)
        note = clean_label(statement.note, what="Note", length_max=NOTE_MAX)
        actor, withdrawal = statement.actor, statement.withdrawal_id
        async with self.database.connection() as connection:
            view = await _ensure_may_state(connection, withdrawal, actor)
            if view.decided is WithdrawalStatus.SETTLED:
                return _repeated(view, txid)
            await _ensure_waiting(connection, view)
        found = await ask_final(source, txid)
        async with self.database.transaction() as connection:
            await connection.execute(queries.LOCK, withdrawal)
            # Once more: who waited for the lock may have been demoted, or it was paid meanwhile.
            view = await _ensure_may_state(connection, withdrawal, actor)
            if view.decided is WithdrawalStatus.SETTLED:
                return _repeated(view, txid)
            await _ensure_waiting(connection, view)
            transfer = await _choose(connection, view, found, source.token)
            is_final = await _is_final(connection, view, transfer, actor)
            await _write_down(connection, view, transfer, note, actor, is_final=is_final)
            if is_final:
                await _settle(connection, view)
            view = await get_withdrawal(connection, withdrawal)
        log.info("withdrawal stated as paid", withdrawal=withdrawal, txid=txid, final=is_final)
        return StatedPaid(view, is_final)


async def _ensure_may_state(connection: Connection, withdrawal: str, actor: str) -> WithdrawalView:
    await ensure_may_decide(connection, actor, "withdrawals")
    view = await get_withdrawal(connection, withdrawal)
    if view.user_id == actor:
        raise Forbidden("Nobody decides about a withdrawal of their own.")
    return view


def _repeated(view: WithdrawalView, txid: str) -> StatedPaid:
    """What is paid already, when this is how.

    Raises:
        NotOpen: It was paid by another transaction.
    """
    if view.txid != txid:
        raise NotOpen(f"This was paid already, by transaction {view.txid}.")
    return StatedPaid(view, is_final=True)


async def _ensure_waiting(connection: Connection, view: WithdrawalView) -> None:
    """See to it that nothing else pays it.

    Raises:
        NotOpen: It was not approved, or the signer may still pay it.
    """
    if view.decided is not WithdrawalStatus.APPROVED or view.status not in _WAITING:
        raise NotOpen(
            f"This withdrawal is {view.status}: only one that was approved, and whose payout waits "
            "for a person, can have been paid otherwise."
        )
    if await connection.fetchval(payout_queries.HAS_LIVE_ATTEMPT, view.payout_id):
        raise NotOpen("What was signed for this withdrawal may still be paid, or was.")


async def _choose(
    connection: Connection, view: WithdrawalView, found: FinalTransaction, token: str
) -> TokenTransfer:
    """The transfer of a transaction that paid a withdrawal.

    Raises:
        BadRequest: None did.
    """
    if not found.succeeded:
        raise BadRequest("This transaction failed on the chain: it moved nothing.")
    if found.header.time <= view.created_at:
        raise BadRequest("This transaction is older than the withdrawal.")
    paid = [
        one
        for one in found.transfers
        if one.contract == token and one.receiver == view.address and one.sender != one.receiver
    ]
    if not paid:
        raise BadRequest(f"This transaction moves no USDT to {view.address}.")
    exact = [one for one in paid if one.amount == view.net]
    if not exact:
        amounts = " and ".join(usdt_text(one.amount) for one in paid)
        raise BadRequest(f"It brings {amounts} USDT, and {usdt_text(view.net)} are to be paid.")
    await connection.execute(LOCK_TRANSACTION, found.txid)
    free = await _unused(connection, exact)
    if not free:
        raise BadRequest("This transaction has paid something else: a payout, or a refund.")
    return free[0]


async def _unused(
    connection: Connection, transfers: Sequence[TokenTransfer]
) -> Sequence[TokenTransfer]:
    return [
        one
        for one in transfers
        if not await connection.fetchval(queries.IS_TXID_USED, one.txid, one.log_index)
    ]


async def _is_final(
    connection: Connection, view: WithdrawalView, transfer: TokenTransfer, actor: str
) -> bool:
    """Whether one person suffices, or this is the second one.

    Raises:
        Forbidden: It is the same person again.
    """
    terms = await read_terms(connection)
    if view.amount <= terms.rules.alone_max_micro:
        return True
    last = await connection.fetchrow(queries.PROPOSAL, view.id)
    stated = ("paid", transfer.txid, transfer.log_index)
    if last is None or (last["action"], last["txid"], last["log_index"]) != stated:
        return False
    if last["actor"] == actor:
        raise Forbidden("You stated this. Above the bound another person must state it too.")
    # Who may not decide any more has not decided half of it either.
    return await may_decide(connection, last["actor"])


async def _write_down(
    connection: Connection,
    view: WithdrawalView,
    transfer: TokenTransfer,
    note: str,
    actor: str,
    *,
    is_final: bool,
) -> None:
    decision: tuple[Any, ...] = (view.id, "paid", note, actor, is_final, None)
    await connection.execute(queries.DECIDE, *decision, transfer.txid, transfer.log_index)
    details = {
        "amountUsdt": usdt_text(view.amount),
        "netUsdt": usdt_text(view.net),
        "address": view.address,
        "was": view.status,
        "txid": transfer.txid,
        "from": transfer.sender,
        "note": note,
    }
    action = "withdrawal.paid" if is_final else "withdrawal.propose_paid"
    await connection.execute(queries.AUDIT, actor, action, view.id, details)
    if is_final:
        facts = {"amountMicro": transfer.amount, "txid": transfer.txid}
        await connection.execute(queries.TELL, "withdrawal.paid_otherwise", view.id, facts)


async def _settle(connection: Connection, view: WithdrawalView) -> None:
    """End its payout and itself, and post what it cost.

    Raises:
        NotOpen: What was signed for it may still be paid.
        AlreadyChanged: Somebody else was quicker.
    """
    ended = await connection.fetchval(
        payout_queries.CHANGE, view.payout_id, PayoutStatus.CANCELLED, "paid by another transaction"
    )
    if ended is None:
        raise NotOpen("What was signed for this withdrawal may still be paid, or was.")
    if await connection.fetchrow(queries.SETTLE_OTHERWISE, view.id) is None:
        raise AlreadyChanged("withdrawal")
    purses = await ledger.list_purses(connection, UserId(view.user_id))
    held = purses[UserAccount.WITHDRAWAL_HOLD].account
    for kind, target, amount in (
        (TransferKind.WITHDRAWAL_SETTLED, HouseAccount.OWNER_FUNDS, view.net),
        (TransferKind.WITHDRAWAL_FEE, HouseAccount.WITHDRAWAL_FEES, view.fee),
    ):
        if not amount:
            continue
        posted = await ledger.post(
            connection, kind, view.id, source=held, target=target, amount=MicroUsdt(amount)
        )
        assert posted, "a withdrawal that was not paid had been posted before"
