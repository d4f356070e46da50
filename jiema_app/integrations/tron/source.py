"""The port over TRON's HTTP API."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from jiema_app.domain.chain.port import (
    BlockHeader,
    ChainError,
    ChainIncomplete,
    ChainUnavailable,
    FinalBlock,
    FinalTransaction,
    FreshBlocks,
)
from jiema_app.domain.units import MicroUsdt
from jiema_app.integrations.pacing import Urgency
from jiema_app.integrations.tron.addresses import hex_of_address, word_of_address
from jiema_app.integrations.tron.answers import (
    ListedBlock,
    read_block,
    read_blocks,
    read_place,
    read_transaction,
    read_transfers,
    read_units,
)
from jiema_app.integrations.tron.fresh import read_fresh
from jiema_app.integrations.tron.node import ANSWER_MAX_BYTES, WORD_MAX_BYTES, Node
from jiema_app.integrations.tron.nodes import Nodes

T = TypeVar("T")
ItemT = TypeVar("ItemT")

BLOCKS_AT_ONCE: Final = 20
"""In one answer. A full block takes some 300 kB; a node allows 100 of them."""

BLOCKS_MOST: Final = 100
RECEIPTS_AT_ONCE: Final = 8
BALANCES_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class TronChain:
    """Reads TRON.

    Attributes:
        nodes: Of one chain.
        token: Base58check address of our token's contract.
    """

    nodes: Nodes
    token: str
    _token_hex: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check the token's address.

        Raises:
            ValueError: It is none.
        """
        object.__setattr__(self, "_token_hex", hex_of_address(self.token))

    @property
    def genesis_id(self) -> str:
        """The id of block 0 that the settings name."""
        return self.nodes.genesis_id

    @property
    def has_two_nodes(self) -> bool:
        """Whether what one node tells can be held against another."""
        return len(self.nodes.nodes) > 1

    async def ensure_right_chain(self) -> None:
        """Ask every node for its block 0.

        Raises:
            WrongChain: A node follows another chain.
            ChainUnavailable: No node answers.
        """
        await self.nodes.ensure_right_chain()

    async def read_final_head(self) -> BlockHeader:
        """The youngest final block.

        Raises:
            ChainIncomplete: Two nodes contradict each other about one before it.
        """
        return await self.nodes.read_head()

    async def confirm(self, header: BlockHeader) -> bool | None:
        """Whether two nodes have the same final block; None when that cannot be said now."""
        return await self.nodes.confirm(header)

    async def read_again(self, number: int) -> Sequence[FinalBlock | None]:
        """A final block as each of two nodes has it: four requests at most."""
        return await self.nodes.read_each(lambda node: self._read(node, number, Urgency.URGENT))

    async def read_beside(
        self, blocks: Sequence[FinalBlock]
    ) -> Sequence[Sequence[FinalBlock | None]]:
        """Final blocks as the other node has them: two requests each at most."""
        if not self.has_two_nodes:
            return [()] * len(blocks)
        most_bytes = _share(len(blocks))

        async def read(block: FinalBlock) -> Sequence[FinalBlock | None]:
            number = block.header.number
            try:
                return await self.nodes.read_each(
                    lambda node: self._read(node, number, Urgency.BULK, most_bytes),
                    but=block.told_by,
                )
            except ChainUnavailable:
                # As if it had not the block yet. Those before it are read meanwhile.
                return [None]

        return await _each(read, blocks, RECEIPTS_AT_ONCE)

    async def read_final_block(self, number: int) -> FinalBlock | None:
        """A final block with its transfers: two requests at most, one for an empty block.

        Returns:
            None when it is not final yet.

        Raises:
            ChainIncomplete: Its receipts are not those of its transactions.
        """

        async def ask(node: Node) -> FinalBlock | None:
            block = read_block(await node.ask("walletsolidity/getblockbynum", num=number), number)
            if block is not None:
                self.nodes.refuse_ahead(block.header)
                return await self._complete(node, block, Urgency.URGENT)
            await self.nodes.refuse_missing(node, number)
            return None

        found = await self.nodes.read(ask)
        if found is None:
            await self.nodes.note_missing(number)
        else:
            await self.nodes.note_block(found.header)
        return found

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
        if blocks:
            await self.nodes.note_block(blocks[-1].header)
        else:
            await self.nodes.note_missing(first)
        return blocks

    async def read_final_transaction(self, txid: str) -> FinalTransaction | None:
        """One transaction by its id, in lower case: two requests.

        Returns:
            None when no final block has it.

        Raises:
            ChainIncomplete: Its receipt and its block contradict each other.
        """

        async def ask(node: Node) -> FinalTransaction | None:
            receipt = await node.ask("walletsolidity/gettransactioninfobyid", value=txid)
            number = read_place(receipt, txid)
            if number is None:
                return None
            block = read_block(await node.ask("walletsolidity/getblockbynum", num=number), number)
            if block is None:
                raise ChainIncomplete(f"block {number} is missing, and a receipt names it")
            return read_transaction(block, receipt, self.token)

        return await self.nodes.read(ask)

    async def read_fresh_blocks(self, after: int | None) -> FreshBlocks:
        """What is in the blocks younger than ``after``, final or not: one request.

        Args:
            after: The number last read; None to begin at the youngest block.
        """

        async def ask(node: Node) -> FreshBlocks:
            if after is None:
                answer = await node.ask("wallet/getnowblock")
            else:
                first = after + 1
                answer = await node.ask(
                    "wallet/getblockbylimitnext", startNum=first, endNum=first + BLOCKS_MOST
                )
            return read_fresh(answer, after, self._token_hex)

        return await self.nodes.read(ask)

    async def read_balances(self, addresses: Sequence[str]) -> Mapping[str, MicroUsdt]:
        """What addresses hold of our token, by final blocks.

        Raises:
            ValueError: One is no address. Nothing was asked.
        """
        calls = {
            address: {
                "owner_address": hex_of_address(address),
                "contract_address": self._token_hex,
                "function_selector": "balanceOf(address)",
                "parameter": word_of_address(address),
            }
            for address in addresses
        }

        async def ask(node: Node, call: Mapping[str, str]) -> MicroUsdt:
            path = "walletsolidity/triggerconstantcontract"
            return MicroUsdt(read_units(await node.ask(path, Urgency.BULK, WORD_MAX_BYTES, **call)))

        async def read(call: Mapping[str, str]) -> MicroUsdt:
            return await self.nodes.read(lambda node: ask(node, call))

        found = await _each(read, calls.values(), BALANCES_AT_ONCE)
        return dict(zip(calls, found, strict=True))

    async def aclose(self) -> None:
        """Close every connection."""
        await self.nodes.aclose()

    async def _read_piece(self, first: int, count: int) -> Sequence[FinalBlock]:
        """Consecutive blocks that fit into one answer."""

        async def ask(node: Node) -> tuple[str, Sequence[ListedBlock]]:
            answer = await node.ask(
                "walletsolidity/getblockbylimitnext",
                Urgency.BULK,
                startNum=first,
                endNum=first + count,
            )
            found = read_blocks(answer, first, count)
            for block in found:
                self.nodes.refuse_ahead(block.header)
            if len(found) < count:
                await self.nodes.refuse_missing(node, first + len(found))
            return node.name, found

        teller, blocks = await self.nodes.read(ask)
        most_bytes = _share(len(blocks))

        async def complete(block: ListedBlock) -> FinalBlock:
            # One lost answer of a hundred shall not cost the other ninety-nine.
            found = await self.nodes.read(
                lambda node: self._complete(node, block, Urgency.BULK, most_bytes), tries=2
            )
            # With receipts of the other node it is neither one's word alone.
            return found if found.told_by == teller else replace(found, told_by="")

        return await _each(complete, blocks, RECEIPTS_AT_ONCE)

    async def _read(
        self, node: Node, number: int, urgency: Urgency, most_bytes: int = ANSWER_MAX_BYTES
    ) -> FinalBlock | None:
        """A final block as a node has it; None when it is not final to it."""
        answer = await node.ask("walletsolidity/getblockbynum", urgency, most_bytes, num=number)
        block = read_block(answer, number)
        if block is None:
            return None
        self.nodes.refuse_ahead(block.header)
        return await self._complete(node, block, urgency, most_bytes)

    async def _complete(
        self,
        node: Node,
        block: ListedBlock,
        urgency: Urgency,
        most_bytes: int = ANSWER_MAX_BYTES,
    ) -> FinalBlock:
        """Add the transfers of a block."""
        # What the first block holds was there from the beginning: nobody was given a receipt.
        if not block.txids or not block.header.number:
            return FinalBlock(block.header, ())
        receipts = await node.ask(
            "walletsolidity/gettransactioninfobyblocknum",
            urgency,
            most_bytes,
            num=block.header.number,
        )
        transfers = read_transfers(block, receipts, self.token)
        return FinalBlock(block.header, transfers, told_by=node.name)


def _share(count: int) -> int:
    """Bytes of an answer for one of so many blocks.

    All that come at once are as large as one may be alone. A larger one makes its batch
    fail, or end before it, and so the next batch smaller, until it comes alone.
    """
    return ANSWER_MAX_BYTES // max(1, min(RECEIPTS_AT_ONCE, count))


async def _each(
    work: Callable[[ItemT], Awaitable[T]], items: Iterable[ItemT], at_once: int
) -> list[T]:
    """Do work for each, some at once, and return what came of it in order.

    Raises:
        ChainError: One failed; the others were given up.
    """
    semaphore = asyncio.Semaphore(at_once)

    async def do(item: ItemT) -> T:
        async with semaphore:
            return await work(item)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(do(item)) for item in items]
    except* ChainError as errors:
        trouble = errors.exceptions[0]
    else:
        return [task.result() for task in tasks]
    raise trouble
