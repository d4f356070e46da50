"""How what the chain's settings hold must look. No refusal shows what was set."""

import json
from collections.abc import Mapping
from typing import Final

import base58
from pydantic import SecretStr

ADDRESS_PREFIX: Final = 0x41
ADDRESS_BYTES: Final = 21

ACCOUNT_DEPTH: Final = 3
"""m / purpose' / coin' / account'."""

_PUBLIC_VERSION: Final = bytes.fromhex("0488b21e")
_PRIVATE_VERSION: Final = bytes.fromhex("0488ade4")
_EXTENDED_KEY_BYTES: Final = 78
_VERSION_BYTES: Final = 4
_KEY_AT: Final = 45


def refuse_bad_account_key(text: str) -> None:
    """See to it that a text is the extended public key of an account.

    Raises:
        ValueError: It is a private key, a key of another level, or none. It is not shown.
    """
    raw = _decoded(text)
    if raw[:_VERSION_BYTES] == _PRIVATE_VERSION:
        raise ValueError("a private key where the public one of the account belongs")
    if len(raw) != _EXTENDED_KEY_BYTES or raw[:_VERSION_BYTES] != _PUBLIC_VERSION:
        raise ValueError("not an extended public key")
    if raw[_VERSION_BYTES] != ACCOUNT_DEPTH:
        raise ValueError("not the key of an account (m/44'/195'/n')")
    if raw[_KEY_AT] not in {2, 3}:
        raise ValueError("not an extended public key")


def is_token_address(text: str) -> bool:
    """Whether a text is an address of the chain, with its checksum."""
    raw = _decoded(text)
    return len(raw) == ADDRESS_BYTES and raw[0] == ADDRESS_PREFIX


def is_wallet_address(text: str) -> bool:
    """Whether a text is an address that somebody can have the key of: not the one of zeros."""
    return is_token_address(text) and any(_decoded(text)[1:])


def headers_of(secret: SecretStr | None) -> Mapping[str, str]:
    """The headers that a setting names.

    Raises:
        ValueError: It is no JSON object of texts that can be sent. It is not shown.
    """
    if secret is None:
        return {}
    try:
        headers = json.loads(secret.get_secret_value())
    except ValueError:
        headers = None
    if not isinstance(headers, dict):
        raise ValueError("must be a JSON object of header names and values")  # noqa: TRY004 - a wrong value of a setting
    for name, value in headers.items():
        if not isinstance(value, str):
            raise ValueError("must be a JSON object of header names and values")  # noqa: TRY004 - likewise
        if not name or not (name + value).isascii() or not (name + value).isprintable():
            raise ValueError("a header has a name, and printable ASCII characters only")
    return headers


def _decoded(text: str) -> bytes:
    """The bytes of base58check in their one spelling; none of anything else."""
    try:
        raw = base58.b58decode_check(text)
    except ValueError:
        return b""
    return raw if base58.b58encode_check(raw).decode() == text else b""
