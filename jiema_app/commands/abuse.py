"""``abuse`` list, show, answer, close: what was reported, and what its ticket says.

What people wrote is a stranger's words: never a command, and shown without anything that a
terminal would obey. The JSON is a contract: keys are added at the end, never changed.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from jiema_app.bootstrap import Services
from jiema_app.commands.acting import By, TokenFile, acting
from jiema_app.commands.console import ACTOR, AsJson, fail, show, with_services
from jiema_app.commands.recharges import moment_text
from jiema_app.domain.abuse_reports.reports import ANSWER_MAX
from jiema_app.domain.abuse_reports.service import LISTED_MAX
from jiema_app.domain.abuse_reports.statuses import ReportStatus
from jiema_app.domain.abuse_reports.views import Report
from jiema_app.settings import get_settings

abuse = typer.Typer(help="Reports of abuse, which anybody may send.", no_args_is_help=True)

ANSWER_BYTES = 8 * ANSWER_MAX
"""More than any answer has; a file may be anything."""

TicketId = Annotated[str, typer.Argument(metavar="TICKET", help="In any case and groups.")]


@abuse.command("list")
def abuse_list(
    everything: Annotated[
        bool, typer.Option("--all", help="Answered and closed ones too, the newest first.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print the reports that wait for an answer, longest waiting first."""

    async def read(services: Services) -> list[Report]:
        reports = services.abuse_reports
        return await (reports.list_newest() if everything else reports.list_waiting())

    found = with_services(read)
    if as_json:
        typer.echo(orjson.dumps([_facts(report) for report in found]).decode())
    elif not found:
        typer.echo("there is none" if everything else "nothing waits")
    for report in () if as_json else found:
        due = f"  answer by {_due(report)}" if _waits(report) else ""
        typer.echo(f"{report.ticket}  {report.status:<9}  {report.reporter:<9}{due}")
    if len(found) == LISTED_MAX and not as_json:
        typer.echo(f"these are {LISTED_MAX}, and there may be more: answer or close some of them")


@abuse.command("show")
def abuse_show(
    ticket: TicketId,
    take: Annotated[
        bool, typer.Option("--take", help="Have its ticket say that it is in review.")
    ] = False,
    by: By = ACTOR,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Print a report with all that was written."""

    async def find(services: Services) -> Report:
        if not take:
            return await services.abuse_reports.find(ticket)
        actor = await acting(services, by, token_file)
        return await services.abuse_reports.begin(ticket, actor=actor)

    _print(with_services(find), as_json=as_json)


@abuse.command("answer")
def abuse_answer(
    ticket: TicketId,
    text: Annotated[str | None, typer.Option(help="The answer, when it is short.")] = None,
    text_file: Annotated[Path | None, typer.Option(help="Holds the answer.")] = None,
    by: By = ACTOR,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Write the answer that the page of the ticket shows, or write it anew."""
    if (text is None) == (text_file is None):
        fail("give exactly one of --text TEXT and --text-file FILE")
    answer = text if text_file is None else _read(text_file)

    async def reply(services: Services) -> Report:
        actor = await acting(services, by, token_file)
        return await services.abuse_reports.answer(ticket, answer or "", actor=actor)

    _print(with_services(reply), as_json=as_json)


@abuse.command("close")
def abuse_close(
    ticket: TicketId, by: By = ACTOR, token_file: TokenFile = None, as_json: AsJson = False
) -> None:
    """End a report, answered or not. Its page keeps showing the answer."""

    async def close(services: Services) -> Report:
        actor = await acting(services, by, token_file)
        return await services.abuse_reports.close(ticket, actor=actor)

    _print(with_services(close), as_json=as_json)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(ANSWER_BYTES + 1)
        if len(content) > ANSWER_BYTES:
            fail(f"{path}: longer than an answer may be")
        return content.decode()
    except (OSError, ValueError) as error:
        fail(f"{path}: {type(error).__name__}")


def _print(report: Report, *, as_json: bool) -> None:
    if as_json:
        show(_facts(report), as_json=True)
        return
    lines = [
        f"{report.ticket}  {report.status}",
        f"  sent {moment_text(report.created_at)} by: {report.reporter.lower()}",
    ]
    if _waits(report):
        lines.append(f"  answer by {_due(report)}")
    for name, value in (
        ("organisation", report.organisation),
        ("contact", report.contact),
        ("about", report.subject),
    ):
        if value is not None:
            lines.append(f"  {name}: {value}")
    lines += ["", *(f"  | {line}" for line in report.words.split("\n"))]
    if report.answer is not None and report.answered_at is not None:
        lines += ["", f"  answered {moment_text(report.answered_at)}:"]
        lines += [f"  | {line}" for line in report.answer.split("\n")]
    typer.echo("\n".join(lines))


def _waits(report: Report) -> bool:
    return report.status in {ReportStatus.RECEIVED, ReportStatus.IN_REVIEW}


def _due(report: Report) -> str:
    hours = get_settings().abuse.answer_hours
    return moment_text(report.created_at + timedelta(hours=hours))


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment_text(moment)


def _facts(report: Report) -> dict[str, Any]:
    return {
        "ticket": report.ticket,
        "status": report.status,
        "reporter": report.reporter,
        "organisation": report.organisation,
        "contact": report.contact,
        "subject": report.subject,
        "words": report.words,
        "answer": report.answer,
        "sentAt": moment_text(report.created_at),
        "answerBy": _due(report),
        "answeredAt": _moment(report.answered_at),
        "closedAt": _moment(report.closed_at),
    }
