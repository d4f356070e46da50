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
            "Check that the number stands in the app as it stands here, with its country code "
            "and without a zero before it.",
        ),
        t("After a minute, have the app send the code once more."),
        t(
            "Choose SMS when the app offers a call or a message in another app: only SMS "
            "arrives here.",
        ),
        t(
            "Cancel, which costs nothing until a code came, and try another number or another "
            "country.",
        ),
        t(
            "Some services refuse temporary numbers and send nothing, without saying so. Then "
            "no other number helps, and your money comes back.",
        ),
    )
    return rx.el.details(
        rx.el.summary(
            t("What if no code comes?"),
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
