"""Say which service has which drawing of simple-icons: writes domain/catalog/data/icons.json.

    make build                            # brings simple-icons
    .venv/bin/python tools/artwork/map_icons.py

A drawing is proposed when its title, slug or other name equals a service's name, slug or
alias. REFUSED and BY_HAND are the review of that: read the printed list after each new
version, and look up the `source` of whatever is new. A brand that shares no more than a
word with a service must not stand beside it; a lettered tile is always right.
"""

import json
import re
import unicodedata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "jiema_app" / "domain" / "catalog" / "data"
PACKAGE = ROOT / ".web" / "work" / "node_modules" / "simple-icons"

REFUSED = {
    "astro": "the drawing is the web framework's, the service streams television",
    "hermes": "a parcel service in Germany, not the fashion house",
    "keeta": "Meituan's brand abroad has a mark of its own",
    "max": "Cycling '74's, not the messenger's",
    "metro": "the JavaScript bundler's, not the wholesaler's",
    "urent": "petrol stations called JET",
}
"""Proposed by a shared word alone, and wrong."""

UNREADABLE = {"aliexpress", "coinbase", "nextdoor", "pegasus-airlines", "ticketmaster"}
"""A whole word in thin letters: at the size of a tile, a letter says more."""

BY_HAND = {
    "1and1": "1and1",
    "airasia-move": "airasia",
    "alibaba": "alibabadotcom",
    "apple": "apple",
    "auchan-online": "auchan",
    "google": "google",
    "google-voice": "google",
    "instagram": "instagram",
    "lightning-ai": "lightning",
    "opera-mini": "opera",
    "proton-mail": "protonmail",
    "shell-box": "shell",
    "shell-go": "shell",
    "uber": "uber",
    "weibo": "sinaweibo",
    "whatsapp-business": "whatsapp",
    "xiaohongshu": "xiaohongshu",
    "yamaha-motor": "yamahamotorcorporation",
}
"""The same brand under another name, or one of several that were proposed."""

SPELLED = {"+": "plus", ".": "dot", "&": "and", "ı": "i", "ł": "l", "ß": "ss", "ø": "o", "đ": "d"}


def icon_slug(icon: dict) -> str:
    """The name of the file, as simple-icons derives it from a title."""
    if "slug" in icon:
        return icon["slug"]
    spelled = "".join(SPELLED.get(char, char) for char in icon["title"].lower())
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFD", spelled))


def plain(text: str) -> str:
    """A name without marks and spaces, for comparing."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFD", text.lower()))


def main() -> None:
    icons = json.loads((PACKAGE / "data" / "simple-icons.json").read_text(encoding="utf-8"))
    by_name: dict[str, str] = {}
    for icon in icons:
        slug = icon_slug(icon)
        for name in (slug, icon["title"], *icon.get("aliases", {}).get("aka", [])):
            by_name.setdefault(plain(name), slug)
    brands = {icon_slug(icon): icon for icon in icons}

    chosen = {}
    for service in json.loads((DATA / "services.json").read_text(encoding="utf-8")):
        slug = service["slug"]
        if service["compliance"] == "denied" or slug in REFUSED or slug in UNREADABLE:
            continue
        names = [slug, service["name"], *re.split(r"[/(),]", service["name"]), *service["aliases"]]
        found = list(dict.fromkeys(by_name[plain(n)] for n in names if plain(n) in by_name))
        if slug in BY_HAND:
            found = [BY_HAND[slug]]
        if len(found) > 1:
            raise SystemExit(f"{slug}: choose one of {found} in BY_HAND")
        if found:
            brand = brands[found[0]]
            if "license" in brand:
                raise SystemExit(f"{slug}: the drawing is not CC0: {brand['license']}")
            chosen[slug] = {"mark": found[0], "colour": brand["hex"].lower()}
            print(f"{service['name']:32} {brand['title']:28} {brand['source']}")
    missing = set(BY_HAND) - set(chosen)
    assert not missing, f"BY_HAND names what is not on sale: {missing}"
    rows = (f'  "{slug}": {json.dumps(icon)}' for slug, icon in sorted(chosen.items()))
    (DATA / "icons.json").write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
    print(len(chosen), "services have a drawing")


if __name__ == "__main__":
    main()
