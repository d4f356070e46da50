"""How a group of settings is read and checked."""

from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic_settings import NoDecode, SettingsConfigDict

SECRET_LENGTH_MIN: Final = 32

CommaList = Annotated[tuple[str, ...], NoDecode]
"""A comma-separated environment variable."""


def split_list(value: object) -> object:
    """The parts of a comma-separated variable; anything else as it is."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def group(prefix: str) -> SettingsConfigDict:
    """How a group reads its variables, which begin with ``prefix``."""
    # A variable that is set to nothing counts as unset, as in every shell script.
    # An error does not show what was set: it may be a secret.
    return SettingsConfigDict(
        env_prefix=prefix, env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine."""
    host = urlsplit(url).hostname or ""
    return host in {"localhost", "::1", "0.0.0.0", "::"} or host.startswith("127.")  # noqa: S104 - compared


def is_http_address(url: str) -> bool:
    """Whether a text is an address that can be asked."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query
