"""Links between the pages of the documentation lead somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PAGES: Final = [ROOT / "README.md", ROOT / "sandbox" / "README.md", *ROOT.glob("docs/**/*.md")]
LINK: Final = re.compile(r"\]\((?!https?://)(?P<path>[^)#\s]*)(?:#(?P<anchor>[^)\s]+))?\)")
HEADING: Final = re.compile(r"^#+ (?P<words>.+)$", re.MULTILINE)
FENCED: Final = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchors_of(page: Path) -> set[str]:
    """Names under which the headings of a page can be linked to."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    return {
        re.sub(r"[^\w\- ]", "", heading["words"].lower()).replace(" ", "-")
        for heading in HEADING.finditer(text)
    }


def broken_links(page: Path) -> Iterator[str]:
    for link in LINK.finditer(page.read_text(encoding="utf-8")):
        target = page.parent / link["path"] if link["path"] else page
        if not target.exists() or (link["anchor"] and link["anchor"] not in anchors_of(target)):
            yield f"{page.relative_to(ROOT)}: {link[0]}"


def test_every_link_leads_somewhere() -> None:
    assert [link for page in PAGES for link in broken_links(page)] == []


def test_every_decision_is_listed() -> None:
    listed = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    records = sorted(ROOT.glob("docs/decisions/0*.md"))
    assert records
    assert [record.name for record in records if f"({record.name})" not in listed] == []
