"""The place for links to the same page in every language.

The list marks the language that one reads, and a compiled page is of no language. So the server
writes it (see ``site/pages/languages.py``), and no page carries it a second time as JavaScript.
"""

from typing import Final

import reflex as rx

from jiema_app.site.components.slot import slot

LANGUAGES: Final = "languages"
"""The slot."""


def language_links(label: str) -> rx.Component:
    """A heading, and the place for the list."""
    return rx.el.nav(
        rx.el.h2(label, class_name="px-3 text-sm font-semibold"),
        # In it React leaves what a script adds alone: the field that finds a language.
        slot(LANGUAGES),
        aria_label=label,
    )
