"""Quiet hours in words: the bot's and the Mini App's."""

from jiema_app.domain.telegram.chats import Chat
from jiema_app.domain.telegram.quiet_hours import HOUR
from jiema_app.i18n.translation import t, tc


def quiet_line(chat: Chat, locale: str) -> str:
    """Which ones somebody has chosen."""
    if chat.quiet_from is None or chat.quiet_until is None:
        return t(locale, "Quiet hours: none")
    return t(
        locale,
        "Quiet hours: {begin} to {end}, {zone}",
        begin=clock_time(chat.quiet_from),
        end=clock_time(chat.quiet_until),
        zone=zone_name(chat.utc_offset_minutes),
    )


def hours_label(hours: tuple[int, int] | None, locale: str) -> str:
    """Hours that may be chosen."""
    if hours is None:
        return tc(locale, "quiet hours", "Never")
    return f"{clock_time(hours[0])}–{clock_time(hours[1])}"  # noqa: RUF001 - a range


def clock_time(minutes: int) -> str:
    """A minute of the day: 22:00."""
    return f"{minutes // HOUR:02}:{minutes % HOUR:02}"


def zone_name(offset: int) -> str:
    """How far a clock is ahead of UTC, in minutes: UTC+5:30."""
    hours, minutes = divmod(abs(offset), HOUR)
    sign = "-" if offset < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")
