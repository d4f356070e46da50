"""What of the table of chats is the channel's and support's, put together from the services."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from jiema_app.bot.channel_views import ChannelPlace, ChannelViews
from jiema_app.domain.announcements.looking import DIGEST_KIND
from jiema_app.domain.announcements.service import ANNOUNCEMENT_KIND, WITHDRAWAL_KIND
from jiema_app.domain.announcements.settling import AnnouncementSettling
from jiema_app.domain.notifications.transport import Renderer, Settled

if TYPE_CHECKING:
    from jiema_app.bootstrap import Services


def channel_views(services: "Services") -> ChannelViews:
    """Who makes the words of posts."""
    settings, bot = services.settings, services.settings.bot
    return ChannelViews(
        announcements=services.channel.announcements,
        digests=services.channel.digests,
        place=ChannelPlace(
            origin=settings.origin,
            bot=settings.telegram.bot_username,
            mini_app=None if bot is None else bot.mini_app,
            locale=settings.channel.locale,
            site_locales=tuple(
                one for one in settings.channel.site_locales if one in settings.locales
            ),
        ),
    )


def channel_renderers(services: "Services") -> Mapping[str, Renderer]:
    """By the kind of a delivery."""
    views = channel_views(services)
    return {
        DIGEST_KIND: views.digest,
        ANNOUNCEMENT_KIND: views.announcement,
        WITHDRAWAL_KIND: views.withdrawal,
    }


def channel_settled(services: "Services") -> Mapping[str, Settled]:
    """By the kind of a delivery."""
    settling = AnnouncementSettling(services.channel.announcements)
    return {ANNOUNCEMENT_KIND: settling.posted, WITHDRAWAL_KIND: settling.withdrawn}
