"""What is counted about the suppliers. Labels hold no phone, no text and no key."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from jiema_app.integrations.supplier.breaker import CircuitState

REQUESTS: Final = Counter(
    "jiema_supplier_requests_total",
    "Requests to a supplier by outcome: ok, refused, turned_away, lost, not_sent, held_back.",
    ["supplier", "action", "outcome"],
)
SECONDS: Final = Histogram(
    "jiema_supplier_request_seconds",
    "From sending a request to having its whole answer, or none.",
    ["supplier", "action"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60),
)
REFUSALS: Final = Counter(
    "jiema_supplier_refusals_total",
    "Answers that refuse, by the supplier's own word.",
    ["supplier", "word"],
)
DROPPED: Final = Counter(
    "jiema_supplier_rows_dropped_total",
    "Rows of an answer that were left out because they cannot be read, by what they list.",
    ["supplier", "list"],
)
CIRCUIT: Final = Gauge(
    "jiema_supplier_circuit_state",
    "0 closed, 1 half open, 2 open.",
    ["supplier"],
    multiprocess_mode="livemax",
)

_CIRCUIT_VALUES: Final = {
    CircuitState.CLOSED: 0,
    CircuitState.HALF_OPEN: 1,
    CircuitState.OPEN: 2,
}


def show_circuit(supplier: str, state: CircuitState) -> None:
    """Publish the state of a supplier's circuit."""
    CIRCUIT.labels(supplier).set(_CIRCUIT_VALUES[state])
