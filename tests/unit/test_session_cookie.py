"""The session cookie, the addresses that may follow, and what devices are called."""

import base64
from datetime import UTC, datetime

import pytest

from jiema_app.domain.identity.devices import describe_device
from jiema_app.serving.next_address import safe_next
from jiema_app.serving.session_cookie import read_session, session_cookie_of, wants_renewal

HTTPS = "https://shop.example"
HTTP = "http://localhost:8000"


def test_by_https_it_is_bound_to_the_host() -> None:
    session, hint = session_cookie_of(HTTPS).set("abc")
    assert session == ("__Host-sid=abc; Path=/; Max-Age=2592000; SameSite=Lax; Secure; HttpOnly")
    assert hint == "signed_in=1; Path=/; Max-Age=2592000; SameSite=Lax; Secure"


def test_by_http_it_works_on_a_laptop() -> None:
    assert session_cookie_of(HTTP).set("abc")[0] == (
        "sid=abc; Path=/; Max-Age=2592000; SameSite=Lax; HttpOnly"
    )


def test_signing_out_takes_both_away() -> None:
    for value in session_cookie_of(HTTPS).clear():
        assert "Max-Age=0" in value


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("__Host-sid=abc", "abc"),
        ("a=1; __Host-sid=abc; b=2", "abc"),
        ('odd="un"closed; {json}; __Host-sid=abc', "abc"),
        ("__Host-sid=", None),
        ("sid=tossed", None),
        ("x__Host-sid=abc", None),
        ("", None),
    ],
)
def test_only_the_right_one_is_read(header: str, token: str | None) -> None:
    assert read_session(header, origin=HTTPS) == token


@pytest.mark.parametrize(
    "payload",
    [b"", b"[]", b"{}", b'{"iat":null}', b'{"iat":NaN}', b'{"iat":' + b"9" * 3000 + b"}", b"[" * 100_000],
    ids=lambda payload: payload[:12],
)  # fmt: skip
def test_a_token_of_nonsense_is_not_worth_renewing(payload: bytes) -> None:
    token = f"e30.{base64.urlsafe_b64encode(payload).decode()}.x"
    assert not wants_renewal(token, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "address",
    [
        "/en/browse",
        "/ar/service/telegram?sort=price&country=7",
        "/en/search?q=caf%C3%A9",
        "/zh",
    ],
)
def test_our_own_pages_may_follow(address: str) -> None:
    assert safe_next(address, "/x") == address


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "en/browse",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/en\r\nSet-Cookie: a=b",
        " /en",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/en//evil",
        "/en/café",
        "/en#part",
        "/api/auth/sign-out",
        "/r/abcdefgh",
        "/_event",
        "/" + "a" * 600,
        "/en\x00",
        "/@evil.example\\",
        "/%2f%2fevil.example",
        "/%5cevil.example",
        "/%09/evil.example",
        "/en/../api/auth/link/jl_theirs",
        "/./r/abcdefgh",
        "/en/%2e%2E/r/abcdefgh",
        "/%61pi/auth/google",
    ],
)
def test_nothing_else_may_follow(address: str | None) -> None:
    assert safe_next(address, "/en/browse") == "/en/browse"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari/604", "Safari on iPhone"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/140 Safari/604", "Chrome on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/140 Safari/537 Edg/140", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18 Safari/605", "Safari on Mac"),
        ("Mozilla/5.0 (Linux; Android 14; SM-S901) SamsungBrowser/25 Chrome/121", "Samsung Internet on Android"),
        ("curl/8", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)  # fmt: skip
def test_devices_have_coarse_names(user_agent: str, name: str) -> None:
    assert describe_device(user_agent) == name
