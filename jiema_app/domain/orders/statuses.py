"""Where an order can be in its life, and why it ended."""

from enum import StrEnum


class OrderStatus(StrEnum):
    """Where an order is in its life."""

    RESERVED = "RESERVED"
    """The price is held and a number is being bought. Not shown by the API."""
    WAITING = "WAITING"
    """The number is active and waits for an SMS."""
    RECEIVED = "RECEIVED"
    """A code has arrived."""
    COMPLETED = "COMPLETED"
    """The window is over and at least one code came. Final."""
    FAILED = "FAILED"
    """The supplier refused or lost the number; refunded. Final."""
    CANCELLED = "CANCELLED"
    """Cancelled by the buyer or expired without a code; refunded. Final."""


OPEN_STATUSES = (OrderStatus.RESERVED, OrderStatus.WAITING, OrderStatus.RECEIVED)
"""An order in one of these still has something ahead of it."""


class EndReason(StrEnum):
    """Why an order ended."""

    USER = "USER"
    """The buyer cancelled or finished it."""
    EXPIRED = "EXPIRED"
    """The window was over."""
    NO_NUMBERS = "NO_NUMBERS"
    """The supplier had none after all."""
    UPSTREAM_REFUSED = "UPSTREAM_REFUSED"
    """The supplier answered that it will not sell."""
    UPSTREAM_UNKNOWN = "UPSTREAM_UNKNOWN"
    """The purchase's outcome was unknown and has been undone."""
    UPSTREAM_LOST = "UPSTREAM_LOST"
    """The supplier took the number back before a code came."""
