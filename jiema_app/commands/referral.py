"""``referral …``: who was invited, what the rules found about it, and what people decide.

The JSON is a contract with programs outside: keys are added at the end, never changed.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import orjson
import typer

from jiema_app.bootstrap import Services
from jiema_app.commands.acting import By, TokenFile, acting
from jiema_app.commands.console import ACTOR, AsJson, fail, show, with_services
from jiema_app.commands.recharges import moment_text
from jiema_app.domain import ids
from jiema_app.domain.errors import NotFound
from jiema_app.domain.referrals.decisions import InvitationView
from jiema_app.domain.referrals.findings import Finding, explain
from jiema_app.domain.referrals.terms import ReferralTerms
from jiema_app.domain.units import UserId, usdt_text

referral = typer.Typer(help="Invitations: who brought whom.", no_args_is_help=True)
terms = typer.Typer(help="What inviting pays.", no_args_is_help=True)
referral.add_typer(terms, name="terms")

Invited = Annotated[str, typer.Argument(metavar="USER", help="Who was invited.")]
Note = Annotated[str, typer.Option(help="Why: kept with it and in the audit log.")]
Link = Annotated[
    bool,
    typer.Option("--link", help="USER owns the link: about it as a whole, not one invitation."),
]


@referral.command("list")
def referral_list(
    held: Annotated[
        bool, typer.Option("--held", help="Those that wait for a person, longest waiting first.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print invitations, the newest first; at most 200."""

    async def read(services: Services) -> Sequence[InvitationView]:
        return await services.referrals.decisions.list(held_only=held)

    found = with_services(read)
    if as_json:
        typer.echo(orjson.dumps([_facts(one) for one in found]).decode())
    else:
        typer.echo("\n".join(_line(one) for one in found) or "none")


@referral.command("links")
def referral_links(as_json: AsJson = False) -> None:
    """Print what was found about links as a whole and nobody has cleared; at most 200."""

    async def read(services: Services) -> Sequence[Finding]:
        return await services.referrals.decisions.list_links()

    found = with_services(read)
    if as_json:
        typer.echo(orjson.dumps([_finding(one) for one in found]).decode())
    else:
        typer.echo("\n".join(f"{one.referrer_id}  {_why(one)}" for one in found) or "none")


@referral.command("show")
def referral_show(user_id: Invited, link: Link = False, as_json: AsJson = False) -> None:
    """Print an invitation with everything that was found, in sentences."""
    user = _user(user_id)
    if link:
        _show_link(user, as_json=as_json)
        return
    found = with_services(lambda services: services.referrals.decisions.get(user))
    if as_json:
        show(_whole(found), as_json=True)
        return
    lines = [_line(found), *(f"  {_why(one)}" for one in found.findings)]
    lines += [f"  about the link: {_why(one)}" for one in found.link_findings]
    typer.echo("\n".join(lines))


@referral.command("clear")
def referral_clear(
    user_id: Invited,
    note: Note,
    link: Link = False,
    by: By = ACTOR,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Have an invitation earn whatever was found, and release what was held."""
    user = _user(user_id)

    async def clear(services: Services) -> dict[str, Any]:
        actor = await acting(services, by, token_file)
        desk = services.referrals.decisions
        if link:
            cleared = await desk.clear_link(user, actor=actor, note=note)
            return {"referrerId": user, "cleared": cleared}
        await desk.clear(user, actor=actor, note=note)
        return _whole(await desk.get(user))

    done = with_services(clear)
    if as_json:
        show(done, as_json=True)
    else:
        typer.echo(f"cleared: {', '.join(done['cleared'])}" if link else f"{user} earns now")


@referral.command("deny")
def referral_deny(
    user_id: Invited,
    note: Note,
    claw_back: Annotated[
        bool, typer.Option("--claw-back", help="Take back what was released before, too.")
    ] = False,
    by: By = ACTOR,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Have an invitation earn nothing: what is pending or held goes back."""
    user = _user(user_id)

    async def deny(services: Services) -> InvitationView:
        actor = await acting(services, by, token_file)
        desk = services.referrals.decisions
        await desk.deny(user, actor=actor, note=note, claws_back=claw_back)
        return await desk.get(user)

    denied = with_services(deny)
    if as_json:
        show(_whole(denied), as_json=True)
    else:
        typer.echo(f"{user} is denied")


@terms.command("show")
def terms_show(as_json: AsJson = False) -> None:
    """Print what inviting pays now."""
    show(_terms(with_services(lambda services: services.referral_terms.current())), as_json=as_json)


@terms.command("set")
def terms_set(
    commission_percent: Annotated[str, typer.Option(help="Share of what an invited user pays.")],
    note: Note,
    by: By = ACTOR,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Have inviting pay another share from now on. Orders that were placed before keep theirs."""
    basis_points = _basis_points(commission_percent)

    async def change(services: Services) -> ReferralTerms:
        actor = await acting(services, by, token_file)
        return await services.referral_terms.set(basis_points, actor=actor, note=note)

    show(_terms(with_services(change)), as_json=as_json)


def _show_link(user: UserId, *, as_json: bool) -> None:
    found = with_services(lambda services: services.referrals.decisions.list_about_link(user))
    if as_json:
        show({"referrerId": user, "findings": [_finding(one) for one in found]}, as_json=True)
    else:
        typer.echo("\n".join(_why(one) for one in found) or "nothing was found")


def _facts(one: InvitationView) -> dict[str, Any]:
    return {
        "userId": one.user_id,
        "referrerId": one.referrer_id,
        "status": one.status,
        "reason": one.hold_reason,
        "score": one.score,
        "source": one.source,
        "createdAt": moment_text(one.created_at),
        "clickedAt": _moment(one.clicked_at),
        "judgedAt": _moment(one.judged_at),
        "judgeAt": _moment(one.judge_at),
        "decidedAt": _moment(one.decided_at),
        "decidedBy": one.decided_by,
        "firstOrderAt": _moment(one.first_order_at),
        "orders": one.order_count,
        "earnedUsdt": usdt_text(one.earned_micro),
    }


def _whole(one: InvitationView) -> dict[str, Any]:
    return _facts(one) | {
        "pendingUsdt": usdt_text(one.pending_micro),
        "heldUsdt": usdt_text(one.held_micro),
        "findings": [_finding(found) for found in one.findings],
        "linkFindings": [_finding(found) for found in one.link_findings],
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "referrerId": one.referrer_id,
        "userId": one.user_id or None,
        "action": one.action,
        "weight": one.weight,
        "because": explain(one),
        "evidence": dict(one.evidence),
        "period": one.period or None,
        "foundAt": moment_text(one.created_at),
        "expiresAt": _moment(one.expires_at),
        "clearedAt": _moment(one.cleared_at),
        "clearedBy": one.cleared_by,
        "note": one.clear_note,
    }


def _line(one: InvitationView) -> str:
    reason = "" if one.hold_reason is None else f"  {one.hold_reason}"
    return (
        f"{one.user_id}  invited by {one.referrer_id}  {one.status}{reason}  score {one.score}"
        f"  {one.source}  {moment_text(one.created_at)}"
    )


def _why(one: Finding) -> str:
    cleared = "" if one.cleared_by is None else f" Cleared by {one.cleared_by}: {one.clear_note}"
    return f"{one.rule}: {explain(one)}{cleared}"


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment_text(moment)


def _terms(held: ReferralTerms) -> dict[str, Any]:
    return {
        "commissionPercent": f"{Decimal(held.commission_bp) / 100:f}",
        "since": moment_text(held.created_at),
        "by": held.actor,
        "note": held.note,
    }


def _basis_points(text: str) -> int:
    """A share as people write it, with at most two decimals."""
    try:
        points = Decimal(text[:16]) * 100
    except InvalidOperation:
        fail(f"{text[:16]!r} is not a share")
    if not points.is_finite() or points != points.to_integral_value() or abs(points) > 10**6:
        fail(f"{text[:16]!r}: a number of per cent, with at most two decimals")
    return int(points)


def _user(text: str) -> UserId:
    if not ids.is_id(text):
        # As of somebody who is not there, and nothing is asked.
        fail(NotFound("User not found.").message)
    return UserId(text)
