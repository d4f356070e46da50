"""Service icons and flags, made out of npm packages into the files of a build.

Only what the catalogue names is taken: 170 of 3,400 icons, 204 of 270 flags.
"""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from jiema_app.domain.catalog.seed import load_countries
from jiema_app.processes.reflex_environment import child_environment
from jiema_app.settings.telegram import TELEGRAM_SCRIPT_COPY
from jiema_app.site.design.artwork import FLAG_FOLDER, ICON_FOLDER, service_icons

PATH: Final = re.compile(r'<path d="([^"]+)"/>')

LIGHT_GROUND: Final = "#fff"
DARK_GROUND: Final = "#14201c"
CONTRAST_MIN: Final = 1.9
"""A brand's colour that stands out less from white (yellow, mostly) is set on dark."""

SVGO_SETTINGS: Final = """
export default {
  multipass: true,
  floatPrecision: 0,
  plugins: [{
    name: "preset-default",
    params: { overrides: {
      convertTransform: { floatPrecision: 1, transformPrecision: 3 },
      convertPathData: { floatPrecision: 0, transformPrecision: 3 },
    } },
  }],
}
"""
"""Flags are drawn 640 wide and shown 30 wide: whole numbers are exact enough, and a third."""

DETAILED_BYTES: Final = 6_000
"""Coats of arms. Smaller files gain little, and draw stars one unit wide that would be lost."""

GAMMA_FOOT: Final = 0.04045
"""Below it sRGB is linear."""


TELEGRAM_SCRIPT_WORDS: Final = (
    "/*! Telegram's script for Mini Apps, https://telegram.org/js/telegram-web-app.js, as\n"
    " * @twa-dev/sdk 8.0.2 (MIT, https://github.com/twa-dev/sdk) holds it. Served in the sandbox. */\n"
)


class DrawingMissing(RuntimeError):
    """A package does not hold what the catalogue needs: see tools/artwork/map_icons.py."""


def draw_artwork(modules: Path, static_dir: Path) -> None:
    """Put every icon and flag of the catalogue into a build.

    Args:
        modules: The ``node_modules`` that hold the packages of `jiema_app.site.design.artwork`.
        static_dir: The build.

    Raises:
        DrawingMissing: The build would lack a drawing that pages name.
    """
    _draw_icons(modules / "simple-icons", static_dir / ICON_FOLDER.strip("/") / "service")
    _draw_flags(modules, static_dir / FLAG_FOLDER.strip("/"))


def copy_telegram_script(modules: Path, static_dir: Path) -> None:
    """Put a copy of Telegram's script into a build, with the words of its licence.

    Raises:
        DrawingMissing: The package does not hold it.
    """
    package = modules / "@twa-dev" / "sdk"
    source = package / "src" / "telegram-web-apps.js"
    if not source.exists():
        raise DrawingMissing("@twa-dev/sdk has no copy of Telegram's script.")
    target = static_dir / TELEGRAM_SCRIPT_COPY.strip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(TELEGRAM_SCRIPT_WORDS + source.read_text(encoding="utf-8"), encoding="utf-8")


def _draw_icons(package: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for service, icon in service_icons().items():
        source = package / "icons" / f"{icon['mark']}.svg"
        outline = PATH.search(source.read_text(encoding="utf-8")) if source.exists() else None
        if outline is None:
            raise DrawingMissing(f"simple-icons has no {icon['mark']}, for {service}.")
        tile = _tile(outline[1], icon["colour"])
        (folder / f"{service}.svg").write_text(tile, encoding="utf-8")


def _tile(outline: str, colour: str) -> str:
    """A square with a brand's mark in the middle; whoever shows it rounds the corners."""
    ground = LIGHT_GROUND if _contrast_to_white(colour) >= CONTRAST_MIN else DARK_GROUND
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-6.5 -6.5 37 37">'
        f'<path fill="{ground}" d="M-7-7h38v38H-7z"/>'
        f'<path fill="#{colour}" d="{outline}"/></svg>'
    )


def _contrast_to_white(colour: str) -> float:
    """As WCAG 2 defines it, from 1 to 21."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (0, 2, 4))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(channel: float) -> float:
    return float(channel / 12.92 if channel <= GAMMA_FOOT else ((channel + 0.055) / 1.055) ** 2.4)


def _draw_flags(modules: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    detailed: list[Path] = []
    for country in load_countries():
        source = modules / "flag-icons" / "flags" / "4x3" / f"{country.iso2.lower()}.svg"
        if not source.exists():
            raise DrawingMissing(f"flag-icons has no flag {country.iso2}.")
        if source.stat().st_size > DETAILED_BYTES:
            detailed.append(source)
        else:
            shutil.copyfile(source, folder / source.name)
    settings = modules / ".svgo-flags.mjs"
    settings.write_text(SVGO_SETTINGS, encoding="utf-8")
    command = [f"{modules}/.bin/svgo", "--quiet", f"--config={settings}", f"--output={folder}"]
    subprocess.run([*command, "--input", *map(str, detailed)], check=True, env=child_environment())
