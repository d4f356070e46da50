"""Announcing incoming SMS by webhook: at least once, unsigned, with retries."""

import asyncio
import heapq
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson

from sandbox.supplier.activations import Activation, Sms
from sandbox.supplier.hashing import fraction, mix
from sandbox.supplier.state import SupplierState

ATTEMPTS = 7
ANSWER_WITHIN_S = 3.0
_AT_ONCE = 64
_GIVEN_UP = True
_LOOK_EVERY_S = 0.2
"""Longest nap while something is due later: a clock jump is noticed this soon."""


class WebhookSender:
    """Sends what the state holds as undelivered; owns one task while there is work."""

    def __init__(self, state: SupplierState) -> None:
        """Serve a state; nothing is sent before `wake`."""
        self._state = state
        self._due: list[tuple[float, int]] = []
        self._pump: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Pick up new announcements; needs a running event loop when there are any."""
        fresh = self._state.fresh_hooks
        if not fresh:
            return
        now = self._state.clock.now()
        for sms_id in fresh:
            heapq.heappush(self._due, (now, sms_id))
        fresh.clear()
        if self._pump is None or self._pump.done():
            self._pump = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Stop sending; what is undelivered stays in the journal."""
        if self._pump is not None:
            self._pump.cancel()
            with suppress(asyncio.CancelledError):
                await self._pump
            self._pump = None

    async def _run(self) -> None:
        running: set[asyncio.Task[None]] = set()
        async with httpx.AsyncClient(
            timeout=ANSWER_WITHIN_S,
            trust_env=False,
            limits=httpx.Limits(max_connections=_AT_ONCE),
        ) as client:
            try:
                while self._due or running:
                    now = self._state.clock.now()
                    while self._due and self._due[0][0] <= now and len(running) < _AT_ONCE:
                        _, sms_id = heapq.heappop(self._due)
                        running.add(asyncio.create_task(self._attempt(client, sms_id)))
                    if running:
                        _, running = await asyncio.wait(
                            running,
                            timeout=_LOOK_EVERY_S,
                            return_when=asyncio.FIRST_COMPLETED,
                        )
                    elif self._due:
                        pause = max(0.0, self._due[0][0] - now)
                        await asyncio.sleep(min(pause, _LOOK_EVERY_S))
            finally:
                for task in running:
                    task.cancel()

    async def _attempt(self, client: httpx.AsyncClient, sms_id: int) -> None:
        known = self._state.undelivered.get(sms_id)
        url = self._state.behaviour.webhook_url
        found = self._find(sms_id, known[0]) if known else None
        if known is None:
            return
        if url is None or found is None:
            self._state.record("hook", sms_id, known[1], _GIVEN_UP)
            return
        body = orjson.dumps(webhook_body(*found, self._state))
        attempts = known[1] + 1
        done = await self._post(client, url, body)
        if self._state.undelivered.get(sms_id) is None:
            return  # a reset came in between
        self._state.record("hook", sms_id, attempts, done or attempts >= ATTEMPTS)
        if not done and attempts < ATTEMPTS:
            pause = self._state.behaviour.webhook_retry_seconds
            heapq.heappush(self._due, (self._state.clock.now() + pause, sms_id))
        elif done and self._doubled(sms_id):
            await self._post(client, url, body)

    async def _post(self, client: httpx.AsyncClient, url: str, body: bytes) -> bool:
        self._state.counters["webhooks"] += 1
        try:
            answer = await client.post(
                url, content=body, headers={"Content-Type": "application/json"}
            )
        except httpx.HTTPError:
            self._state.counters["webhookFailures"] += 1
            return False
        if answer.status_code != httpx.codes.OK:
            self._state.counters["webhookFailures"] += 1
            return False
        return True

    def _find(self, sms_id: int, activation_id: int) -> tuple[Activation, Sms] | None:
        activation = self._state.activations.by_id.get(activation_id)
        for sms in activation.sms if activation else ():
            if sms.id == sms_id and activation is not None:
                return activation, sms
        return None

    def _doubled(self, sms_id: int) -> bool:
        rate = self._state.behaviour.webhook_duplicates
        return bool(rate) and fraction(mix(self._state.settings.seed + 3, sms_id)) < rate


def webhook_body(activation: Activation, sms: Sms, state: SupplierState) -> dict[str, Any]:
    """Return the documented body; with jitter the id is a number now and then."""
    jitter = state.behaviour.jitter and mix(state.settings.seed, activation.id) & 4
    moment = datetime.fromtimestamp(sms.received_at, UTC)
    return {
        "activationId": activation.id if jitter else str(activation.id),
        "id": str(sms.id),
        "service": activation.service,
        "text": sms.text,
        "code": sms.code,
        "country": activation.country,
        "receivedAt": f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z",
        "phoneFrom": sms.phone_from,
    }
