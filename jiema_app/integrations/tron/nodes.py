"""Several nodes of one chain: which to believe, and which to ask first."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, TypeVar

import structlog

from jiema_app.domain.chain.port import (
    BlockHeader,
    ChainError,
    ChainIncomplete,
    ChainUnavailable,
    WrongChain,
)
from jiema_app.domain.seldom import Seldom
from jiema_app.integrations.tron.answers import read_block
from jiema_app.integrations.tron.metrics import DISAGREEMENTS
from jiema_app.integrations.tron.node import Node

log = structlog.get_logger()

T = TypeVar("T")

COMPARE_EVERY: Final = 20
"""Every so many blocks (once a minute) two nodes are held against each other."""

OLD_S: Final = 120.0
"""A final head is a minute old; one that is twice that may be all that this node has."""

MISSING_S: Final = 15.0
"""A block comes every 3 s; when one is missing for so long, something is wrong."""

AHEAD_MAX_S: Final = 300.0
"""Windows close and wallets are given to others by the time of the last block that was read. One
that is further ahead of our clock would end every recharge at once: the node is wrong, or we are."""

LATE_BLOCKS: Final = 20
"""A node so far behind another is asked last."""

AWAY_S: Final = 120.0
"""A node that has answered nothing at all for so long is away, and another one's word is taken. One
that answers anything is waited for: who lies beside it had only to go on until it failed once."""


@dataclass(slots=True)
class _NodeState:
    """What is known of a node.

    Attributes:
        is_right: It follows our chain.
        is_late: It is far behind the other.
        final: Number of the last final head that it told.
    """

    is_right: bool = False
    is_late: bool = False
    final: int | None = None


@dataclass(slots=True)
class Nodes:
    """Reads from the first node that gives a whole answer.

    Attributes:
        nodes: One, or two, the preferred one first.
        genesis_id: Id of our chain's block 0.
        now: The time, in seconds since 1970.
    """

    nodes: Sequence[Node]
    genesis_id: str
    now: Callable[[], float] = field(default=time.time, repr=False)
    _states: Mapping[str, _NodeState] = field(init=False, repr=False)
    _compared: BlockHeader | None = field(default=None, init=False, repr=False)
    _missing: tuple[int, float] | None = field(default=None, init=False, repr=False)
    _disputes: Seldom = field(default_factory=Seldom, init=False, repr=False)

    def __post_init__(self) -> None:
        self._states = {node.name: _NodeState() for node in self.nodes}

    async def ensure_right_chain(self) -> None:
        """Ask every node for its block 0.

        One that does not answer now is asked before anything else is read from it.

        Raises:
            WrongChain: A node follows another chain.
            ChainUnavailable: No node answers.
        """
        found = await asyncio.gather(*map(self._check, self.nodes), return_exceptions=True)
        troubles = [one for one in found if one is not None]
        for trouble in troubles:
            if not isinstance(trouble, ChainUnavailable | ChainIncomplete):
                raise trouble
        if len(troubles) == len(self.nodes):
            raise troubles[0]

    async def read(self, ask: Callable[[Node], Awaitable[T]], tries: int = 1) -> T:
        """Read from the first node that gives a whole answer.

        Args:
            ask: What to ask of a node.
            tries: At least so many; a single node is asked again.

        Raises:
            ChainError: None does; the trouble is that of the one asked first.
        """
        troubles: list[ChainError] = []
        order = sorted(self.nodes, key=lambda node: self._states[node.name].is_late)
        for node in itertools.islice(itertools.cycle(order), max(tries, len(order))):
            try:
                await self._ensure_checked(node)
                return await ask(node)
            except ChainUnavailable as trouble:
                troubles.append(trouble)
            except ChainIncomplete as trouble:
                DISAGREEMENTS.labels(node.name).inc()
                troubles.append(trouble)
        raise troubles[0]

    async def read_head(self) -> BlockHeader:
        """The youngest final block.

        Raises:
            ChainIncomplete: The nodes contradict each other about one before it.
        """
        head = await self.read(self._read_head)
        if len(self.nodes) > 1 and self.now() - head.time.timestamp() > OLD_S:
            await self._rank(head)
            head = await self.read(self._read_head)
        await self.note_block(head)
        return head

    async def note_block(self, header: BlockHeader) -> None:
        """A final block was read. Now and then, hold the nodes against each other.

        Raises:
            ChainIncomplete: They contradict each other about one before it.
        """
        before = self._compared
        if before is None or header.number < before.number:
            self._compared = header
        elif len(self.nodes) > 1 and header.number - before.number >= COMPARE_EVERY:
            # One of a while ago, which both must have by now. They are held against each other
            # and not against what one of them told then: that may have been a lie, and stays one.
            told = {one for one in await self._find_each(before.number) if one is not None}
            if len(told) > 1:
                self._tell_of_dispute(before.number)
                raise ChainIncomplete(f"the nodes disagree about final block {before.number}")
            if told - {before}:
                log.error("a final block was read that no node has now", number=before.number)
            await self._rank(header)
            self._compared = header

    async def note_missing(self, number: int) -> None:
        """A block is not final yet. When that lasts, look whether it is the node's fault.

        Afterwards a node that is behind is asked last, and one that says a block is
        final, but has it not, is refused.
        """
        if self._missing is None or self._missing[0] != number:
            self._missing = number, self.now()
        elif self.now() - self._missing[1] >= MISSING_S:
            self._missing = number, self.now()
            await self._rank()

    async def read_each(self, ask: Callable[[Node], Awaitable[T]], *, but: str = "") -> Sequence[T]:
        """What each of two nodes answers; nothing of one that is away, or of a single one.

        Args:
            ask: What to ask of a node.
            but: Name of a node that is not asked.

        Raises:
            ChainUnavailable: One failed that is not away.
        """
        if len(self.nodes) == 1:
            return []
        found = await asyncio.gather(
            *(self._try(ask, node) for node in self.nodes if node.name != but),
            return_exceptions=True,
        )
        answers: list[T] = []
        for told in found:
            if isinstance(told, BaseException):
                raise told
            answers += told
        return answers

    async def _try(self, ask: Callable[[Node], Awaitable[T]], node: Node) -> Sequence[T]:
        try:
            await self._ensure_checked(node)
            return [await ask(node)]
        except (ChainUnavailable, ChainIncomplete) as trouble:
            silent_s = node.backoff.silent_s
            if silent_s is None or silent_s < AWAY_S:
                raise ChainUnavailable(f"not without the {node.name} node: {trouble}") from None
            return []

    async def confirm(self, header: BlockHeader) -> bool | None:
        """Whether two nodes have the same final block, for the one that it came from may lie.

        Returns:
            None when there is no second node, or one does not have the block yet or does
            not answer; False when one has another block of this number.
        """
        if len(self.nodes) == 1:
            return None
        found = await self._find_each(header.number)
        # All of it: a node that lies may tell a true id beside another time, or another parent.
        if any(one not in {None, header} for one in found):
            self._tell_of_dispute(header.number)
            return False
        return None if None in found else True

    def _tell_of_dispute(self, number: int) -> None:
        if (unsaid := self._disputes.count()) is not None:
            log.error("the nodes disagree about a final block", number=number, unsaid=unsaid)

    async def refuse_missing(self, node: Node, number: int) -> None:
        """Refuse that a block is not there which the node itself calls final.

        Raises:
            ChainIncomplete: It is such a block.
        """
        final = self._states[node.name].final
        if final is None:
            final = (await self._read_head(node)).number
        if number <= final:
            raise ChainIncomplete(f"block {number} is missing, and {final} was final")

    def refuse_ahead(self, header: BlockHeader) -> None:
        """Refuse a final block that has not been made yet, by our clock.

        Raises:
            ChainIncomplete: It is such a block.
        """
        ahead_s = header.time.timestamp() - self.now()
        if ahead_s > AHEAD_MAX_S:
            raise ChainIncomplete(f"block {header.number} is {ahead_s:.0f} s ahead of our clock")

    async def aclose(self) -> None:
        """Close every connection."""
        for node in self.nodes:
            await node.aclose()

    async def _rank(self, known: BlockHeader | None = None) -> None:
        """See which node is behind the youngest head, theirs or the one that is known."""
        found: dict[str, int] = {}
        for node in self.nodes:
            with suppress(ChainUnavailable, ChainIncomplete):
                await self._ensure_checked(node)
                found[node.name] = (await self._read_head(node)).number
        youngest = max([*found.values(), known.number if known else 0])
        for name, number in found.items():
            state = self._states[name]
            is_late = youngest - number > LATE_BLOCKS
            if is_late and not state.is_late:
                log.warning("a node is behind", node=name, blocks=youngest - number)
            state.is_late = is_late

    async def _read_head(self, node: Node) -> BlockHeader:
        block = read_block(await node.ask("walletsolidity/getnowblock"))
        if block is None:
            raise ChainIncomplete("there is no final block")
        self.refuse_ahead(block.header)
        self._states[node.name].final = block.header.number
        return block.header

    async def _find_each(self, number: int) -> Sequence[BlockHeader | None]:
        return await asyncio.gather(*(self._find(one, number) for one in self.nodes))

    async def _find(self, node: Node, number: int) -> BlockHeader | None:
        """A node's final block; None when it has none now."""
        try:
            await self._ensure_checked(node)
            block = read_block(await node.ask("walletsolidity/getblockbynum", num=number), number)
        except (ChainUnavailable, ChainIncomplete):
            return None
        return None if block is None else block.header

    async def _ensure_checked(self, node: Node) -> None:
        """See to it that nothing is read from a node before its block 0 was."""
        if not self._states[node.name].is_right:
            await self._check(node)

    async def _check(self, node: Node) -> None:
        """Hold a node's block 0 against ours.

        Raises:
            WrongChain: It is another one.
        """
        block = read_block(await node.ask("wallet/getblockbynum", num=0), 0)
        if block is None:
            raise ChainIncomplete("there is no block 0")
        is_right = block.header.id == self.genesis_id
        self._states[node.name].is_right = is_right
        if not is_right:
            raise WrongChain(
                f"the {node.name} node follows the chain of block 0 {block.header.id},"
                f" and the settings name {self.genesis_id}"
            )
