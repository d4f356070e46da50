"""``support figures``: how long people wait who write to support in the bot's chat."""

from dataclasses import asdict

import typer

from jiema_app.bootstrap import Services
from jiema_app.commands.console import AsJson, show, with_services
from jiema_app.domain.support.keeping import SupportFigures

support = typer.Typer(help="Support in the bot's chat.", no_args_is_help=True)


@support.callback()
def about() -> None:
    """Support in the bot's chat. Customers are answered in the group, not here."""


@support.command("figures")
def support_figures(as_json: AsJson = False) -> None:
    """Print how many wait for an answer, and how long it took in the last seven days."""

    async def read(services: Services) -> SupportFigures:
        return await services.support.keeping.figures()

    found = with_services(read)
    facts = {_name(name): _rounded(value) for name, value in asdict(found).items()}
    show(facts, as_json=as_json)


def _name(field: str) -> str:
    """As JSON names it: ``firstAnswerMedianSeconds``."""
    first, *rest = field.removesuffix("_s").split("_")
    name = first + "".join(word.title() for word in rest)
    return f"{name}Seconds" if field.endswith("_s") else name


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)
