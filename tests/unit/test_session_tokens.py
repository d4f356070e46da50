"""Session tokens: what is accepted, and everything that is not."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from jiema_app.domain.identity.session_tokens import Claims, SessionTokens, SigningKey
from jiema_app.domain.units import UserId
from jiema_app.serving.session_cookie import wants_renewal

NOW = datetime(2026, 11, 20, tzinfo=UTC)
KEY = SigningKey.derived("a secret of ours")
TOKENS = SessionTokens(KEY)
CLAIMS = Claims(UserId("cann"), "cjti", 3, NOW, NOW + timedelta(days=30))


def forged(key: bytes | None = KEY.key, algorithm: str | None = "HS256", kid: str | None = None, **changes: Any) -> str:  # fmt: skip
    body = jwt.decode(TOKENS.write(CLAIMS), options={"verify_signature": False}) | changes
    kept = {name: value for name, value in body.items() if value is not None}
    return jwt.encode(kept, key or "", algorithm, headers={"kid": kid or KEY.kid})


def test_what_was_written_is_read() -> None:
    assert TOKENS.read(TOKENS.write(CLAIMS), NOW) == CLAIMS
    assert TOKENS.read(forged(), NOW) == CLAIMS


def test_it_ends_when_it_says() -> None:
    token = TOKENS.write(CLAIMS)
    assert TOKENS.read(token, CLAIMS.expires_at - timedelta(seconds=1)) is not None
    assert TOKENS.read(token, CLAIMS.expires_at) is None


def test_one_that_was_read_before_is_checked_for_its_end_and_its_every_letter() -> None:
    token = TOKENS.write(CLAIMS)
    assert TOKENS.read(token, NOW) == CLAIMS
    assert TOKENS.read(token, CLAIMS.expires_at) is None
    head, body, signature = token.split(".")
    for spoiled in (f"{head}.{body}.{signature[:-2]}", f"{head}.{body}.", f"{token}.", f" {token}"):
        assert TOKENS.read(spoiled, NOW) is None
    other = SessionTokens(SigningKey.derived("another secret"))
    assert other.read(token, NOW) is None


def test_many_are_remembered_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jiema_app.domain.identity.session_tokens.READ_MAX", 3)
    tokens = SessionTokens(KEY)
    written = [tokens.write(replace(CLAIMS, jti=f"cjti{at}")) for at in range(7)]
    for _ in range(2):
        assert [tokens.read(token, NOW) is not None for token in written] == [True] * 7
    assert len(tokens._read) <= 3


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "another"},
        {"aud": "jiema-mini"},
        {"aud": None},
        {"typ": "api"},
        {"typ": None},
        {"sv": None},
        {"sv": "x"},
        {"jti": None},
        {"sub": None},
        {"iat": None},
        {"exp": None},
        {"exp": 10**30},
        {"exp": "soon"},
    ],
    ids=str,
)
def test_a_claim_that_is_wrong_or_missing_spoils_it(changes: dict[str, Any]) -> None:
    assert TOKENS.read(forged(**changes), NOW) is None


def test_other_keys_and_algorithms_are_refused() -> None:
    other = SigningKey.derived("another secret")
    assert TOKENS.read(forged(key=other.key), NOW) is None
    assert TOKENS.read(forged(key=other.key, kid=other.kid), NOW) is None
    assert TOKENS.read(forged(kid="unknown"), NOW) is None
    assert TOKENS.read(forged(algorithm=None, key=None), NOW) is None
    assert TOKENS.read(forged(algorithm="HS512", key=KEY.key * 2), NOW) is None


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "..", "é.é.é", "x" * 5000, "eyJ.eyJ.x"])
def test_garbage_is_refused(token: str) -> None:
    assert TOKENS.read(token, NOW) is None
    assert not wants_renewal(token, NOW)


def test_an_unsigned_header_does_not_choose_the_key() -> None:
    header = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": [KEY.kid]}).encode())
    rest = TOKENS.write(CLAIMS).partition(".")[2]
    assert TOKENS.read(f"{header.decode().rstrip('=')}.{rest}", NOW) is None


def test_tokens_of_the_key_before_are_still_read() -> None:
    fresh = SessionTokens(SigningKey.derived("a new secret"), KEY)
    assert fresh.read(TOKENS.write(CLAIMS), NOW) == CLAIMS
    assert TOKENS.read(fresh.write(CLAIMS), NOW) is None
    assert replace(fresh, previous=None).read(TOKENS.write(CLAIMS), NOW) is None


def test_the_key_is_not_the_secret() -> None:
    assert KEY.key != b"a secret of ours"
    assert len(KEY.key) == 32
    assert KEY.kid.encode() not in KEY.key


def test_a_token_tells_by_itself_when_it_wants_renewal() -> None:
    token = TOKENS.write(CLAIMS)
    assert not wants_renewal(token, NOW + timedelta(hours=24))
    assert wants_renewal(token, NOW + timedelta(hours=24, seconds=1))
