"""One home for each page: its folder holds what it is made of, and its tests stand alike."""

import ast
import importlib
import re
import tomllib
from pathlib import Path

import pytest

from jiema_app.site.pages.page import Page
from jiema_app.site.registry import PAGES

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "jiema_app" / "site"
FOLDERS = sorted(
    file.parent.relative_to(SITE) for file in SITE.rglob("page.py") if file.parent.name != "pages"
)

MINI_APP = Path("miniapp")
"""Stands above all areas: it is made of what their pages are made of."""


def module_of(folder: Path, name: str) -> str:
    return ".".join(("jiema_app", "site", *folder.parts, name))


def test_every_folder_of_an_area_is_a_page() -> None:
    """What pages of an area share stands beside their folders, as files."""
    areas = {folder.parent for folder in FOLDERS} - {Path("design"), MINI_APP.parent}
    below = {
        path.relative_to(SITE)
        for area in areas
        for path in (SITE / area).iterdir()
        if path.is_dir() and path.name != "__pycache__"
    }
    assert below == {folder for folder in FOLDERS if folder.parent in areas}


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_a_page_is_registered_under_its_route(folder: Path) -> None:
    page_module = importlib.import_module(module_of(folder, "page"))
    made_here = [make for make in PAGES if make.__module__ == page_module.__name__]
    assert len(made_here) == 1
    page = made_here[0]()
    assert isinstance(page, Page)
    assert page.route_in("en").startswith("en")


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_a_page_has_tests_of_its_own(folder: Path) -> None:
    tests = ROOT / "tests" / "site" / folder
    assert [
        function.name
        for file in tests.glob("test_*.py")
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        and function.name.startswith("test_")
    ], f"no test in {tests.relative_to(ROOT)}"


def test_a_script_of_a_page_stands_in_its_folder_and_is_asked_for() -> None:
    """By its page, by the script of every page, or by one that they ask for."""
    scripts = {file.stem: file for file in (ROOT / "assets" / "js").glob("*.js")}
    shared = set(scripts) - {"shop"}
    asked = {name for make in PAGES for name in make().scripts}
    waiting = [*asked, "shop"]
    while waiting:
        file = scripts.get(waiting.pop())
        text = file.read_text(encoding="utf-8") if file else ""
        further = set(re.findall(r'(?:from |import |import\()"\./([a-z_-]+)\.js"', text)) - asked
        asked |= further
        waiting += further
    own = {file.parent.relative_to(SITE) for file in SITE.rglob("page.js")}
    assert own <= set(FOLDERS)
    assert {folder.name for folder in own} == asked - shared
    assert shared <= asked


def test_tests_mirror_the_site() -> None:
    """Whoever looks for the tests of a folder finds them under the same name."""
    for folder in (ROOT / "tests" / "site").rglob("*"):
        if folder.is_dir() and any(folder.glob("test_*.py")):
            assert (SITE / folder.relative_to(ROOT / "tests" / "site")).is_dir(), folder


def test_the_contract_names_every_page() -> None:
    """Import Linter takes no pattern that means pages and nothing else."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (independence,) = (
        contract
        for contract in contracts["tool"]["importlinter"]["contracts"]
        if contract["type"] == "independence"
    )
    wanted = [
        ".".join(("jiema_app", "site", *folder.parts)) for folder in FOLDERS if folder != MINI_APP
    ]
    assert sorted(independence["modules"]) == wanted
