"""What a Mini App is told about who opened it, signed as Telegram signs it."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any, Final
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sandbox.telegram.world import BOT_ID, TOKEN

_KEY: Final = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"sandbox telegram").digest())
PUBLIC_KEY: Final = _KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
"""What stands for the key by which Telegram lets third parties check the data."""


def sign_init_data(user: dict[str, Any], age_s: float, about: dict[str, str]) -> str:
    """Return `initData`.

    Args:
        user: Who opened the Mini App.
        age_s: How long ago, in seconds; less than 0 lies in the future.
        about: What else it holds: `query_id`, `start_param`, `chat_instance`, `chat_type`.
    """
    shown = {name: value for name, value in user.items() if name != "is_bot"}
    shown = {"last_name": "", **shown, "allows_write_to_pm": True}
    fields = {name: value for name, value in about.items() if value}
    fields["user"] = json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
    fields["auth_date"] = str(int(time.time() - age_s))
    third = f"{BOT_ID}:WebAppData\n{_checked(fields)}".encode()
    fields["signature"] = base64.urlsafe_b64encode(_KEY.sign(third)).decode().rstrip("=")
    secret = hmac.new(b"WebAppData", TOKEN.encode(), hashlib.sha256).digest()
    fields["hash"] = hmac.new(secret, _checked(fields).encode(), hashlib.sha256).hexdigest()
    return urlencode(fields, quote_via=quote)


def _checked(fields: dict[str, str]) -> str:
    return "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
