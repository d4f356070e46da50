"""The port over one node or two."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

import structlog

from jiema_app.domain.recharges.chain import (
    BlockHeader,
    ChainError,
    ChainIncomplete,
    ChainUnavailable,
    FinalBlock,
    FreshBlocks,
    WrongChain,
)
from jiema_app.domain.units import MicroUsdt
from jiema_app.integrations.pacing import Urgency
from jiema_app.integrations.tron.addresses import hex_of_address, word_of_address
from jiema_app.integrations.tron.answers import (
    ListedBlock,
    read_block,
    read_blocks,
    read_transfers,
    read_units,
)
from jiema_app.integrations.tron.fresh import read_fresh
from jiema_app.integrations.tron.metrics import DISAGREEMENTS
from jiema_app.integrations.tron.node import Node

log = structlog.get_logger()

T = TypeVar("T")
ItemT = TypeVar("ItemT")

BLOCKS_AT_ONCE: Final = 20
"""In one answer. A full block takes some 300 kB; a node allows 100 of them."""

BLOCKS_MOST: Final = 100
RECEIPTS_AT_ONCE: Final = 8
BALANCES_AT_ONCE: Final = 4
COMPARE_EVERY: Final = 20
"""With two nodes, every so many blocks (once a minute) they are asked about the same one."""


@dataclass(slots=True)
class _Known:
    """What a node has said so far.

    Attributes:
        is_right: It follows our chain.
        final: Number of the last final head that it told.
        compared: The final block that both nodes are asked about next; kept with the
            preferred one.
    """

    is_right: bool = False
    final: int | None = None
    compared: BlockHeader | None = None


@dataclass(frozen=True, slots=True)
class TronChain:
    """Reads TRON from its nodes, the preferred one first.

    Attributes:
        nodes: One, or two.
        genesis_id: Id of our chain's block 0.
        token: Base58check address of our token's contract.
    """

    nodes: Sequence[Node]
    genesis_id: str
    token: str
    _token_hex: str = field(init=False)
    _known: Mapping[str, _Known] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check the token's address.

        Raises:
            ValueError: It is none.
        """
        object.__setattr__(self, "_token_hex", hex_of_address(self.token))
        object.__setattr__(self, "_known", {node.name: _Known() for node in self.nodes})

    async def ensure_right_chain(self) -> None:
        """Ask every node for its block 0.

        A node that does not answer is asked before anything else is read from it.

        Raises:
            WrongChain: A node follows another chain.
            ChainUnavailable: No node answers.
        """
        found = await asyncio.gather(*map(self._check, self.nodes), return_exceptions=True)
        troubles = [one for one in found if isinstance(one, BaseException)]
        for trouble in troubles:
            if not isinstance(trouble, ChainUnavailable | ChainIncomplete):
                raise trouble
        if len(troubles) == len(self.nodes):
            raise troubles[0]

    async def read_final_head(self) -> BlockHeader:
        """The youngest final block."""
        head = await self._from_any(self._read_head)
        await self._compare(head)
        return head

    async def read_final_block(self, number: int) -> FinalBlock | None:
        """A final block with its transfers: two requests at most, one for an empty block.

        Returns:
            None when it is not final yet.

        Raises:
            ChainIncomplete: Its receipts are not those of its transactions.
        """

        async def read(node: Node) -> FinalBlock | None:
            block = read_block(await node.ask("walletsolidity/getblockbynum", num=number), number)
            if block is not None:
                return await self._complete(node, block, Urgency.URGENT)
            await self._refuse_missing(node, number)
            return None

        return await self._from_any(read)

    async def read_final_blocks(self, first: int, count: int) -> Sequence[FinalBlock]:
        """Consecutive final blocks, to catch up: as many of ``count`` (at most 100) as there are.

        Raises:
            ChainIncomplete: Receipts of one of them are not those of its transactions.
        """
        end = first + min(count, BLOCKS_MOST)
        blocks: list[FinalBlock] = []
        for start in range(first, end, BLOCKS_AT_ONCE):
            wanted = min(BLOCKS_AT_ONCE, end - start)
            found = await self._read_piece(start, wanted)
            if blocks and found and found[0].header.parent_id != blocks[-1].header.id:
                raise ChainIncomplete(f"block {start} does not follow on the one before it")
            blocks += found
            if len(found) < wanted:
                break
        return blocks

    async def read_fresh_blocks(self, after: int | None) -> FreshBlocks:
        """What is in the blocks younger than ``after``, final or not: one request.

        Args:
            after: The number last read; None to begin at the youngest block.
        """

        async def read(node: Node) -> FreshBlocks:
            if after is None:
                answer = await node.ask("wallet/getnowblock")
            else:
                answer = await node.ask(
                    "wallet/getblockbylimitnext",
                    startNum=after + 1,
                    endNum=after + 1 + BLOCKS_MOST,
                )
            return read_fresh(answer, after, self._token_hex)

        return await self._from_any(read)

    async def read_balances(self, addresses: Sequence[str]) -> Mapping[str, MicroUsdt]:
        """What addresses hold of our token, by final blocks."""

        async def read(address: str) -> MicroUsdt:
            return await self._from_any(lambda node: self._balance(node, address))

        found = await _each(read, addresses, BALANCES_AT_ONCE)
        return dict(zip(addresses, found, strict=True))

    async def confirm(self, header: BlockHeader) -> bool | None:
        """Whether another node has the same final block, for the one that it came from may lie.

        Returns:
            None when there is no second node, or it does not have the block yet, or a
            node does not answer; False when one has another block of this number.
        """
        if len(self.nodes) == 1:
            return None
        found = [await self._find_id(node, header.number) for node in self.nodes]
        if any(one not in {None, header.id} for one in found):
            log.error("the nodes disagree about a final block", number=header.number)
            return False
        return None if None in found else True

    async def aclose(self) -> None:
        """Close every connection."""
        for node in self.nodes:
            await node.aclose()

    async def _read_piece(self, first: int, count: int) -> Sequence[FinalBlock]:
        """Consecutive blocks that fit into one answer."""

        async def read(node: Node) -> Sequence[ListedBlock]:
            answer = await node.ask(
                "walletsolidity/getblockbylimitnext",
                Urgency.BULK,
                startNum=first,
                endNum=first + count,
            )
            found = read_blocks(answer, first, count)
            if len(found) < count:
                await self._refuse_missing(node, first + len(found))
            return found

        async def complete(block: ListedBlock) -> FinalBlock:
            # One lost answer of a hundred shall not cost the other ninety-nine.
            return await self._from_any(
                lambda node: self._complete(node, block, Urgency.BULK), tries=2
            )

        return await _each(complete, await self._from_any(read), RECEIPTS_AT_ONCE)

    async def _complete(self, node: Node, block: ListedBlock, urgency: Urgency) -> FinalBlock:
        """Add the transfers of a block."""
        if not block.txids:
            return FinalBlock(block.header, ())
        receipts = await node.ask(
            "walletsolidity/gettransactioninfobyblocknum", urgency, num=block.header.number
        )
        return FinalBlock(block.header, read_transfers(block, receipts, self.token))

    async def _balance(self, node: Node, address: str) -> MicroUsdt:
        answer = await node.ask(
            "walletsolidity/triggerconstantcontract",
            Urgency.BULK,
            owner_address=hex_of_address(address),
            contract_address=self._token_hex,
            function_selector="balanceOf(address)",
            parameter=word_of_address(address),
        )
        return MicroUsdt(read_units(answer))

    async def _read_head(self, node: Node) -> BlockHeader:
        block = read_block(await node.ask("walletsolidity/getnowblock"))
        if block is None:
            raise ChainIncomplete("there is no final block")
        self._known[node.name].final = block.header.number
        return block.header

    async def _compare(self, head: BlockHeader) -> None:
        """Now and then, ask both nodes about a head of a while ago, which both must have.

        Raises:
            ChainIncomplete: They contradict each other.
        """
        known = self._known[self.nodes[0].name]
        before = known.compared
        if before is None or head.number < before.number:
            known.compared = head
        elif len(self.nodes) > 1 and head.number - before.number >= COMPARE_EVERY:
            if await self.confirm(before) is False:
                raise ChainIncomplete(f"the nodes disagree about final block {before.number}")
            known.compared = head

    async def _find_id(self, node: Node, number: int) -> str | None:
        """The id of a node's final block; None when it has none now."""
        try:
            await self._ensure_checked(node)
            block = read_block(await node.ask("walletsolidity/getblockbynum", num=number), number)
        except (ChainUnavailable, ChainIncomplete):
            return None
        return None if block is None else block.header.id

    async def _from_any(self, read: Callable[[Node], Awaitable[T]], tries: int = 1) -> T:
        """Read from the first node that gives a whole answer.

        Args:
            read: What to ask of a node.
            tries: At least so many; a single node is asked again.

        Raises:
            ChainError: None does; the trouble is that of the preferred one.
        """
        troubles: list[ChainError] = []
        for node in itertools.islice(itertools.cycle(self.nodes), max(tries, len(self.nodes))):
            try:
                await self._ensure_checked(node)
                return await read(node)
            except ChainUnavailable as trouble:
                troubles.append(trouble)
            except ChainIncomplete as trouble:
                DISAGREEMENTS.labels(node.name).inc()
                troubles.append(trouble)
        raise troubles[0]

    async def _ensure_checked(self, node: Node) -> None:
        """See to it that nothing is read from a node before its block 0 was."""
        if not self._known[node.name].is_right:
            await self._check(node)

    async def _check(self, node: Node) -> None:
        """Hold a node's block 0 against ours.

        Raises:
            WrongChain: It is another one.
        """
        known = self._known[node.name]
        block = read_block(await node.ask("wallet/getblockbynum", num=0), 0)
        if block is None:
            raise ChainIncomplete("there is no block 0")
        known.is_right = block.header.id == self.genesis_id
        if not known.is_right:
            raise WrongChain(
                f"the {node.name} node follows the chain of block 0 {block.header.id},"
                f" and the settings name {self.genesis_id}"
            )

    async def _refuse_missing(self, node: Node, number: int) -> None:
        """Refuse that a block is not there which the node itself calls final.

        Raises:
            ChainIncomplete: It is such a block.
        """
        final = self._known[node.name].final
        if final is None:
            final = (await self._read_head(node)).number
        if number <= final:
            raise ChainIncomplete(f"block {number} is missing, and {final} was final")


async def _each(
    work: Callable[[ItemT], Awaitable[T]], items: Iterable[ItemT], at_once: int
) -> list[T]:
    """Do work for each, some at once, and return what came of it in order.

    Raises:
        ChainError: One failed; the others were given up.
    """
    gate = asyncio.Semaphore(at_once)

    async def do(item: ItemT) -> T:
        async with gate:
            return await work(item)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(do(item)) for item in items]
    except* ChainError as errors:
        trouble = errors.exceptions[0]
    else:
        return [task.result() for task in tasks]
    raise trouble
