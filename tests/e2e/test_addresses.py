"""What the web process answers at each kind of address, over real HTTP."""

import http.client
import re

import pytest

from tests.e2e.stack import Stack
from tests.support.polling import PATIENCE_S

PAGE_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cache-control": "no-cache",
}


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({}, "/en"),
        ({"accept-language": "ar,en;q=0.5"}, "/ar"),
        ({"accept-language": "fil-PH"}, "/tl"),
        ({"accept-language": "zh-TW", "cookie": "locale=ru"}, "/ru"),
    ],
)
def test_the_root_leads_to_the_best_language(
    stack: Stack, headers: dict[str, str], address: str
) -> None:
    answer = stack.ask("/?ref=a", headers=headers)
    assert answer.status_code == 302
    assert answer.headers["location"] == f"{address}?ref=a"


def test_pages_are_compressed_revalidated_and_guarded(stack: Stack) -> None:
    first = stack.ask("/en", headers={"accept-encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip"
    assert {name: first.headers[name] for name in PAGE_HEADERS} == PAGE_HEADERS
    policy = first.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]

    again = stack.ask("/en", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_assets_with_a_hash_in_their_name_are_kept_for_ever(stack: Stack) -> None:
    html = stack.ask("/en").text
    asset = re.findall(r"/assets/[\w.-]+\.js", html)[0]
    answer = stack.ask(asset, headers={"accept-encoding": "br"})
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "br"


def test_a_final_slash_is_dropped(stack: Stack) -> None:
    answer = stack.ask("/en/")
    assert (answer.status_code, answer.headers["location"]) == (308, "/en")


@pytest.mark.parametrize("path", ["/nope", "/en/nope", "/en.html", "/assets/nope.js"])
def test_an_unknown_address_gets_a_page_that_says_so(stack: Stack, path: str) -> None:
    answer = stack.ask(path)
    assert answer.status_code == 404
    assert "Page not found" in answer.text


def test_an_unknown_api_address_gets_the_api_s_own_envelope(stack: Stack) -> None:
    answer = stack.ask("/api/v1/nope")
    # Without a key the API does not even say what exists.
    assert answer.status_code in {401, 404}
    body = answer.json()
    assert body["ok"] is False
    assert set(body) == {"ok", "code", "message", "requestId"}


def test_pages_cannot_be_written_to(stack: Stack) -> None:
    assert stack.ask("/en", "POST").status_code == 405


def test_no_other_site_is_let_in(stack: Stack) -> None:
    for path in ("/en", "/api/v1/account", "/ping"):
        answer = stack.ask(path, headers={"origin": "https://evil.example"})
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("origin", "status"), [("https://evil.example", 403), (None, 101), ("own", 101)]
)
def test_only_our_own_pages_open_a_websocket(stack: Stack, origin: str | None, status: int) -> None:
    connection = http.client.HTTPConnection("localhost", stack.port, timeout=PATIENCE_S)
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    if origin is not None:
        headers["Origin"] = stack.origin if origin == "own" else origin
    address = "/_event/?EIO=4&transport=websocket&token=00000000-0000-4000-8000-000000000000"
    connection.request("GET", address, headers=headers)
    answer = connection.getresponse()
    connection.close()
    assert answer.status == status
