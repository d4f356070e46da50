"""How much JavaScript a first visit loads. Counted in the build, so it never depends on a clock."""

import re
from pathlib import Path

import pytest

from benchmarks.page_weight import built_file, first_load_bytes
from jiema_app.processes.fingerprints import current_build
from jiema_app.settings import get_settings
from jiema_app.site.registry import all_pages

BUDGET = 135 * 1024


@pytest.fixture(scope="module")
def build() -> Path:
    path = current_build(get_settings().locales)
    assert path.exists(), "the pages are not built: make build"
    return path


@pytest.mark.slow  # a build is made by `make test`, not by `make check`
def test_no_page_loads_more_scripts_than_its_budget(build: Path) -> None:
    weights = {
        page.route_in(locale): first_load_bytes(build, page, locale)
        for page in all_pages()
        for locale in page.locales_of(get_settings().locales)
    }
    assert {page: weight for page, weight in weights.items() if weight > BUDGET} == {}


@pytest.mark.slow  # a build is made by `make test`, not by `make check`
def test_what_is_counted_is_what_a_page_loads(build: Path) -> None:
    """The count would be worth nothing if it missed the large shared part."""
    home = next(page for page in all_pages() if page.path == "")
    html = built_file(build, home, "en").read_text(encoding="utf-8")
    assert len(re.findall(r"/assets/[\w.-]+\.js", html)) > 3
    assert first_load_bytes(build, home, "en") > 80 * 1024
