"""What has to be made anew when something changes."""

import pytest

from jiema_app.i18n.translation import CATALOGUES
from jiema_app.processes.fingerprints import (
    COMPILED_FROM,
    LOCALISED_FROM,
    compiled_folder,
    current_build,
)
from jiema_app.processes.paths import ROOT
from jiema_app.settings import get_settings


def test_a_changed_word_compiles_nothing() -> None:
    assert not [name for name in COMPILED_FROM if CATALOGUES.is_relative_to(ROOT / name)]
    assert [name for name in LOCALISED_FROM if CATALOGUES.is_relative_to(ROOT / name)]


def test_one_more_language_compiles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled, build = compiled_folder(), current_build(("en",))
    assert current_build(("en", "zh")) != build
    monkeypatch.setenv("JIEMA_LOCALES", "en,zh")
    get_settings.cache_clear()
    try:
        assert compiled_folder() == compiled
    finally:
        get_settings.cache_clear()


def test_everything_that_pages_are_made_of_is_there() -> None:
    assert [name for name in (*COMPILED_FROM, *LOCALISED_FROM) if not (ROOT / name).exists()] == []
