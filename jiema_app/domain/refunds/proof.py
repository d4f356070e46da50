"""Whether a transaction paid a refund. Pure."""

from collections.abc import Mapping, Sequence

from jiema_app.domain.chain.port import FinalTransaction, TokenTransfer
from jiema_app.domain.errors import BadRequest
from jiema_app.domain.refunds.views import Refund, RefundReport
from jiema_app.domain.units import usdt_text


def find_transfer(
    refund: Refund,
    report: RefundReport,
    transaction: FinalTransaction,
    token: str,
    used: Mapping[int, str],
) -> TokenTransfer:
    """The transfer of a transaction that paid a refund.

    Args:
        refund: What is owed.
        report: What somebody says about it.
        transaction: What the chain says.
        token: The contract whose transfers are money.
        used: The payments that transfers of this transaction paid back, by their log.

    Raises:
        BadRequest: None of them did.
    """
    if not transaction.succeeded:
        raise BadRequest("This transaction failed on the chain: it moved nothing.")
    if transaction.header.number <= refund.block_number:
        raise BadRequest("This transaction is no younger than the payment itself.")
    ours = [
        one
        for one in transaction.transfers
        # What somebody sends to themselves went nowhere.
        if one.contract == token and one.amount and one.sender != one.receiver
    ]
    if not ours:
        raise BadRequest("This transaction moves no USDT.")
    receiver = report.receiver or refund.sender
    paid = [one for one in ours if one.receiver == receiver]
    if not paid:
        others = ", ".join(sorted({one.receiver for one in ours}))
        raise BadRequest(f"This transaction pays {others}, and nothing to {receiver}.")
    free = [one for one in paid if one.log_index not in used]
    if not free:
        others = ", ".join(sorted({used[one.log_index] for one in paid}))
        raise BadRequest(f"This transaction paid another refund already: of {others}.")
    return _of_amount(refund, report, free)


def _of_amount(
    refund: Refund, report: RefundReport, transfers: Sequence[TokenTransfer]
) -> TokenTransfer:
    """The transfer that brought what is owed, or the one that brought something else.

    Raises:
        BadRequest: There is none, or not one alone.
    """
    for one in transfers:
        if one.amount == refund.amount:
            return one
    if not report.is_other_amount or len(transfers) > 1:
        amounts = " and ".join(usdt_text(one.amount) for one in transfers)
        raise BadRequest(f"It brings {amounts} USDT, and {usdt_text(refund.amount)} are owed.")
    return transfers[0]
