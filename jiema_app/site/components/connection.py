"""What a page says while the server is out of reach."""

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from jiema_app.i18n.page_texts import t
from jiema_app.site.components import classes


def connection_notice() -> rx.Component:
    """A line at the bottom; Reflex connects again by itself, and the page is rebuilt."""
    return rx.el.div(
        rx.cond(
            has_connection_errors,
            rx.el.p(
                rx.el.span(
                    class_name="size-2 animate-pulse rounded-full bg-current", aria_hidden="true"
                ),
                t("Reconnecting. Your orders keep running."),
                class_name=f"{classes.notice('waiting')} flex items-center gap-3 shadow-lg "
                "shadow-black/10",
            ),
        ),
        role="status",
        class_name="pointer-events-none fixed inset-x-0 bottom-4 z-40 flex justify-center px-4",
    )
