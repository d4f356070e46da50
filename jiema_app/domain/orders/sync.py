"""Learning what arrived: one order when its buyer asks, all of them on a beat.

The beat (`ActiveSync`) reads the supplier's active list, a hundred rentals a request, so
its cost does not depend on how many people poll. A buyer's question (`OrderRefresh`) asks
the supplier only when the beat has stopped.
"""

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from jiema_app.domain.orders.settlement import Settlement, has_code, sms_key
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from jiema_app.domain.orders.supplier import (
    ActivationGone,
    ActivationState,
    ActivationStatus,
    ActiveActivation,
    Supplier,
    SupplierError,
)
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.transaction import DATABASE_TROUBLES, Database, name_of
from jiema_app.domain.units import OrderId

log = structlog.get_logger()

BEAT_FRESH_S: Final = 4.0
"""A beat this recent makes a question of one's own needless."""

BEAT_FRESH_MAX_S: Final = 15.0
"""With thousands of open orders a beat takes seconds; one is missed after this at the latest."""

OWN_AT_ONCE: Final = 8
"""Questions of buyers under way in one process. Beyond that they would only queue for their
turn, and hold up those who could read what is stored."""

OWN_PAUSE_S: Final = 2.0
"""At least this long between two questions about one order."""

OWN_PATIENCE_S: Final = 3.0
"""A buyer waits this long for the supplier, then reads what is stored."""

REMEMBERED_MAX: Final = 20_000

DETAIL_MAX: Final = 10
"""Single rentals looked at in one beat, beside the list."""

DETAIL_PAUSE_S: Final = 5.0

NEVER: Final = float("-inf")
"""Before any moment. The clock that only goes forward begins near 0 when a machine starts."""

MISSED_BEATS: Final = 2
"""A rental absent from this many complete lists is looked at by itself."""

WRITERS: Final = 8

SAME_DIGITS: Final = 7
"""Numbers that end alike are one number, with its country in front or without."""

NOT_NOW: tuple[type[Exception], ...] = (*DATABASE_TROUBLES, SupplierError)
"""What keeps a question from being answered, and passes."""

OPEN_ACTIVATIONS: Final = """
select id, activation_id, phone, status, sms_count, next_sms_count from orders
where supplier = $1 and activation_id is not null and status in ('WAITING', 'RECEIVED')
"""

CLAIMED: Final = """
select activation_id from orders where supplier = $1 and activation_id = any($2::text[])
union
select activation_id from supplier_tasks where supplier = $1 and activation_id = any($2::text[])
"""

ANNOUNCE_BEAT: Final = "select pg_notify('supplier_beat', $1)"


async def apply_state(settlement: Settlement, order: OrderId, state: ActivationState) -> None:
    """Bring an order to what the supplier says of its rental."""
    await settlement.record_sms(order, state.sms)
    if state.status is ActivationStatus.CLOSED:
        await end_lost(settlement, order)


async def end_lost(settlement: Settlement, order: OrderId) -> None:
    """End an order whose rental the supplier has closed: refunded unless a code came."""
    lost = await settlement.refund(
        order, OrderStatus.FAILED, EndReason.UPSTREAM_LOST, allowed=[OrderStatus.WAITING]
    )
    if lost is None:
        await settlement.complete(order, EndReason.UPSTREAM_LOST)


async def look_at(
    settlement: Settlement, supplier: Supplier, order: OrderId, activation_id: str
) -> None:
    """Ask the supplier about one rental and bring its order to the answer.

    Raises:
        SupplierError: It did not answer; the order is unchanged.
    """
    try:
        state = await supplier.read_activation(activation_id)
    except ActivationGone:
        state = ActivationState(ActivationStatus.CLOSED)
    await apply_state(settlement, order, state)


@contextlib.contextmanager
def _keeping_trouble_to(order: OrderId) -> Iterator[None]:
    """Have a fault of ours about one order hold up no other one.

    It is not quoted: a database's words may hold what was written to a number.
    """
    try:
        yield
    except NOT_NOW:
        raise
    except Exception as error:  # noqa: BLE001 - noted, and tried again by the next beat
        log.error("order not brought up to date", order=order, error=type(error).__name__)  # noqa: TRY400 - never quoted


@dataclass(slots=True)
class _Beats:
    """The beats of one supplier, as a reader hears of them."""

    last_at: float | None = None
    fresh_s: float = BEAT_FRESH_S

    def note(self) -> None:
        now = time.monotonic()
        # The next one will take about as long as this one, and somewhat more under load.
        expected_s = 2 * (now - self.last_at) if self.last_at is not None else 0.0
        self.fresh_s = min(BEAT_FRESH_MAX_S, max(BEAT_FRESH_S, expected_s))
        self.last_at = now


@dataclass(slots=True)
class OrderRefresh:
    """Brings one order up to date on its buyer's request: one question at a time."""

    settlement: Settlement
    suppliers: Mapping[str, Supplier]
    _beats: defaultdict[str, _Beats] = field(default_factory=lambda: defaultdict(_Beats))
    """By supplier: that one is read says nothing of another."""
    _asked_at: dict[OrderId, float] = field(default_factory=dict)
    _asking: dict[OrderId, asyncio.Task[None]] = field(default_factory=dict)

    def note_beat(self, supplier: str) -> None:
        """A worker has just read the whole active list of a supplier."""
        if supplier in self.suppliers:
            self._beats[supplier].note()

    async def refresh(self, order: OrderView) -> bool:
        """Ask the supplier about an open order, if nobody did in the last seconds.

        Returns:
            Whether the supplier was asked, so that the order is worth reading again.
        """
        if order.activation_id is None or not order.is_open or self._is_fresh(order):
            return False
        task = self._asking.get(order.id)
        if task is None:
            if len(self._asking) >= OWN_AT_ONCE:
                return False
            if len(self._asked_at) >= REMEMBERED_MAX:
                self._asked_at.clear()
            self._asked_at[order.id] = time.monotonic()
            task = asyncio.create_task(self._ask(order.id, order.supplier, order.activation_id))
            self._asking[order.id] = task
            task.add_done_callback(lambda _: self._asking.pop(order.id, None))
        await asyncio.wait([task], timeout=OWN_PATIENCE_S)
        return True

    def _is_fresh(self, order: OrderView) -> bool:
        now = time.monotonic()
        beats = self._beats[order.supplier]
        if beats.last_at is not None and now - beats.last_at < beats.fresh_s:
            return True
        asked_at = self._asked_at.get(order.id, NEVER)
        return order.id not in self._asking and now - asked_at < OWN_PAUSE_S

    async def _ask(self, order: OrderId, supplier: str, activation_id: str) -> None:
        peer = self.suppliers.get(supplier)
        if peer is None:
            return
        try:
            await look_at(self.settlement, peer, order, activation_id)
        except NOT_NOW as error:
            # The buyer reads what is stored; the beat, or the next question, brings the rest.
            log.info("order not refreshed", order=order, error=name_of(error))


@dataclass(slots=True)
class _Known:
    """An open order as the beat knows it."""

    order: OrderId
    phone: str
    status: OrderStatus
    sms_count: int
    next_sms_count: int


@dataclass(slots=True)
class ActiveSync:
    """The beat of one supplier. Runs in one worker at a time.

    What it remembers between beats only saves work: losing it costs some repeated,
    harmless writes.
    """

    database: Database
    settlement: Settlement
    supplier: Supplier
    _handled: dict[str, tuple[str, int]] = field(default_factory=dict)
    _missed: dict[str, int] = field(default_factory=dict)
    _looked_at: dict[str, float] = field(default_factory=dict)

    async def beat(self) -> list[ActiveActivation]:
        """Read the whole active list once and record what arrived.

        Returns:
            The rentals that no order and no queued call knows.

        Raises:
            SupplierError: The list is not complete; what was read is recorded.
        """
        known = await self._load()
        seen: set[str] = set()
        strangers: list[ActiveActivation] = []
        doubtful: list[str] = []
        async for page in self.supplier.list_active(len(known)):
            news: list[tuple[_Known, ActiveActivation]] = []
            for row in page:
                mine = known.get(row.activation_id)
                if mine is not None and row.phone[-SAME_DIGITS:] != mine.phone[-SAME_DIGITS:]:
                    # Ids and numbers got mixed up, and so may the texts be: not seen.
                    if row.activation_id not in self._missed:
                        log.warning("a rental is listed with another number", order=mine.order)
                    continue
                seen.add(row.activation_id)
                if mine is None:
                    strangers.append(row)
                elif row.sms is not None:
                    handled = self._handled.get(row.activation_id)
                    key = sms_key(row.sms)
                    if handled is None or handled[0] != key:
                        news.append((mine, row))
                    elif mine.status is OrderStatus.WAITING and mine.next_sms_count:
                        # The same text after a further code was asked for: old, or sent again?
                        doubtful.append(row.activation_id)
            await self._record(news)
        await self._look_closer(known, [*self._missing(known, seen), *doubtful])
        self._forget(known)
        return await self._unclaimed(strangers)

    async def announce(self) -> None:
        """Tell every process that the list has just been read."""
        async with self.database.connection() as connection:
            await connection.execute(ANNOUNCE_BEAT, self.supplier.name)

    async def _load(self) -> dict[str, _Known]:
        async with self.database.connection() as connection:
            rows = await connection.fetch(OPEN_ACTIVATIONS, self.supplier.name)
        return {
            activation: _Known(order, phone, OrderStatus(status), sms_count, next_sms_count)
            for order, activation, phone, status, sms_count, next_sms_count in rows
        }

    async def _record(self, news: Sequence[tuple[_Known, ActiveActivation]]) -> None:
        semaphore = asyncio.Semaphore(WRITERS)

        async def record(mine: _Known, row: ActiveActivation) -> None:
            assert row.sms is not None
            async with semaphore:
                if mine.status is OrderStatus.WAITING and not has_code(row.sms):
                    # The list shows the last text only: one with the code may have come
                    # before it, since the last beat. If the supplier does not say, what the
                    # list shows is recorded all the same.
                    with contextlib.suppress(SupplierError), _keeping_trouble_to(mine.order):
                        await look_at(self.settlement, self.supplier, mine.order, row.activation_id)
                with _keeping_trouble_to(mine.order):
                    await self.settlement.record_sms(mine.order, [row.sms])
                    self._handled[row.activation_id] = (sms_key(row.sms), mine.next_sms_count)

        await asyncio.gather(*(record(mine, row) for mine, row in news))

    def _missing(self, known: Mapping[str, _Known], seen: set[str]) -> list[str]:
        """Open orders whose rental has been absent for some beats."""
        self._missed = {
            activation: self._missed.get(activation, 0) + 1
            for activation in known
            if activation not in seen
        }
        return [one for one, beats in self._missed.items() if beats >= MISSED_BEATS]

    async def _look_closer(self, known: Mapping[str, _Known], activations: Sequence[str]) -> None:
        now = time.monotonic()
        due = [
            activation
            for activation in activations
            if now - self._looked_at.get(activation, NEVER) >= DETAIL_PAUSE_S
        ]
        for activation in due[:DETAIL_MAX]:
            self._looked_at[activation] = now
            order = known[activation].order
            try:
                with _keeping_trouble_to(order):
                    await look_at(self.settlement, self.supplier, order, activation)
            except SupplierError as error:
                log.info("rental not looked at", error=type(error).__name__)

    def _forget(self, known: Mapping[str, _Known]) -> None:
        for memory in (self._handled, self._missed, self._looked_at):
            for activation in [one for one in memory if one not in known]:
                del memory[activation]

    async def _unclaimed(self, strangers: list[ActiveActivation]) -> list[ActiveActivation]:
        if not strangers:
            return []
        ids = [row.activation_id for row in strangers]
        async with self.database.connection() as connection:
            rows = await connection.fetch(CLAIMED, self.supplier.name, ids)
        claimed = {row["activation_id"] for row in rows}
        return [row for row in strangers if row.activation_id not in claimed]
