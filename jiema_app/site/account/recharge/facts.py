"""What is known of a recharge, and what one may want to know while it waits."""

import reflex as rx

from jiema_app.i18n.translation import t
from jiema_app.settings import get_settings
from jiema_app.site.account.recharge.state import RechargePage
from jiema_app.site.components import classes
from jiema_app.site.components.countdown import local_time
from jiema_app.site.components.facts import copied_fact, fact, facts
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link


def known(locale: str) -> rx.Component:
    """Amounts, time and the id."""
    card = RechargePage.recharge
    return facts(
        fact(t(locale, "Asked for"), rx.el.bdi(card.amount, dir="ltr")),
        rx.cond(card.received, fact(t(locale, "Received"), rx.el.bdi(card.received, dir="ltr"))),
        rx.cond(card.credited, fact(t(locale, "Credited"), rx.el.bdi(card.credited, dir="ltr"))),
        fact(t(locale, "Opened"), local_time(card.opened_at)),
        rx.cond(
            card.is_payable,
            rx.fragment(),
            copied_fact(
                t(locale, "Address"),
                card.address,
                t(locale, "Copy address"),
                card.address_ends,
            ),
        ),
        copied_fact(t(locale, "Top-up"), card.id, t(locale, "Copy the top-up's id")),
    )


def advice(locale: str) -> rx.Component:
    """What people ask who pay in this way for the first time."""
    support = get_settings().contact.support
    card = RechargePage.recharge
    return rx.el.section(
        rx.el.h2(t(locale, "Good to know"), class_name="font-semibold"),
        rx.el.dl(
            # Nobody is told how to send who shall send nothing more.
            rx.cond(
                card.is_payable,
                _answer(
                    t(locale, "From an exchange?"),
                    t(
                        locale,
                        "Choose USDT and the network TRON (TRC20), and see that the amount is "
                        "what arrives after its fee. Some exchanges take minutes to send.",
                    ),
                ),
            ),
            rx.cond(
                card.is_payable | ~card.has_ended,
                _answer(
                    t(locale, "May I close this page?"),
                    t(locale, "Yes. Your payment is found and credited without it."),
                ),
            ),
            _answer(
                t(locale, "Sent something else?"),
                t(
                    locale,
                    "Another amount, too late or twice: it is not lost. A person looks at it, "
                    "and this page says what was decided. There are no chargebacks.",
                ),
            ),
            _answer(
                t(locale, "Asked for keys or seed words?"),
                t(locale, "Never by us. Tell them to nobody."),
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
                class_name=classes.LONE_LINK,
            ),
            class_name="mt-4 flex flex-wrap items-center gap-2 border-t border-line pt-4 text-sm "
            "text-muted",
        ),
        class_name=f"{classes.CARD} p-5",
    )


def _answer(question: str, answer: str) -> rx.Component:
    return rx.el.div(
        rx.el.dt(question, class_name="font-medium"),
        rx.el.dd(answer, class_name="mt-0.5 leading-relaxed text-muted"),
    )
