"""Proving the books, again and again."""

from datetime import datetime

import structlog

from jiema_app.bootstrap import Services
from jiema_app.domain.ledger.proof import RunningProof

log = structlog.get_logger()


class BooksDoNotBalance(Exception):
    """The ledger contradicts itself or the orders. Somebody must look at once."""


async def verify_books(services: Services, _started: datetime) -> None:
    """Prove what is new in the ledger, and a slice of its past.

    Raises:
        BooksDoNotBalance: It is wrong; reported as a bug, with the figures.
    """
    found = await RunningProof(services.database).run()
    if not found.ok:
        raise BooksDoNotBalance(str(found.as_json()))
    log.info("books verified", transfers=found.transfers)
