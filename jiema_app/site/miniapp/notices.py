"""Which messages the bot sends, and when they make no sound: the bot's own settings, in the app."""

from typing import Any

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.settings import get_settings
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.miniapp.offers import LIST
from jiema_app.site.miniapp.settings_state import Hours, MiniSettings
from jiema_app.site.states.member_page import MEMBER

HOURS = "mini-hours"


def notices() -> rx.Component:
    """The section; without a chat, how to get one."""
    return rx.cond(
        MiniSettings.access == MEMBER,
        rx.el.section(
            rx.el.h2(t("Notifications"), class_name=classes.SECTION_TITLE),
            rx.cond(MiniSettings.is_open, _choices(), _start_first()),
            rx.el.p(
                MiniSettings.notice,
                role="alert",
                class_name="mt-2 text-sm text-danger empty:hidden",
            ),
            custom_attrs={"data-notices": ""},
        ),
    )


def _choices() -> rx.Component:
    return rx.fragment(
        rx.el.ul(
            _kind(t("Orders and codes"), "orders", MiniSettings.orders),
            _kind(t("Top-ups and withdrawals"), "money", MiniSettings.money),
            class_name=f"mt-3 {LIST}",
        ),
        _hours(),
    )


def _kind(label: str, kind: str, is_on: Any) -> rx.Component:
    choose: Any = MiniSettings.choose_kind
    return rx.el.li(
        rx.el.button(
            rx.el.span(label, class_name="grow text-start"),
            rx.el.span(
                rx.el.span(
                    class_name="block size-5 rounded-full bg-surface transition-transform "
                    "in-aria-checked:translate-x-5 in-aria-checked:rtl:-translate-x-5",
                ),
                aria_hidden="true",
                class_name="w-11.5 shrink-0 rounded-full bg-muted p-0.5 in-aria-checked:bg-accent",
            ),
            type="button",
            role="switch",
            aria_checked=rx.cond(is_on, "true", "false"),
            on_click=choose(kind, ~is_on),
            class_name="flex min-h-14 w-full cursor-pointer items-center gap-3 px-4 "
            "focus-visible:[outline-offset:-3px]",
            custom_attrs={"data-kind": kind},
        )
    )


def _hours() -> rx.Component:
    return rx.el.form(
        rx.el.label(t("Quiet hours"), html_for=HOURS, class_name=classes.LABEL),
        rx.el.select(
            rx.foreach(MiniSettings.offered, _offered),
            id=HOURS,
            name="hours",
            default_value=MiniSettings.hours,
            # One for each choice: what was chosen in the chat meanwhile shows here.
            key=f"hours-{MiniSettings.hours}",
            class_name=classes.FIELD,
        ),
        # For page.js, which knows the clock of the device.
        rx.el.input(type="hidden", name="offset", default_value=""),
        rx.el.p(MiniSettings.quiet, class_name=classes.HINT),
        rx.el.p(
            t(
                "In quiet hours messages come without a sound, except for codes, answers to you "
                "and warnings."
            ),
            class_name=classes.HINT,
        ),
        method="post",
        on_submit=MiniSettings.choose_hours,
        class_name="mt-4",
        custom_attrs={"data-by-the-clock": ""},
    )


def _offered(hours: Hours) -> rx.Component:
    return rx.el.option(hours.label, value=hours.key, key=hours.key)


def _start_first() -> rx.Component:
    bot = get_settings().telegram.bot_username
    return rx.el.div(
        rx.el.p(
            icon("bell", "mt-0.5 size-5"),
            t(
                "Our bot can tell you when a code arrives. Open it and tap Start; then you can "
                "choose here what it sends."
            ),
            class_name=f"{classes.notice('waiting')} flex gap-3",
        ),
        link(t("Open the bot"), href=f"https://t.me/{bot}", class_name=classes.button("secondary")),
        class_name="mt-3 grid gap-3",
    )
