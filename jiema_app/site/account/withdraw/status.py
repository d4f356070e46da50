"""The withdrawal that is under way, or ended last: where it stands, step by step."""

from typing import Any

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.settings import get_settings
from jiema_app.site.account.withdraw.display import DONE, FAILED, NOW, Step
from jiema_app.site.account.withdraw.reading import OPEN
from jiema_app.site.components import classes
from jiema_app.site.components.dialog import confirmation, opener
from jiema_app.site.components.facts import copied_fact, fact
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.components.moment import moment
from jiema_app.site.components.status_badge import line_badge

CANCEL = "cancel-dialog"


def status(state: Any) -> rx.Component:
    """Its card; nothing where there is none to speak of."""
    return rx.fragment(
        # For who does not see that it has changed.
        rx.el.p(
            rx.cond(state.latest.is_shown, state.latest.headline, ""),
            aria_live="polite",
            class_name="sr-only",
        ),
        rx.cond(state.latest.is_shown, _card(state)),
    )


def _card(state: Any) -> rx.Component:
    card = state.latest
    return rx.el.section(
        rx.el.div(
            line_badge(card),
            rx.el.h2(
                card.headline,
                dir="auto",
                tab_index=-1,
                class_name="mt-3 text-xl font-semibold tracking-tight text-balance outline-none rtl:text-right",
            ),
            rx.foreach(
                card.text,
                lambda line: rx.el.p(
                    line, class_name="mt-1.5 leading-relaxed text-muted text-pretty"
                ),
            ),
            rx.cond(card.note, _note(state)),
            rx.el.ol(
                rx.foreach(card.steps, _step),
                class_name="mt-6 grid gap-y-4 sm:auto-cols-fr sm:grid-flow-col",
            ),
            class_name="p-5 sm:p-6",
        ),
        rx.el.dl(
            fact(t("Amount"), rx.el.bdi(card.amount, dir="ltr")),
            fact(t("Fee"), rx.el.bdi(card.fee, dir="ltr")),
            fact(t("Net amount"), rx.el.bdi(card.net, dir="ltr")),
            rx.cond(
                card.not_before,
                fact(t("Not sent before"), moment(card.not_before, card.not_before_text)),
            ),
            copied_fact(t("Address"), card.address, t("Copy address"), card.address_ends),
            rx.cond(
                card.txid,
                copied_fact(t("Transaction"), card.txid, t("Copy transaction"), card.txid_shown),
            ),
            copied_fact(t("Withdrawal ID"), card.id, t("Copy withdrawal ID")),
            class_name="grid gap-3 border-t border-line p-5 text-sm sm:px-6 [&>*]:min-w-0",
        ),
        rx.cond(card.is_open, _actions(state)),
        class_name=f"{classes.CARD} overflow-hidden",
        custom_attrs={"data-step-of": OPEN, "data-status": card.status_word},
    )


def _note(state: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(t("Why we rejected it"), class_name="text-sm font-medium"),
        rx.el.p(
            state.latest.note,
            dir="auto",
            class_name="mt-1 leading-relaxed break-words whitespace-pre-line",
        ),
        class_name="mt-4 rounded-xl bg-sunken px-4 py-3",
    )


def _step(step: Step) -> rx.Component:
    base = "grid size-7 shrink-0 place-items-center rounded-full"
    return rx.el.li(
        rx.el.span(
            rx.match(
                step.state,
                (DONE, icon("check", "size-4")),
                (FAILED, icon("close", "size-4")),
                (NOW, rx.el.span(class_name="size-2 animate-pulse rounded-full bg-current")),
                rx.fragment(),
            ),
            aria_hidden="true",
            class_name=rx.match(
                step.state,
                (DONE, f"{base} bg-accent text-on-accent"),
                (NOW, f"{base} bg-warning-tint text-warning"),
                (FAILED, f"{base} bg-danger-tint text-danger"),
                f"{base} border-2 border-line",
            ),
        ),
        rx.el.div(
            rx.el.p(
                step.label,
                class_name=rx.match(
                    step.state,
                    (DONE, "text-sm font-medium"),
                    (NOW, "text-sm font-semibold"),
                    (FAILED, "text-sm font-semibold text-danger"),
                    "text-sm text-muted",
                ),
            ),
            rx.cond(
                step.at,
                rx.el.p(moment(step.at, step.at_text), class_name="text-xs text-muted"),
            ),
            class_name="min-w-0 sm:mt-2",
        ),
        key=step.label,
        aria_current=rx.cond(step.state == NOW, "step", None),
        class_name="relative flex gap-3 sm:block sm:not-last:after:absolute sm:not-last:after:start-9 "
        "sm:not-last:after:end-2 sm:not-last:after:top-3.5 sm:not-last:after:h-px "
        "sm:not-last:after:bg-line",
    )


def _actions(state: Any) -> rx.Component:
    support = get_settings().contact.support
    card = state.latest
    return rx.el.div(
        rx.cond(card.is_cancellable, opener(CANCEL, t("Cancel withdrawal"), tone="danger")),
        link(
            icon("message", "size-4.5"),
            t("Contact support: {handle}", handle=f"@{support}"),
            href=f"https://t.me/{support}",
            rel="noopener",
            class_name=f"{classes.LONE_LINK} inline-flex items-center gap-2 text-sm",
        ),
        _cancel_dialog(state),
        class_name="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 border-t "
        "border-line px-5 py-4 sm:px-6",
    )


def _cancel_dialog(state: Any) -> rx.Component:
    return confirmation(
        CANCEL,
        t("Cancel this withdrawal?"),
        rx.el.p(
            t(
                "The full amount, including the fee, goes back to where it came from. You can "
                "request another withdrawal right away."
            )
        ),
        keep=t("Keep it"),
        act=t("Cancel withdrawal"),
        on_click=state.cancel,
    )
