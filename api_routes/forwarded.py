"""What proxies say of whom they speak for: ``X-Forwarded-For``, and ``Forwarded`` of RFC 7239.

Everything left of what our own proxy has added is a stranger's text: its length is looked at
first, it is read in one go, and what cannot be read is UNREADABLE and never an error.
"""

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

from jiema_app.domain.compliance.geo import UNREADABLE

HEADER_LENGTH_MAX: Final = 4096
"""Of all its lines together. Sixteen proxies that write long addresses need a quarter of it."""

NODE_LENGTH_MAX: Final = 128
ADDRESS_LENGTH_MAX: Final = 45
ZONE_LENGTH_MAX: Final = 32

PORT: Final = r"(?::(?:[0-9]{1,5}|_[A-Za-z0-9._-]{1,32}))?"
BRACKETED: Final = re.compile(rf"\[([^\[\]]*)\]{PORT}")
WITH_PORT: Final = re.compile(rf"([0-9.]+){PORT}")

TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - a rule of RFC 9110, 5.6.2
PAIR: Final = re.compile(
    # Addresses of IPv6 that were not quoted are understood as well. What was matched is never
    # given back (*+): else blanks would be tried at both ends, each stretch as often as it is long.
    rf'[ \t]*+(?:(?P<name>{TOKEN}+)=(?:"(?P<quoted>(?:[^"\\]|\\.)*+)"|(?P<bare>[^ \t",;]*+)))?'
    r"[ \t]*+(?P<end>[,;]|\Z)"
)
ESCAPED: Final = re.compile(r"\\(.)")

TRANSLATED: Final = IPv6Network("64:ff9b::/96")
"""How translators write IPv4 clients to a server of IPv6 (RFC 6052, 2.1)."""


def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """An address out of text. One that stands for an IPv4 address is that address.

    So does ``::ffff:192.0.2.1``, which a socket for both families writes, an address of 6to4,
    of which each IPv4 address has 65,536 networks, one of Teredo, and one that a translator
    writes for an IPv4 client (RFC 6052). A zone is of no use to anybody else.
    """
    bare, _, zone = text.partition("%")
    if len(bare) > ADDRESS_LENGTH_MAX or len(zone) > ZONE_LENGTH_MAX:
        return None
    try:
        parsed = ip_address(bare)
    except ValueError:
        return None
    if isinstance(parsed, IPv4Address):
        return None if zone else parsed
    if parsed in TRANSLATED:
        return IPv4Address(int(parsed) & 0xFFFFFFFF)
    behind_teredo = parsed.teredo[1] if parsed.teredo else None
    return parsed.ipv4_mapped or parsed.sixtofour or behind_teredo or parsed


def read_node(text: str) -> str:
    """The address in an element of a chain, in its usual form.

    Known forms: ``192.0.2.1``, ``192.0.2.1:80``, ``2001:db8::1``, ``[2001:db8::1]``,
    ``[2001:db8::1]:80``, each perhaps between quotes; and an IPv6 address with a zone.

    Returns:
        UNREADABLE when it is none of these: RFC 7239's ``unknown`` and ``_hidden`` as well.
    """
    if len(text) > NODE_LENGTH_MAX:
        return UNREADABLE
    bare = text.strip(" \t")
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        bare = bare[1:-1].strip(" \t")
    found = BRACKETED.fullmatch(bare) or WITH_PORT.fullmatch(bare)
    parsed = parse_address(found[1] if found else bare)
    # Brackets hold addresses of IPv6 alone; the mapped ones among them are IPv4 by now.
    if parsed is None or (bare.startswith("[") and ":" not in bare.partition("]")[0]):
        return UNREADABLE
    return str(parsed)


def read_x_forwarded_for(lines: Sequence[str]) -> list[str]:
    """The addresses of a chain, the nearest last. Elements that are empty do not count."""
    if _is_too_long(lines):
        return [UNREADABLE]
    nodes = [node for line in lines for node in line.split(",")]
    return [read_node(node) for node in nodes if node.strip(" \t")]


def read_forwarded(lines: Sequence[str]) -> list[str]:
    """The addresses of a chain, the nearest last; UNREADABLE alone when its form is broken.

    An element that does not say ``for`` whom is UNREADABLE.
    """
    if _is_too_long(lines):
        return [UNREADABLE]
    text = ",".join(lines)
    chain: list[str] = []
    pairs: list[tuple[str, str]] = []
    place = 0
    while True:
        # One after the other, from where the last has ended: no stretch is read twice.
        found = PAIR.match(text, place)
        if found is None:
            return [UNREADABLE]
        if found["name"] is not None:
            pairs.append((found["name"].lower(), _value(found)))
        if found["end"] != ";":
            if pairs:
                chain.append(_node_of(pairs))
            pairs = []
        if not found["end"]:
            return chain
        place = found.end()


def _value(found: "re.Match[str]") -> str:
    quoted = found["quoted"]
    return found["bare"] if quoted is None else ESCAPED.sub(r"\1", quoted)


def _node_of(pairs: Iterable[tuple[str, str]]) -> str:
    nodes = [value for name, value in pairs if name == "for"]
    return read_node(nodes[0]) if len(nodes) == 1 else UNREADABLE


def _is_too_long(lines: Sequence[str]) -> bool:
    return sum(len(line) + 1 for line in lines) > HEADER_LENGTH_MAX
