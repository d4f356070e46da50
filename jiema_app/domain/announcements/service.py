"""Announcements: written by a person, posted once, edited, withdrawn.

The row says what is to be read, its delivery how the post fares. A post whose outcome nobody
knows is parked with the deliveries and never made again by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from jiema_app.domain import ids
from jiema_app.domain.announcements import queries
from jiema_app.domain.clock import Clock
from jiema_app.domain.errors import BadRequest, NotFound, NotOpen
from jiema_app.domain.identity.deciding import ensure_may_decide
from jiema_app.domain.identity.queries import AUDIT
from jiema_app.domain.labels import clean_lines
from jiema_app.domain.notifications.deliveries import CHANNEL, Delivery, follow, put
from jiema_app.domain.transaction import Connection, Database
from jiema_app.i18n.locale_list import LOCALES

ENGLISH: Final = "en"
TEXT_MAX: Final = 3_000
"""Telegram takes 4,096 of a message; marks and links need some."""

ANNOUNCEMENT_KIND: Final = "announcement"
WITHDRAWAL_KIND: Final = "announcement_withdrawal"
REPEATED_WITHIN: Final = timedelta(hours=24)
AHEAD_MAX: Final = timedelta(days=366)
LISTED_MAX: Final = 50


class AnnouncementState(StrEnum):
    """How an announcement fares."""

    SCHEDULED = "SCHEDULED"
    """Its time has not come."""
    QUEUED = "QUEUED"
    """It is about to be posted, or an edit of it is."""
    POSTED = "POSTED"
    """It stands in the channel."""
    PARKED = "PARKED"
    """Whether it stands in the channel is not known: a person must look."""
    FAILED = "FAILED"
    """Telegram refused it."""
    OLD = "OLD"
    """It was posted so long ago that it is edited no more. It can still be withdrawn."""
    WITHDRAWN = "WITHDRAWN"
    """It is to be seen no more."""


SETTLED_STATES: Final[Mapping[str | None, AnnouncementState]] = {
    None: AnnouncementState.OLD,
    "SENT": AnnouncementState.POSTED,
    "UNKNOWN": AnnouncementState.PARKED,
    "FAILED": AnnouncementState.FAILED,
    "GONE": AnnouncementState.FAILED,
    "DROPPED": AnnouncementState.FAILED,
}
"""By that of its delivery, once nothing is under way."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a person wrote for the channel.

    Attributes:
        texts: By locale; English is always among them.
        message_id: Of its post; None while there is none that we know of.
    """

    id: str
    texts: Mapping[str, str]
    revision: int
    actor: str
    publish_at: datetime
    withdrawn_at: datetime | None
    created_at: datetime
    state: AnnouncementState
    message_id: int | None

    def text(self, locale: str) -> str:
        """What it says in a language; in English where it was not put into that."""
        return self.texts.get(locale, self.texts[ENGLISH])


def clean_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts as they are kept.

    Raises:
        BadRequest: English is missing, a language is none of ours, or a text is empty or too long.
    """
    if ENGLISH not in texts:
        raise BadRequest("An announcement needs its English text.")
    kept = {}
    for locale, text in texts.items():
        if locale not in LOCALES:
            raise BadRequest(f"Language: must be one of {', '.join(LOCALES)}.")
        # Bound before it is looked at: cleaning reads every character.
        lines = clean_lines(text[: TEXT_MAX + 1]).strip()
        if not lines or len(text) > TEXT_MAX:
            raise BadRequest(f"Text ({locale}): must be 1 to {TEXT_MAX} characters.")
        kept[locale] = lines
    return kept


@dataclass(frozen=True, slots=True)
class Announcements:
    """Everything that is done about announcements.

    Attributes:
        channel: Its id or name; None where there is none.
    """

    database: Database
    clock: Clock
    channel: str | None

    async def post(
        self,
        texts: Mapping[str, str],
        *,
        actor: str,
        publish_at: datetime | None = None,
        again: bool = False,
    ) -> Announcement:
        """Have something posted, now or later.

        Args:
            texts: By locale.
            actor: An administrator, or a command of ours.
            publish_at: Not before this; None for now.
            again: Whether it is meant, though the same was announced within a day.

        Raises:
            BadRequest: There is no channel, a text does not fit, or the time is too far off.
            Forbidden: Who writes it is no administrator.
            NotOpen: The same was announced a moment ago. Nothing is posted twice by accident.
        """
        kept, now = clean_texts(texts), self.clock.now()
        channel = self._channel()
        publish_at = publish_at or now
        if publish_at > now + AHEAD_MAX:
            raise BadRequest("An announcement can be planned for a year at most.")
        announcement = ids.new_id()
        async with self.database.transaction() as connection:
            await ensure_may_decide(connection, actor, "announcements")
            await connection.execute(queries.LOCK)
            repeated = await connection.fetchval(queries.IS_REPEATED, kept, now - REPEATED_WITHIN)
            if repeated is not None and not again:
                raise NotOpen(f"The same was announced within a day: {repeated}.")
            await connection.execute(queries.WRITE, announcement, kept, actor, publish_at)
            details = {"locales": sorted(kept), "publishAt": publish_at.isoformat()}
            await connection.execute(AUDIT, actor, "announcement.post", announcement, details)
            await follow(connection, posting(channel, announcement, publish_at), 1)
            return await _find(connection, announcement)

    async def edit(
        self, announcement: str, texts: Mapping[str, str], *, actor: str
    ) -> Announcement:
        """Say it otherwise. Its post is edited, or will say this when it is made.

        Raises:
            BadRequest: A text does not fit.
            Forbidden: Who does it is no administrator.
            NotFound: There is none with this id.
            NotOpen: It was withdrawn, or is so old that its delivery was forgotten.
        """
        kept, channel = clean_texts(texts), self._channel()
        async with self.database.transaction() as connection:
            await ensure_may_decide(connection, actor, "announcements")
            before = await _find(connection, announcement)
            if before.state is AnnouncementState.OLD:
                raise NotOpen("This announcement is too old to be edited. Write another one.")
            row = await connection.fetchrow(queries.EDIT, before.id, kept)
            if row is None:
                raise NotOpen("This announcement was withdrawn.")
            details = {"locales": sorted(kept)}
            await connection.execute(AUDIT, actor, "announcement.edit", before.id, details)
            delivery = posting(channel, before.id, row["publish_at"])
            await follow(connection, delivery, row["revision"])
            return await _find(connection, announcement)

    async def withdraw(self, announcement: str, *, actor: str) -> Announcement:
        """Take it back: its post is deleted, or is never made.

        Raises:
            Forbidden: Who does it is no administrator.
            NotFound: There is none with this id.
        """
        channel = self._channel()
        async with self.database.transaction() as connection:
            await ensure_may_decide(connection, actor, "announcements")
            before = await _find(connection, announcement)
            done = await connection.fetchval(queries.WITHDRAW, before.id, self.clock.now())
            if done is not None:
                await connection.execute(AUDIT, actor, "announcement.withdraw", before.id, {})
                if before.message_id is not None:
                    await put(connection, withdrawal(channel, before.id))
            return await _find(connection, announcement)

    async def find(self, announcement: str) -> Announcement:
        """One by its id.

        Raises:
            NotFound: There is none.
        """
        async with self.database.connection() as connection:
            return await _find(connection, announcement)

    async def list_newest(self) -> list[Announcement]:
        """The newest ones, the newest first."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.NEWEST, LISTED_MAX)
        return [_view(row) for row in rows]

    def _channel(self) -> str:
        if self.channel is None:
            raise BadRequest("There is no channel: set TELEGRAM_CHANNEL.")
        return self.channel


def withdrawal(channel: str, announcement: str) -> Delivery:
    """What deletes a post."""
    return Delivery(
        recipient=channel,
        kind=WITHDRAWAL_KIND,
        key=f"announcement:{announcement}:withdrawn",
        subject_id=announcement,
        priority=CHANNEL,
    )


def posting(channel: str, announcement: str, publish_at: datetime) -> Delivery:
    """What posts it, or edits its post."""
    return Delivery(
        recipient=channel,
        kind=ANNOUNCEMENT_KIND,
        key=f"announcement:{announcement}",
        subject_id=announcement,
        priority=CHANNEL,
        not_before=publish_at,
    )


async def _find(connection: Connection, announcement: str) -> Announcement:
    row = None
    if ids.is_id(announcement):
        row = await connection.fetchrow(queries.FIND, announcement)
    if row is None:
        raise NotFound("Announcement not found.")
    return _view(row)


def _view(row: Any) -> Announcement:
    fields = dict(row)
    state, sent = fields.pop("delivery_state"), fields.pop("sent_revision")
    return Announcement(**fields, state=_state(fields, state, is_sent=bool(sent)))


def _state(fields: Mapping[str, Any], delivery: str | None, *, is_sent: bool) -> AnnouncementState:
    if fields["withdrawn_at"] is not None:
        return AnnouncementState.WITHDRAWN
    if delivery in SETTLED_STATES:
        return SETTLED_STATES[delivery]
    is_planned = fields["publish_at"] > fields["created_at"] and not is_sent
    return AnnouncementState.SCHEDULED if is_planned else AnnouncementState.QUEUED
