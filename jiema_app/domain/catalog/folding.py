"""Text as searches compare it. ``assets/js/search.js`` folds what is typed in the same way."""

import unicodedata

from jiema_app.domain.catalog.search_words import load_search_words


def fold(text: str) -> str:
    """Text without case and accents, with Western digits, words apart by one space."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(map(_letter, unicodedata.normalize("NFKD", folded))).split())


def _letter(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if unicodedata.category(character).startswith("M"):
        return ""
    if not character.isalnum():
        return " "
    return load_search_words().same.get(character, character)
