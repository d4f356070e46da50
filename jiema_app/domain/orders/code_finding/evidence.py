"""What speaks for and against each candidate, with the reasons.

A candidate needs ``ENOUGH`` points, and ``LEAD`` more than any other code of the text: a wrong code
is worse than none, since the text itself is always shown. The points were set by hand with
tests/data/codes/known.jsonl; only their order matters much.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from jiema_app.domain.orders.code_finding import phrases
from jiema_app.domain.orders.code_finding.candidates import Candidate, Look
from jiema_app.domain.orders.code_finding.context import CODE_ROLES, Context
from jiema_app.domain.orders.code_finding.folding import is_letter
from jiema_app.domain.orders.code_finding.vocabulary import Role, Word

ENOUGH: Final = 4
LEAD: Final = 2

USUAL: Final = range(4, 9)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_NAMED_BY: Final = frozenset({Role.LABEL, Role.LINK, Role.BALANCE, Role.CONTACT})
_AMPLE: Final = 20


@dataclass(slots=True)
class Weighed:
    """A candidate, its points and where they come from."""

    candidate: Candidate
    reasons: list[tuple[str, int]] = field(default_factory=list)

    @property
    def points(self) -> int:
        """The sum of all reasons."""
        return sum(points for _, points in self.reasons)

    def add(self, reason: str, points: int) -> None:
        """Count one more reason."""
        self.reasons.append((reason, points))


def weigh(context: Context, candidate: Candidate, named: str | None = None) -> Weighed:
    """All that a text, and whoever passed it on, says about one of its candidates."""
    weighed = Weighed(candidate)
    if candidate.code == named:
        weighed.add("named by the supplier", 3)
    _weigh_look(weighed)
    direct = _weigh_words_before(context, weighed)
    if not direct:
        direct = _weigh_words_after(context, weighed)
    if candidate.look in {Look.PAIR, Look.MIXED, Look.LETTERS} and not direct:
        weighed.add("written like a name, and no word for a code at it", -_AMPLE)
    _weigh_surroundings(context, weighed, direct=direct)
    _weigh_advertising(context, weighed)
    _weigh_validity(context, weighed)
    return weighed


def _weigh_look(weighed: Weighed) -> None:
    code, look = weighed.candidate.code, weighed.candidate.look
    if look is Look.MIXED:
        if _is_word_and_number(code):
            weighed.add("looks like a name: a word and a number", -4)
        else:
            weighed.add("letters and digits", 0)
    elif look is Look.LETTERS:
        weighed.add("letters only", -1)
    elif len(code) in USUAL:
        weighed.add(f"{len(code)} digits", 1)
    else:
        weighed.add(f"{len(code)} digits, unusual", -1)


def _is_word_and_number(code: str) -> bool:
    """Whether it is like "Bet365" or "99Taxis"."""
    letters = code.strip("0123456789")
    one_side = code.startswith(letters) or code.endswith(letters)
    return letters.isalpha() and one_side and letters[-2:].islower() and len(letters) > 1


def _weigh_words_before(context: Context, weighed: Weighed) -> bool:
    """Count the nearest words before the candidate; whether one is the word for a code at it."""
    start = weighed.candidate.start
    other: Word | None = None
    crossed = False
    joined_over_line = phrases.joined_word(context, start)
    place = phrases.place_of(context, weighed.candidate)
    if place is not None:
        weighed.add(place, -_AMPLE)
        return False
    if joined_over_line is not None and joined_over_line.role in CODE_ROLES:
        weighed.add("right after a word for a code", 6)
        return True
    for word in context.words_before(start):
        if not crossed and context.has_number_between(word.end, start):
            crossed = True
        if word.role in CODE_ROLES:
            if crossed and phrases.is_spoken_for(context, word, start):
                break
            _weigh_distant_word(context, weighed, word, other)
            return False
        if word.role in phrases.NAMING and other is None and not crossed:
            other = word
    if other is None and phrases.names_from_line_before(context, joined_over_line, start):
        other = joined_over_line
    if other is not None and not phrases.is_called_a_code(context, other, weighed.candidate):
        _weigh_other_name(context, weighed, other)
    return False


def _weigh_distant_word(context: Context, weighed: Weighed, word: Word, other: Word | None) -> None:
    candidate = weighed.candidate
    if phrases.tells_what_was_done(context, word, candidate):
        weighed.add("when or where something was done with a code", -_AMPLE)
        return
    named = context.folded.plain[max(0, candidate.start - 3) : candidate.start]
    announced = ":" in named or "=" in named or phrases.ends_in_link(context, candidate.start)
    if other is not None:
        governed = not context.has_break(word.end, other.start) and (
            other.start - word.end <= phrases.NEAR
        )
        if context.are_joined(other.end, candidate.start, _NAMED_BY) and not (
            governed and announced
        ):
            weighed.add(f"right after a word for a {other.role}", -_AMPLE)
            return
        if other.role in {Role.CONTACT, Role.BALANCE} and not announced:
            weighed.add(f"a word for a {other.role} is nearer", -3)
    following = context.folded.plain[candidate.end : candidate.end + 2].lstrip()
    closes = not following or not is_letter(following[0])
    if announced:
        weighed.add("announced, after a word for a code", 5)
    elif closes and (word.role is Role.OTP or phrases.is_for_a_name(context, word, candidate)):
        weighed.add("after a word for a code, at the end of its clause", 4)
    else:
        weighed.add("after a word for a code", 2)


def _weigh_other_name(context: Context, weighed: Weighed, other: Word) -> None:
    if context.are_joined(other.end, weighed.candidate.start, _NAMED_BY):
        weighed.add(f"right after a word for a {other.role}", -_AMPLE)
    elif other.role is not Role.LABEL and not phrases.is_prompted(context, weighed.candidate):
        weighed.add(f"after a word for a {other.role}", -3)


def _weigh_words_after(context: Context, weighed: Weighed) -> bool:
    """Count the words after the candidate; whether "… is your code" follows it."""
    end = weighed.candidate.end
    for word in context.words_after(end):
        if word.role is Role.AFTER and context.are_joined(end, word.start):
            weighed.add("a number of something else", -_AMPLE)
            return False
        if word.role is Role.CONTACT and word.start - end <= phrases.NEAR // 2:
            weighed.add("a number to call", -4)
            return False
        if word.role in CODE_ROLES:
            return _weigh_code_after(context, weighed, word)
    return False


def _weigh_code_after(context: Context, weighed: Weighed, word: Word) -> bool:
    end = weighed.candidate.end
    if context.candidates_between(end, word.start):
        return False
    following = context.candidates_between(word.end, word.end + 44)
    if following and context.are_joined(word.end, following[0].start):
        return False  # it is the other one's
    begins = context.words_between(end, word.start)
    copula = (begins and begins[0].role is Role.LINK and begins[0].start - end <= 3) or (  # noqa: PLR2004
        context.are_joined(end, word.start)
    )
    if copula:
        weighed.add("a word for a code follows at once", 5)
        return context.opens_sentence(weighed.candidate) or phrases.is_prompted(
            context, weighed.candidate
        )
    weighed.add("a word for a code follows", 4)
    return False


def _weigh_surroundings(context: Context, weighed: Weighed, *, direct: bool) -> None:
    candidate = weighed.candidate
    around = (*context.words_before(candidate.start), *context.words_after(candidate.end))
    roles = {word.role for word in around}
    if not roles & CODE_ROLES:
        if Role.PROOF in roles:
            weighed.add("its sentence speaks of confirming", 2)
        _weigh_without_code_word(context, weighed)
    if context.is_name_and_number:
        weighed.add("nothing else in the text but a name", 5)
    if not direct:
        _weigh_oddities(context, weighed)
    if phrases.is_listed(context, candidate):
        weighed.add("one of a list", -_AMPLE)


def _weigh_without_code_word(context: Context, weighed: Weighed) -> None:
    """What replaces a word for a code in the candidate's own sentence."""
    candidate = weighed.candidate
    if phrases.follows_proof(context, candidate):
        weighed.add("right after a word for confirming", 2)
    if phrases.is_prompted(context, candidate):
        weighed.add("to be entered", 2)
    near = {word.role for word in context.neighbours(candidate.start)}
    if near & CODE_ROLES:
        weighed.add("the sentence beside it speaks of a code", 2)
        if phrases.is_announced_alone(context, candidate):
            weighed.add("announced", 2)
    elif Role.PROOF in near:
        weighed.add("the sentence beside it speaks of confirming", 1)
    if near & (CODE_ROLES | {Role.PROOF}) and context.is_alone(candidate):
        weighed.add("stands alone", 3)


def _weigh_oddities(context: Context, weighed: Weighed) -> None:
    """What makes figures something else, unless a word for a code stands right at them."""
    candidate = weighed.candidate
    if _YEAR.fullmatch(candidate.code):
        weighed.add("may be a year", -5)
    if context.folded.plain[candidate.start - 1 : candidate.start] == "#":
        weighed.add("a number sign", -3)
    if candidate.look is Look.GROUPS and candidate.code.endswith("000"):
        weighed.add("a round number", -3)


def _weigh_advertising(context: Context, weighed: Weighed) -> None:
    """A "code" in an advertisement is one for a discount, unless it is said to confirm something."""
    if not context.is_advertisement:
        return
    start, end = weighed.candidate.start, weighed.candidate.end
    around = [*context.words_before(start), *context.words_after(end)]
    if not any(word.role in {Role.OTP, Role.PROOF} for word in around):
        weighed.add("in an advertisement", -_AMPLE)


def _weigh_validity(context: Context, weighed: Weighed) -> None:
    """Old codes, and codes that are said to be no longer valid."""
    start, end = weighed.candidate.start, weighed.candidate.end
    if phrases.is_wrong(context, weighed.candidate):
        weighed.add("said to be wrong", -_AMPLE)
    for word in context.words_before(start):
        if start - word.end > phrases.NEAR or context.has_number_between(word.end, start):
            break
        if word.role is Role.NEW:
            weighed.add("new", 2)
            break
        if word.role is Role.OLD:
            weighed.add("old", -_AMPLE)
            break
    old_follows = False
    for word in context.words_after(end):
        if context.candidates_between(end, word.start):
            break
        if word.role is Role.OLD:
            old_follows = True
        if word.role is Role.VOID and not old_follows:
            weighed.add("no longer valid", -_AMPLE)
            break
