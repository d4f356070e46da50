"""One service in one country: what it costs, the button that buys it, and what came of that."""

import asyncio
from datetime import timedelta
from typing import Final

from jiema_app.bot import topping_up
from jiema_app.bot.buttons import Button, act, rows, web_app
from jiema_app.bot.conversation import Conversation
from jiema_app.bot.goods import figures_line, flagged, price_of
from jiema_app.bot.presses import Pressed
from jiema_app.bot.words import bold, lines, safe
from jiema_app.domain.catalog.routes import Route, find_route
from jiema_app.domain.errors import (
    BadRequest,
    DomainError,
    Forbidden,
    InsufficientBalance,
    NoNumbers,
)
from jiema_app.domain.orders.own_routes import FAVOURITES_MAX
from jiema_app.domain.orders.requests import OrderRequest
from jiema_app.domain.recharges.views import Wish
from jiema_app.domain.telegram.calls import Keyboard
from jiema_app.domain.units import Cents, MicroUsdt, micro
from jiema_app.i18n.cautions import find_caution
from jiema_app.i18n.error_messages import explain
from jiema_app.i18n.formats import duration, money
from jiema_app.i18n.translation import t

PRICE_MAX: Final = 1_000_000
"""In cents; nothing costs as much."""

SHOWN_FOR: Final = timedelta(hours=1)
"""A price that somebody saw longer ago is shown anew before it is paid."""


async def press_route(talk: Conversation, pressed: Pressed) -> None:
    """Show what a number costs, where it was chosen from a list."""
    route = _route(talk, pressed.text(0), pressed.text(1))
    if route is None:
        talk.replies.answer(t(talk.locale, "This country isn't available."), alert=True)
    elif pressed.text(2) or talk.message_id is None:
        await _say(talk, route)
    else:
        talk.replies.edit(talk.message_id, *await _question(talk, route))


async def show_route(talk: Conversation, service: str, country: str) -> None:
    """Show what a number costs, as a new message."""
    route = _route(talk, service, country)
    if route is None:
        talk.replies.say(
            safe(t(talk.locale, "This service isn't available.")),
            rows(act(t(talk.locale, "All services"), "b")),
        )
    else:
        await _say(talk, route)


async def press_favourite(talk: Conversation, pressed: Pressed) -> None:
    """Mark a route, or unmark it."""
    route = _route(talk, pressed.text(0), pressed.text(1))
    if route is None or talk.message_id is None:
        return
    key, routes = (route.service.code, route.country.id), talk.desk.own_routes
    is_wanted = pressed.text(2) == "1"
    await talk.begin_change()
    try:
        await routes.mark(talk.user, key, is_wanted=is_wanted)
    except BadRequest:
        words = t(
            talk.locale,
            "You've reached the limit of {n} favourites. Remove one first.",
            n=FAVOURITES_MAX,
        )
        talk.replies.answer(words, alert=True)
        return
    talk.replies.edit(talk.message_id, *await _question(talk, route))


async def press_confirm(talk: Conversation, pressed: Pressed) -> None:
    """Buy at the price that the button shows, or less. Pressed twice, it buys once."""
    route = _route(talk, pressed.text(0), pressed.text(1))
    price = pressed.number(2, at_most=PRICE_MAX)
    if route is None or not price or not pressed.text(3) or talk.message_id is None:
        talk.replies.answer(t(talk.locale, "This service isn't available."), alert=True)
        return
    if talk.is_shown_before(talk.now - SHOWN_FOR):
        talk.replies.answer(t(talk.locale, "This price is from a while ago. Check it again."))
        talk.replies.edit(talk.message_id, *await _question(talk, route))
        return
    wish = OrderRequest(
        service=route.service.code,
        country=route.country.id,
        max_price_cents=price,
        idempotency_key=f"bot:{talk.sender.id}:{pressed.text(3)}",
    )
    try:
        await talk.begin_change()
        # What was begun is done with, whatever becomes of the update: a number may be paid for.
        placed = await asyncio.shield(talk.desk.orders.place(talk.me.buyer, wish))
    except DomainError as error:
        await _refuse(talk, route, Cents(price), error)
        return
    talk.replies.edit(talk.message_id, _ordered(talk, route, placed.order.price_micro))
    if not talk.chat.notify_orders:
        # Nothing follows this order by itself.
        talk.replies.show_order(placed.order.id)


def _ordered(talk: Conversation, route: Route, price: MicroUsdt) -> str:
    return lines(
        bold(_name(talk, route)),
        safe(t(talk.locale, "Ordered for {price}.", price=money(talk.locale, price))),
    )


def _route(talk: Conversation, service: str, country: str) -> Route | None:
    return find_route(talk.desk.catalog.current, service, country)


def _name(talk: Conversation, route: Route) -> str:
    return f"{route.service.name} · {flagged(route.country, talk.locale)}"


async def _say(talk: Conversation, route: Route) -> None:
    talk.replies.say(*await _question(talk, route))


async def _question(
    talk: Conversation, route: Route, first: str | None = None
) -> tuple[str, Keyboard]:
    """What a number costs, and the button that buys it.

    Args:
        talk: With whom.
        route: What.
        first: Said before it, as HTML.
    """
    locale = talk.locale
    if route.price_cents is None:
        return lines(first, *_sold_out(talk, route)), _elsewhere(talk, route)
    if not talk.may_buy_here:
        html, keyboard = _place_unknown(talk, (route.service.code, str(route.country.id)))
        return lines(first, bold(_name(talk, route)), html), keyboard
    balance = (await talk.desk.identity.get_account(talk.user)).balance_micro
    price = micro(route.price_cents)
    figures = talk.desk.catalog.current.figures.routes.get((route.service.code, route.country.id))
    caution = find_caution(route.service, locale)
    did = figures_line(figures, locale)
    html = lines(
        first,
        bold(_name(talk, route)),
        safe(t(locale, "Price: {price}", price=money(locale, price))),
        safe(t(locale, "Your balance: {balance}", balance=money(locale, balance))),
        None if did is None else safe(did),
        "",
        None if caution is None else f"⚠️ {safe(caution.text)}",
        safe(
            t(
                locale,
                "If no code comes within {time}, the full price goes back to your balance.",
                time=duration(locale, talk.desk.window_s),
            )
        ),
    )
    is_marked = await talk.desk.own_routes.is_favourite(
        talk.user, (route.service.code, route.country.id)
    )
    star = t(locale, "Remove from favourites") if is_marked else t(locale, "Add to favourites")
    return html, rows(
        _buy_button(talk, route, route.price_cents)
        if balance >= price
        else topping_up.amount_button(talk, MicroUsdt(price - balance)),
        act(star, "f", route.service.code, route.country.id, 0 if is_marked else 1),
        _elsewhere_row(talk, route),
    )


def _buy_button(talk: Conversation, route: Route, cents: Cents) -> Button:
    # The number of the update that showed it: one showing buys once.
    return act(
        t(talk.locale, "Buy for {price}", price=price_of(talk.locale, cents)),
        "y",
        route.service.code,
        route.country.id,
        cents,
        talk.update_id,
    )


def _elsewhere_row(talk: Conversation, route: Route) -> list[Button]:
    return [
        act(t(talk.locale, "Other countries"), "s", route.service.code, 0),
        act(t(talk.locale, "Other services"), "b", 0),
    ]


def _elsewhere(talk: Conversation, route: Route) -> Keyboard:
    return rows(_elsewhere_row(talk, route))


def _sold_out(talk: Conversation, route: Route) -> list[str]:
    return [
        bold(_name(talk, route)),
        safe(t(talk.locale, "No numbers are left here right now. Try another country.")),
    ]


def ask_place(talk: Conversation, pressed: Pressed | None = None) -> None:
    """Ask somebody to show their address whose place we do not know, instead of what they want.

    Args:
        talk: With whom.
        pressed: The button they pressed, if it was one.
    """
    if pressed is not None and pressed.word == "y" and talk.message_id is not None:
        shown = _place_unknown(talk, (pressed.text(0), pressed.text(1)))
        talk.replies.edit(talk.message_id, *shown)
    elif pressed is not None and pressed.word == "wy":
        # The question stays where it is.
        talk.replies.say(safe(_place_before_confirming(talk.locale)), rows(_app_button(talk)))
    else:
        talk.replies.say(*_place_unknown(talk, None))


def _place_before_confirming(locale: str) -> str:
    return t(
        locale,
        "Before you confirm, open the app once. It tells us which country you're in, because we "
        "can't serve everyone everywhere. Then come back and press Confirm again.",
    )


def _app_button(talk: Conversation) -> Button:
    return web_app(t(talk.locale, "Open the app"), talk.desk.mini_app(f"lang={talk.locale}"))


def _place_unknown(talk: Conversation, route: tuple[str, str] | None) -> tuple[str, Keyboard]:
    """To somebody whose address we have not seen of late: a chat tells none."""
    locale = talk.locale
    html = safe(
        t(
            locale,
            "Before you buy in this chat, open the app once. It tells us which country you're "
            "in, because we can't serve everyone everywhere. Then come back here.",
        )
    )
    return html, rows(
        _app_button(talk),
        None if route is None else act(t(locale, "Check again"), "r", *route),
    )


async def _refuse(talk: Conversation, route: Route, shown: Cents, error: DomainError) -> None:
    """Say why nothing was bought, and the way on."""
    locale = talk.locale
    assert talk.message_id is not None
    now = _route(talk, route.service.code, str(route.country.id))
    if isinstance(error, InsufficientBalance):
        html, keyboard = await _too_little(talk, route, shown)
    elif isinstance(error, NoNumbers) and now is not None and (now.price_cents or 0) > shown:
        words = t(
            locale,
            "The price is now {price}. You weren't charged. To accept the new price, buy again.",
            price=price_of(locale, Cents(now.price_cents or 0)),
        )
        html, keyboard = await _question(talk, now, safe(words))
    elif isinstance(error, NoNumbers | Forbidden):
        html, keyboard = safe(explain(error, locale)), _elsewhere(talk, route)
    else:
        again = act(t(locale, "Check again"), "r", route.service.code, route.country.id)
        html = lines(bold(_name(talk, route)), safe(explain(error, locale)))
        keyboard = rows(again, _elsewhere_row(talk, route))
    talk.replies.edit(talk.message_id, html, keyboard)


async def _too_little(talk: Conversation, route: Route, shown: Cents) -> tuple[str, Keyboard]:
    """The price is more than the balance: what is missing is asked for, and the wish kept."""
    locale = talk.locale
    account = await talk.desk.identity.get_account(talk.user)
    price = micro(route.price_cents or shown)
    wish = Wish(route.service.code, route.country.id, Cents(route.price_cents or shown))
    await talk.desk.recharges.remember_wish(talk.user, wish)
    words = t(
        locale,
        "This number costs {price}, but your balance is {balance}. You weren't charged.",
        price=money(locale, price),
        balance=money(locale, account.balance_micro),
    )
    missing = MicroUsdt(max(0, price - account.balance_micro))
    return lines(bold(_name(talk, route)), safe(words)), rows(
        topping_up.amount_button(talk, missing), _elsewhere_row(talk, route)
    )
