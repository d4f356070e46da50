"""``announce`` post, edit, withdraw, list, show: what a person has to say in the channel.

The JSON is a contract: keys are added at the end, never changed.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
import typer

from jiema_app.bootstrap import Services
from jiema_app.bot.composition import channel_views
from jiema_app.commands.acting import By, TokenFile, acting
from jiema_app.commands.console import ACTOR, AsJson, fail, show, with_services
from jiema_app.commands.recharges import moment_text
from jiema_app.domain import ids
from jiema_app.domain.announcements.service import (
    ENGLISH,
    TEXT_MAX,
    Announcement,
    AnnouncementState,
    clean_texts,
)

announce = typer.Typer(help="Announcements in the channel.", no_args_is_help=True)

TEXT_BYTES: Final = 8 * TEXT_MAX
"""More than any text has; a file may be anything."""

Text = Annotated[str | None, typer.Option(help="The English text, when it is short.")]
TextFile = Annotated[Path | None, typer.Option(help="Holds the English text.")]
Others = Annotated[
    list[str] | None,
    typer.Option(
        "--lang",
        metavar="LOCALE=FILE",
        help="The text in another language, such as ru=news.ru.txt. May be given several times.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the post and change nothing.")]
AnnouncementId = Annotated[str, typer.Argument(metavar="ID")]


@announce.command("post")
def announce_post(
    text: Text = None,
    text_file: TextFile = None,
    lang: Others = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Not before this, such as 2026-07-01T09:00 (UTC)."),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Though the same was announced within a day.")
    ] = False,
    dry_run: DryRun = False,
    by: By = ACTOR,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Have something posted, now or later. Buttons beneath it lead to the other languages."""
    texts, publish_at = _texts(text, text_file, lang), None if at is None else _moment(at)

    async def post(services: Services) -> Announcement:
        if dry_run:
            return _draft(services, texts, publish_at)
        actor = await acting(services, by, token_file)
        return await services.channel.announcements.post(
            texts, actor=actor, publish_at=publish_at, again=again
        )

    _print(with_services(lambda services: _shown(services, post)), as_json=as_json)


@announce.command("edit")
def announce_edit(
    announcement: AnnouncementId,
    text: Text = None,
    text_file: TextFile = None,
    lang: Others = None,
    by: By = ACTOR,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Say an announcement otherwise: its post is edited. All its texts are given anew."""
    texts = _texts(text, text_file, lang)

    async def edit(services: Services) -> Announcement:
        actor = await acting(services, by, token_file)
        return await services.channel.announcements.edit(announcement, texts, actor=actor)

    _print(with_services(lambda services: _shown(services, edit)), as_json=as_json)


@announce.command("withdraw")
def announce_withdraw(
    announcement: AnnouncementId,
    by: By = ACTOR,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Take an announcement back: its post is deleted, or never made."""

    async def withdraw(services: Services) -> Announcement:
        actor = await acting(services, by, token_file)
        return await services.channel.announcements.withdraw(announcement, actor=actor)

    _print(with_services(lambda services: _shown(services, withdraw)), as_json=as_json)


@announce.command("show")
def announce_show(announcement: AnnouncementId, as_json: AsJson = False) -> None:
    """Print an announcement as it stands in the channel, and how it fares."""

    async def find(services: Services) -> Announcement:
        return await services.channel.announcements.find(announcement)

    _print(with_services(lambda services: _shown(services, find)), as_json=as_json)


@announce.command("list")
def announce_list(as_json: AsJson = False) -> None:
    """Print the newest announcements."""
    found = with_services(lambda services: services.channel.announcements.list_newest())
    if as_json:
        typer.echo(orjson.dumps([_facts(one) for one in found]).decode())
    elif not found:
        typer.echo("there is none")
    for one in () if as_json else found:
        first, *_ = one.texts[ENGLISH].split("\n")
        typer.echo(f"{one.id}  {one.state:<9}  {moment_text(one.publish_at)}  {first[:60]}")


async def _shown(services: Services, find: Any) -> tuple[Announcement, dict[str, Any]]:
    """What a command found, and its post as Telegram takes it."""
    found: Announcement = await find(services)
    return found, dict(channel_views(services).post(found).arguments)


def _draft(
    services: Services, texts: Mapping[str, str], publish_at: datetime | None
) -> Announcement:
    now = services.clock.now()
    return Announcement(
        id=ids.new_id(),
        texts=clean_texts(texts),
        revision=1,
        actor=ACTOR,
        publish_at=publish_at or now,
        withdrawn_at=None,
        created_at=now,
        state=AnnouncementState.SCHEDULED,
        message_id=None,
    )


def _texts(text: str | None, text_file: Path | None, others: list[str] | None) -> dict[str, str]:
    if (text is None) == (text_file is None):
        fail("give exactly one of --text TEXT and --text-file FILE")
    texts = {ENGLISH: text if text is not None else _read(text_file or Path())}
    for other in others or ():
        locale, equals, file = other.partition("=")
        if not equals or locale in texts:
            fail(f"--lang takes LOCALE=FILE, each language once: {other[:40]!r}")
        texts[locale] = _read(Path(file))
    return texts


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(TEXT_BYTES + 1)
        if len(content) > TEXT_BYTES:
            fail(f"{path}: longer than an announcement may be")
        return content.decode()
    except (OSError, ValueError) as error:
        fail(f"{path}: {type(error).__name__}")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        fail("--at takes a time such as 2026-07-01T09:00")
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _print(shown: tuple[Announcement, dict[str, Any]], *, as_json: bool) -> None:
    found, post = shown
    if as_json:
        show(_facts(found) | {"post": post}, as_json=True)
        return
    lines = [
        f"{found.id}  {found.state}",
        f"  not before {moment_text(found.publish_at)}, in {', '.join(sorted(found.texts))}",
        "",
        *(f"  | {line}" for line in post["text"].split("\n")),
        "",
    ]
    for row in post["reply_markup"]["inline_keyboard"]:
        lines += [f"  [{button['text']}]  {button['url']}" for button in row]
    if found.state is AnnouncementState.PARKED:
        lines.append("  whether it stands in the channel is not known: look there")
    typer.echo("\n".join(lines))


def _facts(one: Announcement) -> dict[str, Any]:
    withdrawn = one.withdrawn_at
    return {
        "id": one.id,
        "state": one.state,
        "texts": dict(one.texts),
        "by": one.actor,
        "publishAt": moment_text(one.publish_at),
        "withdrawnAt": None if withdrawn is None else moment_text(withdrawn),
        "messageId": one.message_id,
        "revision": one.revision,
    }
