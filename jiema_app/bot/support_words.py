"""What support says: to customers in their language, to those who answer in English."""

from collections.abc import Callable, Mapping
from typing import Final

from jiema_app.i18n.formats import duration
from jiema_app.i18n.locale_list import LOCALES, locale_named
from jiema_app.i18n.translation import t

HOUR_S: Final = 3_600


def locale_of(lang: str | None, language_code: str | None) -> str:
    """In which language somebody is written to: their account's, else their Telegram's."""
    if lang in LOCALES:
        return str(lang)
    return locale_named(language_code or "") or "en"


def opened(locale: str, hours: int) -> str:
    """The first answer, which no person gives."""
    return t(
        locale,
        "Your message has reached our support team. A person will answer here, usually within "
        "{time}. Send anything that helps: order IDs, pictures, files.",
        time=duration(locale, hours * HOUR_S),
    )


def busy(locale: str) -> str:
    """Somebody writes faster than anybody reads."""
    return t(
        locale,
        "That's a lot of messages at once, and the last ones were not passed on. "
        "Please wait a minute, then send them again.",
    )


def uncopied(locale: str) -> str:
    """Something that Telegram does not let us copy."""
    return t(
        locale,
        "This kind of message can't be passed on to support. Send it as text, a picture or a file.",
    )


def closed(locale: str) -> str:
    """Somebody closed their case."""
    return t(
        locale, "Support has closed this conversation. If anything is left, send /support again."
    )


def reply_label(locale: str) -> str:
    """The button beneath an answer, for somebody who has left support."""
    return t(locale, "Reply to support")


CANNED: Final[Mapping[str, Callable[[str], str]]] = {
    "hello": lambda locale: t(locale, "Hello! Thanks for writing. We're looking into it now."),
    "wait": lambda locale: t(
        locale,
        "We need a little more time to check this. We'll write here as soon as we know more.",
    ),
    "no-code": lambda locale: t(
        locale,
        "If no code arrives before the time is up, the order ends by itself and the whole price "
        "returns to your balance. You can also cancel it earlier for a full refund.",
    ),
    "wrong-code": lambda locale: t(
        locale,
        "Please send us the order ID and a picture of the service's error message, without the "
        "code.",
    ),
    "refused-number": lambda locale: t(
        locale,
        "If the service refuses the number, cancel the order for a full refund and try another "
        "country or operator. You pay only when a code arrives.",
    ),
    "top-up": lambda locale: t(
        locale,
        "A top-up is credited as soon as the network has confirmed it, usually within a few "
        "minutes. Please send us the ID of your transaction (TXID).",
    ),
    "wrong-amount": lambda locale: t(
        locale,
        "You sent an amount that differs from your top-up, so a person is checking it. "
        "You'll see the result in your top-ups.",
    ),
    "withdrawal": lambda locale: t(
        locale,
        "A person checks each withdrawal before it's sent. You'll see every step in your "
        "withdrawals.",
    ),
    "never-ask": lambda locale: t(
        locale,
        "We never ask for passwords, seed phrases or codes that you received. If somebody does so "
        "in our name, it isn't us.",
    ),
    "solved": lambda locale: t(locale, "Is everything all right now? If not, just write here."),
}
"""Answers that are given often, by their names."""

NOTICES: Final = {
    "answer_blocked": "⚠️ Not delivered: they have blocked the bot.",
    "answer_uncopied": "⚠️ Not delivered: Telegram does not let this message be copied.",
    "answer_unknown": "⚠️ Perhaps not delivered: Telegram did not answer. It is not sent again by "
    "itself.",
    "answer_failed": "⚠️ Not delivered: Telegram did not take it.",
    "answer_album": "⚠️ Not delivered: an album is not passed on. Send its pictures one by one.",
    "message_blocked": "⚠️ A message of theirs could not be shown here.",
    "message_uncopied": "⚠️ They sent something that cannot be copied. They were told.",
    "message_unknown": "⚠️ A message of theirs may be missing here: Telegram did not answer.",
}

HELP: Final = """What you write here goes to the customer, as if the bot had written it.
Lines that begin with <code>//</code> stay here. Edits are passed on.

/refund ORDER: give its price back (asked once more)
/note TEXT: for the header and the audit log
/ban REASON, /unban
/canned: the ready answers; /canned NAME: send one, in their language
/close: end this case
/help"""

UNKNOWN: Final = "Unknown command: nothing was sent to the customer. See /help."
