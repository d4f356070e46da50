"""Whether two nodes tell the same, for one of them may lie.

A block's id is a hash of its transactions, not of their receipts. So a node that lies can
show a true block, with a payment in its logs that nobody made: to ask the other one for the
id is not enough. And one that lies about a block which the other has not yet is contradicted
by nobody. A node that does not answer at all stops nothing for long: one of two may be out of
order. But what fails for a moment is waited for, or who lies would go on until it does.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import structlog

from jiema_app.domain.chain.port import (
    BlockHeader,
    ChainIncomplete,
    ChainSource,
    ChainUnavailable,
    FinalBlock,
    TokenTransfer,
)

log = structlog.get_logger()

Concerns: TypeAlias = Callable[[TokenTransfer], bool]
"""Whether a transfer is to or from one of our wallets."""


@dataclass(slots=True)
class Agreement:
    """Holds what one node tells against what the other does.

    Attributes:
        told_alike: Number of the last block that two nodes told, of those looked at last.
    """

    source: ChainSource
    told_alike: int | None = None
    _waits_for: int | None = None

    async def agreed(
        self, blocks: Sequence[FinalBlock], concerns: Concerns
    ) -> Sequence[FinalBlock]:
        """The blocks up to the first that another node has not yet.

        Raises:
            ChainIncomplete: It tells something else of what concerns us in one.
        """
        self.told_alike = None
        beside = await self._beside(blocks, concerns)
        for at, block in enumerate(blocks):
            told = list(filter(concerns, block.transfers))
            if not told and not _is_nothing_hidden(block.header, beside.get(at, ()), concerns):
                return blocks[:at]
            if told and not await self._is_agreed(block.header, told, concerns):
                number = block.header.number
                if number != self._waits_for:
                    log.warning("a block with our money is final to one node only", number=number)
                self._waits_for = number
                return blocks[:at]
            if _are_two(block, beside.get(at, ())):
                self.told_alike = block.header.number
        return blocks

    async def _is_agreed(
        self, header: BlockHeader, told: Sequence[TokenTransfer], concerns: Concerns
    ) -> bool:
        try:
            return await is_agreed(self.source, header, told, concerns)
        except ChainUnavailable:
            # One failed that may answer in a moment. The blocks before it are good.
            return False

    async def ensure_undisputed(self, header: BlockHeader) -> bool | None:
        """Whether two nodes have a block; None when that cannot be said now.

        Raises:
            ChainIncomplete: One has another block.
        """
        found = await self.source.confirm(header)
        if found is False:
            raise ChainIncomplete(f"nodes disagree about block {header.number}")
        return found

    async def is_unknown(self, number: int) -> bool:
        """Whether two nodes answer, and neither has a block."""
        found = await self.source.read_again(number)
        return len(found) > 1 and not any(found)

    async def is_none(self, number: int, block_id: str) -> bool:
        """Whether two nodes answer, and tell the same but a block of this id."""
        found = await self.source.read_again(number)
        ids = {one.header.id if one else None for one in found}
        return len(found) > 1 and len(ids - {None}) <= 1 and block_id not in ids

    async def told_by_both(self, number: int) -> BlockHeader:
        """A block as two nodes have it.

        Raises:
            ChainIncomplete: They do not, or one does not answer.
        """
        found = await self.source.read_again(number)
        if len(found) > 1 and found[0] is not None and found[1] is not None:
            header = found[0].header
            if header == found[1].header:
                return header
        raise ChainIncomplete(f"two nodes do not tell the same block {number} now")

    async def _beside(
        self, blocks: Sequence[FinalBlock], concerns: Concerns
    ) -> Mapping[int, Sequence[FinalBlock | None]]:
        """The blocks that are told to hold nothing of ours, as the other node has them.

        What a node leaves out nobody else would tell, and who paid would have paid for nothing.
        """
        quiet = [at for at, block in enumerate(blocks) if not any(map(concerns, block.transfers))]
        found = await self.source.read_beside([blocks[at] for at in quiet])
        return dict(zip(quiet, found, strict=True))


async def is_agreed(
    source: ChainSource,
    header: BlockHeader,
    told: Sequence[TokenTransfer],
    concerns: Concerns,
) -> bool:
    """Ask every node for a block again.

    Args:
        source: Of the chain.
        header: Of the block.
        told: Transfers in it that concern us, as one node told them.
        concerns: Whether a transfer is one of those.

    Returns:
        False while the block is final to one node only.

    Raises:
        ChainIncomplete: They tell different things.
        ChainUnavailable: One failed that may answer in a moment.
    """
    for block in await source.read_again(header.number):
        if block is None:
            return False
        # The id is not worked out again, so a true one may stand beside a time that is not.
        if block.header != header or list(filter(concerns, block.transfers)) != told:
            raise ChainIncomplete(f"nodes disagree about block {header.number}")
    return True


def _are_two(block: FinalBlock, beside: Sequence[FinalBlock | None]) -> bool:
    """Whether another node answered than the one that told a block."""
    return len(beside) > (0 if block.told_by else 1)


def _is_nothing_hidden(
    header: BlockHeader, beside: Sequence[FinalBlock | None], concerns: Concerns
) -> bool:
    """Whether no other node has money of ours in a block; False while it has not the block.

    Raises:
        ChainIncomplete: It has, or it has another block.
    """
    for block in beside:
        if block is not None and (block.header != header or any(map(concerns, block.transfers))):
            raise ChainIncomplete(f"nodes disagree about block {header.number}")
    return None not in beside
