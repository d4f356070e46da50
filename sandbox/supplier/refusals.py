"""What the supplier can refuse, before a dialect puts it into words."""

from typing import Any


class RefusedError(Exception):
    """A request that the supplier declines; nothing was changed.

    `code` is the hero title. Each dialect renders it in its own way.
    """

    def __init__(self, code: str, info: dict[str, Any] | None = None) -> None:
        """Name the refusal by its hero title and give the facts that go with it."""
        super().__init__(code)
        self.code = code
        self.info = info


def invalid(field: str, code: str = "INVALID") -> RefusedError:
    """Return the refusal of a parameter; code is REQUIRED or INVALID."""
    verb = "is required" if code == "REQUIRED" else "is invalid"
    return RefusedError(
        "UNPROCESSABLE_ENTITY",
        {"field": field, "code": code, "message": f"The {field} field {verb}."},
    )
