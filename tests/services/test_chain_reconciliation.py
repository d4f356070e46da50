"""What the wallets hold on the chain, against what was read of it and against the books.

The chain is the sandbox's; the reader and the judge are the worker's own.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from backend_jobs.reconciliation import DIFFERENCE, NAMED_MAX, ChainAndBooksDiffer, reconcile
from jiema_app.bootstrap import Services, build_services
from jiema_app.bootstrap_chain import ChainServices
from jiema_app.domain.chain.port import BlockHeader
from jiema_app.domain.chain.reconciliation import ChainReconciliation, Scope
from jiema_app.domain.chain.reconciliation_views import Reconciled
from jiema_app.domain.payment_reviews.plans import Action, Decision
from jiema_app.domain.recharges.statuses import RechargeStatus
from jiema_app.domain.units import MicroUsdt
from jiema_app.settings import Settings
from tests.services.tron_peers import THEIRS, Peer, node_peer
from tests.support.arrivals import TEN
from tests.support.shop import Shop, now, open_shop


@dataclass
class World:
    """A shop that reads a chain."""

    shop: Shop
    peer: Peer
    services: Services

    @property
    def chain(self) -> ChainServices:
        assert self.services.chain is not None
        return self.services.chain

    async def read(self) -> None:
        """Make what was sent final, and read all of it."""
        await self.peer.mine(3)
        scanner = self.chain.scanner
        cursor = await scanner._load()
        while found := await scanner.step(cursor):
            cursor = found

    async def recharge(self, usdt: int = 10) -> tuple[str, str]:
        """An open recharge: its id and its address."""
        ann = await self.shop.customer(cents=0)
        opened = await self.services.recharges.open(ann.id, MicroUsdt(usdt * 1_000_000))
        return opened.id, opened.address

    async def compare(self, scope: Scope = Scope.USED) -> Reconciled:
        return await replace(self.chain.reconciliation, patience_s=0.0).run(scope)


@pytest.fixture
async def world(database_address: str, settings: Settings) -> AsyncIterator[World]:
    """Books may be wrong at the end."""
    async with open_shop(database_address, settings) as shop, node_peer() as peer:
        services = build_services(
            settings, shop.services.database, shop.services.suppliers, chain=peer.chain
        )
        made = World(shop, peer, services)
        await made.read()
        await services.pool.grow(5)
        yield made


async def test_chain_and_books_agree_about_everything_that_may_happen(world: World) -> None:
    recharge, address = await world.recharge()
    await world.peer.pay("10", address)
    await world.read()
    assert (await world.services.recharges.find(recharge)).status is RechargeStatus.CREDITED
    await world.peer.pay("3", address)
    await world.peer.pay("5", address, token="fake")
    await world.peer.pay("0", address)
    second, another = await world.recharge()
    await world.peer.pay("9.000001", another)
    await world.read()
    await world.services.reviews.settle(
        second, Decision(Action.REFUND), note="a test", actor="command-line"
    )
    found = await world.compare(Scope.EVERY)
    assert found.ok
    assert (found.wallets, found.checked, found.differences) == (5, 5, ())
    assert found.on_chain == found.expected == found.pool == found.judged == 22_000_001


async def test_nothing_that_moves_meanwhile_is_called_a_difference(world: World) -> None:
    _, address = await world.recharge()
    await world.peer.pay("10", address)
    await world.peer.mine(3)
    found = await world.compare()
    assert found.ok
    assert found.in_flight == [address]
    assert found.difference == 0
    await world.read()
    assert (await world.compare()).in_flight == []


@dataclass
class Moving:
    """The chain itself, on which something happens while its balances are read."""

    world: World
    address: str
    genesis_id: str
    is_after: bool

    async def read_final_head(self) -> BlockHeader:
        return await self.world.peer.chain.read_final_head()

    async def read_balances(self, addresses: Sequence[str]) -> Mapping[str, MicroUsdt]:
        if not self.is_after:
            await self.happen()
        balances = await self.world.peer.chain.read_balances(addresses)
        if self.is_after:
            await self.happen()
        return balances

    async def happen(self) -> None:
        await self.world.peer.pay("1", self.address)
        await self.world.read()


@pytest.mark.parametrize("is_after", [True, False])
async def test_a_payment_between_two_looks_is_told_from_a_difference(
    world: World, *, is_after: bool
) -> None:
    _, address = await world.recharge()
    await world.peer.pay("10", address)
    await world.read()
    chain = world.chain
    moving = Moving(world, address, chain.source.genesis_id, is_after)
    watched = replace(chain.reconciliation, source=moving)  # type: ignore[arg-type]
    found = await watched.run(Scope.USED)
    assert found.ok
    assert (found.in_flight, found.difference) == ([], 0)


async def test_what_came_before_the_wallet_was_made_is_a_difference(world: World) -> None:
    deriver = world.services.pool.deriver
    assert deriver is not None
    [address] = deriver.derive(5, 1)
    txid = await world.peer.pay("7", address)
    await world.read()
    await world.services.pool.grow(1)
    later = await world.peer.pay("2", address)
    await world.read()
    found = await world.compare()
    [difference] = found.differences
    assert not found.ok
    assert [clue.txid for clue in difference.clues] == [later]
    found = await world.chain.reconciliation.run(Scope.USED, search_blocks=100)
    [difference] = found.differences
    assert (difference.address, difference.on_chain, difference.expected) == (
        address,
        9_000_000,
        2_000_000,
    )
    assert "before the wallet was made" in difference.why
    assert [(clue.txid, clue.status) for clue in difference.clues] == [
        (txid, "UNREAD"),
        (later, "IN_REVIEW"),
    ]
    assert "7 USDT came in" in difference.clues[0].why


async def test_a_missed_transfer_is_a_difference(world: World) -> None:
    _, address = await world.recharge()
    await world.peer.pay("10", address)
    await world.read()
    await world.shop.execute("delete from payments")
    found = await world.compare()
    assert (found.difference, len(found.differences)) == (20_000_000, 1)
    assert (found.pool, found.judged) == (TEN, 0)


async def test_a_posting_that_is_missing_is_named_by_its_transaction(world: World) -> None:
    _, address = await world.recharge()
    txid = await world.peer.pay("4", address)
    await world.read()
    async with world.shop.services.database.transaction() as connection:
        await connection.execute("set local session_replication_role = replica")
        await connection.execute("delete from ledger_entries")
    found = await world.compare()
    assert not found.ok
    assert not found.differences
    assert [clue.txid for clue in found.book_clues] == [txid]


async def test_what_left_the_pool_is_told_and_no_difference(world: World) -> None:
    _, address = await world.recharge()
    await world.peer.pay("10", address)
    await world.peer.control("faucet", address=address, trx="100")
    await world.read()
    txid = await world.peer.pay("6", THEIRS, **{"from": address})
    await world.read()
    found = await world.compare()
    assert found.ok
    assert found.on_chain == found.pool == 4_000_000
    assert [clue.txid for clue in found.left] == [txid]


async def test_a_payment_that_nobody_judged_is_told(world: World) -> None:
    _, address = await world.recharge()
    await world.peer.pay("10", address)
    await world.read()
    await world.shop.execute("update payments set status = 'NEW'")
    found = await world.compare()
    assert [clue.why for clue in found.not_judged] == ["not judged yet"]
    assert not found.differences


async def add_wallets(world: World, count: int) -> None:
    await world.shop.execute(
        "insert into wallets (account, derivation_index, address) "
        "select 'other', n, 'T' || lpad(translate(n::text, '0', 'A'), 33, 'B') "
        "from generate_series(1, $1::int) n",
        count,
    )


def at_turn(world: World, turn: int, sample: int = 100) -> ChainReconciliation:
    return replace(world.chain.reconciliation, clock=FixedClock(turn * 600.0), sample=sample)


async def test_wallets_that_nobody_paid_to_are_asked_about_by_turns(world: World) -> None:
    await add_wallets(world, 395)
    asked: list[int] = []
    seen: set[str] = set()
    for turn in range(4):
        chosen, total = await at_turn(world, turn)._choose(Scope.USED)
        asked.append(len(chosen))
        seen |= set(chosen)
        assert total == 400
    assert asked == [100] * 4
    assert len(seen) == 400
    assert len((await at_turn(world, 0)._choose(Scope.EVERY))[0]) == 400


async def test_many_wallets_do_not_mean_many_requests(world: World) -> None:
    await add_wallets(world, 395)
    await world.shop.execute("update wallets set status = 'FREE'")
    _, address = await world.recharge()
    await world.peer.pay("10", address)
    await world.read()
    await world.shop.execute(
        "update wallets set status = 'COOLDOWN', recharge_id = id::text "
        "where recharge_id is null and id % 2 = 0"
    )
    seen: set[str] = set()
    for turn in range(30):
        chosen, _ = await at_turn(world, turn, 30)._choose(Scope.SAMPLE)
        assert len(chosen) <= 30
        assert address in chosen, "it was paid a moment ago"
        seen |= set(chosen)
    assert len(seen) == 400


@dataclass
class FixedClock:
    """Stands still."""

    seconds: float

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)


async def test_the_job_reports_a_difference_and_changes_nothing(world: World) -> None:
    _, address = await world.recharge()
    await world.peer.pay("10", address)
    await world.read()
    chain = replace(world.chain, reconciliation=replace(world.chain.reconciliation, patience_s=0.0))
    await reconcile(chain, now())
    assert DIFFERENCE._value.get() == 0
    await world.shop.execute("update payments set amount = amount + 1")
    with pytest.raises(ChainAndBooksDiffer):
        await reconcile(chain, now())
    assert DIFFERENCE._value.get() == 0.000002
    assert await world.shop.fetchval("select amount from payments") == TEN + 1


async def test_many_wallets_that_differ_do_not_fill_the_log(world: World) -> None:
    """Each holds what came before it was made, which was never read."""
    deriver = world.services.pool.deriver
    assert deriver is not None
    addresses = deriver.derive(5, 2 * NAMED_MAX)
    for address in addresses:
        await world.peer.pay("7", address)
    await world.read()
    await world.services.pool.grow(len(addresses))
    for address in addresses:
        await world.peer.pay("2", address)
    await world.read()
    hasty = replace(world.chain, reconciliation=replace(world.chain.reconciliation, patience_s=0.0))
    with capture_logs() as said, pytest.raises(ChainAndBooksDiffer):
        await reconcile(hasty, now())
    differing = [line for line in said if "differ" in line["event"]]
    assert [line["event"] for line in differing[NAMED_MAX:]] == ["more wallets differ"]
    assert differing[-1]["number"] == NAMED_MAX
