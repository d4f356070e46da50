"""What is known of a recharge, and what one may want to know while it waits."""

import reflex as rx

from jiema_app.i18n.page_texts import t, tc
from jiema_app.settings import get_settings
from jiema_app.site.account.recharge.state import RechargePage
from jiema_app.site.components import classes
from jiema_app.site.components.countdown import local_time
from jiema_app.site.components.facts import copied_fact, fact, facts
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link


def known() -> rx.Component:
    """Amounts, time and the id."""
    card = RechargePage.recharge
    return facts(
        fact(t("Requested"), rx.el.bdi(card.amount, dir="ltr")),
        rx.cond(card.received, fact(tc("amount", "Received"), rx.el.bdi(card.received, dir="ltr"))),
        rx.cond(card.credited, fact(t("Credited"), rx.el.bdi(card.credited, dir="ltr"))),
        fact(t("Opened"), local_time(card.opened_at)),
        rx.cond(
            card.is_payable,
            rx.fragment(),
            copied_fact(
                t("Address"),
                card.address,
                t("Copy address"),
                card.address_ends,
            ),
        ),
        copied_fact(t("Top-up ID"), card.id, t("Copy top-up ID")),
    )


def advice() -> rx.Component:
    """What people ask who pay in this way for the first time."""
    support = get_settings().contact.support
    card = RechargePage.recharge
    return rx.el.section(
        rx.el.h2(t("Good to know"), class_name="font-semibold"),
        rx.el.dl(
            rx.cond(
                card.is_payable | ~card.has_ended,
                _answer(
                    t("Can I close this page?"),
                    t("Yes. We find and credit your payment even if the page is closed."),
                ),
            ),
            _answer(
                t("Sent something else?"),
                t(
                    "If you sent a different amount, sent it too late or sent it twice, "
                    "we review it by hand. This page shows what we decide. There are no "
                    "chargebacks.",
                ),
            ),
            _answer(
                t("Asked for a private key or seed phrase?"),
                t("That's never us. Don't share them with anyone."),
            ),
            class_name="mt-3 grid gap-3 text-sm",
        ),
        rx.el.p(
            icon("message", "size-4.5"),
            link(
                t("Contact support: {handle}", handle=f"@{support}"),
                href=f"https://t.me/{support}",
                rel="noopener",
                class_name=classes.LONE_LINK,
            ),
            class_name="mt-4 flex items-center gap-2 border-t border-line pt-4 text-sm text-muted",
        ),
        class_name=f"{classes.CARD} p-5",
    )


def _answer(question: str, answer: str) -> rx.Component:
    return rx.el.div(
        rx.el.dt(question, class_name="font-medium"),
        rx.el.dd(answer, class_name="mt-0.5 leading-relaxed text-muted"),
    )
