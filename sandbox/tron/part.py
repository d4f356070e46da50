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
from sandbox.tron.chain import PEOPLE, Chain
from sandbox.tron.contracts import BATCH, TOKENS
from sandbox.tron.control import account_json, create_control_router, head_json
from sandbox.tron.faults import Faults
from sandbox.tron.node import WALLET, WALLET_SOLIDITY, NodeApi

if TYPE_CHECKING:
    from sandbox.asgi import Application

_LOOK_EVERY_S = 0.25
_RECENT = 8


class TronPart:
    """Owns the chain, its timer and what goes wrong with its node."""

    def __init__(self, settings: SandboxSettings) -> None:
        """Replay the journal, if any.

        Raises:
            JournalLockedError: Another process uses the directory.
        """
        journal = Journal(settings.data_dir, "tron") if settings.data_dir else None
        self.chain = Chain(settings.solid_lag, journal)
        self.faults = Faults(settings.seed)
        self.node = NodeApi(self.chain, self.faults, served=settings.served)
        listings = APIRouter(include_in_schema=False)
        # With the paths below, everything under these three: what is not there says so itself.
        for service in ("wallet", "walletsolidity", "v1"):
            listings.routes.append(Route(f"/{service}/{{rest:path}}", self.node, methods=None))
        self.routers = [create_control_router(self.chain, self.faults), listings]
        self.hot_paths: Mapping[str, Application] = {
            **{f"/wallet/{name}": self.node for name in WALLET},
            **{f"/walletsolidity/{name}": self.node for name in WALLET_SOLIDITY},
        }
        self._ticker: asyncio.Task[None] | None = None

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

    def tick(self) -> None:
        """Make a block if one is due."""
        self.chain.tick()

    def reset(self) -> None:
        """Behave as at first. The chain goes on: nobody can take back what others have read."""
        self.chain.behave_as_at_first()
        self.faults.clear()

    def move_clock(self, offset_s: float) -> None:
        """Blocks go by the world's clock: the shop compares them with its own."""

    def describe(self, _query: Mapping[str, str]) -> dict[str, Any]:
        """Return head, switches, faults, tokens, and the people with what they hold."""
        chain = self.chain
        contracts = {name: base58_address(token.address) for name, token in TOKENS.items()}
        return {
            "tron": {
                **head_json(chain),
                "genesis": chain.blocks[0].id,
                "reorgs": chain.reorgs,
                "transactions": len(chain.places),
                "behaviour": chain.switches.to_json(),
                "faults": self.faults.to_json(),
                "faultsHit": self.faults.hits,
                "requests": dict(self.node.requests),
                "contracts": {**contracts, "batch": base58_address(BATCH)},
                "people": {name: account_json(chain, key.address) for name, key in PEOPLE.items()},
                "recent": self._recent(),
            }
        }

    def _recent(self) -> list[dict[str, Any]]:
        """Return the latest transfers of every token, newest first."""
        rows = [
            (row, name)
            for name, token in TOKENS.items()
            for row in self.chain.by_token[token.address][-_RECENT:]
            if row.event == "Transfer"
        ]
        rows.sort(key=lambda pair: (pair[0].block, pair[0].position), reverse=True)
        return [
            {
                "txid": row.txid,
                "token": name,
                "from": base58_address(row.source),
                "to": base58_address(row.to),
                "amount": f"{row.amount / 10**6:.6f}".rstrip("0").rstrip("."),
                "block": row.block,
                "solid": row.block <= self.chain.solid_number,
            }
            for row, name in rows[:_RECENT]
        ]

    async def _watch(self) -> None:
        while True:
            self.chain.tick()
            auto = self.chain.switches.auto
            pause = self.chain.seconds_to_block() if auto else _LOOK_EVERY_S
            await asyncio.sleep(min(max(pause, 0.005), _LOOK_EVERY_S))
