"""Invitations as the rest of the product meets them: one object with a part for each concern."""

from dataclasses import dataclass
from datetime import datetime

from jiema_app.domain.referrals.changes import Changes, LinkWatch, note_change
from jiema_app.domain.referrals.clicks import Clicks
from jiema_app.domain.referrals.decisions import ReferralDecisions
from jiema_app.domain.referrals.marks import Marks
from jiema_app.domain.referrals.verdicts import Judge
from jiema_app.domain.transaction import Connection
from jiema_app.domain.units import UserId


@dataclass(frozen=True, slots=True)
class Referrals:
    """Everything about who brought whom, but the commission itself: see ``commissions``.

    Attributes:
        clicks: Counts clicks on links.
        marks: Makes out from where somebody signs in, and forgets it.
        judge: Gives verdicts.
        changes: Finds out whom a change concerns.
        links: Looks at links as a whole.
        decisions: What people decide.
    """

    clicks: Clicks
    marks: Marks
    judge: Judge
    changes: Changes
    links: LinkWatch
    decisions: ReferralDecisions

    async def note_change(self, connection: Connection, user: UserId) -> None:
        """See `changes.note_change`: for whoever writes something that rules look at."""
        await note_change(connection, user)

    async def run(self) -> None:
        """Judge whatever is due, and whatever a change concerns."""
        try:
            await self.changes.run()
        finally:
            await self.judge.run()

    async def look_at_links(self, started: datetime) -> None:
        """Ask the rules about every link that did anything since yesterday."""
        await self.links.run(started)
