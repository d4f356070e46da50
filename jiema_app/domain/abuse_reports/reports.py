"""What a report of abuse says, once it was read and found to be one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from jiema_app.domain.abuse_reports.statuses import Reporter
from jiema_app.domain.errors import BadRequest
from jiema_app.domain.labels import clean_lines, clean_words

WORDS_MIN: Final = 10
WORDS_MAX: Final = 4000
ORGANISATION_MAX: Final = 200
CONTACT_MAX: Final = 200
SUBJECT_MAX: Final = 300
ANSWER_MAX: Final = 2000

TYPED_MAX: Final = 2
"""Characters typed for one that is kept, in texts of several lines: line ends take two."""

OPTIONAL: Final[Mapping[str, int]] = {
    "organisation": ORGANISATION_MAX,
    "contact": CONTACT_MAX,
    "subject": SUBJECT_MAX,
}
"""Fields of one line that may stay empty, and how long each may be."""


class BadField(BadRequest):
    """A field holds what can't be kept.

    Attributes:
        field: Its name in the form.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport:
    """A report as it will be kept."""

    reporter: Reporter
    organisation: str | None
    contact: str | None
    subject: str | None
    words: str


def read_report(fields: Mapping[str, str]) -> NewReport:
    """What a form says; see ``abuse_reports`` for what the fields mean.

    Raises:
        BadField: One is missing, too short or too long.
    """
    reporter = fields.get("reporter", "")
    if reporter not in set(Reporter):
        raise BadField("reporter", f"reporter: must be one of {', '.join(Reporter)}.")
    return NewReport(
        reporter=Reporter(reporter),
        words=read_words(fields.get("words", "")),
        **{name: _optional(name, fields.get(name, "")) for name in OPTIONAL},
    )


def read_words(text: str) -> str:
    """What happened, as it is kept.

    Raises:
        BadField: It is too short to say anything, or too long.
    """
    kept = clean_lines(text) if len(text) <= TYPED_MAX * WORDS_MAX else ""
    if not WORDS_MIN <= len(kept) <= WORDS_MAX:
        raise BadField("words", f"words: must be {WORDS_MIN} to {WORDS_MAX} characters.")
    return kept


def read_answer(text: str) -> str:
    """What is answered, as it is kept.

    Raises:
        BadRequest: It is empty, or too long.
    """
    kept = clean_lines(text) if len(text) <= TYPED_MAX * ANSWER_MAX else ""
    if not 1 <= len(kept) <= ANSWER_MAX:
        raise BadRequest(f"The answer must be 1 to {ANSWER_MAX} characters.")
    return kept


def _optional(name: str, text: str) -> str | None:
    if len(text) <= OPTIONAL[name] and not text.strip():
        return None
    try:
        return clean_words(text, what=name, length_max=OPTIONAL[name])
    except BadRequest as error:
        raise BadField(name, error.message) from None
