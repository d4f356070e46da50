"""The living parts of the home page: what sells, and what people ask."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.i18n.formats import duration
from jiema_app.i18n.locale_list import language_tag
from jiema_app.i18n.translation import t, words_locale
from jiema_app.settings import get_settings
from jiema_app.site.pages.live_parts import LivePart
from jiema_app.site.pages.rendering import render
from jiema_app.site.shop.home.figures import figures
from jiema_app.site.shop.home.popular import popular_countries, popular_services

NAME: Final = "jiema.my"
SCHEMA: Final = "https://schema.org"

Answer = tuple[str, str]
"""A question, and what we say to it."""


def home_part(catalog: Catalog, locale: str, _part: str) -> LivePart:
    """The live part of the home page."""
    answers = questions(locale)
    return LivePart(
        slots={
            "popular-services": popular_services(catalog, locale),
            "popular-countries": popular_countries(catalog, locale),
            "figures": figures(catalog, locale),
            "questions": render("shop/home/questions.jinja", locale, questions=answers),
        },
        json_ld=structured_data(locale, answers),
    )


def questions(locale: str) -> tuple[Answer, ...]:
    """What people ask before their first order."""
    settings = get_settings()
    window = duration(locale, settings.orders.window_s)
    kept = duration(locale, settings.orders.retention_s)
    return (
        (
            t(locale, "How fast does the code arrive?"),
            t(
                locale,
                "That depends on the service and the country. Their pages say how many numbers "
                "received a code lately, and how soon half of the codes arrived. Yours appears "
                "on the order page automatically. If none arrives within {window}, the order "
                "ends and the full price goes back to your balance.",
                window=window,
            ),
        ),
        (
            t(locale, "What if a service rejects temporary numbers?"),
            t(
                locale,
                "Some do, often without saying so: the SMS just never arrives. If that "
                "happens, you get a full refund. Try another country with plenty of "
                "numbers in stock. If we know a service is difficult, its page says so "
                "before you pay.",
            ),
        ),
        (
            t(locale, "Can one number receive several codes?"),
            t(
                locale,
                "Yes, within the same {window}. Ask for another code at no extra charge. "
                "After that, the number goes back to the pool and someone else may get "
                "it, so don't let an account depend on it.",
                window=window,
            ),
        ),
        (
            t(locale, "How do I pay?"),
            t(
                locale,
                "You top up a prepaid balance with USDT on TRON (TRC20). No cards, no "
                "bank transfers, no other coins, no subscription. Blockchain transfers "
                "can't be reversed, so check the network and the amount before you send.",
            ),
        ),
        (
            t(locale, "Is it legal?"),
            t(
                locale,
                "That depends on the law where you are and on what you use the number for. "
                "Some services don't allow temporary numbers in their terms, and banks, "
                "payment services and public authorities need your real number. Use a "
                "temporary number only for accounts you own, where the rules allow it.",
            ),
        ),
        (
            t(locale, "How long do you keep my SMS messages?"),
            t(
                locale,
                "We delete an order's SMS messages {time} after it ends, and mask the "
                "number in your history.",
                time=kept,
            ),
        ),
    )


def structured_data(locale: str, answers: Sequence[Answer]) -> tuple[Mapping[str, Any], ...]:
    """Who we are, how to search here, and the questions, as search engines read them."""
    origin = get_settings().origin
    home = f"{origin}/{locale}"
    language = language_tag(words_locale(locale))
    channel = f"https://t.me/{get_settings().contact.channel}"
    return (
        {
            "@context": SCHEMA,
            "@type": "Organization",
            "@id": f"{origin}/#organization",
            "name": NAME,
            "url": origin,
            "logo": f"{origin}/app/icon-512.png",
            "sameAs": [channel],
        },
        {
            "@context": SCHEMA,
            "@type": "WebSite",
            "@id": f"{home}#website",
            "name": NAME,
            "url": home,
            "inLanguage": language,
            "publisher": {"@id": f"{origin}/#organization"},
            "potentialAction": {
                "@type": "SearchAction",
                "target": {
                    "@type": "EntryPoint",
                    "urlTemplate": f"{home}/browse?q={{search_term_string}}",
                },
                "query-input": "required name=search_term_string",
            },
        },
        {
            "@context": SCHEMA,
            "@type": "FAQPage",
            "inLanguage": language,
            "mainEntity": [
                {
                    "@type": "Question",
                    "name": question,
                    "acceptedAnswer": {"@type": "Answer", "text": answer},
                }
                for question, answer in answers
            ],
        },
    )
