"""The command line, as it is typed: a process of its own for each command.

It is forked from one that has loaded the product, as loading takes longest.
"""

import asyncio
import atexit
import json
import os
import socket
import subprocess
import sys
import tempfile
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
    return await asyncio.to_thread(_ask, list(words), dict(environment))


class _Server:
    """The process that forks commands: see command_server.py. It ends with ours."""

    def __init__(self) -> None:
        self.asker, theirs = socket.socketpair()
        self.asker.settimeout(PATIENCE_S)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.command_server", str(theirs.fileno())],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
            )
        atexit.register(self.close)

    def close(self) -> None:
        self.asker.close()
        self.process.kill()
        self.process.wait()


_servers: list[_Server] = []
"""Those that have nothing to do: one for each command that runs beside others."""


def _ask(words: list[str], environment: dict[str, str]) -> Done:
    try:
        server = _servers.pop()
    except IndexError:
        server = _Server()
    request = json.dumps({"words": words, "environment": environment}).encode()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        try:
            head = b"%08d" % len(request)
            socket.send_fds(server.asker, [head], [out.fileno(), err.fileno()])
            server.asker.sendall(request)
            code = int(server.asker.recv(8, socket.MSG_WAITALL))
        except BaseException:
            server.close()
            raise
        _servers.append(server)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
    return Done(code, *texts)
