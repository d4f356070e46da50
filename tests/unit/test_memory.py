"""What a process keeps of large things that it had for a moment."""

import subprocess
import sys

from jiema_app.processes.memory import LARGE

PROGRAM = """
import sys
from pathlib import Path
from jiema_app.processes.memory import give_back_large_blocks

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

if sys.argv[1] == "given back":
    give_back_large_blocks()
size = 450_000
del_me = bytearray(8 * size)
del del_me  # from now on glibc keeps blocks of this size, unless it is told not to
before = resident()
blocks, small = [], []
for _ in range(60):
    blocks.append(bytearray(b"x") * size)
    small.append(bytearray(b"x") * 700)  # lies behind it, and stays
del blocks
print(resident() - before)
"""


def kept(how: str) -> int:
    command = [sys.executable, "-c", PROGRAM, how]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return int(done.stdout)


def test_large_blocks_are_given_back() -> None:
    assert kept("given back") < 10 * LARGE
    assert kept("kept") > kept("given back")
