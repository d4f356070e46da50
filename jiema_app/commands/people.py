"""``sandbox user`` and ``admin``, ``admin grant``, and ``user`` create, credit, ban, unban."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from jiema_app.bootstrap import Services
from jiema_app.commands.acting import By, TokenFile, acting, founding
from jiema_app.commands.console import ACTOR, AsJson, fail, show, with_services
from jiema_app.domain import ids
from jiema_app.domain.identity.provider import Provider
from jiema_app.domain.identity.queries import GRANT
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.ledger.accounts import HouseAccount, TransferKind, UserAccount
from jiema_app.domain.models.user import Role
from jiema_app.domain.referrals.attribution import Invitation, Referrer, bind, find_referrer
from jiema_app.domain.referrals.statuses import ReferralSource
from jiema_app.domain.transaction import Connection
from jiema_app.domain.units import MICRO_PER_USDT, MicroUsdt, UserId
from jiema_app.settings import get_settings

sandbox = typer.Typer(help="Things that only the sandbox allows.", no_args_is_help=True)
admin = typer.Typer(help="Administrators.", no_args_is_help=True)
user = typer.Typer(help="Users.", no_args_is_help=True)

CODE_MAX = 16
"""Characters of a referral code that are looked at; one has eight."""

Reason = Annotated[str, typer.Option(help="Kept in the audit log.")]


def parse_usdt(text: str) -> MicroUsdt:
    """An amount as people write it, exactly, in micro-USDT."""
    try:
        micro = Decimal(text) * MICRO_PER_USDT
    except InvalidOperation:
        fail(f"{text!r} is not an amount")
    if not micro.is_finite() or micro != micro.to_integral_value() or not 0 <= micro < 10**15:
        fail(f"{text!r}: 0 or more, with at most six decimals")
    return MicroUsdt(int(micro))


@sandbox.callback()
def refuse_in_production() -> None:
    """Nothing here may touch real money."""
    if get_settings().env == "production":
        fail("sandbox commands are refused in production")


@sandbox.command("user")
def sandbox_user(
    balance_usd: Annotated[str, typer.Option(help="Play money to start with.")] = "50",
    referred_by: Annotated[
        str | None, typer.Option(metavar="CODE", help="They came by this referral code.")
    ] = None,
    commission_usd: Annotated[str, typer.Option(help="Commission they have earned.")] = "0",
    as_json: AsJson = False,
) -> None:
    """Make a user with a balance, an API key, and a link that signs a browser in once.

    Who came by a code is judged by the rules, as anybody is.
    """
    amount, commission = parse_usdt(balance_usd), parse_usdt(commission_usd)

    async def make(services: Services) -> dict[str, str]:
        async with services.database.transaction() as connection:
            made = await _invited(services, connection, referred_by)
            if amount:
                await ledger.credit(
                    connection,
                    made,
                    amount,
                    kind=TransferKind.SANDBOX_CREDIT,
                    reference=ids.new_id(),
                )
            if commission:
                await _give_commission(connection, made, commission)
        key = await services.api_keys.create(made, "sandbox")
        login_url = await _login_url(services, made)
        return {"userId": made, "apiKey": key.token, "loginUrl": login_url}

    show(with_services(make), as_json=as_json)


@sandbox.command("admin")
def sandbox_admin(
    telegram_id: Annotated[
        int | None,
        typer.Option(min=1, help="They are who has this number on Telegram: they answer support."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make an administrator, and a link that signs a browser in once."""

    async def make(services: Services) -> dict[str, str | None]:
        async with services.database.transaction() as connection:
            if telegram_id is None:
                made = await services.identity.create(connection)
            else:
                made, _ = await services.sign_in.find_or_make(
                    connection, Provider.TELEGRAM, "sandbox", str(telegram_id), lang="en"
                )
            await connection.execute(GRANT, made, Role.ADMIN, ACTOR)
        # There is no second factor yet.
        return {"userId": made, "loginUrl": await _login_url(services, made), "totpSecret": None}

    show(with_services(make), as_json=as_json)


async def _invited(services: Services, connection: Connection, code: str | None) -> UserId:
    """A new user who came by a code, or by none."""
    if code is None:
        return await services.identity.create(connection)
    invitation = Invitation(code, ReferralSource.SANDBOX)
    referrer: Referrer | None = None
    if len(code) <= CODE_MAX:
        referrer = await find_referrer(connection, [invitation], services.clock.now())
    if referrer is None:
        fail(f"nobody brings people by the code {code[:CODE_MAX]!r}")
    user = await services.identity.create(connection, referrer=referrer.user)
    await bind(connection, user, referrer)
    return user


async def _give_commission(connection: Connection, user: UserId, amount: MicroUsdt) -> None:
    purses = await ledger.open_earning_accounts(connection, user)
    await ledger.post(
        connection,
        TransferKind.SANDBOX_COMMISSION,
        ids.new_id(),
        source=HouseAccount.ADJUSTMENTS,
        target=purses[UserAccount.COMMISSION].account,
        amount=amount,
    )


async def _login_url(services: Services, user: UserId) -> str:
    link = await services.sign_in.make_link(user)
    return f"{services.settings.origin}/api/auth/link/{link}"


@admin.command("grant")
def admin_grant(
    user_id: str,
    role: Annotated[Role, typer.Option()],
    by: By = ACTOR,
    token_file: TokenFile = None,
) -> None:
    """Give a user a role. An administrator who becomes none loses their token."""

    async def grant(services: Services) -> None:
        actor = await founding(services, by, token_file)
        await services.identity.grant(UserId(user_id), role, actor=actor)

    with_services(grant)
    typer.echo(f"{user_id} is now {role}")


@admin.command("token")
def admin_token(
    user_id: str, by: By = ACTOR, token_file: TokenFile = None, as_json: AsJson = False
) -> None:
    """Make an administrator's token, in place of the one they had. It is printed once."""

    async def issue(services: Services) -> dict[str, str]:
        actor = await founding(services, by, token_file)
        token = await services.administrators.issue(UserId(user_id), actor=actor)
        return {"userId": user_id, "adminToken": token}

    show(with_services(issue), as_json=as_json)


@user.command("create")
def user_create(as_json: AsJson = False) -> None:
    """Make a user with an empty balance, for a reseller who works by API alone."""

    async def make(services: Services) -> dict[str, str]:
        async with services.database.transaction() as connection:
            return {"userId": await services.identity.create(connection)}

    show(with_services(make), as_json=as_json)


@user.command("credit")
def user_credit(
    user_id: str,
    amount_usdt: Annotated[str, typer.Option(help="How much to put on the balance.")],
    reason: Reason,
    by: By = ACTOR,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Put money of the house on a user's balance, for a payment made outside of the shop."""
    amount = parse_usdt(amount_usdt)

    async def credit(services: Services) -> dict[str, str]:
        actor = await acting(services, by, token_file)
        transfer = await services.identity.credit(
            UserId(user_id), amount, actor=actor, reason=reason
        )
        return {"userId": user_id, "reference": transfer}

    show(with_services(credit), as_json=as_json)


@user.command("ban")
def user_ban(user_id: str, reason: Reason, by: By = ACTOR, token_file: TokenFile = None) -> None:
    """Stop a user from acting, at once. Open orders run to their end, with refunds."""

    async def ban(services: Services) -> None:
        actor = await acting(services, by, token_file)
        await services.identity.ban(UserId(user_id), actor=actor, reason=reason)

    with_services(ban)
    typer.echo(f"{user_id} is banned")


@user.command("unban")
def user_unban(user_id: str, reason: Reason, by: By = ACTOR, token_file: TokenFile = None) -> None:
    """Let a banned user act again."""

    async def unban(services: Services) -> None:
        actor = await acting(services, by, token_file)
        await services.identity.unban(UserId(user_id), actor=actor, reason=reason)

    with_services(unban)
    typer.echo(f"{user_id} may act again")
