"""Looking after the wallets that are there: what they hold, and which of them rest.

Nothing here can move what a wallet holds: its key is elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jiema_app.domain.chain import wallet_queries as queries
from jiema_app.domain.chain.pool import WalletPool
from jiema_app.domain.chain.port import ChainSource
from jiema_app.domain.chain.wallet_status import WalletStatus
from jiema_app.domain.errors import BadRequest, NotFound
from jiema_app.domain.transaction import Database
from jiema_app.domain.units import MICRO_PER_CENT, MicroUsdt

ASK_ALL_MAX: Final = 200
"""Of a pool of so many wallets every balance is asked for, of a larger one those with payments."""

NOTE_MAX: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletView:
    """A wallet, and whose it is.

    Attributes:
        account: Start of the hash of the account key it was derived from.
        derivation_index: ``i`` of ``m/44'/195'/0'/0/i``.
        holder: The recharge that a payment to it belongs to.
        closes_at: When the holder's window closes, or closed.
        is_awaited: Whether the holder's window may still bring a payment in time.
        note: Why it is out of use.
    """

    address: str
    status: WalletStatus
    account: str
    derivation_index: int
    holder: str | None
    closes_at: datetime | None
    is_awaited: bool
    free_from: datetime | None
    last_used_at: datetime
    note: str | None


@dataclass(frozen=True, slots=True)
class WalletExposure:
    """What a wallet holds.

    Attributes:
        recorded: What came less what left, by the payments that were read.
        on_chain: What the chain says, by final blocks; None when it was not asked.
        oldest_at: When the oldest cent that is still there came, by the payments.
    """

    wallet: WalletView
    recorded: MicroUsdt
    on_chain: MicroUsdt | None
    oldest_at: datetime | None

    @property
    def held(self) -> MicroUsdt:
        """What it holds, as well as that is known."""
        return self.recorded if self.on_chain is None else self.on_chain


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the pool holds, the largest first."""

    wallets: Sequence[WalletExposure]

    @property
    def held(self) -> MicroUsdt:
        """The sum of what the wallets hold."""
        return MicroUsdt(sum(one.held for one in self.wallets))

    @property
    def recorded(self) -> MicroUsdt:
        """The sum by the payments that were read."""
        return MicroUsdt(sum(one.recorded for one in self.wallets))

    @property
    def not_asked(self) -> int:
        """Wallets without a payment that the chain was not asked about."""
        return sum(one.on_chain is None for one in self.wallets)


@dataclass(frozen=True, slots=True)
class Custody:
    """Shows the pool's wallets, takes them out of use and back.

    Attributes:
        quarantine_s: How long a wallet rests before somebody else may have it.
    """

    database: Database
    quarantine_s: int

    async def list_wallets(self, status: WalletStatus | None = None) -> Sequence[WalletView]:
        """The wallets, in the order in which they were made."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.LIST, status)
        return [_view(row) for row in rows]

    async def measure(self, source: ChainSource, *, all_of_them: bool = False) -> Exposure:
        """What each wallet holds, on the chain and by the payments that were read.

        The two differ for moments: the chain may have blocks that were not read yet.

        Args:
            source: The chain to ask.
            all_of_them: Ask about wallets that never had a payment too, however many.

        Raises:
            ChainError: The chain does not answer.
        """
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.EXPOSURE, MICRO_PER_CENT)
        asks_all = all_of_them or len(rows) <= ASK_ALL_MAX
        asked = [row["address"] for row in rows if asks_all or row["has_payments"]]
        balances: Mapping[str, MicroUsdt] = await source.read_balances(asked) if asked else {}
        found = [
            WalletExposure(
                wallet=_view(row),
                recorded=MicroUsdt(int(row["recorded"])),
                on_chain=balances.get(row["address"]),
                oldest_at=row["oldest_at"],
            )
            for row in rows
        ]
        return Exposure(sorted(found, key=lambda one: (-one.held, one.wallet.address)))

    async def grow(self, pool: WalletPool, count: int, *, actor: str) -> int:
        """Make wallets by hand, with a line in the audit log.

        Returns:
            How many were made: fewer when the pool may not grow further.
        """
        made = await pool.grow(count)
        if made and pool.deriver is not None:
            async with self.database.connection() as connection:
                await connection.execute(queries.NOTE_GROWTH, actor, pool.deriver.account, made)
        return made

    async def quarantine(self, address: str, *, actor: str, note: str) -> WalletView:
        """Take a wallet out of use: it is given to nobody until a person releases it.

        Whoever holds it keeps it: a payment in their window is still theirs.

        Raises:
            BadRequest: No note, or it is out of use already.
            NotFound: There is no such wallet.
        """
        note = _checked_note(note)
        async with self.database.connection() as connection:
            done = await connection.fetchrow(queries.QUARANTINE, address, note, actor)
        found = await self._get(address)
        if done is None:
            raise BadRequest("This wallet is in quarantine already.")
        return found

    async def release(self, address: str, *, actor: str, note: str) -> WalletView:
        """Put a wallet back into use.

        It is free at once when nobody held it. Otherwise it cools down first: what still
        arrives belongs to whoever held it.

        Raises:
            BadRequest: No note, it is not in quarantine, or a payment to it was not judged yet.
            NotFound: There is no such wallet.
        """
        note = _checked_note(note)
        async with self.database.connection() as connection:
            done = await connection.fetchrow(
                queries.RELEASE, address, note, actor, self.quarantine_s
            )
        found = await self._get(address)
        if done is None and found.status is WalletStatus.QUARANTINED:
            raise BadRequest("A payment to this wallet was not judged yet. Try again in a moment.")
        if done is None:
            raise BadRequest("This wallet is not in quarantine.")
        return found

    async def _get(self, address: str) -> WalletView:
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.GET, address)
        if row is None:
            raise NotFound("No such wallet.")
        return _view(row)


def _checked_note(note: str) -> str:
    note = note.strip()
    if not 0 < len(note) <= NOTE_MAX:
        raise BadRequest(f"Give a note of up to {NOTE_MAX} characters: it is kept.")
    return note


def _view(row: Any) -> WalletView:
    return WalletView(
        address=row["address"],
        status=WalletStatus(row["status"]),
        account=row["account"],
        derivation_index=row["derivation_index"],
        holder=row["recharge_id"],
        closes_at=row["closes_at"],
        is_awaited=row["is_awaited"],
        free_from=row["free_from"],
        last_used_at=row["last_used_at"],
        note=row["note"],
    )
