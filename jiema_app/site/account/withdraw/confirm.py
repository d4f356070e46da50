"""The second step: everything once more, to be compared and confirmed."""

from typing import Any

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.account.withdraw.reading import CONFIRM
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.components.moment import moment
from jiema_app.site.components.owned_item import act_button


def confirm(state: Any, *last: rx.Component) -> rx.Component:
    """What was typed, as it will be done.

    Args:
        state: Has what `WithdrawSteps` has.
        *last: What leads on from here.
    """
    draft = state.draft
    return rx.el.section(
        rx.el.div(
            rx.el.h2(
                t("Check and confirm"),
                class_name="text-lg font-semibold outline-none",
                tab_index=-1,
            ),
            rx.el.dl(_net(state), _address(state), class_name="mt-4 grid gap-5"),
            rx.el.dl(
                _line(t("Amount"), rx.el.bdi(draft.amount, dir="ltr")),
                _line(t("Fee"), rx.el.bdi(draft.fee, dir="ltr")),
                _line(t("Taken from"), draft.source),
                rx.cond(
                    draft.not_before,
                    _line(t("Not sent before"), moment(draft.not_before, draft.not_before_text)),
                ),
                class_name="mt-5 grid gap-2.5 border-t border-line pt-5 text-sm",
            ),
            class_name="p-5 sm:p-6",
        ),
        rx.el.p(
            icon("warning", "mt-0.5 size-5"),
            rx.el.span(
                rx.el.b(t("Compare the address with your wallet."), class_name="font-semibold"),
                " ",
                t("Transfers on the network are final and can't be reversed."),
            ),
            class_name="flex gap-3 border-t border-line bg-warning-tint px-5 py-4 text-sm "
            "leading-relaxed text-warning sm:px-6",
        ),
        rx.el.div(
            rx.el.div(
                rx.cond(
                    state.notice,
                    rx.el.p(state.notice, class_name=f"{classes.notice('bad')} mb-4"),
                ),
                role="alert",
            ),
            rx.cond(draft.sign_in, _sign_in_first(state)),
            rx.el.div(
                *last,
                # Translators: a button; goes back to the form to change what was typed.
                act_button(t("Change"), on_click=state.go_back, tone="secondary"),
                class_name="flex flex-wrap gap-3 max-sm:[&>*]:grow",
            ),
            class_name="border-t border-line p-5 sm:p-6",
        ),
        class_name=f"{classes.CARD} overflow-hidden",
        custom_attrs={"data-step-of": CONFIRM},
    )


def request(state: Any) -> rx.Component:
    """The web's last step: the request itself, or first to sign in again."""
    sign_in = state.draft.sign_in
    return rx.cond(
        sign_in,
        link(
            t("Sign in again to confirm"),
            href=sign_in,
            class_name=f"{classes.button('primary', 'large')} grow text-center "
            "max-sm:whitespace-normal",
        ),
        rx.el.button(
            t("Request withdrawal"),
            type="button",
            on_click=state.confirm,
            class_name=f"{classes.button('primary', 'large')} grow",
            custom_attrs={"data-act": ""},
        ),
    )


def _sign_in_first(state: Any) -> rx.Component:
    return rx.cond(
        state.notice,
        rx.fragment(),
        rx.el.p(
            icon("shield", "mt-0.5 size-5"),
            t(
                "You signed in a while ago. To protect your money, sign in again. You'll come back "
                "to this step."
            ),
            class_name=f"{classes.notice('waiting')} mb-4 flex gap-3",
        ),
    )


def _net(state: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(t("You receive"), class_name="text-sm font-medium text-muted"),
        rx.el.dd(
            rx.el.bdi(state.draft.net, dir="ltr"),
            class_name="mt-1 text-3xl font-bold tracking-tight tabular-nums sm:text-4xl",
        ),
    )


def _address(state: Any) -> rx.Component:
    draft = state.draft
    return rx.el.div(
        rx.el.dt(
            t("To this address"),
            rx.el.span("TRON · TRC20", dir="ltr", class_name=classes.badge("good")),
            class_name="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm font-medium text-muted",
        ),
        # In pieces, for eyes; with nothing between them, so that a selection is the address.
        rx.el.dd(
            rx.foreach(
                draft.address_groups,
                lambda group: rx.el.span(
                    group,
                    class_name="inline-block not-last:me-[0.5em] even:text-muted "
                    "first:font-bold first:text-accent! last:font-bold last:text-accent!",
                ),
            ),
            dir="ltr",
            class_name="mt-2 w-fit font-mono text-lg leading-relaxed rtl:ms-auto",
            custom_attrs={"data-address": draft.address, "translate": "no"},
        ),
    )


def _line(label: str, value: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(label, class_name="text-muted"),
        rx.el.dd(value, class_name="font-medium tabular-nums"),
        class_name="flex items-baseline justify-between gap-4",
    )
