"""What one node knows of the chain: all of it, or what there was a while ago; and its lies."""

from bisect import bisect_right
from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sandbox.tron.blocks import Block, Movement
from sandbox.tron.chain import Act, Chain
from sandbox.tron.ledger import Ledger
from sandbox.tron.people import genesis_values
from sandbox.tron.switches import NodeSwitches

REMEMBERED_REFS: Final = 65_536


class View:
    """The chain as a node tells of it.

    Attributes:
        chain: All that there is.
        lies: Numbers that this node believes in place of the true ones, at head and solid block.
        stuck_at: The newest block it has heard of, while it hears of no more.
    """

    def __init__(self, chain: Chain, switches: Callable[[], NodeSwitches]) -> None:
        self.chain = chain
        self.lies: dict[str, int] = {}
        self.stuck_at: int | None = None
        self._switches = switches
        self._past = {solid: _Past(chain) for solid in (False, True)}

    @property
    def switches(self) -> NodeSwitches:
        """How this node behaves."""
        return self._switches()

    @property
    def blocks(self) -> Sequence[Block]:
        """Every block of the chain; those beyond `top` are not known here."""
        return self.chain.blocks

    @property
    def head(self) -> Block:
        """The newest block that this node knows."""
        return self.chain.blocks[self.top(solid=False)]

    @property
    def solid(self) -> Block:
        """The newest of them that can't be undone any more."""
        return self.chain.blocks[self.top(solid=True)]

    @property
    def solid_number(self) -> int:
        """Its number."""
        return self.top(solid=True)

    @property
    def places(self) -> Mapping[str, tuple[int, int]]:
        """Block and position of every transaction of the chain."""
        return self.chain.places

    @property
    def by_account(self) -> Mapping[str, list[Movement]]:
        """Logs of tokens by whoever stands in them."""
        return self.chain.by_account

    @property
    def by_token(self) -> Mapping[str, list[Movement]]:
        """Logs of tokens by the token."""
        return self.chain.by_token

    @property
    def acts(self) -> Mapping[str, list[Act]]:
        """Transactions by who sent them and whom they went to."""
        return self.chain.acts

    def now_ms(self) -> int:
        """Return the node's own time."""
        return self.chain.now_ms()

    def top(self, *, solid: bool) -> int:
        """Return the number of the newest block that this node knows, or of its solid one."""
        newest = self.chain.head.number
        known = newest if self.stuck_at is None else min(newest, self.stuck_at)
        if lag_s := self.switches.lag_seconds:
            latest = self.now_ms() - lag_s * 1000
            seen = bisect_right(self.chain.blocks, latest, key=lambda block: block.timestamp)
            # The first block, which has no time, is known to everybody.
            known = min(known, max(0, seen - 1))
        if not solid:
            return known
        if known == newest:
            return self.chain.solid_number
        return max(0, min(self.chain.solid_number, known - self.chain.switches.solid_lag))

    def ledger(self, *, solid: bool) -> Ledger:
        """Return what this node says that everybody holds."""
        number = self.top(solid=solid)
        if number == self.chain.top(solid=solid):
            known = self.chain.ledger(solid=solid)
        else:
            known = self._past[solid].at(number)
        return Ledger(ChainMap(self.lies, known.values)) if self.lies else known

    def knows(self, txid: str) -> bool:
        """Whether a transaction waits, or is in a block that this node knows."""
        place = self.places.get(txid)
        return txid in self.chain.pool or (place is not None and place[0] <= self.top(solid=False))

    def reference(self, ref_bytes: bytes) -> Block | None:
        """Return the newest block that a transaction's reference can mean."""
        wanted, newest = int.from_bytes(ref_bytes, "big"), self.top(solid=False)
        number = newest - (newest - wanted) % REMEMBERED_REFS
        return self.chain.blocks[number] if number >= 0 else None


class _Past:
    """The ledger as it was after an older block, made anew from the first one on."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._reorgs = -1
        self._number = 0
        self._ledger = Ledger()

    def at(self, number: int) -> Ledger:
        """Return the ledger after a block; going forward from the last call costs least."""
        if self._reorgs != self._chain.reorgs or number < self._number:
            self._reorgs, self._number = self._chain.reorgs, 0
            self._ledger = Ledger(genesis_values())
        for block in self._chain.blocks[self._number + 1 : number + 1]:
            block.write_to(self._ledger)
        self._number = number
        # No transaction changes what a decree does, so decrees can come last.
        for key, value in self._chain.decrees.items():
            self._ledger.write(key, value)
        return self._ledger
