"""The command line, as it is typed: a process of its own for each command."""

import asyncio
import json
import os
import sys
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
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "jiema_app",
            *words,
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": self.address, **variables},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(), PATIENCE_S)
        assert process.returncode is not None
        return Done(process.returncode, out.decode(), err.decode())
