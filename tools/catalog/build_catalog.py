"""Make the catalogue files of the product from the raw lists and our curation.

Usage, from the root of the repository::

    python tools/catalog/build_catalog.py --services raw/services.json \
        --countries raw/countries.json

The raw lists are open facts gathered elsewhere (see the ``SOURCES.md`` beside the
output) and are not part of the repository:

* services: ``[{"code": "tg", "name": "Telegram", "rank": 6}, ...]``
* countries: ``[{"id": 0, "iso2": "RU", "dial": "7"}, ...]``

Judgement lives in this directory, readable as a diff:

* ``curation.psv``: one line for each service that we list;
* ``countries.json``: dropped ids, sanctions, order, and short names;
* ``categories.json``: the vocabulary of shelves, copied to the product as it is.

The result depends only on those inputs and on the CLDR release inside Babel; no
clock, no network. Any contradiction stops the build with a message.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel import Locale

HERE = Path(__file__).resolve().parent
OUTPUT = HERE.parents[1] / "jiema_app" / "domain" / "catalog" / "data"

LOCALES = tuple("en zh ru es pt fr de it tr ar fa hi id vi th tl ja ko uk pl ms".split())
CLDR_LOCALES = {"zh": "zh_Hans", "tl": "fil"}
"""Where our URL code is not the name that CLDR files the language under."""

COLUMNS = ("code", "name", "category", "verdict", "aliases", "slug")
MIN_COLUMNS = 3
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_NAME_LENGTH = 40

SUSPICIOUS = re.compile(
    r"bank|banc|banq|банк|pay(?!back)|плат|cash|credit|kredit|cred\b|loan|lend|wallet"
    r"|money|finance|financ|fintech|pinjam|rupiah|insur|invest|tax\b|gov|health|clinic"
    r"|pharm|apte[ck]|аптек|casino|bet\b|^bet|lotto|lottery|bingo|poker|rummy|slots"
    r"|escort|remit|transfer",
    re.IGNORECASE,
)
"""Words that nobody may let through by oversight. A listed service whose name has
one must be denied, warned about, or carry the verdict ``ok`` (= "yes, I looked")."""


class CurationError(Exception):
    """The curation contradicts itself or the raw lists."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One curated service before it has a place in the popularity order."""

    code: str
    name: str
    category: str
    compliance: str
    reason: str | None
    aliases: tuple[str, ...]
    slug: str


def slugify(name: str) -> str:
    """Return ``name`` as a lower-case ASCII slug; empty if it has no Latin letters."""
    decomposed = unicodedata.normalize("NFKD", name.replace("&", " and "))
    ascii_name = decomposed.encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name.replace("'", "")).strip("-")


def parse_verdict(verdict: str, name: str, code: str) -> tuple[str, str | None]:
    """Turn the verdict column into a compliance class and its reason.

    ``!reason`` denies, ``?reason`` warns, ``ok`` allows a suspicious name, and an
    empty column allows any other.

    Raises:
        CurationError: The verdict is unknown, or a suspicious name has none.
    """
    if verdict[:1] in {"!", "?"} and re.fullmatch(r"[a-z_]+", verdict[1:]):
        return ("denied" if verdict[0] == "!" else "warn"), verdict[1:]
    if verdict not in {"", "ok"}:
        message = f"{code}: unknown verdict {verdict!r}"
        raise CurationError(message)
    if verdict == "" and SUSPICIOUS.search(name):
        message = f"{code}: {name!r} looks regulated; say !reason, ?reason or ok"
        raise CurationError(message)
    return "allowed", None


def aliases_of(cell: str, name: str, raw_name: str) -> tuple[str, ...]:
    """Return the search words of the aliases column, without what the name says."""
    words = [word.strip().lower() for word in cell.split(",")]
    # The supplier's own spelling is what resellers paste into the search box, unless
    # it is a list of names or differs by punctuation only.
    if not re.search(r"[,/+]", raw_name) and slugify(raw_name) != slugify(name):
        words.append(raw_name.lower())
    useless = {"", name.lower()}
    return tuple(word for word in dict.fromkeys(words) if word not in useless)


def parse_line(line: str, raw_names: dict[str, str]) -> Entry:
    """Read one line of ``curation.psv``; ``=`` as the name keeps the raw name.

    Raises:
        CurationError: The line is malformed, names a code that the raw list does not
            have, or lacks a verdict that it needs.
    """
    cells = [cell.strip() for cell in line.split("|")]
    if not MIN_COLUMNS <= len(cells) <= len(COLUMNS):
        message = f"{line!r} has {len(cells)} columns"
        raise CurationError(message)
    cells += [""] * (len(COLUMNS) - len(cells))
    code, name, category, verdict, aliases, slug = cells
    if code not in raw_names:
        message = f"unknown code {code!r}"
        raise CurationError(message)
    raw_name = raw_names[code].strip()
    name = raw_name if name == "=" else name
    compliance, reason = parse_verdict(verdict, f"{name} {raw_name}", code)
    return Entry(
        code=code,
        name=name,
        category=category,
        compliance=compliance,
        reason=reason,
        aliases=aliases_of(aliases, name, raw_name),
        slug=slug or slugify(name),
    )


def parse_curation(text: str, raw_names: dict[str, str]) -> list[Entry]:
    """Read ``curation.psv``, skipping blank lines and comments.

    Raises:
        CurationError: Names every bad line, so that one run shows them all.
    """
    entries: list[Entry] = []
    faults: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            entries.append(parse_line(line, raw_names))
        except CurationError as error:
            faults.append(f"line {number}: {error}")
    if faults:
        raise CurationError("\n".join(faults))
    return entries


def check_entries(entries: list[Entry], categories: set[str], raw_codes: set[str]) -> None:
    """Stop on what a reader of the file could trip over.

    A slug may not be another service's code, listed or not: orders take either in one
    field, so a clash would buy a number for the wrong service.

    Raises:
        CurationError: Names every fault found, so that one run shows them all.
    """
    faults: list[str] = []
    seen: dict[str, str] = {}
    for entry in entries:
        for key in (f"code {entry.code}", f"slug {entry.slug}"):
            if key in seen:
                faults.append(f"{entry.code}: {key} is also used by {seen[key]}")
            seen[key] = entry.code
        if not SLUG.fullmatch(entry.slug):
            faults.append(f"{entry.code}: bad slug {entry.slug!r}")
        if entry.slug in raw_codes - {entry.code}:
            faults.append(f"{entry.code}: slug {entry.slug!r} is another's code")
        if entry.category not in categories:
            faults.append(f"{entry.code}: unknown category {entry.category!r}")
        if not entry.name or len(entry.name) > MAX_NAME_LENGTH:
            faults.append(f"{entry.code}: bad name {entry.name!r}")
        if not re.search(r"[A-Za-z0-9]", entry.name):
            faults.append(f"{entry.code}: no Latin letters in {entry.name!r}")
    if faults:
        raise CurationError("\n".join(faults))


def service_rows(
    entries: list[Entry], ranks: dict[str, int], leaders: list[str]
) -> list[dict[str, Any]]:
    """Order the services: our leaders first, then by the raw list's rank."""
    place = {code: index for index, code in enumerate(leaders)}
    ordered = sorted(
        entries,
        key=lambda entry: (place.get(entry.code, len(leaders)), ranks[entry.code]),
    )
    return [
        {
            "code": entry.code,
            "slug": entry.slug,
            "name": entry.name,
            "category": entry.category,
            "popularity": popularity,
            "aliases": list(entry.aliases),
            "compliance": entry.compliance,
            "reason": entry.reason,
        }
        for popularity, entry in enumerate(ordered, start=1)
    ]


def flag_of(iso2: str) -> str:
    """Return the flag emoji: the two letters as regional indicator symbols."""
    return "".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in iso2)


def country_rows(raw: list[dict[str, Any]], rules: dict[str, Any]) -> list[dict[str, Any]]:
    """Name, order and judge the number countries.

    Raises:
        CurationError: Two ids are left for one country, or a rule names a country
            that is not in the raw list.
    """
    kept = [row for row in raw if str(row["id"]) not in rules["dropped_ids"]]
    codes = [str(row["iso2"]) for row in kept]
    if len(set(codes)) != len(codes):
        message = "two ids for one country: extend dropped_ids"
        raise CurationError(message)
    unknown = {*rules["popular"], *rules["sanctioned"], *rules["names"]} - {*codes}
    if unknown:
        message = f"countries.json names unknown countries: {sorted(unknown)}"
        raise CurationError(message)
    territories = {code: Locale.parse(CLDR_LOCALES.get(code, code)).territories for code in LOCALES}
    place = {iso2: index for index, iso2 in enumerate(rules["popular"])}
    # Countries that nobody asked about yet follow in the order of their ids.
    kept.sort(key=lambda row: (place.get(row["iso2"], len(place)), row["id"]))
    rows = []
    for popularity, row in enumerate(kept, start=1):
        iso2 = str(row["iso2"])
        short = rules["names"].get(iso2, {})
        sanctioned = iso2 in rules["sanctioned"]
        rows.append(
            {
                "id": int(row["id"]),
                "slug": iso2.lower(),
                "iso2": iso2,
                "flag": flag_of(iso2),
                "dialCode": f"+{row['dial']}",
                "popularity": popularity,
                "compliance": "denied" if sanctioned else "allowed",
                "reason": "sanctioned" if sanctioned else None,
                "names": {code: short.get(code) or territories[code][iso2] for code in LOCALES},
            }
        )
    return rows


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write one compact object a line, so that a diff shows one service a line."""
    lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def build(services_path: Path, countries_path: Path, output: Path) -> str:
    """Build all three files into ``output`` and return a summary line.

    Raises:
        CurationError: Nothing was written.
    """
    raw_services = json.loads(services_path.read_text(encoding="utf-8"))
    raw_countries = json.loads(countries_path.read_text(encoding="utf-8"))
    categories = json.loads((HERE / "categories.json").read_text(encoding="utf-8"))
    rules = json.loads((HERE / "countries.json").read_text(encoding="utf-8"))
    leaders = (HERE / "leaders.txt").read_text(encoding="utf-8").split()
    # Codes without a rank were added to the list last: they go to the end.
    ranks = {
        row["code"]: row["rank"] or len(raw_services) + index
        for index, row in enumerate(raw_services)
    }
    raw_names = {row["code"]: row["name"] for row in raw_services}
    entries = parse_curation((HERE / "curation.psv").read_text(encoding="utf-8"), raw_names)
    check_entries(entries, {row["id"] for row in categories}, set(raw_names))
    missing = set(leaders) - {entry.code for entry in entries}
    if missing:
        message = f"leaders.txt names services that are not listed: {sorted(missing)}"
        raise CurationError(message)
    services = service_rows(entries, ranks, leaders)
    countries = country_rows(raw_countries, rules)
    write_rows(output / "services.json", services)
    write_rows(output / "countries.json", countries)
    write_rows(output / "categories.json", categories)
    on_sale = sum(row["compliance"] != "denied" for row in services)
    return (
        f"{len(services)} services, {on_sale} on sale; "
        f"{len(countries)} countries; {len(categories)} categories\n"
    )


def main() -> int:
    """Run the build; 0 when the files were written, 1 when the curation is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--services", type=Path, required=True)
    parser.add_argument("--countries", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    arguments = parser.parse_args()
    try:
        summary = build(arguments.services, arguments.countries, arguments.output)
    except CurationError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(summary)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
