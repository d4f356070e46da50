"""Where recharges and payments can be, and what can be odd about them."""

from enum import StrEnum


class RechargeStatus(StrEnum):
    """What became of a recharge. What was odd about it is another column."""

    OPEN = "OPEN"
    """Waiting for its payment."""
    CREDITED = "CREDITED"
    """Money is on the balance."""
    EXPIRED = "EXPIRED"
    """Its window closed and nothing came."""
    CANCELLED = "CANCELLED"
    """Its owner closed the window before anything came."""
    IN_REVIEW = "IN_REVIEW"
    """Something arrived that a person must decide on."""
    REFUNDED = "REFUNDED"
    """A person decided: what arrived goes back to whoever sent it."""
    DISMISSED = "DISMISSED"
    """A person decided: nothing of what arrived is credited or sent back."""


class Oddity(StrEnum):
    """Why a payment is not credited by itself."""

    UNDER = "UNDER"
    OVER = "OVER"
    LATE = "LATE"
    """Its block is younger than the end of the window."""
    EARLY = "EARLY"
    """Its block is older than the recharge, by so little that it must be meant for it."""
    DUPLICATE = "DUPLICATE"
    """Another payment of this recharge came before it."""
    WRONG_TOKEN = "WRONG_TOKEN"  # noqa: S105 - a token of the chain
    """Of another contract than the one we take."""
    UNASSIGNED_WALLET = "UNASSIGNED_WALLET"
    """Nobody held the wallet when it arrived."""
    OWN_TRANSFER = "OWN_TRANSFER"
    """Sent by a wallet of our own."""
    MULTI_TRANSFER = "MULTI_TRANSFER"
    """One transaction paid to the wallet more than once."""


class PaymentStatus(StrEnum):
    """What is done about one transfer on the chain."""

    NEW = "NEW"
    """Seen in a final block; not judged yet."""
    CREDITED = "CREDITED"
    IN_REVIEW = "IN_REVIEW"
    """Waits for a person."""
    REFUNDED = "REFUNDED"
    DISMISSED = "DISMISSED"
    NOISE = "NOISE"
    """Of no value: anybody may send such to anybody."""
    OUTGOING = "OUTGOING"
    """Left one of our wallets."""
    HOUSE = "HOUSE"
    """Touched the hot wallet or the treasury: booked by ``payouts``."""
