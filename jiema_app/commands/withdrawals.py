"""``withdrawal``: asking to be paid out in somebody's name, and deciding about it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

import typer

from jiema_app.bootstrap import Services
from jiema_app.commands.acting import By, TokenFile, acting
from jiema_app.commands.console import ACTOR, AsJson, fail, show, with_services
from jiema_app.commands.people import parse_usdt
from jiema_app.commands.recharges import moment_text
from jiema_app.commands.withdrawal_terms import terms
from jiema_app.domain import ids
from jiema_app.domain.payouts.checks.results import CheckResult
from jiema_app.domain.payouts.eight_checks import ChecksNotPassed
from jiema_app.domain.units import UserId, usdt_text
from jiema_app.domain.withdrawals.paid_otherwise import PaidStatement
from jiema_app.domain.withdrawals.requests import WithdrawalRequest
from jiema_app.domain.withdrawals.review_views import ReviewedWithdrawal
from jiema_app.domain.withdrawals.views import WithdrawalView

withdrawal = typer.Typer(help="Withdrawals: ask, review, decide.", no_args_is_help=True)
withdrawal.add_typer(terms, name="terms")

Note = Annotated[str, typer.Option(help="Why, for whoever reads it later.")]


@withdrawal.command("request")
def request(
    user: str,
    address: Annotated[str, typer.Option(help="Where it goes.")],
    amount_usdt: Annotated[str, typer.Option(help="What leaves the balance, fee and all.")],
    source: Annotated[str, typer.Option(help="commission, or spending.")] = "commission",
    as_json: AsJson = False,
) -> None:
    """Ask to be paid out, as its owner could: held at once."""
    amount = parse_usdt(amount_usdt)

    async def ask(services: Services) -> dict[str, Any]:
        wish = WithdrawalRequest(
            address=address, amount=amount, source=source, request_key=ids.new_id()
        )
        view = await services.payouts.withdrawals.request(UserId(user), wish)
        return {
            "withdrawalId": view.id,
            "status": view.status,
            "feeUsdt": usdt_text(view.fee),
            "netUsdt": usdt_text(view.net),
        }

    show(with_services(ask), as_json=as_json)


@withdrawal.command("list")
def list_withdrawals(
    ended: Annotated[bool, typer.Option("--ended", help="Those that ended last.")] = False,
    as_json: AsJson = False,
) -> None:
    """Those that wait or are on their way, oldest first."""

    async def read(services: Services) -> dict[str, Any]:
        reviews = services.payouts.reviews
        found = await (reviews.list_ended() if ended else reviews.list_open())
        return {"withdrawals": [_short(one) | {"userId": one.user_id} for one in found]}

    facts = with_services(read)
    if as_json:
        show(facts, as_json=True)
        return
    for one in facts["withdrawals"]:
        typer.echo(
            f"{one['withdrawalId']}  {one['status']:<15}  {one['amountUsdt']:>12} USDT  "
            f"net {one['netUsdt']:>12}  {one['address']}  by {one['userId']}"
        )


@withdrawal.command("show")
def show_one(withdrawal_id: str, as_json: AsJson = False) -> None:
    """One with its eight checks as they are now, sums, and what was decided."""

    async def read(services: Services) -> dict[str, Any]:
        return _long(await services.payouts.reviews.show(withdrawal_id))

    _print(with_services(read), as_json=as_json)


@withdrawal.command("approve")
def approve(
    withdrawal_id: str,
    by: By = ACTOR,
    note: Annotated[str | None, typer.Option(help="Kept with the decision.")] = None,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Have it paid out, if all eight checks pass. Above the bound two persons do so."""

    async def decide(services: Services) -> dict[str, Any]:
        actor = await acting(services, by, token_file)
        try:
            approval = await services.payouts.reviews.approve(withdrawal_id, actor=actor, note=note)
        except ChecksNotPassed as refused:
            fail("not all eight checks passed:\n" + "\n".join(map(_line, refused.results)))
        found = await services.payouts.reviews.show(withdrawal_id, runs_checks=False)
        waits = {} if approval.is_final else {"waitsFor": "a second person"}
        return _long(found, approval.checks) | waits

    _print(with_services(decide), as_json=as_json)


@withdrawal.command("reject")
def reject(
    withdrawal_id: str,
    note: Note,
    by: By = ACTOR,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """End it without a payment: the whole amount goes back, and its owner reads the note."""

    async def decide(services: Services, actor: str) -> None:
        await services.payouts.reviews.reject(withdrawal_id, actor=actor, note=note)

    _decide(withdrawal_id, decide, by, token_file, as_json=as_json)


@withdrawal.command("retry")
def retry(
    withdrawal_id: str,
    note: Note,
    by: By = ACTOR,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Have one signed anew whose transactions are proved to have paid nothing."""

    async def decide(services: Services, actor: str) -> None:
        await services.payouts.reviews.retry(withdrawal_id, actor=actor, note=note)

    _decide(withdrawal_id, decide, by, token_file, as_json=as_json)


@withdrawal.command("state-paid")
def state_paid(
    withdrawal_id: str,
    txid: Annotated[str, typer.Option(help="The transaction that paid it.")],
    note: Note,
    by: By = ACTOR,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """State which other transaction paid one whose payout waits for a person."""

    async def decide(services: Services) -> dict[str, Any]:
        actor = await acting(services, by, token_file)
        if services.chain is None:
            fail("no node is configured")
        statement = PaidStatement(withdrawal_id=withdrawal_id, txid=txid, note=note, actor=actor)
        stated = await services.payouts.paid_otherwise.state(services.chain.source, statement)
        found = await services.payouts.reviews.show(withdrawal_id, runs_checks=False)
        waits = {} if stated.is_final else {"waitsFor": "a second person"}
        return _long(found) | waits

    _print(with_services(decide), as_json=as_json)


@withdrawal.command("cancel")
def cancel(withdrawal_id: str, as_json: AsJson = False) -> None:
    """Take it back in its owner's name, before anybody approved it."""

    async def take_back(services: Services) -> dict[str, Any]:
        reviews = services.payouts.reviews
        found = await reviews.show(withdrawal_id, runs_checks=False)
        await services.payouts.withdrawals.cancel(found.withdrawal.user_id, withdrawal_id)
        return _long(await reviews.show(withdrawal_id, runs_checks=False))

    _print(with_services(take_back), as_json=as_json)


def _decide(
    withdrawal_id: str,
    work: Callable[[Services, str], Awaitable[None]],
    by: str,
    token_file: TokenFile,
    *,
    as_json: bool,
) -> None:
    async def decide(services: Services) -> dict[str, Any]:
        await work(services, await acting(services, by, token_file))
        return _long(await services.payouts.reviews.show(withdrawal_id, runs_checks=False))

    _print(with_services(decide), as_json=as_json)


def _short(view: WithdrawalView) -> dict[str, Any]:
    return {
        "withdrawalId": view.id,
        "status": view.status,
        "address": view.address,
        "amountUsdt": usdt_text(view.amount),
        "feeUsdt": usdt_text(view.fee),
        "netUsdt": usdt_text(view.net),
    }


def _long(found: ReviewedWithdrawal, checks: Sequence[CheckResult] | None = None) -> dict[str, Any]:
    view, sums = found.withdrawal, found.sums
    results = found.checks if checks is None else checks
    return _short(view) | {
        "txid": view.txid,
        "checks": [_check(one) for one in results],
        "userId": view.user_id,
        "source": view.source,
        "note": view.note,
        "waitsBecause": view.waits_because,
        "usableFrom": None if view.usable_from is None else moment_text(view.usable_from),
        "takesTwo": found.takes_two,
        "objection": found.objection,
        "userPaidUsdt": usdt_text(sums.user_paid),
        "userAskedTimes": sums.user_asked,
        "userDayUsdt": usdt_text(sums.user_day),
        "allDayUsdt": usdt_text(sums.all_day),
        "othersToAddress": sums.others_to_address,
        "decisions": [
            {
                "action": one.action,
                "by": one.actor,
                "final": one.is_final,
                "note": one.note,
                "at": moment_text(one.created_at),
            }
            for one in found.decisions
        ],
    }


def _check(one: CheckResult) -> dict[str, Any]:
    return {
        "name": one.name,
        "result": one.outcome,
        "value": one.value,
        "evidence": one.evidence,
        "block": one.block_number,
        "node": one.node,
        "at": moment_text(one.at),
    }


def _line(one: CheckResult) -> str:
    where = f" (block {one.block_number}, {one.node} node)" if one.node else ""
    return f"  {one.outcome:<7}  {one.name:<26}  {one.evidence}{where}"


def _print(facts: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show(facts, as_json=True)
        return
    checks, decisions = facts.pop("checks"), facts.pop("decisions")
    show(facts, as_json=False)
    for one in decisions:
        kind = "" if one["final"] else " (proposed)"
        typer.echo(
            f"decided  {one['at'][:19]}  {one['action']}{kind} by {one['by']}  {one['note'] or ''}"
        )
    for one in checks:
        where = f" (block {one['block']}, {one['node']} node)" if one["node"] else ""
        typer.echo(f"{one['result']:<7}  {one['name']:<26}  {one['evidence']}{where}")
