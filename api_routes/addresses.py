"""Whose address a request really comes from."""

import time
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Any, Final

import structlog

from api_routes.forwarded import parse_address, read_forwarded, read_x_forwarded_for
from jiema_app.domain.compliance.geo import UNREADABLE

log = structlog.get_logger()

UNKNOWN: Final = "0.0.0.0"  # noqa: S104 - an address that nobody has, not one to listen on

READERS: Final[dict[str, Callable[[list[str]], list[str]]]] = {
    "x-forwarded-for": read_x_forwarded_for,
    "forwarded": read_forwarded,
}

AGAIN_S: Final = 600.0
"""What a proxy does wrong is said again after this long."""


class ClientAddresses:
    """Believes what the proxies that are configured say of their clients, and nobody else.

    Of both headers it believes either: a proxy writes one of them and lets the other one pass as
    its client has sent it. So where both are there they must name the same client, or nobody
    knows who it is. A deployment that knows its proxy names the one header to look at.
    """

    def __init__(self, trusted_proxies: tuple[str, ...], header: str | None = None) -> None:
        """Take the deployment's settings.

        Args:
            trusted_proxies: Networks.
            header: The only header that counts, in lower case; None for both.
        """
        self._trusted = tuple(ip_network(network) for network in trusted_proxies)
        self._is_trusted = lru_cache(maxsize=1024)(self._contains)
        self._readers = {
            name.encode(): read for name, read in READERS.items() if header in {None, name}
        }
        self._said_at: dict[str, float] = {}

    def of(self, scope: Any) -> str:
        """The client's address: the last one in the chain that is not a proxy of ours.

        Returns:
            UNREADABLE when a proxy of ours speaks for somebody and does not say for whom in a
            form that we know. Such a client is served nothing that a place may be refused.
        """
        client = scope.get("client")
        peer = undressed(str(client[0])) if client else UNKNOWN
        if not self._trusted or not self._is_trusted(peer):
            return peer
        lines: dict[bytes, list[str]] = {}
        for name, value in scope["headers"]:
            if name in self._readers:
                lines.setdefault(name, []).append(value.decode("latin-1"))
        if not lines:
            # It may well ask for itself. If it does not, all of its clients are one.
            self._complain("a trusted proxy names no client: its own address counts")
            return peer
        named = {self._last_stranger(self._readers[name](found)) for name, found in lines.items()}
        if len(named) > 1 or UNREADABLE in named:
            self._complain("a trusted proxy names its client in a form that cannot be read")
            return UNREADABLE
        return named.pop()

    def _last_stranger(self, chain: list[str]) -> str:
        for address in reversed(chain):
            if not self._is_trusted(address):
                return address
        # Where all are ours, the first of them has asked for itself.
        return chain[0] if chain else UNREADABLE

    def _contains(self, address: str) -> bool:
        return is_within(address, self._trusted)

    def _complain(self, what: str) -> None:
        now = time.monotonic()
        if now - self._said_at.get(what, -AGAIN_S) >= AGAIN_S:
            self._said_at[what] = now
            log.warning(what, see="GEO_TRUSTED_PROXIES, GEO_FORWARDED_HEADER")


@lru_cache(maxsize=4096)
def undressed(address: str) -> str:
    """An address in its usual form, so that policies, limits and lists know it again."""
    return str(parse_address(address) or address)


@lru_cache(maxsize=4096)
def neighbourhood(address: str) -> str:
    """Who an address belongs to, as far as limits can tell.

    One line gets a whole /64 of IPv6, so counting single addresses would limit nobody.
    """
    parsed = parse_address(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((int(parsed) >> 64 << 64, 64)))
    return str(parsed or address)


def is_within(address: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    """Whether an address lies in one of the networks."""
    parsed = parse_address(address)
    return parsed is not None and any(
        parsed.version == network.version and parsed in network for network in networks
    )
