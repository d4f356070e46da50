"""Lengths of time in the grammatical case that a sentence asks for.

"15 minutes" alone stands in the nominative; after a preposition some languages bend it: ``через
1 минуту``, ``بعد دقيقتين``. A translation asks for a case behind the placeholder's name,
``{time:genitive}``, and the value answers. The forms are those of the Unicode CLDR's grammatical
features, of which Babel holds the nominative alone.
"""

from collections.abc import Callable, Mapping
from gettext import c2py
from typing import Final, Literal

from jiema_app.i18n.locale_list import PLURAL_RULES

Unit = Literal["day", "hour", "minute", "second"]

CASES: Final[Mapping[str, Mapping[str, Mapping[Unit, tuple[str, ...]]]]] = {
    "ru": {
        "accusative": {
            "day": ("день", "дня", "дней"),
            "hour": ("час", "часа", "часов"),
            "minute": ("минуту", "минуты", "минут"),
            "second": ("секунду", "секунды", "секунд"),
        },
        "genitive": {
            "day": ("дня", "дней", "дней"),
            "hour": ("часа", "часов", "часов"),
            "minute": ("минуты", "минут", "минут"),
            "second": ("секунды", "секунд", "секунд"),
        },
    },
    "uk": {
        "accusative": {
            "day": ("день", "дні", "днів"),
            "hour": ("годину", "години", "годин"),
            "minute": ("хвилину", "хвилини", "хвилин"),
            "second": ("секунду", "секунди", "секунд"),
        },
        "genitive": {
            "day": ("дня", "днів", "днів"),
            "hour": ("години", "годин", "годин"),
            "minute": ("хвилини", "хвилин", "хвилин"),
            "second": ("секунди", "секунд", "секунд"),
        },
    },
    "pl": {
        "accusative": {
            "day": ("dzień", "dni", "dni"),
            "hour": ("godzinę", "godziny", "godzin"),
            "minute": ("minutę", "minuty", "minut"),
            "second": ("sekundę", "sekundy", "sekund"),
        },
        "genitive": {
            "day": ("dnia", "dni", "dni"),
            "hour": ("godziny", "godzin", "godzin"),
            "minute": ("minuty", "minut", "minut"),
            "second": ("sekundy", "sekund", "sekund"),
        },
    },
    "ar": {
        "genitive": {
            "day": ("يوم", "=يوم واحد", "=يومين", "أيام", "يومًا", "يوم"),
            "hour": ("ساعة", "=ساعة واحدة", "=ساعتين", "ساعات", "ساعة", "ساعة"),
            "minute": ("دقيقة", "=دقيقة واحدة", "=دقيقتين", "دقائق", "دقيقة", "دقيقة"),
            "second": ("ثانية", "=ثانية واحدة", "=ثانيتين", "ثوانٍ", "ثانية", "ثانية"),
        },
    },
    "de": {
        "dative": {
            "day": ("Tag", "Tagen"),
            "hour": ("Stunde", "Stunden"),
            "minute": ("Minute", "Minuten"),
            "second": ("Sekunde", "Sekunden"),
        },
    },
    "hi": {
        "oblique": {
            "day": ("दिन", "दिन"),
            "hour": ("घंटे", "घंटे"),
            "minute": ("मिनट", "मिनट"),
            "second": ("सेकंड", "सेकंड"),
        },
    },
}
"""By language, case and unit: the word of each plural form, in the order of ``PLURAL_RULES``.

A form that begins with ``=`` holds its number itself.
"""


def count_in_case(locale: str, case: str, n: int, unit: Unit) -> str | None:
    """So many of a unit, in a case; None where the language has no such case."""
    words = CASES.get(locale, {}).get(case)
    if words is None:
        return None
    word = words[unit][_plural_form(locale)(n)]
    return word[1:] if word.startswith("=") else f"{n} {word}"


def has_case(locale: str, case: str) -> bool:
    """Whether texts of the language may ask for it."""
    return case in CASES.get(locale, {})


def _plural_form(locale: str) -> Callable[[int], int]:
    return c2py(PLURAL_RULES[locale].partition("plural=")[2].rstrip(";"))
