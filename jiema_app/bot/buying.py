"""From "I need a number" to a service in a country: by buttons, and by typing."""

from collections.abc import Sequence
from typing import Final

from jiema_app.bot import placing
from jiema_app.bot.buttons import Button, act, in_columns, rows
from jiema_app.bot.conversation import Conversation
from jiema_app.bot.goods import country_name, flagged, price_of, route_label, short_figures
from jiema_app.bot.presses import Pressed
from jiema_app.bot.searching import Found
from jiema_app.bot.words import bold, lines, safe
from jiema_app.domain.catalog.routes import find_route
from jiema_app.domain.catalog.snapshot import Catalog, CountryOffer, CountryView, ServiceView
from jiema_app.domain.orders.own_routes import RouteKey
from jiema_app.domain.telegram.calls import Keyboard
from jiema_app.domain.units import UserId
from jiema_app.i18n.translation import t

SERVICES_A_PAGE: Final = 12
COUNTRIES_A_PAGE: Final = 8
OWN_MAX: Final = 4
"""Favourites and recent routes that stand above the services."""
FOUND_MAX: Final = 8
PAGES_MAX: Final = 999

BEST: Final = "v"
CHEAPEST: Final = "p"


async def buy(talk: Conversation, words: str) -> None:
    """Services to choose from, or what somebody has named right behind the command."""
    if words:
        await search(talk, words)
    else:
        talk.replies.say(*await _services(talk, 0))


async def press_buy(talk: Conversation, pressed: Pressed) -> None:
    """A page of services; without a number a new message."""
    page = pressed.number(0, at_most=PAGES_MAX)
    made = await _services(talk, page or 0)
    if page is None or talk.message_id is None:
        talk.replies.say(*made)
    else:
        talk.replies.edit(talk.message_id, *made)


async def press_service(talk: Conversation, pressed: Pressed) -> None:
    """A page of a service's countries."""
    page = pressed.number(1, at_most=PAGES_MAX) or 0
    order = pressed.text(2) or BEST
    made = _countries(talk, pressed.text(0), page, order)
    if made is None:
        talk.replies.answer(_not_sold(talk.locale), alert=True)
    elif talk.message_id is not None:
        talk.replies.edit(talk.message_id, *made)


async def press_countries(talk: Conversation, pressed: Pressed) -> None:
    """A service's countries beneath a message that stays as it is."""
    await show_countries(talk, pressed.text(0))


async def press_country(talk: Conversation, pressed: Pressed) -> None:
    """The services of a country."""
    country = talk.desk.catalog.current.find_country(pressed.text(0))
    if country is None:
        talk.replies.answer(_not_sold(talk.locale), alert=True)
    elif talk.message_id is not None:
        talk.replies.edit(talk.message_id, *_of_country(talk, country))


async def show_countries(talk: Conversation, service: str) -> None:
    """A service's countries, as a new message."""
    made = _countries(talk, service, 0, BEST)
    if made is None:
        talk.replies.say(*await _services(talk, 0))
    else:
        talk.replies.say(*made)


async def search(talk: Conversation, text: str) -> None:
    """What somebody may mean by a text: taken there at once, where it is one thing."""
    found = talk.desk.search.find(text, FOUND_MAX)
    first = found[0] if found else None
    if first is None:
        made = await _services(talk, 0)
        talk.replies.say(
            lines(safe(t(talk.locale, "I found nothing by that name.")), made[0]), made[1]
        )
    elif first.service is not None and first.country is not None:
        await placing.show_route(talk, first.service.code, str(first.country.id))
    elif len(found) == 1 and first.service is not None:
        await show_countries(talk, first.service.code)
    elif len(found) == 1 and first.country is not None:
        talk.replies.say(*_of_country(talk, first.country))
    else:
        buttons = [button for one in found if (button := _found_button(talk, one)) is not None]
        talk.replies.say(
            safe(t(talk.locale, "Did you mean one of these?")), rows(*in_columns(buttons, 2))
        )


def _found_button(talk: Conversation, found: Found) -> Button | None:
    catalog, locale = talk.desk.catalog.current, talk.locale
    if found.service is not None:
        lowest = catalog.summarise(found.service).min_price_cents
        price = "" if lowest is None else price_of(locale, lowest)
        return act(route_label((found.service.name, price)), "s", found.service.code)
    if found.country is not None:
        return act(flagged(found.country, locale), "k", found.country.id)
    return None


async def _services(talk: Conversation, page: int) -> tuple[str, Keyboard]:
    catalog, locale = talk.desk.catalog.current, talk.locale
    stocked = [one for one in catalog.services if catalog.summarise(one).total_count]
    pages = max(1, -(-len(stocked) // SERVICES_A_PAGE))
    page = min(page, pages - 1)
    shown = stocked[page * SERVICES_A_PAGE : (page + 1) * SERVICES_A_PAGE]
    own = [] if page else await _own_routes(talk, catalog)
    html = lines(
        bold(t(locale, "Which service is it for?")),
        safe(t(locale, "Choose one, or type its name.")),
    )
    keyboard = rows(
        *own,
        *in_columns([_service_button(catalog, one, locale) for one in shown], 2),
        _pager("b", (), page, pages),
    )
    return html, keyboard


def _service_button(catalog: Catalog, service: ServiceView, locale: str) -> Button:
    lowest = catalog.summarise(service).min_price_cents
    price = "" if lowest is None else price_of(locale, lowest)
    return act(route_label((service.name, price)), "s", service.code)


async def _own_routes(talk: Conversation, catalog: Catalog) -> list[Button]:
    """What they have marked, then what they bought last, as far as it is in stock."""
    if talk.person is None:
        return []
    keys = await _own_keys(talk, talk.person.user_id)
    buttons = []
    for (service, country), mark in keys.items():
        route = find_route(catalog, service, country)
        if route is not None and route.price_cents is not None:
            parts = (
                f"{mark} {route.service.name}",
                flagged(route.country, talk.locale),
                price_of(talk.locale, route.price_cents),
            )
            buttons.append(act(route_label(parts), "r", service, country))
    return buttons[:OWN_MAX]


async def _own_keys(talk: Conversation, user: UserId) -> dict[RouteKey, str]:
    routes = talk.desk.own_routes
    keys: dict[RouteKey, str] = dict.fromkeys(await routes.list_favourites(user), "⭐")
    for key in await routes.list_recent(user):
        keys.setdefault(key, "🕘")
    return keys


def _countries(talk: Conversation, key: str, page: int, order: str) -> tuple[str, Keyboard] | None:
    catalog, locale = talk.desk.catalog.current, talk.locale
    service = catalog.find_service(key)
    if service is None:
        return None
    offers = _sorted([one for one in catalog.list_country_offers(service) if one.stock], order)
    if not offers:
        sold_out = t(
            locale, "{service} is sold out in every country right now.", service=service.name
        )
        return safe(sold_out), rows(act(t(locale, "Other services"), "b", 0))
    pages = max(1, -(-len(offers) // COUNTRIES_A_PAGE))
    page = min(page, pages - 1)
    shown = offers[page * COUNTRIES_A_PAGE : (page + 1) * COUNTRIES_A_PAGE]
    html = lines(
        bold(service.name),
        safe(t(locale, "Which country should the number be from?")),
        safe(t(locale, "A percentage tells how many numbers received a code lately."))
        if any(offer.figures is not None for offer in shown)
        else None,
    )
    other = (
        act(t(locale, "Cheapest first"), "s", service.code, 0, CHEAPEST)
        if order == BEST
        else act(t(locale, "Best value first"), "s", service.code, 0, BEST)
    )
    return html, rows(
        *(_country_button(service, offer, locale) for offer in shown),
        _pager("s", (service.code,), page, pages, order),
        # A row each: half a row is too narrow for them in most languages.
        other,
        act(t(locale, "Other services"), "b", 0),
    )


def _sorted(offers: Sequence[CountryOffer], order: str) -> list[CountryOffer]:
    if order == CHEAPEST:
        return sorted(offers, key=lambda offer: offer.price_cents)
    return sorted(offers, key=lambda offer: offer.value)


def _country_button(service: ServiceView, offer: CountryOffer, locale: str) -> Button:
    parts = (
        flagged(offer.country, locale),
        price_of(locale, offer.price_cents),
        short_figures(offer.figures, locale),
    )
    return act(route_label(parts), "r", service.code, offer.country.id)


def _of_country(talk: Conversation, country: CountryView) -> tuple[str, Keyboard]:
    catalog, locale = talk.desk.catalog.current, talk.locale
    offers = [one for one in catalog.list_service_offers(country) if one.stock]
    buttons = [
        act(
            route_label((one.service.name, price_of(locale, one.price_cents))),
            "r",
            one.service.code,
            country.id,
        )
        for one in offers[:SERVICES_A_PAGE]
    ]
    name = country_name(country, locale)
    html = lines(
        bold(flagged(country, locale)),
        safe(t(locale, "Which service is it for?"))
        if offers
        else safe(t(locale, "Every service is sold out in {country} right now.", country=name)),
    )
    return html, rows(*in_columns(buttons, 2), act(t(locale, "All services"), "b", 0))


def _pager(
    word: str, before: tuple[object, ...], page: int, pages: int, *after: object
) -> list[Button]:
    """Buttons to the pages beside this one."""
    if pages == 1:
        return []
    earlier, later = max(0, page - 1), min(pages - 1, page + 1)
    return [
        act("◀️" if page else "·", word, *before, earlier, *after),
        act(f"{page + 1}/{pages}", word, *before, page, *after),
        act("▶️" if later > page else "·", word, *before, later, *after),
    ]


def _not_sold(locale: str) -> str:
    return t(locale, "This service isn't available.")
