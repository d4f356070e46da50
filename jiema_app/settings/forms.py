"""How a group of settings is read and checked."""

import re
from collections.abc import Hashable
from decimal import Decimal
from typing import Annotated, Any, Final, get_args
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SECRET_LENGTH_MIN: Final = 32
VALUE_LENGTH_MAX: Final = 8192
NUMBER: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
NUMBER_TYPES: Final = frozenset({int, float, Decimal})

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


class Group(BaseSettings):
    """What every group of settings does with its variables before it looks at what they mean."""

    @field_validator("*", mode="before")
    @classmethod
    def _can_be_read(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse text that people cannot see, and numbers that they would not write."""
        if not isinstance(value, str):
            return value
        if len(value) > VALUE_LENGTH_MAX:
            raise ValueError(f"is longer than {VALUE_LENGTH_MAX} characters")
        if not value.isprintable():
            raise ValueError("holds a character that cannot be seen, such as a line break")
        if value != value.strip():
            raise ValueError("begins or ends with a space")
        if cls._is_number(str(info.field_name)) and NUMBER.fullmatch(value) is None:
            raise ValueError("must be a number in plain digits, such as 15")
        return value

    @classmethod
    def variable(cls, field: str) -> str:
        """The environment variable of a field."""
        prefix = cls.model_config.get("env_prefix", "")
        return cls.model_fields[field].alias or f"{prefix}{field}".upper()

    @classmethod
    def _is_number(cls, name: str) -> bool:
        return _holds_number(cls.model_fields[name].annotation)


def _holds_number(annotation: Any) -> bool:
    """Whether a type is one of numbers, however it is dressed."""
    return annotation in NUMBER_TYPES or any(
        _holds_number(part) for part in get_args(annotation) if isinstance(part, Hashable)
    )


class SettingsRefused(ValueError):
    """Some variables are wrong.

    Attributes:
        complaints: One line for each, which names it. None quotes a secret.
    """

    def __init__(self, complaints: list[str]) -> None:
        super().__init__("; ".join(complaints))
        self.complaints = complaints


def described(error: ValidationError, prefix: str) -> list[str]:
    """One line about each wrong variable of a group, whose names begin with ``prefix``."""
    return [describe(problem, prefix) for problem in error.errors()]


def describe(problem: ErrorDetails, prefix: str) -> str:
    """One line about one wrong variable."""
    where = (prefix + ".".join(str(part) for part in problem["loc"])).upper()
    message = problem["msg"].removeprefix("Value error, ")
    return f"{where}: {message}" if problem["loc"] else message


def revealed(secret: SecretStr | None) -> str | None:
    """What a secret holds, for whoever must use it."""
    return None if secret is None else secret.get_secret_value()


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine."""
    host = urlsplit(url).hostname or ""
    return host in {"localhost", "::1", "0.0.0.0", "::"} or host.startswith("127.")  # noqa: S104 - compared
