"""``migrate``, ``catalog sync``, ``ledger verify``."""

import typer

from jiema_app.bootstrap import Services
from jiema_app.commands.console import AsJson, fail, show, with_services
from jiema_app.domain.ledger.verification import Verification, verify
from jiema_app.integrations.postgres.address import DatabaseNotRunning, current_address
from jiema_app.integrations.postgres.migrations import head_revision, upgrade_to_head

catalog = typer.Typer(help="Services, countries, offers.", no_args_is_help=True)
ledger = typer.Typer(help="The books.", no_args_is_help=True)


def migrate() -> None:
    """Bring the database to the newest revision."""
    try:
        upgrade_to_head(current_address())
    except DatabaseNotRunning as error:
        fail(str(error))
    typer.echo(f"database at revision {head_revision()}")


@catalog.command("sync")
def catalog_sync(
    offers: bool = typer.Option(False, "--offers", help="Refresh the suppliers' offers too."),
) -> None:
    """Load the curated services and countries. A running worker refreshes offers by itself."""

    async def sync(services: Services) -> str:
        loaded, countries = await services.catalog.load_seed()
        words = f"{loaded} services and {countries} countries loaded"
        for supplier in services.suppliers.values() if offers else ():
            words += f", {await services.catalog.refresh_offers(supplier)} pairs in stock"
        return words

    typer.echo(with_services(sync))


@ledger.command("verify")
def ledger_verify(as_json: AsJson = False) -> None:
    """Prove the whole ledger; exit 1 when anything is wrong."""

    async def prove(services: Services) -> Verification:
        return await verify(services.database)

    found = with_services(prove)
    show(found.as_json(), as_json=as_json)
    if not found.ok:
        raise typer.Exit(1)
