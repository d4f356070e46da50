"""The sandbox's phone in a browser, with a bot that the test plays and a Mini App of a page."""

import http.server
import json
import threading
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.telegram.world import SUPPORT_GROUP, TOKEN
from tests.sandbox.conftest import LiveSandbox
from tests.support.polling import PATIENCE_S
from tests.support.ports import free_port

if TYPE_CHECKING:
    from pathlib import Path

MINI_APP = """<!doctype html><meta charset="utf-8"><title>Mini App</title>
<output id="said"></output><output id="launch"></output>
<script>
const said = [];
const say = (eventType, eventData = {}) =>
  parent.postMessage(JSON.stringify({ eventType, eventData }), "*");
addEventListener("message", (event) => {
  const { eventType, eventData } = JSON.parse(event.data);
  said.push(eventType);
  document.getElementById("said").textContent = said.join(" ");
  if (eventType === "main_button_pressed")
    say("web_app_open_popup", { title: "Buy?", message: "For 0.20",
      buttons: [{ id: "yes", type: "default", text: "Buy now" }, { id: "", type: "cancel" }] });
  if (eventType === "popup_closed" && eventData.button_id === "yes") say("web_app_close");
  if (eventType === "theme_changed") document.title = eventData.theme_params.bg_color;
});
const launch = new URLSearchParams(location.hash.slice(1));
document.getElementById("launch").textContent = JSON.stringify({
  data: launch.get("tgWebAppData"), version: launch.get("tgWebAppVersion"),
  platform: launch.get("tgWebAppPlatform"),
  colour: JSON.parse(launch.get("tgWebAppThemeParams")).bg_color,
  start: new URLSearchParams(location.search).get("tgWebAppStartParam") });
for (const name of ["iframe_ready", "web_app_ready", "web_app_request_theme",
  "web_app_request_viewport", "web_app_request_safe_area", "web_app_request_content_safe_area"])
  say(name);
say("web_app_setup_main_button", { is_visible: true, is_active: true, text: "Buy for 0.20" });
say("web_app_setup_back_button", { is_visible: true });
</script>"""


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def mini_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A page that speaks as Telegram's script does; its port."""
    folder = tmp_path_factory.mktemp("mini-app")
    (folder / "tg").mkdir()
    (folder / "tg" / "index.html").write_text(MINI_APP, "utf-8")
    handler = partial(QuietHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


class World:
    """The bot and the other people, over plain HTTP."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=PATIENCE_S, trust_env=False)

    def call(self, method: str, **params: Any) -> Any:
        answer = self.http.post(f"/bot{TOKEN}/{method}", json=params).json()
        assert answer["ok"], answer
        return answer["result"]

    def next_update(self) -> Any:
        (update,) = self.call("getUpdates", timeout=50)
        self.call("getUpdates", offset=update["update_id"] + 1, timeout=0)
        return update

    def control(self, path: str, **body: Any) -> Any:
        answer = self.http.post(f"/control/telegram/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, mini_app: int) -> Iterator[LiveSandbox]:
    """A sandbox whose shop is the Mini App's page."""
    folder: Path = tmp_path_factory.mktemp("sandbox")
    sandbox = LiveSandbox(folder, free_port(), {"PORT": str(mini_app)})
    sandbox.start()
    yield sandbox
    assert "Error" not in sandbox.end(by_kill=False)


@pytest.fixture
def world(served: LiveSandbox) -> Iterator[World]:
    world = World(served.url)
    world.http.post("/control/reset").raise_for_status()
    yield world
    world.http.close()


@pytest.fixture(params=[390, 1440])
def phone(request: pytest.FixtureRequest, browser: Browser, served: LiveSandbox) -> Iterator[Page]:
    """A browser of two widths, in which nothing may go wrong unnoticed."""
    context = browser.new_context(
        base_url=served.url, viewport={"width": request.param, "height": 844}, locale="en-US"
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def test_a_chat_with_the_bot(phone: Page, world: World) -> None:
    person = world.control("person")["user"]["id"]
    phone.goto(f"/telegram/phone?person={person}&link=https://t.me/jiema_my_bot?start=FRIEND")
    phone.get_by_role("button", name="START", exact=True).click()
    assert world.next_update()["message"]["text"] == "/start FRIEND"
    markup = {"inline_keyboard": [[{"text": "Buy", "callback_data": "buy"}]]}
    sent = world.call(
        "sendMessage", chat_id=person, text="<b>Welcome</b> <code>+60123</code>",
        parse_mode="HTML", reply_markup=markup,
    )  # fmt: skip
    expect(phone.locator(".body b")).to_have_text("Welcome")
    phone.get_by_role("button", name="Copy +60123").click()
    expect(phone.get_by_role("status")).to_contain_text("Copied")
    phone.get_by_role("button", name="Buy", exact=True).click()
    query = world.next_update()["callback_query"]
    world.call("answerCallbackQuery", callback_query_id=query["id"], text="One moment")
    expect(phone.get_by_role("status")).to_contain_text("One moment")
    world.call("editMessageText", chat_id=person, message_id=sent["message_id"], text="Code 48213")
    expect(phone.get_by_role("log")).to_contain_text("Code 48213")
    expect(phone.get_by_role("button", name="Buy", exact=True)).to_have_count(0)
    phone.get_by_role("textbox", name="Message").fill("<script>thanks")
    phone.keyboard.press("Enter")
    assert world.next_update()["message"]["text"] == "<script>thanks"
    expect(phone.get_by_role("log")).to_contain_text("<script>thanks")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_mini_app_in_its_frame(phone: Page, world: World) -> None:
    person = world.control("person")["user"]["id"]
    world.control("message", **{"from": person, "text": "/start"})
    link = "https://t.me/jiema_my_bot/app?startapp=FRIEND"
    phone.goto(f"/telegram/phone?person={person}&theme=light&link={link}")
    app = phone.frame_locator("iframe")
    expect(app.locator("#said")).to_contain_text("content_safe_area_changed")
    launch = json.loads(app.locator("#launch").text_content() or "")
    assert f"%22id%22%3A{person}" in launch["data"]
    assert "start_param=FRIEND" in launch["data"]
    assert (launch["version"], launch["platform"]) == ("8.0", "weba")
    assert (launch["colour"], launch["start"]) == ("#ffffff", "FRIEND")
    phone.locator("#app-back").click()
    expect(app.locator("#said")).to_contain_text("back_button_pressed")
    phone.get_by_role("button", name="Buy for 0.20").click()
    phone.get_by_role("dialog").get_by_role("button", name="Buy now").click()
    expect(phone.locator("iframe")).to_have_count(0)


def test_an_administrator_answers_in_a_topic(phone: Page, world: World) -> None:
    topic = world.call("createForumTopic", chat_id=SUPPORT_GROUP, name="Ada")
    thread = topic["message_thread_id"]
    assert world.next_update()["message"]["forum_topic_created"]["name"] == "Ada"
    world.call("sendMessage", chat_id=SUPPORT_GROUP, message_thread_id=thread, text="help")
    phone.goto("/telegram/phone?person=700000001")
    phone.get_by_role("button", name="jiema support").click()
    phone.get_by_role("button", name="Ada · 2").click()
    expect(phone.get_by_role("log")).to_contain_text("help")
    phone.get_by_role("textbox", name="Message").fill("on its way")
    phone.get_by_role("button", name="Send", exact=True).click()
    message = world.next_update()["message"]
    assert (message["text"], message["message_thread_id"]) == ("on its way", thread)


def test_inline_mode_from_the_line_that_people_write_in(phone: Page, world: World) -> None:
    person = world.control("person")["user"]["id"]
    world.control("message", **{"from": person, "text": "/start"})
    world.next_update()
    phone.goto(f"/telegram/phone?person={person}&chat=bot")
    phone.get_by_role("textbox", name="Message").press_sequentially("@jiema_my_bot tele")
    query = world.next_update()["inline_query"]
    while query["query"] != "tele":
        query = world.next_update()["inline_query"]
    content = {"message_text": "Telegram from 0.20"}
    result = {"type": "article", "id": "1", "title": "Telegram", "input_message_content": content}
    world.call("answerInlineQuery", inline_query_id=query["id"], results=[result])
    phone.get_by_role("button", name="Telegram", exact=True).click()
    expect(phone.get_by_role("log")).to_contain_text("Telegram from 0.20")
