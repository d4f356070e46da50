"""The page that plays a phone, and what it asks for while it is open."""

import re
from functools import cache
from importlib.resources import files
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from sandbox.telegram.chats import Document
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.profile_calls import commands_for, described, menu_button
from sandbox.telegram.showing import chat_json
from sandbox.telegram.world import ADMINISTRATOR, BOT_USER, CHANNEL, SUPPORT_GROUP

SHOWN: Final = 120
PEOPLE_SHOWN: Final = 12
_PRESENT: Final = ("creator", "administrator", "member", "restricted")
_PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_ASSETS: Final = {"css": "text/css", "js": "text/javascript"}
_ASSET: Final = re.compile(r"[a-z_]{1,40}\.(css|js)")
_NO_STORE: Final = {"Cache-Control": "no-store"}


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("sandbox"), autoescape=True, undefined=StrictUndefined)


def create_phone_router(messenger: Messenger, mini_app_url: str) -> APIRouter:
    """Return the routes under /telegram/phone.

    Args:
        messenger: What the phone shows.
        mini_app_url: The Mini App's address where no button of the bot names another.
    """
    router = APIRouter(include_in_schema=False, prefix="/telegram/phone")
    folder = files("sandbox").joinpath("templates", "phone")

    @router.get("", response_class=HTMLResponse)
    async def page() -> HTMLResponse:
        """Draw the page; its script asks for the rest."""
        template = _environment().get_template("phone/phone.html.jinja")
        html = template.render(bot=BOT_USER, administrator=ADMINISTRATOR)
        return HTMLResponse(html, headers=_NO_STORE)

    @router.get("/assets/{name}")
    async def asset(name: str) -> Response:
        """The page's style and scripts."""
        found = _ASSET.fullmatch(name)
        file = folder.joinpath(name)
        if found is None or not file.is_file():
            return Response(status_code=404)
        media = f"{_ASSETS[found[1]]}; charset=utf-8"
        return Response(file.read_bytes(), media_type=media, headers=_NO_STORE)

    @router.get("/state")
    async def state(person: int, since: int = -1) -> dict[str, Any]:
        """What one person's phone shows; no more than the version when that is `since`."""
        version = messenger.store.version
        if since == version:
            return {"version": version}
        return {"version": version, **phone_json(messenger, person, mini_app_url)}

    @router.get("/file")
    async def file(id: str) -> Response:  # noqa: A002 - the name in the address
        """A picture to show, or a file to save."""
        row = messenger.files.find(id[:200])
        content = messenger.files.content(row) if row else None
        if row is None or content is None:
            return Response(status_code=404)
        headers = {**_NO_STORE, "X-Content-Type-Options": "nosniff"}
        if row["mime_type"] in _PICTURES:
            return Response(content, media_type=row["mime_type"], headers=headers)
        headers["Content-Disposition"] = "attachment"
        return Response(content, media_type="application/octet-stream", headers=headers)

    return router


def phone_json(messenger: Messenger, person: int, mini_app_url: str) -> dict[str, Any]:
    """Everything on one person's phone."""
    user = messenger.accounts.require(person)
    language = user.get("language_code", "")
    chats = [messenger.chats.find(person) or {"id": person, "type": "private", "started": False}]
    chats += [chat for chat in messenger.chats if _is_seen(chat, person)]
    shown = []
    for chat in chats:
        row = chat_json(messenger, chat, SHOWN)
        row["commands"] = commands_for(messenger, chat, language)
        row["canWrite"] = _can_write(chat, person)
        row["joined"] = _status(chat, person) in _PRESENT
        row.pop("members", None)
        shown.append(row)
    everybody = list(messenger.accounts)
    return {
        "people": everybody[:5] + everybody[5:][-PEOPLE_SHOWN:],
        "me": user,
        "chats": shown,
        "menuButton": menu_button(messenger, str(person)),
        "miniApp": mini_app_url,
        "bot": {
            **BOT_USER,
            "name": described(messenger, "name", language),
            "description": described(messenger, "description", language),
            "shortDescription": described(messenger, "short_description", language),
        },
        "channel": CHANNEL,
        "supportGroup": SUPPORT_GROUP,
    }


def _is_seen(chat: Document, person: int) -> bool:
    if chat["type"] == "private" or "moved_to" in chat:
        return False
    # A public channel can be read by anybody.
    return chat["type"] == "channel" or _status(chat, person) in _PRESENT


def _can_write(chat: Document, person: int) -> bool:
    if chat["type"] == "private":
        return not chat.get("deactivated")
    return _status(chat, person) in (_PRESENT[:2] if chat["type"] == "channel" else _PRESENT)


def _status(chat: Document, person: int) -> str:
    return str(chat.get("members", {}).get(str(person), {}).get("status", "left"))
