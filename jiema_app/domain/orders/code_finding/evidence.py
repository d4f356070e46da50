"""What speaks for and against each candidate, with the reasons.

A candidate needs ``ENOUGH`` points, and ``LEAD`` more than any other code of the text: a wrong code
is worse than none, since the text itself is always shown. The points were set by hand with
tests/data/codes/known.jsonl; only their order matters much.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from jiema_app.domain.orders.code_finding.candidates import Candidate, Look
from jiema_app.domain.orders.code_finding.context import CODE_ROLES, Context
from jiema_app.domain.orders.code_finding.folding import is_letter
from jiema_app.domain.orders.code_finding.vocabulary import Role, Word

ENOUGH: Final = 4
LEAD: Final = 2

USUAL: Final = range(4, 9)
_DIRECTION: Final = re.compile(
    r"(?:^|\W)(?:to|at|in|of|for|from|an|nach|aus|in|im|do|w|в|на|до|из|de|a|à|en|em)\s$"
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_NAMING: Final = frozenset({Role.LABEL, Role.CONTACT, Role.BALANCE, Role.PROMO})
_NAMED_BY: Final = frozenset({Role.LABEL, Role.LINK, Role.BALANCE, Role.CONTACT})
_AND: Final = frozenset({"and", "or", "y", "e", "et", "und", "ou", "o", "i", "и", "или", "ve", "و"})
_NEAR: Final = 30
_ONE_ENTERED: Final = CODE_ROLES | {Role.LINK, Role.PROOF}
_DONE: Final = frozenset({Role.CHANGED, Role.SENT})
_IT_IS: Final = re.compile(r"(?<!\w)(?:is|ist|est|es|e|jest|je|adalah|ialah|это|ar|er)\s$")
_THERE: Final = re.compile(r"(?<!\w)(?:(?<!kod )to|an|au|al|a|para|на|na|naar|ke|den|الي|به)\s$")
_INTO: Final = re.compile(r"(?<!\w)(?:to|into|на|auf|naar|na|til|till|thanh|menjadi)\s$")
_CLOCK: Final = re.compile(
    r"(?<!\w)(?:(?:at|until|till|um|a las|hasta las|ate as|alle|kl\.?|klo|saat|pukul|jam|luc|saa"
    r"|noong|الساعه|ساعت|בשעה|เมอ)\s?|from (?=\d{4} (?:to|until|till) \d{4}(?!\d))"
    r"|between (?=\d{4} and \d{4}(?!\d))|from \d{4} (?:to|until|till) |between \d{4} and )$"
)
_SUFFIX_MAX: Final = 6
_TO_LENGTH_MAX: Final = 8
_CLOCK_LENGTH_MAX: Final = 20
_HOURS: Final = re.compile(r"(?:[01]\d|2[0-4])[0-5]\d")
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
    joined_over_line = _joined_word(context, start)
    place = _place_of(context, weighed.candidate)
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
            if crossed and _is_spoken_for(context, word, start):
                break
            _weigh_distant_word(context, weighed, word, other)
            return False
        if word.role in _NAMING and other is None and not crossed:
            other = word
    if other is None and _names_from_line_before(context, joined_over_line, start):
        other = joined_over_line
    if other is not None and not _is_called_a_code(context, other, weighed.candidate):
        _weigh_other_name(context, weighed, other)
    return False


def _joined_word(context: Context, start: int) -> Word | None:
    """The last word before a place that is none of the small ones, when only they lie between."""
    for word in reversed(context.words_between(max(0, start - 60), start)):
        if word.role in {Role.LINK, Role.NEW}:
            continue
        if word.role is Role.PROOF:
            continue
        return word if context.are_joined(word.end, start) else None
    return None


def _names_from_line_before(context: Context, word: Word | None, start: int) -> bool:
    """Whether it is like "Order" or "Balance:" and the number below; names of services are not."""
    return word is not None and (
        word.role is Role.LABEL
        or (word.role in _NAMING and ":" in context.folded.plain[word.end : start])
    )


def _is_called_a_code(context: Context, word: Word, candidate: Candidate) -> bool:
    """Whether it is like "Pay: 4821 is your code", where the word belongs to a name."""
    end = candidate.end
    following = next((one for one in context.words_after(end) if one.role in CODE_ROLES), None)
    return (
        following is not None
        and any(one.role is Role.LINK for one in context.words_between(end, end + 2))
        and context.are_joined(end, following.start)
        and not context.has_break(end, following.start)
        and context.has_break(word.end, candidate.start)
    )


def _is_spoken_for(context: Context, word: Word, start: int) -> bool:
    """Whether a word for a code belongs to a candidate before this one."""
    between = context.candidates_between(word.end, start)
    return bool(between) and context.are_joined(word.end, between[0].start)


def _weigh_distant_word(context: Context, weighed: Weighed, word: Word, other: Word | None) -> None:
    candidate = weighed.candidate
    if _tells_what_was_done(context, word, candidate):
        weighed.add("when or where something was done with a code", -_AMPLE)
        return
    named = context.folded.plain[max(0, candidate.start - 3) : candidate.start]
    announced = ":" in named or "=" in named or _ends_in_link(context, candidate.start)
    if other is not None:
        governed = not context.has_break(word.end, other.start) and (
            other.start - word.end <= _NEAR
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
    elif closes and (word.role is Role.OTP or _is_for_a_name(context, word, candidate)):
        weighed.add("after a word for a code, at the end of its clause", 4)
    else:
        weighed.add("after a word for a code", 2)


def _tells_what_was_done(context: Context, word: Word, candidate: Candidate) -> bool:
    """Whether it is like "the code will be sent to 4471", and not like "the code we sent is 4471"."""
    start = candidate.start
    done = [one for one in context.words_between(word.end, start) if one.role in _DONE]
    if not done:
        return False
    between = context.folded.plain[done[-1].end : start]
    if not any(map(is_letter, between)) or any(one in ":=\n" for one in between):
        return False
    # "A code was sent to you, enter 4471"
    if any(one.role is Role.PROMPT for one in context.words_between(done[-1].end, start)):
        return False
    into = done[-1].role is Role.CHANGED and _INTO.search(between)
    return not into and _IT_IS.search(between) is None


def _place_of(context: Context, candidate: Candidate) -> str | None:
    """What a candidate is by the words right at it, whatever was said before."""
    if _is_time_of_day(context, candidate):
        return "a time of day"
    if _is_in_address(context, candidate):
        return "part of an address"
    return "where a code is sent" if _is_where_it_goes(context, candidate) else None


def _is_where_it_goes(context: Context, candidate: Candidate) -> bool:
    """Whether it is like "we will send the code to 4471"."""
    start = candidate.start
    near = context.folded.plain[max(0, start - _TO_LENGTH_MAX) : start]
    return _THERE.search(near) is not None and any(
        word.role is Role.SENT for word in context.words_before(start)
    )


def _is_time_of_day(context: Context, candidate: Candidate) -> bool:
    """Whether it is like "at 1422", or in other languages "1422-at changed"."""
    if not _HOURS.fullmatch(candidate.code) or candidate.look is not Look.DIGITS:
        return False
    start, end = candidate.start, candidate.end
    if any(one.role is Role.CHANGED for one in context.words_between(end, end + _SUFFIX_MAX)):
        return True
    text = context.folded.plain[max(0, start - _CLOCK_LENGTH_MAX) : start + _CLOCK_LENGTH_MAX]
    return _CLOCK.search(text, 0, min(start, _CLOCK_LENGTH_MAX)) is not None


def _is_wrong(context: Context, candidate: Candidate) -> bool:
    """Whether it is like "Incorrect code 482193" or "482193 is wrong"."""
    start, end = candidate.start, candidate.end
    return any(
        word.role in {Role.WRONG, Role.VOID}
        and start - word.end <= _NEAR
        and context.are_joined(word.end, start, _ONE_ENTERED)
        for word in context.words_before(start)
    ) or any(
        word.role is Role.WRONG and context.are_joined(end, word.start)
        for word in context.words_after(end)
    )


def _is_for_a_name(context: Context, word: Word, candidate: Candidate) -> bool:
    """Whether it is like "Kod Ladya 4821", and not like "code of the service 4821"."""
    return context.has_only_names(word.end, candidate.start) or any(
        one.role is Role.PROOF
        for one in (*context.words_before(candidate.start), *context.words_after(candidate.end))
    )


def _is_in_address(context: Context, candidate: Candidate) -> bool:
    """Whether it is like "to 221 Baker Street" or "an 10115 Berlin"."""
    before = context.folded.plain[max(0, candidate.start - 5) : candidate.start]
    return _DIRECTION.search(before) is not None and context.precedes_name(candidate.end)


def _ends_in_link(context: Context, start: int) -> bool:
    words = context.words_between(max(0, start - 14), start)
    return (
        bool(words)
        and words[-1].role in {Role.LINK, Role.PROMPT}
        and context.are_joined(words[-1].end, start)
    )


def _weigh_other_name(context: Context, weighed: Weighed, other: Word) -> None:
    if context.are_joined(other.end, weighed.candidate.start, _NAMED_BY):
        weighed.add(f"right after a word for a {other.role}", -_AMPLE)
    elif other.role is not Role.LABEL and not _is_prompted(context, weighed.candidate):
        weighed.add(f"after a word for a {other.role}", -3)


def _weigh_words_after(context: Context, weighed: Weighed) -> bool:
    """Count the words after the candidate; whether "… is your code" follows it."""
    end = weighed.candidate.end
    for word in context.words_after(end):
        if word.role is Role.AFTER and context.are_joined(end, word.start):
            weighed.add("a number of something else", -_AMPLE)
            return False
        if word.role is Role.CONTACT and word.start - end <= _NEAR // 2:
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
        return context.opens_sentence(weighed.candidate) or _is_prompted(context, weighed.candidate)
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
    if _is_listed(context, candidate):
        weighed.add("one of a list", -_AMPLE)


def _weigh_without_code_word(context: Context, weighed: Weighed) -> None:
    """What replaces a word for a code in the candidate's own sentence."""
    candidate = weighed.candidate
    if _follows_proof(context, candidate):
        weighed.add("right after a word for confirming", 2)
    if _is_prompted(context, candidate):
        weighed.add("to be entered", 2)
    near = {word.role for word in context.neighbours(candidate.start)}
    if near & CODE_ROLES:
        weighed.add("the sentence beside it speaks of a code", 2)
        if _is_announced_alone(context, candidate):
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


def _is_announced_alone(context: Context, candidate: Candidate) -> bool:
    """Whether it is like "Here it is: 482193"."""
    start = context.sentence(candidate.start)[0]
    return ":" in context.folded.plain[
        max(start, candidate.start - 3) : candidate.start
    ] and context.are_joined(start, candidate.start)


def _follows_proof(context: Context, candidate: Candidate) -> bool:
    """Whether it is like "Verification: 482193"."""
    word = next(iter(context.words_before(candidate.start)), None)
    return (
        word is not None
        and word.role is Role.PROOF
        and context.are_joined(word.end, candidate.start)
        and ":" in context.folded.plain[word.end : candidate.start]
    )


def _is_prompted(context: Context, candidate: Candidate) -> bool:
    before = next(
        (word for word in context.words_before(candidate.start) if word.role is not Role.LINK), None
    )
    after = next(iter(context.words_after(candidate.end)), None)
    return (
        before is not None
        and before.role is Role.PROMPT
        and context.are_joined(before.end, candidate.start)
    ) or (
        after is not None
        and after.role is Role.PROMPT
        and context.are_joined(candidate.end, after.start)
    )


def _is_listed(context: Context, candidate: Candidate) -> bool:
    """Whether another of its length stands right beside it, with nothing said about either."""
    beside = [
        (candidate.end, one.start, one)
        for one in context.candidates_between(candidate.end, candidate.end + 6)
    ]
    before = context.candidate_before(candidate.start)
    if before is not None:
        beside.append((before.end, candidate.start, before))
    plain = context.folded.plain
    return any(
        other.code != candidate.code
        and other.look is candidate.look
        and len(other.code) == len(candidate.code)
        and end - start <= 5  # noqa: PLR2004 - " and "
        and not any(one in ":.\n" for one in plain[start:end])
        and (not any(map(is_letter, plain[start:end])) or plain[start:end].strip() in _AND)
        for start, end, other in beside
    )


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
    if _is_wrong(context, weighed.candidate):
        weighed.add("said to be wrong", -_AMPLE)
    for word in context.words_before(start):
        if start - word.end > _NEAR or context.has_number_between(word.end, start):
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
