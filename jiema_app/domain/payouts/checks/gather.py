"""Asking the chain everything that a payout is judged by, within a bounded time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, NamedTuple, TypeVar

from jiema_app.domain.chain.addresses import is_address
from jiema_app.domain.chain.port import ChainError
from jiema_app.domain.clock import Clock
from jiema_app.domain.payouts.checks.facts import ChainFacts, PlannedPayout, Unread
from jiema_app.domain.payouts.kinds import PayoutAsset
from jiema_app.domain.payouts.port import DryRun, PayoutChain, TokenBalance, TokenFacts
from jiema_app.domain.payouts.sightings import Sightings
from jiema_app.domain.units import MicroUsdt

T = TypeVar("T")

TIME_LIMIT_S: Final = 20.0
"""Of everything together: half a dozen requests after each other, and a stalled node in between.
Results may be half a minute old when a transaction is signed by them."""

TROUBLE_MAX: Final = 200
"""Characters of a trouble that are kept."""

ATTEMPTS_MAX: Final = 20
"""Transactions that are looked for. There are never so many; what is left out is not known."""


class _TokenPart(NamedTuple):
    """What concerns the token; of nothing where none is moved."""

    state: TokenFacts | Unread | None = None
    source_balance: TokenBalance | Unread | None = None
    destination_balance: TokenBalance | Unread | None = None
    dry_run: DryRun | Unread | None = None


class _Reader:
    """Reads one fact after the other, each by itself, until a moment.

    A node that stalls is as likely as one that is dead: what it does not tell in time is unread,
    and the other facts are as they are.
    """

    def __init__(self, seconds: float, *, are_addresses: bool) -> None:
        self._until = asyncio.get_running_loop().time() + seconds
        self._are_addresses = are_addresses

    async def read(self, ask: Callable[[], Awaitable[T]]) -> T | Unread:
        try:
            async with asyncio.timeout_at(self._until):
                return await ask()
        except TimeoutError:
            return Unread("no answer in time")
        except ChainError as trouble:
            return Unread(str(trouble)[:TROUBLE_MAX])
        except ValueError:
            return Unread("the question makes no sense")

    async def read_about(self, ask: Callable[[], Awaitable[T]]) -> T | Unread:
        """Read what is about an address; nobody is asked about something else."""
        if not self._are_addresses:
            return Unread("one of the addresses is none")
        return await self.read(ask)


async def gather_chain_facts(
    chain: PayoutChain, payout: PlannedPayout, clock: Clock, time_limit_s: float = TIME_LIMIT_S
) -> ChainFacts:
    """Ask the chain all at once; what does not come in time, or is nothing, is unread.

    Raises nothing. Takes up to ``time_limit_s``, and no longer.

    Args:
        chain: Whom to ask.
        payout: What is to be sent.
        clock: Tells when the asking begins.
        time_limit_s: After it whatever was not told is unread.
    """
    at = clock.now()
    are_addresses = is_address(payout.source) and is_address(payout.destination)
    reader = _Reader(time_limit_s, are_addresses=are_addresses)
    heads, destination, account, prices, sightings, token = await asyncio.gather(
        reader.read(chain.heads),
        reader.read_about(lambda: chain.destination(payout.destination)),
        reader.read_about(lambda: chain.account(payout.source)),
        reader.read(chain.prices),
        _gather_sightings(reader, chain, payout),
        _gather_token(reader, chain, payout),
    )
    return ChainFacts(
        at=at,
        genesis_id=chain.genesis_id,
        token=chain.token,
        heads=heads,
        destination=destination,
        token_state=token.state,
        source_balance=token.source_balance,
        destination_balance=token.destination_balance,
        dry_run=token.dry_run,
        account=account,
        prices=prices,
        sightings=sightings,
    )


async def _gather_token(reader: _Reader, chain: PayoutChain, payout: PlannedPayout) -> _TokenPart:
    if payout.asset is not PayoutAsset.USDT:
        return _TokenPart()
    source, target, amount = payout.source, payout.destination, MicroUsdt(payout.amount)
    return _TokenPart(
        *await asyncio.gather(
            reader.read_about(lambda: chain.token_state([source, target])),
            reader.read_about(lambda: chain.solid_token_balance(source)),
            reader.read_about(lambda: chain.solid_token_balance(target)),
            reader.read_about(lambda: chain.simulate_transfer(source, target, amount)),
        )
    )


async def _gather_sightings(
    reader: _Reader, chain: PayoutChain, payout: PlannedPayout
) -> Mapping[str, Sightings | Unread]:
    async def look(txid: str) -> Sightings | Unread:
        return await reader.read(lambda: chain.transaction(txid))

    txids = [one.txid for one in payout.attempts[:ATTEMPTS_MAX]]
    return dict(zip(txids, await asyncio.gather(*map(look, txids)), strict=True))
