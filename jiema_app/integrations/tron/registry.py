"""The chain and the pool's key, as the settings name them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import httpx

from jiema_app.domain.chain.port import WalletDeriver
from jiema_app.integrations.tron.deriver import XpubDeriver
from jiema_app.integrations.tron.node import Node
from jiema_app.integrations.tron.nodes import Nodes
from jiema_app.integrations.tron.payout_chain import TronPayoutChain
from jiema_app.integrations.tron.source import TronChain
from jiema_app.settings import Settings

NAMES: Final = ("first", "second")
"""How nodes are called: their addresses may hold a key."""


@asynccontextmanager
async def build_chain(
    settings: Settings,
    transport: httpx.AsyncBaseTransport | None = None,
    names: Sequence[str] = NAMES,
) -> AsyncIterator[TronChain]:
    """The chain over every configured node; closed at the end. Nothing is sent by this.

    Args:
        settings: Of this process.
        transport: Instead of the network, in tests.
        names: Only these of the nodes.

    Raises:
        ValueError: ``TRON_TOKEN_CONTRACT`` is no address, or a header cannot be sent.
    """
    chain = TronChain(_connect(settings, transport, names), settings.tron.token_contract)
    try:
        yield chain
    finally:
        await chain.aclose()


@asynccontextmanager
async def build_payout_chain(
    settings: Settings,
    transport: httpx.AsyncBaseTransport | None = None,
    names: Sequence[str] = NAMES,
) -> AsyncIterator[TronPayoutChain]:
    """The chain as payouts need it, over every configured node; closed at the end.

    Nothing is sent by this, and nothing that it gives can sign.

    Args:
        settings: Of this process.
        transport: Instead of the network, in tests.
        names: Only these of the nodes.

    Raises:
        ValueError: ``TRON_TOKEN_CONTRACT`` is no address, or a header cannot be sent.
    """
    nodes = _connect(settings, transport, names)
    chain = TronPayoutChain(nodes, settings.tron.token_contract)
    try:
        yield chain
    finally:
        await chain.aclose()


def _connect(
    settings: Settings, transport: httpx.AsyncBaseTransport | None, names: Sequence[str]
) -> Nodes:
    """The configured nodes of these names; nothing is sent yet.

    Raises:
        ValueError: A header cannot be sent.
    """
    nodes = [
        Node.connect(
            name,
            node.url,
            node.headers,
            timeout_s=settings.tron.timeout_s,
            requests_per_second=settings.tron_requests_per_second,
            transport=transport,
        )
        for name, node in zip(NAMES, settings.tron_nodes, strict=False)
        if name in names
    ]
    return Nodes(nodes, settings.tron_genesis_id)


def build_deriver(settings: Settings) -> WalletDeriver | None:
    """Makes the pool's addresses; None where no account key is set.

    Raises:
        ValueError: ``TRON_ACCOUNT_XPUB`` is no public key of an account. It is not shown.
    """
    return None if settings.tron_xpub is None else XpubDeriver(settings.tron_xpub)
