"""What every command needs: services to work with, and one way to print."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, NoReturn, TypeVar

import orjson
import typer

from jiema_app.bootstrap import Services, running_services
from jiema_app.domain.chain.port import ChainError
from jiema_app.domain.errors import DomainError
from jiema_app.domain.transaction import DATABASE_TROUBLES, name_of
from jiema_app.integrations.postgres.address import DatabaseNotRunning
from jiema_app.observability.logs import configure_logs
from jiema_app.settings import get_settings

Result = TypeVar("Result")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON line.")]

ACTOR = "command-line"
"""How the audit log names somebody with a shell on the machine."""


def with_services(work: Callable[[Services], Awaitable[Result]]) -> Result:
    """Run ``work`` with the services of a short-lived process.

    Raises:
        typer.Exit: It was refused; the reason is on standard error.
    """
    settings = get_settings()
    configure_logs(form=settings.log_format, level="WARNING", process="command")

    async def run() -> Result:
        async with running_services(settings, "command") as services:
            return await work(services)

    try:
        return asyncio.run(run())
    except (DomainError, DatabaseNotRunning) as error:
        fail(str(error))
    except ChainError as error:
        fail(f"the chain: {error}")
    except (*DATABASE_TROUBLES, OSError) as error:  # type: ignore[misc]
        fail(f"the database does not answer ({name_of(error)}): see DATABASE_URL")


def fail(message: str) -> NoReturn:
    """End the command with a reason."""
    typer.echo(f"error: {message}", err=True)
    raise typer.Exit(1)


def show(facts: dict[str, Any], *, as_json: bool) -> None:
    """Print facts: one JSON line for machines, a list for people."""
    if as_json:
        typer.echo(orjson.dumps(facts).decode())
        return
    width = max(map(len, facts), default=0)
    for name, value in facts.items():
        typer.echo(f"{name:<{width}}  {value}")
