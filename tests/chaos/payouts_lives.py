"""Lives of processes that have to do with payouts: each of them ends at a step that was chosen.

They are the product's own parts, put together as it puts them together, over a database, a journal
and a chain that tell of every step. Who is told kills the process, with a signal that nobody can
catch, where that was ordered. Each life is forked, so that it takes milliseconds to begin.
"""

import asyncio
import os
import signal
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import httpx

from backend_jobs.reconciliation import reconcile, reconcile_house
from jiema_app.bootstrap_chain import build_chain_services
from jiema_app.bootstrap_payouts import PayoutServices, build_payout_services
from jiema_app.domain.chain.port import ChainError
from jiema_app.domain.chain.scanner import ChainScanner
from jiema_app.domain.errors import DomainError
from jiema_app.domain.payouts.port import BroadcastResult, PayoutChain
from jiema_app.domain.transaction import DATABASE_TROUBLES, PooledDatabase, sorted_errors
from jiema_app.domain.units import MicroUsdt, UserId
from jiema_app.domain.withdrawals.requests import WithdrawalRequest
from jiema_app.integrations.postgres.address import DatabaseNotRunning
from jiema_app.integrations.postgres.pool import connect, open_pool
from jiema_app.integrations.tron.payout_chain import TronPayoutChain
from jiema_app.integrations.tron.registry import build_chain, build_payout_chain
from signer.composition import build_signer
from signer.errors import SignerError
from signer.journal import Journal
from signer.journal_lines import JournalEntry, Signature
from signer.key_ring import KeyRing
from signer.settings import Configuration
from signer.turns import LOCK
from tests.chaos.payouts_points import Role, point_of
from tests.support.persisted_steps import BROADCAST, JOURNAL, find_steps
from tests.support.shared_clock import SharedClock
from tests.support.watched_database import Phase, WatchedDatabase

STEPS: Final = find_steps()

TROUBLED: Final = 3
"""Exit code of a life that the database or the node ended; a supervisor starts it again."""
FELL_OVER: Final = 1

EXPECTED: Final[tuple[type[Exception], ...]] = (
    *DATABASE_TROUBLES,
    DatabaseNotRunning,
    SignerError,
    ChainError,
)

PLACE_S: Final = 0.05
TURN_S: Final = 0.15
READ_EVERY_S: Final = 0.2
COMPARE_EVERY_S: Final = 0.6


@dataclass(frozen=True, slots=True)
class World:
    """What every life is given.

    Attributes:
        address: Of the database.
    """

    address: str
    configuration: Configuration
    ring: KeyRing
    clock: SharedClock


@dataclass(frozen=True, slots=True)
class Order:
    """How one life is to be.

    Attributes:
        arms: Points at which it ends.
        acts: What a desk does, in order.
    """

    number: int
    role: Role
    arms: frozenset[str]
    acts: Sequence[Mapping[str, Any]] = ()


class Fate:
    """Ends the process where that was ordered, and says where."""

    def __init__(self, order: Order, report: int) -> None:
        self._order, self._report = order, report

    def meet(self, step: str, phase: Phase) -> None:
        """A step is about to be taken, was taken, or is stored."""
        if self.is_due(step, phase):
            self.end(step, phase)

    def is_due(self, step: str, phase: Phase) -> bool:
        """Whether this is the end."""
        return point_of(self._order.role, step, phase) in self._order.arms

    def end(self, step: str, phase: Phase) -> None:
        """End at once: nothing is closed, said or undone."""
        point = point_of(self._order.role, step, phase)
        os.write(self._report, f"point {self._order.number} {point}\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)


class WatchedJournal(Journal):
    """The journal, of which a write can end in its middle."""

    fate: Fate

    def append(self, signature: Signature) -> JournalEntry:
        self.fate.meet(JOURNAL, Phase.BEFORE)
        entry = super().append(signature)
        self.fate.meet(JOURNAL, Phase.STORED)
        return entry

    def _write(self, line: bytes) -> str | None:
        if self.fate.is_due(JOURNAL, Phase.DONE):
            os.write(self._descriptor, line[: len(line) // 2])
            self.fate.end(JOURNAL, Phase.DONE)
        return super()._write(line)


class WatchedChain:
    """The chain, to which a payment may be sent just before the end."""

    def __init__(self, real: PayoutChain, fate: Fate) -> None:
        self._real, self._fate = real, fate

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def broadcast(
        self, signed_json: str, node: str | None = None
    ) -> Sequence[BroadcastResult]:
        self._fate.meet(BROADCAST, Phase.BEFORE)
        found = await self._real.broadcast(signed_json, node)
        self._fate.meet(BROADCAST, Phase.STORED)
        return found


def live(world: World, order: Order, report: int) -> None:
    """Live a life in this process, which ends with it."""
    try:
        asyncio.run(_ROLES[order.role](world, order, Fate(order, report)))
    except EXPECTED as trouble:
        print(f"{order.role} {order.number}: {type(trouble).__name__} {str(trouble)[:200]}")
        _leave(TROUBLED)
    except BaseExceptionGroup as several:
        _, others = several.split(EXPECTED)
        if others is None:
            _leave(TROUBLED)
        traceback.print_exc()
        _leave(FELL_OVER)
    except BaseException:  # noqa: BLE001 - whatever it was, it is told
        traceback.print_exc()
        _leave(FELL_OVER)
    _leave(0)


def _leave(code: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


async def _sign(world: World, order: Order, fate: Fate) -> None:
    place = await connect(world.address, timeout=10, command_timeout=10)
    with sorted_errors():
        while not await place.fetchval(LOCK):  # noqa: ASYNC110 - as in signer.loop
            await asyncio.sleep(PLACE_S)
    journal = WatchedJournal(world.configuration.journal_file)
    journal.fate = fate
    async with _payout_chain(world) as chain, _database(world, fate, 3) as database:
        signer = build_signer(
            world.configuration,
            database,
            WatchedChain(chain, fate),
            world.ring,
            journal,
            world.clock,
        )
        while True:
            with sorted_errors():
                await place.fetchval("select 1")
            await signer.turn()
            await asyncio.sleep(TURN_S)


async def _read(world: World, order: Order, fate: Fate) -> None:
    product, clock = world.configuration.product, world.clock
    async with build_chain(product, _way()) as source, _database(world, fate, 3) as database:
        source.nodes.now = clock.time
        chain = build_chain_services(product, database, clock, source)
        async with asyncio.TaskGroup() as jobs:
            jobs.create_task(_again(lambda: _read_all(chain.scanner), READ_EVERY_S))
            for job in (reconcile_house, reconcile):
                compare = partial(job, chain, datetime.now(UTC))
                jobs.create_task(_again(compare, COMPARE_EVERY_S))


async def _again(job: Callable[[], Awaitable[None]], every_s: float) -> None:
    """A job of a worker, for ever."""
    while True:
        with suppress(ChainError):
            await job()
        await asyncio.sleep(every_s)


async def _read_all(scanner: ChainScanner) -> None:
    """Read every block that is final: they come faster here than a worker looks for them."""
    await scanner._judge()
    if scanner._not_judged is not None:
        raise scanner._not_judged
    await scanner._ensure_right_chain()
    cursor = await scanner._load()
    while (found := await scanner.step(cursor)) is not None:
        cursor = found


async def _decide(world: World, order: Order, fate: Fate) -> None:
    product = world.configuration.product
    async with _payout_chain(world) as chain, _database(world, fate, 2) as database:
        services = build_payout_services(product, database, world.clock, chain)
        for act in order.acts:
            try:
                await _act(services, act)
            except DomainError as refusal:
                print(f"desk: {act['what']} refused: {str(refusal)[:200]}")


async def _act(services: PayoutServices, act: Mapping[str, Any]) -> None:
    match act["what"]:
        case "request":
            amount = MicroUsdt(act["amount"])
            wish = WithdrawalRequest(address=act["to"], amount=amount, request_key=act["key"])
            await services.withdrawals.request(UserId(act["user"]), wish)
        case "cancel":
            await services.withdrawals.cancel(UserId(act["user"]), act["id"])
        case "approve":
            await services.reviews.approve(act["id"], actor=act["actor"])
        case "reject":
            await services.reviews.reject(act["id"], actor=act["actor"], note="rejected")
        case "retry":
            await services.reviews.retry(act["id"], actor=act["actor"], note="tried again")
        case "explain":
            await services.halts.explain(act["txid"], actor=act["actor"], note="by hand")
        case "resume":
            await services.halts.resume(actor=act["actor"], note="looked at it")
        case other:
            raise AssertionError(other)


@asynccontextmanager
async def _database(world: World, fate: Fate, size: int) -> AsyncIterator[Any]:
    pool = await open_pool(world.address, name="life", size=size, statement_timeout_s=20)
    yield WatchedDatabase(PooledDatabase(pool), STEPS, fate.meet)
    pool.terminate()


def _way() -> httpx.AsyncBaseTransport:
    """To the nodes of this machine, without the certificates that take longest at a start."""
    return httpx.AsyncHTTPTransport(verify=False, trust_env=False)


@asynccontextmanager
async def _payout_chain(world: World) -> AsyncIterator[TronPayoutChain]:
    async with build_payout_chain(world.configuration.product, _way()) as chain:
        for nodes in (chain.nodes, *chain._alone):
            nodes.now = world.clock.time
        yield chain


_ROLES: Final[Mapping[Role, Callable[[World, Order, Fate], Any]]] = {
    Role.SIGNER: _sign,
    Role.READER: _read,
    Role.DESK: _decide,
}
