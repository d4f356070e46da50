"""Four processes, one limit: never one request too many in any window, hardly one too few."""

import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple, Self

import orjson

from tests.chaos.result import Result
from tests.support.live import redis_program
from tests.support.ports import free_port
from tests.support.processes import Program

FULL_S: Final = 190.0
"""Three windows and a bit."""

SHORT_S: Final = 5.0
LIMIT: Final = 60
"""Reads a minute, as by default."""

PROCESSES: Final = 4
USERS: Final = 6
WINDOW_S: Final = 60.0
UNUSED_MAX: Final = 1
"""A request is refused at most this many before the limit."""

RESET_TOLERANCE_S: Final = 1.0


class Hit(NamedTuple):
    """One request as a process saw it.

    Attributes:
        sent: Before the limiter was asked, Unix seconds.
        answered: After it answered.
        reset_s: What it said of the window; None when the request was let through.
    """

    user: str
    sent: float
    answered: float
    reset_s: int | None


@dataclass
class LimiterDrill:
    """Runs beside other drills: it mostly waits for windows to pass."""

    seconds: float
    _folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="jiema-limits-")))
    _redis: Program = field(init=False)
    _askers: list[Program] = field(default_factory=list)

    def __enter__(self) -> Self:
        if shutil.which("redis-server") is None:
            raise FileNotFoundError("redis-server is missing: apt-get install redis-server")
        port = free_port()
        self._redis = redis_program(port, self._folder)
        self._redis.start()
        for number in range(PROCESSES):
            out = self._folder / f"asker-{number}.out"
            command = [
                *(sys.executable, "-m", "tests.chaos.limiter_asker"),
                *(f"redis://127.0.0.1:{port}/0", str(USERS), str(self.seconds)),
            ]
            environment = dict(self._redis.environment) | {"LIMIT_READS_PER_MINUTE": str(LIMIT)}
            asker = Program(f"asker {number}", command, environment, out, lambda: True)
            asker.launch()
            self._askers.append(asker)
        return self

    def __exit__(self, *_: object) -> None:
        for program in (*self._askers, self._redis):
            program.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def finish(self) -> Result:
        """Wait for the last window and judge."""
        while any(asker.is_running for asker in self._askers):
            time.sleep(0.1)
        hits: list[Hit] = []
        for asker in self._askers:
            hits += [Hit(*row) for row in orjson.loads(asker.output.splitlines()[-1])]
        return judge(hits, self.seconds)


def judge(hits: Sequence[Hit], seconds: float) -> Result:
    """Hold what was let through against the limit, user by user."""
    result = Result("limiter", {"processes": PROCESSES, "users": USERS, "requests": len(hits)})
    by_user: defaultdict[str, list[Hit]] = defaultdict(list)
    for hit in sorted(hits, key=lambda one: one.sent):
        by_user[hit.user].append(hit)
    most, least, reset_off = 0, LIMIT, 0.0
    for own in by_user.values():
        passed = [hit for hit in own if hit.reset_s is None]
        refused = [hit for hit in own if hit.reset_s is not None]
        most = max(most, *(_wholly_within(passed, hit.sent) for hit in passed))
        least = min(least, *(_before(passed, hit) for hit in refused))
        reset_off = max(reset_off, *(_reset_off(passed, hit) for hit in refused))
    result.figures |= {"most": most, "least": least, "reset_off_s": round(reset_off, 2)}
    result.figures["seconds"] = seconds
    if most > LIMIT:
        result.broken.append(f"{most} requests were let through in {WINDOW_S:.0f} s")
    if least < LIMIT - UNUSED_MAX:
        result.broken.append(f"a request was refused after only {least} of {LIMIT}")
    if reset_off > RESET_TOLERANCE_S:
        result.broken.append(f"Retry-After was wrong by {reset_off:.1f} s")
    return result


def _wholly_within(passed: Sequence[Hit], start: float) -> int:
    """Requests that were sent and answered in the 60 s from ``start``: certainly in them."""
    return sum(start <= hit.sent and hit.answered < start + WINDOW_S for hit in passed)


def _before(passed: Sequence[Hit], refused: Hit) -> int:
    """Requests that may have been counted in the 60 s before a refusal."""
    start = refused.sent - WINDOW_S
    return sum(hit.answered >= start and hit.sent <= refused.answered for hit in passed)


def _reset_off(passed: Sequence[Hit], refused: Hit) -> float:
    """By how much a refusal was wrong about the moment from which there is room again.

    That is when the oldest of the last 60 that were let through is 60 s old.
    """
    assert refused.reset_s is not None
    counted = [hit for hit in passed if hit.sent <= refused.answered][-LIMIT:]
    # Whole seconds, rounded up, and at least one.
    told = refused.answered + refused.reset_s
    early_s = counted[0].sent + WINDOW_S - told
    late_s = told - max(counted[0].answered + WINDOW_S, refused.answered) - 1.0
    return max(early_s, late_s)
