"""From a key to the filtered list, in a browser that is slowed down.

    python -m benchmarks.browse_filter [http://localhost:8000]

Needs the running product and a Chromium. It types words into the search of the page of all
services and takes them back, and measures each key from its event to the end of the frame
that shows the answer. That is done several times, fast and slowly: a key's figure is the
median of its times. Prints the figures; exits 1 when a key misses the target.
"""

import itertools
import shutil
import statistics
import sys
from typing import Final

from playwright.sync_api import Browser, sync_playwright

TARGET_MS: Final = 100
SLOWDOWN: Final = 4
WORDS: Final = ("telegram", "a", "book", "micro", "google")
KEYS: Final = [key for word in WORDS for key in (*word, *["Backspace"] * len(word))]
WIDTHS: Final = (390, 1440)
ROUNDS: Final = 3
RESTS_MS: Final = (150, 400)
"""From one key to the next: of somebody who types fast, and of somebody who waits for the
list, so that keys fall among what is still drawn for the key before."""
PATIENCE_MS: Final = 1_000
"""Until the last key is answered."""

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


def measure(browser: Browser, origin: str, width: int, rest_ms: int) -> list[float]:
    """Milliseconds of every key on a screen of this width."""
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto(f"{origin}/en/browse", wait_until="networkidle")
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    page.evaluate(WATCH)
    page.focus("[data-filter-query]")
    for key in KEYS:
        page.keyboard.press(key)
        page.wait_for_timeout(rest_ms)
    page.wait_for_timeout(PATIENCE_MS)
    times: list[float] = page.evaluate("window.keyTimes")
    page.close()
    if len(times) != len(KEYS):
        raise RuntimeError(f"{len(KEYS)} keys were pressed, {len(times)} frames answered.")
    return times


def _tell(times: list[float]) -> str:
    ordered = sorted(times)
    middle, late = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    return f"p50 {middle:.0f} ms, p95 {late:.0f} ms, longest {ordered[-1]:.0f} ms"


def main() -> int:
    origin = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"
    names = ("chromium", "chromium-browser", "google-chrome")
    installed = next(filter(None, map(shutil.which, names)), None)
    is_met = True
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed, args=OPTIONS)
        for width, rest_ms in itertools.product(WIDTHS, RESTS_MS):
            rounds = [measure(browser, origin, width, rest_ms) for _ in range(ROUNDS)]
            medians = [statistics.median(times) for times in zip(*rounds, strict=True)]
            print(
                f"{width} px, {SLOWDOWN}x slowdown, {len(KEYS)} keys, one every {rest_ms} ms: "
                f"{_tell(medians)} (the longest of all: {max(map(max, rounds)):.0f} ms)"
            )
            is_met = is_met and max(medians) <= TARGET_MS
        browser.close()
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
