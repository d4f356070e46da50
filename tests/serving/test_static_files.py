import gzip
import threading
import zlib
from pathlib import Path

import brotli
import pytest
from starlette.types import Message

from jiema_app.serving.responses import send_file
from jiema_app.serving.security_headers import content_security_policy
from jiema_app.serving.static_files import load_build, static_file
from jiema_app.site.pages.origin import ORIGIN_PLACEHOLDER

HTML = b"<html>" + b"<p>hello</p>" * 100 + b"</html>"


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("", "identity"),
        ("brotli", "identity"),
    ],
)
def test_the_smallest_readable_form_is_sent(accept_encoding: str, coding: str) -> None:
    assert static_file(HTML, "/en.html").pick(accept_encoding)[0] == coding


def test_who_takes_nothing_compressed_gets_the_same_content() -> None:
    file = static_file(HTML, "/en.html")
    assert file.pick("") == ("identity", HTML)
    assert brotli.decompress(file.pick("br")[1]) == HTML
    assert gzip.decompress(file.pick("gzip")[1]) == HTML


def test_only_compressed_forms_are_kept() -> None:
    assert set(static_file(HTML, "/en.html").bodies) == {"br", "gzip"}


def test_what_does_not_shrink_is_sent_as_it_is() -> None:
    assert static_file(b"tiny", "/robots.txt").pick("br, gzip") == ("identity", b"tiny")


def test_a_build_is_loaded_under_the_addresses_of_its_pages(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "assets").mkdir()
    page = HTML.replace(b"hello", ORIGIN_PLACEHOLDER.encode())
    for name, body in {
        "en.html": page,
        "en/index.html": page,
        "index.html": b"root",
        "404.html": b"none",
        "__spa-fallback.html": b"shell",
        "assets/a-1.js": b"let a = 1",
        "assets/a-1.js.br": b"short",
    }.items():
        (tmp_path / name).write_bytes(body)

    files = load_build(tmp_path, "https://shop.example")

    assert set(files) == {"/en", "/assets/a-1.js"}
    assert files["/assets/a-1.js"].pick("br") == ("br", b"short")
    sent = brotli.decompress(files["/en"].pick("br")[1])
    assert b"https://shop.example" in sent
    assert ORIGIN_PLACEHOLDER.encode() not in sent


def test_the_policy_names_exactly_the_inline_scripts() -> None:
    html = b'<script>a()</script><script src="/x.js"></script><script type="module">b()</script>'
    policy = content_security_policy(html).decode()
    assert policy.count("'sha256-") == 2
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]


async def test_what_a_form_would_weigh_is_told_without_making_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = static_file(b"<p>words</p>" * 40_000, "/en.html")
    loop = threading.get_ident()
    unpacked: list[bool] = []

    def unpack(data: bytes) -> bytes:
        unpacked.append(threading.get_ident() == loop)
        return zlib.decompress(data, 31)

    monkeypatch.setattr(gzip, "decompress", unpack)
    heads: list[Message] = []
    bodies: list[bytes] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            heads.append(message)
        else:
            bodies.append(message["body"])

    await send_file(send, file, head_only=True)
    assert (bodies, unpacked) == ([b""], [])
    await send_file(send, file)
    # A request of forty bytes must not have everybody wait while a page is unpacked.
    assert unpacked == [False]
    assert len(bodies[1]) == file.length == 480_000
    assert all((b"content-length", b"480000") in head["headers"] for head in heads)
