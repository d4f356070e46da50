"""Holding the journal against the database: what one knows and the other does not.

A database that was put back to an older day has forgotten signatures; one that was cut off in the
middle of a commit never knew the last. What the journal knows is followed as if the database had
never lost it, and is never signed anew beside it. A journal that lacks what the database knows was
cut, or is another one: then nothing is signed until a person has looked.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any, Final

import orjson
import structlog

from jiema_app.domain.clock import Clock
from jiema_app.domain.payouts import halts, queries, settlement
from jiema_app.domain.payouts.halts import read_state
from jiema_app.domain.payouts.statuses import PayoutStatus
from jiema_app.domain.refunds.queries import LOCK_TRANSACTION
from jiema_app.domain.transaction import Connection, Database
from signer.journal import Journal
from signer.journal_lines import START, JournalEntry, Position
from signer.signing import moment_of

log = structlog.get_logger()

NOTE_POSITION: Final = """
update signer_state set journal_sequence = $1, journal_hash = $2
where id = 1 and journal_sequence <= $1
"""

# A transaction that somebody named as what paid a withdrawal is accounted for.
IS_STATED: Final = """
select exists (select from withdrawal_decisions where txid = $1 and is_final)
"""

NAMED_MAX: Final = 3

BECOMES_FINAL: Final = timedelta(minutes=3)
"""Past its expiration a transaction can be in a block that is not final, or was not read. What
left our wallets by then is missing there, and the checks of every other payout say so."""

ENDED: Final = frozenset({PayoutStatus.CANCELLED, PayoutStatus.SETTLED})


class Recovered(Enum):
    """How far the database has been brought to what the journal knows."""

    DONE = auto()
    """It knows everything, as far as it ever will."""
    WAITS = auto()
    """A transaction is followed first: it is done again."""
    HALTED = auto()
    """A person must look; it is done again when they have."""


class _Fate(Enum):
    """What became of an entry of the journal."""

    KNOWN = auto()
    """The database has it, by now."""
    WAITS = auto()
    """Another transaction of its payout may still be paid: how it ends must be known first."""
    STRANGE = auto()
    """Its payout is not there, or has ended in another way."""


@dataclass(slots=True)
class Recovery:
    """Brings the database to what the journal knows."""

    database: Database
    clock: Clock
    journal: Journal
    _told: set[str] = field(default_factory=set, init=False)
    """Transactions that nobody can explain, and that a person was told of."""

    async def run(self) -> Recovered:
        """Adopt what the database has lost, and halt on what nobody can explain.

        Returns:
            How far it is. Nothing may be signed until it is done.

        Raises:
            DatabaseTrouble: The database is away; it is done again.
            JournalDamaged: The journal is not what was written.
        """
        async with self.database.connection() as connection:
            state = await read_state(connection)
        known = Position(state.journal_sequence, state.journal_hash or START.hash)
        if not await asyncio.to_thread(self.journal.has, known):
            await self._halt(
                "the signer's journal lacks what this database has seen of it: it was cut, or is "
                "another one. Put the right one back"
            )
            return Recovered.HALTED
        entries = await asyncio.to_thread(lambda: list(self.journal.entries_after(known.sequence)))
        fates = [(entry, await self._adopt(entry)) for entry in entries]
        strangers = [entry for entry, fate in fates if fate is _Fate.STRANGE]
        if strangers and not await self._are_over(strangers):
            return Recovered.HALTED
        if any(fate is _Fate.WAITS for _, fate in fates):
            return Recovered.WAITS
        await self.note_position()
        return Recovered.DONE

    async def note_position(self) -> None:
        """Write down how far the journal goes, now that the database knows all of it."""
        position = self.journal.position
        async with self.database.connection() as connection:
            await connection.execute(NOTE_POSITION, position.sequence, position.hash)

    async def _adopt(self, entry: JournalEntry) -> _Fate:
        """See to it that the database knows a signature."""
        signature = entry.signature
        async with self.database.transaction() as connection:
            # Whoever books a transfer of it at this moment does so before, or knows whose it is.
            await connection.execute(LOCK_TRANSACTION, signature.txid)
            if await connection.fetchrow(queries.BY_TXID, signature.txid) is not None:
                return _Fate.KNOWN
            if await connection.fetchval(IS_STATED, signature.txid):
                return _Fate.KNOWN
            row = await settlement.lock(connection, signature.payout_id)
            if row is None or row["status"] in ENDED:
                return _Fate.STRANGE
            if not await _store(connection, entry):
                return _Fate.WAITS
        log.warning("a signature was lost, and is followed", txid=signature.txid)
        return _Fate.KNOWN

    async def _are_over(self, strangers: Sequence[JournalEntry]) -> bool:
        """Whether signatures that the database cannot follow keep nobody any more.

        A person is told of them; and whoever lets the signer go on while one of them may still be
        paid is told again.
        """
        until = max(_until(one) for one in strangers)
        txids = {one.signature.txid for one in strangers}
        if txids <= self._told and self.clock.now() > until:
            return True
        self._told |= txids
        named = ", ".join(one.signature.payout_id for one in strangers[:NAMED_MAX])
        await self._halt(
            f"the journal has {len(strangers)} signature(s) for payouts that this database does "
            f"not know, or has ended in another way ({named}): it was put back to an earlier "
            f"moment. What they pay may leave the wallets until {until:%F %T} UTC"
        )
        return False

    async def _halt(self, reason: str) -> None:
        log.error("the signer halts", reason=reason)
        async with self.database.connection() as connection:
            await connection.execute(halts.HALT, reason)


def _until(entry: JournalEntry) -> datetime:
    """From when on it is known everywhere whether a signature was paid."""
    return moment_of(entry.signature.expiration_ms) + BECOMES_FINAL


async def _store(connection: Connection, entry: JournalEntry) -> bool:
    """Store a lost signature; False while another one of its payout may still be paid."""
    signature = entry.signature
    raw = bytes.fromhex(orjson.loads(signature.signed_json)["raw_data_hex"])
    assert hashlib.sha256(raw).hexdigest() == signature.txid, "the journal contradicts itself"
    adopted: Any = await connection.fetchval(
        queries.ADOPT,
        signature.payout_id,
        signature.attempt,
        signature.txid,
        raw,
        signature.signed_json,
        signature.asset,
        signature.source,
        signature.receiver,
        signature.amount,
        signature.fee_limit_sun,
        moment_of(signature.expiration_ms),
        0,
        0,
        signature.signed_at,
    )
    return adopted is not None
