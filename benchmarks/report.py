"""The table, and the same as JSON."""

import json
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from jiema_app.processes.paths import ROOT

FOLDER: Final = ROOT / ".data" / "bench"
HEAD: Final = ("figure", "ours", "baseline", "ratio", "target", "verdict")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Attributes:
        ours: With its unit.
        ratio: Of ours to the baseline; None for a figure that has no baseline.
        is_met: Whether it reaches its target.
        details: Everything that was measured on the way.
    """

    figure: str
    ours: str
    baseline: str
    ratio: float | None
    target: str
    is_met: bool
    details: dict[str, Any] = field(default_factory=dict)

    def cells(self) -> tuple[str, ...]:
        """As the table shows it."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f} x"
        verdict = "ok" if self.is_met else "MISSED"
        return (self.figure, self.ours, self.baseline, ratio, self.target, verdict)


def table(rows: Sequence[Row]) -> str:
    """All figures, aligned."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    shown = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    return "\n".join([shown[0], "-" * len(shown[0]), *shown[1:]])


def save(rows: Sequence[Row], *, quick: bool, notes: Sequence[str]) -> Path:
    """Write everything down; returns where."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
    content = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "quick": quick,
        "python": platform.python_version(),
        "machine": platform.processor() or platform.machine(),
        "notes": list(notes),
        "figures": [asdict(row) for row in rows],
    }
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
