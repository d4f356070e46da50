"""Reading a supplier's notice that something arrived.

The notices are unsigned and repeated, so they are only a hint to look: nothing but the
activation's id is taken from one, and its text is never kept.
"""

import re
from typing import Final
from urllib.parse import parse_qs

import orjson

BODY_MAX_BYTES: Final = 64 * 1024
ID_FIELDS: Final = ("activationId", "activation_id", "activation", "id")
"""``id`` last: one published description lists it without saying of what."""

_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")


def parse_notice(body: bytes) -> str | None:
    """The activation a notice is about; None when it names none."""
    if len(body) > BODY_MAX_BYTES:
        return None
    fields = _fields(body)
    for name in ID_FIELDS:
        value = fields.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str) and _ID.fullmatch(value.strip()):
            return value.strip()
    return None


def _fields(body: bytes) -> dict[str, object]:
    body = body.removeprefix(b"\xef\xbb\xbf").strip()
    try:
        decoded = orjson.loads(body)
    except orjson.JSONDecodeError:
        form = parse_qs(body.decode("utf-8", "replace"))
        return {name: values[0] for name, values in form.items()}
    if isinstance(decoded, list) and decoded:
        decoded = decoded[0]
    if isinstance(decoded, dict) and isinstance(decoded.get("data"), dict):
        decoded = decoded["data"] | decoded
    return decoded if isinstance(decoded, dict) else {}
