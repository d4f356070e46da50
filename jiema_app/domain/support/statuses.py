"""Words of support."""

from enum import StrEnum


class Resolution(StrEnum):
    """How a case ended."""

    ADMIN = "ADMIN"
    """An administrator closed it."""
    CUSTOMER = "CUSTOMER"
    """The customer said that they were done, after an answer."""
    SILENCE = "SILENCE"
    """It was answered, and nobody wrote any more."""


class PassingState(StrEnum):
    """How far a message has come to the other side."""

    WAITING = "WAITING"
    """Not given to be sent: its topic is being made, or could not be written to."""
    GIVEN = "GIVEN"
    """A delivery has it."""
    DONE = "DONE"
    """The other side has it."""
    LOST = "LOST"
    """It cannot be passed on, or nobody knows whether it was."""
