"""What has happened, what happens next, and what not to do."""

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.account.recharge.review import review_answers
from jiema_app.site.account.recharge.state import RechargePage
from jiema_app.site.account.wish_parts import about_wish, buy_wish
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link


def status_panel() -> rx.Component:
    """Everything but the waiting itself, which the panel to pay from tells."""
    card = RechargePage.recharge
    return rx.cond(
        card.stage == "waiting",
        rx.fragment(),
        rx.el.section(
            _mark(),
            rx.el.div(
                rx.el.h2(
                    card.headline,
                    dir="auto",
                    class_name="text-xl font-semibold tracking-tight text-balance rtl:text-right",
                ),
                rx.cond(
                    card.stage == "credited",
                    rx.el.p(
                        RechargePage.balance_text,
                        class_name="mt-1.5 font-semibold tabular-nums",
                    ),
                ),
                rx.foreach(
                    card.status_text,
                    lambda line: rx.el.p(
                        line, class_name="mt-1.5 leading-relaxed text-muted text-pretty"
                    ),
                ),
                review_answers(),
                rx.cond(card.is_seen, _progress()),
                rx.cond(card.stage == "credited", about_wish(RechargePage.wish)),
                rx.cond(card.stage == "credited", _ways_on()),
                class_name="min-w-0 grow",
            ),
            class_name=f"{classes.CARD} flex scroll-mt-24 gap-4 p-5 max-sm:flex-col sm:gap-5 sm:p-6",
            # Whoever has scrolled down to pay is led to it; see assets/js/live-page.js.
            custom_attrs={"data-outcome-of-stage": ""},
        ),
    )


def _mark() -> rx.Component:
    card = RechargePage.recharge
    base = "grid size-12 shrink-0 place-items-center rounded-full"
    return rx.el.span(
        rx.match(
            card.stage,
            ("credited", icon("check", "size-6")),
            ("confirming", icon("clock", "size-6 animate-pulse")),
            ("closing", icon("clock", "size-6 animate-pulse")),
            ("review", icon("user", "size-6")),
            ("returning", icon("refund", "size-6")),
            ("refunded", icon("refund", "size-6")),
            ("dismissed", icon("warning", "size-6")),
            icon("close", "size-6"),
        ),
        aria_hidden="true",
        class_name=rx.match(
            card.stage,
            ("credited", f"{base} bg-accent text-on-accent"),
            ("confirming", f"{base} bg-tint text-accent"),
            ("review", f"{base} bg-warning-tint text-warning"),
            ("returning", f"{base} bg-warning-tint text-warning"),
            ("closing", f"{base} bg-warning-tint text-warning"),
            ("dismissed", f"{base} bg-danger-tint text-danger"),
            f"{base} bg-sunken text-muted",
        ),
    )


def _progress() -> rx.Component:
    card = RechargePage.recharge
    return rx.el.div(
        rx.el.progress(
            value=card.progress,
            max=100,
            aria_label=card.confirmations,
            class_name="block h-2 w-full appearance-none overflow-hidden rounded-full bg-line "
            "[&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:rounded-full "
            "[&::-webkit-progress-value]:bg-accent [&::-moz-progress-bar]:rounded-full "
            "[&::-moz-progress-bar]:bg-accent",
        ),
        rx.el.p(
            card.confirmations,
            aria_hidden="true",
            class_name="mt-2 text-sm text-muted tabular-nums",
        ),
        class_name="mt-4",
    )


def _ways_on() -> rx.Component:
    """First what they came for, when they came for something."""
    return rx.el.div(
        buy_wish(RechargePage.wish),
        link(
            icon("search", "size-4.5"),
            t("Browse services"),
            href=f"/{LOCALE}/browse",
            class_name=rx.cond(
                RechargePage.wish.service_name, classes.button("secondary"), classes.button()
            ),
        ),
        link(
            t("Statement"),
            href=f"/{LOCALE}/account/statement",
            class_name=classes.button("secondary"),
        ),
        link(
            t("New top-up"),
            href=f"/{LOCALE}/account/topup",
            class_name=classes.button("secondary"),
        ),
        class_name="mt-5 flex flex-wrap gap-3 [&>*]:max-sm:grow",
    )
