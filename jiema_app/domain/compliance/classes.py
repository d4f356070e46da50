"""The three answers of the service policy: sell, sell with a warning, refuse."""

from enum import StrEnum


class ComplianceClass(StrEnum):
    """How the shop treats a service or a number country.

    The values are stored in the catalogue files and in the database, so they
    are spelled once, here.
    """

    ALLOWED = "allowed"
    """Sold without remark."""

    WARN = "warn"
    """Sold, with a note that the service refuses or flags temporary numbers."""

    DENIED = "denied"
    """Never sold by default; only an administrator's audited override opens it."""
