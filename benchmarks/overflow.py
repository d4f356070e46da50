"""What is too long for its place: ``python -m benchmarks.overflow URL [--sign-in LINK]``.

Every page in every language is laid out by Chromium at 360, 390 and 1440 px. Listed are documents
that are wider than the screen, words that a box cuts off, and buttons, tabs and table heads that take
more lines than they have in English. What scrolls by itself or ends in an ellipsis by design is left
out.
"""

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, Page, async_playwright

from jiema_app.i18n.locale_list import LOCALES
from jiema_app.i18n.long_texts import articles, slugs

WIDTHS: Final = (360, 390, 1440)
SHOP: Final = (
    "", "browse", "countries", "service/telegram", "service/openai", "country/my", "country/us",
    "login", "api-docs", "blog", "blog/tag/guides", "nothing-here",
)  # fmt: skip
OWN: Final = (
    "orders", "account", "account/topup", "account/statement", "account/api-keys",
    "account/sessions",
)  # fmt: skip

LOOK: Final = """() => {
  const faults = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) faults.push(`wide: ${root.scrollWidth} of ${root.clientWidth}`);
  const told = e => (e.innerText || e.getAttribute("aria-label") || "").trim().replace(/\\s+/g, " ").slice(0, 50);
  const scrolls = e => {
    for (let p = e.parentElement; p; p = p.parentElement)
      if (["auto", "scroll"].includes(getComputedStyle(p).overflowX)) return true;
    return false;
  };
  const unseen = e => {
    for (let p = e; p; p = p.parentElement) {
      const box = p.getBoundingClientRect(), style = getComputedStyle(p);
      // For screen readers alone.
      if (style.position === "absolute" && box.width <= 1 && box.height <= 1) return true;
    }
    return false;
  };
  for (const e of document.querySelectorAll("body *")) {
    const box = e.getBoundingClientRect();
    if (!box.width || !box.height || !e.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) continue;
    const style = getComputedStyle(e);
    if (unseen(e) || box.width <= 1 || style.clipPath.startsWith("inset") || e.closest(".sr-only")) continue;
    const hides = style.overflowX === "hidden" || style.overflowX === "clip";
    // Names of three brands may be cut after two lines.
    const clamped = style.webkitLineClamp !== "none" && e.scrollHeight > e.clientHeight + 1;
    if (hides && !clamped && style.textOverflow !== "ellipsis" && e.scrollWidth > e.clientWidth + 1 && told(e))
      faults.push(`cut: ${told(e)}`);
    if (e.matches("button, a[class*=rounded-xl], summary, [role=tab]") && e.scrollWidth > e.clientWidth + 1)
      faults.push(`cut button: ${told(e)}`);
    if (e.matches("button, a, th, h1, h2, h3, p, li, td, dd, dt, label, span") && told(e)) {
      if ((box.right > root.clientWidth + 1 || box.left < -1) && !scrolls(e)) faults.push(`beside: ${told(e)}`);
    }
  }
  return [...new Set(faults)];
}"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Look at all of it, and print what is too long."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("url", help="of the shop, such as http://localhost:8000")
    options.add_argument("--sign-in", help="a link that signs in: then a member's pages, too")
    options.add_argument("--locales", nargs="*", default=list(LOCALES))
    options.add_argument("--widths", nargs="*", type=int, default=list(WIDTHS))
    options.add_argument("--pages", nargs="*")
    options.add_argument("--browser", default="/usr/bin/chromium")
    chosen = options.parse_args(arguments)
    began = time.monotonic()
    has_own = Path(chosen.browser).exists()
    faults, pages = asyncio.run(_look(chosen, chosen.browser if has_own else None))
    for fault in sorted(set(faults)):
        print(fault)
    kinds = Counter(fault.split(" | ")[-1].partition(":")[0] for fault in faults)
    print(
        f"{pages} layouts in {time.monotonic() - began:.0f} s, {len(faults)} faults {dict(kinds)}"
    )
    return bool(faults)


async def _look(chosen: argparse.Namespace, program: str | None) -> tuple[list[str], int]:
    texts = [*sorted(slugs("pages")), *(each.path for each in articles("en")[:2])]
    paths = chosen.pages or [*SHOP, *texts, *(OWN if chosen.sign_in else ())]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        faults = await _layouts(browser, chosen, paths)
        await browser.close()
    return faults, len(chosen.locales) * len(chosen.widths) * len(paths)


async def _layouts(browser: Browser, chosen: argparse.Namespace, paths: Sequence[str]) -> list[str]:
    context = await browser.new_context()
    page = await context.new_page()
    if chosen.sign_in:
        await page.goto(chosen.sign_in)
    faults: list[str] = []
    for locale in chosen.locales:
        for path in paths:
            address = f"{chosen.url.rstrip('/')}/{locale}/{path}".rstrip("/")
            await page.goto(address, wait_until="load")
            await page.wait_for_timeout(350 if path in OWN else 60)
            for width in chosen.widths:
                found = await _at(page, width)
                faults += [f"{locale} /{path} {width} | {fault}" for fault in found]
    return faults


async def _at(page: Page, width: int) -> list[Any]:
    await page.set_viewport_size({"width": width, "height": 900})
    return list(await page.evaluate(LOOK))


if __name__ == "__main__":
    sys.exit(main())
