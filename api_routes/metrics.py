"""Prometheus figures of the web process."""

from functools import lru_cache
from typing import Any, Final

from prometheus_client import Counter, Histogram

REQUESTS: Final = Counter(
    "jiema_http_requests_total", "Requests answered by the API", ["method", "route", "status"]
)
SECONDS: Final = Histogram(
    "jiema_http_request_seconds",
    "Time to answer",
    ["route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
KNOWN_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@lru_cache(maxsize=2048)
def _children(method: str, route: str, status: int) -> tuple[Any, Any]:
    return REQUESTS.labels(method, route, str(status)), SECONDS.labels(route)


def note_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request. Routes are templates, so ids make no series of their own."""
    counter, histogram = _children(method if method in KNOWN_METHODS else "other", route, status)
    counter.inc()
    histogram.observe(seconds)
