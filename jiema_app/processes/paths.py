"""Folders of the checkout."""

import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
"""The checkout."""
PROGRAMS: Final = Path(sys.executable).parent
"""The virtual environment's programs: python, node, npm, honcho …"""
WORKSHOP: Final = ROOT / ".web" / "work"
"""Where Reflex builds; it clears this folder as it likes."""
COMPILED: Final = ROOT / ".web" / "compiled"
"""Pages before they are of any language, one folder each, named after the hash of what they were
made from."""
BUILDS: Final = ROOT / ".web" / "builds"
"""Finished builds, one folder each, named after the hash of what they were made from."""
BUILD_LOCK: Final = ROOT / ".web" / "build.lock"
