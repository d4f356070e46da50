"""The part of the composition root that deals with invitations."""

from jiema_app.domain.clock import Clock
from jiema_app.domain.referrals.changes import Changes, LinkWatch
from jiema_app.domain.referrals.clicks import Clicks
from jiema_app.domain.referrals.decisions import ReferralDecisions
from jiema_app.domain.referrals.keyed_hashes import KeyedHashes
from jiema_app.domain.referrals.marks import Marks
from jiema_app.domain.referrals.ports import (
    NetworkKinds,
    TelegramProfiles,
    UnknownNetworks,
    UnknownProfiles,
)
from jiema_app.domain.referrals.service import Referrals
from jiema_app.domain.referrals.verdicts import Judge
from jiema_app.domain.transaction import Database


def build_referrals(
    secret: bytes,
    database: Database,
    clock: Clock,
    networks: NetworkKinds | None = None,
    profiles: TelegramProfiles | None = None,
) -> Referrals:
    """Invitations on a database.

    Args:
        secret: The shop's; keys of hashes are derived from it.
        database: Of the shop.
        clock: Of this process.
        networks: Who tells data centres apart; nobody does without.
        profiles: Who tells how a Telegram account looks; likewise.
    """
    hashes = KeyedHashes(secret, clock)
    return Referrals(
        clicks=Clicks(database, hashes),
        marks=Marks(database, hashes, networks or UnknownNetworks()),
        judge=Judge(database, profiles or UnknownProfiles()),
        changes=Changes(database),
        links=LinkWatch(database),
        decisions=ReferralDecisions(database),
    )
