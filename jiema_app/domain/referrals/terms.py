"""What inviting pays, now and before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.identity.deciding import ensure_may_decide
from jiema_app.domain.labels import clean_label
from jiema_app.domain.referrals import queries
from jiema_app.domain.transaction import Database

COMMISSION_BP_MAX: Final = 5_000
NOTE_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class ReferralTerms:
    """What holds from a moment on.

    Attributes:
        commission_bp: Share of what an invited user paid, in basis points; 1000 is 10 %.
        actor: Who decided it.
        created_at: From then on it holds; orders that were placed before keep theirs.
    """

    id: int
    commission_bp: int
    actor: str
    note: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ReferralTermsBook:
    """The history of terms; the newest ones hold."""

    database: Database

    async def current(self) -> ReferralTerms:
        """What holds now."""
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.TERMS)
        assert row is not None, "the migration writes the first terms"
        return ReferralTerms(**dict(row))

    async def history(self) -> Sequence[ReferralTerms]:
        """The last hundred, newest first."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.TERMS_HISTORY)
        return [ReferralTerms(**dict(row)) for row in rows]

    async def set(self, commission_bp: int, *, actor: str, note: str) -> ReferralTerms:
        """Have other terms hold from now on.

        Raises:
            BadRequest: The share is out of range, or the note is empty or too long.
            Forbidden: Who decides is no administrator.
            Nothing changed in either case.
        """
        note = clean_label(note, what="Note", length_max=NOTE_MAX)
        if not 0 <= commission_bp <= COMMISSION_BP_MAX:
            raise BadRequest(f"The commission is 0 to {COMMISSION_BP_MAX // 100} %.")
        async with self.database.transaction() as connection:
            await ensure_may_decide(connection, actor, "terms")
            await connection.execute(queries.SET_TERMS, commission_bp, actor, note)
        return await self.current()
