"""What a person's browser is called in the list of their sessions.

Coarse on purpose: enough to tell the phone from the laptop, nothing to follow somebody by.
"""

from typing import Final

UNKNOWN: Final = "Unknown browser"

MINI_APP: Final = "Telegram Mini App"
"""What all of somebody's Mini Apps are called there: they are one session. No browser is."""

# The first word that occurs wins: browsers name their ancestors too.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("YaBrowser", "Yandex Browser"),
    ("UCBrowser", "UC Browser"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("iPad", "iPad"),
    ("iPhone", "iPhone"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def describe_device(user_agent: str) -> str:
    """A browser in a few words, for example ``Chrome on Android``."""
    browser = next((name for word, name in _BROWSERS if word in user_agent), None)
    system = next((name for word, name in _SYSTEMS if word in user_agent), None)
    if browser is None:
        return UNKNOWN
    return browser if system is None else f"{browser} on {system}"
