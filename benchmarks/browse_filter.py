"""From a key to the filtered list, in a browser that is slowed down.

    python -m benchmarks.browse_filter [http://localhost:8000]

Needs the running product and a Chromium. It types words into the search of the page of all
services and takes them back, and measures each key from its event to the end of the frame
that shows the answer. Prints the figures; exits 1 when the median misses the target.
"""

import shutil
import statistics
import sys
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

TARGET_MS: Final = 100
SLOWDOWN: Final = 4
WORDS: Final = ("telegram", "a", "book", "micro", "google")
WIDTHS: Final = (390, 1440)
REST_MS: Final = 400

OPTIONS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# A message sent in an animation frame arrives when the frame has been drawn.
WATCH: Final = """() => {
  window.keyTimes = [];
  document.addEventListener("input", (event) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => window.keyTimes.push(performance.now() - event.timeStamp);
    port2.postMessage(0);
  }), true);
}"""


def measure(browser: Browser, origin: str, width: int) -> list[float]:
    """Milliseconds of every key on a screen of this width."""
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto(f"{origin}/en/browse", wait_until="networkidle")
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    page.evaluate(WATCH)
    page.focus("[data-filter-query]")
    for word in WORDS:
        _type(page, list(word))
        _type(page, ["Backspace"] * len(word))
    times: list[float] = page.evaluate("window.keyTimes")
    page.close()
    return times


def _type(page: Page, keys: list[str]) -> None:
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(REST_MS)


def main() -> int:
    origin = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"
    names = ("chromium", "chromium-browser", "google-chrome")
    installed = next(filter(None, map(shutil.which, names)), None)
    is_met = True
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed, args=OPTIONS)
        for width in WIDTHS:
            times = sorted(measure(browser, origin, width))
            middle = statistics.median(times)
            late = times[int(len(times) * 0.95)]
            print(
                f"{width} px, {SLOWDOWN}x slowdown, {len(times)} keys: "
                f"p50 {middle:.0f} ms, p95 {late:.0f} ms, max {times[-1]:.0f} ms"
            )
            is_met = is_met and middle <= TARGET_MS
        browser.close()
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
