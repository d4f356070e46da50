"""``commission …``: what somebody earned by inviting, moved to their balance or taken back.

The JSON is a contract with programs outside: keys are added at the end, never changed.
"""

from typing import Annotated, Any

import typer

from jiema_app.bootstrap import Services
from jiema_app.commands.acting import By, TokenFile, acting
from jiema_app.commands.console import ACTOR, AsJson, show, with_services
from jiema_app.commands.people import parse_usdt
from jiema_app.domain import ids
from jiema_app.domain.errors import NotFound
from jiema_app.domain.referrals.commissions import NOT_EARNED
from jiema_app.domain.units import OrderId, UserId, usdt_text

commission = typer.Typer(help="Commission of those who invited others.", no_args_is_help=True)

User = Annotated[str, typer.Argument(metavar="USER", help="Whose.")]


@commission.command("show")
def commission_show(user_id: User, as_json: AsJson = False) -> None:
    """Print what a user has earned: pending, available, asked to be paid out; and whom by."""
    show(with_services(lambda services: _facts(services, _user(user_id))), as_json=as_json)


@commission.command("move")
def commission_move(
    user_id: User,
    amount_usdt: Annotated[str, typer.Option(help="How much.")],
    as_json: AsJson = False,
) -> None:
    """Put available commission on the balance for orders, as its owner could."""
    amount = parse_usdt(amount_usdt)

    async def move(services: Services) -> dict[str, Any]:
        user = _user(user_id)
        await services.commissions.purse(user)  # says so where there is no such user
        await services.commissions.move(user, amount, f"shell-{ids.new_id()}")
        return await _facts(services, user)

    show(with_services(move), as_json=as_json)


@commission.command("claw-back")
def commission_claw_back(
    order_id: Annotated[str, typer.Argument(metavar="ORDER", help="What it was earned by.")],
    note: Annotated[str, typer.Option(help="Why: kept with it and in the audit log.")],
    by: By = ACTOR,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Take back what one order earned; what is pending is never released."""

    async def take(services: Services) -> dict[str, Any]:
        if not ids.is_id(order_id):
            raise NotFound(NOT_EARNED)
        order = OrderId(order_id)
        actor = await acting(services, by, token_file)
        await services.commissions.claw_back(order, actor=actor, note=note)
        return await _facts(services, await services.commissions.get_owner(order))

    show(with_services(take), as_json=as_json)


async def _facts(services: Services, user: UserId) -> dict[str, Any]:
    purse = await services.commissions.purse(user)
    return {
        "pendingUsdt": usdt_text(purse.pending),
        "availableUsdt": usdt_text(purse.available),
        "heldUsdt": usdt_text(purse.held),
        "invited": purse.invited,
    }


def _user(text: str) -> UserId:
    if not ids.is_id(text):
        raise NotFound("User not found.")
    return UserId(text)
