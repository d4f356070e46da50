"""The words of what stands in the channel: made when it is sent, of what is true then."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from jiema_app.domain.announcements.digests import Digest
from jiema_app.domain.announcements.looking import ChannelDigests
from jiema_app.domain.announcements.rules import News, NewsKind
from jiema_app.domain.announcements.service import Announcement, Announcements
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.errors import NotFound
from jiema_app.domain.notifications.transport import ClaimedDelivery
from jiema_app.domain.telegram import calls
from jiema_app.domain.telegram.calls import Keyboard, TelegramCall, escaped
from jiema_app.domain.units import Cents, micro
from jiema_app.i18n.formats import money, percent
from jiema_app.i18n.locale_list import LOCALES, NATIVE_NAMES
from jiema_app.i18n.translation import t, tn

LINES_MAX: Final = 8
"""Of each kind of news. The rest is counted: a post is read in a moment."""

BUTTONS_A_ROW: Final = 4

START: Final = "news"
"""How the parameter of a deep link to an announcement begins: ``news-<id>-<locale>``."""


@dataclass(frozen=True, slots=True)
class ChannelPlace:
    """Where buttons of posts lead, and the languages of the channel.

    Attributes:
        origin: Of the site.
        bot: The bot's name, without the @.
        mini_app: Last part of the Mini App's link; None where it is the bot's main one.
        locale: The channel's own language.
        site_locales: Languages for which a post has a button to the site.
    """

    origin: str
    bot: str
    mini_app: str | None
    locale: str
    site_locales: tuple[str, ...]

    @property
    def app_link(self) -> str:
        """Opens the shop within Telegram. Channels take no other kind of button for it."""
        path = "" if self.mini_app is None else f"/{self.mini_app}"
        return f"https://t.me/{self.bot}{path}?startapp=channel"

    def read_link(self, announcement: str, locale: str) -> str:
        """Has the bot say an announcement in another language."""
        return f"https://t.me/{self.bot}?start={START}-{announcement}-{locale}"


@dataclass(frozen=True, slots=True)
class ChannelViews:
    """Renderers of what stands in the channel."""

    announcements: Announcements
    digests: ChannelDigests
    place: ChannelPlace

    async def digest(self, delivery: ClaimedDelivery) -> TelegramCall | None:
        """Of a post about prices and stock."""
        found = await self.digests.find(delivery.subject_id or "")
        if found is None:
            return None
        catalog, locale = self.digests.catalog.current, self.place.locale
        html = "\n".join(digest_lines(found, catalog, self.place))
        return calls.text(html, keyboard=[self._app_row(locale), *self._site_rows()])

    async def announcement(self, delivery: ClaimedDelivery) -> TelegramCall | None:
        """Of an announcement; of a withdrawn one nothing, or that it was withdrawn."""
        try:
            found = await self.announcements.find(delivery.subject_id or "")
        except NotFound:
            return None
        if found.withdrawn_at is None:
            return self.post(found)
        if delivery.message_id is None:
            return None
        return calls.text(escaped(t(self.place.locale, "This announcement was withdrawn.")))

    async def withdrawal(self, delivery: ClaimedDelivery) -> TelegramCall | None:
        """Of taking an announcement away."""
        try:
            found = await self.announcements.find(delivery.subject_id or "")
        except NotFound:
            return None
        return None if found.message_id is None else calls.delete_message(found.message_id)

    def post(self, announcement: Announcement) -> TelegramCall:
        """An announcement as it stands in the channel."""
        locale = self.place.locale
        others = [one for one in LOCALES if one in announcement.texts and one != locale]
        links = [
            {"text": NATIVE_NAMES[one], "url": self.place.read_link(announcement.id, one)}
            for one in others
        ]
        rows = _in_rows(links) if others else self._site_rows()
        return calls.text(
            announcement_html(announcement.text(locale)),
            keyboard=[*rows, self._app_row(locale)],
        )

    async def read(self, parameter: str) -> str | None:
        """What the bot says to who came by the link of an announcement, as HTML.

        Args:
            parameter: Of ``/start``, as it came.

        Returns:
            None when it is no such link, or nothing that is to be seen.
        """
        start, _, rest = parameter[:64].partition("-")
        announcement, _, locale = rest.partition("-")
        if start != START or locale not in LOCALES:
            return None
        try:
            found = await self.announcements.find(announcement)
        except NotFound:
            return None
        is_public = found.message_id is not None and found.withdrawn_at is None
        return announcement_html(found.text(locale)) if is_public else None

    def _app_row(self, locale: str) -> list[dict[str, str]]:
        return [{"text": t(locale, "Open in Telegram"), "url": self.place.app_link}]

    def _site_rows(self) -> Keyboard:
        return _in_rows(
            [
                {"text": NATIVE_NAMES[one], "url": f"{self.place.origin}/{one}/browse"}
                for one in self.place.site_locales
            ]
        )


def announcement_html(text: str) -> str:
    """An announcement with its first line as a title, where more follows."""
    title, newline, rest = text.partition("\n")
    return f"<b>{escaped(title)}</b>\n{escaped(rest)}" if newline else escaped(title)


def digest_lines(digest: Digest, catalog: Catalog, place: ChannelPlace) -> Iterator[str]:
    """The lines of a post about prices and stock."""
    locale = place.locale
    yield f"<b>{escaped(t(locale, 'Prices and stock'))}</b>"
    if not digest.items and not digest.more:
        yield escaped(t(locale, "Prices are back where they were."))
    more = digest.more
    for kind, title in _titles(locale):
        items = [one for one in digest.items if one.kind is kind]
        lines = [line for one in items if (line := _line(one, catalog, place)) is not None]
        more += len(items) - len(lines[:LINES_MAX])
        if lines:
            yield ""
            yield f"{title}"
            yield from lines[:LINES_MAX]
    if more:
        yield ""
        link = f"{place.origin}/{locale}/browse"
        said = escaped(tn(locale, "and {n} more change", "and {n} more changes", more))
        yield f'<a href="{escaped(link)}">{said}</a>'


def _titles(locale: str) -> list[tuple[NewsKind, str]]:
    return [
        (NewsKind.NEW, f"🆕 {escaped(t(locale, 'New services'))}"),
        (NewsKind.BACK, f"✅ {escaped(t(locale, 'Back in stock'))}"),
        (NewsKind.FALL, f"📉 {escaped(t(locale, 'Lower prices'))}"),
        (NewsKind.RISE, f"📈 {escaped(t(locale, 'Higher prices'))}"),
    ]


def _line(news: News, catalog: Catalog, place: ChannelPlace) -> str | None:
    """A line; None of what is sold no more."""
    locale = place.locale
    service = catalog.find_service(news.service_code)
    if service is None:
        return None
    link = f"{place.origin}/{locale}/service/{service.slug}"
    name = f'<a href="{escaped(link)}">{escaped(service.name)}</a>'
    price = money(locale, micro(Cents(news.now_cents)))
    if news.country_id is None:
        return f"• {name}: {escaped(t(locale, 'from {price}', price=price))}"
    country = catalog.find_country(news.country_id)
    if country is None:
        return None
    where = f"{country.flag} {escaped(country.names.get(locale, country.name))}"
    if not news.before_cents:
        return f"• {name}, {where}: {price}"
    before = money(locale, micro(Cents(news.before_cents)))
    moved = percent(locale, abs(news.now_cents - news.before_cents) / news.before_cents)
    sign = "−" if news.kind is NewsKind.FALL else "+"  # noqa: RUF001 - a minus sign
    return f"• {name}, {where}: <s>{before}</s> {price} ({sign}{moved})"


def _in_rows(buttons: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    return [
        buttons[start : start + BUTTONS_A_ROW] for start in range(0, len(buttons), BUTTONS_A_ROW)
    ]
