"""Which suppliers this process speaks to.

A further supplier is one class that implements the port, one line in ``ADAPTERS``, and
one group of settings in ``configured``. docs/suppliers.md walks through it.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from types import MappingProxyType
from typing import Final, Protocol

import httpx

from jiema_app.domain.orders.supplier import Supplier
from jiema_app.integrations.supplier.breaker import CircuitState
from jiema_app.integrations.supplier.handler_api import HandlerApiSupplier
from jiema_app.settings import Settings, SupplierSettings


class ConnectedSupplier(Supplier, Protocol):
    """A supplier as a process holds it."""

    @property
    def circuit(self) -> CircuitState:
        """Whether calls are let through now."""
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...


Connect = Callable[[SupplierSettings, str, httpx.AsyncBaseTransport | None], ConnectedSupplier]
"""Builds a supplier from its settings, the origin of its API, and a transport for tests."""

ADAPTERS: Final[dict[str, Connect]] = {
    "handler_api": HandlerApiSupplier.connect,
}
"""By ``SUPPLIER_KIND``."""


def configured(settings: Settings) -> Sequence[SupplierSettings]:
    """The settings of every supplier, one group each; the first one is the primary."""
    return (settings.supplier,)


@asynccontextmanager
async def build_suppliers(
    settings: Settings, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[Mapping[str, ConnectedSupplier]]:
    """Every configured supplier, by name; closed at the end. Nothing is sent by this.

    Args:
        settings: Of this process.
        transport: Instead of the network, in tests.

    Raises:
        ValueError: A kind is unknown, or two suppliers have one name.
    """
    suppliers: dict[str, ConnectedSupplier] = {}
    async with AsyncExitStack() as closing:
        for group in configured(settings):
            connect = ADAPTERS.get(group.kind)
            if connect is None:
                known = ", ".join(sorted(ADAPTERS))
                raise ValueError(f"SUPPLIER_KIND is {group.kind!r}; known kinds: {known}")
            if group.name in suppliers:
                raise ValueError(f"two suppliers are named {group.name!r}: rows need one name each")
            origin = (group.base_url or settings.supplier_base_url).rstrip("/")
            suppliers[group.name] = connect(group, origin, transport)
            closing.push_async_callback(suppliers[group.name].aclose)
        yield MappingProxyType(suppliers)
