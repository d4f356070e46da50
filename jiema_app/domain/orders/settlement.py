"""What may happen to an order after it has a number: a code, an end, a refund.

Buyers, the sync, the webhook and the jobs all come through here, in any number of
processes at once. Each step compares before it sets, so whoever comes second finds
the first one's result; and the database refuses to settle an order's money twice.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from jiema_app.domain.clock import Clock
from jiema_app.domain.orders import queries
from jiema_app.domain.orders.codes import find_code, plain_code
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from jiema_app.domain.orders.supplier import IncomingSms
from jiema_app.domain.orders.views import OrderView, order_view
from jiema_app.domain.seldom import Seldom
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import OrderId

log = structlog.get_logger()


SMS_MAX: Final = 100
"""Of one order. All of them are in every answer about it, and whoever knows its number may send
as many as they like."""


def sms_key(sms: IncomingSms) -> str:
    """What two reports of one SMS have in common, whichever way they reached us."""
    # The supplier's word first, right or wrong: a report of the bare code has nothing else.
    named = None if sms.code is None else plain_code(sms.code)
    return named or find_code(sms.body) or sms.body


def has_code(sms: IncomingSms) -> bool:
    """Whether a text is what its buyer waits for."""
    return find_code(sms.body, sms.code) is not None


def fingerprint(key: str, occurrence: int) -> bytes:
    """Names the ``occurrence``-th SMS (from 0) with this key on one order."""
    return hashlib.sha256(f"{occurrence}:{key}".encode()).digest()


def unseen(
    reported: Sequence[IncomingSms], seen: Sequence[bytes], next_sms_count: int
) -> list[tuple[bytes, IncomingSms]]:
    """The reported SMS that are not recorded yet, with their fingerprints.

    Suppliers report one SMS many times and by several ways, with and without ids and
    times. A second SMS with the same code is believed only after a further code was
    asked for, and only when one report lists both.
    """
    known = set(seen)
    counted: Counter[str] = Counter()
    fresh: list[tuple[bytes, IncomingSms]] = []
    for sms in reported:
        key = sms_key(sms)
        occurrence = counted[key]
        counted[key] += 1
        mark = fingerprint(key, occurrence)
        if occurrence <= next_sms_count and mark not in known:
            fresh.append((mark, sms))
    return fresh


@dataclass(frozen=True, slots=True)
class Settlement:
    """Records codes and ends orders.

    Attributes:
        late_sms_grace_s: An SMS this long after completion is still recorded.
        min_cancel_s: Each supplier, by name, refuses to cancel a younger rental of its own.
    """

    database: Database
    clock: Clock
    late_sms_grace_s: int
    min_cancel_s: Mapping[str, int]
    _unwanted: Seldom = field(default_factory=Seldom, init=False, repr=False)
    _too_many: Seldom = field(default_factory=Seldom, init=False, repr=False)

    async def record_sms(self, order: OrderId, reported: Sequence[IncomingSms]) -> int:
        """Record what is new among the SMS reported for an order; the first one earns its price.

        Does nothing for an order that was refunded: the buyer has the money, not the code.

        Returns:
            How many were new.
        """
        if not reported:
            return 0
        if len(reported) == 1:
            # Alone it is the first of its text: whether it is known, its fingerprint says.
            (sms,) = reported
            async with self.database.connection() as connection:
                return await self._record(connection, order, fingerprint(sms_key(sms), 0), sms)
        async with self.database.transaction() as connection:
            row = await connection.fetchrow(queries.LOCK_FOR_SMS, order, self.late_sms_grace_s)
            if row is None:
                self._tell_unwanted(order)
                return 0
            recorded = 0
            left = max(0, SMS_MAX - len(row["fingerprints"]))
            fresh = unseen(reported, row["fingerprints"], row["next_sms_count"])
            if len(fresh) > left:
                self._tell_too_many(order)
            for mark, sms in fresh[:left]:
                recorded += await self._record(connection, order, mark, sms)
            return recorded

    async def _record(
        self, connection: Connection, order: OrderId, mark: bytes, sms: IncomingSms
    ) -> int:
        """Record one SMS under its fingerprint, unless it is there; how many were."""
        # Nothing arrives tomorrow, whatever the supplier's clock or zone says.
        now = self.clock.now()
        row = await connection.fetchrow(
            queries.RECORD_SMS,
            order,
            mark,
            sms.body,
            find_code(sms.body, sms.code),
            min(sms.received_at or now, now),
            self.late_sms_grace_s,
            SMS_MAX,
        )
        if row is None:
            self._tell_unwanted(order)
            return 0
        if row["is_full"]:
            self._tell_too_many(order)
        return int(row["is_recorded"])

    def _tell_unwanted(self, order: OrderId) -> None:
        # A supplier may call us about it as often as it likes.
        if (unsaid := self._unwanted.count()) is not None:
            log.warning("sms for an order that takes none", order=order, unsaid=unsaid)

    def _tell_too_many(self, order: OrderId) -> None:
        if (unsaid := self._too_many.count()) is not None:
            log.warning("sms beyond those that an order keeps", order=order, unsaid=unsaid)

    async def refund(
        self,
        order: OrderId,
        status: OrderStatus,
        reason: EndReason,
        *,
        allowed: Sequence[OrderStatus],
        only_when_over: bool = False,
    ) -> OrderView | None:
        """End an order without a code: the price back to the buyer, the number back upstream.

        Returns:
            The ended order, or None when it was in no allowed status or has a code.
        """
        async with self.database.connection() as connection:
            row = await connection.fetchrow(
                queries.REFUND,
                order,
                status,
                reason,
                [str(one) for one in allowed],
                json.dumps(dict(self.min_cancel_s)),
                only_when_over,
            )
        return None if row is None else _ended(row)

    async def complete(
        self, order: OrderId, reason: EndReason, *, only_when_over: bool = False
    ) -> OrderView | None:
        """End an order that has a code.

        Returns:
            The ended order, or None when it is not open or has no code.
        """
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.COMPLETE, order, reason, only_when_over)
        return None if row is None else _ended(row)


def _ended(row: object) -> OrderView:
    fields = dict(row)  # type: ignore[call-overload]
    for extra in ("posted", "earned", "pg_notify"):
        fields.pop(extra, None)
    view = order_view(fields)
    log.info("order ended", order=view.id, status=view.status, reason=view.reason)
    return view
