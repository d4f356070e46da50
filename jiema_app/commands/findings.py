"""What ``doctor`` finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        detail: What was seen, without secrets.
        remedy: What to do when it is not right; empty where there is one for its name.
    """

    name: str
    ok: bool
    detail: str
    remedy: str = ""
