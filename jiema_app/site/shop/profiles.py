"""What a popular service's numbers are used for, and how numbers of a popular country do: a line each.

Nothing here promises that a service accepts a number, or sells what its rules forbid.
"""

from collections.abc import Callable, Mapping
from typing import Final

from jiema_app.i18n.translation import t

SERVICE_USES: Final[Mapping[str, Callable[[str], str]]] = {
    "telegram": lambda locale: t(locale, "Sign-up, or moving an account to another number."),
    "openai": lambda locale: t(locale, "Creating a ChatGPT account, and access to the API."),
    "whatsapp": lambda locale: t(locale, "A new account, and two-step verification."),
    "google": lambda locale: t(
        locale, "Creating a Google account for Gmail and YouTube, and recovery."
    ),
    "apple": lambda locale: t(
        locale, "An Apple Account for iCloud, the App Store and Apple Music."
    ),
    "instagram": lambda locale: t(locale, "Sign-up, and confirming a new device."),
    "tiktok": lambda locale: t(locale, "Sign-up, and confirming a new device."),
    "x": lambda locale: t(locale, "Sign-up, and confirming a new device."),
    "facebook": lambda locale: t(locale, "Sign-up, and confirming a new device."),
    "discord": lambda locale: t(
        locale, "Joining servers that ask for a verified phone, and two-step verification."
    ),
    "amazon": lambda locale: t(locale, "Creating an account, and two-step verification."),
    "microsoft": lambda locale: t(
        locale, "Creating an Outlook or Microsoft account, and recovery."
    ),
    "claude": lambda locale: t(locale, "Creating a Claude account."),
    "line": lambda locale: t(locale, "A new account."),
    "viber": lambda locale: t(locale, "A new account."),
    "signal": lambda locale: t(locale, "A new account that doesn't show your own number."),
    "steam": lambda locale: t(locale, "Adding a phone to an account for trading and matchmaking."),
    "ebay": lambda locale: t(locale, "Creating an account, and two-step verification."),
}
"""By the service's slug."""

COUNTRY_PROFILES: Final[Mapping[str, Callable[[str], str]]] = {
    "ru": lambda locale: t(
        locale, "Large stock, and accepted by most services. The price depends on the service."
    ),
    "ua": lambda locale: t(locale, "Much like Russia: large stock, and accepted by most services."),
    "id": lambda locale: t(locale, "Cheap, with a large stock for messaging apps."),
    "ph": lambda locale: t(locale, "Cheap, with a large stock for messaging apps."),
    "vn": lambda locale: t(locale, "Cheap, with a large stock for messaging apps."),
    "us": lambda locale: t(
        locale, "Accepted by nearly every service, and among the most expensive."
    ),
    "gb": lambda locale: t(
        locale, "Like the United States: accepted nearly everywhere, and more expensive."
    ),
    "my": lambda locale: t(locale, "For services in Asia and the Pacific."),
    "sg": lambda locale: t(locale, "For services in Asia and the Pacific."),
    "kz": lambda locale: t(locale, "Often accepted where Russian numbers are."),
}
"""By the country's slug."""


def service_use(slug: str, locale: str) -> str | None:
    """What numbers for a service are used for; None of a service that few ask for."""
    told = SERVICE_USES.get(slug)
    return told(locale) if told else None


def country_profile(slug: str, locale: str) -> str | None:
    """How numbers of a country do; None of a country that few ask for."""
    told = COUNTRY_PROFILES.get(slug)
    return told(locale) if told else None
