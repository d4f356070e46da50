"""What nodes know of one transaction, and what may be concluded from it. Pure.

That something was paid, and that something never will be, are the two conclusions that cost
money when they are wrong: after the first nobody looks again, after the second it is paid anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jiema_app.domain.chain.port import BlockHeader, ChainIncomplete, TokenTransfer


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadReceipt:
    """A transaction in a block that may still be taken back. For telling people.

    Attributes:
        result: As in ``SolidReceipt``.
    """

    block_number: int
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SolidReceipt:
    """A transaction in a block that the chain cannot take back.

    Attributes:
        header: Of its block, which names the transaction.
        succeeded: It did what it was meant to do. A transfer of the token was paid if there is
            also a Transfer log of it; otherwise nothing was moved.
        result: The protocol's word for how a contract's call ended (``SUCCESS``, ``REVERT``,
            ``OUT_OF_ENERGY``, …); empty when it called none.
        fee_sun: Everything that it cost its owner, whether it succeeded or not.
        energy_used: Units of energy, staked or paid for.
        message: The contract's words when it failed, cleaned, at most 200 characters.
        transfers: Every token transfer in it; none if it failed.
    """

    txid: str
    header: BlockHeader
    succeeded: bool
    result: str
    fee_sun: int
    energy_used: int
    message: str
    transfers: Sequence[TokenTransfer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What one node knows of a transaction.

    Attributes:
        node: Its name.
        trouble: Why nothing is known of it, in words; empty when it answered everything.
        is_away: It has answered nothing at all for minutes.
        solid_head: Its youngest final block, read before anything was asked about the
            transaction: what it did not know later it had not in any block up to here.
        is_known: It has the transaction in a block, final or not.
        is_pending: It has it in its pool; None if it does not tell.
        head: Its receipt, if its block is not final yet.
        solid: Its receipt, if its block is final.
    """

    node: str
    trouble: str = ""
    is_away: bool = False
    solid_head: BlockHeader | None = None
    is_known: bool = False
    is_pending: bool | None = None
    head: HeadReceipt | None = None
    solid: SolidReceipt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sightings:
    """What every configured node knows of a transaction.

    Attributes:
        nodes: A sighting of each.
    """

    txid: str
    nodes: Sequence[Sighting] = field(default=())

    @property
    def is_known(self) -> bool:
        """Whether any node has it in a block, final or not."""
        return any(one.is_known for one in self.nodes)

    def find_receipt(self) -> SolidReceipt | None:
        """The final receipt, as every node tells it that is not away.

        Returns:
            None while one of them has none, or did not answer, or all are away.

        Raises:
            ChainIncomplete: They tell different things.
        """
        asked = [one for one in self.nodes if not (one.trouble and one.is_away)]
        told = [one.solid for one in asked if one.solid is not None]
        if any(one != told[0] for one in told):
            raise ChainIncomplete(f"the nodes disagree about the receipt of {self.txid}")
        return told[0] if told and len(told) == len(asked) else None

    def is_absent_since(self, expiration: datetime) -> bool:
        """Whether it is in no block, and never will be.

        No block after its expiration may hold it. So every node must have answered, must have
        final blocks past that moment, and must know it in no block. A node that is away is not
        excused: what is paid twice is lost, and what waits is not. And none of this replaces
        reading the blocks: behind one address there can be several nodes, of which one told the
        head and another one, further behind, knew of no transaction. Before it is paid anew our
        own reading must have passed those blocks without it.

        Args:
            expiration: The transaction's own.
        """
        return bool(self.nodes) and all(
            not one.trouble
            and not one.is_known
            and one.solid is None
            and one.solid_head is not None
            and one.solid_head.time > expiration
            for one in self.nodes
        )
