"""One turn of the signer: follow what was signed, and sign what may be."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

from jiema_app.domain.payouts import halts, outgoing_queries, queries
from jiema_app.domain.payouts.halts import SignerState, read_state
from jiema_app.domain.transaction import Database
from signer.errors import SignerError
from signer.following import Following
from signer.journal import Journal
from signer.recovery import Recovered, Recovery
from signer.signing import Signing

log = structlog.get_logger()

SIGNED_A_TURN: Final = 5
"""Between two looks at what was sent."""

LOCK: Final = "select pg_try_advisory_lock(hashtextextended('jiema signer', 0))"


@dataclass(slots=True)
class Signer:
    """The one signer of a database.

    Attributes:
        holder: How it is called in the database.
        pause_file: While there is such a file, nothing is signed.
    """

    database: Database
    journal: Journal
    recovery: Recovery
    signing: Signing
    following: Following
    holder: str
    pause_file: Path
    trouble: str | None = field(default=None, init=False)
    _recovered: Recovered = field(default=Recovered.WAITS, init=False)

    async def turn(self) -> bool:
        """Do what there is to be done once.

        Returns:
            Whether something is under way, so that the next turn comes soon.

        Raises:
            DatabaseTrouble: The database is away; nothing is lost.
            SignerError: The journal is held, damaged or full: it must be opened anew.
        """
        await self._recover()
        followed = await self.following.run()
        reason = await self._reason_not_to_sign()
        signed = 0 if reason else await self._sign()
        self.trouble = reason
        await self._beat()
        return bool(followed or signed)

    async def _recover(self) -> None:
        """Bring the database to what the journal knows, until that is done."""
        if self._recovered is Recovered.DONE:
            return
        if self._recovered is Recovered.HALTED:
            state = await self._state()
            if state.halted_because is not None:
                return
        self._recovered = await self.recovery.run()

    async def _state(self) -> SignerState:
        async with self.database.connection() as connection:
            return await read_state(connection)

    async def _sign(self) -> int:
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.TO_SIGN, SIGNED_A_TURN)
        signed = 0
        for row in rows:
            try:
                is_signed = await self.signing.sign(row["id"])
            except SignerError:
                # Whether the journal has it is not certain: it is read anew before anything else.
                self._recovered = Recovered.WAITS
                raise
            if is_signed:
                signed += 1
                # At once: what was stored may leave now, and not before.
                await self.following.run()
                await self.recovery.note_position()
        return signed

    async def _reason_not_to_sign(self) -> str | None:
        """Why nothing may be signed now, in words."""
        if await asyncio.to_thread(self.pause_file.exists):
            return f"paused by the file {self.pause_file.name}"
        async with self.database.connection() as connection:
            state = await read_state(connection)
            left = await connection.fetchval(outgoing_queries.COUNT_UNEXPLAINED)
            if left and state.halted_because is None:
                reason = f"{left} transfer(s) left our wallets that nobody has explained"
                await connection.execute(halts.HALT, reason)
                log.error("the signer halts", reason=reason)
                return reason
        if self._recovered is not Recovered.DONE and state.halted_because is None:
            return "a signature that the database had lost is followed first"
        return _stopped(state)

    async def _beat(self) -> None:
        async with self.database.connection() as connection:
            await connection.execute(halts.BEAT, self.holder, self.trouble)


def _stopped(state: SignerState) -> str | None:
    if state.halted_because is not None:
        return f"halted: {state.halted_because}"
    if state.paused_at is not None:
        return f"paused by {state.paused_by}: {state.pause_note}"
    return None
