"""The page of one recharge: how to pay, and what has become of it."""

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.account.recharge.actions import actions
from jiema_app.site.account.recharge.facts import advice, known
from jiema_app.site.account.recharge.pay import pay_panel
from jiema_app.site.account.recharge.payments import payments
from jiema_app.site.account.recharge.placeholders import skeleton
from jiema_app.site.account.recharge.review import notes_panel
from jiema_app.site.account.recharge.sandbox import sandbox_panel
from jiema_app.site.account.recharge.state import RechargePage
from jiema_app.site.account.recharge.status import status_panel
from jiema_app.site.components.owned_item import (
    columns,
    head,
    outcomes,
    owned_item,
)
from jiema_app.site.components.status_badge import line_badge
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page


def topup_recharge() -> Page:
    """The page of one recharge."""

    def body() -> rx.Component:
        return shop_layout(page, recharge_view())

    page = Page(
        path="account/topup/[recharge_id]",
        title=t("Your top-up · jiema.my"),
        description=t("What to send, where to, and what has arrived."),
        body=body,
        on_load=(RechargePage.load,),
    )
    return page


def recharge_view() -> rx.Component:
    """The recharge, for its owner; the Mini App shows it, too."""
    return owned_item(
        RechargePage,
        every=(t("All top-ups"), f"/{LOCALE}/account/topup"),
        shown=_recharge(),
        missing=t("Top-up not found"),
        skeleton=skeleton(),
        guest=(
            t("Sign in to see this top-up"),
            t("Only the account that opened a top-up can see it and its address."),
        ),
    )


def _recharge() -> rx.Component:
    card = RechargePage.recharge
    return rx.el.article(
        head(
            rx.el.h1(card.title, class_name="grow text-2xl font-bold tracking-tight tabular-nums"),
            # The panel to pay from says itself that it waits.
            rx.cond(
                card.stage == "waiting",
                rx.fragment(),
                line_badge(card),
            ),
        ),
        columns(
            (
                status_panel(),
                rx.cond(card.is_payable, pay_panel()),
                outcomes(RechargePage),
                rx.cond(card.has_actions, actions()),
                notes_panel(),
                payments(),
                rx.cond(RechargePage.is_sandbox, sandbox_panel()),
            ),
            (known(), advice()),
            about=t("About this top-up"),
        ),
        custom_attrs={
            "data-recharge": card.id,
            "data-stage": card.stage,
            "data-headline": card.headline,
            "data-server-now": RechargePage.server_now,
            "data-closes-at": card.closes_at,
        },
    )
