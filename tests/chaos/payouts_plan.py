"""How much of everything the payouts' storm does; one number decides who wants what."""

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Wish(StrEnum):
    """What becomes of a withdrawal, if it is up to people."""

    PAY = "pay"
    CANCEL = "cancel"
    """Its owner takes it back; now and then too late."""
    REJECT = "reject"
    BLOCK = "block"
    """Its owner is blocked once it is approved; now and then too late."""


SHARES: Final = {Wish.PAY: 74, Wish.CANCEL: 9, Wish.REJECT: 8, Wish.BLOCK: 9}


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything.

    Attributes:
        each: Kills at every point.
        open_at_once: Withdrawals that are under way.
        kills: Kills in all, at least.
        withdrawals: At least so many.
        restarts: Restarts of PostgreSQL in mode ``immediate``, which is a crash.
        has_two_nodes: Whether two nodes are read, of which either fails.
        seconds: The storm ends after this, done or not; what is not done is told.
    """

    each: int = 14
    open_at_once: int = 16
    kills: int = 1_000
    withdrawals: int = 150
    restarts: int = 3
    has_two_nodes: bool = True
    seconds: float = 2_400.0


FULL: Final = Scale()
SHORT: Final = Scale(
    each=1, open_at_once=8, kills=90, withdrawals=12, restarts=0, has_two_nodes=False, seconds=600.0
)
"""For every test run."""

AMOUNTS: Final = (5, 20, 33, 77, 250, 501)
"""In USDT, plus some micro: the last one takes two people."""


def wish_of(chance: random.Random) -> Wish:
    """What becomes of the next withdrawal."""
    return chance.choices(list(SHARES), list(SHARES.values()))[0]


def amount_of(chance: random.Random) -> int:
    """What is asked for, in micro-USDT."""
    return chance.choice(AMOUNTS) * 1_000_000 + chance.randrange(1_000_000)
