"""The supplier as one part of the sandbox: what the app is given to serve."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

from sandbox.clock import SandboxClock
from sandbox.control import ControlError
from sandbox.journal import Journal
from sandbox.settings import SandboxSettings
from sandbox.supplier.activations import Activation, Status
from sandbox.supplier.control import create_control_router
from sandbox.supplier.engine import Supplier
from sandbox.supplier.protocol import PATH, HandlerApi
from sandbox.supplier.rest import create_rest_router
from sandbox.supplier.rows import zoned
from sandbox.supplier.state import SupplierState
from sandbox.supplier.webhooks import WebhookSender

if TYPE_CHECKING:
    from sandbox.asgi import Application

_LOOK_EVERY_S = 0.25
"""Longest nap of the timer task: a clock jump is noticed this soon."""
_DEFAULT_ROWS = 200
_COUNTERS = {
    "purchases": "purchases",
    "cancels": "cancelled",
    "finishes": "finished",
    "refunds": "refunded",
    "expired": "expired",
    "sms": "sms",
    "webhooks": "webhooks",
    "webhookFailures": "webhookFailures",
    "faults": "faults",
}


class SupplierPart:
    """Owns the supplier's state, journal, timers and webhooks."""

    prefixes: tuple[str, ...] = ("/control/supplier", "/api/v1")

    def __init__(self, settings: SandboxSettings, clock: SandboxClock) -> None:
        """Replay the journal, if any; no task is started yet.

        Raises:
            JournalLockedError: Another process uses the directory.
        """
        journal = None
        if settings.data_dir is not None:
            journal = Journal(settings.data_dir, "supplier")
        self.state = SupplierState(settings, clock, journal)
        self.supplier = Supplier(self.state)
        self.webhooks = WebhookSender(self.state)
        self.hot_paths: Mapping[str, Application] = {PATH: HandlerApi(self.supplier, self.webhooks)}
        self._ticker: asyncio.Task[None] | None = None

    def make_routers(self) -> list[APIRouter]:
        """Controls, and what is asked for seldom."""
        return [
            create_control_router(self.supplier, self.webhooks),
            create_rest_router(self.supplier),
        ]

    async def start(self) -> None:
        """Build the big price list once, then watch the timers."""
        self.state.market.all_prices(list(self.supplier.catalogue.countries))
        self._ticker = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Stop tasks, write the state down compactly, release the journal."""
        if self._ticker is not None:
            self._ticker.cancel()
            with suppress(asyncio.CancelledError):
                await self._ticker
            self._ticker = None
        await self.webhooks.stop()
        self.state.close()

    def tick(self) -> None:
        """Let due SMS arrive and due activations end."""
        self.supplier.tick()
        self.webhooks.wake()

    def reset(self) -> None:
        """Forget everything but the serial numbers."""
        self.state.reset()

    def move_clock(self, offset_s: float) -> None:
        """Journal the clock's new offset, so that a restart keeps it."""
        self.state.record("clock", offset_s)

    def describe(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Return behaviour, faults, counters, balance and activations.

        `status` is active, or the name of a status; `limit` rows, newest first.
        """
        state = self.state
        limit_text = query.get("limit", str(_DEFAULT_ROWS))
        if not re.fullmatch(r"[0-9]{1,6}", limit_text):
            raise ControlError(400, "BAD_LIMIT", "limit must be a whole number")
        chosen = islice(self._choose(query.get("status")), int(limit_text))
        return {
            "behaviour": state.behaviour_json(),
            "faults": state.faults.to_json(),
            "counters": {
                "requests": dict(state.requests),
                **{name: state.counters[key] for name, key in _COUNTERS.items()},
            },
            "balanceUsd": state.balance_micro / 1_000_000,
            "activeCount": len(state.activations.open),
            "activationCount": len(state.activations.by_id),
            "webhooksPending": len(state.undelivered),
            "journalTornLines": state.torn_lines,
            "activations": [self._row(activation) for activation in chosen],
        }

    async def _watch(self) -> None:
        while True:
            self.tick()
            timers = self.state.timers
            pause = timers[0][0] - self.state.clock.now() if timers else _LOOK_EVERY_S
            await asyncio.sleep(min(max(pause, 0.005), _LOOK_EVERY_S))

    def _choose(self, status: str | None) -> Iterator[Activation]:
        activations = self.state.activations
        if status is None:
            return activations.newest()
        if status == "active":
            return (activations.open[key] for key in reversed(activations.open))
        wanted = next((s for s in Status if s.name.lower() == status), None)
        if wanted is None:
            names = ", ".join(s.name.lower() for s in Status)
            raise ControlError(400, "BAD_STATUS", f"status must be active, {names}")
        return (a for a in activations.newest() if a.status is wanted)

    def _row(self, activation: Activation) -> dict[str, Any]:
        country = self.supplier.catalogue.countries[activation.country]
        service = self.supplier.catalogue.services[activation.service]
        closed = activation.closed_at
        due = activation.sms_due_at
        return {
            "id": activation.id,
            "service": activation.service,
            "serviceName": service.name,
            "country": activation.country,
            "countryName": country.eng,
            "phone": activation.phone,
            "operator": activation.operator,
            "status": activation.status.name.lower(),
            "statusCode": int(activation.status),
            "costUsd": activation.cost_micro / 1_000_000,
            "smsTexts": [sms.text for sms in activation.sms],
            "codes": [sms.code for sms in activation.sms],
            "createdAt": zoned(activation.created_at),
            "endsAt": zoned(activation.ends_at),
            "closedAt": zoned(closed) if closed is not None else None,
            "smsDueAt": zoned(due) if due is not None else None,
            "orderId": activation.order_id,
        }
