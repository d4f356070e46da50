"""Reading a supplier's notice that something arrived.

The notices are unsigned and repeated, so they are only a hint to look: nothing but the
activation's id is taken from one, and its text is never kept.
"""

from typing import Final
from urllib.parse import parse_qs

from jiema_app.integrations import outside

BODY_MAX_BYTES: Final = 64 * 1024
ID_FIELDS: Final = ("activationId", "activation_id", "activation", "id")
"""``id`` last: one published description lists it without saying of what."""

FIELDS_MAX: Final = 100
"""Of a form."""


def parse_notice(body: bytes) -> str | None:
    """The activation a notice is about; None when it names none."""
    if len(body) > BODY_MAX_BYTES:
        return None
    fields = _fields(body)
    found = (outside.name(fields.get(name)) for name in ID_FIELDS)
    return next((name for name in found if name is not None), None)


def _fields(body: bytes) -> dict[str, object]:
    body = body.removeprefix(b"\xef\xbb\xbf").strip()
    try:
        decoded = outside.read_json_leniently(body)
    except outside.NotJson:
        return _form(body)
    if isinstance(decoded, list) and decoded:
        decoded = decoded[0]
    if isinstance(decoded, dict) and isinstance(decoded.get("data"), dict):
        decoded = decoded["data"] | decoded
    return decoded if isinstance(decoded, dict) else {}


def _form(body: bytes) -> dict[str, object]:
    try:
        form = parse_qs(body.decode("utf-8", "replace"), max_num_fields=FIELDS_MAX)
    except ValueError:
        return {}
    return {name: values[0] for name, values in form.items()}
