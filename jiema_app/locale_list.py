"""The 21 languages of the product."""

from typing import Final

LOCALES: Final = (
    "en", "zh", "ru", "es", "pt", "fr", "de", "it", "tr", "ar", "fa",
    "hi", "id", "vi", "th", "tl", "ja", "ko", "uk", "pl", "ms",
)  # fmt: skip
"""Every locale, as it stands in a page's address. English is the fallback."""

RIGHT_TO_LEFT: Final = frozenset({"ar", "fa"})
"""Locales written from right to left."""

NATIVE_NAMES: Final = {
    "en": "English",
    "zh": "中文",
    "ru": "Русский",
    "es": "Español",
    "pt": "Português",
    "fr": "Français",
    "de": "Deutsch",
    "it": "Italiano",
    "tr": "Türkçe",
    "ar": "العربية",
    "fa": "فارسی",
    "hi": "हिन्दी",
    "id": "Bahasa Indonesia",
    "vi": "Tiếng Việt",
    "th": "ไทย",
    "tl": "Filipino",
    "ja": "日本語",
    "ko": "한국어",
    "uk": "Українська",
    "pl": "Polski",
    "ms": "Bahasa Melayu",
}
"""How speakers call each language."""


def language_tag(locale: str) -> str:
    """The locale as browsers and search engines name it (BCP 47).

    Filipino is ``fil`` there; ``tl`` stands in our addresses.
    """
    return "fil" if locale == "tl" else locale


def text_direction(locale: str) -> str:
    """``rtl`` or ``ltr``, as in the HTML attribute ``dir``."""
    return "rtl" if locale in RIGHT_TO_LEFT else "ltr"


def language_tags(locale: str) -> tuple[str, ...]:
    """Every name under which search engines are told of the locale."""
    return ("fil", "tl") if locale == "tl" else (locale,)
