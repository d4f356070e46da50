"""The doctor names a Python whose own library has holes that matter to a server."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from jiema_app.commands import doctor

README = Path(__file__).resolve().parents[2] / "README.md"


@pytest.mark.parametrize(
    ("version", "better"),
    [
        ((3, 11, 0), "3.11.10"),
        ((3, 11, 9), "3.11.10"),
        ((3, 11, 10), None),
        ((3, 12, 5), "3.12.6"),
        ((3, 12, 6), None),
        ((3, 13, 0), None),
    ],
)
def test_an_older_patch_is_told_with_the_one_to_take(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], better: str | None
) -> None:
    monkeypatch.setattr("jiema_app.commands.doctor.sys", SimpleNamespace(version_info=version))
    finding = doctor._python()
    assert finding.name == "python"
    assert (f"better {better} or newer" in finding.detail) is (better is not None)


def test_the_readme_names_the_same() -> None:
    said = README.read_text(encoding="utf-8")
    for (major, minor), patch in doctor.PATCHED.items():
        assert f"{major}.{minor}.{patch}" in said
