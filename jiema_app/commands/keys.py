"""``key`` create, list, revoke: API keys from the command line."""

from typing import Annotated

import typer

from jiema_app.bootstrap import Services
from jiema_app.commands.console import AsJson, show, with_services
from jiema_app.domain.units import UserId

key = typer.Typer(help="API keys.", no_args_is_help=True)


@key.command("create")
def key_create(
    user_id: str,
    name: Annotated[str, typer.Option(help="To tell it from others.")] = "command line",
    as_json: AsJson = False,
) -> None:
    """Make an API key. It is printed now and never again."""

    async def make(services: Services) -> dict[str, str]:
        made = await services.api_keys.create(UserId(user_id), name)
        return {"keyId": made.key.id, "apiKey": made.token}

    show(with_services(make), as_json=as_json)


@key.command("list")
def key_list(user_id: str) -> None:
    """Print a user's active keys."""
    keys = with_services(lambda services: services.api_keys.list_active(UserId(user_id)))
    if not keys:
        typer.echo("no active keys")
    for found in keys:
        used = found.last_used_at.isoformat() if found.last_used_at else "never used"
        typer.echo(f"{found.id}  {found.prefix}…  {found.name}  {used}")


@key.command("revoke")
def key_revoke(user_id: str, key_id: str) -> None:
    """End a key at once, in every process."""
    with_services(lambda services: services.api_keys.revoke(UserId(user_id), key_id))
    typer.echo(f"{key_id} is revoked")
