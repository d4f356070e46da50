"""What arrived on one rental, in the shapes that suppliers tell it."""

import re
from datetime import tzinfo
from typing import Any, Final

from jiema_app.domain.orders.supplier import (
    ActivationGone,
    ActivationState,
    ActivationStatus,
    IncomingSms,
    SupplierUnavailable,
)
from jiema_app.integrations.supplier.dropped import DroppedRows
from jiema_app.integrations.supplier.handler_api import values
from jiema_app.integrations.supplier.handler_api.answers import Answer
from jiema_app.integrations.supplier.handler_api.words import GONE

MESSAGES_MAX: Final = 100
"""Of one rental, the newest: we ask for no more, and nobody waits for so many codes."""

WAITING: Final = ActivationState(ActivationStatus.WAITING)
CLOSED: Final = ActivationState(ActivationStatus.CLOSED)

_WAITING_WORDS: Final = frozenset({"STATUS_WAIT_CODE", "STATUS_WAIT_RESEND", "STATUS_WAIT_RETRY"})
_CODE: Final = re.compile(r"[A-Za-z0-9-]{3,12}")


def read_state(answer: Answer, zone: tzinfo, dropped: DroppedRows) -> ActivationState:
    """A status, in the text shape or in either JSON shape; at most the newest SMS.

    Raises:
        ActivationGone: The rental is not known any more.
        SupplierUnavailable: The answer says nothing about it.
    """
    word = answer.word
    if word in _WAITING_WORDS:
        # What follows STATUS_WAIT_RETRY is the code that came before.
        return WAITING
    if word == "STATUS_OK":
        sms = _of_text(answer.rest)
        return ActivationState(ActivationStatus.RECEIVED, (sms,)) if sms else WAITING
    if word in {"STATUS_CANCEL", "STATUS_FINISH"} or word == "ACTIVATION_NOT_ACTIVE":
        return CLOSED
    raise_if_over(answer)
    if word or not isinstance(answer.data, dict):
        raise SupplierUnavailable(f"status: {word or 'unknown shape'}")
    found = [
        sms
        for name in ("data", "sms", "call")
        for row in _rows(answer.data.get(name))
        if (sms := read_message(row, zone, dropped)) is not None
    ]
    return ActivationState(ActivationStatus.RECEIVED, tuple(found)) if found else WAITING


def raise_if_over(answer: Answer) -> None:
    """Stop when an answer says that the rental is closed or unknown.

    Raises:
        ActivationGone: It does.
    """
    if answer.word in GONE or answer.word == "STATUS_CANCEL":
        raise ActivationGone(answer.word)
    if answer.word == "UNPROCESSABLE_ENTITY" and answer.info.get("field") == "id":
        raise ActivationGone(answer.word)


def read_messages(answer: Answer, zone: tzinfo, dropped: DroppedRows) -> tuple[IncomingSms, ...]:
    """Every SMS of a rental, oldest first; none when the answer is a refusal."""
    if answer.word or not isinstance(answer.data, dict):
        return ()
    rows = _rows(answer.data.get("data"))
    found = [sms for row in rows if (sms := read_message(row, zone, dropped)) is not None]
    dated = [(sms.received_at, sms) for sms in found if sms.received_at is not None]
    if len(dated) == len(found):
        found = [sms for _, sms in sorted(dated, key=lambda pair: pair[0])]
    return tuple(found)


def read_message(row: Any, zone: tzinfo, dropped: DroppedRows) -> IncomingSms | None:
    """One SMS or call; None when it has neither text nor code."""
    if not isinstance(row, dict):
        dropped.note("sms", "no object")
        return None
    code = values.code(row.get("code"))
    body = values.text(row.get("text")) or values.text(row.get("code"))
    if body is None:
        if any(not isinstance(row.get(name), str | None) for name in ("text", "code")):
            dropped.note("sms", "text", row.get("id"))
        return None
    received_at = values.moment(row.get("date"), zone) or values.moment(row.get("dateTime"), zone)
    return IncomingSms(body, code, received_at, values.identifier(row.get("id")))


def _of_text(rest: str) -> IncomingSms | None:
    """The SMS behind ``STATUS_OK:``, usually a bare code, sometimes the whole text."""
    body = values.text(rest)
    if body is None:
        return None
    return IncomingSms(body, body if _CODE.fullmatch(body) else None, None)


def _rows(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value[-MESSAGES_MAX:]
    return [value] if isinstance(value, dict) else []
