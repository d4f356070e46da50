"""Buttons beneath messages, in the Bot API's words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from jiema_app.bot.presses import press_data

Button: TypeAlias = Mapping[str, Any]

LABEL_MAX = 60
"""Longer labels are cut off by every app, wherever it pleases."""

COPIED_MAX = 256


def act(label: str, word: str, *values: object) -> Button:
    """A button that tells us that it was pressed."""
    return {"text": shortened(label), "callback_data": press_data(word, *values)}


def web_app(label: str, address: str) -> Button:
    """A button that opens the Mini App. In private chats alone."""
    return {"text": shortened(label), "web_app": {"url": address}}


def link(label: str, address: str) -> Button:
    """A button that opens an address."""
    return {"text": shortened(label), "url": address}


def copy(label: str, copied: str) -> Button:
    """A button that copies a text."""
    return {"text": shortened(label), "copy_text": {"text": copied[:COPIED_MAX]}}


def share(label: str, words: str) -> Button:
    """A button that has somebody choose a chat, and writes an inline query there."""
    return {"text": shortened(label), "switch_inline_query": words}


def rows(*lines: Iterable[Button | None] | Button | None) -> list[list[Button]]:
    """Rows of buttons; what is None is left out, and a row without any."""
    made: list[list[Button]] = []
    for line in lines:
        if line is None:
            continue
        row = [line] if isinstance(line, Mapping) else [one for one in line if one is not None]
        if row:
            made.append(row)
    return made


def in_columns(buttons: Sequence[Button], columns: int) -> Iterator[list[Button]]:
    """Buttons side by side, so many in a row."""
    for start in range(0, len(buttons), columns):
        yield list(buttons[start : start + columns])


def shortened(label: str) -> str:
    """A label in one line, cut where a phone would."""
    line = " ".join(label.split())
    return line if len(line) <= LABEL_MAX else f"{line[: LABEL_MAX - 1]}…"
