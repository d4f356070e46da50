"""What there is to withdraw, and by which rules."""

from typing import Any

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.layouts.account import panel


def facts(state: Any) -> rx.Component:
    """Beside the form; below it on a phone."""
    return rx.el.div(_purse(state), _rules(state), class_name="grid min-w-0 gap-4")


def _purse(state: Any) -> rx.Component:
    purse = state.purse
    return panel(
        rx.el.h2(t("Your commission"), class_name="text-sm font-medium text-muted"),
        rx.el.p(
            rx.el.bdi(purse.available, dir="ltr"),
            class_name="mt-1 text-3xl font-bold tracking-tight tabular-nums",
            custom_attrs={"data-available": ""},
        ),
        rx.cond(
            (purse.held != "") | (purse.pending != ""),
            rx.el.dl(
                rx.cond(purse.held, _small(t("Being withdrawn"), purse.held)),
                rx.cond(purse.pending, _small(t("Pending"), purse.pending)),
                class_name="mt-3 flex flex-wrap gap-x-8 gap-y-2",
            ),
        ),
        rx.el.p(
            link(
                t("Move it to your balance without a fee"),
                href=f"/{LOCALE}/invite",
                class_name=classes.LONE_LINK,
            ),
            class_name="mt-4 border-t border-line pt-4 text-sm",
        ),
    )


def _small(label: str, amount: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(label, class_name="text-sm text-muted"),
        rx.el.dd(rx.el.bdi(amount, dir="ltr"), class_name="font-semibold tabular-nums"),
    )


def _rules(state: Any) -> rx.Component:
    rules = state.rules
    return rx.el.section(
        rx.el.h2(t("Before you withdraw"), class_name="sr-only"),
        rx.el.ul(
            _rule("wallet", rules.least, rules.fee),
            _rule(
                "shield",
                t("Reviewed by hand"),
                t(
                    "We check each withdrawal before we send it. Until it's approved, you can "
                    "cancel it, and everything goes back."
                ),
            ),
            rx.cond(rules.wait, _rule("clock", t("A changed address waits"), rules.wait)),
            _rule(
                "warning",
                t("Only USDT on TRON (TRC20)"),
                t(
                    "Use an address of your own wallet, or a deposit address of your exchange for "
                    "exactly this token and network."
                ),
            ),
            class_name=f"{classes.CARD} grid gap-4 p-5 text-sm leading-relaxed",
        ),
    )


def _rule(drawing: str, title: Any, text: Any) -> rx.Component:
    return rx.el.li(
        icon(drawing, "mt-0.5 size-5 text-accent"),
        rx.el.div(
            rx.el.b(title, class_name="block font-semibold"),
            rx.el.span(text, class_name="text-muted"),
        ),
        class_name="flex gap-3",
    )
