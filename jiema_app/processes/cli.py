"""Commands that start, build and stop things; part of ``python -m jiema_app``."""

import os
from typing import Annotated

import typer

from jiema_app.settings import get_settings

commands = typer.Typer(no_args_is_help=True)
database = typer.Typer(no_args_is_help=True, help="The embedded PostgreSQL.")
commands.add_typer(database, name="database")


@commands.command()
def up() -> None:
    """Run shop, worker, sandbox and database in the foreground; what `make run` does."""
    from jiema_app.processes import supervisor

    raise typer.Exit(supervisor.run(get_settings()))


@commands.command()
def build(
    *, force: Annotated[bool, typer.Option(help="Also when the pages are current.")] = False
) -> None:
    """Build the web pages, unless they are current."""
    from jiema_app.processes.build import BuildFailed, ensure_built

    try:
        typer.echo(ensure_built(get_settings().locales, force=force))
    except BuildFailed as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from error


@commands.command()
def serve(
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen on: this machine in the sandbox, all in production."),
    ] = None,
) -> None:
    """Serve pages and API; the pages must have been built."""
    from jiema_app.processes import serve as server

    server.serve(get_settings(), host)


@database.command()
def url() -> None:
    """Print the address of the running database."""
    from jiema_app.integrations.postgres.address import DatabaseNotRunning, current_address

    try:
        typer.echo(current_address())
    except DatabaseNotRunning as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from error


@database.command()
def start() -> None:
    """Start the embedded server and leave it running."""
    from jiema_app.integrations.postgres import embedded

    typer.echo(embedded.start(get_settings().data_dir))


@database.command()
def stop() -> None:
    """Stop the embedded server."""
    from jiema_app.integrations.postgres import embedded

    embedded.stop(get_settings().data_dir)


@database.command()
def psql() -> None:
    """Open psql on the running database."""
    from jiema_app.integrations.postgres import embedded
    from jiema_app.integrations.postgres.address import current_address

    program = str(embedded.program(get_settings().data_dir, "psql"))
    os.execv(program, [program, current_address()])  # noqa: S606 - no shell; the arguments are ours
