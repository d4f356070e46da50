"""Draws one picture: a program of its own, for drawing would hold up all that its process does.

It reads a JSON document with ``svg`` and ``fonts`` (paths), and writes a PNG file. It ends with
its picture, so that what it took is given back; it imports nothing of ours, and so is quick.
"""

import json
import os
import resource
import sys

import resvg_py

NICENESS = 10
"""Whoever buys goes first."""
CPU_S = 20
MEMORY = 1 << 30
"""Far more than any picture takes: what takes it has gone wrong."""


def main() -> None:
    """Draw what is asked for."""
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    asked = json.load(sys.stdin.buffer)
    picture = resvg_py.svg_to_bytes(
        svg_string=asked["svg"], font_files=asked["fonts"], skip_system_fonts=True
    )
    sys.stdout.buffer.write(bytes(picture))


if __name__ == "__main__":
    main()
