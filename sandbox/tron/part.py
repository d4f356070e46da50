"""The chain as one part of the sandbox."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.routing import Route

from sandbox.journal import Journal
from sandbox.settings import SandboxSettings
from sandbox.tron.addresses import base58_address
from sandbox.tron.calls import WALLET, WALLET_SOLIDITY
from sandbox.tron.chain import Chain
from sandbox.tron.contracts import BATCH, TOKENS
from sandbox.tron.control import create_control_router
from sandbox.tron.nodes import PREFIXES, Nodes
from sandbox.tron.people import HOUSE, PEOPLE
from sandbox.tron.showing import account_json, balance_json, head_json, recent_json

if TYPE_CHECKING:
    from sandbox.asgi import Application

_LOOK_EVERY_S = 0.25


class TronPart:
    """Owns the chain, its timer and its nodes."""

    prefixes: tuple[str, ...] = ("/control/tron", "/wallet", "/v1", "/second")

    def __init__(self, settings: SandboxSettings) -> None:
        """Replay the journals, if any.

        Raises:
            JournalLockedError: Another process uses the directory.
        """
        directory = settings.data_dir
        self.chain = Chain(settings.solid_lag, Journal(directory, "tron") if directory else None)
        orders = Journal(directory, "tron-nodes") if directory else None
        self.nodes = Nodes(self.chain, settings.seed, orders, served=settings.served)
        self.hot_paths: Mapping[str, Application] = {
            f"{PREFIXES[node.name]}/{service}/{name}": node.api
            for node in self.nodes
            for service, names in (("wallet", WALLET), ("walletsolidity", WALLET_SOLIDITY))
            for name in names
        }
        self._ticker: asyncio.Task[None] | None = None

    def make_routers(self) -> list[APIRouter]:
        """Controls, and what is asked for seldom."""
        return [create_control_router(self.chain, self.nodes), self._other_paths()]

    async def start(self) -> None:
        """Let blocks come."""
        self._ticker = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Stop blocks and release the journal."""
        if self._ticker is not None:
            self._ticker.cancel()
            with suppress(asyncio.CancelledError):
                await self._ticker
            self._ticker = None
        self.chain.close()
        self.nodes.close()

    def tick(self) -> None:
        """Make a block if one is due."""
        self.chain.tick()

    def reset(self) -> None:
        """Behave as at first. The chain goes on: nobody can take back what others have read."""
        self.chain.behave_as_at_first()
        for node in self.nodes:
            node.behave_as_at_first()

    def move_clock(self, offset_s: float) -> None:
        """Blocks go by the world's clock: the shop compares them with its own."""

    def describe(self, _query: Mapping[str, str]) -> dict[str, Any]:
        """Return head, switches, faults, tokens, and the people with what they hold.

        Switches, faults and requests on top are those of the node that is asked first.
        """
        chain, first = self.chain, self.nodes["first"]
        contracts = {name: base58_address(token.address) for name, token in TOKENS.items()}
        return {
            "tron": {
                **head_json(chain),
                "genesis": chain.blocks[0].id,
                "reorgs": chain.reorgs,
                "transactions": len(chain.places),
                "behaviour": chain.switches.to_json(),
                "faults": first.faults.to_json(),
                "faultsHit": first.faults.hits,
                "requests": dict(first.api.requests),
                "contracts": {**contracts, "batch": base58_address(BATCH)},
                "people": {name: account_json(chain, key.address) for name, key in PEOPLE.items()},
                "house": [
                    {"name": name, **balance_json(chain, key.address)}
                    for name, key in HOUSE.items()
                ],
                "nodes": {node.name: node.to_json() for node in self.nodes},
                "recent": recent_json(chain),
            }
        }

    def _other_paths(self) -> APIRouter:
        """With the hot paths, everything under a node: what is not there says so itself."""
        router = APIRouter(include_in_schema=False)
        for node in self.nodes:
            for service in ("wallet", "walletsolidity", "v1"):
                path = f"{PREFIXES[node.name]}/{service}/{{rest:path}}"
                router.routes.append(Route(path, node.api, methods=None))
        return router

    async def _watch(self) -> None:
        while True:
            self.chain.tick()
            auto = self.chain.switches.auto
            pause = self.chain.seconds_to_block() if auto else _LOOK_EVERY_S
            await asyncio.sleep(min(max(pause, 0.005), _LOOK_EVERY_S))
