"""``@bot telegram`` in any chat: services with their lowest price, and a link to buy.

What is shown is nobody's own, but for its language: Telegram keeps each answer for who asked.
"""

from typing import Any, Final

from jiema_app.bot.buttons import link, rows
from jiema_app.bot.desk import BotDesk
from jiema_app.bot.goods import flagged, price_of
from jiema_app.bot.incoming import Question
from jiema_app.bot.replies import ReplyBook
from jiema_app.bot.words import bold, lines, safe
from jiema_app.domain.catalog.routes import find_route
from jiema_app.domain.catalog.snapshot import CountryView, ServiceView
from jiema_app.domain.telegram.calls import answer_inline
from jiema_app.i18n.locale_list import locale_named
from jiema_app.i18n.translation import t

SHOWN_MAX: Final = 20
CACHE_S: Final = 60


async def answer(desk: BotDesk, question: Question, replies: ReplyBook) -> None:
    """Answer an inline query, in the language of who asks: their app's, not their account's."""
    locale = locale_named(question.sender.language_code or "") or "en"
    catalog = desk.catalog.current
    pairs: list[tuple[ServiceView, CountryView | None]]
    if question.words.strip():
        pairs = [
            (one.service, one.country)
            for one in desk.search.find(question.words, SHOWN_MAX)
            if one.service is not None
        ]
    else:
        stocked = [one for one in catalog.services if catalog.summarise(one).total_count]
        pairs = [(service, None) for service in stocked[:SHOWN_MAX]]
    results = [
        made
        for service, country in pairs
        if (made := _result(desk, service, country, locale)) is not None
    ]
    replies.answer_inline(
        answer_inline(
            question.query_id,
            results,
            cache_s=CACHE_S,
            personal=True,
            button={"text": t(locale, "Open the chat"), "start_parameter": "inline"},
        )
    )


def _result(
    desk: BotDesk, service: ServiceView, country: CountryView | None, locale: str
) -> dict[str, Any] | None:
    catalog = desk.catalog.current
    if country is None:
        summary = catalog.summarise(service)
        if not summary.total_count or summary.min_price_cents is None:
            return None
        name, start = service.name, f"buy_{service.code}"
        price = t(locale, "from {price}", price=price_of(locale, summary.min_price_cents))
    else:
        route = find_route(catalog, service.code, country.id)
        if route is None or route.price_cents is None:
            return None
        name = f"{service.name} · {flagged(country, locale)}"
        start = f"buy_{service.code}_{country.id}"
        price = price_of(locale, route.price_cents)
    about = t(locale, "A temporary number for an SMS code")
    return {
        "type": "article",
        "id": start,
        "title": f"{name} · {price}",
        "description": about,
        "input_message_content": {
            "message_text": lines(bold(f"{name} · {price}"), safe(about)),
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        },
        "reply_markup": {
            "inline_keyboard": rows(link(t(locale, "Buy a number"), desk.bot_link(start)))
        },
    }
