"""What stands in place of a page that React could not draw.

Reflex's own writes the error in English on white, and an advertisement of Reflex below it.
"""

import json
from typing import Final

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary

from jiema_app.site.components import classes
from jiema_app.site.components.link import link

WORDS: Final = "words"
"""Id of the words that the server puts into each page: all languages share this script."""


def failing_softly() -> rx.Component:
    """Around each page: says that it failed, and offers to load it again."""
    return ErrorBoundary.create(fallback_render=rx.Var.create(_failure()))


def _failure() -> rx.Component:
    return rx.el.main(
        rx.el.h1(_word("broken", "Something went wrong on our side"), class_name="text-2xl"),
        # An empty address is that of the page.
        link(_word("again", "Try again"), href="", class_name=classes.button()),
        role="alert",
        class_name=f"{classes.NARROW} flex flex-col items-start gap-6 py-24 font-semibold text-ink",
    )


def _word(name: str, english: str) -> rx.Var[str]:
    written = f'JSON.parse(document.getElementById("{WORDS}")?.textContent??"{{}}")'
    return rx.Var(f"({written}.{name}??{json.dumps(english)})").to(str)
