"""Formatted text: what a bot writes becomes plain text with entities, or is refused."""

from typing import Any, Final

from sandbox.telegram.arguments import Arguments
from sandbox.telegram.entities import Entity, found_in, tidy, utf16
from sandbox.telegram.errors import bad_request
from sandbox.telegram.html_text import parse_html
from sandbox.telegram.markdown_text import parse_markdown, parse_markdown_v2

TEXT_MAX: Final = 4096
CAPTION_MAX: Final = 1024

_PARSERS: Final = {
    "html": parse_html,
    "markdownv2": parse_markdown_v2,
    "markdown": parse_markdown,
}


def formatted(
    args: Arguments, name: str = "text", entities: str = "entities"
) -> tuple[str, list[Entity]]:
    """Read a text with its `parse_mode` or its list of entities.

    Raises:
        Refused: Its markup is malformed, or the mode is unknown.
    """
    return format_text(args.text(name), args.text("parse_mode"), args.document(entities))


def format_text(text: str, mode: str, given: Any) -> tuple[str, list[Entity]]:
    """See `formatted`."""
    text = text.replace("\r", "").encode("utf-8", "replace").decode()
    spans: list[Entity] = []
    if mode and mode.lower() != "none":
        parser = _PARSERS.get(mode.lower())
        if parser is None:
            raise bad_request("unsupported parse_mode")
        text, spans = parser(text)
    elif isinstance(given, list):
        spans = [dict(one) for one in given if isinstance(one, dict) and _is_inside(one, text)]
    text, spans = tidy(text, spans)
    return text, found_in(text, spans)


def text_content(text: str, spans: list[Entity]) -> dict[str, Any]:
    """The fields of a text message.

    Raises:
        Refused: It is empty or too long.
    """
    if not text:
        raise bad_request("message text is empty")
    if len(text) > TEXT_MAX:
        raise bad_request("message is too long")
    return {"text": text, **({"entities": spans} if spans else {})}


def caption_content(text: str, spans: list[Entity]) -> dict[str, Any]:
    """The fields of a caption; none where it is empty.

    Raises:
        Refused: It is too long.
    """
    if len(text) > CAPTION_MAX:
        raise bad_request("message caption is too long")
    if not text:
        return {}
    return {"caption": text, **({"caption_entities": spans} if spans else {})}


def _is_inside(entity: dict[str, Any], text: str) -> bool:
    offset, length = entity.get("offset"), entity.get("length")
    if not (
        isinstance(offset, int) and isinstance(length, int) and isinstance(entity.get("type"), str)
    ):
        return False
    return offset >= 0 and length > 0 and offset + length <= utf16(text)
