"""Telegram's window around the Mini App, as its web client puts it there: a frame of another site."""

import json
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from playwright.sync_api import BrowserContext, Frame, Page, expect

from tests.e2e.stack import Stack
from tests.support.telegram import launch

LIGHT: Final = {
    "bg_color": "#ffffff", "secondary_bg_color": "#f1f1f4", "section_bg_color": "#ffffff",
    "text_color": "#000000", "subtitle_text_color": "#707579", "hint_color": "#707579",
    "link_color": "#3390ec", "accent_text_color": "#3390ec", "button_color": "#3390ec",
    "button_text_color": "#ffffff",
}  # fmt: skip
DARK: Final = {
    "bg_color": "#212121", "secondary_bg_color": "#0f0f0f", "section_bg_color": "#212121",
    "text_color": "#ffffff", "subtitle_text_color": "#aaaaaa", "hint_color": "#aaaaaa",
    "link_color": "#8774e1", "accent_text_color": "#8774e1", "button_color": "#8774e1",
    "button_text_color": "#ffffff",
}  # fmt: skip

WINDOW: Final = """(src) => {
  document.head.replaceChildren();
  document.body.innerHTML =
    '<button id="back" hidden>Back</button><iframe id="app" title="Mini App" allow="clipboard-write"></iframe>' +
    '<button id="main" hidden></button>';
  document.body.style.cssText = "margin:0;display:flex;flex-direction:column;height:100vh";
  const [back, app, main] = document.body.children;
  app.style.cssText = "flex:1;border:0";
  window.told = [];
  window.tell = (type, data) => app.contentWindow.postMessage(JSON.stringify({ eventType: type, eventData: data }), "*");
  addEventListener("message", ({ data }) => {
    const { eventType, eventData } = JSON.parse(data);
    told.push({ eventType, eventData });
    if (eventType === "web_app_setup_main_button") {
      main.hidden = !eventData.is_visible;
      main.textContent = eventData.text;
    }
    if (eventType === "web_app_setup_back_button") back.hidden = !eventData.is_visible;
  });
  main.onclick = () => tell("main_button_pressed", {});
  back.onclick = () => tell("back_button_pressed", {});
  app.src = src;
}"""


@dataclass
class Window:
    """Telegram, with the Mini App in it."""

    page: Page
    app: Frame

    def told(self, kind: str) -> list[Any]:
        """What the app told Telegram, of one kind."""
        found: list[Any] = self.page.evaluate(
            "(kind) => told.filter((one) => one.eventType === kind).map((one) => one.eventData)",
            kind,
        )
        return found

    def press_main(self, words: str) -> None:
        """Press Telegram's main button, which must say so."""
        button = self.page.locator("#main")
        expect(button).to_be_visible()
        expect(button).to_contain_text(words)
        button.click()

    def until_in(self) -> None:
        """Wait until the app knows whose it is."""
        expect(self.app.locator("[data-stage]")).to_have_attribute("data-phase", "in")


def fragment(init_data: str, theme: dict[str, str], version: str = "8.0") -> str:
    """What Telegram opens an app with."""
    said = {
        "tgWebAppData": init_data,
        "tgWebAppVersion": version,
        "tgWebAppPlatform": "weba",
        "tgWebAppThemeParams": json.dumps(theme),
    }
    return f"#{urlencode(said, quote_via=quote)}"


def open_window(
    context: BrowserContext,
    stack: Stack,
    person: int,
    *,
    path: str = "/tg",
    theme: dict[str, str] | None = None,
    language: str = "en",
    version: str = "8.0",
    init_data: str | None = None,
    page: Page | None = None,
) -> Window:
    """Open the app as somebody does from the bot."""
    page = page or context.new_page()
    page.goto(f"http://127.0.0.1:{stack.sandbox_port}/")
    signed = launch(person, language=language) if init_data is None else init_data
    address = f"{stack.origin}{path}{fragment(signed, theme or LIGHT, version)}"
    page.evaluate(WINDOW, address)
    element = page.wait_for_selector("#app")
    assert element is not None
    app = element.content_frame()
    assert app is not None
    return Window(page, app)
