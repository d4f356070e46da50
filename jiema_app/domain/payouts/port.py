"""What paying out needs to read of the chain, and to send to it, in our own words.

Nothing here can sign, and nothing here builds a transaction. Amounts of USDT are in micro-USDT
and amounts of TRX in sun, both whole numbers and both millionths; times are aware and in UTC.

Whoever decides about money by a fact gets it from every configured node that is not away (see
``ChainSource.read_again``): with two nodes both must tell the same, and a disagreement is
``ChainIncomplete``. A process learns that a node is away by asking often: one that asks less than
once a minute takes a dead node's word to be missing for ever.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from jiema_app.domain.chain.port import BlockHeader
from jiema_app.domain.payouts.sightings import Sightings
from jiema_app.domain.units import MicroUsdt


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeHead:
    """Where one node is.

    Attributes:
        name: Of the node.
        trouble: Why nothing is known of it, in words; empty when all of the following is known.
        is_away: It has answered nothing at all for minutes.
        genesis_id: Id of its block 0.
        head: Its youngest block.
        solid: Its youngest final block.
        seen_at: When it told its head, by our clock.
    """

    name: str
    trouble: str = ""
    is_away: bool = False
    genesis_id: str = ""
    head: BlockHeader | None = None
    solid: BlockHeader | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something that nodes told.

    Attributes:
        told_by: Their names: all that were asked and are not away told the same.
    """

    told_by: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFacts(Told):
    """Whether an address is a contract.

    Attributes:
        has_code: The node shows a contract at it.
        is_contract_account: Its account is of a contract's kind.
        is_activated: It has an account at all. USDT can be sent to one without; TRX that is sent
            to one costs its opening.
    """

    has_code: bool
    is_contract_account: bool
    is_activated: bool

    @property
    def is_contract(self) -> bool:
        """Whether anything says so."""
        return self.has_code or self.is_contract_account


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingFacts(Told):
    """Whether the token's issuer has blocked an address, at the head.

    Attributes:
        is_blacklisted: It is paid all the same, and can never move what it got.
    """

    is_blacklisted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFacts(Told):
    """What the token's contract says of itself, at the head.

    Attributes:
        blacklisted: Of each address that was asked about. One that receives is paid all the
            same, and can never move what it got.
        is_paused: Nobody can send.
        is_deprecated: Another contract took its place.
        fee_rate_bp: What the issuer keeps of each transfer, in hundredths of a per cent.
        decimals: Of the token's unit.
    """

    blacklisted: Mapping[str, bool]
    is_paused: bool
    is_deprecated: bool
    fee_rate_bp: int
    decimals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenBalance(Told):
    """What an address holds of the token, by final blocks."""

    amount: MicroUsdt


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts(Told):
    """What an account can pay fees with, at the head. Of two nodes the lower of their figures.

    Nodes that are one block apart tell other figures of what comes back by itself, so these
    are not held against each other; too little is the only mistake that costs nothing.

    Attributes:
        balance_sun: TRX.
        energy_limit: Units of energy that staking brings. They do not lift a fee limit.
        energy_used: Of those.
        free_net_limit: Bytes a day that everybody has.
        free_net_used: Of those.
        net_limit: Bytes that staking brings.
        net_used: Of those.
    """

    is_activated: bool
    balance_sun: int
    energy_limit: int
    energy_used: int
    free_net_limit: int
    free_net_used: int
    net_limit: int
    net_used: int

    @property
    def energy_left(self) -> int:
        """Staked energy that is there now."""
        return max(0, self.energy_limit - self.energy_used)

    @property
    def net_left(self) -> int:
        """The larger of both kinds of bytes: a transaction takes all of its bytes from one."""
        free = self.free_net_limit - self.free_net_used
        return max(0, free, self.net_limit - self.net_used)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainPrices(Told):
    """What the chain charges, in sun.

    Attributes:
        energy_sun: For a unit of energy.
        byte_sun: For a byte of a transaction, beyond those that are free.
        opening_sun: For sending TRX to an address without an account; None if not told.
    """

    energy_sun: int
    byte_sun: int
    opening_sun: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun(Told):
    """What a transfer would do at the head. Nothing was sent.

    Attributes:
        is_ok: It would move the amount.
        is_timeout: The node had not the time to try it: says nothing of the transfer.
        energy_used: Units it would take, the penalty for a busy contract counted; of two nodes
            the higher figure.
        message: The contract's or the node's own words when it would not, cleaned, at most 200
            characters. Nothing may be judged by them.
        returned: What the contract returned, in hexadecimal. USDT returns false for a transfer
            that succeeded, so nothing may be judged by this either.
    """

    is_ok: bool
    is_timeout: bool
    energy_used: int
    message: str
    returned: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefBlock(Told):
    """What a new transaction refers to.

    Attributes:
        block: The youngest final block that every node has.
        head_time: Of the youngest block, by the node that is furthest behind: expirations are
            counted from here, not from our clock.
    """

    block: BlockHeader
    head_time: datetime


class BroadcastOutcome(StrEnum):
    """What a node made of a signed transaction.

    None of these says that a transaction was paid, or that it never will be: before its
    expiration, any of them may be followed by a block that holds it, for another node may have
    taken it. That it was paid says a final receipt, and that it never will be says
    ``Sightings.is_absent_since``. So no outcome allows another transaction to be signed.
    """

    ACCEPTED = "ACCEPTED"
    """It is in the node's pool. Look for it in blocks, and send the same bytes again meanwhile."""
    DUPLICATE = "DUPLICATE"
    """The node has met it. It may have refused it after that: look for it in blocks."""
    NOT_TAKEN = "NOT_TAKEN"
    """The node is busy, alone, behind, or was not asked at all. Send the same bytes later, and to
    the other node now."""
    BANDWIDTH = "BANDWIDTH"
    """The account cannot pay for the transaction's bytes. Give it TRX, and send the same bytes
    until they expire."""
    TAPOS = "TAPOS"
    """The node does not know the block that it refers to. Try the other node; otherwise wait for
    the expiration, and for proof that it is absent."""
    EXPIRED = "EXPIRED"
    """Too late for this node. Wait for proof that it is absent; then it may be built anew."""
    INVALID = "INVALID"
    """It cannot be carried out as it is: the signature, the size, or what it asks for. Tell
    people, and send it no more. If it was sent before, it may still be paid: wait for proof."""
    AMBIGUOUS = "AMBIGUOUS"
    """Nobody knows: it may be in the pool. Look for it in blocks, and send the same bytes again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastResult:
    """What one node answered to a signed transaction.

    Attributes:
        node: Its name.
        code: The protocol's word (``SIGERROR``), or ours in lower case when there was none
            (``not_sent``, ``no_answer``, ``unreadable``).
        words: The node's own, cleaned, at most 200 characters. For people only.
    """

    node: str
    outcome: BroadcastOutcome
    code: str
    words: str


class PayoutChain(Protocol):
    """Reads what payouts need, and sends what somebody else has signed.

    Every method raises ``ChainError`` and nothing else of the network, and ``ValueError`` for an
    argument that makes no sense; then nothing was asked. No call takes longer than a node's
    time-out and half a minute of waiting for its turn, for each request that it makes.
    """

    @property
    def genesis_id(self) -> str:
        """The id of block 0 that the settings name."""
        ...

    @property
    def token(self) -> str:
        """Base58check address of the one contract whose transfers are money."""
        ...

    async def ensure_right_chain(self) -> None:
        """Ask every node for its block 0.

        Raises:
            WrongChain: A node follows another chain.
            ChainUnavailable: No node answers.
        """
        ...

    async def heads(self) -> Sequence[NodeHead]:
        """Where every configured node is: three requests to each. Raises nothing."""
        ...

    async def destination(self, address: str) -> ContractFacts:
        """Whether an address is a contract: two requests to each node.

        Raises:
            ChainIncomplete: The nodes disagree.
        """
        ...

    async def listing(self, address: str) -> ListingFacts:
        """Whether the token's issuer has blocked an address: a request to each node.

        Raises:
            ChainIncomplete: The nodes disagree.
        """
        ...

    async def token_state(self, addresses: Sequence[str]) -> TokenFacts:
        """What the token's contract says: four requests to each node and one for each address.

        Raises:
            ChainIncomplete: The nodes disagree.
        """
        ...

    async def solid_token_balance(self, address: str) -> TokenBalance:
        """What an address holds of the token, by final blocks: a request to each node.

        Raises:
            ChainIncomplete: The nodes disagree; also while one of them is a block behind in
                which this very balance changed.
        """
        ...

    async def account(self, address: str) -> AccountFacts:
        """TRX, energy and bandwidth of an address: two requests to each node."""
        ...

    async def prices(self) -> ChainPrices:
        """What the chain charges: a request to each node.

        Raises:
            ChainIncomplete: The nodes disagree.
        """
        ...

    async def simulate_transfer(self, owner: str, to: str, amount: MicroUsdt) -> DryRun:
        """Try a transfer of the token without sending it: a request to each node.

        Raises:
            ChainIncomplete: The nodes disagree whether it would work.
        """
        ...

    async def transaction(self, txid: str) -> Sightings:
        """What every configured node knows of a transaction: up to six requests to each.

        Args:
            txid: 64 hexadecimal digits in lower case.

        Returns:
            A sighting of each node; trouble with one stands in its sighting.
        """
        ...

    async def reference_block(self) -> RefBlock:
        """What a new transaction refers to: up to three requests to each node.

        Raises:
            ChainIncomplete: The nodes disagree about it.
        """
        ...

    async def broadcast(
        self, signed_json: str, node: str | None = None
    ) -> Sequence[BroadcastResult]:
        """Send a signed transaction, byte for byte as it is given.

        Whoever cancels this knows as much as after ``AMBIGUOUS``.

        Args:
            signed_json: The transaction with its signature, as the node's HTTP API takes it.
            node: Name of the only node to send it to; None for all of them, one after the other.

        Returns:
            A result of each node in order. Trouble with a node is a result: nothing is raised
            for it.

        Raises:
            ValueError: It is no JSON object of a transaction's size, or there is no such node.
        """
        ...
