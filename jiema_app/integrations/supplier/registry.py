"""Which suppliers this process speaks to.

A further one of a known family is a group of settings. One of another family is a class that
implements the port, one line in ``ADAPTERS``, and its word in ``Kind``. docs/suppliers.md walks
through both.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from types import MappingProxyType
from typing import Final, Protocol

import httpx

from jiema_app.domain.orders.supplier import Supplier
from jiema_app.integrations.supplier.breaker import CircuitState
from jiema_app.integrations.supplier.handler_api import HandlerApiSupplier
from jiema_app.settings import Settings, SupplierSettings
from jiema_app.settings.suppliers import Kind


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

ADAPTERS: Final[dict[Kind, Connect]] = {
    "handler_api": HandlerApiSupplier.connect,
}
"""By ``SUPPLIER_KIND``."""


@asynccontextmanager
async def build_suppliers(
    settings: Settings, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[Mapping[str, ConnectedSupplier]]:
    """Every configured supplier, by name; closed at the end. Nothing is sent by this.

    Args:
        settings: Of this process.
        transport: Instead of the network, in tests.
    """
    suppliers: dict[str, ConnectedSupplier] = {}
    async with AsyncExitStack() as closing:
        for group in settings.suppliers:
            connect = ADAPTERS[group.kind]
            suppliers[group.name] = connect(group, settings.supplier_origin(group), transport)
            closing.push_async_callback(suppliers[group.name].aclose)
        yield MappingProxyType(suppliers)
