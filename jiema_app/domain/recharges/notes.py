"""What owners of recharges say to whoever reviews their payments.

A word decides nothing and changes nothing of the recharge: a reviewer who decides while it
is written is not told to look again. It stands in no log.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from jiema_app.domain.errors import AlreadyChanged, NotOpen
from jiema_app.domain.labels import clean_words
from jiema_app.domain.recharges.statuses import RechargeStatus
from jiema_app.domain.recharges.views import OwnersNote, RechargeView
from jiema_app.domain.transaction import Connection

NOTES_MAX: Final = 5
WORDS_MAX: Final = 500

# Whoever presses twice has said it once. Two that come at once want the same place: one gets it.
ADD: Final = f"""
with said as (
    insert into recharge_notes (recharge_id, place, words)
    select r.id, 1 + (select count(*) from recharge_notes n where n.recharge_id = r.id), $2
    from recharges r
    where r.id = $1 and r.status = 'IN_REVIEW'
      and {NOTES_MAX} > (select count(*) from recharge_notes n where n.recharge_id = r.id)
      and not exists (select from recharge_notes n where n.recharge_id = r.id and n.words = $2)
    on conflict do nothing
    returning recharge_id
)
select pg_notify('recharge_changed', r.id || ' ' || r.user_id)
from said join recharges r on r.id = said.recharge_id
"""  # noqa: S608 - put together from constants

OF_RECHARGES: Final = """
select recharge_id, words, created_at from recharge_notes
where recharge_id = any($1::text[]) order by recharge_id, place
"""


async def of_recharges(
    connection: Connection, recharges: Sequence[str]
) -> Mapping[str, Sequence[OwnersNote]]:
    """What was said about each of them, oldest first."""
    found: dict[str, list[OwnersNote]] = {}
    for row in await connection.fetch(OF_RECHARGES, recharges):
        note = OwnersNote(row["words"], row["created_at"])
        found.setdefault(row["recharge_id"], []).append(note)
    return found


async def add(connection: Connection, recharge: RechargeView, text: str) -> None:
    """Add a word of its owner to a recharge. What was said already is not said again.

    Raises:
        BadRequest: There is nothing to read in it, or too much.
        NotOpen: Nothing of it is under review, or its owner has said enough.
        AlreadyChanged: It changed at the same moment.
    """
    words = clean_words(text, what="Note", length_max=WORDS_MAX)
    if recharge.status is not RechargeStatus.IN_REVIEW:
        raise NotOpen("No payment of this top-up is under review.")
    if any(note.words == words for note in recharge.notes):
        return
    if len(recharge.notes) >= NOTES_MAX:
        raise NotOpen(f"You've reached the limit of {NOTES_MAX} notes for one top-up.")
    if await connection.fetchrow(ADD, recharge.id, words) is None:
        raise AlreadyChanged("top-up")
