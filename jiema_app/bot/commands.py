"""What Telegram shows of the bot before anybody writes to it: its commands and what it is."""

from typing import Final

from jiema_app.bot.greeting import described
from jiema_app.domain.telegram.calls import TelegramCall
from jiema_app.i18n.locale_list import LOCALES
from jiema_app.i18n.translation import is_translated, t

ABOUT_MAX: Final = 120
DESCRIPTION_MAX: Final = 512
COMMAND_WORDS_MAX: Final = 256

LANGUAGE_CODES: Final = {"tl": "tl"}
"""By which Telegram knows a language that we call otherwise."""


def calls_that_describe() -> list[TelegramCall]:
    """The calls that set all of it, in every language that has words of its own.

    English goes without a code: it is what everybody else reads.
    """
    made: list[TelegramCall] = []
    for locale in LOCALES:
        if not is_translated(locale):
            continue
        code = {} if locale == "en" else {"language_code": LANGUAGE_CODES.get(locale, locale)}
        made += [
            TelegramCall(
                "setMyCommands",
                {
                    "commands": [
                        {"command": name, "description": words[:COMMAND_WORDS_MAX]}
                        for name, words in described(locale)
                    ],
                    "scope": {"type": "all_private_chats"},
                    **code,
                },
            ),
            TelegramCall("setMyDescription", {"description": _description(locale), **code}),
            TelegramCall("setMyShortDescription", {"short_description": _about(locale), **code}),
        ]
    return made


def _description(locale: str) -> str:
    """In the empty chat, above the button that starts it."""
    words = t(
        locale,
        "Temporary phone numbers for SMS codes. Choose a service and a country, enter the number "
        "there, and read the code here. If no code comes, you pay nothing.",
    )
    return words[:DESCRIPTION_MAX]


def _about(locale: str) -> str:
    """On the bot's profile, and where its link is shared."""
    words = t(locale, "Temporary phone numbers for SMS codes, paid per number.")
    return words[:ABOUT_MAX]
