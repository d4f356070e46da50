"""Where a delivery is in its life."""

from enum import StrEnum


class DeliveryState(StrEnum):
    """Of a delivery."""

    QUEUED = "QUEUED"
    """Waits for its turn."""
    SENDING = "SENDING"
    """Handed to the transport, whose answer is not written down yet."""
    SENT = "SENT"
    """Its recipient has the newest that it tells."""
    UNKNOWN = "UNKNOWN"
    """Handed over, and the answer was lost: perhaps it was sent. Never repeated by itself."""
    FAILED = "FAILED"
    """Refused for good: the error says why."""
    GONE = "GONE"
    """Its recipient cannot be written to."""
    DROPPED = "DROPPED"
    """Not sent, for nobody would want it any more."""
