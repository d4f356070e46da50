"""How to be told of a code while looking elsewhere. Nothing is on until it is asked for."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon


def alerts() -> rx.Component:
    """Switches that this browser remembers; see ``page.js``."""
    return rx.el.section(
        rx.el.h2(
            icon("bell", "size-5 text-muted"),
            t("Alerts when a code arrives"),
            class_name="flex items-center gap-2 font-semibold",
        ),
        rx.el.div(
            _switch("sound", t("Sound")),
            _switch("vibration", t("Vibration")),
            _switch("notice", t("Notification")),
            class_name="mt-3 flex flex-wrap gap-2",
        ),
        rx.el.p(
            t("The tab title also shows the code."),
            class_name=classes.HINT,
        ),
        # In Telegram the bot's chat tells of it.
        class_name=f"{classes.CARD} p-5 [html[data-mini]_&]:hidden",
    )


def _switch(kind: str, words: str) -> rx.Component:
    return rx.el.button(
        words,
        type="button",
        aria_pressed="false",
        class_name=classes.CHIP,
        custom_attrs={"data-alert": kind},
    )
