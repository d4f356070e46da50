"""What can be done with a recharge."""

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.account.recharge.state import RechargePage
from jiema_app.site.components import classes
from jiema_app.site.components.dialog import confirmation, opener
from jiema_app.site.components.link import link
from jiema_app.site.components.owned_item import act_button, next_steps

CANCEL = "cancel-dialog"


def actions() -> rx.Component:
    """While it waits: have it looked at, or cancel it. Afterwards: open another one."""
    card = RechargePage.recharge
    return next_steps(
        rx.cond(
            card.is_payable | (card.stage == "closing"),
            act_button(t("I've paid"), on_click=RechargePage.look, tone="secondary"),
        ),
        rx.cond(card.is_cancellable, opener(CANCEL, t("Cancel top-up"), tone="danger")),
        rx.cond(
            card.has_ended & (card.stage != "credited"),
            link(
                t("New top-up"),
                href=f"/{LOCALE}/account/topup",
                # Whoever waits for a decision is not urged to pay again.
                class_name=rx.cond(
                    card.is_payable | (card.stage == "review"),
                    classes.button("secondary"),
                    classes.button(),
                ),
            ),
        ),
        questions=(_cancel_dialog(),),
    )


def _cancel_dialog() -> rx.Component:
    return confirmation(
        CANCEL,
        t("Cancel this top-up?"),
        rx.el.p(
            t(
                "Cancel only if you haven't sent anything. Payments sent after this "
                "aren't credited automatically.",
            )
        ),
        keep=t("Keep it open"),
        act=t("Cancel top-up"),
        on_click=RechargePage.cancel,
    )
