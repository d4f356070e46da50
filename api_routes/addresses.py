"""Whose address a request really comes from."""

from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final

UNKNOWN: Final = "0.0.0.0"  # noqa: S104 - an address that nobody has, not one to listen on


class ClientAddresses:
    """Believes ``X-Forwarded-For`` only from the proxies that are configured."""

    def __init__(self, trusted_proxies: tuple[str, ...]) -> None:
        self._trusted = tuple(ip_network(network) for network in trusted_proxies)
        self._is_trusted: Callable[[str], bool] = lru_cache(maxsize=1024)(self._contains)

    def of(self, scope: Any) -> str:
        """The client's address: the last one in the chain that is not a proxy of ours."""
        client = scope.get("client")
        peer = str(client[0]) if client else UNKNOWN
        if not self._trusted or not self._is_trusted(peer):
            return peer
        chain = [
            part.strip()
            for name, value in scope["headers"]
            if name == b"x-forwarded-for"
            for part in value.decode("latin-1").split(",")
        ]
        for address in reversed(chain):
            if parse(address) is None:
                return peer
            if not self._is_trusted(address):
                return address
        return peer

    def _contains(self, address: str) -> bool:
        return is_within(address, self._trusted)


def parse(address: str) -> IPv4Address | IPv6Address | None:
    """An address out of text; an IPv4 address in IPv6 clothing is undressed."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return mapped or parsed


def is_within(address: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    """Whether an address lies in one of the networks."""
    parsed = parse(address)
    return parsed is not None and any(
        parsed.version == network.version and parsed in network for network in networks
    )
