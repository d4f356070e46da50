"""Having a picture drawn, by a program beside us."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

PROGRAM: Final = Path(__file__).with_name("drawing_program.py")
PATIENCE_S: Final = 20.0
PNG: Final = b"\x89PNG\r\n\x1a\n"


class NotDrawn(RuntimeError):
    """The program failed; the message says how."""


def draw(svg: str, fonts: Iterable[Path]) -> bytes:
    """A PNG file of an SVG document. Takes a tenth of a second, none of which is ours.

    Raises:
        NotDrawn: The program failed, or took too long.
    """
    asked = json.dumps({"svg": svg, "fonts": [str(font) for font in fonts]}).encode()
    try:
        done = subprocess.run(
            # Isolated: neither the folder nor the environment says what it imports.
            [sys.executable, "-I", str(PROGRAM)],
            input=asked,
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
            env={},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotDrawn(type(error).__name__) from error
    if done.returncode != 0 or not done.stdout.startswith(PNG):
        raise NotDrawn(f"status {done.returncode}: {done.stderr[-300:].decode(errors='replace')}")
    return done.stdout
