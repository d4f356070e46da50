"""What is known when a payout is judged. What could not be read says so instead of a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jiema_app.domain.compliance.sanctioned_addresses import SanctionedAddresses
from jiema_app.domain.payouts.kinds import PayoutAsset, PayoutKind, Purpose
from jiema_app.domain.payouts.port import (
    AccountFacts,
    ChainPrices,
    ContractFacts,
    DryRun,
    NodeHead,
    TokenBalance,
    TokenFacts,
)
from jiema_app.domain.payouts.sightings import Sightings
from jiema_app.domain.units import MicroUsdt


@dataclass(frozen=True, slots=True)
class Unread:
    """A fact that could not be read.

    Attributes:
        trouble: Why, in words; at most a few hundred characters.
    """

    trouble: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A transaction that was signed for a payout before.

    Attributes:
        expires_at: No block after this may hold it.
        outcome: ``SETTLED``, ``FAILED`` or ``ABSENT`` as it was written down; None while it may
            still be paid.
    """

    txid: str
    expires_at: datetime
    outcome: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPayout:
    """What is to be sent.

    Attributes:
        amount: In micro-USDT, or in sun where the asset is TRX.
        source: Base58check address it leaves from.
        destination: Likewise it goes to.
        attempts: Every transaction that was ever signed for it, of the database and the journal.
    """

    id: str
    kind: PayoutKind
    asset: PayoutAsset
    source: str
    destination: str
    amount: int
    attempts: Sequence[Attempt] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainFacts:
    """What the nodes say that concerns a payout.

    Attributes:
        at: When the asking began, by our clock: nothing here is older.
        genesis_id: Of our chain's block 0, by the settings.
        token: Address of our token's contract, by the settings.
        heads: Where every node is.
        destination: What is at the address that receives.
        token_state: Of the contract; None where no token is moved, as for the four below.
        source_balance: What the sending address holds of the token, by final blocks.
        destination_balance: Likewise the receiving one.
        dry_run: What the transfer would do.
        account: What the sending address can pay fees with.
        prices: What the chain charges.
        sightings: Of each attempt, by its id.
    """

    at: datetime
    genesis_id: str
    token: str
    heads: Sequence[NodeHead] | Unread
    destination: ContractFacts | Unread
    token_state: TokenFacts | Unread | None
    source_balance: TokenBalance | Unread | None
    destination_balance: TokenBalance | Unread | None
    dry_run: DryRun | Unread | None
    account: AccountFacts | Unread
    prices: ChainPrices | Unread
    sightings: Mapping[str, Sightings | Unread] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How far our own reading of the blocks is.

    Attributes:
        number: The last block that was read; None before the first one.
        time: Of that block.
        halted_because: Why nothing is read until somebody looks.
    """

    number: int | None
    time: datetime | None
    halted_because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Velocity:
    """How much was paid lately, of how much may be.

    Attributes:
        what: Of what: ``in 24 hours``.
        used: With this payout, in micro-USDT.
        limit: In micro-USDT.
    """

    what: str
    used: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseFacts:
    """What our own books say that concerns a payout.

    Read them before the chain is asked, not after. What leaves in between is then missing on the
    chain and still promised in the books, which is too careful; the other way round it would be
    counted as there and as promised to nobody. What arrives in between is on the chain only.

    Attributes:
        own: What each address of ours is for. Only the payout's own two addresses are looked up,
            so it need not hold more than those of them that are ours.
        confirmed_address: The one that the user confirmed, or that the refund goes to by a
            person's decision. Not looked at for what stays in the house.
        sanctions: The list of those who may not be paid; None where none is configured.
        is_production: Whether real money is paid.
        unsettled_micro: Micro-USDT of every other payout from the same address that was approved
            and is not settled, whatever became of its transactions.
        unsettled_sun: TRX of those, in sun: what is sent, and the most that their fees can be.
        floor_micro: Micro-USDT that stay at the address: 1 of a wallet that is swept, which
            makes its next transfer half as dear.
        floor_sun: Sun that stay there.
        ledger_micro: What the address holds by the books; None where they do not know it of
            one address alone.
        reading: How far the blocks were read.
        unexplained_outgoing: Transfers out of our wallets that nobody explains.
        difference_micro: By how much the chain differed from the books when they were last
            compared; 0 is none.
        velocity: What was paid lately. Empty where no bounds are set.
    """

    own: Mapping[str, Purpose]
    confirmed_address: str | None
    sanctions: SanctionedAddresses | Unread | None
    is_production: bool
    unsettled_micro: MicroUsdt
    unsettled_sun: int
    reading: Reading | Unread
    unexplained_outgoing: int | Unread
    difference_micro: int | Unread
    floor_micro: int = 0
    floor_sun: int = 0
    ledger_micro: int | None = None
    velocity: Sequence[Velocity] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutFacts:
    """Everything that a payout is judged by."""

    payout: PlannedPayout
    chain: ChainFacts
    house: HouseFacts
