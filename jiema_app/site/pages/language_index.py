"""What browsers search for a language by: every name that each of ours has in any of them.

It is fetched when somebody is about to look for one; ``assets/js/languages.js`` reads it.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from babel import Locale

from jiema_app.i18n.locale_list import LOCALES, NATIVE_NAMES, language_tag
from jiema_app.i18n.translation import t, tn, words_locale

BETWEEN: Final = "|"
"""Between names: no language is written with it."""

TYPED: Final = "%"
"""Stands in a text where the browser writes what was typed."""

OTHER_NAMES: Final = {
    "zh": ("Mandarin", "Putonghua", "Zhongwen", "普通话", "汉语", "漢語", "國語"),
    "ru": ("Russkij", "Russkiy"),
    "es": ("Castellano",),
    "ar": ("Arabi",),
    "fa": ("Farsi", "Dari"),
    "th": ("Phasa Thai",),
    "tl": ("Tagalog", "Pilipino"),
    "ja": ("Nihongo",),
    "ko": ("Hangugeo", "조선말"),
    "uk": ("Ukrainska", "Ukrayinska"),
}
"""Names that Unicode's list has not: in Latin letters, or of old."""


def language_index(locale: str, served: Sequence[str]) -> bytes:
    """The index as JSON.

    Each row: the locale; its own name; its name in the words of the page; its names that count
    first, in English and in the language of the page; all others.

    Args:
        locale: Of the page.
        served: The languages of this deployment.
    """
    words = words_locale(locale)
    missing = tn(
        words,
        "“{name}” isn't available yet. The site is in {n} language.",
        "“{name}” isn't available yet. The site is in {n} languages.",
        len(served),
        name=TYPED,
    )
    return json.dumps(
        {
            "find": t(words, "Find a language"),
            "missing": missing,
            "language": t(words, "Language"),
            # What somebody types who looks for the list.
            "all": [t(words, "Language"), t(words, "Languages"), "Language", "Languages"],
            "rows": [_row(one, locale, words) for one in served],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def _row(one: str, locale: str, words: str) -> list[Any]:
    here = _name_in(words, one)
    first = dict.fromkeys((NATIVE_NAMES[one], here, _name_in(locale, one), _name_in("en", one)))
    others = dict.fromkeys((*OTHER_NAMES.get(one, ()), *(_name_in(each, one) for each in LOCALES)))
    rest = (name for name in others if name not in first)
    return [one, NATIVE_NAMES[one], here, BETWEEN.join(first), BETWEEN.join(rest)]


def _name_in(locale: str, one: str) -> str:
    names = Locale.parse(language_tag(locale)).languages
    return str(names.get(language_tag(one), NATIVE_NAMES[one]))
