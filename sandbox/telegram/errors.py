"""Refusals of the Bot API, in Telegram's words."""

from typing import Any


class Refused(Exception):
    """A call that Telegram would not carry out."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def to_json(self) -> dict[str, Any]:
        """The answer's body."""
        body: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        return {**body, "parameters": self.parameters} if self.parameters else body


def bad_request(words: str, **parameters: Any) -> Refused:
    """Status 400."""
    return Refused(400, f"Bad Request: {words}", **parameters)


def forbidden(words: str) -> Refused:
    """Status 403."""
    return Refused(403, f"Forbidden: {words}")


def conflict(words: str) -> Refused:
    """Status 409."""
    return Refused(409, f"Conflict: {words}")


def too_many(seconds: int) -> Refused:
    """Status 429."""
    return Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
