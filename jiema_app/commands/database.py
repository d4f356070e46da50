"""``migrate``, ``catalog sync``, ``ledger verify``."""

import asyncio
import time
from enum import StrEnum
from typing import Annotated, Final

import typer

from jiema_app.bootstrap import Services
from jiema_app.commands.acting import By, TokenFile, acting
from jiema_app.commands.console import ACTOR, AsJson, fail, show, with_services
from jiema_app.domain.catalog.service import OffersLookBroken
from jiema_app.domain.compliance.classes import ComplianceClass
from jiema_app.domain.ledger.verification import Verification, verify
from jiema_app.integrations.postgres.address import DatabaseNotRunning, current_address
from jiema_app.integrations.postgres.migrations import head_revision, revision_of, upgrade_to_head

PROGRESS_AFTER_S: Final = 2.0

catalog = typer.Typer(help="Services, countries, offers.", no_args_is_help=True)
ledger = typer.Typer(help="The books.", no_args_is_help=True)


class Verdict(StrEnum):
    """A class, or none of one's own."""

    ALLOWED = ComplianceClass.ALLOWED
    WARN = ComplianceClass.WARN
    DENIED = ComplianceClass.DENIED
    LISTED = "listed"


def migrate() -> None:
    """Bring the database to the newest revision."""
    try:
        address = current_address()
        # Usually there is nothing to do, and the library that would do it takes longest to load.
        if asyncio.run(revision_of(address)) != head_revision():
            upgrade_to_head(address)
    except DatabaseNotRunning as error:
        fail(str(error))
    typer.echo(f"database at revision {head_revision()}")


@catalog.command("sync")
def catalog_sync(
    offers: bool = typer.Option(False, "--offers", help="Refresh the suppliers' offers too."),
    even_if_fewer: bool = typer.Option(
        False, help="Believe a supplier that lost most of its stock at once."
    ),
) -> None:
    """Load the curated services and countries. A running worker refreshes offers by itself."""

    async def sync(services: Services) -> str:
        loaded, countries = await services.catalog.load_seed()
        words = f"{loaded} services and {countries} countries loaded"
        for supplier in services.suppliers.values() if offers else ():
            stocked = await services.catalog.refresh_offers(supplier, even_if_fewer=even_if_fewer)
            words += f", {stocked} pairs in stock"
        return words

    try:
        typer.echo(with_services(sync))
    except OffersLookBroken as error:
        fail(f"{error}: believe it with --even-if-fewer, if that is so")


@catalog.command("override")
def catalog_override(
    service: str,
    to: Annotated[
        Verdict, typer.Option("--class", help="What it is to be; `listed`: as the list says.")
    ],
    reason: Annotated[str, typer.Option(help="Kept in the audit log.")],
    by: By = ACTOR,
    token_file: TokenFile = None,
) -> None:
    """Judge a service otherwise than the curated list does, in every process at once."""
    chosen = None if to is Verdict.LISTED else ComplianceClass(to)

    async def override(services: Services) -> ComplianceClass:
        actor = await acting(services, by, token_file)
        return await services.catalog.override(service, chosen, actor=actor, reason=reason)

    typer.echo(f"{service} is now {with_services(override)}")


@ledger.command("verify")
def ledger_verify(as_json: AsJson = False) -> None:
    """Prove the whole ledger, however long that takes; exit 1 when anything is wrong."""
    began = time.monotonic()

    def tell(answered: int, questions: int) -> None:
        # Not while it is over at once: a small shop has no use for it.
        if (seconds := time.monotonic() - began) >= PROGRESS_AFTER_S:
            typer.echo(f"{answered} of {questions} questions answered, {seconds:.0f} s", err=True)

    async def prove(services: Services) -> Verification:
        return await verify(services.database, tell)

    found = with_services(prove)
    show(found.as_json(), as_json=as_json)
    if not found.ok:
        raise typer.Exit(1)
