"""What a proxy says of its client: every form of an address, and nothing else, is understood."""

import random
from typing import Any

import pytest

from api_routes.addresses import ClientAddresses, neighbourhood
from api_routes.forwarded import read_forwarded, read_node, read_x_forwarded_for
from jiema_app.domain.compliance.geo import UNREADABLE
from tests.support.growth import grows_linearly

PROXY = "10.0.0.1"
V4, V6 = "203.0.113.7", "2001:db8::1"


def scope(*headers: tuple[str, str], peer: str = PROXY) -> Any:
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    return {"type": "http", "client": (peer, 4321), "headers": raw}


def client_of(*headers: tuple[str, str], peer: str = PROXY, only: str | None = None) -> str:
    return ClientAddresses(("10.0.0.0/8", "fd00::/8"), only).of(scope(*headers, peer=peer))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (V4, V4), (f"{V4}:51234", V4), (f" {V4} ", V4), (f'"{V4}:80"', V4), (f"{V4}:_port.1", V4),
        (V6, V6), (f"[{V6}]", V6), (f"[{V6}]:443", V6), (f'"[{V6}]"', V6), (f'"[{V6}]:443"', V6),
        ("2001:DB8:0:0::1", V6), ("fe80::1%eth0", "fe80::1"), ("[fe80::1%25eth0]:1", "fe80::1"),
        (f"::ffff:{V4}", V4), (f"[::FFFF:{V4}]:80", V4), ("2002:cb00:7107::1", V4),
        ("64:ff9b::203.0.113.7", V4), ("[64:ff9b::cb00:7107]:443", V4), ("2001:0:1:2::34ff:8ef8", V4),
        ("unknown", None), ("Unknown", None), ("_hidden", None), ("_SEVKISEK", None), ("", None),
        ("203.0.113", None), ("203.0.113.256", None), ("203.0.113.07", None), ("3405803783", None),
        (f"{V4}:", None), (f"{V4}:123456", None), (f"{V4}:80:80", None), (f"{V4}%eth0", None),
        (f"[{V4}]:80", None), (f"[{V6}", None), (f"{V6}]", None), (f"[[{V6}]]", None), ("[]", None),
        (f"http://{V4}", None), (f"{V4} {V4}", None), ("²03.0.113.7", None), ("٢٠٣.0.113.7", None),
        (f"{V6}%" + "a" * 33, None), ("1" * 5_000, None), ("fe80::1%" + "a" * 5_000, None),
    ],
    ids=lambda value: ascii(value)[:32],
)  # fmt: skip
def test_an_address_is_known_in_every_form(text: str, address: str | None) -> None:
    expected = UNREADABLE if address is None else address
    assert read_node(text) == expected
    if "," not in text and '"' not in text:
        assert read_forwarded([f'for="{text}"']) == [expected]


def test_a_chain_may_stand_in_several_headers_and_have_empty_elements() -> None:
    lines = [f"unknown ,, {V4}:1", "", f" ,[{V6}]:2,"]
    assert read_x_forwarded_for(lines) == [UNREADABLE, V4, V6]
    assert read_forwarded(
        [f"for={V4}:1;proto=https, ,", "", f'FOR="[{V6}]:2";By=_me ;host="a,b;c"']
    ) == [V4, V6]


@pytest.mark.parametrize(
    ("text", "chain"),
    [
        (f"for={V4}", [V4]),
        (f'proto=http;for="{V4}";by=203.0.113.43', [V4]),
        (f'for="\\[{V6}\\]"', [V6]),
        (f"for=[{V6}]:80", [V6]),
        (f"for={V6}", [V6]),
        ("for=unknown", [UNREADABLE]),
        ("for=_hidden, for=_SEVKISEK", [UNREADABLE, UNREADABLE]),
        ("proto=https", [UNREADABLE]),
        (f"for={V4};for={V6}", [UNREADABLE]),
        (f"for={V4}, proto=https;by=x", [V4, UNREADABLE]),
        ("", []),
        (" , ;, ", []),
        # A form that is broken anywhere says nothing of anybody.
        (f'for="{V4}', [UNREADABLE]),
        (f'x=", for={V4}', [UNREADABLE]),
        (f'x="\\, for="[{V6}]"', [UNREADABLE]),
        (f'for="{V4}"junk', [UNREADABLE]),
        (f"for={V4} for={V6}", [UNREADABLE]),
        (f"for = {V4}", [UNREADABLE]),
        ("for", [UNREADABLE]),
        (f"=;for={V4}", [UNREADABLE]),
    ],
)
def test_forwarded_is_read_as_its_standard_says(text: str, chain: list[str]) -> None:
    assert read_forwarded([text]) == chain


def test_the_client_is_the_last_in_the_chain_that_is_no_proxy_of_ours() -> None:
    for name, form in (("X-Forwarded-For", "{}"), ("Forwarded", 'for="{}"')):

        def asks(*chain: str, name: str = name, form: str = form) -> str:
            return client_of((name, ", ".join(form.format(one) for one in chain)))

        assert asks(V4) == V4
        assert asks("1.2.3.4", f"{V4}:51234", "10.9.9.9:80") == V4
        assert asks("garbage", f"[{V6}]:443", "[fd00::2]:80") == V6
        # Whoever is nearest and cannot be read is the client; what is left of it is a stranger's.
        assert asks("1.2.3.4", "unknown") == UNREADABLE
        assert asks("1.2.3.4", "unknown", "10.9.9.9") == UNREADABLE
        # A machine of our own network that asks for itself.
        assert asks("10.0.0.7", "10.0.0.8") == "10.0.0.7"


def test_a_proxy_that_says_nothing_asks_for_itself_and_one_that_says_nonsense_for_nobody() -> None:
    assert client_of() == PROXY
    assert client_of(("X-Forwarded-For", "")) == UNREADABLE
    assert client_of(("Forwarded", "")) == UNREADABLE
    assert client_of(("Forwarded", "proto=https")) == UNREADABLE
    assert client_of(("X-Forwarded-For", f"{'1.1.1.1, ' * 500}{V4}")) == UNREADABLE


def test_who_is_no_proxy_of_ours_is_not_listened_to() -> None:
    for header in (("X-Forwarded-For", V4), ("Forwarded", f"for={V4}"), ("Forwarded", '"')):
        assert client_of(header, peer="198.51.100.9") == "198.51.100.9"
        assert client_of(header, peer="::ffff:198.51.100.9") == "198.51.100.9"


def test_where_both_headers_are_there_they_must_agree() -> None:
    ours, theirs = ("X-Forwarded-For", f"{V4}:1"), ("Forwarded", "for=1.2.3.4")
    assert client_of(ours, ("Forwarded", f"for={V4}")) == V4
    assert client_of(ours, theirs) == UNREADABLE
    assert client_of(ours, ("Forwarded", '"')) == UNREADABLE
    # Unless the deployment has said which one its proxy writes.
    assert client_of(ours, theirs, only="x-forwarded-for") == V4
    assert client_of(ours, theirs, only="forwarded") == "1.2.3.4"
    assert client_of(theirs, only="x-forwarded-for") == PROXY


def test_limits_count_a_whole_line_of_ipv6_and_one_address_of_ipv4() -> None:
    line = {
        neighbourhood(f"2001:db8:1:2:{random.Random(n).getrandbits(16):x}::{n:x}")
        for n in range(99)
    }
    assert line == {"2001:db8:1:2::/64"}
    assert neighbourhood("2001:db8:1:3::1") == "2001:db8:1:3::/64"
    assert neighbourhood(f"::ffff:{V4}") == neighbourhood("2002:cb00:7107:ffff::1") == V4
    assert neighbourhood(UNREADABLE) not in {PROXY, "0.0.0.0"}


@pytest.mark.parametrize(
    "shape", ["{}", "for={}", 'for="{}', 'for="{}"', "for=a{}b", "x={};for=1.1.1.1", "{}for=1.1.1.1{}"]
)  # fmt: skip
@pytest.mark.parametrize(
    "piece", [" ", "\t", ",", ";", "\\", "[", "a", "a=b;", '"', "for=", ", ", "1.", "::"]
)
def test_any_header_is_read_in_linear_time(
    monkeypatch: pytest.MonkeyPatch, shape: str, piece: str
) -> None:
    monkeypatch.setattr("api_routes.forwarded.HEADER_LENGTH_MAX", 10**9)

    def read(size: int) -> None:
        text = shape.replace("{}", piece * (size // len(piece)))
        read_forwarded([text])
        read_x_forwarded_for([text])

    grows_linearly(read, 1_000, 64_000)
