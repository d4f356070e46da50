"""What of the table of chats is the channel's and support's, put together from the services."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from jiema_app.bot.channel_views import ChannelPlace, ChannelViews
from jiema_app.bot.support import SupportRoom
from jiema_app.bot.support_commands import SupportCommands
from jiema_app.bot.support_views import SupportViews
from jiema_app.domain.announcements.looking import DIGEST_KIND
from jiema_app.domain.announcements.service import ANNOUNCEMENT_KIND, WITHDRAWAL_KIND
from jiema_app.domain.announcements.settling import AnnouncementSettling
from jiema_app.domain.notifications.transport import Renderer, Settled
from jiema_app.domain.support.desk import (
    COPY_KIND,
    HEADER_KIND,
    NOTICE_KIND,
    TELL_KIND,
    TOPIC_KIND,
)
from jiema_app.domain.support.settling import SupportSettling

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


def support_room(services: "Services") -> SupportRoom:
    """Who handles what is for support."""
    support = services.support
    return SupportRoom(
        desk=support.desk,
        administrators=services.administrators,
        commands=SupportCommands(
            support.desk, support.customers, services.identity, support.house_refunds
        ),
    )


def support_renderers(services: "Services") -> Mapping[str, Renderer]:
    """By the kind of a delivery."""
    views = SupportViews(services.support.desk, services.settings.support.answer_hours)
    return {
        TOPIC_KIND: views.topic,
        COPY_KIND: views.copy,
        HEADER_KIND: views.header,
        TELL_KIND: views.tell,
        NOTICE_KIND: views.notice,
    }


def support_settled(services: "Services") -> Mapping[str, Settled]:
    """By the kind of a delivery."""
    settling = SupportSettling(services.support.desk)
    return {
        TOPIC_KIND: settling.topic,
        COPY_KIND: settling.copy,
        HEADER_KIND: settling.header,
    }
