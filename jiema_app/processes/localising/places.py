"""How a text is spelled in each place of a page where it can stand."""

import json
from typing import Final, Literal

Place = Literal[
    "text",  # HTML, between elements and in attributes
    "attribute",  # HTML: a whole attribute, which some languages leave out
    "value",  # a script: a whole literal, or null
    "template",  # a script: in a template literal
    "string",  # a script: in quotes of either kind
    "json template",  # JSON, in a template literal
    "json string",  # JSON, in quotes
    "json",  # JSON alone
]

ABSENT_IN: Final = frozenset[Place]({"attribute", "value"})
"""Where nothing at all can stand instead of a text."""

# As React writes them. A browser would read a carriage return as a line's end.
_HTML: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "\r": "&#13;"}
)
_LINES: Final = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_TEMPLATE: Final = str.maketrans(_LINES | {"`": "\\`"})
_STRING: Final = str.maketrans(_LINES | {'"': '\\"', "'": "\\'"})


def spelled(text: str, place: Place, *, in_html: bool = False) -> str:
    """The text as it must stand in a place.

    Args:
        text: What a reader shall see.
        place: Where it stands.
        in_html: Whether the script or the JSON stands in a page, whose parser ends it at ``</``.
    """
    if place in {"text", "attribute"}:
        return text.translate(_HTML)
    if place.startswith("json"):
        text = json.dumps(text, ensure_ascii=False)[1:-1]
    if place in {"template", "value", "json template"}:
        text = _in_template(text)
    elif place in {"string", "json string"}:
        text = text.translate(_STRING)
    if place == "value":
        text = f"`{text}`"
    return text.replace("<", "\\u003C") if in_html else text


def absent(place: Place) -> str:
    """What stands there when a language has nothing to say."""
    assert place in ABSENT_IN, place
    return "null" if place == "value" else ""


def _in_template(text: str) -> str:
    text = text.translate(_TEMPLATE).replace("${", "\\${")
    # What stands beside it may hold the other half of "${".
    if text.startswith("{"):
        text = f"\\{text}"
    return f"{text[:-1]}\\$" if text.endswith("$") else text
