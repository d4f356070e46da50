"""``recharge`` refunds, send-refund and refunded: what is owed to senders, and how it goes back.

The JSON is a contract with programs outside: keys are added at the end, never changed.
"""

from typing import Annotated, Any

import orjson
import typer

from jiema_app.bootstrap import Services
from jiema_app.commands.acting import By, TokenFile, acting
from jiema_app.commands.console import ACTOR, AsJson, fail, show, with_services
from jiema_app.commands.recharges import moment_text
from jiema_app.domain.payouts.checks.results import Outcome
from jiema_app.domain.payouts.eight_checks import ChecksNotPassed
from jiema_app.domain.payouts.refund_sending import Ordered
from jiema_app.domain.refunds.service import Reported
from jiema_app.domain.refunds.views import Refund, RefundReport, Sending
from jiema_app.domain.units import usdt_text


def refunds(as_json: AsJson = False) -> None:
    """Print what is owed to senders of payments, longest owed first."""
    owed = with_services(lambda services: services.refunds.list_owed())
    if as_json:
        typer.echo(orjson.dumps([_facts(refund) for refund in owed]).decode())
    elif not owed:
        typer.echo("nothing is owed")
    else:
        total = usdt_text(sum(refund.amount for refund in owed))
        pages = "\n\n".join(_page(refund) for refund in owed)
        typer.echo(f"{pages}\n\n{total} USDT are owed")


def refunded(
    payment_id: Annotated[str, typer.Argument(metavar="PAYMENT", help="Its id.")],
    txid: Annotated[str, typer.Option(help="The transaction that sent it back.")],
    note: Annotated[str, typer.Option(help="How it came to that: kept, and in the audit log.")],
    to: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Where it went, if not to where it came from."),
    ] = None,
    other_amount: Annotated[
        bool,
        typer.Option(
            "--other-amount", help="It brought more or less than is owed, and nothing follows."
        ),
    ] = False,
    by: By = ACTOR,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """State which transaction paid a refund, where the shop did not see it by itself."""

    async def state(services: Services) -> Reported:
        report = RefundReport(
            payment_id=payment_id,
            txid=txid,
            note=note,
            actor=await acting(services, by, token_file),
            receiver=to,
            is_other_amount=other_amount,
        )
        if services.chain is None:
            fail("no node is configured")
        return await services.refunds.report(services.chain.source, report)

    reported = with_services(state)
    if as_json:
        show(_facts(reported.refund) | {"isFinal": reported.is_final}, as_json=True)
        return
    if not reported.is_final:
        typer.echo("proposed: another person must confirm it, by asking for the same\n")
    typer.echo(_page(reported.refund))


def send_refund(
    payment_id: Annotated[str, typer.Argument(metavar="PAYMENT", help="Its id.")],
    note: Annotated[str, typer.Option(help="Why: kept with it, and in the audit log.")],
    by: By = ACTOR,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Have the signer send exactly what is owed, from the wallet that got it to its sender."""

    async def send(services: Services) -> Ordered:
        actor = await acting(services, by, token_file)
        return await order_refund(services, payment_id, actor=actor, note=note)

    ordered = with_services(send)
    if as_json:
        show(_facts(ordered.refund) | {"isFinal": ordered.is_final}, as_json=True)
        return
    echo_order(ordered)


async def order_refund(services: Services, payment_id: str, *, actor: str, note: str) -> Ordered:
    """Have a refund sent.

    Raises:
        typer.Exit: A check did not pass; each is on standard error.
    """
    try:
        return await services.payouts.refund_sending.send(payment_id, actor=actor, note=note)
    except ChecksNotPassed as refused:
        lines = [
            f"  {one.outcome:<7}  {one.name:<26}  {one.evidence}"
            for one in refused.results
            if one.outcome is not Outcome.PASS
        ]
        fail("\n".join(["it cannot be sent now:", *lines]))


def echo_order(ordered: Ordered) -> None:
    """Print what came of having a refund sent, for people."""
    if not ordered.is_final:
        typer.echo("proposed: another person must have it sent too, by asking for the same\n")
    typer.echo(_page(ordered.refund))


def _facts(refund: Refund) -> dict[str, Any]:
    return {
        "paymentId": refund.payment_id,
        "rechargeId": refund.recharge_id,
        "userId": refund.user_id,
        "amountUsdt": usdt_text(refund.amount),
        "to": refund.sender,
        "wallet": refund.wallet,
        "txid": refund.txid,
        "owedSince": moment_text(refund.decided_at),
        "decidedBy": refund.decided_by,
        "note": refund.note,
        "sent": _sending_facts(refund.sent),
        "proposal": _sending_facts(refund.proposal),
        "payoutId": refund.payout_id,
        "payoutStatus": refund.payout_status,
    }


def _sending_facts(sending: Sending | None) -> dict[str, Any] | None:
    if sending is None:
        return None
    return {
        "txid": sending.txid,
        "logIndex": sending.log_index,
        "block": sending.block_number,
        "from": sending.sender,
        "to": sending.receiver,
        "amountUsdt": usdt_text(sending.amount),
        "by": sending.actor,
        "note": sending.note,
        "at": moment_text(sending.stated_at),
    }


def _page(refund: Refund) -> str:
    """A refund for people: what to send where, and why."""
    whose = "nobody's recharge"
    if refund.recharge_id is not None:
        whose = f"recharge {refund.recharge_id}, user {refund.user_id}"
    lines = [
        f"payment {refund.payment_id}  {'owed' if refund.sent is None else 'sent back'}",
        f"  {usdt_text(refund.amount)} USDT to {refund.sender}",
        f"  came to wallet {refund.wallet} by transaction {refund.txid}",
        f"  of {whose}",
        f"  since {moment_text(refund.decided_at)}, by {refund.decided_by} ({refund.note})",
    ]
    if refund.payout_id is not None:
        lines.append(f"  by payout {refund.payout_id}, which is {refund.payout_status}")
    if refund.sent is not None:
        lines += _lines("sent", refund.sent)
    if refund.proposal is not None:
        lines += _lines(f"proposed by {refund.proposal.actor}:", refund.proposal)
    return "\n".join(lines)


def _lines(what: str, sending: Sending) -> list[str]:
    lines = [
        f"  {what} {usdt_text(sending.amount)} USDT to {sending.receiver}",
        f"    from {sending.sender} by transaction {sending.txid}, block {sending.block_number}",
    ]
    if sending.actor is not None:
        lines.append(f"    reported by {sending.actor} ({sending.note})")
    return lines
