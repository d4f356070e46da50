"""The shelves of the shop, named in the language of a page."""

from jiema_app.domain.catalog.seed import load_categories
from jiema_app.i18n.translation import t


def category_order() -> tuple[str, ...]:
    """Their ids, in the order in which the shop lists them."""
    return tuple(category.id for category in load_categories())


def category_names(locale: str) -> dict[str, str]:
    """What each category is called."""
    # Written out, so that the texts are found by whoever collects them for translation.
    return {
        "messaging": t(locale, "Messaging"),
        "social": t(locale, "Social networks"),
        "tech": t(locale, "Tech platforms"),
        "ai": t(locale, "Artificial intelligence"),
        "email": t(locale, "Email"),
        "dating": t(locale, "Dating"),
        "crypto": t(locale, "Crypto"),
        "marketplace": t(locale, "Marketplaces and classifieds"),
        "shopping": t(locale, "Shopping"),
        "gaming": t(locale, "Games"),
        "streaming": t(locale, "Video, music and streaming"),
        "cloud-dev": t(locale, "Cloud and developer tools"),
        "food": t(locale, "Food and restaurants"),
        "grocery": t(locale, "Groceries"),
        "delivery": t(locale, "Delivery and parcels"),
        "transport": t(locale, "Taxis and transport"),
        "travel": t(locale, "Travel"),
        "events": t(locale, "Tickets and events"),
        "jobs": t(locale, "Jobs and freelancing"),
        "surveys": t(locale, "Surveys and research"),
        "loyalty": t(locale, "Rewards and loyalty"),
        "telecom": t(locale, "Calls, eSIMs and mobile carriers"),
        "business": t(locale, "Business and marketing"),
        "education": t(locale, "Education"),
        "auto": t(locale, "Cars and fuel"),
        "home": t(locale, "Home and property"),
        "fitness": t(locale, "Sport and wellbeing"),
        "finance": t(locale, "Banking, credit and investing"),
        "payments": t(locale, "Payments and wallets"),
        "betting": t(locale, "Betting and gambling"),
        "government": t(locale, "Government and identity"),
        "health": t(locale, "Health and pharmacy"),
        "adult": t(locale, "Adults only"),
        "other": t(locale, "Other"),
    }
