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

ONE_FORM: Final = "nplurals=1; plural=0;"
TWO_FORMS: Final = "nplurals=2; plural=(n != 1);"
TWO_FORMS_FROM_TWO: Final = "nplurals=2; plural=(n > 1);"
EAST_SLAVIC: Final = (
    "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : "
    "n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);"
)
POLISH: Final = (
    "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);"
)
ARABIC: Final = (
    "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
    "n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
)

PLURAL_RULES: Final = {
    **dict.fromkeys(("zh", "id", "vi", "th", "ja", "ko", "ms"), ONE_FORM),
    **dict.fromkeys(("en", "es", "pt", "de", "it", "tr"), TWO_FORMS),
    **dict.fromkeys(("fr", "fa", "hi", "tl"), TWO_FORMS_FROM_TWO),
    **dict.fromkeys(("ru", "uk"), EAST_SLAVIC),
    "pl": POLISH,
    "ar": ARABIC,
}
"""Which form goes with a number, as gettext writes it, for whole numbers.

The rules are those of the Unicode CLDR; Babel's own table numbers the last two Arabic
forms differently and gives Persian one form.
"""


def language_tag(locale: str) -> str:
    """The locale as browsers and search engines name it (BCP 47).

    Filipino is ``fil`` there; ``tl`` stands in our addresses.
    """
    return "fil" if locale == "tl" else locale


def text_direction(locale: str) -> str:
    """``rtl`` or ``ltr``, as in the HTML attribute ``dir``."""
    return "rtl" if locale in RIGHT_TO_LEFT else "ltr"


def search_engine_tags(locale: str) -> tuple[str, ...]:
    """The names under which a page of the locale is announced to search engines.

    Filipino has two: ``fil`` is the usual one, ``tl`` is the one of our addresses.
    """
    tag = language_tag(locale)
    return (tag,) if tag == locale else (tag, locale)


RENAMED: Final = {"fil": "tl", "in": "id", "iw": "he", "zh-hans": "zh", "zh-hant": "zh"}
"""Names by which browsers and apps call languages that we call otherwise."""


def locale_named(tag: str) -> str | None:
    """The locale that a language's tag means: ``pt-br`` is ``pt``; None when we speak none of it."""
    language = tag[:35].lower().replace("_", "-")
    for name in (RENAMED.get(language, language), language.partition("-")[0]):
        locale = RENAMED.get(name, name)
        if locale in LOCALES:
            return locale
    return None
