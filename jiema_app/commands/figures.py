"""``figures count`` and ``figures verify``: how the routes do."""

from dataclasses import asdict
from typing import Annotated

import typer

from jiema_app.bootstrap import Services
from jiema_app.commands.console import AsJson, show, with_services
from jiema_app.domain.figures.rollup import Doubt

figures = typer.Typer(help="How the routes do.", no_args_is_help=True)


@figures.command("count")
def figures_count(
    anew: Annotated[
        bool, typer.Option("--anew", help="All 30 days again, not what is new alone.")
    ] = False,
) -> None:
    """Count what became of orders until now. A running worker does so every five minutes."""

    async def count(services: Services) -> None:
        await (services.route_figures.run_anew() if anew else services.route_figures.run())

    with_services(count)
    typer.echo("counted")


@figures.command("verify")
def figures_verify(as_json: AsJson = False) -> None:
    """Compare what is shown with the orders themselves; exit 1 when anything differs."""

    async def compare(services: Services) -> Doubt:
        return await services.route_figures.verify()

    found = with_services(compare)
    show({"ok": found.ok, **asdict(found)}, as_json=as_json)
    if not found.ok:
        raise typer.Exit(1)
