"""What we need from a chain, in our own words.

ChainError
├── ChainUnavailable   nothing was learned: no answer, a refusal, nonsense. Try again.
├── ChainIncomplete    an answer that contradicts another or itself. Try again, soon.
└── WrongChain         it is another chain than the one we are set to. Stop.

A failure is never "no payments": whoever reads moves on only after a whole answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from jiema_app.domain.units import MicroUsdt


class ChainError(Exception):
    """Anything but success from a node."""


class ChainUnavailable(ChainError):
    """Nothing was learned. The same question may be answered later, or by another node."""


class ChainIncomplete(ChainError):
    """An answer that lacks something, or that contradicts another."""


class WrongChain(ChainError):
    """The node follows another chain than the settings name."""


@dataclass(frozen=True, slots=True)
class BlockHeader:
    """One block, without what is in it.

    Attributes:
        id: 64 hexadecimal digits.
        parent_id: Of the block before it.
        time: When it was made, by its maker's clock.
    """

    number: int
    id: str
    parent_id: str
    time: datetime


@dataclass(frozen=True, slots=True)
class TokenTransfer:
    """One Transfer log of a transaction that succeeded.

    Attributes:
        log_index: Its position in the receipt's list of logs.
        contract: Base58check address of the token's contract.
        amount: In the token's smallest unit; of any size, for anybody can write a contract.
    """

    txid: str
    log_index: int
    contract: str
    sender: str
    receiver: str
    amount: int


@dataclass(frozen=True, slots=True)
class FinalBlock:
    """A block that the chain cannot take back, with every token transfer in it.

    Attributes:
        told_by: Name of the node whose word for it is taken; empty when that is not known.
    """

    header: BlockHeader
    transfers: Sequence[TokenTransfer]
    told_by: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class FinalTransaction:
    """A transaction in a block that the chain cannot take back.

    Attributes:
        header: Of its block.
        succeeded: Whether it did what it was meant to do; otherwise it moved nothing.
        transfers: Every token transfer in it.
    """

    txid: str
    header: BlockHeader
    succeeded: bool
    transfers: Sequence[TokenTransfer]


@dataclass(frozen=True, slots=True)
class FreshTransfer:
    """A transfer in a block that may still be taken back. Good for telling people, and no more."""

    txid: str
    receiver: str
    amount: int
    is_genuine: bool
    block_number: int


@dataclass(frozen=True, slots=True)
class FreshBlocks:
    """The youngest blocks.

    Attributes:
        head: Number of the youngest one.
        transfers: In the blocks that were asked for.
    """

    head: int
    transfers: Sequence[FreshTransfer]


class ChainSource(Protocol):
    """Reads a chain. Every method raises ``ChainError`` and nothing else of the network."""

    @property
    def genesis_id(self) -> str:
        """The id of block 0 that the settings name."""
        ...

    @property
    def token(self) -> str:
        """Base58check address of the one contract whose transfers are money."""
        ...

    @property
    def has_two_nodes(self) -> bool:
        """Whether what one node tells can be held against another."""
        ...

    async def ensure_right_chain(self) -> None:
        """Ask every node for its block 0.

        Raises:
            WrongChain: A node follows another chain.
        """
        ...

    async def read_final_head(self) -> BlockHeader:
        """The youngest final block."""
        ...

    async def read_final_block(self, number: int) -> FinalBlock | None:
        """A final block with its transfers: two requests at most, one for an empty block.

        Returns:
            None when it is not final yet.

        Raises:
            ChainIncomplete: Its receipts are not those of its transactions.
        """
        ...

    async def read_final_blocks(self, first: int, count: int) -> Sequence[FinalBlock]:
        """Consecutive final blocks, to catch up: as many of ``count`` (at most 100) as there are.

        Raises:
            ChainIncomplete: Receipts of one of them are not those of its transactions.
        """
        ...

    async def read_final_transaction(self, txid: str) -> FinalTransaction | None:
        """One transaction by its id, in lower case: two requests.

        Returns:
            None when no final block has it.

        Raises:
            ChainIncomplete: Its receipt and its block contradict each other.
        """
        ...

    async def read_fresh_blocks(self, after: int | None) -> FreshBlocks:
        """What is in the blocks younger than ``after``, final or not: one request.

        Args:
            after: The number last read; None to begin at the youngest block.
        """
        ...

    async def read_balances(self, addresses: Sequence[str]) -> Mapping[str, MicroUsdt]:
        """What addresses hold of our token, by final blocks."""
        ...

    async def read_again(self, number: int) -> Sequence[FinalBlock | None]:
        """A final block with its transfers, as each of two nodes has it.

        Returns:
            What each node says that answers: its block, or None while that is not final to
            it. Nothing where there is one node only, or of one that is away.

        Raises:
            ChainUnavailable: One failed that is not away.
        """
        ...

    async def read_beside(
        self, blocks: Sequence[FinalBlock]
    ) -> Sequence[Sequence[FinalBlock | None]]:
        """Each of some final blocks as the node has it that did not tell it.

        Returns:
            As for ``read_again``, for each block, and None of one that failed and is not away.
        """
        ...

    async def confirm(self, header: BlockHeader) -> bool | None:
        """Ask every node for a block.

        Returns:
            True when two nodes have the same final block; False when one has another
            block of this number: nothing in it may be believed. None when nothing was
            learned: there is no second node, or it has not the block yet, or one does
            not answer. Says nothing of what is in it: its id covers transactions, and not
            what they logged.
        """
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...


class WalletDeriver(Protocol):
    """Makes the addresses of the pool. Can make no signature."""

    @property
    def account(self) -> str:
        """Names the account key: the start of its hash."""
        ...

    def derive(self, first: int, count: int) -> Sequence[str]:
        """The base58check addresses ``first``, ``first + 1``, … of the account."""
        ...
