"""In whose name a command decides, and how they prove it.

In the sandbox an id is believed: nothing there is worth anything. In production whoever
decides about money, roles or what is sold names themself with ``--by`` and proves it with
their token, which is asked for or read from a file, and is never an argument: those can be
read by everybody on the machine.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from jiema_app.bootstrap import Services
from jiema_app.commands.console import ACTOR, fail
from jiema_app.domain import ids
from jiema_app.domain.units import UserId
from jiema_app.settings import get_settings

By = Annotated[str, typer.Option(metavar="ADMIN", help="Your user id. Production needs it.")]
TokenFile = Annotated[
    Path | None, typer.Option(help="Holds your admin token; else it is asked for.")
]


async def acting(services: Services, by: str, token_file: Path | None) -> str:
    """Who decides, once they have proved it.

    Raises:
        Forbidden: The proof is not theirs.
        typer.Exit: They did not say who they are, or gave no proof.
    """
    if by != ACTOR and not ids.is_id(by):
        fail(f"--by takes the user id of an administrator, or {ACTOR}")
    if get_settings().env != "production":
        return by
    if by == ACTOR:
        fail("say who decides, with --by and your user id: production believes no nameless shell")
    await services.administrators.prove(UserId(by), read_token(token_file))
    return by


async def founding(services: Services, by: str, token_file: Path | None) -> str:
    """Who makes administrators. Before the first one has a token nobody can prove anything."""
    if by == ACTOR and not await services.administrators.are_any():
        return by
    return await acting(services, by, token_file)


def read_token(token_file: Path | None) -> str:
    """The token, from a file or from the keyboard."""
    if token_file is not None:
        try:
            return token_file.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            fail(f"{token_file}: {type(error).__name__}")
    if not sys.stdin.isatty():
        fail("prove who you are: name a file with --token-file, or run this in a terminal")
    return str(typer.prompt("Your admin token", hide_input=True)).strip()
