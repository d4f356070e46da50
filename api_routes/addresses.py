"""Whose address a request really comes from."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final

UNKNOWN: Final = "0.0.0.0"  # noqa: S104 - an address that nobody has, not one to listen on


class ClientAddresses:
    """Believes ``X-Forwarded-For`` only from the proxies that are configured."""

    def __init__(self, trusted_proxies: tuple[str, ...]) -> None:
        self._trusted = tuple(ip_network(network) for network in trusted_proxies)
        self._is_trusted = lru_cache(maxsize=1024)(self._contains)

    def of(self, scope: Any) -> str:
        """The client's address: the last one in the chain that is not a proxy of ours."""
        client = scope.get("client")
        peer = undressed(str(client[0])) if client else UNKNOWN
        if not self._trusted or not self._is_trusted(peer):
            return peer
        chain: list[str] = [
            part.strip()
            for name, value in scope["headers"]
            if name == b"x-forwarded-for"
            for part in value.decode("latin-1").split(",")
        ]
        for claimed in reversed(chain):
            if parse(claimed) is None:
                return peer
            address = undressed(claimed)
            if not self._is_trusted(address):
                return address
        return peer

    def _contains(self, address: str) -> bool:
        return is_within(address, self._trusted)


@lru_cache(maxsize=4096)
def undressed(address: str) -> str:
    """An address in its usual form, so that policies, limits and lists know it again.

    A socket for both families writes IPv4 addresses as ``::ffff:192.0.2.1``.
    """
    return str(parse(address) or address)


def parse(address: str) -> IPv4Address | IPv6Address | None:
    """An address out of text; an IPv4 address in IPv6 clothing is undressed."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return mapped or parsed


@lru_cache(maxsize=4096)
def neighbourhood(address: str) -> str:
    """Who an address belongs to, as far as limits can tell.

    One line gets a whole /64 of IPv6, so counting single addresses would limit nobody.
    """
    parsed = parse(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((int(parsed) >> 64 << 64, 64)))
    return str(parsed or address)


def is_within(address: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    """Whether an address lies in one of the networks."""
    parsed = parse(address)
    return parsed is not None and any(
        parsed.version == network.version and parsed in network for network in networks
    )
