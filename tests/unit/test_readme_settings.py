"""The configuration table of the README holds every setting, with its real default."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from jiema_app.i18n.locale_list import LOCALES
from jiema_app.settings import Settings
from signer.settings import CapSettings, SignerSettings

README: Final = Path(__file__).resolve().parents[2] / "README.md"
ROW: Final = re.compile(
    r"^\| `(?P<variable>[A-Z0-9_]+)` \| (?P<default>[^|]+) \| (?P<meaning>[^|]+) \|$"
)


def settings_of(group: type[BaseSettings]) -> Iterator[tuple[str, Any]]:
    """Every variable and its default, groups within groups included."""
    prefix = group.model_config.get("env_prefix", "")
    for name, field in group.model_fields.items():
        annotation = field.annotation
        if name == "further_suppliers":
            continue  # groups of names of the reader's choosing: one row tells of them
        if isinstance(annotation, type) and issubclass(annotation, BaseSettings):
            yield from settings_of(annotation)
        else:
            default = field.get_default(call_default_factory=True, validated_data={})
            yield field.alias or f"{prefix}{name}".upper(), default


def as_written(default: Any) -> str:
    """A default as the README writes it."""
    if default is None:
        return "unset"
    if isinstance(default, SecretStr):
        return "the sandbox's"
    if default == LOCALES:
        return f"all {len(LOCALES)}"
    if isinstance(default, tuple):
        return f"`{','.join(default)}`" if default else "none"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def test_the_table_is_complete_and_its_defaults_are_right() -> None:
    rows = [
        match
        for line in README.read_text(encoding="utf-8").splitlines()
        if (match := ROW.match(line))
    ]
    written = {row["variable"]: row["default"].strip() for row in rows}
    assert len(written) == len(rows), "a variable stands there twice"
    known = {
        variable: as_written(default)
        for group in (Settings, SignerSettings, CapSettings)
        for variable, default in settings_of(group)
    }
    assert written == known
    assert all(row["meaning"].strip() for row in rows)
