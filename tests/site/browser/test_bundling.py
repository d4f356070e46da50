"""Our few lines stand where the bundler would take libraries."""

import re

import pytest

from jiema_app.processes.fingerprints import current_build
from jiema_app.processes.paths import WORKSHOP
from jiema_app.settings import get_settings
from jiema_app.site.browser.bundling import BundlerChanged, browser_files, with_our_bundler

CONFIG = """import { defineConfig } from "vite";

export default defineConfig((config) => ({
  plugins: [
    alwaysUseReactDomServerNode(),
    reactRouter(),
  ],
}));
"""


def test_our_plugins_come_before_all_others() -> None:
    config = with_our_bundler(CONFIG)
    assert config.index('from "./browser/bundler.js"') < config.index("export default")
    assert re.search(r"plugins: \[\s*ours\(\),", config)


@pytest.mark.parametrize(
    "config",
    [CONFIG.replace("alwaysUse", "sometimesUse"), CONFIG.replace("defineConfig(", "config(")],
)
def test_a_configuration_that_we_do_not_know_stops_the_build(config: str) -> None:
    with pytest.raises(BundlerChanged):
        with_our_bundler(config)


def test_what_is_written_names_what_is_there() -> None:
    written = dict(browser_files())
    bundler = written["browser/bundler.js"]
    named = re.findall(r'ours\("(.*?)"\)', bundler)
    assert {f"browser/{name}" for name in named} | {"browser/bundler.js"} == {
        path for path in written if path.startswith("browser/")
    }


@pytest.mark.slow  # a build is made by `make test`, not by `make check`
def test_no_page_loads_the_router_or_the_engine_of_styles() -> None:
    assets = current_build(get_settings().locales) / "assets"
    scripts = "".join(path.read_text(encoding="utf-8") for path in assets.glob("*.js"))
    # Words of theirs that no minifier touches.
    router = WORKSHOP / "node_modules" / "react-router" / "dist"
    known = "".join(path.read_text(encoding="utf-8") for path in router.rglob("*.js"))
    assert "react-router-scroll-positions" in known
    assert "react-router-scroll-positions" not in scripts
    assert "data-emotion" not in scripts
