"""What will be done and what will be broken, all of it decided by one number.

Processes on a real machine never interleave twice in the same way, so a seed does not
replay every race; it replays who does what when, and what is killed when.
"""

import hashlib
import random
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Final

import orjson


class Act(StrEnum):
    """What one of the users does, or what happens to them."""

    CREATE = "create"
    POLL = "poll"
    CANCEL = "cancel"
    NEXT_SMS = "next-sms"
    SMS = "sms"
    CREDIT = "credit"


SHARES: Final = {
    Act.CREATE: 30,
    Act.POLL: 33,
    Act.CANCEL: 11,
    Act.NEXT_SMS: 8,
    Act.SMS: 15,
    Act.CREDIT: 3,
}
"""Percent. Expiry needs no act: whatever nobody cancels and no SMS reaches runs out."""


class Victim(StrEnum):
    """What is broken."""

    WEB = "web"
    WORKER = "worker"
    SANDBOX = "sandbox"
    DATABASE = "database"


VICTIMS: Final = (Victim.WEB, Victim.WORKER, Victim.WORKER, Victim.SANDBOX)
"""Who is killed, in equal shares. There are two workers, and both move the money."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything.

    Attributes:
        seconds: How long it lasts, without the recovery after it.
        kills: ``kill -9`` of a web process, a worker or the sandbox.
        restarts: Restarts of PostgreSQL in mode ``immediate``, which is a crash.
        until_over: Whether to wait until every order has ended, too, before judging.
    """

    users: int = 200
    steps: int = 10_000
    kills: int = 200
    restarts: int = 20
    seconds: float = 240.0
    until_over: bool = True


FULL: Final = Scale()
SHORT: Final = Scale(users=30, steps=400, kills=8, restarts=1, seconds=9.0, until_over=False)
"""For every test run."""


@dataclass(frozen=True, slots=True)
class Step:
    """One act of one user.

    Attributes:
        at_s: When, from the start.
        draw: In [0, 1): picks the order it is about among those the user knows.
        pair: Which service and country, of those on sale in the drill.
        web: Which web process is asked first.
        key: The idempotency key of a creation, or None.
        tries: How often a creation with a key is tried before its client gives up.
        is_double: A creation sent twice at once, an SMS delivered twice, a poll that waits.
        cents: How much a credit is.
    """

    at_s: float
    user: int
    act: Act
    draw: float
    pair: int
    web: int
    key: str | None
    tries: int
    is_double: bool
    cents: int


@dataclass(frozen=True, slots=True)
class Strike:
    """One blow.

    Attributes:
        number: Which of several equal processes.
    """

    at_s: float
    victim: Victim
    number: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that one run does."""

    seed: int
    scale: Scale
    steps: list[Step] = field(repr=False)
    strikes: list[Strike] = field(repr=False)

    @property
    def digest(self) -> str:
        """Equal for equal plans: proof that a seed replays one."""
        return hashlib.sha256(orjson.dumps(asdict(self))).hexdigest()[:12]


def make_plan(seed: int, scale: Scale) -> Plan:
    """The plan of a seed."""
    chance = random.Random(seed)
    steps = sorted(
        (_step(chance, scale, number) for number in range(scale.steps)), key=lambda one: one.at_s
    )
    kills = [
        Strike(chance.uniform(0, scale.seconds), chance.choice(VICTIMS), chance.randrange(2))
        for _ in range(scale.kills)
    ]
    restarts = [
        Strike(chance.uniform(0, scale.seconds), Victim.DATABASE, 0) for _ in range(scale.restarts)
    ]
    return Plan(seed, scale, steps, sorted([*kills, *restarts], key=lambda one: one.at_s))


def _step(chance: random.Random, scale: Scale, number: int) -> Step:
    act = chance.choices(list(SHARES), list(SHARES.values()))[0]
    is_keyed = act is Act.CREATE and chance.random() < 0.5
    double_share = {Act.CREATE: 0.2, Act.SMS: 0.05, Act.POLL: 0.1}.get(act, 0.0)
    return Step(
        at_s=chance.uniform(0, scale.seconds),
        user=chance.randrange(scale.users),
        act=act,
        draw=chance.random(),
        pair=chance.randrange(1000),
        web=chance.randrange(2),
        key=f"wish-{number}" if is_keyed else None,
        tries=chance.choice((1, 3, 10, 10)),
        is_double=chance.random() < double_share,
        cents=chance.randrange(1, 500),
    )
