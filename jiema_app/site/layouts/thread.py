"""What its visitor has under way, in the header of every page.

One thing is a link to it, with its code to copy; several that are open fold into a list. What has
ended is hidden after a moment by the browser alone, so it decides nothing here. Nothing of it is in
a page's HTML: the visitor's ``Session`` tells it, and is silent for guests.
"""

from typing import Any

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.components.countdown import countdown
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.components.service_icon import service_icon_of
from jiema_app.site.components.status_badge import status_badge
from jiema_app.site.states.thread import ThreadLine
from jiema_app.site.states.visitor import Session

LIST = "thread"
_CHIP = (
    "inline-flex min-h-9 min-w-0 items-center gap-1.5 rounded-xl bg-tint px-2 text-sm font-semibold "
    "text-ink hover:bg-sunken sm:gap-2 sm:px-3 pointer-coarse:min-h-11"
)
_WORDS = "min-w-0 max-sm:line-clamp-2 max-sm:text-xs max-sm:leading-tight sm:truncate xl:shrink-0"
"""They have the room that there is, in two lines on a phone: some languages need it."""
_SQUARE = (
    "inline-grid size-9 shrink-0 cursor-pointer place-items-center rounded-lg text-muted "
    "hover:bg-sunken hover:text-ink pointer-coarse:size-11"
)


def thread() -> rx.Component:
    """The chip, or nothing."""
    return rx.el.div(
        rx.cond(
            Session.open_things > 1,
            _folded(),
            rx.cond(Session.thread, _alone(Session.thread_chip)),
        ),
        # Only what is new is said: the time that is left is none.
        rx.el.p(Session.thread_news, aria_live="polite", class_name="sr-only"),
        class_name="flex min-w-0 items-center",
    )


def thread_list(look: str) -> rx.Component:
    """What several things fold into; the browser opens and closes it.

    Args:
        look: Of everything that hangs below the header.
    """
    return rx.el.div(
        rx.el.h2(t("In progress"), class_name="mb-2 px-2 font-semibold"),
        rx.el.ul(rx.foreach(Session.thread, _row), class_name="grid gap-1"),
        rx.cond(
            Session.thread_more,
            rx.el.p(Session.thread_more, class_name="px-2 pt-2 text-sm text-muted"),
        ),
        id=LIST,
        class_name=look,
        custom_attrs={"popover": "auto"},
    )


def _alone(line: Any) -> rx.Component:
    return rx.el.div(
        link(
            # A code of eight digits with both its buttons has no room beside it on a phone.
            rx.el.span(
                _drawing(line, 20),
                class_name=rx.cond(line.code, "shrink-0 max-sm:hidden", "shrink-0"),
            ),
            rx.el.span(
                rx.el.bdi(line.title),
                " · ",  # also heard: else both are read as one word
                rx.el.bdi(line.detail),
                class_name="max-w-44 min-w-0 truncate max-xl:sr-only",
            ),
            _news(line),
            href=line.href,
            class_name=_CHIP,
        ),
        _tools(line, "max-sm:hidden"),
        key=line.id,
        class_name="flex min-w-0 items-center",
        custom_attrs={
            "data-thread": line.id,
            "data-gone-at": line.gone_at,
            "data-wide": ~line.is_waiting,
        },
    )


def _folded() -> rx.Component:
    chip: Any = Session.thread_chip  # a var, whatever its annotation says
    line: ThreadLine = chip
    return rx.el.button(
        _drawing(line, 20),
        rx.cond(
            line.code,
            _code(line),
            rx.fragment(
                rx.el.span(line.status_word, class_name="min-w-0 truncate max-xl:sr-only"),
                _left(line),
            ),
        ),
        rx.el.span(
            Session.open_things,
            class_name="grid h-5 min-w-5 shrink-0 place-items-center rounded-full bg-accent px-1 "
            "text-xs text-on-accent tabular-nums",
        ),
        rx.el.span(t("In progress"), class_name="sr-only"),
        type="button",
        class_name=f"{_CHIP} cursor-pointer",
        custom_attrs={
            "popoverTarget": LIST,
            "data-thread": "several",
            "data-wide": chip.code != "",
        },
    )


def _row(line: ThreadLine) -> rx.Component:
    return rx.el.li(
        link(
            _drawing(line, 32),
            rx.el.span(
                rx.el.bdi(line.title, class_name="block truncate font-semibold rtl:text-right"),
                rx.el.span(
                    rx.el.bdi(line.detail, class_name="truncate"),
                    # All that tells two numbers of one route apart: never cut.
                    rx.el.bdi(line.number, dir="ltr", class_name="shrink-0 tabular-nums"),
                    class_name="flex gap-1.5 text-sm text-muted",
                ),
                class_name="min-w-0 grow",
            ),
            rx.cond(
                line.code,
                _code(line),
                rx.el.span(
                    status_badge(line.status_word, line.mood, is_waiting=line.is_waiting),
                    _left(line, "text-sm text-muted"),
                    class_name="flex flex-col items-end gap-0.5",
                ),
            ),
            href=line.href,
            class_name="flex min-h-13 min-w-0 grow items-center gap-3 rounded-xl px-2 "
            "hover:bg-sunken",
        ),
        _tools(line),
        key=line.id,
        class_name="flex items-center",
        custom_attrs={"data-gone-at": line.gone_at},
    )


def _drawing(line: ThreadLine, size: int) -> rx.Component:
    return rx.cond(
        line.is_order,
        service_icon_of(line.icon, line.letters, line.hue, size),
        icon("wallet", "size-5 text-accent"),
    )


def _news(line: ThreadLine) -> rx.Component:
    """The code, or the time that is left, or what has become of it."""
    return rx.cond(
        line.code,
        _code(line),
        rx.cond(
            line.expires_at,
            rx.fragment(rx.el.span(line.status_word, class_name="sr-only"), _left(line)),
            rx.el.span(line.status_word, class_name=_WORDS),
        ),
    )


def _code(line: ThreadLine) -> rx.Component:
    return rx.fragment(
        rx.el.span(t("Code"), class_name="sr-only"),
        rx.el.bdi(
            line.code_shown,
            dir="ltr",
            # A whole text stands here where no code was found in it; a code is never cut.
            class_name="max-w-40 shrink-0 truncate font-mono tracking-wide text-accent max-sm:max-w-24",
        ),
    )


def _left(line: ThreadLine, class_name: str = "") -> rx.Component:
    return rx.cond(line.expires_at, countdown(line.expires_at, class_name))


def _tools(line: ThreadLine, on_phones: str = "") -> rx.Component:
    """Copying the code, and having the line out of the way."""
    return rx.fragment(
        rx.cond(
            line.code,
            rx.el.button(
                icon("copy", "size-4.5 group-data-copied:hidden"),
                icon("check", "hidden size-4.5 text-accent group-data-copied:block"),
                type="button",
                aria_label=t("Copy code"),
                class_name=f"group {_SQUARE}",
                custom_attrs={"data-copy": line.code},
            ),
        ),
        rx.cond(
            line.is_waiting,
            rx.fragment(),
            rx.el.button(
                icon("close", "size-4"),
                type="button",
                on_click=Session.put_away(line.id),  # type: ignore[operator]
                aria_label=t("Dismiss"),
                # A phone has no room for both: there the list has it, and what has ended goes by itself.
                class_name=f"{_SQUARE} {on_phones}",
            ),
        ),
    )
