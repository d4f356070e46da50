"""Draw the icons of the installed app from assets/favicon.svg, with Chromium.

    .venv/bin/python tools/artwork/draw_app_icons.py

An `any` icon is the mark alone. Systems cut a maskable icon and Apple's to their own
shapes, so those are the mark in white on a full ground, within the middle 80 percent.
"""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

ASSETS = Path(__file__).resolve().parents[2] / "assets"
ACCENT = "#0a6b50"

ICONS = {
    # file: (pixels, share of the width that the mark takes, on a ground)
    "app/icon-192.png": (192, 1.0, False),
    "app/icon-512.png": (512, 1.0, False),
    "app/maskable-512.png": (512, 0.58, True),
    "app/apple-touch-icon.png": (180, 0.66, True),
}


def main() -> None:
    mark = (ASSETS / "favicon.svg").read_text(encoding="utf-8")
    turned = mark.replace(ACCENT, "#TMP").replace("#fff", ACCENT).replace("#TMP", "#fff")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (pixels, share, on_ground) in ICONS.items():
            page = browser.new_page(viewport={"width": pixels, "height": pixels})
            ground = ACCENT if on_ground else "transparent"
            page.set_content(
                f"<style>body{{margin:0;height:100vh;display:grid;place-items:center;"
                f"background:{ground}}}svg{{width:{share * 100}vw}}</style>"
                + (turned if on_ground else mark)
            )
            target = ASSETS / name
            target.parent.mkdir(exist_ok=True)
            page.screenshot(path=target, omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
