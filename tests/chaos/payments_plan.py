"""What the payments' storm sends, as its seed has it."""

import hashlib
import random
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Final

import orjson


class Shot(StrEnum):
    """One transaction. What it comes to is not said here: that is read from the chain."""

    EXACT = "exact"
    OVER = "over"
    UNDER = "under"
    DUST = "dust"
    FAKE = "fake"
    ZERO = "zero"
    REVERT = "revert"
    OUT_OF_ENERGY = "out_of_energy"
    OUT_OF_TIME = "out_of_time"
    TAKEN = "taken"
    """Exact, by transferFrom."""
    TWICE = "twice"
    """Two transfers to the wallet in one transaction."""
    BOTH = "both"
    """Exact, and another one's exact amount, in one transaction."""
    OWN = "own"
    """Exact, from a wallet of ours."""
    STALE = "stale"
    """What the wallet's holder before this one owed."""
    UNDONE = "undone"
    """Exact, in a block that is taken back with its transactions."""
    MOVED = "moved"
    """Exact, in a block that is taken back; a later one takes it in again."""
    LEAVE = "leave"
    """From a wallet of ours to a stranger."""
    POISON = "poison"
    """Nothing, from a wallet of ours to a stranger: anybody can send that."""
    LOOSE = "loose"
    """To a wallet that nobody holds."""
    FOREIGN = "foreign"
    """Concerns nobody here."""


class Phase(StrEnum):
    """When."""

    BEFORE = "before"
    FIRST = "first"
    SECOND = "second"
    CANCELLED = "cancelled"
    """After its owner has cancelled."""
    RACE = "race"
    """At the moment in which its owner cancels."""
    AFTER = "after"
    """When the window has closed."""


Act = tuple[Phase, Shot]

STORIES: Final[dict[str, tuple[float, tuple[Act, ...]]]] = {
    "paid": (22, ((Phase.FIRST, Shot.EXACT),)),
    "over": (5, ((Phase.FIRST, Shot.OVER),)),
    "under": (5, ((Phase.FIRST, Shot.UNDER),)),
    "under, then in full": (2, ((Phase.FIRST, Shot.UNDER), (Phase.SECOND, Shot.EXACT))),
    "fake": (4, ((Phase.FIRST, Shot.FAKE),)),
    "fake, then real": (4, ((Phase.FIRST, Shot.FAKE), (Phase.SECOND, Shot.EXACT))),
    "zero, then paid": (4, ((Phase.FIRST, Shot.ZERO), (Phase.SECOND, Shot.EXACT))),
    "reverted": (3, ((Phase.FIRST, Shot.REVERT), (Phase.SECOND, Shot.EXACT))),
    "out of energy": (3, ((Phase.FIRST, Shot.OUT_OF_ENERGY), (Phase.SECOND, Shot.EXACT))),
    "out of time": (3, ((Phase.FIRST, Shot.OUT_OF_TIME),)),
    "taken": (5, ((Phase.FIRST, Shot.TAKEN),)),
    "twice in one": (4, ((Phase.FIRST, Shot.TWICE),)),
    "paid, then twice in one": (1, ((Phase.FIRST, Shot.EXACT), (Phase.SECOND, Shot.TWICE))),
    "both in one": (4, ((Phase.FIRST, Shot.BOTH),)),
    "paid twice": (5, ((Phase.FIRST, Shot.EXACT), (Phase.SECOND, Shot.EXACT))),
    "paid twice at once": (3, ((Phase.FIRST, Shot.EXACT), (Phase.FIRST, Shot.EXACT))),
    "undone": (3, ((Phase.FIRST, Shot.UNDONE),)),
    "undone, then paid": (3, ((Phase.FIRST, Shot.UNDONE), (Phase.SECOND, Shot.EXACT))),
    "moved": (3, ((Phase.FIRST, Shot.MOVED),)),
    "late": (5, ((Phase.AFTER, Shot.EXACT),)),
    "paid, and again late": (3, ((Phase.FIRST, Shot.EXACT), (Phase.AFTER, Shot.EXACT))),
    "cancelled, then paid": (3, ((Phase.CANCELLED, Shot.EXACT),)),
    "cancelled while paying": (3, ((Phase.RACE, Shot.EXACT),)),
    "early": (4, ((Phase.BEFORE, Shot.EXACT),)),
    "early, and again": (2, ((Phase.BEFORE, Shot.EXACT), (Phase.SECOND, Shot.EXACT))),
    "what another owed": (4, ((Phase.FIRST, Shot.STALE), (Phase.SECOND, Shot.EXACT))),
    "dust, then paid": (4, ((Phase.FIRST, Shot.DUST), (Phase.SECOND, Shot.EXACT))),
    "our own": (3, ((Phase.FIRST, Shot.OWN), (Phase.SECOND, Shot.EXACT))),
    "nothing": (2, ()),
}
"""Of one recharge each: share, and what is sent."""

ASIDE: Final[dict[Shot, float]] = {
    Shot.FOREIGN: 0.6, Shot.LOOSE: 0.25, Shot.LEAVE: 0.07, Shot.POISON: 0.08,
}  # fmt: skip
"""What is sent beside that, by share."""

ASIDE_SHARE: Final = 0.2
CENTS: Final = (100, 3_000)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything.

    Attributes:
        wave_s: A wave begins this long after the one before it.
        window_s: Recharges close after this.
        rest_s: Wallets rest for this long.
        beat_s: A block comes this often.
        pause_s: Between two lots of payments.
    """

    transfers: int = 100_000
    waves: int = 30
    kills: int = 50
    wave_s: float = 26.0
    window_s: int = 24
    rest_s: int = 8
    beat_s: float = 1.0
    pause_s: float = 0.2


FULL: Final = Scale()
SHORT: Final = Scale(transfers=600, waves=3, kills=8, wave_s=5.0, window_s=5, rest_s=2, beat_s=0.5, pause_s=0.0)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Story:
    """One recharge and what is sent for it."""

    name: str
    cents: int
    draw: int

    @property
    def acts(self) -> tuple[Act, ...]:
        """What happens, in order."""
        return STORIES[self.name][1]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that one run sends, and when workers are killed."""

    seed: int
    scale: Scale
    waves: list[list[Story]] = field(repr=False)
    aside: list[list[Shot]] = field(repr=False)
    kills: list[tuple[float, int]] = field(repr=False)

    @property
    def digest(self) -> str:
        """Equal for equal plans."""
        return hashlib.sha256(orjson.dumps(asdict(self))).hexdigest()[:12]


def make_payments(seed: int, scale: Scale) -> Plan:
    """The plan of a seed."""
    chance = random.Random(seed)
    names, shares = list(STORIES), [share for share, _ in STORIES.values()]
    each = scale.transfers // scale.waves
    waves: list[list[Story]] = []
    aside: list[list[Shot]] = []
    for _ in range(scale.waves):
        stories: list[Story] = []
        wanted = round(each * (1 - ASIDE_SHARE))
        while wanted > 0:
            name = chance.choices(names, shares)[0]
            story = Story(name, chance.randint(*CENTS), chance.randrange(2**31))
            wanted -= len(story.acts)
            stories.append(story)
        waves.append(stories)
        rest = each - sum(len(story.acts) for story in stories)
        aside.append(chance.choices(list(ASIDE), list(ASIDE.values()), k=rest))
    length_s = scale.waves * scale.wave_s + scale.window_s
    kills = sorted(
        (chance.uniform(0, length_s), chance.randrange(2)) for _ in range(scale.kills)
    )  # fmt: skip
    return Plan(seed, scale, waves, aside, kills)
