"""Where the top and the bottom of every page lead: one list for built pages and for the 404 page."""

from dataclasses import dataclass
from typing import Final

from jiema_app.i18n.page_texts import LOCALE, t

HEADER: Final = (
    ("browse", t("Browse services")),
    ("countries", t("Countries")),
    ("invite", t("Invite & earn")),
    ("blog", t("Blog")),
    ("api-docs", t("API")),
)
"""Path below the locale, and what it is called."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the footer: a heading, and name and address of each place."""

    title: str
    places: tuple[tuple[str, str], ...]


FOOTER: Final = (
    Column(
        t("Popular services"),
        (
            (t("Browse services"), f"/{LOCALE}/browse"),
            (t("Countries"), f"/{LOCALE}/countries"),
            (t("Top up"), f"/{LOCALE}/account/topup"),
            (t("Invite & earn"), f"/{LOCALE}/invite"),
        ),
    ),
    Column(
        t("Frequently asked questions"),
        (
            (t("Blog"), f"/{LOCALE}/blog"),
            (t("Help"), f"/{LOCALE}/help"),
            (t("About jiema.my"), f"/{LOCALE}/about"),
            (t("API"), f"/{LOCALE}/api-docs"),
            (t("How it works"), f"/{LOCALE}/how-it-works"),
            (t("FAQ"), f"/{LOCALE}/faq"),
            (t("Pricing"), f"/{LOCALE}/pricing"),
        ),
    ),
    Column(
        t("Terms · Privacy · Acceptable use"),
        (
            (t("Terms of Service"), f"/{LOCALE}/terms"),
            (t("Privacy Policy"), f"/{LOCALE}/privacy"),
            (t("Refund Policy"), f"/{LOCALE}/refunds"),
            (t("Acceptable Use"), f"/{LOCALE}/acceptable-use"),
        ),
    ),
)

SERVICES: Final = (
    ("telegram", "Telegram"),
    ("openai", "OpenAI"),
    ("whatsapp", "WhatsApp"),
    ("google", "Google"),
    ("apple", "Apple"),
    ("discord", "Discord"),
)
"""Slugs and names of services that most people come for."""

SMALL: Final = (
    (t("Contact"), f"/{LOCALE}/contact"),
    (t("Report abuse"), f"/{LOCALE}/abuse"),
    (t("Sanctions notice"), f"/{LOCALE}/sanctions"),
    (t("Cookies"), f"/{LOCALE}/cookies"),
    (t("OpenAPI spec"), "/api/v1/openapi.json"),
)

DISCLAIMER: Final = t(
    "jiema.my rents out temporary phone numbers for SMS codes. Use them only for accounts you own."
)
COPYRIGHT: Final = "© 2026 jiema.my"


def telegram_labels() -> tuple[str, str, str]:
    """What bot, support and channel are called, in the order in which they stand."""
    return t("Telegram bot"), t("Contact support"), t("Telegram channel")
