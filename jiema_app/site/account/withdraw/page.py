"""The page to withdraw: what is under way or the form, what there is, and all there was."""

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.account.withdraw.confirm import confirm
from jiema_app.site.account.withdraw.facts import facts
from jiema_app.site.account.withdraw.form import form
from jiema_app.site.account.withdraw.history import history
from jiema_app.site.account.withdraw.placeholders import placeholders
from jiema_app.site.account.withdraw.reading import CONFIRM, FORM, PAUSED, TOO_LITTLE
from jiema_app.site.account.withdraw.state import WithdrawState
from jiema_app.site.account.withdraw.status import status
from jiema_app.site.components import classes
from jiema_app.site.components.link import link
from jiema_app.site.components.message_panel import message_panel
from jiema_app.site.layouts.account import account_layout
from jiema_app.site.pages.page import Page


def withdraw() -> Page:
    """The page to withdraw."""

    def body() -> rx.Component:
        return account_layout(
            page,
            WithdrawState,
            content=_content(),
            skeleton=placeholders(),
            invitation=t("Sign in to withdraw what you've earned."),
        )

    page = Page(
        path="account/withdraw",
        title=t("Withdraw"),
        description=t("Withdraw the commission you've earned in USDT on TRON."),
        body=body,
        on_load=(WithdrawState.load,),
        scripts=("withdraw",),
    )
    return page


def _content() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.div(_news(), status(), _task(), class_name="grid min-w-0 gap-4 [&>*]:min-w-0"),
            facts(),
            class_name="grid items-start gap-x-6 gap-y-8 lg:grid-cols-[1.6fr_1fr]",
            custom_attrs={
                "data-withdraw": "",
                "data-step": WithdrawState.step,
                "data-answered": WithdrawState.answered,
            },
        ),
        history(),
    )


def _news() -> rx.Component:
    """What came of the last thing that was asked for, where no form says it."""
    is_of_form = (WithdrawState.step == FORM) | (WithdrawState.step == CONFIRM)
    return rx.el.div(
        rx.cond(
            (WithdrawState.notice != "") & ~is_of_form,
            rx.el.p(WithdrawState.notice, class_name=classes.notice("waiting")),
        ),
        rx.cond(
            WithdrawState.good_news,
            rx.el.p(WithdrawState.good_news, class_name=classes.notice("good")),
        ),
        role="status",
        # Out of the way while it is empty, but there: what is hidden is not listened to.
        class_name="grid gap-3 empty:absolute",
    )


def _task() -> rx.Component:
    step = WithdrawState.step
    return rx.fragment(
        rx.cond(step == CONFIRM, confirm()),
        # In one place in both steps: what was typed stays in it.
        rx.cond((step == FORM) | (step == CONFIRM), form()),
        rx.cond(step == PAUSED, _paused()),
        rx.cond(step == TOO_LITTLE, _too_little()),
    )


def _paused() -> rx.Component:
    return message_panel(
        "clock",
        rx.el.h2(t("Withdrawals are paused"), class_name="text-xl font-semibold text-balance"),
        WithdrawState.paused,
        class_name=classes.CARD,
    )


def _too_little() -> rx.Component:
    return message_panel(
        "wallet",
        rx.el.h2(
            t("There isn't enough to withdraw yet"),
            class_name="text-xl font-semibold text-balance",
        ),
        WithdrawState.purse.too_little,
        link(t("Invite & earn"), href=f"/{LOCALE}/invite", class_name=classes.button("primary")),
        class_name=classes.CARD,
    )
