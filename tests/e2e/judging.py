"""What is wrong with a page for somebody: for those who cannot see it, or have a small screen."""

from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

OUTSIDE: Final = """() => {
  const scrolls = (one) => ["auto", "scroll", "hidden"].includes(getComputedStyle(one).overflowX);
  const inside = (one) => {
    for (let around = one.parentElement; around; around = around.parentElement) {
      if (around !== document.body && scrolls(around)) return true;
    }
    return false;
  };
  return [...document.querySelectorAll("main *")].filter((one) => {
    const box = one.getBoundingClientRect();
    const sticksOut = box.right > innerWidth + 1 || box.left < -1;
    return sticksOut && box.width > 1 && one.checkVisibility() && !inside(one);
  }).map((one) => `${one.tagName} ${one.textContent.slice(0, 40)}`);
}"""
"""The frame of every page cuts off what is too wide, so the document never is."""

FINGER_PX: Final = 44

TOUCHED: Final = """(least) => {
  const covers = (one) => getComputedStyle(one, "::after").position === "absolute";
  const inSentence = (one) =>
    getComputedStyle(one).display === "inline" &&
    one.parentElement.textContent.trim().length > one.textContent.trim().length;
  const controls = "a[href], button, input, select, textarea, summary";
  return [...document.querySelectorAll(controls)].filter((one) => {
    const box = one.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1 || !one.checkVisibility({ opacityProperty: true })) return false;
    // What has a label is touched there; a link may cover more than its words.
    if (one.labels?.length && !one.matches("select, input:not([type=radio], [type=checkbox])")) return false;
    if (one.classList.contains("sr-only") || covers(one) || inSentence(one)) return false;
    return Math.min(box.width, box.height) < least - 0.5;
  }).map((one) => {
    const box = one.getBoundingClientRect();
    return `${one.tagName} ${one.textContent.trim().slice(0, 30)} ${box.width}x${box.height}`;
  });
}"""


MOVED: Final = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((one) => (sum += one.value)))
    .observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
})"""


def violations(page: Page) -> list[str]:
    """What axe complains about, with the places."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary'][:200]}"
        for rule in found
        for node in rule["nodes"][:3]
    ]


def outside(page: Page) -> list[str]:
    """What sticks out of the screen's sides and cannot be scrolled to."""
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        return ["the document is wider than the screen"]
    return list(page.evaluate(OUTSIDE))


def too_small_to_touch(page: Page) -> list[str]:
    """Controls that a finger would miss. The page must be of a touched screen."""
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    return list(page.evaluate(TOUCHED, FINGER_PX))


def moved(page: Page) -> float:
    """How much of the page has moved since it was opened, as Lighthouse counts it."""
    return float(page.evaluate(MOVED))
