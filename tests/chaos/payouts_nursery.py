"""Begins lives, one fork each, and says how each of them ended.

``python -m tests.chaos.payouts_nursery`` reads orders from its standard input, one a line, and
answers on its standard output: ``point 7 signer …`` where a life is about to end by order, and
``end 7 -9`` with the signal, or ``end 7 3`` with the exit code, when it is over.
"""

import asyncio
import os
import select
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from jiema_app.integrations.postgres.address import current_address
from jiema_app.observability.logs import configure_logs
from jiema_app.processes.parent_death import die_with_parent
from signer.opening import open_keys
from signer.settings import read_configuration
from tests.chaos.payouts_lives import Order, World, live
from tests.chaos.payouts_points import Role
from tests.support.processes import ROOT
from tests.support.shared_clock import SharedClock

LOOK_S: Final = 0.01


def main() -> None:
    """Begin lives until the input ends; then end all that are left."""
    configure_logs(form="json", level="WARNING", process="life")
    configuration = read_configuration()
    world = World(
        current_address(),
        configuration,
        open_keys(configuration),
        SharedClock(Path(os.environ["SHARED_CLOCK"])),
    )
    report = os.dup(1)
    os.dup2(2, 1)
    lives: dict[int, int] = {}
    rest, is_open = b"", True
    while is_open:
        ready, _, _ = select.select([0], [], [], LOOK_S)
        if ready:
            data = os.read(0, 65536)
            is_open = bool(data)
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                _obey(orjson.loads(line), world, report, lives)
        _bury(report, lives)
    for pid in lives:
        os.kill(pid, signal.SIGKILL)


def _obey(asked: Mapping[str, Any], world: World, report: int, lives: dict[int, int]) -> None:
    if "kill" in asked:
        for pid in [one for one, number in lives.items() if number == asked["kill"]]:
            os.kill(pid, signal.SIGKILL)
        return
    order = Order(asked["life"], Role(asked["role"]), frozenset(asked["arms"]), asked["acts"])
    dies = die_with_parent(signal.SIGKILL)
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        dies()
        os.close(0)
        live(world, order, report)
    lives[pid] = order.number


def _bury(report: int, lives: dict[int, int]) -> None:
    while lives:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        code = os.waitstatus_to_exitcode(status)
        os.write(report, f"end {lives.pop(pid)} {code}\n".encode())


@dataclass(slots=True)
class Life:
    """A life, as whoever ordered it knows it.

    Attributes:
        point: Where it ended by order.
        code: How it ended: minus a signal, or an exit code.
    """

    number: int
    role: Role
    point: str | None = None
    code: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Nursery:
    """The program above, from outside."""

    environment: Mapping[str, str]
    log: Path
    lives: dict[int, Life] = field(default_factory=dict)
    _process: asyncio.subprocess.Process | None = None
    _listener: asyncio.Task[None] | None = None
    _count: int = 0

    async def open(self) -> None:
        """Start it."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.chaos.payouts_nursery",
                cwd=ROOT,
                env=dict(self.environment),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        self._listener = asyncio.create_task(self._listen())

    async def close(self) -> None:
        """End it, and every life with it."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            await self._process.wait()
        if self._listener is not None:
            await self._listener

    def begin(
        self, role: Role, arms: Sequence[str], acts: Sequence[Mapping[str, Any]] = ()
    ) -> Life:
        """Have a life begin."""
        self._count += 1
        life = Life(self._count, role)
        self.lives[life.number] = life
        self._say({"life": life.number, "role": role, "arms": list(arms), "acts": list(acts)})
        return life

    def kill(self, life: Life) -> None:
        """End a life from outside, wherever it is."""
        self._say({"kill": life.number})

    def _say(self, what: Mapping[str, Any]) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(orjson.dumps(what) + b"\n")

    async def _listen(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            what, number, rest = line.decode().rstrip("\n").split(" ", 2)
            life = self.lives[int(number)]
            if what == "point":
                life.point = rest
                continue
            life.code = int(rest)
            del self.lives[life.number]
            life.over.set()
        for life in self.lives.values():
            life.code = -signal.SIGKILL
            life.over.set()


if __name__ == "__main__":
    main()
