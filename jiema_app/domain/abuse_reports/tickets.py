"""Tickets: how a report is found again by whoever sent it, and by nobody else.

Sixteen characters of 27 that nobody takes for one another, by eye or by ear: 76 random bits.
"""

import secrets
from typing import Final

ALPHABET: Final = "23456789ACDEFGHJKMNPQRTVWXY"
"""Without 0 and O, 1, I and L, 2's Z, 5's S, 8's B, and U, which is heard as Q and V."""
LENGTH: Final = 16
GROUP: Final = 4
PREFIX: Final = "AR-"
TYPED_MAX: Final = 60
"""Characters of what somebody typed that are looked at: more than any spelling of a ticket has."""

BETWEEN: Final = frozenset("- \t\u2010\u2011\u2012\u2013\u2014")
"""What people and mail programs put between groups."""


def new_ticket() -> str:
    """A fresh ticket: ``AR-X7KM-2PQR-…``."""
    return _written("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def read_ticket(text: str) -> str | None:
    """The ticket that somebody wrote, in whatever case and groups; None if it is none."""
    if len(text) > TYPED_MAX:
        return None
    bare = "".join(one for one in text.upper() if one not in BETWEEN)
    if len(bare) > LENGTH:  # without its prefix one may begin with the same letters
        bare = bare.removeprefix(PREFIX[:-1])
    if len(bare) != LENGTH or not set(bare) <= set(ALPHABET):
        return None
    return _written(bare)


def _written(bare: str) -> str:
    groups = (bare[at : at + GROUP] for at in range(0, LENGTH, GROUP))
    return PREFIX + "-".join(groups)
