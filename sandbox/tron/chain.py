"""The chain: a pool, blocks on top of each other, and the part of them that is final.

Everything that happens is a line of the journal; a restart replays it, and the same lines
give the same blocks.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sandbox.journal import Event, Journal
from sandbox.tron.addresses import sha256
from sandbox.tron.blocks import WITNESSES, Block, Movement, Recorder
from sandbox.tron.execution import InvalidContract, NoBandwidth, Terms, run
from sandbox.tron.ledger import Ledger
from sandbox.tron.people import genesis_values
from sandbox.tron.switches import Switches
from sandbox.tron.transactions import Transaction, from_bytes


class Act(NamedTuple):
    """A transaction, as the listings of whoever sent it and of its target show it."""

    block: int
    nth: int
    position: int
    timestamp: int


class BadReorg(ValueError):
    """More blocks should be dropped than are not yet final."""


class Chain:
    """Owns blocks, pool and both ledgers: of the head, and of what is solid."""

    def __init__(
        self, solid_lag: int, journal: Journal | None, now: Callable[[], float] = time.time
    ) -> None:
        self._journal = journal
        self._now = now
        self._default_lag = solid_lag
        self._stamp = 0
        self._made_at = 0.0
        self._clear()
        if journal is not None:
            journal.rewrite(self._replayed(journal))
        self._open()

    def _clear(self) -> None:
        values = genesis_values()
        self.head_ledger, self.solid_ledger = Ledger(values), Ledger(dict(values))
        self.switches = Switches(solid_lag=self._default_lag)
        self.pool: dict[str, Transaction] = {}
        self.places: dict[str, tuple[int, int]] = {}
        self.by_account: defaultdict[str, list[Movement]] = defaultdict(list)
        self.by_token: defaultdict[str, list[Movement]] = defaultdict(list)
        self.acts: defaultdict[str, list[Act]] = defaultdict(list)
        self.decrees: dict[str, int] = {}
        self.lost: dict[str, int] = {}
        """Transactions that no block ever takes in, and until when they could have been."""
        self.energy_prices = [(0, self.switches.energy_price)]
        """Every price of energy so far, with the time from which on it held."""
        self.reorgs = 0
        self.solid_number = 0
        first = Block(0, 0, sha256(b"sandbox tron genesis").hex(), WITNESSES[0].address)
        first.seal()
        self.blocks = [first]

    def _open(self) -> None:
        """Give a fresh chain enough blocks that one of them is solid."""
        if len(self.blocks) == 1:
            start = self.now_ms() - self.switches.block_ms * self.switches.solid_lag
            for step in range(self.switches.solid_lag + 1):
                self.mine(start + step * self.switches.block_ms)

    @property
    def head(self) -> Block:
        """The newest block."""
        return self.blocks[-1]

    @property
    def solid(self) -> Block:
        """The newest block that can't be undone any more."""
        return self.blocks[self.solid_number]

    def now_ms(self) -> int:
        """Return the node's own time, which may be skewed."""
        return int((self._now() + self.switches.clock_skew_seconds) * 1000)

    def next_stamp(self) -> int:
        """Return a time that no transaction made here has yet.

        The same payment in the same millisecond would be the same transaction.
        """
        self._stamp = max(self.now_ms(), self._stamp + 1)
        return self._stamp

    def ledger(self, *, solid: bool) -> Ledger:
        """Return what is known at the head, or at the last solid block."""
        return self.solid_ledger if solid else self.head_ledger

    def top(self, *, solid: bool) -> int:
        """Return the number of the newest block, or of the newest solid one."""
        return self.solid_number if solid else self.head.number

    def tick(self) -> None:
        """Produce a block when its time has come."""
        if self.switches.auto and self.seconds_to_block() <= 0:
            self.mine()

    def seconds_to_block(self) -> float:
        """Return how long to wait for the next block; a skewed clock changes nothing here."""
        return self._made_at + self.switches.block_seconds - self._now()

    def add(self, transaction: Transaction) -> None:
        """Put a checked transaction into the pool."""
        self._record(
            "tx",
            transaction.data.hex(),
            [one.hex() for one in transaction.signatures],
            transaction.forced,
        )
        self.pool[transaction.id] = transaction

    def mine(self, timestamp: int | None = None) -> Block:
        """Make a block of what is in the pool.

        Its time never runs ahead of the node's clock: clients that let a transaction expire
        a minute from now could not use a chain that lives in the future.
        """
        if timestamp is None:
            timestamp = self.now_ms()
        timestamp = max(timestamp, self.head.timestamp + 1)
        self._record("block", timestamp)
        self._made_at = self._now()
        return self._mine(timestamp)

    def reorganise(self, depth: int, *, drop: bool) -> None:
        """Undo the newest blocks; their transactions wait again, or are lost.

        Raises:
            BadReorg: Some of them are solid.
        """
        if not 0 < depth <= self.head.number - self.solid_number:
            raise BadReorg(
                f"depth must be from 1 to {self.head.number - self.solid_number}: solid blocks stay"
            )
        self._record("reorg", depth, drop)
        self._reorganise(depth, drop=drop)

    def write(self, key: str, value: int) -> None:
        """Change a number of the world by decree, in the past as well."""
        self._record("write", key, value)
        self._write(key, value)

    def lose(self, transaction: Transaction) -> None:
        """Never take a transaction into a block, however often it is sent."""
        self._record("lost", transaction.id, transaction.raw.expiration)
        self.lost[transaction.id] = transaction.raw.expiration

    def switch(self, switches: Switches) -> None:
        """Behave differently from now on."""
        self._record("switch", switches.to_json())
        self._switch(switches)

    def behave_as_at_first(self) -> None:
        """Forget every switch."""
        self.switch(Switches(solid_lag=self._default_lag))

    def close(self) -> None:
        """Release the journal."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def block_of_id(self, block_id: str) -> Block | None:
        """Return a block by its id, in which its number is written."""
        try:
            number = int(block_id[:16], 16)
        except ValueError:
            return None
        found = self.blocks[number] if 0 <= number < len(self.blocks) else None
        return found if found is not None and found.id == block_id else None

    def _record(self, *event: Any) -> None:
        if self._journal is not None:
            self._journal.append(list(event))

    def _replayed(self, journal: Journal) -> Iterator[Event]:
        for event in journal.replay():
            self._apply(event)
            yield event

    def _apply(self, event: Event) -> None:
        match event:
            case ["tx", str(data), list(signatures), forced]:
                signed = tuple(bytes.fromhex(one) for one in signatures)
                found = from_bytes(bytes.fromhex(data), signed)
                known = Transaction(found.id, found.raw, found.data, signed, forced)
                self.pool[known.id] = known
            case ["block", int(timestamp)]:
                self._mine(timestamp)
            case ["reorg", int(depth), bool(drop)]:
                self._reorganise(depth, drop=drop)
            case ["write", str(key), int(value)]:
                self._write(key, value)
            case ["switch", dict(switches)]:
                self._switch(Switches.model_validate(switches))
            case ["lost", str(txid), int(expiration)]:
                self.lost[txid] = expiration
            case _:
                pass

    def _switch(self, switches: Switches) -> None:
        if switches.energy_price != self.switches.energy_price:
            self.energy_prices.append((self.head.timestamp, switches.energy_price))
        self.switches = switches

    def _write(self, key: str, value: int) -> None:
        self.decrees[key] = value
        self.head_ledger.write(key, value)
        self.solid_ledger.write(key, value)

    def _mine(self, timestamp: int) -> Block:
        number = len(self.blocks)
        witness = WITNESSES[(number + self.reorgs) % len(WITNESSES)].address
        block = Block(number, timestamp, self.head.id, witness)
        ledger = Recorder(self.head_ledger, block)
        terms = Terms(timestamp, self.switches.energy_price)
        self.lost = {txid: until for txid, until in self.lost.items() if until >= timestamp}
        most = self.switches.transactions_per_block or len(self.pool)
        for transaction in list(self.pool.values())[:most]:
            del self.pool[transaction.id]
            if transaction.raw.expiration < timestamp:
                continue
            try:
                receipt = run(ledger, transaction.raw, transaction.size, terms, transaction.forced)
            except (InvalidContract, NoBandwidth):
                continue  # it waited too long; a node drops it without a word
            self.places[transaction.id] = (number, len(block.transactions))
            block.take(transaction, receipt)
        block.seal()
        self.blocks.append(block)
        for index, transaction in enumerate(block.sources):
            for address in {transaction.raw.owner, transaction.raw.target}:
                self.acts[address].append(Act(number, index, 0, timestamp))
        for movement in block.movements:
            self.by_token[movement.token].append(movement)
            for address in {movement.source, movement.to}:
                self.by_account[address].append(movement)
        self._solidify()
        return block

    def _solidify(self) -> None:
        if self.switches.stuck_solid:
            return
        reached = self.head.number - self.switches.solid_lag
        while self.solid_number < reached:
            self.solid_number += 1
            self.solid.write_to(self.solid_ledger)
            self.solid.settle()

    def _reorganise(self, depth: int, *, drop: bool) -> None:
        self.reorgs += 1
        freed: list[Transaction] = []
        for _ in range(depth):
            block = self.blocks.pop()
            for key, value in block.undo.items():
                self.head_ledger.write(key, value)
            for movement in reversed(block.movements):
                self.by_token[movement.token].pop()
                for address in {movement.source, movement.to}:
                    self.by_account[address].pop()
            for transaction in block.sources:
                del self.places[transaction.id]
                for address in {transaction.raw.owner, transaction.raw.target}:
                    self.acts[address].pop()
            freed = block.sources + freed
        if not drop:
            self.pool = {one.id: one for one in freed} | self.pool
