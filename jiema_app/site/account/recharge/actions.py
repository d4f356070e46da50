"""What can be done with a recharge."""

import reflex as rx

from jiema_app.i18n.translation import t
from jiema_app.site.account.recharge.state import RechargePage
from jiema_app.site.components import classes
from jiema_app.site.components.dialog import close_button, dialog
from jiema_app.site.components.link import link
from jiema_app.site.components.owned_item import next_steps

CANCEL = "cancel-dialog"


def actions(locale: str) -> rx.Component:
    """While it waits: have it looked at, or cancel it. Afterwards: open another one."""
    card = RechargePage.recharge
    return next_steps(
        locale,
        rx.cond(
            card.is_payable | (card.stage == "closing"),
            rx.el.button(
                t(locale, "I have paid"),
                type="button",
                on_click=RechargePage.look,
                class_name=classes.button("secondary"),
                custom_attrs={"data-act": ""},
            ),
        ),
        rx.cond(
            card.is_cancellable,
            rx.el.button(
                t(locale, "Cancel"),
                type="button",
                class_name=classes.button("danger"),
                custom_attrs={"data-dialog-open": CANCEL},
            ),
        ),
        rx.cond(
            card.has_ended & (card.stage != "credited"),
            link(
                t(locale, "New top-up"),
                href=f"/{locale}/account/topup",
                # Whoever waits for a decision is not urged to pay again.
                class_name=rx.cond(
                    card.is_payable | (card.stage == "review"),
                    classes.button("secondary"),
                    classes.button(),
                ),
            ),
        ),
        questions=(_cancel_dialog(locale),),
    )


def _cancel_dialog(locale: str) -> rx.Component:
    return dialog(
        CANCEL,
        t(locale, "Cancel this top-up?"),
        rx.el.p(
            t(
                locale,
                "Only when you have not sent anything: what is sent after this is not "
                "credited by itself.",
            )
        ),
        actions=(
            close_button(t(locale, "Keep it open")),
            rx.el.button(
                t(locale, "Cancel top-up"),
                type="button",
                on_click=RechargePage.cancel,
                class_name=classes.button("danger"),
                custom_attrs={"data-dialog-close": ""},
            ),
        ),
    )
