"""Every component in every state, to look at while working on them. Sandbox only.

Its words are not translated, and say so; its direction is that of the page's language.
"""

from typing import Final, get_args

import reflex as rx

from jiema_app.i18n.page_texts import money
from jiema_app.site.components import classes, skeleton
from jiema_app.site.components.combobox import combobox
from jiema_app.site.components.copy_button import copy_button, copy_icon
from jiema_app.site.components.countdown import countdown_ring
from jiema_app.site.components.dialog import close_button, dialog, opener
from jiema_app.site.components.field import field
from jiema_app.site.components.flag import flag
from jiema_app.site.components.icons import PATHS, icon
from jiema_app.site.components.link import link
from jiema_app.site.components.outcome import empty_state, trouble_notice
from jiema_app.site.components.service_icon import service_icon
from jiema_app.site.components.table import table
from jiema_app.site.components.tabs import tabs
from jiema_app.site.design.showcase.state import WINDOW_S, ComponentsPage
from jiema_app.site.design.theme import COLOURS
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page

DIALOG: Final = "example-dialog"
AMOUNTS: Final = (40_000, 320_000, 1_234_560_000, -320_000)
SERVICES: Final = (
    ("telegram", "Telegram"),
    ("whatsapp", "WhatsApp"),
    ("google", "Google"),
    ("no-mark", "Mercado Libre"),
    ("no-mark-either", "Temu"),
)
COUNTRIES: Final = ("my", "us", "gb", "id", "br", "np")


def components_page() -> Page:
    """The page of components in the direction of one language."""

    def body() -> rx.Component:
        return shop_layout(
            page,
            rx.el.div(
                rx.el.h1("Components", class_name=classes.PAGE_TITLE),
                _section("Colours", _colours()),
                _section("Buttons", _buttons()),
                _section("Fields", _fields()),
                _section("Badges, chips, notices", _badges()),
                _section("Cards", _cards()),
                _section("Table", _table()),
                _section("Tabs", _tabs()),
                _section("Dialog, copying, toast", _dialog()),
                _section(
                    "Countdown",
                    # The script writes into it at once: only after React has taken over.
                    rx.cond(
                        ComponentsPage.until,
                        rx.el.div(
                            countdown_ring(ComponentsPage.until, WINDOW_S), class_name="w-fit"
                        ),
                    ),
                ),
                _section("Skeleton", skeleton.rows(3, "min-h-16")),
                _section("Nothing, and trouble", _empty()),
                _section("Money, flags, services, drawings", _pictures()),
                lang="en",
                class_name=f"{classes.CONTENT} py-10",
            ),
        )

    page = Page(
        path="components",
        title="Components · jiema.my",
        description="",
        body=body,
        on_load=(ComponentsPage.begin,),
        # A guest's page otherwise shows no time that is drawn later.
        scripts=("clock",),
        sandbox_only=True,
    )
    return page


def _section(title: str, *content: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title, class_name=f"{classes.SECTION_TITLE} mb-4"), *content, class_name="mt-12"
    )


def _row(*content: rx.Component) -> rx.Component:
    return rx.el.div(*content, class_name="mb-3 flex flex-wrap items-center gap-3")


def _colours() -> rx.Component:
    return _row(
        *(
            rx.el.div(
                rx.el.div(
                    class_name="h-10 w-24 rounded-lg border border-line",
                    custom_attrs={"style": rx.Var.create({"background": f"var(--{name})"})},
                ),
                rx.el.p(name, class_name="mt-1 text-xs text-muted"),
            )
            for name in COLOURS
        )
    )


def _buttons() -> rx.Component:
    states: tuple[dict[str, bool], ...] = ({}, {"disabled": True}, {"aria_busy": True})
    return rx.el.div(
        *(
            _row(
                *(
                    rx.el.button(
                        f"{tone} {size}",
                        type="button",
                        class_name=classes.button(tone, size),
                        **state,
                    )
                    for size in get_args(classes.Size)
                    for state in states
                )
            )
            for tone in get_args(classes.Tone)
        ),
        rx.el.button(
            icon("globe"), type="button", aria_label="Drawing", class_name=classes.ICON_BUTTON
        ),
    )


def _fields() -> rx.Component:
    return rx.el.div(
        field("example-plain", "Name", hint="What people call it.", placeholder="My key"),
        field("example-wrong", "Name", problem="A name has 1 to 40 characters.", default_value=" "),
        field("example-off", "Name", hint="Cannot be changed.", default_value="x", disabled=True),
        rx.el.div(
            rx.el.label("Sort", html_for="example-select", class_name=classes.LABEL),
            rx.el.select(
                rx.el.option("Most popular"),
                rx.el.option("Lowest price"),
                id="example-select",
                class_name=classes.FIELD,
            ),
        ),
        combobox(
            "example-choice",
            "choice",
            "Country",
            ("Malaysia", "Indonesia", "United States", "Brazil"),
            placeholder="Type a few letters",
            hint="A select with search.",
        ),
        class_name="grid gap-5 sm:grid-cols-2 lg:grid-cols-3",
    )


def _badges() -> rx.Component:
    moods = get_args(classes.Mood)
    return rx.el.div(
        _row(*(rx.el.span(mood, class_name=classes.badge(mood)) for mood in moods)),
        _row(
            *(
                rx.el.button(words, type="button", aria_pressed=pressed, class_name=classes.CHIP)
                for words, pressed in (("Off", False), ("On", True))
            )
        ),
        *(
            rx.el.p(f"A {mood} notice inside a page.", class_name=f"{classes.notice(mood)} mb-2")
            for mood in moods
        ),
    )


def _cards() -> rx.Component:
    return rx.el.div(
        rx.el.div("A card", class_name=f"{classes.CARD} p-5"),
        link("A card that leads on", href="#content", class_name=f"{classes.CARD_LINK} p-5"),
        class_name="grid gap-4 sm:grid-cols-2",
    )


def _table() -> rx.Component:
    rows = [
        ("Rent", "22 May", _money(-320_000)),
        ("Refund", "22 May", _money(320_000)),
    ]
    return table("Movements", ("What", "When", "Amount"), rows)


def _tabs() -> rx.Component:
    return tabs(
        "example-tabs",
        "Views",
        ("First", rx.el.p("The first view.")),
        ("Second", rx.el.p("The second view.")),
        ("Third", rx.el.p("The third view.")),
    )


def _dialog() -> rx.Component:
    return rx.el.div(
        _row(
            opener(DIALOG, "Open the dialog", tone="secondary"),
            copy_button("copied text", "Copy, and see a toast"),
            copy_icon("copied text", "Copy"),
        ),
        dialog(
            DIALOG,
            "Cancel this order?",
            rx.el.p("The full price returns to your balance."),
            actions=(
                close_button("Keep it"),
                rx.el.button("Cancel it", type="button", class_name=classes.button("danger")),
            ),
        ),
    )


def _empty() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            empty_state(
                "list",
                "No orders yet",
                "What you rent appears here.",
                link("Browse services", href="#content", class_name=classes.button()),
            ),
            class_name=f"{classes.CARD} mb-4",
        ),
        trouble_notice("This could not be loaded. Try again."),
    )


def _pictures() -> rx.Component:
    return rx.el.div(
        _row(*(_money(amount) for amount in AMOUNTS)),
        _row(*(flag(code) for code in COUNTRIES)),
        _row(
            *(
                rx.el.span(
                    service_icon(slug, name), name, class_name="inline-flex items-center gap-2"
                )
                for slug, name in SERVICES
            )
        ),
        _row(*(icon(name) for name in PATHS)),
    )


def _money(amount: int) -> rx.Component:
    return rx.el.bdi(money(amount), class_name=classes.NUMBER)
