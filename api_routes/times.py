"""Times as the API writes them."""

from datetime import UTC, datetime


def timestamp(moment: datetime) -> str:
    """UTC with milliseconds: ``2026-05-22T08:30:00.000Z``."""
    return f"{moment.astimezone(UTC).isoformat(timespec='milliseconds')[: -len('+00:00')]}Z"


def timestamp_or_none(moment: datetime | None) -> str | None:
    """The same, for a moment that may not have come."""
    return None if moment is None else timestamp(moment)
