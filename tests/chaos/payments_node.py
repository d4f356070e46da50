"""The sandbox's node in the hands of the payments' storm: payments, blocks, faults."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from sandbox.tron.faults import KINDS, RECEIPTS, Kind

CHUNK: Final = 100
"""Signed in one go; the node answers nobody meanwhile."""

SILENCES: Final[dict[Kind, float]] = {"hang": 2.0, "timeout_after_commit": 0.5}

RARE: Final[dict[Kind, float]] = {"http403": 0.1}
"""It asks to be left alone for half a minute."""

AT_A_TIME: Final = 4
RATES: Final = (0.02, 0.1, 0.1, 0.3)
FAULTS_FOR_S: Final = (0.5, 3.0)

Order = dict[str, Any]


@dataclass(slots=True)
class NodeLevers:
    """Moves the chain. Whoever needs several steps undisturbed holds ``turn``."""

    http: httpx.AsyncClient
    pause_s: float = 0.0
    """Between two lots of payments, so that blocks are as full as on the real chain."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    sent: int = 0

    async def order(self, path: str, body: Order) -> Any:
        """Pull a lever."""
        answer = await self.http.post(f"/control/tron/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def send(self, orders: Sequence[Order]) -> None:
        """Put payments into the pool."""
        for start in range(0, len(orders), CHUNK):
            async with self.turn:
                await self._send(orders[start : start + CHUNK])
            await asyncio.sleep(self.pause_s)

    async def give_gas(self, address: str) -> None:
        """Put TRX for a wallet into the pool: never into a block that is taken back."""
        async with self.turn:
            await self.order("faucet", {"address": address, "trx": "100", "mine": False})

    async def mine(self, blocks: int = 1) -> None:
        """Make blocks."""
        async with self.turn:
            await self.order("mine", {"blocks": blocks})

    async def undo(self, orders: Sequence[Order], *, drop: bool) -> None:
        """Put payments into a block of their own and take the block back."""
        async with self.turn:
            await self.order("mine", {"blocks": 1})
            await self._send(orders)
            await self.order("mine", {"blocks": 1})
            await self.order("reorg", {"depth": 1, "drop": drop})

    async def mine_on(self, beat_s: float) -> None:
        """Make a block again and again, until cancelled."""
        while True:
            await self.mine()
            await asyncio.sleep(beat_s)

    async def trouble(self, chance: random.Random) -> None:
        """Have requests fail in every way there is, until cancelled.

        At rates, for a while each: orders to fail that wait for the next request would heap
        up while the node is left alone, until nobody ever gets through.
        """
        shares = [RARE.get(kind, 1.0) for kind in KINDS]
        try:
            while True:
                kinds = chance.choices(KINDS, shares, k=AT_A_TIME)
                rate = chance.choice(RATES)
                for kind in kinds:
                    await self._fail(kind, rate)
                await asyncio.sleep(chance.uniform(*FAULTS_FOR_S))
                for kind in kinds:
                    await self._fail(kind, 0)
        finally:
            for kind in KINDS:
                await self._fail(kind, 0)

    async def _fail(self, kind: Kind, rate: float) -> None:
        action = RECEIPTS if kind.endswith("_receipts") else "*"
        order = {"action": action, "kind": kind, "rate": rate}
        await self.order("faults", order | {"seconds": SILENCES.get(kind, 0.0)})

    async def state(self) -> dict[str, Any]:
        """What the node says of itself."""
        answer = await self.http.get("/control/state", params={"limit": "0"})
        found: dict[str, Any] = answer.raise_for_status().json()["tron"]
        return found

    async def _send(self, orders: Sequence[Order]) -> None:
        self.sent += len(orders)
        await self.order("transfers", {"transfers": list(orders)})
