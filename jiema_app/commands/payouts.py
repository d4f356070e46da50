"""``payouts``: what leaves our wallets, one by one, and moving what the pool holds.

The JSON is a contract with programs outside: keys are added at the end, never changed.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from jiema_app.bootstrap import Services
from jiema_app.bootstrap_chain import ChainServices
from jiema_app.commands.acting import By, TokenFile, acting
from jiema_app.commands.console import ACTOR, AsJson, fail, show, with_services
from jiema_app.commands.people import parse_usdt
from jiema_app.commands.recharges import moment_text
from jiema_app.domain.payouts.desk import Listed
from jiema_app.domain.payouts.kinds import Purpose
from jiema_app.domain.payouts.sweeping import SweepPlan, Swept
from jiema_app.domain.payouts.views import AttemptView, PayoutInFull, PayoutView
from jiema_app.domain.units import usdt_text

payouts = typer.Typer(help="What leaves our wallets, and the signer.", no_args_is_help=True)

Note = Annotated[str, typer.Option(help="Why: kept in the audit log.")]
Payout = Annotated[str, typer.Argument(metavar="ID", help="Of a payout.")]


class Target(StrEnum):
    """Where sweeps go."""

    HOT = "hot"
    TREASURY = "treasury"


@payouts.command("list")
def list_payouts(
    is_open: Annotated[
        bool, typer.Option("--open", help="To be signed or on their way: the default.")
    ] = False,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Those that wait for a person.")
    ] = False,
    ended: Annotated[bool, typer.Option("--ended", help="Those that ended last.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print payouts, 200 at most."""
    if is_open + waiting + ended > 1:
        fail("give one of --open, --waiting and --ended")
    which = Listed.WAITING if waiting else Listed.ENDED if ended else Listed.OPEN
    found = with_services(lambda services: services.payouts.desk.list(which))
    if as_json:
        show({"payouts": [_short(one) for one in found]}, as_json=True)
        return
    for one in found:
        reason = f"  ({one.reason})" if one.reason else ""
        typer.echo(
            f"{one.id}  {one.kind:<10}  {one.status:<15}  {usdt_text(one.amount):>12} {one.asset}"
            f"  {one.source} → {one.destination}{reason}"
        )
    if not found:
        typer.echo(f"none are {which}")


@payouts.command("show")
def show_payout(payout_id: Payout, as_json: AsJson = False) -> None:
    """Print one with every transaction that was signed for it, and its checks."""
    _print(with_services(lambda services: services.payouts.desk.show(payout_id)), as_json=as_json)


@payouts.command("retry")
def retry(
    payout_id: Payout,
    note: Note,
    by: By = ACTOR,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Have a sweep, a refund or gas signed anew that waits for a person."""
    _decide(
        lambda services, actor: services.payouts.desk.retry(payout_id, actor=actor, note=note),
        by,
        token_file,
        as_json=as_json,
    )


@payouts.command("cancel")
def cancel(
    payout_id: Payout,
    note: Note,
    by: By = ACTOR,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """End a sweep, a refund or gas of which nothing may be paid any more."""
    _decide(
        lambda services, actor: services.payouts.desk.cancel(payout_id, actor=actor, note=note),
        by,
        token_file,
        as_json=as_json,
    )


@payouts.command("sweep")
def sweep(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be moved, and move nothing.")
    ] = False,
    to: Annotated[Target, typer.Option(help="Which wallet gets it.")] = Target.HOT,
    above: Annotated[
        str | None,
        typer.Option(metavar="USDT", help="From how much on; else PAYOUT_SWEEP_ABOVE_USDT."),
    ] = None,
    by: By = ACTOR,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Move what wallets of the pool hold that rest: all of it but one unit."""
    least = None if above is None else parse_usdt(above)

    async def work(services: Services) -> tuple[SweepPlan, Swept | None]:
        sweeping, source = services.payouts.sweeping, reading(services).source
        actor = None if dry_run else await acting(services, by, token_file)
        plan = await sweeping.plan(source, to=Purpose(to.upper()), above=least)
        return plan, None if actor is None else await sweeping.sweep(plan, actor=actor)

    plan, swept = with_services(work)
    facts = _plan_facts(plan) | {
        "queued": [] if swept is None else [payout for payout, _ in swept.payouts],
        "overtaken": [] if swept is None else list(swept.overtaken),
    }
    if as_json:
        show(facts, as_json=True)
        return
    _print_plan(plan)
    if swept is not None:
        typer.echo(f"{len(swept.payouts)} queued: see `payouts list`")
        for address in swept.overtaken:
            typer.echo(f"left: {address} was given to somebody meanwhile, or is swept already")


def reading(services: Services) -> ChainServices:
    """What reads the chain.

    Raises:
        typer.Exit: No node is configured.
    """
    if services.chain is None:
        fail("no node is configured")
    return services.chain


def moment(at: datetime | None) -> str | None:
    """A moment as JSON has it."""
    return None if at is None else moment_text(at)


def _decide(
    work: Callable[[Services, str], Awaitable[PayoutInFull]],
    by: str,
    token_file: TokenFile,
    *,
    as_json: bool,
) -> None:
    async def decide(services: Services) -> PayoutInFull:
        return await work(services, await acting(services, by, token_file))

    _print(with_services(decide), as_json=as_json)


def _short(one: PayoutView) -> dict[str, Any]:
    return {
        "payoutId": one.id,
        "kind": one.kind,
        "status": one.status,
        "asset": one.asset,
        "amount": usdt_text(one.amount),
        "from": one.source,
        "to": one.destination,
        "subject": one.subject,
        "reason": one.reason,
        "createdBy": one.created_by,
        "createdAt": moment_text(one.created_at),
    }


def _long(found: PayoutInFull) -> dict[str, Any]:
    one = found.payout
    return _short(one) | {
        "notBefore": moment(one.not_before),
        "endedAt": moment(one.ended_at),
        "estimatedFeeTrx": _trx(one.estimated_fee_sun),
        "feeTrx": _trx(one.fee_sun),
        "gas": [gas.id for gas in found.gas],
        "attempts": [_attempt(attempt) for attempt in found.attempts],
        "checkedAt": moment(one.checked_at),
        "checks": [
            {
                "name": check["name"],
                "result": check["outcome"],
                "value": check["value"],
                "evidence": check["evidence"],
                "block": check["block_number"],
                "node": check["node"],
                "at": check["at"],
            }
            for check in one.checks
        ],
    }


def _attempt(one: AttemptView) -> dict[str, Any]:
    return {
        "number": one.number,
        "txid": one.txid,
        "signedAt": moment_text(one.signed_at),
        "expiresAt": moment_text(one.expires_at),
        "feeLimitTrx": _trx(one.fee_limit_sun),
        "keyVersion": one.key_version,
        "isFromJournal": one.is_from_journal,
        "sentTimes": one.sent_count,
        "lastSentAt": moment(one.last_sent_at),
        "lastAnswer": one.last_answer,
        "block": one.block_number,
        "outcome": one.outcome,
        "evidence": one.evidence,
        "feeTrx": _trx(one.fee_sun),
        "energy": one.energy,
        "endedAt": moment(one.ended_at),
    }


def _print(found: PayoutInFull, *, as_json: bool) -> None:
    facts = _long(found)
    if as_json:
        show(facts, as_json=True)
        return
    attempts, checks = facts.pop("attempts"), facts.pop("checks")
    show({name: "-" if value is None else value for name, value in facts.items()}, as_json=False)
    for one in attempts:
        typer.echo(
            f"attempt {one['number']}: {one['txid']}, signed {one['signedAt']}, expires "
            f"{one['expiresAt']}, sent {one['sentTimes']} times\n"
            f"  {one['outcome'] or 'may still be paid'}: {one['evidence'] or one['lastAnswer']}"
        )
    for one in checks:
        where = f" (block {one['block']}, {one['node']} node)" if one["block"] else ""
        typer.echo(f"{one['result']:<7}  {one['name']:<26}  {one['evidence']}{where}")


def _plan_facts(plan: SweepPlan) -> dict[str, Any]:
    return {
        "to": plan.purpose.lower(),
        "address": plan.target,
        "aboveUsdt": usdt_text(plan.above),
        "energySun": plan.prices.energy_sun,
        "byteSun": plan.prices.byte_sun,
        "amountUsdt": usdt_text(plan.amount),
        "feeTrx": _trx(plan.fee_sun),
        "sweeps": [
            {
                "wallet": one.address,
                "heldUsdt": usdt_text(one.held),
                "keptUsdt": usdt_text(one.kept),
                "amountUsdt": usdt_text(one.amount),
                "energy": one.energy,
                "feeTrx": _trx(one.fee_sun),
                "missingTrx": _trx(one.missing_sun),
            }
            for one in plan.sweeps
        ],
        "passedOver": [{"wallet": one, "why": why} for one, why in plan.passed_over],
        "further": plan.further,
    }


def _print_plan(plan: SweepPlan) -> None:
    typer.echo(
        f"to the {plan.purpose.lower()} wallet {plan.target}; energy costs "
        f"{plan.prices.energy_sun} sun, a byte {plan.prices.byte_sun}"
    )
    for one in plan.sweeps:
        kept = f", {usdt_text(one.kept)} stay for refunds" if one.kept else ""
        typer.echo(
            f"{one.address}  {usdt_text(one.amount):>14} USDT of {usdt_text(one.held)}{kept}; "
            f"{one.energy} energy, about {_trx(one.fee_sun)} TRX, of which "
            f"{_trx(one.missing_sun)} must be sent there"
        )
    for address, why in plan.passed_over:
        typer.echo(f"{address}  left: {why}")
    typer.echo(
        f"{len(plan.sweeps)} wallets, {usdt_text(plan.amount)} USDT, about {_trx(plan.fee_sun)} TRX"
    )
    if plan.further:
        typer.echo(f"{plan.further} more wallets hold so much: ask again when these are swept")


def _trx(sun: int | None) -> str | None:
    # It has six decimals, as USDT has.
    return None if sun is None else usdt_text(sun)
