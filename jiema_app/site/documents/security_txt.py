"""Where to report a weakness (RFC 9116)."""

from datetime import UTC, datetime, timedelta

from jiema_app.settings import get_settings

LASTS = timedelta(days=180)


def security_txt(now: datetime) -> str:
    """The file, good for half a year from the first of this month."""
    settings = get_settings()
    begins = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (
        f"Contact: https://t.me/{settings.contact.support}\n"
        f"Contact: {settings.origin}/en/abuse\n"
        f"Expires: {(begins + LASTS).isoformat().replace('+00:00', 'Z')}\n"
        "Preferred-Languages: en, zh\n"
        f"Canonical: {settings.origin}/.well-known/security.txt\n"
        f"Policy: {settings.origin}/en/acceptable-use\n"
    )
