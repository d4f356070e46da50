"""Having the bundler take our few lines in place of libraries."""

from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
FOLDER: Final = "browser"
"""Of the files below, where Reflex builds."""
ENTRY: Final = "app/entry.client.js"
"""What React Router's build begins with."""

_EXPORT: Final = "export default defineConfig"
_FIRST_PLUGIN: Final = "    alwaysUseReactDomServerNode(),\n"


class BundlerChanged(RuntimeError):
    """The bundler's configuration is not as we know it: another version of Reflex."""


def browser_files() -> list[tuple[str, str]]:
    """What is written where Reflex builds: paths and contents."""
    names = ("bundler.js", "elements.js", "one_page.js")
    return [
        (ENTRY, _read("entry.js")),
        *((f"{FOLDER}/{name}", _read(name)) for name in names),
    ]


def with_our_bundler(config: str) -> str:
    """Vite's configuration, with our plugins before all others.

    Raises:
        BundlerChanged: There is no place for them.
    """
    if _EXPORT not in config or config.count(_FIRST_PLUGIN) != 1:
        raise BundlerChanged("vite.config.js has no place for our plugins.")
    importing = f'import ours from "./{FOLDER}/bundler.js";\n'
    return config.replace(_FIRST_PLUGIN, f"    ours(),\n{_FIRST_PLUGIN}").replace(
        _EXPORT, f"{importing}\n{_EXPORT}", 1
    )


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
