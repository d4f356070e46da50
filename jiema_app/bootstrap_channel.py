"""The part of the composition root that deals with the channel."""

from dataclasses import dataclass

from jiema_app.domain.announcements.looking import ChannelDigests
from jiema_app.domain.announcements.rules import DigestRules
from jiema_app.domain.announcements.service import Announcements
from jiema_app.domain.catalog.live import LiveCatalog
from jiema_app.domain.clock import Clock
from jiema_app.domain.transaction import Database
from jiema_app.settings import Settings


@dataclass(frozen=True, slots=True)
class ChannelServices:
    """What stands in the channel. Where there is none they refuse, or do nothing."""

    announcements: Announcements
    digests: ChannelDigests


def build_channel_services(
    settings: Settings, database: Database, clock: Clock, catalog: LiveCatalog
) -> ChannelServices:
    """The channel on a database."""
    bot, rules = settings.bot, settings.channel
    channel = None if bot is None else bot.channel
    return ChannelServices(
        announcements=Announcements(database, clock, channel),
        digests=ChannelDigests(
            database=database,
            clock=clock,
            catalog=catalog,
            rules=DigestRules(rules.threshold_percent, rules.digests_per_day),
            channel=channel if rules.digests else None,
        ),
    )
