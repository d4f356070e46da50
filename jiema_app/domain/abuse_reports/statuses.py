"""What becomes of a report of abuse, and who sends one."""

from enum import StrEnum


class ReportStatus(StrEnum):
    """Where a report is. What its ticket shows of it, anybody who has the ticket reads."""

    RECEIVED = "RECEIVED"
    """Stored; nobody has begun to look."""
    IN_REVIEW = "IN_REVIEW"
    """One of us looks into it."""
    ANSWERED = "ANSWERED"
    """Its ticket shows an answer. It may be written anew."""
    CLOSED = "CLOSED"
    """Nothing more follows."""


class Reporter(StrEnum):
    """As whom somebody reports."""

    PERSON = "PERSON"
    """Affected, or acting for who is."""
    SERVICE = "SERVICE"
    """The service at which a number was used."""
    AUTHORITY = "AUTHORITY"
    """Police, a court, a regulator."""
