"""The supplier's whole state, changed only by journaled events.

An event is a JSON array `[kind, ...]`. `record` writes it to the journal and then
applies it; a restart applies the same events again. What follows from time alone
(expiry, an SMS falling due) is not stored: the timers are re-armed on the way.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.clock import SandboxClock
from sandbox.journal import COMPACT_ABOVE_BYTES, Event, Journal
from sandbox.settings import SandboxSettings
from sandbox.supplier.activations import (
    Activation,
    ActivationStore,
    Sms,
    Status,
    to_row,
)
from sandbox.supplier.behaviour import Behaviour, apply_update, to_json
from sandbox.supplier.faults import FaultRegistry, parse_fault
from sandbox.supplier.market import Market
from sandbox.supplier.range_of_goods import load_range

FIRST_ACTIVATION_ID = 635_000_001
START_BALANCE_MICRO = 1_000_000_000_000
"""One million USD: enough for any benchmark; set balanceUsd for less."""
KEEP_CLOSED = 50_000
"""Ended activations remembered for history, state and late questions."""

Timer = tuple[float, int, str]
"""(due at, activation id, "sms" or "expiry")."""


class SupplierState:
    """Activations, stock, money, switches and faults, with their journal."""

    def __init__(
        self, settings: SandboxSettings, clock: SandboxClock, journal: Journal | None
    ) -> None:
        """Start empty, then replay the journal when there is one."""
        self.settings = settings
        self.clock = clock
        self.market = Market(load_range(settings.seed))
        self.activations = ActivationStore(KEEP_CLOSED)
        self.faults = FaultRegistry(settings.seed)
        self.behaviour = self._default_behaviour()
        self.balance_micro = START_BALANCE_MICRO
        self.counters: Counter[str] = Counter()
        self.requests: Counter[str] = Counter()
        self.next_id = FIRST_ACTIVATION_ID
        self.next_sms_id = 1
        self.timers: list[Timer] = []
        self.undelivered: dict[int, tuple[int, int]] = {}
        """SMS whose webhook is not acknowledged: sms id -> (activation, attempts)."""
        self.fresh_hooks: list[int] = []
        """SMS ids that the webhook sender has not seen yet."""
        self._journal = journal
        self._appliers: dict[str, Callable[..., None]] = {
            "buy": self._on_buy,
            "sms": self._on_sms,
            "status": self._on_status,
            "hook": self._on_hook,
            "behaviour": self._on_behaviour,
            "balance": self._on_balance,
            "fault": self._on_fault,
            "fault_used": self._on_fault_used,
            "offer": self._on_offer,
            "clock": self._on_clock,
            "reset": self._on_reset,
            "activation": self._on_activation,
            "stock": self._on_stock,
            "totals": self._on_totals,
        }
        if journal is not None:
            for event in journal.replay():
                apply = self._appliers.get(event[0])
                if apply is None:
                    journal.torn_lines += 1
                else:
                    apply(*event[1:])
            journal.rewrite(self._snapshot())

    def record(self, *event: Any) -> None:
        """Make one change: journal first, then memory."""
        if self._journal is not None:
            self._journal.append(list(event))
        self._appliers[event[0]](*event[1:])
        if self._journal is not None and self._journal.size_bytes > COMPACT_ABOVE_BYTES:
            self._journal.rewrite(self._snapshot())

    def reset(self) -> None:
        """Forget everything, on disk too; see `_on_reset` for what remains."""
        self.record("reset")
        if self._journal is not None:
            self._journal.rewrite(self._snapshot())

    def close(self) -> None:
        """Write the state compactly and release the journal."""
        if self._journal is not None:
            self._journal.rewrite(self._snapshot())
            self._journal.close()
            self._journal = None

    def arm(self, due_at: float, activation_id: int, kind: str) -> None:
        """Remember that something happens to an activation at a moment."""
        heapq.heappush(self.timers, (due_at, activation_id, kind))

    def behaviour_json(self) -> dict[str, Any]:
        """Return every switch, and the balance, under its public name."""
        balance = self.balance_micro / 1_000_000
        return {**to_json(self.behaviour), "balanceUsd": balance}

    @property
    def torn_lines(self) -> int:
        """Unreadable journal lines that the last start passed over."""
        return self._journal.torn_lines if self._journal is not None else 0

    def _default_behaviour(self) -> Behaviour:
        return Behaviour(
            webhook_url=self.settings.webhook_url, route_quality=self.settings.route_quality
        )

    # One method per event, in the order a life runs.

    def _on_buy(  # the event's columns
        self, id_: int, service: str, country: int, phone: str, operator: str,
        cost_micro: int, created_at: float, ends_at: float,
        sms_due_at: float | None, order_id: str | None,
    ) -> None:  # fmt: skip
        activation = Activation(
            id_, service, country, phone, operator, cost_micro, created_at, ends_at,
            Status.WAITING, sms_due_at, order_id,
        )  # fmt: skip
        self.next_id = max(self.next_id, id_ + 1)
        self.activations.add(activation)
        self.market.take(service, country, cost_micro)
        self.balance_micro -= cost_micro
        self.counters["purchases"] += 1
        self.arm(ends_at, id_, "expiry")
        if sms_due_at is not None:
            self.arm(sms_due_at, id_, "sms")

    def _on_sms(  # the event's columns
        self, id_: int, sms_id: int, text: str, code: str | None, at: float,
        phone_from: str, announce: bool,  # noqa: FBT001 -- a column
    ) -> None:  # fmt: skip
        self.next_sms_id = max(self.next_sms_id, sms_id + 1)
        activation = self.activations.by_id.get(id_)
        if activation is None:
            return
        activation.sms.append(Sms(sms_id, text, code, at, phone_from))
        activation.status = Status.RECEIVED
        activation.unread = True
        activation.sms_due_at = None
        self.counters["sms"] += 1
        if announce:
            self.undelivered[sms_id] = (id_, 0)
            self.fresh_hooks.append(sms_id)

    def _on_status(self, id_: int, status: int, at: float, sms_due_at: float | None) -> None:
        activation = self.activations.by_id.get(id_)
        if activation is None:
            return
        was_open, was = activation.is_open, activation.status
        activation.status = Status(status)
        activation.sms_due_at = sms_due_at
        if sms_due_at is not None:
            self.arm(sms_due_at, id_, "sms")
        if activation.is_open:
            return
        activation.closed_at = at
        returned = {Status.CANCELLED, Status.REFUNDED}
        if activation.status in returned and was not in returned:
            self.balance_micro += activation.cost_micro
            self.market.put_back(activation.service, activation.country, activation.cost_micro)
        self.counters[activation.status.name.lower()] += 1
        if was_open:
            self.activations.close(activation)

    def _on_hook(self, sms_id: int, attempts: int, done: bool) -> None:  # noqa: FBT001
        known = self.undelivered.get(sms_id)
        if known is None:
            return
        if done:
            del self.undelivered[sms_id]
        else:
            self.undelivered[sms_id] = (known[0], attempts)

    def _on_behaviour(self, update: dict[str, Any]) -> None:
        self.behaviour = apply_update(self.behaviour, update)

    def _on_balance(self, micro: int) -> None:
        self.balance_micro = micro

    def _on_fault(self, order: dict[str, Any]) -> None:
        self.faults.set(parse_fault(order))

    def _on_fault_used(self, action: str, kind: str, left: int, seconds: float) -> None:
        self.counters["faults"] += 1
        order = {"action": action, "kind": kind, "count": left, "seconds": seconds}
        self.faults.set(parse_fault(order))

    def _on_offer(self, service: str, country: int, price_micro: int, count: int) -> None:
        self.market.override(service, country, price_micro, count)

    def _on_clock(self, offset_s: float) -> None:
        self.clock.offset_s = offset_s

    def _on_reset(self) -> None:
        """Forget everything except the serial numbers: ids are never reused."""
        self.activations.clear()
        self.market.clear()
        self.faults.clear()
        self.timers.clear()
        self.undelivered.clear()
        self.fresh_hooks.clear()
        self.counters.clear()
        self.requests.clear()
        self.behaviour = self._default_behaviour()
        self.balance_micro = START_BALANCE_MICRO
        self.clock.offset_s = 0.0

    # Events that only a snapshot holds.

    def _on_activation(self, row: dict[str, Any]) -> None:
        sms = [Sms(**message) for message in row.pop("sms")]
        status = Status(row.pop("status"))
        activation = Activation(**row, status=status, sms=sms)
        self.activations.add(activation)
        if activation.is_open:
            self.arm(activation.ends_at, activation.id, "expiry")
            if activation.sms_due_at is not None:
                self.arm(activation.sms_due_at, activation.id, "sms")

    def _on_stock(self, service: str, country: int, counts: list[int]) -> None:
        self.market.restore_stock(service, country, counts)

    def _on_totals(self, totals: dict[str, Any]) -> None:
        self.next_id = totals["nextId"]
        self.next_sms_id = totals["nextSmsId"]
        self.balance_micro = totals["balanceMicro"]
        self.counters = Counter(totals["counters"])
        self.requests = Counter(totals["requests"])
        self.undelivered = {
            sms_id: (activation_id, attempts)
            for sms_id, activation_id, attempts in totals["undelivered"]
        }
        self.fresh_hooks = list(self.undelivered)

    def _snapshot(self) -> Iterator[Event]:
        yield ["clock", self.clock.offset_s]
        changed = to_json(self.behaviour)
        default = to_json(self._default_behaviour())
        yield ["behaviour", {k: v for k, v in changed.items() if v != default[k]}]
        for order in self.faults.to_json():
            yield ["fault", order]
        for (service, country), ladder in self.market.overrides.items():
            yield ["offer", service, country, ladder.default_micro, ladder.counts[0]]
        for (service, country), counts in self.market.stock.items():
            yield ["stock", service, country, counts]
        for activation in self.activations.by_id.values():
            yield ["activation", to_row(activation)]
        yield [
            "totals",
            {
                "nextId": self.next_id,
                "nextSmsId": self.next_sms_id,
                "balanceMicro": self.balance_micro,
                "counters": self.counters,
                "requests": self.requests,
                "undelivered": [(s, a, n) for s, (a, n) in self.undelivered.items()],
            },
        ]
