"""What a program has loaded, asked in a process of its own."""

import subprocess
import sys

from tests.support.polling import PATIENCE_S
from tests.support.processes import ROOT


def ensure_not_loaded(setting_up: str, module: str, unwanted: set[str]) -> None:
    """Import a module, and fail if that brought any of the packages in."""
    program = (
        f"{setting_up}\nimport sys, {module}\n"
        f"loaded = {{name.split('.')[0] for name in sys.modules}} & {unwanted!r}\n"
        "sys.exit(', '.join(sorted(loaded)) or None)"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert finished.returncode == 0, finished.stderr
