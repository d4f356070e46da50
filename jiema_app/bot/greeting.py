"""The first words: what the bot can do, and what to do when it does not understand."""

import re
from typing import Final

from jiema_app.bot import buying, inviting, orders, placing, support_mode, topping_up
from jiema_app.bot.buttons import Button, act, link, rows, web_app
from jiema_app.bot.conversation import Conversation
from jiema_app.bot.incoming import Written
from jiema_app.bot.presses import Pressed
from jiema_app.bot.words import bold, lines, safe
from jiema_app.domain.referrals.attribution import CODE, Invitation
from jiema_app.domain.referrals.statuses import ReferralSource
from jiema_app.domain.telegram.calls import Keyboard
from jiema_app.i18n.formats import duration
from jiema_app.i18n.translation import t

PARAMETER: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
EXAMPLE: Final = "telegram malaysia"

ORDER: Final = "order_"
ROUTE: Final = "buy_"


def invitation_of(told: Written) -> Invitation | None:
    """The personal link that somebody started the bot by, if it was one."""
    code = told.words[:64].lower()
    if CODE.fullmatch(code) is None:
        return None
    return Invitation(code, ReferralSource.BOT)


async def start(talk: Conversation, words: str) -> None:
    """Greet, or lead to what the link was for."""
    parameter = words if PARAMETER.fullmatch(words) else ""
    if parameter.startswith(ORDER):
        await orders.show_order(talk, parameter.removeprefix(ORDER))
    elif parameter.startswith(ROUTE):
        await _lead_to_route(talk, parameter.removeprefix(ROUTE))
    elif parameter == "topup":
        await topping_up.top_up(talk, "")
    elif parameter == "invite":
        await inviting.invite(talk, "")
    elif parameter == "support":
        await support_mode.enter(talk, "")
    elif (news := await _news(talk, parameter)) is not None:
        talk.replies.say(news, menu(talk))
    else:
        _greet(talk, parameter)


async def _news(talk: Conversation, parameter: str) -> str | None:
    """The announcement that a button of the channel leads to, in the button's language."""
    return None if talk.desk.news is None else await talk.desk.news(parameter)


async def _lead_to_route(talk: Conversation, route: str) -> None:
    service, _, country = route.partition("_")
    catalog = talk.desk.catalog.current
    if catalog.find_service(service) is None:
        await buying.buy(talk, "")
    elif country and catalog.find_country(country) is not None:
        await placing.show_route(talk, service, country)
    else:
        await buying.show_countries(talk, service)


def _greet(talk: Conversation, parameter: str) -> None:
    locale, desk = talk.locale, talk.desk
    window = duration(locale, desk.window_s)
    code = parameter.lower() if CODE.fullmatch(parameter.lower()) else ""
    talk.replies.say(
        lines(
            bold(t(locale, "Welcome to jiema.my")),
            safe(
                t(
                    locale,
                    "Get a temporary phone number for an online service, and read its SMS code "
                    "here in this chat. If no code comes within {time}, you pay nothing.",
                    time=window,
                )
            ),
            "",
            safe(_how_to_buy(locale)),
        ),
        menu(talk, code),
    )


def _how_to_buy(locale: str) -> str:
    return t(
        locale,
        "Tap a button below, or just type a service and a country, such as: {example}",
        example=EXAMPLE,
    )


def menu(talk: Conversation, code: str = "") -> Keyboard:
    """The ways on from the first words.

    Args:
        talk: Whose.
        code: Of the personal link they came by: for clients that lose it on the way to the app.
    """
    locale = talk.locale
    query = f"lang={locale}" + (f"&ref={code}" if code else "")
    return rows(
        web_app(t(locale, "Open the app"), talk.desk.mini_app(query)),
        (act(t(locale, "Buy a number"), "b"), act(t(locale, "My orders"), "ol")),
        (act(t(locale, "Balance and top-up"), "bal"), act(t(locale, "Invite friends"), "inv")),
        (act(t(locale, "Language"), "l"), act(t(locale, "Help"), "help")),
        _channel_button(talk),
    )


def _channel_button(talk: Conversation) -> Button | None:
    """Where news and prices are told, if anywhere."""
    channel = talk.desk.channel
    if channel is None:
        return None
    return link(t(talk.locale, "News and prices"), f"https://t.me/{channel}")


async def say_help(talk: Conversation, words: str) -> None:
    """Everything it can do, in short."""
    del words
    talk.replies.say(_help(talk), _help_buttons(talk.locale))


async def press_help(talk: Conversation, pressed: Pressed) -> None:
    """The same, for a button."""
    del pressed
    await say_help(talk, "")


def _help_buttons(locale: str) -> Keyboard:
    return rows(
        act(t(locale, "Buy a number"), "b"),
        act(t(locale, "Contact support"), "sup"),
    )


def _help(talk: Conversation) -> str:
    locale = talk.locale
    return lines(
        bold(t(locale, "How it works")),
        safe(
            t(
                locale,
                "1. Choose a service and a country. 2. Enter the number there. 3. The code comes "
                "to this chat by itself.",
            )
        ),
        safe(
            t(
                locale,
                "The price is held when you buy. If no code comes within {time}, all of it goes "
                "back to your balance.",
                time=duration(locale, talk.desk.window_s),
            )
        ),
        safe(_how_to_buy(locale)),
        "",
        *(f"/{command} · {safe(words)}" for command, words in described(locale)),
    )


def described(locale: str) -> list[tuple[str, str]]:
    """Each command, with what it does in a few words."""
    return [
        ("buy", t(locale, "Buy a number")),
        ("orders", t(locale, "Your orders and codes")),
        ("balance", t(locale, "Your balance")),
        ("topup", t(locale, "Add money to your balance")),
        ("invite", t(locale, "Invite friends and earn")),
        ("language", t(locale, "Change the language")),
        ("settings", t(locale, "Notifications and quiet hours")),
        ("support", t(locale, "Write to our team")),
        ("help", t(locale, "How it works")),
    ]


def say_unknown(talk: Conversation) -> None:
    """To a command that there is not."""
    talk.replies.say(
        safe(t(talk.locale, "I don't know that command. Here's what I can do:")), menu(talk)
    )


def say_unreadable(talk: Conversation) -> None:
    """To a picture, a voice message, a sticker."""
    talk.replies.say(
        safe(
            t(
                talk.locale,
                "I can only read text here. To send something to our team, tap Contact support.",
            )
        ),
        _help_buttons(talk.locale),
    )


def stale(locale: str) -> str:
    """To a button that is too old to know what it was for."""
    return t(locale, "This button is too old. Send /start to begin again.")
