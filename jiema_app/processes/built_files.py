"""Corrections to the files that Reflex built, and what it leaves out."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from jiema_app.processes.paths import ROOT
from jiema_app.site.design.artwork import artwork_version

BUILD_PLACE: Final = "__BUILD__"
BAKED_ADDRESS: Final = re.compile(r"`(?:http|ws)://localhost:\d+(/[^`]*)`")


class BuildChanged(RuntimeError):
    """A built file is not as we know it: another Reflex version needs another correction."""


def call_own_origin(static_dir: Path) -> None:
    """Replace the baked backend address by the origin that served the page.

    Raises:
        BuildChanged: No baked address was found, so pages would call localhost.
    """
    replaced = 0
    for file in (static_dir / "assets").glob("reflex-env-*.js"):
        text, count = BAKED_ADDRESS.subn(
            r"(globalThis.location?.origin+`\1`)", file.read_text(encoding="utf-8")
        )
        file.write_text(text, encoding="utf-8")
        replaced += count
    if replaced == 0:
        raise BuildChanged("No backend address found in assets/reflex-env-*.js.")


def add_page_scripts(static_dir: Path) -> None:
    """Put each page's ``page.js`` beside the scripts of ``assets/js``, by the name of its folder.

    Raises:
        BuildChanged: There is a script of that name.
    """
    for script in sorted((ROOT / "jiema_app" / "site").rglob("page.js")):
        target = static_dir / "js" / f"{script.parent.name}.js"
        if target.exists():
            raise BuildChanged(f"There are two scripts for /js/{target.name}.")
        shutil.copyfile(script, target)


def stamped_worker(text: str, assets: Iterable[str]) -> str:
    """The service worker, with the name of the build that it belongs to.

    Browsers look for a changed worker, and a new one throws away what the old one kept.

    Args:
        text: The worker as it was compiled.
        assets: Names of files that change with their content.

    Raises:
        BuildChanged: The worker has no place for the name.
    """
    if text.count(BUILD_PLACE) != 1:
        raise BuildChanged("assets/sw.js has no place for the build's name.")
    names = (artwork_version(), *sorted(assets))
    stamp = hashlib.sha256("\0".join(names).encode()).hexdigest()[:12]
    return text.replace(BUILD_PLACE, stamp)


def tidy_package_file(path: Path) -> None:
    """Give a package.json one order and one form.

    Reflex and npm write it in turn, each in its own, and it is under version control.
    """
    if path.exists():
        content = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")


PRERENDER_ALL: Final = '"prerender": true'


def prerender_templates(config: str) -> str:
    """Extend React Router's configuration: prerender each page with a variable part once.

    It prerenders what has no variable part by itself. Our server writes into a template
    what belongs to one address.

    Raises:
        BuildChanged: The configuration is not as we know it.
    """
    if PRERENDER_ALL not in config:
        raise BuildChanged("react-router.config.js does not prerender.")
    # Read late: this module also corrects files where no page can be imported.
    from jiema_app.site.registry import all_pages

    templates = json.dumps([page.address for page in all_pages() if page.is_template])
    return config.replace(
        PRERENDER_ALL, f'"prerender": ({{getStaticPaths}}) => [...getStaticPaths(), ...{templates}]'
    )
