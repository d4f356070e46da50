"""What is put together must be what a build of one language alone would be: here it is built.

Persian in pseudo words: it runs from right to left, isolates what is put into its texts, and has
all the quotes, apostrophes and ampersands of the English.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jiema_app.processes.build import _compile
from jiema_app.processes.fingerprints import compiled_folder
from jiema_app.processes.paths import PROGRAMS, ROOT, WORKSHOP
from jiema_app.site.registry import all_pages

# Once: the build takes half a minute.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("direct-build")]

LOCALE = "fa"
PSEUDO = {"JIEMA_PSEUDO": "1", "JIEMA_LOCALES": LOCALE}
LOCALISE = """
import sys
from pathlib import Path
from jiema_app.processes.localising.localise import localise
compiled, locale, target = sys.argv[1:]
localise(Path(compiled), (locale,), Path(target))
"""
COMPARER = Path(__file__).parents[2] / "support" / "compare_scripts.mjs"
HASH = re.compile(r"-[\w-]{8}(?=\.(?:js|css)\b)")
MANIFEST = re.compile(r"manifest-[\w-]+\.js")


@pytest.fixture(scope="module")
def direct(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages whose texts were texts from the beginning, in a workshop of their own."""
    workshop = tmp_path_factory.mktemp("workshop")
    for path in WORKSHOP.iterdir():
        if path.name == "node_modules":
            (workshop / path.name).symlink_to(path)
        elif path.name != "build":
            subprocess.run(["cp", "-a", str(path), str(workshop)], check=True)
    more = {"JIEMA_BUILD_DIRECTLY": LOCALE, "REFLEX_WEB_WORKDIR": str(workshop), **PSEUDO}
    with (workshop / "lock").open("w") as held:
        _compile(None, held.fileno(), more=more)
    return workshop / "build" / "client"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same language, put into the pages that all languages share."""
    compiled = compiled_folder()
    assert compiled.exists(), "the pages are not built: make build"
    target = tmp_path_factory.mktemp("ours") / "build"
    subprocess.run(
        [sys.executable, "-c", LOCALISE, str(compiled), LOCALE, str(target)],
        check=True,
        cwd=ROOT,
        env={**os.environ, **PSEUDO},
    )
    return target


def lasting(html: str) -> str:
    """A page without the parts of names that are of a file's content."""
    return HASH.sub("", MANIFEST.sub("manifest.js", html))


def scripts_in(build: Path) -> Iterator[tuple[str, str]]:
    for path in build.glob("assets/*.js"):
        if not path.name.startswith("manifest-"):
            yield HASH.sub("", path.name), path.read_text(encoding="utf-8")


def differences(scripts: dict[str, tuple[str, str]]) -> dict[str, str]:
    """Scripts whose syntax trees differ, and where."""
    finished = subprocess.run(
        [str(PROGRAMS / "node"), str(COMPARER)],
        input=json.dumps(scripts),
        capture_output=True,
        check=True,
        cwd=WORKSHOP,
        encoding="utf-8",
    )
    return {name: found for name, found in json.loads(finished.stdout).items() if found}


def test_pages_and_scripts_are_those_of_a_direct_build(direct: Path, ours: Path) -> None:
    for page in all_pages():
        name = f"{page.href_in(LOCALE).strip('/')}.html"
        assert lasting((ours / name).read_text("utf-8")) == lasting(
            (direct / name).read_text("utf-8")
        ), name
    built, made = dict(scripts_in(direct)), dict(scripts_in(ours))
    assert built.keys() == made.keys()
    pairs = {name: (built[name], made[name]) for name in built}
    assert differences(pairs) == {}
    # The comparison sees a word, a place and a sign that is spelled wrongly.
    account = f"_{LOCALE}_._account_._index.js"
    for wrong in ("/en/", "\\u2068", "\\`"):
        text = built[account].replace(f"/{LOCALE}/", wrong, 1)
        assert account in differences({account: (built[account], text)})


def test_both_know_the_same_files(direct: Path, ours: Path) -> None:
    """All but what is written for each language, or for nobody."""

    def others(build: Path) -> set[str]:
        return {
            path.relative_to(build).as_posix()
            for path in build.rglob("*")
            if path.is_file()
            and path.suffix not in {".html", ".br", ".gz"}
            and path.parent.name != "assets"
        }

    assert others(direct) == others(ours)
    assert (direct / "js" / "shop.js").read_bytes() == (ours / "js" / "shop.js").read_bytes()
