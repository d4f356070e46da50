"""Finding the one-time code in an SMS.

The steps, each a module of ``code_finding``: the text is folded into one spelling; words that say
what a number is are looked up, in all languages at once; links, sums, dates and phone numbers are
set aside; of what is left, each candidate is weighed. The best one is the code if it has enough
points and a clear lead; otherwise there is none, and the reader has the text.

``explain`` tells the reasons. How good it is, and how that is measured: docs/codes.md.
"""

import re
from typing import Final

from jiema_app.domain.orders.code_finding.candidates import LETTERED, find_candidates
from jiema_app.domain.orders.code_finding.context import Context
from jiema_app.domain.orders.code_finding.evidence import ENOUGH, LEAD, Weighed, weigh
from jiema_app.domain.orders.code_finding.folding import Folded, fold
from jiema_app.domain.orders.code_finding.spans import find_spans, origin_bound_code
from jiema_app.domain.orders.code_finding.vocabulary import find_words

READ_MAX_CHARS: Final = 2_000
"""Of a longer text the beginning: thirteen parts of an ordinary SMS."""
CANDIDATES_MAX: Final = 50
"""Who sends more numbers than these sends a list."""
NAMED_MAX_CHARS: Final = 40

_CODE: Final = re.compile(r"[A-Za-z0-9]{3,12}")
_DIGIT: Final = re.compile(r"[0-9]")
_MARK: Final = re.compile(r"^[A-Z]{1,3}-(?=[0-9])")
_GROUPING: Final = re.compile(r"[ -]")
_NOT_CODE: Final = re.compile(r"[^A-Za-z0-9]")


def find_code(text: str, named: str | None = None) -> str | None:
    """The one-time code in an SMS; None when there is none, or none that is clearly it.

    Args:
        text: As it came.
        named: What a supplier says the code is. It is a guess, by a pattern that we don't know:
            it speaks for a candidate and does not decide, unless the text is nothing else, or
            does not contain it, as with calls.

    Returns:
        ASCII letters and digits, without what separates groups.
    """
    claimed = None if named is None else plain_code(named)
    if claimed is not None and plain_code(text) == claimed:
        return claimed
    code, _, folded = _read(text, claimed)
    if code is None and claimed is not None and claimed not in _NOT_CODE.sub("", folded.cased):
        return claimed
    return code


def read_vocabulary() -> None:
    """Read what the first text needs: a fifth of a second, better before somebody waits."""
    find_words("")


def plain_code(code: str) -> str | None:
    """A code by itself as it is shown, ``123-456`` as ``123456``; None when it is no code."""
    if len(code) > NAMED_MAX_CHARS:
        return None
    squeezed = _GROUPING.sub("", _MARK.sub("", fold(code).cased.strip()))
    if not _CODE.fullmatch(squeezed) or not (squeezed.isupper() or _DIGIT.search(squeezed)):
        return None
    return squeezed


def explain(text: str) -> list[str]:
    """Each candidate of a text with its points and their reasons, the best first."""
    _, weighed, _ = _read(text)
    return [
        f"{one.candidate.code} ({one.candidate.look}) {one.points}: "
        + "; ".join(f"{reason} {points:+}" for reason, points in one.reasons)
        for one in weighed
    ]


def _read(text: str, named: str | None = None) -> tuple[str | None, list[Weighed], Folded]:
    folded = fold(text[:READ_MAX_CHARS])
    bound = origin_bound_code(folded)
    words = find_words(folded.plain)
    spans = find_spans(folded, words)
    candidates = find_candidates(folded, spans, words)
    if len(candidates) > CANDIDATES_MAX:
        return None, [], folded
    weighed = _weigh_all(Context(folded, words, spans, candidates), named)
    if bound is not None and (code := plain_code(bound[1])) is not None:
        return code, weighed, folded
    figures = [one for one in candidates if one.look not in LETTERED]
    if len(figures) == len(candidates):
        return _clear_best(weighed), weighed, folded
    # Names of services have figures, too: "Your 1xBet code is 4821".
    without_names = _weigh_all(Context(folded, words, spans, figures), named)
    found = _clear_best(without_names)
    lettered = max(one.points for one in weighed if one.candidate.look in LETTERED)
    if found is not None and without_names[0].points >= lettered:
        return found, without_names, folded
    return _clear_best(weighed), weighed, folded


def _weigh_all(context: Context, named: str | None) -> list[Weighed]:
    weighed = [weigh(context, candidate, named) for candidate in context.candidates]
    return sorted(weighed, key=lambda one: one.points, reverse=True)


def _clear_best(weighed: list[Weighed]) -> str | None:
    """The best one's code, if it has enough points and no other code is near it."""
    if not weighed or weighed[0].points < ENOUGH:
        return None
    best = weighed[0]
    rivals = (one.points for one in weighed if one.candidate.code != best.candidate.code)
    return best.candidate.code if best.points - max(rivals, default=0) >= LEAD else None
