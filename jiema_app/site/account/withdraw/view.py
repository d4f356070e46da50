"""What is to be withdrawn, step by step: one source for the web's page and the Mini App's view."""

from typing import Any

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.account.withdraw.confirm import confirm
from jiema_app.site.account.withdraw.facts import facts
from jiema_app.site.account.withdraw.form import form
from jiema_app.site.account.withdraw.reading import ASKED, CONFIRM, FORM, PAUSED, TOO_LITTLE
from jiema_app.site.account.withdraw.status import status
from jiema_app.site.components import classes
from jiema_app.site.components.link import link
from jiema_app.site.components.message_panel import message_panel


def withdraw_view(
    state: Any, last: rx.Component, asked: rx.Component | None = None
) -> rx.Component:
    """What is under way or asked for, and beside it what there is; the Mini App shows it, too.

    Args:
        state: Has what `WithdrawSteps` has.
        last: What leads on from what is to be confirmed.
        asked: Shown while somebody is asked elsewhere whether they want it.
    """
    return rx.el.div(
        rx.el.div(
            _news(state),
            status(state),
            _task(state, last, asked or rx.fragment()),
            class_name="grid min-w-0 gap-4 [&>*]:min-w-0",
        ),
        facts(state),
        class_name="grid items-start gap-x-6 gap-y-8 lg:grid-cols-[1.6fr_1fr]",
        custom_attrs={
            "data-withdraw": "",
            "data-step": state.step,
            "data-answered": state.answered,
        },
    )


def _news(state: Any) -> rx.Component:
    """What came of the last thing that was asked for, where no form says it."""
    is_of_form = (state.step == FORM) | (state.step == CONFIRM)
    return rx.el.div(
        rx.cond(
            (state.notice != "") & ~is_of_form,
            rx.el.p(state.notice, class_name=classes.notice("waiting")),
        ),
        rx.cond(
            state.good_news,
            rx.el.p(state.good_news, class_name=classes.notice("good")),
        ),
        role="status",
        # Out of the way while it is empty, but there: what is hidden is not listened to.
        class_name="grid gap-3 empty:absolute",
    )


def _task(state: Any, last: rx.Component, asked: rx.Component) -> rx.Component:
    step = state.step
    return rx.fragment(
        rx.cond(step == CONFIRM, confirm(state, last)),
        rx.cond(step == ASKED, asked),
        # In one place in all steps: what was typed stays in it.
        rx.cond((step == FORM) | (step == CONFIRM) | (step == ASKED), form(state)),
        rx.cond(step == PAUSED, _paused(state)),
        rx.cond(step == TOO_LITTLE, _too_little(state)),
    )


def _paused(state: Any) -> rx.Component:
    return message_panel(
        "clock",
        rx.el.h2(t("Withdrawals are paused"), class_name="text-xl font-semibold text-balance"),
        state.paused,
        class_name=classes.CARD,
    )


def _too_little(state: Any) -> rx.Component:
    return message_panel(
        "wallet",
        rx.el.h2(
            t("There isn't enough to withdraw yet"),
            class_name="text-xl font-semibold text-balance",
        ),
        state.purse.too_little,
        link(t("Invite & earn"), href=f"/{LOCALE}/invite", class_name=classes.button("primary")),
        class_name=classes.CARD,
    )
