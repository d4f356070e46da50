"""Where the code appears. The panel keeps its height, whatever it holds."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.account.order.state import OrderPage
from jiema_app.site.components import classes
from jiema_app.site.components.copy_button import copy_button
from jiema_app.site.components.countdown import TIME_LEFT, countdown, countdown_ring, local_time
from jiema_app.site.components.icons import icon

PANEL = (
    "grid min-h-56 rounded-2xl rounded-t-none border border-t-0 border-line p-5 [&>*]:min-w-0 "
    "sm:min-h-54 sm:p-6"
)


def code_panel() -> rx.Component:
    """The newest code; until then, the time that is left."""
    card = OrderPage.order
    return rx.cond(
        card.shows_code,
        rx.el.section(
            _code(),
            # Translators: names the part of the page where the code appears.
            aria_label=t("Code"),
            class_name=f"{PANEL} content-center bg-tint",
        ),
        rx.cond(
            card.is_waiting,
            rx.el.section(
                _waiting(),
                aria_label=t("Code"),
                class_name=f"{PANEL} items-center bg-surface",
            ),
            rx.el.section(
                rx.el.p(
                    rx.cond(card.is_purged, icon("clock", "size-6"), icon("refund", "size-6")),
                    card.lead,
                    class_name="mx-auto flex max-w-md items-center gap-4 text-lg text-balance",
                ),
                aria_label=t("Code"),
                class_name=f"{PANEL} items-center bg-sunken",
            ),
        ),
    )


def _waiting() -> rx.Component:
    card = OrderPage.order
    return rx.el.div(
        countdown_ring(card.expires_at, card.window_s),
        rx.el.div(
            rx.el.p(card.status_word, class_name="text-lg font-semibold"),
            rx.el.p(card.lead, class_name="mt-1 leading-relaxed text-muted text-pretty"),
        ),
        class_name="flex items-center gap-5 sm:gap-6",
    )


def _code() -> rx.Component:
    card = OrderPage.order
    return rx.el.div(
        rx.el.div(
            rx.el.p(
                rx.el.bdi(card.code_shown),
                class_name=rx.cond(
                    card.is_text,
                    "min-w-0 text-lg leading-relaxed break-words",
                    "font-mono text-4xl font-bold tracking-[0.08em] break-all tabular-nums "
                    "sm:text-5xl",
                ),
                custom_attrs={"data-shown-code": ""},
            ),
            copy_button(
                card.code,
                rx.cond(card.is_text, t("Copy text"), t("Copy code")),
                class_name=f"{classes.button()} max-sm:w-full",
            ),
            class_name="flex flex-wrap items-center justify-between gap-x-6 gap-y-4",
        ),
        rx.cond(
            card.is_text,
            rx.fragment(),
            rx.el.p(
                rx.el.bdi(card.body),
                class_name="mt-4 leading-relaxed break-words text-ink/80 whitespace-pre-line",
            ),
        ),
        rx.el.p(
            local_time(card.received_at),
            rx.cond(
                card.is_open,
                rx.el.span(
                    icon("clock", "size-4"),
                    countdown(card.expires_at, words=TIME_LEFT),
                    class_name="inline-flex items-center gap-1.5",
                ),
                rx.el.span(card.lead),
            ),
            class_name="mt-3 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-muted",
        ),
    )
