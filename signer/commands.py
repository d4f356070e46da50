"""``python -m signer keys …`` and ``… journal …``: what a person does with keys and the journal.

A secret comes from a file that nobody else may read, or is typed without being shown; it is
never an argument, which every user of the machine could read. Nothing prints one.
"""

import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from getpass import getpass
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from jiema_app.commands.secret_files import SecretFileExists, write_secrets
from jiema_app.domain.units import usdt_text
from jiema_app.integrations.tron.deriver import XpubDeriver
from jiema_app.settings import SettingsRefused
from signer.errors import SignerError
from signer.journal_lines import START, JournalEntry, Line, TornLine, read_lines
from signer.kek import KEK_FILE_VARIABLE, Kek, new_kek_text, read_kek
from signer.key_changes import add_key, new_hot_secret, rotate_kek, secret_of
from signer.key_files import KeyFolder
from signer.opening import find_kek, open_with
from signer.plain_secret import PlainSecret
from signer.private_files import read_private_file, sync_folder
from signer.sandbox_keys import refuse_known_secret
from signer.sealing import CannotOpen, Purpose, SealedSecret, open_sealed
from signer.settings import Configuration, read_configuration

TEXT_MAX: Final = 1024
"""Bytes of what a person gives as a secret."""
SHOWN_MAX: Final = 1000

keys = typer.Typer(help="The sealed keys of this machine.", no_args_is_help=True)
journal = typer.Typer(help="What was ever signed.", no_args_is_help=True)

KeyFile = Annotated[
    Path | None, typer.Option(help="Holds the key: 64 hex digits, or of a pool xprv….")
]
WordsFile = Annotated[Path | None, typer.Option(help="Holds the words that make a pool's key.")]


@keys.command("seal")
def keys_seal(
    purpose: Annotated[Purpose, typer.Option(help="What the key is for.")],
    words_file: WordsFile = None,
    key_file: KeyFile = None,
) -> None:
    """Seal the first key of a purpose. Without a file it is typed, or read from the pipe."""
    _add(purpose, lambda: _secret(purpose, words_file, key_file), is_first=True)


@keys.command("rotate")
def keys_rotate(
    purpose: Annotated[Purpose, typer.Argument(help="What the key is for.")],
    words_file: WordsFile = None,
    key_file: KeyFile = None,
    generate: Annotated[bool, typer.Option("--generate", help="Throw a new hot key.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Seal another key beside the old ones, which stay: money may still be at their addresses."""
    if generate and (purpose is Purpose.POOL or words_file or key_file):
        _fail("only a hot key can be thrown here, and then from no file: a pool's words need paper")

    def make() -> PlainSecret:
        return new_hot_secret() if generate else _secret(purpose, words_file, key_file)

    _add(purpose, make, is_first=False)
    typer.echo("The signer signs with it once it is started anew.")


@keys.command("rotate-kek")
def keys_rotate_kek(
    new_kek_file: Annotated[Path, typer.Option(help="Holds the new key-encryption key.")],
) -> None:
    """Put every sealed key under another key-encryption key. Run it again when it was cut short."""
    with _told():
        configuration, old = _configured()
        new = read_kek(new_kek_file)
        # Nothing may be sealed under a key whose file a power cut could still take.
        sync_folder(new_kek_file.absolute().parent)
        done = rotate_kek(KeyFolder(configuration.key_folder), old, new)
    typer.echo(
        f"{done.changed} keys are sealed under {new.id} now, {done.already} were before.\n"
        f"Set {KEK_FILE_VARIABLE} to {new_kek_file}, see `keys check`, and then destroy the old\n"
        "key-encryption key. Copies of the old files still open with it."
    )


@keys.command("new-kek")
def keys_new_kek(
    file: Annotated[Path, typer.Option(help="Where it goes. Must not exist yet.")],
) -> None:
    """Throw a new key-encryption key. It is not printed."""
    try:
        write_secrets([file], lambda: [new_kek_text()])
        sync_folder(file.absolute().parent)
    except SecretFileExists as error:
        _fail(f"{error} exists already: nothing was made")
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}: nothing was made")
    typer.echo(
        f"The key-encryption key is in {file}: whoever has it and the sealed keys has the money.\n"
        f"Name it in {KEK_FILE_VARIABLE}, and keep a copy apart from those of the sealed keys:\n"
        "without it they are lost."
    )


@keys.command("check")
def keys_check() -> None:
    """Open every sealed key and compare addresses. Prints addresses and versions alone."""
    with _told():
        configuration, kek = _configured()
        folder = KeyFolder(configuration.key_folder)
        results = [(one, _trouble_of(one, kek)) for one in folder.list_sealed()]
        for sealed, trouble in results:
            typer.echo(_told_key(sealed) + (f"  error: {trouble}" if trouble else "  opens"))
        if any(trouble for _, trouble in results):
            _fail("the signer does not start with these keys")
        ring = open_with(configuration, kek)
        if not results:
            _fail("no key is sealed here: `keys seal`")
    xpub = configuration.product.tron_xpub
    if xpub is not None and XpubDeriver(xpub).account not in ring.pools:
        typer.echo("The shop's TRON_ACCOUNT_XPUB is of an account whose key is not sealed here.")


@journal.command("verify")
def journal_verify() -> None:
    """Read the whole journal, and print how far it goes."""
    position = START
    with _told():
        for line in _journal_lines():
            if isinstance(line, TornLine):
                typer.echo(f"after entry {position.sequence} stands a write that was cut short")
            else:
                position = line.entry.position
    typer.echo(f"{position.sequence} entries, the last one's hash is {position.hash}")


@journal.command("last")
def journal_last(
    count: Annotated[int, typer.Option(min=1, max=SHOWN_MAX, help="How many.")] = 20,
) -> None:
    """Print the newest entries."""
    with _told():
        entries = (line.entry for line in _journal_lines() if isinstance(line, Line))
        newest = deque(entries, maxlen=count)
    for entry in newest:
        typer.echo(_told_entry(entry))


def _configured() -> tuple[Configuration, Kek]:
    configuration = read_configuration()
    return configuration, find_kek(configuration)


def _add(purpose: Purpose, make: Callable[[], PlainSecret], *, is_first: bool) -> None:
    """Seal a key, and tell whose address it has."""

    def make_unknown() -> PlainSecret:
        secret = make()
        if configuration.product.env == "production":
            refuse_known_secret(purpose, secret)
        return secret

    with _told():
        configuration, kek = _configured()
        folder = KeyFolder(configuration.key_folder)
        sealed = add_key(folder, kek, purpose, make_unknown, is_first=is_first)
    typer.echo(
        f"{_told_key(sealed)}\n"
        f"It is in {folder.file_of(sealed)}. See to it that this is the address that you expect,\n"
        "and keep a copy of the file apart from the key-encryption key."
    )


def _secret(purpose: Purpose, words_file: Path | None, key_file: Path | None) -> PlainSecret:
    """The secret in one of the files, or what is typed."""
    if words_file is not None and key_file is not None:
        raise SignerError("--words-file and --key-file: which one counts?")
    if words_file is not None and purpose is not Purpose.POOL:
        raise SignerError("words make the key of a pool: give a hot key by --key-file")
    file = words_file or key_file
    if file is None:
        text = _typed(purpose)
    else:
        text = read_private_file(file, TEXT_MAX).decode("ascii", errors="replace")
    return secret_of(purpose, text)


def _typed(purpose: Purpose) -> str:
    asked = "Hot key, 64 hex digits: " if purpose is Purpose.HOT else "Words, or xprv…: "
    if sys.stdin.isatty():
        return getpass(asked)
    return sys.stdin.readline(TEXT_MAX + 1)


def _trouble_of(sealed: SealedSecret, kek: Kek) -> str | None:
    try:
        open_sealed(sealed, kek)
    except CannotOpen as error:
        return str(error)
    return None


def _journal_lines() -> Iterator[Line | TornLine]:
    """The lines as they are. It is only read, so a signer may be at work with it."""
    file = read_configuration().journal_file
    if not file.exists():
        raise SignerError(f"there is no journal at {file}: nothing was ever signed")
    with file.open("rb") as opened:
        yield from read_lines(opened)


def _told_key(sealed: SealedSecret) -> str:
    label = sealed.label
    return f"{label}  {label.address}  wallet {label.wallet}  under {sealed.kek_id}"


def _told_entry(entry: JournalEntry) -> str:
    one = entry.signature
    return (
        f"{entry.position.sequence}  {one.signed_at:%Y-%m-%d %H:%M:%S} UTC  {one.kind}  "
        f"{usdt_text(one.amount)} {one.asset}  {one.source} -> {one.receiver}  "
        f"payout {one.payout_id} attempt {one.attempt}  {one.txid}"
    )


@contextmanager
def _told() -> Iterator[None]:
    """Tell a person why something is refused, instead of where in the program that was."""
    try:
        yield
    except SettingsRefused as refused:
        _fail("; ".join(refused.complaints))
    except SignerError as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}")


def _fail(message: str) -> NoReturn:
    typer.echo(f"error: {message}", err=True)
    raise typer.Exit(1)
