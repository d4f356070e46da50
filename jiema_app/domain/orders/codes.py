"""Finding the one-time code in an SMS.

The steps, each a module of ``code_finding``: the text is folded into one spelling; words that say
what a number is are looked up, in all languages at once; links, sums, dates and phone numbers are
set aside; of what is left, each candidate is weighed. The best one is the code if it has enough
points and a clear lead; otherwise there is none, and the reader has the text.

``explain`` tells the reasons. How good it is, and how that is measured: docs/codes.md.
"""

from typing import Final

from jiema_app.domain.orders.code_finding.candidates import find_candidates
from jiema_app.domain.orders.code_finding.context import Context
from jiema_app.domain.orders.code_finding.evidence import ENOUGH, LEAD, Weighed, weigh
from jiema_app.domain.orders.code_finding.folding import fold
from jiema_app.domain.orders.code_finding.spans import find_spans, origin_bound_code
from jiema_app.domain.orders.code_finding.vocabulary import find_words

READ_MAX_CHARS: Final = 2_000
"""Of a longer text the beginning: thirteen parts of an ordinary SMS."""


def find_code(text: str) -> str | None:
    """The one-time code in an SMS; None when there is none, or none that is clearly it.

    Returns:
        ASCII letters and digits, without what separates groups.
    """
    code, _ = _read(text)
    return code


def explain(text: str) -> list[str]:
    """Each candidate of a text with its points and their reasons, the best first."""
    _, weighed = _read(text)
    return [
        f"{one.candidate.code} ({one.candidate.look}) {one.points}: "
        + "; ".join(f"{reason} {points:+}" for reason, points in one.reasons)
        for one in weighed
    ]


def _read(text: str) -> tuple[str | None, list[Weighed]]:
    folded = fold(text[:READ_MAX_CHARS])
    bound = origin_bound_code(folded)
    words = find_words(folded.plain)
    spans = find_spans(folded, words)
    candidates = find_candidates(folded, spans, words)
    context = Context(folded, words, spans, candidates)
    weighed = [weigh(context, candidate) for candidate in candidates]
    weighed.sort(key=lambda one: one.points, reverse=True)
    if bound is not None and any(one.isdecimal() for one in bound[1]):
        return bound[1].replace("-", ""), weighed
    if not weighed or weighed[0].points < ENOUGH:
        return None, weighed
    best = weighed[0]
    rivals = (one.points for one in weighed if one.candidate.code != best.candidate.code)
    if best.points - max(rivals, default=0) < LEAD:
        return None, weighed
    return best.candidate.code, weighed
