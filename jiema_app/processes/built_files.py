"""Corrections to the files that Reflex built."""

import hashlib
import json
import re
from pathlib import Path
from typing import Final

from jiema_app.settings import get_settings
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


def stamp_service_worker(static_dir: Path) -> None:
    """Write into the service worker which build it belongs to.

    Browsers look for a changed worker, and a new one throws away what the old one kept.

    Raises:
        BuildChanged: The worker has no place for the stamp.
    """
    worker = static_dir / "sw.js"
    text = worker.read_text(encoding="utf-8")
    if text.count(BUILD_PLACE) != 1:
        raise BuildChanged("assets/sw.js has no place for the build's name.")
    names = sorted(path.name for path in (static_dir / "assets").iterdir())
    stamp = hashlib.sha256("\0".join((artwork_version(), *names)).encode()).hexdigest()[:12]
    worker.write_text(text.replace(BUILD_PLACE, stamp), encoding="utf-8")


MANIFEST_START: Final = "window.__reactRouterManifest="
ROOT_ROUTES: Final = frozenset({"root", "routes/[404]._index"})


def split_manifest(static_dir: Path) -> None:
    """Give each language a list of its own pages alone.

    React Router has one list of every page, which every page loads: with 21 languages it is
    200 kB of script, of which one line is used, for our links load documents.

    Raises:
        BuildChanged: The list is not as we know it.
    """
    whole = next((static_dir / "assets").glob("manifest-*.js"), None)
    text = "" if whole is None else whole.read_text(encoding="utf-8").rstrip().rstrip(";")
    if whole is None or not text.startswith(MANIFEST_START):
        raise BuildChanged("assets/manifest-*.js is not the list of pages that we know.")
    manifest = json.loads(text.removeprefix(MANIFEST_START))
    for locale in get_settings().locales:
        pages = (static_dir / locale).rglob("*.html")
        name = f"{whole.stem}-{locale}.js"
        own = manifest | {
            "url": f"/assets/{name}",
            "routes": {
                route: facts
                for route, facts in manifest["routes"].items()
                if route in ROOT_ROUTES or route.startswith(f"routes/[{locale}]")
            },
        }
        listed = json.dumps(own, separators=(",", ":"))
        whole.with_name(name).write_text(f"{MANIFEST_START}{listed};", encoding="utf-8")
        for page in (static_dir / f"{locale}.html", *pages):
            html = page.read_text(encoding="utf-8")
            if manifest["url"] not in html:
                raise BuildChanged(f"{page.name} does not load the list of pages.")
            page.write_text(html.replace(manifest["url"], own["url"]), encoding="utf-8")


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

    templates = json.dumps(
        [
            page.href_in(page.locale)
            for page in all_pages(get_settings().locales)
            if page.is_template
        ]
    )
    return config.replace(
        PRERENDER_ALL, f'"prerender": ({{getStaticPaths}}) => [...getStaticPaths(), ...{templates}]'
    )
