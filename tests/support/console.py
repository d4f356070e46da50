"""The command line, as it is typed: a process of its own for each command."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.polling import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        [line] = self.out.splitlines()
        return json.loads(line)


@dataclass
class Console:
    """A shell on the machine of a shop."""

    address: str

    async def run(self, *words: str, **variables: str) -> Done:
        environment = {**os.environ, "DATABASE_URL": self.address, **variables}
        return await run_command(words, environment)


async def run_command(words: Sequence[str], environment: Mapping[str, str]) -> Done:
    """Run a command in a given environment; nothing of it is left when it takes for ever."""
    finished = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "jiema_app", *words],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    return Done(finished.returncode, finished.stdout, finished.stderr)
