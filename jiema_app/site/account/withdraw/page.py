"""The page to withdraw: what is under way or the form, what there is, and all there was."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.account.withdraw.confirm import request
from jiema_app.site.account.withdraw.history import history
from jiema_app.site.account.withdraw.placeholders import placeholders
from jiema_app.site.account.withdraw.state import WithdrawState
from jiema_app.site.account.withdraw.view import withdraw_view
from jiema_app.site.layouts.account import account_layout
from jiema_app.site.pages.page import Page


def withdraw() -> Page:
    """The page to withdraw."""

    def body() -> rx.Component:
        return account_layout(
            page,
            WithdrawState,
            content=rx.fragment(
                withdraw_view(WithdrawState, request(WithdrawState)), history(WithdrawState)
            ),
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
