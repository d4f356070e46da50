"""Times as the API writes them."""

from datetime import UTC, datetime


def timestamp(moment: datetime) -> str:
    """UTC with milliseconds: ``2026-05-22T08:30:00.000Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def timestamp_or_none(moment: datetime | None) -> str | None:
    """The same, for a moment that may not have come."""
    return None if moment is None else timestamp(moment)
