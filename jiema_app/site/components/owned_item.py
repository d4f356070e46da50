"""A page about one thing of somebody's, which is shown to its owner alone and stays live."""

from typing import Any

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.components.message_panel import message_panel
from jiema_app.site.components.slot import slot

_HEAD = "mt-3 flex min-h-14 flex-wrap items-center gap-x-4 gap-y-3"
_COLUMNS = "mt-5 grid items-start gap-6 lg:grid-cols-[minmax(0,1.8fr)_minmax(0,1fr)]"
_MAIN = "grid min-w-0 gap-4 [&>*]:min-w-0"
_ASIDE = "grid min-w-0 gap-6 [&>*]:min-w-0"


def owned_item(
    state: Any,
    *,
    every: tuple[str, str],
    shown: rx.Component,
    missing: str,
    skeleton: rx.Component,
    guest: tuple[str, str],
    attributes: dict[str, str] | None = None,
) -> rx.Component:
    """The thing, once its state has found who asks; until then a skeleton.

    Args:
        state: Has ``phase``, ``announcement`` and ``look_again``.
        every: Name and address of the list of all such things.
        shown: What its owner sees.
        missing: Title of what everybody else sees, and whoever asks for what never was.
        skeleton: What stands in its place meanwhile.
        guest: Title and text for whoever is not signed in.
        attributes: For scripts, besides those of every live page.
    """
    return rx.el.div(
        _way_back(*every),
        # Without scripts none of the rest is ever drawn: see serving/member_pages.py.
        slot("own"),
        rx.match(
            state.phase,
            ("shown", shown),
            ("missing", _missing_panel(missing, *every)),
            ("guest", _guest_panel(*guest)),
            # Before the server has answered, the hint of a cookie says what to expect.
            rx.fragment(skeleton, _guest_panel(*guest, "guest-only")),
        ),
        # For assets/js/live-page.js, when the browser wakes up or finds the network again.
        rx.el.button(
            id="look-again",
            type="button",
            hidden=True,
            on_click=state.look_again,
            aria_label=t("Refresh"),
        ),
        rx.el.p(state.announcement, aria_live="assertive", class_name="sr-only"),
        class_name=f"{classes.CONTENT} {classes.FIRST_SCREEN} pt-5 pb-16",
        custom_attrs={"data-live-page": "", **(attributes or {})},
    )


def head(*parts: rx.Component) -> rx.Component:
    """What the thing is and how it stands."""
    return rx.el.header(*parts, class_name=_HEAD)


def columns(
    main: tuple[rx.Component, ...], aside: tuple[rx.Component, ...], *, about: str
) -> rx.Component:
    """What matters, and beside it, or below it on a phone, what is known besides.

    Args:
        main: The parts that matter.
        aside: The others.
        about: What the others are about, for screen readers.
    """
    return rx.el.div(
        rx.el.div(*main, class_name=_MAIN),
        rx.el.aside(*aside, aria_label=about, class_name=_ASIDE),
        class_name=_COLUMNS,
    )


def outcomes(state: Any) -> rx.Component:
    """What came of the last thing its owner asked for; screen readers hear it.

    Args:
        state: Has ``notice`` and ``good_news``.
    """
    return rx.el.div(
        rx.cond(state.notice, rx.el.p(state.notice, class_name=classes.notice("waiting"))),
        rx.cond(state.good_news, rx.el.p(state.good_news, class_name=classes.notice("good"))),
        role="status",
        # Out of the way while it is empty, but there: what is hidden is not listened to.
        class_name="grid gap-3 empty:absolute",
    )


def next_steps(*steps: rx.Component, questions: tuple[Any, ...]) -> rx.Component:
    """What can be done with the thing.

    Args:
        *steps: Buttons and links.
        questions: Dialogs that some of them open.
    """
    return rx.el.section(
        rx.el.div(*steps, class_name="flex flex-wrap gap-3 empty:hidden [&>*]:max-sm:grow"),
        *questions,
        aria_label=t("What to do next"),
    )


def act_button(*words: Any, on_click: Any, tone: classes.Tone) -> rx.Component:
    """One of the next steps, which is taken at once."""
    return rx.el.button(
        *words,
        type="button",
        on_click=on_click,
        # Two lines where a language needs them, and never beyond the screen.
        class_name=f"{classes.button(tone)} max-w-full whitespace-normal! py-1.5 text-balance",
        custom_attrs={"data-act": ""},
    )


def _way_back(title: str, href: str) -> rx.Component:
    """The link above the thing."""
    return link(
        icon("arrow", "size-4 rotate-180 rtl:rotate-0"),
        title,
        href=href,
        # In the Mini App Telegram has a button for it.
        custom_attrs={"data-way-back": ""},
        class_name="inline-flex min-h-9 pointer-coarse:min-h-11 items-center gap-2 text-sm text-muted hover:text-ink",
    )


def _missing_panel(title: str, every: str, href: str) -> rx.Component:
    """The same words for a thing that never was and for somebody else's."""
    way_on = link(every, href=href, class_name=classes.button("secondary"))
    text = t("It doesn't exist, or it belongs to another account.")
    return _panel("search", title, text, way_on)


def loading(
    title: str,
    *,
    heading: tuple[rx.Component, ...],
    main: tuple[rx.Component, ...],
    aside: tuple[str, ...],
) -> rx.Component:
    """Grey shapes of the thing's size. A page has a heading at any moment.

    Args:
        title: Said by screen readers meanwhile.
        heading: Shapes of what ``head`` holds.
        main: Shapes of the main parts.
        aside: Heights of the cards beside them.
    """
    cards = (rx.el.div(class_name=f"{classes.CARD} {height}") for height in aside)
    return rx.el.div(
        rx.el.div(rx.el.h1(title), role="status", class_name="sr-only"),
        rx.el.div(
            rx.el.div(*heading, class_name=_HEAD),
            rx.el.div(
                rx.el.div(*main, class_name=_MAIN),
                rx.el.div(*cards, class_name=_ASIDE),
                class_name=_COLUMNS,
            ),
            aria_busy="true",
        ),
        class_name="member-only",
    )


def _guest_panel(title: str, text: str, class_name: str = "") -> rx.Component:
    way_on = link(
        t("Sign in"),
        href=f"/{LOCALE}/login",
        class_name=classes.button(),
        custom_attrs={"data-sign-in": ""},
    )
    return _panel("user", title, text, way_on, class_name)


def _panel(
    drawing: str, title: str, text: str, way_on: rx.Component, class_name: str = ""
) -> rx.Component:
    heading = rx.el.h1(title, class_name="text-2xl font-bold tracking-tight text-balance")
    # It begins where the thing would: what takes the place of a skeleton does not move.
    return message_panel(
        drawing, heading, text, way_on, class_name=f"mt-3 min-h-[30rem] {class_name}"
    )
