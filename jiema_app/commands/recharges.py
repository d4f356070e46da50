"""``recharge`` open, show, reviews, settle, cancel: what comes in, and deciding about it.

The JSON is a contract with programs outside: keys are added at the end, never changed.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
import typer

from jiema_app.bootstrap import Services
from jiema_app.commands.acting import By, TokenFile, acting
from jiema_app.commands.console import ACTOR, AsJson, fail, show, with_services
from jiema_app.commands.people import parse_usdt
from jiema_app.commands.sending import Sent, send_owed
from jiema_app.domain.payment_reviews.plans import NOTHING, Action, Decision
from jiema_app.domain.payment_reviews.service import Settled
from jiema_app.domain.payment_reviews.views import ReviewCase, ReviewPayment
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.domain.units import UserId, usdt_text

recharge = typer.Typer(help="Money that comes in, and what waits for you.", no_args_is_help=True)

Subject = Annotated[str, typer.Argument(metavar="ID", help="Of a recharge, or of a payment.")]


@recharge.command("open")
def recharge_open(
    user_id: str,
    amount_usdt: Annotated[str, typer.Option(help="What is to be paid, exactly.")],
    as_json: AsJson = False,
) -> None:
    """Open a recharge for a user, as they could themselves."""
    amount = parse_usdt(amount_usdt)
    opened = with_services(lambda services: services.recharges.open(UserId(user_id), amount))
    show(_invitation(opened), as_json=as_json)


@recharge.command("cancel")
def recharge_cancel(recharge_id: str) -> None:
    """Close the window of an open recharge, before anything was paid."""

    async def cancel(services: Services) -> None:
        found = await services.recharges.find(recharge_id)
        await services.recharges.cancel(found.user_id, recharge_id)

    with_services(cancel)
    typer.echo(f"{recharge_id} is cancelled")


@recharge.command("show")
def recharge_show(subject_id: Subject, as_json: AsJson = False) -> None:
    """Print a recharge, or a payment that is nobody's yet, with all that is known."""
    _print(with_services(lambda services: services.reviews.find(subject_id)), as_json=as_json)


@recharge.command("reviews")
def recharge_reviews(as_json: AsJson = False) -> None:
    """Print everything that waits for a person, longest waiting first."""
    cases = with_services(lambda services: services.reviews.list_waiting())
    if as_json:
        typer.echo(orjson.dumps([_facts(case) for case in cases]).decode())
    elif not cases:
        typer.echo("nothing waits")
    else:
        typer.echo("\n\n".join(_page(case, case.waiting) for case in cases))


@recharge.command("settle")
def recharge_settle(
    subject_id: Subject,
    note: Annotated[str, typer.Option(help="Why: kept with the payment and in the audit log.")],
    credit: Annotated[str | None, typer.Option(help="USDT to put on the balance.")] = None,
    refund: Annotated[bool, typer.Option("--refund", help="It goes back to its sender.")] = False,
    send: Annotated[
        bool, typer.Option("--send", help="With --refund: the signer sends it, at once.")
    ] = False,
    dismiss: Annotated[bool, typer.Option("--dismiss", help="It is nobody's.")] = False,
    user: Annotated[str | None, typer.Option(help="Whose a payment to no recharge is.")] = None,
    by: By = ACTOR,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Decide about everything that waits of a recharge, or about one payment."""
    if (credit is not None) + refund + dismiss != 1:
        fail("give exactly one of --credit AMOUNT, --refund and --dismiss")
    if send and not refund:
        fail("--send goes with --refund")
    if credit is not None:
        decision = Decision(Action.CREDIT, parse_usdt(credit))
    else:
        decision = Decision(Action.REFUND if refund else Action.DISMISS, NOTHING)

    async def settle(services: Services) -> tuple[Settled, Sequence[Sent]]:
        actor = await acting(services, by, token_file)
        waiting = {one.id for one in (await services.reviews.find(subject_id)).waiting}
        settled = await services.reviews.settle(
            subject_id,
            decision,
            note=note,
            actor=actor,
            user=None if user is None else UserId(user),
        )
        decided = [one for one in settled.case.payments if one.id in waiting] if send else []
        return settled, await send_owed(services, decided, actor=actor, note=note)

    settled, sent = with_services(settle)
    _print(settled.case, as_json=as_json, settled=settled, sent=sent)
    if any(one.refused for one in sent):
        raise typer.Exit(1)


def _print(
    case: ReviewCase,
    *,
    as_json: bool,
    settled: Settled | None = None,
    sent: Sequence[Sent] = (),
) -> None:
    if as_json:
        extra: dict[str, Any] = {} if settled is None else {"isFinal": settled.is_final}
        if sent:
            extra["sending"] = [one.as_json() for one in sent]
        show(_facts(case) | extra, as_json=True)
        return
    if settled is not None and not settled.is_final:
        typer.echo("proposed: another person must confirm it, by asking for the same\n")
    typer.echo(_page(case, case.payments))
    for one in sent:
        typer.echo(one.words, err=bool(one.refused))


def _invitation(opened: RechargeView) -> dict[str, Any]:
    return {
        "rechargeId": opened.id,
        "address": opened.address,
        "amountUsdt": usdt_text(opened.amount_micro),
        "expiresAt": moment_text(opened.expires_at),
    }


def _facts(case: ReviewCase) -> dict[str, Any]:
    """One form for a recharge and for a payment that came while nobody held its wallet."""
    found, payments = case.recharge, case.payments
    first = payments[0] if payments else None
    status: str
    received: int
    if found is not None:
        status, oddity = found.status, found.oddity
        received, credited = found.received_micro, found.credited_micro
    else:
        assert first is not None
        status, oddity = first.status, first.oddity
        received, credited = first.amount if first.is_money else 0, first.credited_micro
    return {
        "rechargeId": found and found.id,
        "status": status,
        "oddity": oddity,
        "receivedUsdt": usdt_text(received),
        "txids": [payment.txid for payment in payments],
        "creditedUsdt": usdt_text(credited),
        "amountUsdt": found and usdt_text(found.amount_micro),
        "address": found.address if found else first and first.to_address,
        "userId": found.user_id if found else first and first.credited_user_id,
        "expiresAt": found and moment_text(found.expires_at),
        "paymentIds": [payment.id for payment in case.waiting],
        "payments": [_payment_facts(payment) for payment in payments],
        "ownerNotes": [
            {"at": moment_text(note.created_at), "words": note.words}
            for note in (found.notes if found else ())
        ],
    }


def _payment_facts(payment: ReviewPayment) -> dict[str, Any]:
    proposal = payment.proposal
    return {
        "paymentId": payment.id,
        "status": payment.status,
        "oddity": payment.oddity,
        "isUsdt": payment.is_genuine,
        # Of a strange token nobody knows how many decimals it has.
        "amountUsdt": usdt_text(payment.amount) if payment.is_genuine else None,
        "amount": str(payment.amount),
        "creditedUsdt": usdt_text(payment.credited_micro),
        "txid": payment.txid,
        "logIndex": payment.log_index,
        "block": payment.block_number,
        "blockTime": moment_text(payment.block_time),
        "from": payment.from_address,
        "to": payment.to_address,
        "contract": payment.contract,
        "evidence": payment.evidence,
        "proposal": proposal
        and {
            "by": proposal.actor,
            "creditUsdt": usdt_text(proposal.amount),
            "userId": proposal.user_id,
            "note": proposal.note,
        },
        "refundTxid": payment.refund_txid,
    }


def _page(case: ReviewCase, payments: Sequence[ReviewPayment]) -> str:
    """A case for people: what it is about, then what arrived, with the evidence."""
    found = case.recharge
    if found is None:
        lines = [f"payment {case.payments[0].id}  of nobody's recharge"]
    else:
        asked, received, credited = map(
            usdt_text, (found.amount_micro, found.received_micro, found.credited_micro)
        )
        lines = [
            f"recharge {found.id}  {found.status}  {found.oddity or 'nothing odd'}",
            f"  asked {asked} USDT, received {received}, credited {credited}",
            f"  user {found.user_id}, wallet {found.address}, until {moment_text(found.closes_at)}",
            *(
                f"  its owner says, {moment_text(note.created_at)}: {note.words}"
                for note in found.notes
            ),
        ]
    for payment in payments:
        lines += _lines(payment)
    return "\n".join(lines)


def _lines(payment: ReviewPayment) -> list[str]:
    worth = (
        f"{usdt_text(payment.amount)} USDT"
        if payment.is_genuine
        else f"{payment.amount} units of another token"
    )
    lines = [
        f"  payment {payment.id}  {payment.status}  {payment.oddity or 'nothing odd'}",
        f"    {worth} from {payment.from_address} to {payment.to_address}",
        f"    transaction {payment.txid}, log {payment.log_index}, block {payment.block_number}",
    ]
    if not payment.is_genuine:
        lines.append(f"    contract {payment.contract}, which is not the token we take")
    if payment.credited_micro:
        lines.append(
            f"    credited {usdt_text(payment.credited_micro)} USDT to {payment.credited_user_id}"
        )
    if payment.is_refund_owed:
        lines.append(f"    owed to {payment.from_address}")
    if payment.refund_txid:
        lines.append(f"    sent back by transaction {payment.refund_txid}")
    if payment.evidence:
        lines.append(f"    {payment.evidence}")
    if payment.proposal is not None:
        proposal = payment.proposal
        lines.append(
            f"    proposed by {proposal.actor}: {usdt_text(proposal.amount)} USDT "
            f"to {proposal.user_id} ({proposal.note})"
        )
    return lines


def moment_text(moment: datetime) -> str:
    """UTC with milliseconds, as in the API."""
    return f"{moment.astimezone(UTC).isoformat(timespec='milliseconds')[: -len('+00:00')]}Z"
