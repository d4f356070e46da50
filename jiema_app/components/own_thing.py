"""A page about one thing of somebody's, which is shown to its owner alone and stays live."""

from typing import Any

import reflex as rx

from jiema_app.components import classes
from jiema_app.components.icons import icon
from jiema_app.components.link import link
from jiema_app.components.message_panel import message_panel
from jiema_app.translation import t


def own_thing(
    locale: str,
    state: Any,
    *,
    way_back: rx.Component,
    shown: rx.Component,
    missing: rx.Component,
    skeleton: rx.Component,
    guest: tuple[str, str],
    attributes: dict[str, str] | None = None,
) -> rx.Component:
    """The thing, once its state has found who asks; until then a skeleton.

    Args:
        locale: The page's language.
        state: Has ``phase``, ``announcement`` and ``look_again``.
        way_back: A link to the list of all such things.
        shown: What its owner sees.
        missing: What everybody else sees, and whoever asks for what never was.
        skeleton: What stands in its place meanwhile.
        guest: Title and text for whoever is not signed in.
        attributes: For scripts, besides those of every live page.
    """
    return rx.el.div(
        way_back,
        rx.match(
            state.phase,
            ("shown", shown),
            ("missing", missing),
            ("guest", _guest_panel(locale, *guest)),
            # Before the server has answered, the hint of a cookie says what to expect.
            rx.fragment(skeleton, _guest_panel(locale, *guest, "guest-only")),
        ),
        # For assets/js/live-page.js, when the browser wakes up or finds the network again.
        rx.el.button(
            id="look-again",
            type="button",
            hidden=True,
            on_click=state.look_again,
            aria_label=t(locale, "Refresh"),
        ),
        rx.el.p(state.announcement, aria_live="assertive", class_name="sr-only"),
        class_name=f"{classes.CONTENT} min-h-[46rem] pt-5 pb-16",
        custom_attrs={"data-live-page": "", **(attributes or {})},
    )


def way_back(title: str, href: str) -> rx.Component:
    """The link above the thing."""
    return link(
        icon("arrow", "size-4 rotate-180 rtl:rotate-0"),
        title,
        href=href,
        class_name="inline-flex min-h-9 items-center gap-2 text-sm text-muted hover:text-ink",
    )


def missing_panel(locale: str, title: str, way_on: rx.Component) -> rx.Component:
    """The same words for a thing that never was and for somebody else's."""
    text = t(locale, "It does not exist, or it belongs to another account.")
    return _panel("search", title, text, way_on)


def loading(title: str, *shapes: rx.Component) -> rx.Component:
    """Grey shapes of the thing's size. A page has a heading at any moment."""
    return rx.el.div(
        rx.el.div(rx.el.h1(title), role="status", class_name="sr-only"),
        rx.el.div(*shapes, aria_busy="true"),
        class_name="member-only",
    )


def _guest_panel(locale: str, title: str, text: str, class_name: str = "") -> rx.Component:
    way_on = link(
        t(locale, "Sign in"),
        href=f"/{locale}/login",
        class_name=classes.button(),
        custom_attrs={"data-sign-in": ""},
    )
    return _panel("user", title, text, way_on, class_name)


def _panel(
    drawing: str, title: str, text: str, way_on: rx.Component, class_name: str = ""
) -> rx.Component:
    heading = rx.el.h1(title, class_name="text-2xl font-bold tracking-tight text-balance")
    return message_panel(drawing, heading, text, way_on, class_name=f"min-h-[30rem] {class_name}")
