"""``wallets``: the pool's key, its addresses, and what they hold."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from jiema_app.bootstrap import Services
from jiema_app.commands.console import ACTOR, AsJson, fail, show, with_services
from jiema_app.commands.secret_files import SecretFileExists, write_secrets
from jiema_app.domain.chain.wallet_status import WalletStatus
from jiema_app.domain.chain.wallets import Exposure, WalletExposure, WalletView
from jiema_app.domain.units import usdt_text
from jiema_app.integrations.tron.deriver import XpubDeriver
from jiema_app.settings import get_settings
from jiema_app.settings.recharges import SANDBOX_XPUB

wallets = typer.Typer(help="The wallets that recharges are paid to.", no_args_is_help=True)

CREATE_MAX: Final = 20_000
XPUB_FILE_MAX: Final = 4096

Note = Annotated[str, typer.Option(help="Why. Kept in the audit log.")]


@wallets.command("new-seed")
def wallets_new_seed(
    words_file: Annotated[Path, typer.Option(help="Where the 24 words go. Must not exist yet.")],
    xpub_file: Annotated[Path, typer.Option(help="Where the public key goes. Likewise.")],
) -> None:
    """Make the key of a new pool. Neither its words nor its public half are printed.

    Needs neither network nor database: run it on a machine that has no network.
    """
    from jiema_app.integrations.tron.seed import new_seed  # noqa: PLC0415 - slow, and only for this

    try:
        write_secrets([words_file, xpub_file], new_seed)
    except SecretFileExists as error:
        fail(f"{error} exists already: nothing was made")
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}: nothing was made")
    typer.echo(
        f"24 words are in {words_file}: whoever has them has the money. Copy them to paper or a\n"
        "hardware wallet, check the copy, and destroy the file. They never belong on a machine\n"
        "that runs the shop.\n"
        f"The account's public key (m/44'/195'/0') is in {xpub_file}: give it to the shop as\n"
        "TRON_ACCOUNT_XPUB. It can pay nothing, and shows every address of the pool: keep it like\n"
        "a password, then remove the file."
    )


@wallets.command("create")
def wallets_create(
    count: Annotated[int, typer.Option(min=1, max=CREATE_MAX, help="How many.")],
    xpub_file: Annotated[
        Path | None, typer.Option(help="Holds an account's public key; else TRON_ACCOUNT_XPUB.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add wallets to the pool. The worker adds as many as it needs by itself."""
    deriver = None if xpub_file is None else _read_deriver(xpub_file)

    async def create(services: Services) -> dict[str, Any]:
        known = services.pool
        pool = known if deriver is None else replace(known, deriver=deriver)
        if pool.deriver is None:
            fail("no account key: set TRON_ACCOUNT_XPUB, or name a file with --xpub-file")
        made = await services.custody.grow(pool, count, actor=ACTOR)
        return {"created": made, "account": pool.deriver.account}

    done = with_services(create)
    show(done, as_json=as_json)
    if done["created"] < count:
        fail("the pool may not grow further: see RECHARGE_WALLETS_MAX")


@wallets.command("list")
def wallets_list(
    status: Annotated[WalletStatus | None, typer.Option(help="Only these.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print the wallets, in the order in which they were made."""
    found = with_services(lambda services: services.custody.list_wallets(status))
    if as_json:
        show({"wallets": [_facts(one) for one in found]}, as_json=True)
        return
    if not found:
        typer.echo(f"no wallet is {status}" if status else "no wallets: `wallets create`")
        return
    _print_table(
        ("address", "status", "index", "account", "holder", "free from", "note"),
        [
            (
                one.address,
                one.status,
                one.derivation_index,
                one.account,
                one.holder or "-",
                _moment(one.free_from),
                one.note or "",
            )
            for one in found
        ],
    )


@wallets.command("exposure")
def wallets_exposure(
    ask_all: Annotated[
        bool, typer.Option("--all", help="Ask about wallets without a payment too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print what each wallet holds, by the chain and by our records, the largest first."""

    async def measure(services: Services) -> Exposure:
        assert services.chain is not None
        return await services.custody.measure(services.chain.source, all_of_them=ask_all)

    found = with_services(measure)
    if as_json:
        show(_sums(found) | {"wallets": [_held(one) for one in found.wallets]}, as_json=True)
        return
    holding = [one for one in found.wallets if one.held or one.recorded]
    _print_table(
        ("address", "on chain", "recorded", "status", "holder", "oldest since"),
        [_line(one) for one in holding],
    )
    typer.echo(
        f"{len(found.wallets)} wallets, {len(holding)} of them hold {usdt_text(found.held)} USDT; "
        f"recorded {usdt_text(found.recorded)}"
    )
    if found.not_asked:
        typer.echo(f"{found.not_asked} without a payment were not asked about: --all")
    if found.held != found.recorded:
        typer.echo(
            "they differ (!): blocks not read yet, or something to explain: `recharge reconcile`"
        )


@wallets.command("quarantine")
def wallets_quarantine(address: str, note: Note) -> None:
    """Take a wallet out of use: nobody is given it until it is released."""
    found = with_services(
        lambda services: services.custody.quarantine(address, actor=ACTOR, note=note)
    )
    typer.echo(f"{address} is in quarantine")
    if found.is_awaited:
        typer.echo(
            f"It is shown to the owner of recharge {found.holder} until "
            f"{_moment(found.closes_at)}, and what they pay in time is credited to them."
        )


@wallets.command("release")
def wallets_release(address: str, note: Note) -> None:
    """Put a wallet back into use: free, or in cool-down when somebody held it."""
    found = with_services(
        lambda services: services.custody.release(address, actor=ACTOR, note=note)
    )
    until = f" until {_moment(found.free_from)}" if found.free_from else ""
    typer.echo(f"{address} is {found.status}{until}")


def _read_deriver(file: Path) -> XpubDeriver:
    """The account key in a file. What is in it is never shown."""
    try:
        with file.open("rb") as opened:
            text = opened.read(XPUB_FILE_MAX).decode("ascii", errors="replace").strip()
        deriver = XpubDeriver(text)
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    except ValueError as error:
        fail(f"{file}: {error}. Nothing of it was kept.")
    if text == SANDBOX_XPUB and get_settings().env == "production":
        fail(f"{file}: the sandbox's key: everybody has its private half")
    return deriver


def _facts(one: WalletView) -> dict[str, Any]:
    return {
        "address": one.address,
        "status": one.status,
        "account": one.account,
        "index": one.derivation_index,
        "holder": one.holder,
        "isAwaited": one.is_awaited,
        "freeFrom": one.free_from,
        "lastUsedAt": one.last_used_at,
        "note": one.note,
    }


def _held(one: WalletExposure) -> dict[str, Any]:
    return {
        **_facts(one.wallet),
        "onChainUsdt": None if one.on_chain is None else usdt_text(one.on_chain),
        "recordedUsdt": usdt_text(one.recorded),
        "oldestAt": one.oldest_at,
    }


def _line(one: WalletExposure) -> tuple[str, ...]:
    mark = " !" if one.held != one.recorded else ""
    return (
        one.wallet.address,
        "not asked" if one.on_chain is None else usdt_text(one.on_chain),
        usdt_text(one.recorded) + mark,
        one.wallet.status,
        one.wallet.holder or "-",
        _moment(one.oldest_at),
    )


def _sums(found: Exposure) -> dict[str, Any]:
    return {
        "heldUsdt": usdt_text(found.held),
        "recordedUsdt": usdt_text(found.recorded),
        "notAsked": found.not_asked,
    }


def _print_table(head: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    lines = [head, *(tuple(map(str, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        typer.echo("  ".join(map(str.ljust, line, widths)).rstrip())


def _moment(when: datetime | None) -> str:
    return "-" if when is None else f"{when:%Y-%m-%d %H:%M:%S} UTC"
