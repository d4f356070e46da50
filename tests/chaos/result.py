"""How a drill went."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Result:
    """One drill.

    Attributes:
        name: The drill.
        figures: For the line that is printed, and the summary.
        broken: Promises that did not hold. Empty: passed.
        details: For the summary only.
    """

    name: str
    figures: dict[str, Any] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether every promise held."""
        return not self.broken

    def line(self) -> str:
        """One line for people."""
        figures = " ".join(
            f"{name}={value:.1f}" if isinstance(value, float) else f"{name}={value}"
            for name, value in self.figures.items()
        )
        return f"{'ok    ' if self.ok else 'FAILED'} {self.name}: {figures}"
