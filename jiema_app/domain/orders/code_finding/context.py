# ruff: noqa: RUF001 - letters of many languages are the point
"""Where in a text its words and candidates stand to each other.

Everything looks at most ``REACH`` characters away, so that a text of many words and many figures
still costs time in proportion to its length.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from jiema_app.domain.orders.code_finding.candidates import Candidate
from jiema_app.domain.orders.code_finding.folding import Folded, is_letter
from jiema_app.domain.orders.code_finding.spans import Span
from jiema_app.domain.orders.code_finding.vocabulary import Role, Word

REACH: Final = 80
_GAP_MAX: Final = 44
_ABBREVIATION_MAX: Final = 4

_ENDS: Final = frozenset("!?。！？।॥۔؟;؛；…։။។።\n")
_BETWEEN_SENTENCES: Final = _ENDS | frozenset(" .:")
_MARKUP: Final = re.compile(r"</?[a-z]{1,6}>")
_BREAKS_LINK: Final = frozenset(",，、،()（）[]【】「」*#<>\"'«»“”=:")
CODE_ROLES: Final = frozenset({Role.CODE, Role.OTP})
_SMALL: Final = frozenset({Role.LINK, Role.PROOF, Role.NEW})


@dataclass(frozen=True)
class Context:
    """A folded text with what was found in it."""

    folded: Folded
    words: list[Word]
    spans: list[Span]
    candidates: list[Candidate]

    @cached_property
    def sentence_ends(self) -> list[int]:
        """Where sentences and lines end, in order."""
        text = self.folded.plain
        return [at for at in range(len(text)) if self._ends_here(text, at)]

    def _ends_here(self, text: str, at: int) -> bool:
        if text[at] in _ENDS:
            return True
        if text[at] != "." or at + 1 == len(text):
            return text[at] == "."
        following = text[at + 1]
        if following in {".", "/"} or following.isdecimal():
            return False
        if following != " ":
            # "482193.Do not share", but "z.B." and "shop.example"
            return at > 0 and text[at - 1].isdecimal()
        if text[at + 2 : at + 3].isdecimal() or text[at + 2 : at + 3] == "+":
            start = at
            while start and at - start <= _ABBREVIATION_MAX and is_letter(text[start - 1]):
                start -= 1
            return at - start > _ABBREVIATION_MAX or at == start  # not "no. 5", "tel. 112"
        return True

    def sentence(self, at: int) -> tuple[int, int]:
        """Start and end of the sentence or line that a place is in."""
        ends = self.sentence_ends
        index = bisect_left(ends, at)
        start = ends[index - 1] + 1 if index else 0
        end = ends[index] if index < len(ends) else len(self.folded.plain)
        return start, end

    @cached_property
    def _word_starts(self) -> list[int]:
        return [word.start for word in self.words]

    @cached_property
    def _numbers(self) -> list[tuple[int, int]]:
        return sorted(
            [(one.start, one.end) for one in self.candidates]
            + [(one.start, one.end) for one in self.spans]
        )

    def words_between(self, start: int, end: int) -> list[Word]:
        """The words that begin in a stretch."""
        return self.words[
            bisect_left(self._word_starts, start) : bisect_left(self._word_starts, end)
        ]

    def words_before(self, at: int) -> Iterator[Word]:
        """The words before a place, the nearest first, within its sentence and reach."""
        limit = max(self.sentence(at)[0], at - REACH)
        index = bisect_left(self._word_starts, at) - 1
        while index >= 0 and self.words[index].start >= limit:
            yield self.words[index]
            index -= 1

    def words_after(self, at: int) -> Iterator[Word]:
        """The words after a place, the nearest first, within its sentence and reach."""
        limit = min(self.sentence(at)[1], at + REACH)
        index = bisect_left(self._word_starts, at)
        while index < len(self.words) and self.words[index].start < limit:
            yield self.words[index]
            index += 1

    def has_number_between(self, start: int, end: int) -> bool:
        """Whether any figures stand in a stretch: candidates, sums, dates."""
        index = bisect_left(self._numbers, (start, 0))
        return index < len(self._numbers) and self._numbers[index][0] < end

    def candidates_between(self, start: int, end: int) -> list[Candidate]:
        """The candidates that begin in a stretch."""
        starts = self._candidate_starts
        return self.candidates[bisect_left(starts, start) : bisect_left(starts, end)]

    @cached_property
    def _candidate_starts(self) -> list[int]:
        return [candidate.start for candidate in self.candidates]

    def candidate_before(self, at: int) -> Candidate | None:
        """The last candidate that begins before a place."""
        index = bisect_right(self._candidate_starts, at - 1) - 1
        return self.candidates[index] if index >= 0 else None

    def are_joined(
        self, start: int, end: int, small: frozenset[Role] = _SMALL, *, over_lines: bool = True
    ) -> bool:
        """Whether nothing but signs and small words stands in a stretch: "code" : "is" 1234."""
        if end - start > _GAP_MAX:
            return False
        gap = self.folded.plain[start:end]
        if any(character.isdecimal() for character in gap) or "," in gap or "，" in gap:
            return False
        if "(" in gap and ")" in gap:
            return False
        for at in range(start, end):
            if self._ends_here(self.folded.plain, at) and not (
                over_lines and self.folded.plain[at] == "\n"
            ):
                return False
        covered = {
            at
            for word in self.words_between(start, end)
            if word.role in small
            for at in range(word.start, word.end)
        }
        for match in _MARKUP.finditer(gap):
            covered.update(range(start + match.start(), start + match.end()))
        return all(
            at in covered or not is_letter(character) for at, character in enumerate(gap, start)
        )

    def is_alone(self, candidate: Candidate) -> bool:
        """Whether a candidate has a sentence or line to itself."""
        start, end = self.sentence(candidate.start)
        if candidate.start - start > REACH or end - candidate.end > REACH:
            return False
        around = self.folded.plain[start : candidate.start] + self.folded.plain[candidate.end : end]
        return not any(is_letter(one) or one.isdecimal() for one in around)

    def opens_sentence(self, candidate: Candidate) -> bool:
        """Whether no word stands before a candidate in its sentence."""
        start, _ = self.sentence(candidate.start)
        return candidate.start - start <= REACH and not any(
            map(is_letter, self.folded.plain[start : candidate.start])
        )

    @cached_property
    def is_advertisement(self) -> bool:
        """Whether any word of the text advertises."""
        return any(word.role is Role.PROMO for word in self.words)

    @cached_property
    def is_name_and_number(self) -> bool:
        """Whether the text is no more than one unknown word and figures: "Zupp 7741"."""
        if self.words or len(self.folded.plain) > REACH // 2:
            return False
        spaced = "".join(one if is_letter(one) else " " for one in self.folded.plain)
        return len(spaced.split()) <= 1

    def neighbours(self, at: int) -> Iterator[Word]:
        """The words of the sentences before and after the one that a place is in."""
        start, end = self.sentence(at)
        before = start
        while before and self.folded.plain[before - 1] in _BETWEEN_SENTENCES:
            before -= 1
        low = max(self.sentence(max(0, before - 1))[0], start - 2 * REACH)
        yield from self.words_between(low, start)
        after = end
        while after < len(self.folded.plain) and self.folded.plain[after] in _BETWEEN_SENTENCES:
            after += 1
        high = min(self.sentence(after)[1], end + 2 * REACH)
        yield from self.words_between(end, high)

    def has_only_names(self, start: int, end: int) -> bool:
        """Whether each unknown word in a stretch begins with a capital: a service's name."""
        known = {
            at for word in self.words_between(start, end) for at in range(word.start, word.end)
        }
        text = self.folded.cased
        return all(
            text[at].isupper()
            for at in range(start, end)
            if at not in known and is_letter(text[at]) and not is_letter(text[at - 1])
        )

    def precedes_name(self, at: int) -> bool:
        """Whether a word with a capital follows, as in "10115 Berlin"."""
        following = self.folded.cased[at : at + 3]
        return following[:1] == " " and following[1:].istitle() and following[1:].isalpha()

    def has_break(self, start: int, end: int) -> bool:
        """Whether a sign parts what stands on both sides of a stretch."""
        return any(one in _BREAKS_LINK for one in self.folded.plain[start:end])
