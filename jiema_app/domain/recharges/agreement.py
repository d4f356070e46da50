"""Whether two nodes tell the same of what brings or moves our money.

A block's id is a hash of its transactions, not of their receipts. So a node that lies can
show a true block, with a payment in its logs that nobody made: to ask the other one for the
id is not enough. And one that lies about a block which the other has not yet is contradicted
by nobody. A node that does not answer at all stops nothing: one of two may be out of order.
"""

from collections.abc import Callable

from jiema_app.domain.recharges.chain import (
    BlockHeader,
    ChainIncomplete,
    ChainSource,
    TokenTransfer,
)


async def is_agreed(
    source: ChainSource,
    header: BlockHeader,
    told: list[TokenTransfer],
    concerns: Callable[[TokenTransfer], bool],
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
    """
    for block in await source.read_again(header.number):
        if block is None:
            return False
        # The id is not worked out again, so a true one may stand beside a time that is not.
        if block.header != header or list(filter(concerns, block.transfers)) != told:
            raise ChainIncomplete(f"nodes disagree about block {header.number}")
    return True
