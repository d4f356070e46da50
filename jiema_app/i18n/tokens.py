"""Tokens: what stands in a compiled page for whatever depends on its language.

Pages are compiled once for all languages. Wherever a text, a figure or an address differs by
language, a token stands instead: letters and digits alone, so that nothing on the way through
React, bundler and minifier changes it. ``jiema_app/processes/localising`` puts each language's
own in its place; what a token stands for is its recipe.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from jiema_app.i18n.formats import money
from jiema_app.i18n.locale_list import NATIVE_NAMES, language_tag, text_direction
from jiema_app.i18n.translation import t, tc, tn, words_locale
from jiema_app.settings import get_settings

TOKEN: Final = re.compile(r"zq[0-9a-f]{12}qz")
TORN_TOKEN: Final = re.compile(rb"zq[0-9a-f]{6}|[0-9a-f]{6}qz", re.IGNORECASE)
"""A token, whole or cut in two, in small or in capital letters."""

Value = str | int


class TokenUnknown(RuntimeError):
    """A token of which nobody knows what it stands for."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a token stands for: a function of the language, and what it is called with."""

    kind: str
    arguments: tuple[Value, ...] = ()
    values: tuple[tuple[str, Value], ...] = ()

    @property
    def token(self) -> str:
        """Its token: the same in every build."""
        plain = json.dumps(self.as_json(), ensure_ascii=False)
        return f"zq{hashlib.sha256(plain.encode()).hexdigest()[:12]}qz"

    @property
    def may_be_absent(self) -> bool:
        """Whether some languages have none: then the attribute is left out."""
        return self.kind in MAY_BE_ABSENT

    def as_json(self) -> list[object]:
        """For the journal of a compiled build."""
        return [self.kind, list(self.arguments), dict(self.values)]

    @classmethod
    def from_json(cls, written: tuple[str, list[Value], dict[str, Value]]) -> "Recipe":
        """Back from the journal."""
        kind, arguments, values = written
        return cls(kind, tuple(arguments), tuple(sorted(values.items())))

    def __str__(self) -> str:
        """For messages: its English, where it has one."""
        return f"{self.kind}{self.arguments!r}"


_recipes: dict[str, Recipe] = {}
"""Every token that this process made."""


def token(kind: str, *arguments: Value, **values: Value) -> str:
    """The token of a recipe, which is remembered."""
    recipe = Recipe(kind, arguments, tuple(sorted(values.items())))
    assert kind in _KINDS, kind
    made = recipe.token
    assert _recipes.setdefault(made, recipe) == recipe, "two recipes have one token"
    return made


def known_recipes() -> Mapping[str, Recipe]:
    """What the tokens of this process stand for."""
    return dict(_recipes)


def in_language(text: str, locale: str, recipes: Mapping[str, Recipe] = _recipes) -> str:
    """A text with each of its tokens replaced by what the language has for it.

    Raises:
        TokenUnknown: Nothing is known of a token.
    """
    return TOKEN.sub(lambda found: value_of(found[0], locale, recipes) or "", text)


def value_of(made: str, locale: str, recipes: Mapping[str, Recipe] = _recipes) -> str | None:
    """What a language has for a token; None: the attribute is left out.

    Raises:
        TokenUnknown: Nothing is known of it.
    """
    recipe = recipes.get(made)
    if recipe is None:
        raise TokenUnknown(f"Nothing is known of the token {made}.")
    values = {
        # A value may be a text itself.
        name: in_language(value, locale, recipes) if isinstance(value, str) else value
        for name, value in recipe.values
    }
    return _KINDS[recipe.kind](locale, *recipe.arguments, **values)


def _borrowed_tag(locale: str) -> str | None:
    """The language of the words, where the page's own has none yet."""
    words = words_locale(locale)
    return words if words != locale else None


def _borrowed_direction(locale: str) -> str | None:
    words = words_locale(locale)
    return text_direction(words) if words != locale else None


def _languages(_locale: str) -> str:
    return json.dumps([[one, NATIVE_NAMES[one]] for one in get_settings().locales])


_KINDS: Final[Mapping[str, Callable[..., str | None]]] = {
    "t": t,
    "tc": tc,
    "tn": tn,
    "money": money,
    "locale": lambda locale: locale,
    "tag": language_tag,
    "direction": text_direction,
    "borrowed-tag": _borrowed_tag,
    "borrowed-direction": _borrowed_direction,
    "languages": _languages,
}

MAY_BE_ABSENT: Final = frozenset({"borrowed-tag", "borrowed-direction"})
