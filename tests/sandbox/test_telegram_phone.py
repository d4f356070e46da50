"""The page that plays a phone: what it is told, and that it works in a browser."""

from typing import Any

import pytest

from sandbox.telegram.world import ADMINISTRATOR, CHANNEL, SUPPORT_GROUP
from tests.sandbox.telegram_bot import ADA, Bot


async def phone_of(bot: Bot, person: int) -> Any:
    answer = await bot.http.get("/telegram/phone/state", params={"person": person})
    return answer.json()


async def test_the_page_and_all_it_loads_are_its_own(bot: Bot) -> None:
    page = await bot.http.get("/telegram/phone")
    assert page.headers["content-type"].startswith("text/html")
    assert "://" not in page.text.replace("http://www.w3.org", "").replace("https://t.me/", "")
    for name in ("phone.css", "messages.css", "phone.js", "app.js", "messages.js", "writing.js",
                 "text.js", "dom.js", "themes.js"):  # fmt: skip
        asset = await bot.http.get(f"/telegram/phone/assets/{name}")
        assert asset.status_code == 200
        assert asset.headers["content-type"].split(";")[0] in {"text/css", "text/javascript"}
    for odd in ("phone.html.jinja", "../control.js", "none.js"):
        assert (await bot.http.get(f"/telegram/phone/assets/{odd}")).status_code == 404
    assert "/telegram/phone" in (await bot.http.get("/")).text


async def test_a_phone_shows_what_its_person_may_see(bot: Bot) -> None:
    ada = await phone_of(bot, ADA)
    assert [chat["id"] for chat in ada["chats"]] == [ADA, CHANNEL]
    assert [chat["canWrite"] for chat in ada["chats"]] == [True, False]
    sam = await phone_of(bot, ADMINISTRATOR)
    assert {chat["id"] for chat in sam["chats"]} == {ADMINISTRATOR, SUPPORT_GROUP, CHANNEL}
    assert ada["miniApp"] == "http://localhost:8000/tg"
    assert ada["menuButton"] == {"type": "commands"}
    same = await bot.http.get(
        "/telegram/phone/state", params={"person": ADA, "since": sam["version"]}
    )
    assert same.json() == {"version": sam["version"]}


async def test_a_phone_shows_commands_in_its_language(bot: Bot) -> None:
    await bot.call("setMyCommands", commands=[{"command": "buy", "description": "Buy"}])
    german = [{"command": "buy", "description": "Kaufen"}]
    await bot.call("setMyCommands", commands=german, language_code="de")
    await bot.control("language", user=ADA, languageCode="de-at")
    assert (await phone_of(bot, ADA))["chats"][0]["commands"] == german


@pytest.mark.parametrize(
    ("mime", "is_shown"), [("image/png", True), ("text/html", False), ("image/svg+xml", False)]
)
async def test_only_pictures_are_shown_by_a_browser(bot: Bot, mime: str, *, is_shown: bool) -> None:
    order = {"from": ADA, "content": "PGI+", "mimeType": mime}
    sent = await bot.control("file", **order)
    file_id = sent["message"]["document"]["file_id"]
    held = await bot.http.get("/telegram/phone/file", params={"id": file_id})
    assert (held.headers["content-type"] == mime) == is_shown
    assert ("content-disposition" in held.headers) != is_shown
    assert held.headers["x-content-type-options"] == "nosniff"
