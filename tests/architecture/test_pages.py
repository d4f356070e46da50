"""What built pages are made of."""

import re
from pathlib import Path

import pytest

from jiema_app.i18n.locale_list import LOCALES, NATIVE_NAMES
from jiema_app.processes.fingerprints import current_build
from jiema_app.settings import get_settings
from jiema_app.site.pages.origin import ORIGIN_PLACEHOLDER

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    path for folder in ("site", "serving") for path in (ROOT / "jiema_app" / folder).rglob("*.py")
]
RADIX = re.compile(
    r"\brx\.(?!el\b|Component\b|Var\b|cond\b|foreach\b|match\b|State\b|event\b|field\b|fragment\b)[a-z]\w*\("
)


@pytest.fixture(scope="module")
def build() -> Path:
    path = current_build(get_settings().locales)
    assert path.exists(), "the pages are not built: make build"
    return path


@pytest.mark.slow  # a build is made by `make test`, not by `make check`
def test_no_page_loads_radix_themes(build: Path) -> None:
    assets = [*build.glob("assets/*.js"), *build.glob("assets/*.css")]
    assert assets
    assert [path.name for path in assets if b"radix-themes" in path.read_bytes()] == []


def test_pages_use_plain_elements() -> None:
    for path in SOURCES:
        found = RADIX.findall(path.read_text(encoding="utf-8"))
        assert not found, f"{path.name}: build it from rx.el: {found}"


@pytest.mark.slow  # a build is made by `make test`, not by `make check`
def test_no_page_knows_the_build_machine_s_address(build: Path) -> None:
    for path in build.rglob("*.js"):
        assert b"localhost:" not in path.read_bytes(), path.name


@pytest.mark.slow  # a build is made by `make test`, not by `make check`
def test_every_language_has_its_page_and_its_name(build: Path) -> None:
    assert list(NATIVE_NAMES) == list(LOCALES)
    for locale in get_settings().locales:
        html = (build / f"{locale}.html").read_text(encoding="utf-8")
        assert ORIGIN_PLACEHOLDER in html
        assert "<h1" in html
