"""Who hears the events of the outbox: the counters, and the log."""

from typing import Final

import structlog
from prometheus_client import Counter, Histogram

from jiema_app.domain.operations.outbox import Event, Sink

log = structlog.get_logger()

ENDED: Final = Counter("jiema_orders_ended_total", "Orders that ended", ["status", "reason"])
RECEIVED: Final = Counter("jiema_sms_received_total", "SMS recorded", ["first"])
SECONDS_TO_CODE: Final = Histogram(
    "jiema_seconds_to_code",
    "From the order to its first SMS",
    buckets=(2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1200),
)


def count(event: Event) -> None:
    """Keep the business figures."""
    payload = event.payload
    if event.topic == "order.ended":
        ENDED.labels(payload["status"], payload["reason"]).inc()
    elif event.topic == "order.received":
        is_first = payload["ordinal"] == 1
        RECEIVED.labels(str(is_first).lower()).inc()
        if is_first:
            SECONDS_TO_CODE.observe(float(payload["seconds"]))


def write_down(event: Event) -> None:
    """Leave a line that operations can search for."""
    log.info(event.topic, subject=event.subject_id, **event.payload)


SINKS: Final[tuple[Sink, ...]] = (count, write_down)
