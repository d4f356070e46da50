"""What people decide about invitations: to see what was found, to clear it, to deny it.

Whoever invited, or was invited, decides nothing about that. Each decision is in the audit log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog

from jiema_app.domain.errors import Forbidden, NotFound, NotOpen
from jiema_app.domain.identity.deciding import ensure_may_decide
from jiema_app.domain.labels import clean_label
from jiema_app.domain.referrals import decision_queries as queries
from jiema_app.domain.referrals import finding_queries, verdict_queries
from jiema_app.domain.referrals.findings import Finding, finding_of, list_findings
from jiema_app.domain.referrals.queries import AUDIT
from jiema_app.domain.referrals.statuses import HoldReason, ReferralSource, ReferralStatus
from jiema_app.domain.referrals.terms import NOTE_MAX
from jiema_app.domain.referrals.verdicts import Verdict, settle_all
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import MicroUsdt, UserId

log = structlog.get_logger()

LISTED_MAX: Final = 200

NOTHING: Final = MicroUsdt(0)

NOT_INVITED: Final = "Nobody invited this user."


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationView:
    """An invitation, for whoever decides.

    Attributes:
        user_id: Who was invited.
        score: Weights of what was found, together.
        hold_reason: What whoever invited is told.
        judge_at: When the rules are asked next; None when nothing is due.
        decided_by: The person who last decided.
        pending_micro: Earned by open orders. Like ``held_micro`` and ``findings`` read for one
            invitation alone, and empty in lists.
        held_micro: Earned by completed orders, and waiting.
        findings: What was ever found about it, the newest first.
        link_findings: And about the link as a whole.
    """

    user_id: UserId
    referrer_id: UserId
    source: ReferralSource
    status: ReferralStatus
    score: int
    hold_reason: HoldReason | None
    pseudonym: str
    clicked_at: datetime | None
    created_at: datetime
    judge_at: datetime | None
    judged_at: datetime | None
    decided_at: datetime | None
    decided_by: str | None
    first_order_at: datetime | None
    order_count: int
    earned_micro: MicroUsdt
    pending_micro: MicroUsdt = NOTHING
    held_micro: MicroUsdt = NOTHING
    findings: Sequence[Finding] = ()
    link_findings: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class ReferralDecisions:
    """What people decide about invitations."""

    database: Database

    async def list(self, *, held_only: bool = False) -> Sequence[InvitationView]:
        """Invitations: the held ones, longest waiting first; or all, the newest first."""
        query = queries.LIST_HELD if held_only else queries.LIST_NEWEST
        async with self.database.connection() as connection:
            return [_view(row) for row in await connection.fetch(query, LISTED_MAX)]

    async def list_links(self) -> Sequence[Finding]:
        """What was found about links as a whole and waits for a person, longest waiting first."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(finding_queries.OPEN_LINKS, LISTED_MAX)
        return [finding_of(row) for row in rows]

    async def get(self, user: UserId) -> InvitationView:
        """One invitation, with everything that was found.

        Raises:
            NotFound: Nobody invited this user.
        """
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.FIND, user)
            if row is None:
                raise NotFound(NOT_INVITED)
            referrer = UserId(row["referrer_id"])
            amounts = await connection.fetchrow(queries.AMOUNTS, user, referrer)
            assert amounts is not None
            return _view(
                row,
                **dict(amounts),
                findings=await list_findings(connection, referrer, user),
                link_findings=await list_findings(connection, referrer, ""),
            )

    async def list_about_link(self, referrer: UserId) -> Sequence[Finding]:
        """What was ever found about somebody's link as a whole, the newest first.

        Raises:
            NotFound: They have invited nobody.
        """
        async with self.database.connection() as connection:
            found = await list_findings(connection, referrer, "")
            if not found and not await connection.fetchval(queries.HAS_INVITED, referrer):
                raise NotFound("This user has invited nobody.")
        return found

    async def clear(self, user: UserId, *, actor: str, note: str) -> None:
        """Have an invitation earn, whatever was found: what is held is released.

        What was found about it is never found again; what was found about its link before counts
        no more for it. Commission that was reversed or clawed back stays so.

        Raises:
            BadRequest: The note is empty or too long.
            NotFound: Nobody invited this user.
            Forbidden: Who decides is no administrator, or whom it is about.
            NotOpen: It earns already, and nothing stands against it.
            Nothing changed in any of these cases.
        """
        note = clean_label(note, what="Note", length_max=NOTE_MAX)
        async with self.database.transaction() as connection:
            row = await _lock(connection, user, actor)
            before, referrer = ReferralStatus(row["status"]), UserId(row["referrer_id"])
            cleared = await connection.fetch(finding_queries.CLEAR, referrer, user, actor, note)
            if before is ReferralStatus.ACTIVE and not cleared:
                raise NotOpen("This invitation earns already, and nothing stands against it.")
            verdict = Verdict(ReferralStatus.ACTIVE)
            await _decide(connection, user, verdict, actor)
            await settle_all(connection, user, referrer, verdict, actor)
            details = {"was": before, "rules": [one["rule"] for one in cleared], "note": note}
            await connection.execute(AUDIT, actor, "referral.clear", user, details)
        log.info("invitation cleared", user=user, was=before)

    async def deny(self, user: UserId, *, actor: str, note: str, claws_back: bool = False) -> None:
        """Have an invitation earn nothing: what is pending or held is reversed.

        Args:
            user: Who was invited.
            actor: Who decides.
            note: Why.
            claws_back: Whether what was released before is taken back too.

        Raises:
            BadRequest: The note is empty or too long.
            NotFound: Nobody invited this user.
            Forbidden: Who decides is no administrator, or whom it is about.
            NotOpen: It is denied already.
            Nothing changed in any of these cases.
        """
        note = clean_label(note, what="Note", length_max=NOTE_MAX)
        async with self.database.transaction() as connection:
            row = await _lock(connection, user, actor)
            before = ReferralStatus(row["status"])
            if before is ReferralStatus.DENIED and (row["claws_back"] or not claws_back):
                raise NotOpen("This invitation is denied already.")
            verdict = Verdict(
                ReferralStatus.DENIED,
                reason=HoldReason.UNDER_REVIEW,
                claws_back=claws_back,
                rules=[note],
            )
            await _decide(connection, user, verdict, actor)
            await settle_all(connection, user, UserId(row["referrer_id"]), verdict, actor)
            details = {"was": before, "clawsBack": claws_back, "note": note}
            await connection.execute(AUDIT, actor, "referral.deny", user, details)
        log.info("invitation denied", user=user, was=before)

    async def clear_link(self, referrer: UserId, *, actor: str, note: str) -> Sequence[str]:
        """Have what was found about a link as a whole count no more.

        What it held is judged again within seconds.

        Returns:
            The rules whose findings were cleared.

        Raises:
            BadRequest: The note is empty or too long.
            Forbidden: Who decides is no administrator, owns the link, or came by it.
            NotOpen: Nothing stands against it.
            Nothing changed in any of these cases.
        """
        note = clean_label(note, what="Note", length_max=NOTE_MAX)
        async with self.database.transaction() as connection:
            await ensure_may_decide(connection, actor, "invitations")
            if actor == referrer or await connection.fetchval(
                queries.IS_INVITED_BY, actor, referrer
            ):
                raise Forbidden("Nobody decides about a link of their own.")
            rows = await connection.fetch(finding_queries.CLEAR, referrer, "", actor, note)
            if not rows:
                raise NotOpen("Nothing stands against this link.")
            cleared = sorted({row["rule"] for row in rows})
            await connection.execute(verdict_queries.NOTE_LINK, referrer)
            details = {"rules": cleared, "note": note}
            await connection.execute(AUDIT, actor, "referral.clear_link", referrer, details)
        return cleared


async def _lock(connection: Connection, user: UserId, actor: str) -> Any:
    """An invitation that somebody may decide about, for nobody else to change meanwhile."""
    await ensure_may_decide(connection, actor, "invitations")
    row = await connection.fetchrow(verdict_queries.LOCK, user)
    if row is None:
        raise NotFound(NOT_INVITED)
    if actor in {row["user_id"], row["referrer_id"]}:
        raise Forbidden("Nobody decides about an invitation of their own.")
    return row


async def _decide(connection: Connection, user: UserId, verdict: Verdict, actor: str) -> None:
    await connection.execute(
        verdict_queries.SET_DECISION,
        user,
        verdict.status,
        verdict.reason,
        verdict.claws_back,
        actor,
    )


def _view(row: Any, **more: Any) -> InvitationView:
    reason = row["hold_reason"]
    return InvitationView(
        **dict(row)
        | {
            "source": ReferralSource(row["source"]),
            "status": ReferralStatus(row["status"]),
            "hold_reason": None if reason is None else HoldReason(reason),
        },
        **more,
    )
