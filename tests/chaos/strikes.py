"""The blows: ``kill -9`` and database crashes at planned times, and what stands up again."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from tests.chaos.plan import Strike, Victim
from tests.chaos.stack import BreakableStack
from tests.support.processes import Program

LOOK_S: Final = 0.1
SETTLE_S: Final = 0.2


@dataclass
class Striker:
    """Breaks things, and starts again at once whatever has ended, as a supervisor would.

    Attributes:
        landed: Blows that hit something alive, by victim.
        fell_over: Programs that ended by themselves, which only a database that is just
            restarting excuses.
        last_at: When the last blow landed.
        database_down_s: How long each restart of the database took.
    """

    stack: BreakableStack
    landed: Counter[Victim] = field(default_factory=Counter)
    fell_over: Counter[str] = field(default_factory=Counter)
    last_at: float = 0.0
    database_down_s: list[float] = field(default_factory=list)

    async def strike_all(self, strikes: list[Strike]) -> None:
        """Land every blow at its time, or as soon after as there is something to hit."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        for strike in strikes:
            await asyncio.sleep(max(0.0, began + strike.at_s - loop.time()))
            if strike.victim is Victim.DATABASE:
                started = time.monotonic()
                await asyncio.to_thread(self.stack.crash_database)
                self.database_down_s.append(round(time.monotonic() - started, 2))
            else:
                await self._kill(self._program(strike))
            self.landed[strike.victim] += 1
            self.last_at = time.monotonic()

    async def keep_alive(self) -> None:
        """Start again whatever ended by itself, until cancelled."""
        while True:
            for program in self.stack.live.programs:
                if not program.is_running:
                    self.fell_over[program.name] += 1
                    program.launch()
            await asyncio.sleep(LOOK_S)

    async def _kill(self, program: Program) -> None:
        if not program.is_running:
            program.launch()
            await asyncio.sleep(SETTLE_S)
        program.kill()
        # From this thread: the program dies with the thread that started it.
        program.launch()

    def _program(self, strike: Strike) -> Program:
        live = self.stack.live
        match strike.victim:
            case Victim.WEB:
                return live.webs[strike.number % len(live.webs)]
            case Victim.WORKER:
                return live.workers[strike.number % len(live.workers)]
            case _:
                return live.sandbox
