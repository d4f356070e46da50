"""The questions and answers of a text whose third-level headings are questions."""

from collections.abc import Mapping

from jiema_app.i18n.long_texts import LongText
from jiema_app.i18n.translation import filled
from jiema_app.site.texts.markdown import plain_text

Answer = tuple[str, str]
"""A question, and what we say to it, both without markup."""


def questions_of(text: LongText, values: Mapping[str, object]) -> tuple[Answer, ...]:
    """Every question of the text with its answer, in order."""
    found: list[Answer] = []
    for piece in f"\n{text.body}".split("\n### ")[1:]:
        question, _, rest = piece.partition("\n")
        answer = rest.partition("\n## ")[0]
        found.append(
            (
                filled(question.strip(), values, text.locale, isolated=False),
                plain_text(answer, text.locale, values),
            )
        )
    return tuple(found)
