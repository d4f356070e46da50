"""Every page of the sitemap as a robot without scripts reads it: ``python -m benchmarks.whole_site URL``.

Each must answer 200, be canonical to itself, have one h1, a title and a description, say in which
language and direction it is written, and hold no sentence of another language (a language detector
reads the main text). What is wrong is listed; the exit status says whether anything is.
"""

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import Pool
from typing import Final

import httpx
import lxml.html
from py3langid import classify, set_languages

from jiema_app.i18n.locale_list import LOCALES, language_tag, text_direction

CONNECTIONS: Final = 8
SENTENCE_MIN: Final = 60
"""Characters from which on a detector is sure of a language."""
MIXED: Final = frozenset({"tl"})
"""Languages whose everyday form borrows so much English that a detector can't decide."""
NAMES_AND_CODE: Final = ".//code | .//pre | .//bdi | .//nav | .//*[@lang] | .//script"
"""Left out of what is read: names of services, wire examples, words of other languages."""
NAMES: Final = ("iCloud", "App Store")
"""In sentences of mostly names."""
BLOCKS: Final = ".//p | .//li | .//td | .//dd | .//h1 | .//h2 | .//h3 | .//summary | .//label"


@dataclass(slots=True)
class Report:
    """What was seen of some pages."""

    pages: int = 0
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Crawl, and print what is wrong."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("url", help="of the shop, such as http://localhost:8000")
    options.add_argument("--locales", nargs="*", default=list(LOCALES))
    options.add_argument("--every", type=int, default=1, help="only each so many-th page")
    options.add_argument("--shown", type=int, default=60, help="faults that are printed")
    chosen = options.parse_args(arguments)
    began = time.monotonic()
    with Pool() as pool:
        jobs = [(chosen.url.rstrip("/"), locale, chosen.every) for locale in chosen.locales]
        reports = dict(zip(chosen.locales, pool.starmap(_crawl, jobs, chunksize=1), strict=True))
    faults = [fault for report in reports.values() for fault in report.faults]
    for fault in faults[: chosen.shown]:
        print(fault)
    pages = sum(report.pages for report in reports.values())
    kinds = Counter(fault.partition(": ")[2].partition(":")[0] for fault in faults)
    print(
        f"{pages} pages in {time.monotonic() - began:.0f} s, {len(faults)} faults"
        f"{f' {dict(kinds)}' if faults else ''}"
    )
    return bool(faults)


def _crawl(url: str, locale: str, every: int) -> Report:
    return asyncio.run(_crawl_language(url, locale, every))


async def _crawl_language(url: str, locale: str, every: int) -> Report:
    report = Report()
    set_languages(sorted({*LOCALES, "en"}))
    async with httpx.AsyncClient(timeout=30) as client:
        listed = await client.get(f"{url}/sitemaps/{locale}.xml")
        listed.raise_for_status()
        addresses = _addresses(listed.content)[::every]
        queue = iter(addresses)

        async def work() -> None:
            for address in queue:
                answer = await client.get(address)
                report.pages += 1
                report.faults += [
                    f"{address}: {fault}" for fault in _faults(answer, address, locale)
                ]

        await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    return report


def _addresses(sitemap: bytes) -> list[str]:
    root = lxml.html.etree.fromstring(sitemap)
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    return [str(each) for each in root.xpath("//s:url/s:loc/text()", namespaces=names)]


def _faults(answer: httpx.Response, address: str, locale: str) -> Iterator[str]:
    if answer.status_code != httpx.codes.OK:
        yield f"status {answer.status_code}"
        return
    page = lxml.html.fromstring(answer.text)
    (html,) = page.xpath("/html")
    if html.get("lang") != language_tag(locale):
        yield f"lang: {html.get('lang')}"
    if html.get("dir") != text_direction(locale):
        yield f"dir: {html.get('dir')}"
    if (found := len(page.xpath("//h1"))) != 1:
        yield f"h1: {found}"
    if not (page.findtext(".//title") or "").strip():
        yield "title: none"
    if not page.xpath("//meta[@name='description']/@content"):
        yield "description: none"
    if page.xpath("//link[@rel='canonical']/@href") != [address]:
        yield "canonical: elsewhere"
    if locale not in {"en", *MIXED}:
        yield from (f"English: {text[:90]}" for text in _passages(page) if _is_english(text))


def _is_english(text: str) -> bool:
    if len(text) < SENTENCE_MIN or any(name in text for name in NAMES):
        return False
    return bool(classify(text)[0] == "en")


def _passages(page: lxml.html.HtmlElement) -> Iterator[str]:
    """What stands in paragraphs, cells and items of the main part, without names."""
    for main_part in page.xpath("//main"):
        for name in main_part.xpath(NAMES_AND_CODE):
            name.drop_tree()
        for block in main_part.xpath(BLOCKS):
            text = " ".join(block.text_content().split())
            if not block.xpath(".//p | .//li | .//td | .//h2 | .//h3"):
                yield text


if __name__ == "__main__":
    sys.exit(main())
