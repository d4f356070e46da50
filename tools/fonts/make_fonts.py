"""Cut the fonts of shared pictures out of Noto Sans: writes jiema_app/site/design/fonts/.

    python tools/fonts/make_fonts.py FOLDER

FOLDER is where the packages are, or will be put by ``npm pack`` (120 MB). Needs the development
requirements (fontTools). Run it again when its lists of characters change, or when the test
of the fonts names a character that they lack.
"""

import json
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "jiema_app" / "site" / "design" / "fonts"
WEIGHT = "600SemiBold"
PACKAGES = {
    "noto-sans": "0.4.2",
    "noto-sans-arabic": "0.4.3",
    "noto-sans-devanagari": "0.4.1",
    "noto-sans-thai": "0.4.2",
    "noto-sans-sc": "0.4.3",
    "noto-sans-jp": "0.4.3",
    "noto-sans-kr": "0.4.3",
}

BASIC = [(0x20, 0x7E), (0xA0, 0xFF)]
SIGNS = [(0x2010, 0x2027), (0x202F, 0x203A), (0x20AC, 0x20AC), (0x2122, 0x2122), (0x2066, 0x2069)]
WIDE_SIGNS = [(0x3000, 0x3011), (0x3014, 0x301B), (0xFF01, 0xFF5E)]
KANA = [(0x3041, 0x3096), (0x3099, 0x30FF)]


def main() -> None:
    """Make all of them."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    words = set(_words())
    wanted = {
        "noto-sans": _of(
            *BASIC, *SIGNS, (0x100, 0x24F), (0x2B0, 0x36F), (0x400, 0x52F), (0x1E00, 0x1EFF),
            (0x20A0, 0x20BF), (0x2190, 0x2193), (0x2200, 0x22FF),
        ),
        "noto-sans-arabic": _of((0x20, 0x20), (0x600, 0x6FF), (0x200C, 0x200D), (0x2066, 0x2069)),
        "noto-sans-devanagari": _of((0x20, 0x20), (0x900, 0x97F), (0x200C, 0x200D)),
        "noto-sans-thai": _of((0x20, 0x20), (0xE00, 0xE7F), (0x200B, 0x200D)),
        # The first level of each country's own standard is what its newspapers need.
        "noto-sans-sc": _of(*WIDE_SIGNS) | _level("gb2312", 16, 55) | words,
        "noto-sans-jp": _of(*WIDE_SIGNS, *KANA) | _level("euc_jp", 16, 47) | words,
        "noto-sans-kr": _of((0x20, 0x20), *WIDE_SIGNS) | _level("euc_kr", 16, 40),
    }
    widths: dict[str, dict[str, int]] = {}
    for package, characters in wanted.items():
        font = _source(folder, package)
        asian = package.rpartition("-")[2] in {"sc", "jp", "kr"}
        own = characters - (_of(*BASIC, *SIGNS) if asian else set())
        if package in {"noto-sans-sc", "noto-sans-jp"}:
            own = {char for char in own if ord(char) >= 0x2E80}  # the rest is Noto Sans's
        _cut(font, own, keep_layout=not asian)
        target = OUT / f"{package}.ttf"
        font.save(target)
        print(f"{target.name}: {len(font.getBestCmap())} characters, {target.stat().st_size:,} bytes")
        if not asian:
            widths[package] = dict(_widths(font))
    (OUT / "widths.json").write_text(
        json.dumps(widths, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n",
        encoding="utf-8",
    )


def _of(*spans: tuple[int, int]) -> set[str]:
    return {chr(code) for first, last in spans for code in range(first, last + 1)}


def _level(codec: str, first: int, last: int) -> set[str]:
    """The rows of a standard of 94 × 94 places."""
    places = (bytes((0xA0 + row, 0xA0 + cell)) for row in range(first, last + 1) for cell in range(1, 95))
    return {char for place in places for char in place.decode(codec, errors="ignore")}


def _words() -> Iterator[str]:
    """Every Chinese character that the product says now, in Chinese or in Japanese."""
    i18n = ROOT / "jiema_app" / "i18n"
    sources: Iterable[Path] = (
        *(i18n / "locales").glob("zh/**/*.po"),
        *(i18n / "locales").glob("ja/**/*.po"),
        *(i18n / "texts").rglob("zh.md"),
        *(i18n / "texts").rglob("ja.md"),
        *(ROOT / "jiema_app" / "domain" / "catalog" / "data").glob("*.json"),
    )
    for source in sources:
        yield from (char for char in source.read_text(encoding="utf-8") if _is_han(char))


def _is_han(char: str) -> bool:
    return 0x4E00 <= ord(char) <= 0x9FFF


def _source(folder: Path, package: str) -> TTFont:
    version = PACKAGES[package]
    archive = folder / f"expo-google-fonts-{package}-{version}.tgz"
    if not archive.exists():
        wanted = f"@expo-google-fonts/{package}@{version}"
        subprocess.run(["npm", "pack", "--silent", wanted], cwd=folder, check=True)
    with tarfile.open(archive) as packed:
        member = next(
            one for one in packed if one.name.startswith(f"package/{WEIGHT}/") and one.name.endswith(".ttf")
        )
        content = packed.extractfile(member)
        assert content is not None
        (OUT / f"{package}.ttf").write_bytes(content.read())
        licence = packed.extractfile("package/LICENSE_FONT")
        assert licence is not None
        (OUT / f"{package}.OFL.txt").write_bytes(licence.read())
    return TTFont(OUT / f"{package}.ttf")


def _cut(font: TTFont, characters: set[str], *, keep_layout: bool) -> None:
    options = Options()
    options.layout_features = ["*"] if keep_layout else []
    options.hinting = False
    options.notdef_outline = True
    options.glyph_names = False
    options.name_IDs = [0, 1, 2, 4, 5, 6, 13, 14, 16, 17]  # fontdb wants a PostScript name
    options.drop_tables += ["STAT", "GDEF", "GSUB", "GPOS", "vhea", "vmtx", "VORG", "BASE"] if not keep_layout else ["STAT"]
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(sorted(characters)))
    subsetter.subset(font)


def _widths(font: TTFont) -> Iterator[tuple[str, int]]:
    """Of each character by itself, in thousandths of the size."""
    units = font["head"].unitsPerEm
    for code, name in font.getBestCmap().items():
        yield chr(code), round(font["hmtx"][name][0] * 1000 / units)


if __name__ == "__main__":
    main()
