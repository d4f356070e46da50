"""``payouts`` status, pause, resume, unexplained, explain, reconcile and wallets.

The JSON is a contract with programs outside: keys are added at the end, never changed.
"""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from jiema_app.bootstrap import Services
from jiema_app.commands.acting import By, TokenFile, acting
from jiema_app.commands.console import ACTOR, AsJson, fail, show, with_services
from jiema_app.commands.payouts import Note, moment, payouts, reading
from jiema_app.commands.recharges import moment_text
from jiema_app.domain.payouts.halts import UnexplainedTransfer
from jiema_app.domain.payouts.house_reconciliation import HouseReconciled
from jiema_app.domain.payouts.watch import Alarm, HouseHolding, Standing
from jiema_app.domain.units import usdt_text

__all__ = ["payouts"]  # with the commands of this module


@payouts.command("status")
def status(as_json: AsJson = False) -> None:
    """Print how the signer, the hot wallet and the payouts are, and what somebody must look at."""

    async def look(services: Services) -> tuple[Standing, Sequence[Alarm]]:
        watch = services.payouts.watch
        standing = await watch.look()
        return standing, watch.alarms(standing)

    standing, alarms = with_services(look)
    facts = _status(standing) | {
        "alarms": [{"name": one.name, "what": one.words, "remedy": one.remedy} for one in alarms]
    }
    if as_json:
        show(facts, as_json=True)
    else:
        del facts["alarms"]
        show({name: _shown(value) for name, value in facts.items()}, as_json=False)
        for one in alarms:
            typer.echo(f"BAD {one.words}  → {one.remedy}")


@payouts.command("pause")
def pause(note: Note, by: By = ACTOR, token_file: TokenFile = None) -> None:
    """Have nothing signed until `payouts resume`. What was signed is sent and followed."""

    async def decide(services: Services) -> None:
        actor = await acting(services, by, token_file)
        await services.payouts.halts.pause(actor=actor, note=note)

    with_services(decide)
    typer.echo("nothing is signed until `payouts resume`")


@payouts.command("resume")
def resume(note: Note, by: By = ACTOR, token_file: TokenFile = None) -> None:
    """Let the signer sign again, after a pause or a halt. Find out first why it halted."""

    async def decide(services: Services) -> int:
        actor = await acting(services, by, token_file)
        await services.payouts.halts.resume(actor=actor, note=note)
        return len(await services.payouts.halts.list_unexplained())

    left = with_services(decide)
    typer.echo("the signer may sign")
    if left:
        typer.echo(f"it halts again: {left} transfer(s) are unexplained, see `payouts unexplained`")


@payouts.command("unexplained")
def unexplained(as_json: AsJson = False) -> None:
    """Print what left our wallets and nothing accounts for."""
    found = with_services(lambda services: services.payouts.halts.list_unexplained())
    if as_json:
        show({"transfers": [_transfer(one) for one in found]}, as_json=True)
        return
    for one in found:
        typer.echo(
            f"{one.txid}  {usdt_text(one.amount)} USDT  {one.from_address} → {one.to_address}  "
            f"{moment_text(one.block_time)}"
        )
    if not found:
        typer.echo("nothing is unexplained")


@payouts.command("explain")
def explain(
    txid: Annotated[str, typer.Argument(metavar="TXID", help="Of the transaction.")],
    note: Note,
    by: By = ACTOR,
    token_file: TokenFile = None,
) -> None:
    """Say what a transfer out of our wallets was. Then `payouts resume` lets the signer go on."""

    async def decide(services: Services) -> int:
        actor = await acting(services, by, token_file)
        return await services.payouts.halts.explain(txid, actor=actor, note=note)

    explained = with_services(decide)
    typer.echo(f"{explained} transfer(s) explained; the signer goes on after `payouts resume`")


@payouts.command("reconcile")
def reconcile(as_json: AsJson = False) -> None:
    """Compare the hot wallet and the treasury with what was read and with the books."""
    found = with_services(lambda services: reading(services).house_reconciliation.run())
    if as_json:
        show(_comparison(found), as_json=True)
    else:
        typer.echo(f"{found.checked} wallets compared")
        for one in found.differences:
            typer.echo(
                f"{one.what}: {usdt_text(one.on_chain)} USDT, and {usdt_text(one.expected)} "
                "were expected"
            )
        for address in found.in_flight:
            typer.echo(f"{address} moves, or was not read so far: no verdict")
    if not found.ok:
        raise typer.Exit(1)


@payouts.command("wallets")
def wallets(as_json: AsJson = False) -> None:
    """Print the house's wallets with what they hold; those of the pool: `wallets exposure`."""

    async def look(services: Services) -> Sequence[HouseHolding]:
        return await services.payouts.watch.holdings()

    found = with_services(look)
    if as_json:
        show({"wallets": [_holding(one) for one in found]}, as_json=True)
        return
    if not found:
        fail("none: set PAYOUT_HOT_ADDRESS, and start a worker")
    for one in found:
        usdt = "?" if one.usdt is None else usdt_text(one.usdt)
        trx = "?" if one.sun is None else usdt_text(one.sun)
        retired = "" if one.retired_at is None else f"  not in use since {moment(one.retired_at)}"
        typer.echo(f"{one.purpose:<8}  {one.address}  {usdt} USDT  {trx} TRX{retired}")
    for purpose in dict.fromkeys(one.purpose for one in found):
        books = next(one.books for one in found if one.purpose == purpose)
        typer.echo(f"{purpose:<8}  {usdt_text(books)} USDT by the books")


def _status(one: Standing) -> dict[str, Any]:
    signer = one.signer
    return {
        "hotAddress": one.hot,
        "signer": signer.holder,
        "pulseAgeSeconds": None if one.pulse_age_s is None else round(one.pulse_age_s),
        "signsNothingBecause": signer.trouble,
        "pausedAt": moment(signer.paused_at),
        "pausedBy": signer.paused_by,
        "pauseNote": signer.pause_note,
        "haltedAt": moment(signer.halted_at),
        "haltedBecause": signer.halted_because,
        "unexplained": one.unexplained,
        "queued": one.queued,
        "underWay": one.under_way,
        "forPerson": one.for_a_person,
        "oldestPayout": one.oldest,
        "oldestSeconds": round(one.oldest_s),
        "hotUsdt": None if one.hot_micro is None else usdt_text(one.hot_micro),
        "neededUsdt": usdt_text(one.needed_micro),
        "hotTrx": None if one.hot_sun is None else usdt_text(one.hot_sun),
        "neededTrx": usdt_text(one.needed_sun),
        "feesTrxDay": usdt_text(one.fees_sun),
        "gasTrxDay": usdt_text(one.gas_sun),
        "poolDifferenceUsdt": _difference(signer.pool_difference_micro),
        "poolComparedAt": moment(signer.pool_compared_at),
        "houseDifferenceUsdt": _difference(signer.house_difference_micro),
        "houseComparedAt": moment(signer.house_compared_at),
        "chainTrouble": one.trouble or None,
    }


def _difference(micro: int | None) -> str | None:
    return None if micro is None else usdt_text(micro)


def _shown(value: Any) -> Any:
    return "-" if value is None else value


def _transfer(one: UnexplainedTransfer) -> dict[str, Any]:
    return {
        "txid": one.txid,
        "paymentId": one.payment_id,
        "amountUsdt": usdt_text(one.amount),
        "from": one.from_address,
        "to": one.to_address,
        "blockTime": moment_text(one.block_time),
    }


def _comparison(found: HouseReconciled) -> dict[str, Any]:
    return {
        "ok": found.ok,
        "checked": found.checked,
        "differenceUsdt": usdt_text(found.difference),
        "differences": [
            {
                "what": one.what,
                "onChainUsdt": usdt_text(one.on_chain),
                "expectedUsdt": usdt_text(one.expected),
            }
            for one in found.differences
        ],
        "inFlight": list(found.in_flight),
    }


def _holding(one: HouseHolding) -> dict[str, Any]:
    return {
        "address": one.address,
        "purpose": one.purpose,
        "usdt": None if one.usdt is None else usdt_text(one.usdt),
        "trx": None if one.sun is None else usdt_text(one.sun),
        "booksUsdt": usdt_text(one.books),
        "retiredAt": moment(one.retired_at),
    }
