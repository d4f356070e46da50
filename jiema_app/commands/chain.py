"""``chain`` status and resume, ``recharge reconcile``: is the chain read, and do we agree."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from jiema_app.bootstrap import Services
from jiema_app.bootstrap_chain import ChainServices
from jiema_app.commands.console import AsJson, fail, show, with_services
from jiema_app.commands.recharges import recharge
from jiema_app.domain.chain.port import ChainError
from jiema_app.domain.chain.reconciliation import Scope
from jiema_app.domain.chain.reconciliation_views import Clue, Reconciled
from jiema_app.domain.chain.status import ChainStatus, read_chain_status
from jiema_app.domain.units import usdt_text

SEARCH_BLOCKS = 500
"""25 minutes of them."""

chain = typer.Typer(help="Reading the chain.", no_args_is_help=True)


@chain.command("status")
def chain_status(as_json: AsJson = False) -> None:
    """Print how far the chain was read, and what waits."""

    async def look(services: Services) -> dict[str, Any]:
        reading = _reading(services)
        status = await read_chain_status(services.database, reading.source.genesis_id)
        try:
            final_head = (await reading.source.read_final_head()).number
            trouble = None
        except ChainError as error:
            final_head, trouble = None, str(error)
        return _facts(status, reading.source.genesis_id, services.clock.now()) | {
            "nodeFinalBlock": final_head,
            "nodeTrouble": trouble,
            "refundsOwed": status.refunds_owed,
            "refundsOwedUsdt": usdt_text(status.refunds_owed_micro),
        }

    show(with_services(look), as_json=as_json)


@chain.command("resume")
def chain_resume() -> None:
    """Read on after a halt. Look first why it was halted: nothing is read twice or skipped."""

    async def resume(services: Services) -> str:
        reading = _reading(services)
        status = await read_chain_status(services.database, reading.source.genesis_id)
        if not await reading.scanner.resume():
            fail("reading is not halted")
        return status.halted_because or ""

    typer.echo(f"reading goes on; it was halted because {with_services(resume)}")


@recharge.command("reconcile")
def recharge_reconcile(
    everything: Annotated[
        bool, typer.Option("--all", help="Also wallets that nobody ever paid to.")
    ] = False,
    search: Annotated[
        int, typer.Option(min=0, help="Blocks to look through for what was missed.")
    ] = SEARCH_BLOCKS,
    as_json: AsJson = False,
) -> None:
    """Compare the wallets on the chain with the books; exit 1 on an unexplained difference."""

    async def compare(services: Services) -> Reconciled:
        try:
            return await _reading(services).reconciliation.run(
                Scope.EVERY if everything else Scope.USED, search_blocks=search
            )
        except ChainError as error:
            fail(f"the chain does not answer ({error})")

    found = with_services(compare)
    facts = _comparison(found)
    if as_json:
        show(facts, as_json=True)
    else:
        _print(facts, found)
    if not found.ok:
        raise typer.Exit(1)


def _reading(services: Services) -> ChainServices:
    if services.chain is None:
        fail("no node is configured")
    return services.chain


def _facts(status: ChainStatus, genesis_id: str, now: datetime) -> dict[str, Any]:
    time = status.block_time
    return {
        "genesisId": genesis_id,
        "block": status.block_number,
        "blockTime": time and f"{time.astimezone(UTC).isoformat(timespec='seconds')[:-6]}Z",
        "lagSeconds": time and max(0, round((now - time).total_seconds())),
        "headBlock": status.head_number,
        "haltedBecause": status.halted_because,
        "paymentsNew": status.payments_new,
        "paymentsInReview": status.payments_in_review,
        "wallets": status.wallets,
    }


def _comparison(found: Reconciled) -> dict[str, Any]:
    return {
        "ok": found.ok,
        "wallets": found.wallets,
        "checked": found.checked,
        "onChainUsdt": usdt_text(found.on_chain),
        "expectedUsdt": usdt_text(found.expected),
        "ledgerUsdt": usdt_text(found.pool),
        "judgedUsdt": usdt_text(found.judged),
        "differenceUsdt": usdt_text(found.difference),
        "differences": [
            {
                "address": one.address,
                "onChainUsdt": usdt_text(one.on_chain),
                "expectedUsdt": usdt_text(one.expected),
                "why": one.why,
                "transactions": _clues(one.clues),
            }
            for one in found.differences
        ],
        "inFlight": list(found.in_flight),
        "notJudged": _clues(found.not_judged),
        "left": _clues(found.left),
        "wronglyPosted": _clues(found.book_clues),
    }


def _clues(clues: Any) -> list[dict[str, str]]:
    return [{"txid": one.txid, "status": one.status, "why": one.why} for one in clues]


def _print(facts: dict[str, Any], found: Reconciled) -> None:
    show(
        {name: value for name, value in facts.items() if not isinstance(value, list)}, as_json=False
    )
    for one in found.differences:
        typer.echo(
            f"\n{one.address} holds {usdt_text(one.on_chain)} USDT on the chain, "
            f"{usdt_text(one.expected)} by what was read\n  {one.why}"
        )
        _list(one.clues)
    if found.in_flight:
        typer.echo(
            "\nin flight, for the chain has not been read so far: " + " ".join(found.in_flight)
        )
    for clues in (found.not_judged, found.left, found.book_clues):
        _list(clues)


def _list(clues: Any) -> None:
    clue: Clue
    for clue in clues:
        typer.echo(f"  {clue.txid}  {clue.status}  {clue.why}")
