"""Reports of abuse: taken from anybody, answered by hand, found again by their ticket.

Of what was written nothing stands in any log, and nothing is shown to whoever has the ticket. The
address it came from is not kept: for some minutes a keyed hash of it and of the whole report is,
so that one who presses twice, or loads an answer again, has sent one report.
"""

import hashlib
import hmac
from dataclasses import astuple, dataclass, field
from typing import Any, Final

from jiema_app.domain.abuse_reports import queries
from jiema_app.domain.abuse_reports.reports import NewReport, read_answer
from jiema_app.domain.abuse_reports.statuses import Reporter, ReportStatus
from jiema_app.domain.abuse_reports.tickets import new_ticket, read_ticket
from jiema_app.domain.abuse_reports.views import Report, Ticket, Waiting
from jiema_app.domain.errors import AlreadyChanged, NotFound, NotOpen
from jiema_app.domain.transaction import Connection, Database

SAME_S: Final = 600
"""The same words from the same place are the same report for so long."""
LISTED_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class AbuseReports:
    """Everything that is done about reports.

    Attributes:
        secret: Keys the hash by which a report is told to be the same.
        answer_hours: Within so long reports are answered.
        contact_days: How long a settled report keeps how to reach its sender.
    """

    database: Database
    secret: bytes = field(repr=False)
    answer_hours: int
    contact_days: int

    async def find_sent(self, report: NewReport, sender: str) -> str | None:
        """The ticket of the same report, if the same sender has sent it a moment ago."""
        async with self.database.connection() as connection:
            ticket: str | None = await connection.fetchval(
                queries.SENT, self._hash_of(report, sender)
            )
        return ticket

    async def send(self, report: NewReport, sender: str) -> str:
        """Keep a report.

        Args:
            report: What it says.
            sender: Where it comes from, as far as limits tell. It is not kept.

        Returns:
            Its ticket; of one that was sent already, that one's.
        """
        sent_hash = self._hash_of(report, sender)
        told = (report.reporter, report.organisation, report.contact, report.subject, report.words)
        async with self.database.connection() as connection:
            ticket: str | None = await connection.fetchval(
                queries.STORE, new_ticket(), *told, sent_hash
            )
            if ticket is None:
                ticket = await connection.fetchval(queries.SENT, sent_hash)
        if ticket is None:  # the other one was forgotten at this moment
            raise AlreadyChanged("report")
        return ticket

    async def look_up(self, ticket: str) -> Ticket:
        """What has become of a report.

        Raises:
            NotFound: There is none with this ticket.
        """
        row = await self._find(queries.FIND_TICKET, ticket)
        return Ticket(**_told(row))

    async def find(self, ticket: str) -> Report:
        """A whole report, for those who answer it.

        Raises:
            NotFound: There is none with this ticket.
        """
        return _report(await self._find(queries.FIND, ticket))

    async def list_waiting(self) -> list[Report]:
        """Those that nobody has answered, longest waiting first."""
        return await self._list(queries.LIST_WAITING)

    async def list_newest(self) -> list[Report]:
        """All, the newest first."""
        return await self._list(queries.LIST_ALL)

    async def count_waiting(self) -> Waiting:
        """How many wait, and for how many it has been too long."""
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.WAITING, self.answer_hours)
        assert row is not None
        return Waiting(row["count"], row["overdue"])

    async def begin(self, ticket: str, *, actor: str) -> Report:
        """Have the ticket say that somebody looks into it. Where that is said already, nothing changes.

        Raises:
            NotFound: There is none with this ticket.
        """
        async with self.database.transaction() as connection:
            changed = await self._change(connection, queries.BEGIN, ticket, "abuse.begin", actor)
        return await self.find(ticket) if changed is None else changed

    async def answer(self, ticket: str, text: str, *, actor: str) -> Report:
        """Answer a report, or answer it anew.

        Raises:
            BadRequest: There is nothing to read in the answer, or too much.
            NotFound: There is none with this ticket.
            NotOpen: It is closed.
        """
        answer = read_answer(text)
        async with self.database.transaction() as connection:
            changed = await self._change(
                connection, queries.ANSWER, ticket, "abuse.answer", actor, answer
            )
        return await self._changed(changed, ticket)

    async def close(self, ticket: str, *, actor: str) -> Report:
        """End a report, answered or not. Its ticket keeps showing the answer.

        Raises:
            NotFound: There is none with this ticket.
            NotOpen: It is closed already.
        """
        async with self.database.transaction() as connection:
            changed = await self._change(connection, queries.CLOSE, ticket, "abuse.close", actor)
        return await self._changed(changed, ticket)

    async def forget(self) -> None:
        """Remove what was kept for a time: contacts, and what tells that a report is the same."""
        async with self.database.connection() as connection:
            await connection.execute(queries.FORGET_CONTACTS, self.contact_days)
            await connection.execute(queries.FORGET_SENDERS, SAME_S)

    async def _find(self, query: str, ticket: str) -> Any:
        # Only what has the form of a ticket is worth a look in the database.
        known = read_ticket(ticket)
        if known is not None:
            async with self.database.connection() as connection:
                row = await connection.fetchrow(query, known)
            if row is not None:
                return row
        raise NotFound("Report not found.")

    async def _list(self, query: str) -> list[Report]:
        async with self.database.connection() as connection:
            return [_report(row) for row in await connection.fetch(query, LISTED_MAX)]

    async def _change(
        self,
        connection: Connection,
        query: str,
        ticket: str,
        action: str,
        actor: str,
        *values: str,
    ) -> Report | None:
        row = await connection.fetchrow(query, read_ticket(ticket), *values)
        if row is None:
            return None
        report = _report(row)
        # Who did it and when; the words stand in the report alone.
        await connection.execute(queries.AUDIT, actor, action, report.ticket, {})
        return report

    async def _changed(self, report: Report | None, ticket: str) -> Report:
        if report is None:
            await self.find(ticket)
            raise NotOpen("This report is closed.")
        return report

    def _hash_of(self, report: NewReport, sender: str) -> bytes:
        told = "\0".join((sender, *(part or "" for part in astuple(report))))
        return hmac.digest(b"abuse-report:" + self.secret, told.encode(), hashlib.sha256)


def _told(row: Any) -> dict[str, Any]:
    return dict(row) | {"status": ReportStatus(row["status"])}


def _report(row: Any) -> Report:
    return Report(**_told(row) | {"reporter": Reporter(row["reporter"])})
