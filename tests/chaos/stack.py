"""A copy of the product that may be broken: its own database server, two of each process."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jiema_app.integrations.postgres import embedded
from tests.support.cluster import Cluster, cluster_at
from tests.support.live import LiveStack, live_stack

WINDOW_S: Final = 30
"""The shortest that the settings allow."""

MIN_CANCEL_S: Final = 3

UNLIMITED: Final = {
    "LIMIT_READS_PER_MINUTE": "10000000",
    "LIMIT_WRITES_PER_MINUTE": "10000000",
    "LIMIT_ANONYMOUS_PER_MINUTE": "10000000",
    "LIMIT_CANCELS_PER_HOUR": "10000000",
    "LIMIT_SUCCESS_FLOOR_PERCENT": "0",
    "LIMIT_OPEN_ORDERS": "50",
    "SUPPLIER_REQUESTS_PER_SECOND": "0",
    "JIEMA_LOG_FORMAT": "json",
    "DATABASE_POOL_SIZE": "10",
}
"""The limits of users and of the pace are not what is tested here."""

IMPATIENT: Final = {
    "ORDER_WINDOW_S": str(WINDOW_S),
    "SUPPLIER_MIN_CANCEL_S": str(MIN_CANCEL_S),
    "SUPPLIER_PURCHASE_TIMEOUT_S": "2",
    "SUPPLIER_READ_TIMEOUT_S": "3",
    "SUPPLIER_BREAKER_RESET_S": "1",
}
"""Life in fast motion, so that every way of ending an order happens within a run."""


@dataclass(frozen=True, slots=True)
class BreakableStack:
    """The running product and the server under it.

    Attributes:
        data_dir: The database server's.
    """

    live: LiveStack
    data_dir: Path

    def crash_database(self) -> None:
        """Crash PostgreSQL and start it again; blocks until it answers."""
        embedded.restart_immediate(self.data_dir)


@contextmanager
def breakable_cluster() -> Iterator[tuple[Cluster, Path]]:
    """A database server that nobody else uses, and its data directory."""
    data_dir = Path(tempfile.mkdtemp(prefix="jiema-chaos-"))
    # Under root the database's own user must be able to walk to its data.
    data_dir.chmod(0o755)
    try:
        yield cluster_at(embedded.start(data_dir), data_dir), data_dir
    finally:
        embedded.stop(data_dir)
        cluster = embedded.cluster_directory(data_dir)
        shutil.rmtree(cluster.parent, ignore_errors=True)
        shutil.rmtree(data_dir, ignore_errors=True)


@contextmanager
def breakable_stack(settings: Mapping[str, str]) -> Iterator[BreakableStack]:
    """The product in two web processes, two workers and a sandbox. Not inside an event loop."""
    with (
        breakable_cluster() as (cluster, data_dir),
        live_stack(cluster, webs=2, workers=2, settings={**UNLIMITED, **settings}) as live,
    ):
        yield BreakableStack(live, data_dir)
