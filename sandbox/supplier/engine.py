"""The supplier's rules: selling a number, what happens to it, how it ends."""

import heapq
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.supplier.activations import Activation, Status
from sandbox.supplier.catalogue import Catalogue, Country, load_catalogue
from sandbox.supplier.hashing import fraction, mix
from sandbox.supplier.messages import compose, extract_code, sender_of
from sandbox.supplier.money import to_wire
from sandbox.supplier.numbers import make_number
from sandbox.supplier.operators import stock_by_operator
from sandbox.supplier.quality import delay_of, quality_of
from sandbox.supplier.refusals import RefusedError
from sandbox.supplier.state import SupplierState

_PHONE_ATTEMPTS = 60
_LATE_SALT = 3_000_000_000_000


@dataclass(frozen=True, slots=True)
class Purchase:
    """What a caller wants to buy, already validated."""

    service: str
    country: Country
    operator: str | None = None
    max_price_micro: int | None = None
    fixed_price: bool = False
    excluded: tuple[str, ...] = ()
    order_id: str | None = None


class Supplier:
    """The rules over the state. Every method is one atomic step."""

    def __init__(self, state: SupplierState) -> None:
        """Take over a state, freshly made or replayed."""
        self.state = state
        self.catalogue: Catalogue = load_catalogue()
        self._seed = state.settings.seed

    def tick(self) -> bool:
        """Do everything that fell due; returns whether anything happened.

        Each thing happens at its own due time, in order, also after a clock jump or a
        restart: an SMS due before the expiry still counts as received.
        """
        timers = self.state.timers
        now = self.state.clock.now()
        happened = False
        while timers and timers[0][0] <= now:
            due_at, activation_id, kind = heapq.heappop(timers)
            activation = self.state.activations.open.get(activation_id)
            if activation is None:
                continue
            if kind == "expiry":
                self._expire(activation, due_at)
                happened = True
            elif activation.sms_due_at == due_at:
                self._arrive(activation, due_at)
                happened = True
        return happened

    def buy(self, wanted: Purchase) -> Activation:
        """Sell the cheapest number that fits.

        Raises:
            RefusedError: BANNED, CHANNELS_LIMIT, WRONG_MAX_PRICE, NO_NUMBERS,
                NO_BALANCE or ORDER_ALREADY_EXISTS. Nothing was sold.
        """
        state = self.state
        now = state.clock.now()
        self._check_standing(wanted, now)
        cost_micro = self._pick_price(wanted)
        if state.balance_micro < cost_micro:
            raise RefusedError("NO_BALANCE")
        behaviour = state.behaviour
        serial = state.next_id
        phone = self._pick_phone(wanted, serial)
        delay = self._first_delay(wanted, serial)
        due_at = None if delay is None else now + delay
        state.record(
            "buy", serial, wanted.service, wanted.country.id, phone,
            self._pick_operator(wanted, serial), cost_micro, now,
            now + behaviour.window_seconds, due_at, wanted.order_id,
        )  # fmt: skip
        return state.activations.by_id[serial]

    def stock_of(self, service: str, country: Country, total: int) -> dict[str, int]:
        """Return how many of a pair's numbers each of the country's operators has."""
        operators = self.catalogue.operators.get(country.id, ())
        return stock_by_operator(self._seed, service, country.id, total, operators)

    def get(self, activation_id: int) -> Activation:
        """Return an activation.

        Raises:
            RefusedError: NOT_FOUND.
        """
        activation = self.state.activations.by_id.get(activation_id)
        if activation is None:
            raise RefusedError("NOT_FOUND")
        return activation

    def ask_another(self, activation: Activation) -> None:
        """Wait for another SMS on the same number (setStatus 3).

        Raises:
            RefusedError: ACTIVATION_NOT_ACTIVE, or BAD_STATUS before the first code
                and in countries whose numbers take only one.
        """
        _require_open(activation)
        retry = self.catalogue.countries[activation.country].retry
        if not activation.sms or not retry:
            raise RefusedError("BAD_STATUS")
        if activation.status is Status.WAITING_RESEND:
            return
        now = self.state.clock.now()
        due_at = None
        behaviour = self.state.behaviour
        if behaviour.second_sms and behaviour.sms_delay_seconds is not None:
            serial = activation.id * 16 + len(activation.sms) + _LATE_SALT
            due_at = now + self._delay(serial, behaviour.sms_delay_seconds)
        self.state.record("status", activation.id, Status.WAITING_RESEND, now, due_at)

    def finish(self, activation: Activation) -> None:
        """Complete an activation that received a code (setStatus 6); no refund.

        Raises:
            RefusedError: ACTIVATION_NOT_ACTIVE, BAD_STATUS without a code, or once
                NEW_OTP_RECEIVED when the behaviour asks for a confirmation.
        """
        _require_open(activation)
        if not activation.sms:
            raise RefusedError("BAD_STATUS")
        if activation.unread and self.state.behaviour.confirm_unread_code:
            raise self._new_code(activation)
        now = self.state.clock.now()
        self.state.record("status", activation.id, Status.FINISHED, now, None)

    def cancel(self, activation: Activation) -> None:
        """Cancel and refund an activation without a code (setStatus 8).

        Raises:
            RefusedError: ACTIVATION_NOT_ACTIVE, NEW_OTP_RECEIVED, OTP_RECEIVED or
                EARLY_CANCEL_DENIED. Nothing was refunded.
        """
        _require_open(activation)
        if activation.sms:
            if activation.unread:
                raise self._new_code(activation)
            raise RefusedError("OTP_RECEIVED")
        now = self.state.clock.now()
        minimum_s = self.state.behaviour.min_cancel_seconds
        if now - activation.created_at < minimum_s:
            info = {"minActivationTime": int(minimum_s)}
            raise RefusedError("EARLY_CANCEL_DENIED", info)
        self.state.record("status", activation.id, Status.CANCELLED, now, None)

    def refund(self, activation: Activation, status: Status) -> None:
        """Take an activation back on the supplier's own motion, and refund it.

        Raises:
            RefusedError: ACTIVATION_NOT_ACTIVE when the money was returned before.
        """
        if activation.status in {Status.CANCELLED, Status.REFUNDED}:
            raise RefusedError("ACTIVATION_NOT_ACTIVE")
        now = self.state.clock.now()
        self.state.record("status", activation.id, status, now, None)

    def deliver(self, activation: Activation, text: str, at: float) -> None:
        """Let one SMS arrive, announced by webhook when there is a target."""
        sender = sender_of(self.catalogue.services.get(activation.service))
        announce = self.state.behaviour.webhook_url is not None
        self.state.record(
            "sms", activation.id, self.state.next_sms_id, text, extract_code(text), at,
            sender, announce,
        )  # fmt: skip

    def _arrive(self, activation: Activation, at: float) -> None:
        serial = activation.id * 16 + len(activation.sms)
        service = self.catalogue.services.get(activation.service)
        name = service.name.strip() if service else activation.service
        text = compose(self._seed, serial, activation.service, name)
        self.deliver(activation, text, at)
        rate = self.state.behaviour.duplicate_sms_rate
        if rate and fraction(mix(self._seed + 1, serial)) < rate:
            self.deliver(activation, text, at)

    def _expire(self, activation: Activation, at: float) -> None:
        status = Status.FINISHED if activation.sms else Status.CANCELLED
        self.state.counters["expired"] += 1
        self.state.record("status", activation.id, status, at, None)

    def _check_standing(self, wanted: Purchase, now: float) -> None:
        if wanted.order_id in self.state.activations.order_ids:
            raise RefusedError("ORDER_ALREADY_EXISTS")
        banned = self.state.behaviour.banned
        if banned is not None:
            until = banned.get("until") or now + 1800
            pair = (banned.get("service"), banned.get("country"))
            this = (wanted.service, wanted.country.id)
            if until > now and (banned["scope"] == "global" or pair == this):
                raise ban(banned["scope"], until, now)
        limit = self.state.behaviour.channels_limit
        if limit is not None and len(self.state.activations.open) >= limit:
            raise RefusedError(
                "CHANNELS_LIMIT",
                {
                    "current_threads": len(self.state.activations.open),
                    "max_allowed": limit,
                },
            )

    def _pick_price(self, wanted: Purchase) -> int:
        offer = self.state.market.find(wanted.service, wanted.country.id)
        if offer is None:
            raise RefusedError("NO_NUMBERS")
        prices = offer.ladder.prices
        ceiling = wanted.max_price_micro
        if ceiling is None:
            ceiling = offer.ladder.default_micro
        elif ceiling < prices[0]:
            raise RefusedError("WRONG_MAX_PRICE", {"min": to_wire(prices[0])})
        for price, count in zip(prices, offer.counts, strict=True):
            if price > ceiling:
                break
            if count and (not wanted.fixed_price or price == ceiling):
                return price
        raise RefusedError("NO_NUMBERS")

    def _pick_phone(self, wanted: Purchase, serial: int) -> str:
        taken = self.state.activations.open_by_phone
        for attempt in range(_PHONE_ATTEMPTS):
            phone = make_number(self._seed, serial, wanted.country, attempt)
            if phone not in taken and not phone.startswith(wanted.excluded):
                return phone
        raise RefusedError("NO_NUMBERS")

    def _pick_operator(self, wanted: Purchase, serial: int) -> str:
        known = self.catalogue.operators.get(wanted.country.id, ())
        asked = wanted.operator or ""
        fitting = [name for name in asked.split(",") if name in known]
        if fitting:
            offer = self.state.market.find(wanted.service, wanted.country.id)
            total = 0 if offer is None else offer.total
            stock = self.stock_of(wanted.service, wanted.country, total)
            stocked = [name for name in fitting if stock[name]]
            if stocked:
                return stocked[0]
        if self.state.behaviour.dialect == "legacy" and known:
            return known[mix(self._seed, serial) % len(known)]
        if asked not in {"", "any"}:
            raise RefusedError("NO_NUMBERS")
        return "any"

    def _first_delay(self, wanted: Purchase, serial: int) -> float | None:
        behaviour = self.state.behaviour
        if behaviour.route_quality:
            quality = quality_of(self._seed, wanted.service, wanted.country.id)
            return delay_of(self._seed, quality, serial)
        span = behaviour.sms_delay_seconds
        return None if span is None else self._delay(serial, span)

    def _delay(self, serial: int, span: tuple[float, float]) -> float:
        low, high = span
        return low + (high - low) * fraction(mix(self._seed + 2, serial))

    def _new_code(self, activation: Activation) -> RefusedError:
        rows = [
            {
                "id": str(sms.id),
                "phoneFrom": sms.phone_from,
                "code": sms.code,
                "text": sms.text,
            }
            for sms in activation.sms[-1:]
        ]
        activation.unread = False
        return RefusedError("NEW_OTP_RECEIVED", {"data": rows})


def ban(scope: str, until: float, now: float) -> RefusedError:
    """Return the refusal of a banned account or pair, with its documented facts."""
    return RefusedError(
        "BANNED",
        {
            "scope": scope,
            "banned_until": int(until),
            "retry_after_seconds": max(0, int(until - now)),
            "readable_date": f"{datetime.fromtimestamp(until, UTC):%Y-%m-%d %H:%M:%S}",
        },
    )


def _require_open(activation: Activation) -> None:
    if not activation.is_open:
        raise RefusedError("ACTIVATION_NOT_ACTIVE")
