"""The phrases that candidates stand in: what one is, by the words right at it."""

import re
from typing import Final

from jiema_app.domain.orders.code_finding.candidates import Candidate, Look
from jiema_app.domain.orders.code_finding.context import CODE_ROLES, Context
from jiema_app.domain.orders.code_finding.folding import is_letter
from jiema_app.domain.orders.code_finding.vocabulary import Role, Word

NEAR: Final = 30
NAMING: Final = frozenset({Role.LABEL, Role.CONTACT, Role.BALANCE, Role.PROMO})
_DIRECTION: Final = re.compile(
    r"(?:^|\W)(?:to|at|in|of|for|from|an|nach|aus|in|im|do|w|в|на|до|из|de|a|à|en|em)\s$"
)
_AND: Final = frozenset({"and", "or", "y", "e", "et", "und", "ou", "o", "i", "и", "или", "ve", "و"})
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


def joined_word(context: Context, start: int) -> Word | None:
    """The last word before a place that is none of the small ones, when only they lie between."""
    for word in reversed(context.words_between(max(0, start - 60), start)):
        if word.role in {Role.LINK, Role.NEW}:
            continue
        if word.role is Role.PROOF:
            continue
        return word if context.are_joined(word.end, start) else None
    return None


def names_from_line_before(context: Context, word: Word | None, start: int) -> bool:
    """Whether it is like "Order" or "Balance:" and the number below; names of services are not."""
    return word is not None and (
        word.role is Role.LABEL
        or (word.role in NAMING and ":" in context.folded.plain[word.end : start])
    )


def is_called_a_code(context: Context, word: Word, candidate: Candidate) -> bool:
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


def is_spoken_for(context: Context, word: Word, start: int) -> bool:
    """Whether a word for a code belongs to a candidate before this one."""
    between = context.candidates_between(word.end, start)
    return bool(between) and context.are_joined(word.end, between[0].start)


def tells_what_was_done(context: Context, word: Word, candidate: Candidate) -> bool:
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


def place_of(context: Context, candidate: Candidate) -> str | None:
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


def is_wrong(context: Context, candidate: Candidate) -> bool:
    """Whether it is like "Incorrect code 482193" or "482193 is wrong"."""
    start, end = candidate.start, candidate.end
    return any(
        word.role in {Role.WRONG, Role.VOID}
        and start - word.end <= NEAR
        and context.are_joined(word.end, start, _ONE_ENTERED)
        for word in context.words_before(start)
    ) or any(
        word.role is Role.WRONG and context.are_joined(end, word.start)
        for word in context.words_after(end)
    )


def is_for_a_name(context: Context, word: Word, candidate: Candidate) -> bool:
    """Whether it is like "Kod Ladya 4821", and not like "code of the service 4821"."""
    return context.has_only_names(word.end, candidate.start) or any(
        one.role is Role.PROOF
        for one in (*context.words_before(candidate.start), *context.words_after(candidate.end))
    )


def _is_in_address(context: Context, candidate: Candidate) -> bool:
    """Whether it is like "to 221 Baker Street" or "an 10115 Berlin"."""
    before = context.folded.plain[max(0, candidate.start - 5) : candidate.start]
    return _DIRECTION.search(before) is not None and context.precedes_name(candidate.end)


def ends_in_link(context: Context, start: int) -> bool:
    """Whether it is like "… is 482193" or "… enter 482193"."""
    words = context.words_between(max(0, start - 14), start)
    return (
        bool(words)
        and words[-1].role in {Role.LINK, Role.PROMPT}
        and context.are_joined(words[-1].end, start)
    )


def is_announced_alone(context: Context, candidate: Candidate) -> bool:
    """Whether it is like "Here it is: 482193"."""
    start = context.sentence(candidate.start)[0]
    return ":" in context.folded.plain[
        max(start, candidate.start - 3) : candidate.start
    ] and context.are_joined(start, candidate.start)


def follows_proof(context: Context, candidate: Candidate) -> bool:
    """Whether it is like "Verification: 482193"."""
    word = next(iter(context.words_before(candidate.start)), None)
    return (
        word is not None
        and word.role is Role.PROOF
        and context.are_joined(word.end, candidate.start)
        and ":" in context.folded.plain[word.end : candidate.start]
    )


def is_prompted(context: Context, candidate: Candidate) -> bool:
    """Whether it is like "Enter 482193" or "482193 is to be entered"."""
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


def is_listed(context: Context, candidate: Candidate) -> bool:
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
