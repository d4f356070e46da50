"""Which pages have a live part, and who makes it."""

from collections.abc import Mapping
from typing import Final

from jiema_app.fragments.live import LiveMaker

LIVE_PARTS: Final[Mapping[str, LiveMaker]] = {}
"""By the page's path, as its ``Page`` has it."""
