"""The sandbox's node as payouts use it: a funded hot wallet, and transactions signed in the test."""

import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx
import orjson

from jiema_app.domain.payouts.port import PayoutChain
from jiema_app.integrations.tron.payout_chain import TronPayoutChain
from jiema_app.integrations.tron.registry import build_payout_chain
from jiema_app.settings import Settings, TronSettings
from sandbox.app import SandboxApp, create_app
from sandbox.tron.addresses import base58_address, parse_address
from sandbox.tron.contracts import address_word, call_data, word
from sandbox.tron.keys import Key
from sandbox.tron.transactions import Transaction, make, transaction_json
from sandbox.tron.wire import Raw
from tests.services.lying_nodes import Liar
from tests.services.tron_peers import FIRST, OURS, SECOND, THEIRS, USDT, Hosts, Peer, node_peer

HOT_KEY = Key(bytes.fromhex("88" * 32))
HOT = OURS
"""The address of that key."""
TEN = 10_000_000
LIFE = timedelta(minutes=5)


def fresh_address() -> str:
    """An address that nobody has used."""
    return base58_address(Key(secrets.token_bytes(32)).address)


@dataclass
class Payer:
    """A node, its levers, and what payouts read of it and send to it."""

    peer: Peer
    chain: TronPayoutChain

    @property
    def port(self) -> PayoutChain:
        """The same, as the domain knows it."""
        return self.chain

    async def fund(self, address: str = HOT, **what: Any) -> None:
        """Give an address something, by final blocks."""
        await self.peer.control("faucet", address=address, **what)
        await self.peer.mine(3)

    async def signed(self, to: str = THEIRS, amount: int = TEN, **changes: Any) -> str:
        """A signed transfer of USDT, or of TRX for ``kind="TransferContract"``."""
        return orjson.dumps(transaction_json(await self.make(to, amount, **changes))).decode()

    async def make(
        self, to: str, amount: int, life: timedelta = LIFE, **changes: Any
    ) -> Transaction:
        found = await self.chain.reference_block()
        block = bytes.fromhex(found.block.id)
        call = call_data("transfer(address,uint256)", address_word(parse_address(to)), word(amount))
        is_trx = changes.get("kind") == "TransferContract"
        fields: dict[str, Any] = {
            "kind": "TriggerSmartContract",
            "owner": HOT_KEY.address,
            "target": parse_address(to if is_trx else USDT),
            "amount": amount if is_trx else 0,
            "call": b"" if is_trx else call,
            "ref_bytes": block[6:8],
            "ref_hash": block[8:16],
            "expiration": int((found.head_time + life).timestamp() * 1000),
            "timestamp": int(found.head_time.timestamp() * 1000),
            "fee_limit": 0 if is_trx else 30_000_000,
        }
        raw = Raw(**(fields | changes))
        made = make(raw)
        return replace(made, signatures=(HOT_KEY.sign(bytes.fromhex(made.id)),))


def txid_of(signed: str) -> str:
    return str(orjson.loads(signed)["txID"])


@asynccontextmanager
async def open_payer(
    transport: httpx.AsyncBaseTransport | None = None,
    app: SandboxApp | None = None,
    **settings: Any,
) -> AsyncIterator[Payer]:
    """A fresh chain, and a hot wallet with 1,000 TRX and 500 USDT."""
    app = app or create_app(None)
    known: dict[str, Any] = {"node_url": FIRST, "requests_per_second": 0}
    async with (
        node_peer(transport, app, **settings) as peer,
        build_payout_chain(
            Settings(tron=TronSettings(**(known | settings))),
            transport or httpx.ASGITransport(app=app),
        ) as chain,
    ):
        payer = Payer(peer, chain)
        await payer.fund(trx="1000", usdt="500")
        yield payer


@dataclass
class Pair:
    """Two nodes of one chain, either of which may lie."""

    payer: Payer
    hosts: Hosts
    liars: Mapping[str, Liar]

    def lie(self, host: str, lie: Callable[[str, Any, Any], Any]) -> None:
        self.liars[host].lie = lie

    @property
    def chain(self) -> TronPayoutChain:
        return self.payer.chain


@asynccontextmanager
async def open_pair(**settings: Any) -> AsyncIterator[Pair]:
    app = create_app(None)
    liars = {host: Liar(httpx.ASGITransport(app=app)) for host in (FIRST, SECOND)}
    hosts = Hosts(liars)
    async with open_payer(hosts, app, second_node_url=SECOND, **settings) as payer:
        yield Pair(payer, hosts, liars)


@dataclass(eq=False)
class Tape(httpx.AsyncBaseTransport):
    """Hands requests on, and remembers what was broadcast.

    Attributes:
        behind: Who answers.
        sent: Host and body of each broadcast, in order.
    """

    behind: httpx.AsyncBaseTransport
    sent: list[tuple[str, bytes]]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("broadcasttransaction"):
            self.sent.append((f"http://{request.url.host}", request.content))
        return await self.behind.handle_async_request(request)
