"""Reports of abuse: kept, answered, found by their ticket, and in part forgotten."""

import asyncio
from collections.abc import Mapping

import pytest

from jiema_app.domain.abuse_reports.reports import BadField, NewReport, read_report
from jiema_app.domain.abuse_reports.service import AbuseReports
from jiema_app.domain.abuse_reports.statuses import ReportStatus
from jiema_app.domain.abuse_reports.tickets import ALPHABET, LENGTH, new_ticket, read_ticket
from jiema_app.domain.errors import BadRequest, NotFound, NotOpen
from tests.support.shop import Shop

HERE = "192.0.2.7"
FORM = {
    "reporter": "SERVICE",
    "organisation": "Example Ltd",
    "contact": "abuse@example.com",
    "subject": "+60 12-345 6789",
    "words": "It was used to sign up\r\n\r\n\r\nforty times.",
}


def report(**changes: str) -> NewReport:
    return read_report(FORM | changes)


def test_a_ticket_cannot_be_guessed_and_is_read_as_people_write_it() -> None:
    assert len(ALPHABET) ** LENGTH >= 2**75
    ticket = new_ticket()
    bare = ticket.removeprefix("AR-").replace("-", "")
    for spelling in (ticket, ticket.lower(), bare, f" ar {bare} ", f"AR\u2011{bare}"):
        assert read_ticket(spelling) == ticket
    # One may begin with the letters of the prefix.
    assert read_ticket("AR" + "2" * 14) == "AR-AR22-2222-2222-2222"
    for other in ("", "AR-", bare[:-1], bare + "2", "O" * 16, "x" * 100_000, "\0" * 16):
        assert read_ticket(other) is None


def test_a_report_is_kept_in_lines_without_what_cannot_be_seen() -> None:
    read = report(organisation=" A \u202e B ", contact=" ", words="one\u200b two\r\n\n\n\nthree\0 ")
    assert (read.organisation, read.contact) == ("A B", None)
    assert read.words == "one two\n\nthree"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reporter", "KING"),
        ("words", "too short"),
        ("words", "\u200b" * 40),
        ("words", "x" * 4001),
        ("words", " " * 8001 + "x" * 20),
        ("contact", "x" * 201),
        ("subject", "\u0301" * 50_000),
        ("organisation", "\u202e"),
    ],
)
def test_a_field_that_cannot_be_kept_is_named(field: str, value: str) -> None:
    with pytest.raises(BadField) as refused:
        report(**{field: value})
    assert refused.value.field == field
    assert value not in refused.value.message


async def test_a_report_lives_until_it_is_closed(shop: Shop) -> None:
    reports = shop.services.abuse_reports
    ticket = await reports.send(report(), HERE)
    assert (await reports.look_up(ticket.lower())).status is ReportStatus.RECEIVED
    for _ in range(2):
        assert (await reports.begin(ticket, actor="test")).status is ReportStatus.IN_REVIEW
    with pytest.raises(BadRequest):
        await reports.answer(ticket, "\u200b", actor="test")
    for text in ("We look.", "We blocked\nthe account."):
        answered = await reports.answer(ticket, text, actor="test")
        assert (answered.status, answered.answer) == (ReportStatus.ANSWERED, text)
    closed = await reports.close(ticket, actor="test")
    assert (closed.status, closed.answer) == (ReportStatus.CLOSED, "We blocked\nthe account.")
    for act in (reports.close(ticket, actor="x"), reports.answer(ticket, "more", actor="x")):
        with pytest.raises(NotOpen):
            await act
    done = await shop.fetchval(
        "select array_agg(action order by id) from audit_records where subject_id = $1", ticket
    )
    assert done == ["abuse.begin", "abuse.answer", "abuse.answer", "abuse.close"]


async def test_nobody_finds_a_report_that_is_not_there(shop: Shop) -> None:
    reports = shop.services.abuse_reports
    for ticket in (new_ticket(), "nothing", "' or 1=1"):
        for act in (
            reports.look_up(ticket),
            reports.find(ticket),
            reports.begin(ticket, actor="x"),
            reports.answer(ticket, "more", actor="x"),
            reports.close(ticket, actor="x"),
        ):
            with pytest.raises(NotFound):
                await act


async def test_the_same_report_from_the_same_place_has_one_ticket(shop: Shop) -> None:
    reports = shop.services.abuse_reports
    tickets = await asyncio.gather(*(reports.send(report(), HERE) for _ in range(5)))
    assert len(set(tickets)) == 1
    assert await reports.find_sent(report(), HERE) == tickets[0]
    others = [
        await reports.send(report(), "192.0.2.8"),
        await reports.send(report(contact="other@example.com"), HERE),
    ]
    assert len({tickets[0], *others}) == 3
    await age(shop, 601)
    await reports.forget()
    assert await reports.find_sent(report(), HERE) is None
    assert await reports.send(report(), HERE) not in {*tickets, *others}


async def age(shop: Shop, seconds: int) -> None:
    """Everything that was reported happened so much earlier."""
    await shop.execute(
        "update abuse_reports set created_at = created_at - make_interval(secs => $1), "
        "answered_at = answered_at - make_interval(secs => $1), "
        "closed_at = closed_at - make_interval(secs => $1)",
        seconds,
    )


async def contacts(reports: AbuseReports, *tickets: str) -> Mapping[str, str | None]:
    return {ticket: (await reports.find(ticket)).contact for ticket in tickets}


async def test_contacts_go_some_time_after_the_end_and_nothing_else_does(shop: Shop) -> None:
    reports = shop.services.abuse_reports
    waiting, answered, closed = [
        await reports.send(report(words=f"a report of {kind}"), HERE) for kind in "abc"
    ]
    await reports.answer(answered, "done", actor="test")
    await reports.close(closed, actor="test")
    days = shop.services.settings.abuse.contact_days
    await age(shop, days * 86_400 - 60)
    await reports.forget()
    assert set((await contacts(reports, waiting, answered, closed)).values()) == {
        "abuse@example.com"
    }
    await age(shop, 61)
    await reports.forget()
    assert await contacts(reports, waiting, answered, closed) == {
        waiting: "abuse@example.com",
        answered: None,
        closed: None,
    }
    assert (await reports.find(closed)).words == "a report of c"


async def test_where_a_report_came_from_is_nowhere(shop: Shop) -> None:
    await shop.services.abuse_reports.send(report(), HERE)
    row = await shop.fetchval("select t::text from abuse_reports t")
    assert "Example Ltd" in row
    assert HERE not in row


async def test_what_waits_too_long_is_counted(shop: Shop) -> None:
    reports = shop.services.abuse_reports
    late = await reports.send(report(), HERE)
    await age(shop, 72 * 3600 + 1)
    await reports.send(report(words="a younger one of them"), HERE)
    waiting = await reports.count_waiting()
    assert (waiting.count, waiting.overdue) == (2, 1)
    assert (await reports.list_waiting())[0].ticket == late
    figures = (await shop.services.figures.render()).decode()
    assert "jiema_abuse_reports_waiting 2" in figures
    assert "jiema_abuse_reports_oldest_seconds 2592" in figures
    await reports.answer(late, "done", actor="test")
    assert (await reports.count_waiting()).overdue == 0
    assert len(await reports.list_newest()) == 2
