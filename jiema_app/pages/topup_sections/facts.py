"""What is known of a recharge, and what one may want to know while it waits."""

import reflex as rx

from jiema_app.components import classes
from jiema_app.components.copy_button import copy_icon
from jiema_app.components.countdown import local_time
from jiema_app.components.icons import icon
from jiema_app.components.link import link
from jiema_app.settings import get_settings
from jiema_app.states.recharge import RechargePage
from jiema_app.translation import t


def facts(locale: str) -> rx.Component:
    """Amounts, time and the id."""
    card = RechargePage.recharge
    return rx.el.dl(
        _fact(t(locale, "Asked for"), rx.el.bdi(card.amount, dir="ltr")),
        rx.cond(card.received, _fact(t(locale, "Received"), rx.el.bdi(card.received, dir="ltr"))),
        rx.cond(card.credited, _fact(t(locale, "Credited"), rx.el.bdi(card.credited, dir="ltr"))),
        _fact(t(locale, "Opened"), local_time(card.opened_at)),
        rx.cond(
            card.is_payable,
            rx.fragment(),
            rx.el.div(
                rx.el.dt(t(locale, "Address"), class_name="text-muted"),
                rx.el.dd(
                    rx.el.bdi(
                        card.address, dir="ltr", class_name="min-w-0 truncate font-mono text-xs"
                    ),
                    copy_icon(card.address, t(locale, "Copy address")),
                    class_name="-my-2 -me-3 flex min-w-0 items-center",
                ),
                class_name="flex items-center justify-between gap-4",
            ),
        ),
        rx.el.div(
            rx.el.dt(t(locale, "Top-up"), class_name="text-muted"),
            rx.el.dd(
                rx.el.bdi(card.id, dir="ltr", class_name="min-w-0 truncate font-mono text-xs"),
                copy_icon(card.id, t(locale, "Copy the top-up's id")),
                class_name="-my-2 -me-3 flex min-w-0 items-center",
            ),
            class_name="flex items-center justify-between gap-4",
        ),
        class_name=f"{classes.CARD} grid gap-3 p-5 text-sm [&>*]:min-w-0",
    )


def _fact(label: str, value: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.dt(label, class_name="text-muted"),
        rx.el.dd(value, class_name="font-medium tabular-nums"),
        class_name="flex min-h-5 items-center justify-between gap-4",
    )


def advice(locale: str) -> rx.Component:
    """What people ask who pay in this way for the first time."""
    support = get_settings().contact.support
    answers = (
        (
            t(locale, "From an exchange?"),
            t(
                locale,
                "Choose USDT and the network TRON (TRC20), and see that the amount is what "
                "arrives after its fee. Some exchanges take minutes to send.",
            ),
        ),
        (
            t(locale, "May I close this page?"),
            t(locale, "Yes. Your payment is found and credited without it."),
        ),
        (
            t(locale, "Sent something else?"),
            t(
                locale,
                "Another amount, too late or twice: it is not lost. A person looks at it, and "
                "this page says what was decided. There are no chargebacks.",
            ),
        ),
        (
            t(locale, "Asked for keys or seed words?"),
            t(locale, "Never by us. Tell them to nobody."),
        ),
    )
    return rx.el.section(
        rx.el.h2(t(locale, "Good to know"), class_name="font-semibold"),
        rx.el.dl(
            *(
                rx.el.div(
                    rx.el.dt(question, class_name="font-medium"),
                    rx.el.dd(answer, class_name="mt-0.5 leading-relaxed text-muted"),
                )
                for question, answer in answers
            ),
            class_name="mt-3 grid gap-3 text-sm",
        ),
        rx.el.p(
            icon("message", "size-4.5"),
            t(locale, "Contact support"),
            link(
                rx.el.bdi(f"@{support}"),
                href=f"https://t.me/{support}",
                rel="noopener",
                class_name=classes.TEXT_LINK,
            ),
            class_name="mt-4 flex flex-wrap items-center gap-2 border-t border-line pt-4 text-sm "
            "text-muted",
        ),
        class_name=f"{classes.CARD} p-5",
    )
