"""What people choose for their chat: the language, which notices they want, and when in silence."""

from dataclasses import replace
from typing import Final

from jiema_app.bot import greeting
from jiema_app.bot.buttons import Button, act, in_columns, rows
from jiema_app.bot.conversation import Conversation
from jiema_app.bot.presses import Pressed
from jiema_app.bot.words import bold, lines, safe
from jiema_app.domain.telegram.calls import Keyboard
from jiema_app.domain.telegram.chats import Chat, choose_notices, set_quiet_hours
from jiema_app.domain.telegram.quiet_hours import HOUR, OFFSET_MAX, QUIET
from jiema_app.domain.transaction import Connection
from jiema_app.i18n.locale_list import LOCALES, NATIVE_NAMES
from jiema_app.i18n.quiet_hours_texts import clock_time, hours_label, quiet_line, zone_name
from jiema_app.i18n.translation import t

DAY: Final = 24 * HOUR

OFFSETS: Final = tuple(range(-12 * HOUR, 14 * HOUR + 1, HOUR))
HALVES: Final = (-570, -210, 210, 270, 330, 345, 390, 525, 570, 630, 765)
"""Clocks that stand between whole hours, somewhere in the world."""


async def choose_language(talk: Conversation, words: str) -> None:
    """All languages, each by its own name; or the one that was named behind the command."""
    if words.lower() in LOCALES:
        await _set_language(talk, words.lower())
        return
    talk.replies.say(safe(t(talk.locale, "Choose your language:")), _languages())


async def press_languages(talk: Conversation, pressed: Pressed) -> None:
    """The same, for a button."""
    del pressed
    await choose_language(talk, "")


async def press_language(talk: Conversation, pressed: Pressed) -> None:
    """Change the account's language, here and on the web."""
    if pressed.text(0) in LOCALES:
        await _set_language(talk, pressed.text(0))


def _languages() -> Keyboard:
    buttons = [act(NATIVE_NAMES[locale], "ls", locale) for locale in LOCALES]
    return rows(*in_columns(buttons, 3))


async def _set_language(talk: Conversation, locale: str) -> None:
    await talk.begin_change()
    await talk.desk.identity.set_lang(talk.user, locale)
    said = replace(talk, locale=locale)
    done = safe(t(locale, "I speak {language} from now on.", language=NATIVE_NAMES[locale]))
    if talk.message_id is None:
        talk.replies.say(done, greeting.menu(said))
    else:
        talk.replies.edit(talk.message_id, done, greeting.menu(said))


async def show_settings(talk: Conversation, words: str) -> None:
    """Which notices they get, and when in silence."""
    del words
    talk.replies.say(*_settings(talk, talk.chat))


async def press_settings(talk: Conversation, pressed: Pressed) -> None:
    """The same, or one of its parts: quiet hours, the clock."""
    made = {"q": _hours, "z": _clocks}.get(pressed.text(0), _settings)(talk, talk.chat)
    if talk.message_id is None:
        talk.replies.say(*made)
    else:
        talk.replies.edit(talk.message_id, *made)


async def press_kind(talk: Conversation, pressed: Pressed) -> None:
    """Have a kind of notices sent, or not."""
    await talk.begin_change()
    is_wanted, kind, chat = pressed.text(1) == "1", pressed.text(0), talk.chat
    if kind == "orders":
        chat = replace(chat, notify_orders=is_wanted)
    elif kind == "money":
        chat = replace(chat, notify_money=is_wanted)

    async def choose(connection: Connection) -> None:
        await choose_notices(
            connection,
            talk.sender.id,
            orders=chat.notify_orders,
            money=chat.notify_money,
        )

    talk.replies.also(choose)
    _shown(talk, chat)


async def press_quiet(talk: Conversation, pressed: Pressed) -> None:
    """Choose quiet hours, or how far their clock is ahead of UTC."""
    chat = talk.chat
    if pressed.text(0) == "z":
        ahead = pressed.number(1, at_most=2 * DAY)
        if ahead is None or abs(ahead - DAY) > OFFSET_MAX:
            return
        chat = replace(chat, utc_offset_minutes=ahead - DAY)
    elif pressed.text(1) in QUIET:
        begin, end = QUIET[pressed.text(1)] or (None, None)
        chat = replace(chat, quiet_from=begin, quiet_until=end)
    await talk.begin_change()
    hours = (
        None
        if chat.quiet_from is None or chat.quiet_until is None
        else (chat.quiet_from, chat.quiet_until)
    )
    talk.replies.also(
        lambda connection: set_quiet_hours(
            connection, talk.sender.id, hours, chat.utc_offset_minutes
        )
    )
    _shown(talk, chat)


def _shown(talk: Conversation, chat: Chat) -> None:
    if talk.message_id is not None:
        talk.replies.edit(talk.message_id, *_settings(talk, chat))


def _settings(talk: Conversation, chat: Chat) -> tuple[str, Keyboard]:
    locale = talk.locale
    html = lines(
        bold(t(locale, "Notifications")),
        safe(t(locale, "Tap one to turn it on or off.")),
        "",
        safe(quiet_line(chat, locale)),
        safe(
            t(
                locale,
                "In quiet hours messages come without a sound, except for codes, answers to you "
                "and warnings.",
            )
        ),
    )
    return html, rows(
        _kind(t(locale, "Orders and codes"), "orders", is_on=chat.notify_orders),
        _kind(t(locale, "Top-ups and withdrawals"), "money", is_on=chat.notify_money),
        (act(t(locale, "Quiet hours"), "n", "q"), act(t(locale, "Your clock"), "n", "z")),
        act(t(locale, "Language"), "l"),
    )


def _kind(label: str, kind: str, *, is_on: bool) -> Button:
    return act(f"{'🔔' if is_on else '🔕'} {label}", "nk", kind, 0 if is_on else 1)


def _hours(talk: Conversation, chat: Chat) -> tuple[str, Keyboard]:
    del chat
    locale = talk.locale
    buttons = [
        act(
            hours_label(hours, locale),
            "nq",
            "h",
            key,
        )
        for key, hours in QUIET.items()
    ]
    return safe(t(locale, "When should messages be silent?")), rows(*in_columns(buttons, 2))


def _clocks(talk: Conversation, chat: Chat) -> tuple[str, Keyboard]:
    del chat
    buttons = [
        act(
            f"{clock_time((talk.now.hour * HOUR + talk.now.minute + offset) % DAY)} ({zone_name(offset)})",
            "nq",
            "z",
            offset + DAY,
        )
        for offset in sorted({*OFFSETS, *HALVES})
    ]
    return safe(t(talk.locale, "What time is it where you are?")), rows(*in_columns(buttons, 2))
