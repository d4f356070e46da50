"""What to do when no code comes."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.account.order.state import OrderPage
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon


def advice() -> rx.Component:
    """The usual reasons, in the order in which to try them."""
    steps = (
        t(
            "Check that the number in the app matches the one here, with its country code "
            "and no leading zero.",
        ),
        t("After a minute, ask the app to resend the code."),
        t(
            "If the app offers a call or a message in another app, choose SMS instead. "
            "Only SMS messages arrive here.",
        ),
        t(
            "Cancel and try another number or country. Cancelling is free until a code arrives.",
        ),
        t(
            "Some services reject temporary numbers without saying so and send nothing. "
            "In that case, another number may not help, and you get a full refund.",
        ),
    )
    return rx.el.details(
        rx.el.summary(
            t("What if no code arrives?"),
            icon("chevron", "size-5 text-muted transition-transform group-open:rotate-180"),
            class_name="flex cursor-pointer list-none items-center justify-between gap-4 "
            "rounded-xl p-5 font-semibold [&::-webkit-details-marker]:hidden",
        ),
        rx.el.ol(
            *(rx.el.li(step) for step in steps),
            class_name="grid list-decimal gap-2.5 px-5 ps-10 pb-5 text-sm leading-relaxed "
            "text-muted",
        ),
        class_name=f"group {classes.CARD}",
        custom_attrs={"data-advice": OrderPage.order.expires_at},
    )
