"""How much JavaScript a first visit loads. Counted in the build, so it never depends on a clock."""

import re
from pathlib import Path

import pytest

from jiema_app.processes.build import current_build
from jiema_app.settings import get_settings
from benchmarks.page_weight import first_load_bytes, pages_of

BUDGET = 150 * 1024


@pytest.fixture(scope="module")
def build() -> Path:
    path = current_build(get_settings().locales)
    assert path.exists(), "the pages are not built: make build"
    return path


@pytest.mark.slow  # a build is made by `make test`, not by `make check`
def test_no_page_loads_more_scripts_than_its_budget(build: Path) -> None:
    weights = {path: first_load_bytes(build, path) for path in pages_of(build)}
    assert len(weights) >= len(get_settings().locales)
    assert {page: weight for page, weight in weights.items() if weight > BUDGET} == {}


@pytest.mark.slow  # a build is made by `make test`, not by `make check`
def test_what_is_counted_is_what_a_page_loads(build: Path) -> None:
    """The count would be worth nothing if it missed the large shared part."""
    html = (build / "en.html").read_text(encoding="utf-8")
    assert len(re.findall(r"/assets/[\w.-]+\.js", html)) > 3
    assert first_load_bytes(build, "en.html") > 50 * 1024
