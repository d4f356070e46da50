"""What stops the signer: a person's pause, and money that left our wallets unexplained."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiema_app.domain.errors import NotFound
from jiema_app.domain.identity.deciding import ensure_may_decide
from jiema_app.domain.labels import clean_label
from jiema_app.domain.payouts import outgoing_queries
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import MicroUsdt

NOTE_MAX: Final = 500
LISTED_MAX: Final = 100
TXID: Final = re.compile("[0-9a-f]{64}")
TXID_TYPED_MAX: Final = 100

STATE: Final = "select * from signer_state where id = 1"

PAUSE: Final = """
with paused as (
    update signer_state set paused_at = now(), paused_by = $1, pause_note = $2 where id = 1
    returning id
), audited as (
    insert into audit_records (actor, action, subject_id, details)
    select $1, 'signer.pause', id::text, jsonb_build_object('note', $2::text) from paused
)
select pg_notify('payout_queued', '') from paused
"""

RESUME: Final = """
with resumed as (
    update signer_state
    set paused_at = null, paused_by = null, pause_note = null, halted_at = null,
        halted_because = null,
        -- Whoever lets it go on with another journal has it compared from its beginning.
        journal_sequence = case when halted_because like '%journal lacks%' then 0
                           else journal_sequence end,
        journal_hash = case when halted_because like '%journal lacks%' then null
                       else journal_hash end
    where id = 1 returning id
), audited as (
    insert into audit_records (actor, action, subject_id, details)
    select $1, 'signer.resume', id::text, jsonb_build_object('note', $2::text) from resumed
)
select pg_notify('payout_queued', '') from resumed
"""

HALT: Final = """
update signer_state set halted_at = now(), halted_because = $1
where id = 1 and halted_because is distinct from $1
"""

NOTE_POOL: Final = """
update signer_state set pool_difference_micro = $1, pool_compared_at = now() where id = 1
"""

NOTE_HOUSE: Final = """
update signer_state set house_difference_micro = $1, house_compared_at = now() where id = 1
"""

BEAT: Final = """
update signer_state set seen_at = now(), holder = $1, trouble = $2 where id = 1
"""


@dataclass(frozen=True, slots=True)
class SignerState:
    """How the signer is.

    Attributes:
        paused_at: Since when a person lets it sign nothing.
        halted_at: Since when it signs nothing because something is wrong.
        seen_at: Its last pulse.
        trouble: What it complains of.
        pool_difference_micro: By how much the pool's wallets and books differed when they were
            last compared.
        house_difference_micro: Likewise of the hot wallet and the treasury.
    """

    paused_at: datetime | None
    paused_by: str | None
    pause_note: str | None
    halted_at: datetime | None
    halted_because: str | None
    seen_at: datetime | None
    holder: str | None
    trouble: str | None
    journal_sequence: int
    journal_hash: str | None
    pool_difference_micro: int | None
    pool_compared_at: datetime | None
    house_difference_micro: int | None
    house_compared_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnexplainedTransfer:
    """Something left a wallet of ours, and nobody says why."""

    payment_id: str
    txid: str
    from_address: str
    to_address: str
    amount: MicroUsdt
    block_time: datetime


async def read_state(connection: Connection) -> SignerState:
    """How the signer is, by what it and people wrote down."""
    row = await connection.fetchrow(STATE)
    assert row is not None, "the migration writes the one row"
    fields = dict(row)
    del fields["id"]
    return SignerState(**fields)


@dataclass(frozen=True, slots=True)
class Halts:
    """Stopping the signer, and letting it go on."""

    database: Database

    async def state(self) -> SignerState:
        """How the signer is."""
        async with self.database.connection() as connection:
            return await read_state(connection)

    async def pause(self, *, actor: str, note: str) -> None:
        """Let nothing be signed until ``resume``. What was signed is still sent and followed.

        Raises:
            BadRequest: The note is empty or too long.
            Forbidden: Who decides is no administrator.
        """
        await self._switch(PAUSE, actor, note)

    async def resume(self, *, actor: str, note: str) -> None:
        """Let the signer sign again. It halts again if what halted it is still there.

        Raises:
            BadRequest: The note is empty or too long.
            Forbidden: Who decides is no administrator.
        """
        await self._switch(RESUME, actor, note)

    async def list_unexplained(self) -> Sequence[UnexplainedTransfer]:
        """What left our wallets and nothing accounts for, oldest first; a hundred at most."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(outgoing_queries.UNEXPLAINED, LISTED_MAX)
        return [
            UnexplainedTransfer(
                row["id"],
                row["txid"],
                row["from_address"],
                row["to_address"],
                MicroUsdt(row["amount"]),
                row["block_time"],
            )
            for row in rows
        ]

    async def explain(self, txid: str, *, actor: str, note: str) -> int:
        """Say what a transfer out of our wallets was.

        Returns:
            How many transfers of the transaction that was said of.

        Raises:
            BadRequest: The note is empty or too long.
            NotFound: No transfer of this transaction waits for a word.
            Forbidden: Who decides is no administrator.
        """
        note = clean_label(note, what="Note", length_max=NOTE_MAX)
        named = txid[:TXID_TYPED_MAX].strip().lower()
        explained = 0
        async with self.database.transaction() as connection:
            await ensure_may_decide(connection, actor, "payouts")
            if TXID.fullmatch(named):
                explained = await connection.fetchval(outgoing_queries.EXPLAIN, named, note, actor)
            if not explained:
                raise NotFound("No transfer of this transaction waits for an explanation.")
        return explained

    async def _switch(self, statement: str, actor: str, note: str) -> None:
        note = clean_label(note, what="Note", length_max=NOTE_MAX)
        async with self.database.transaction() as connection:
            await ensure_may_decide(connection, actor, "payouts")
            await connection.execute(statement, actor, note)
