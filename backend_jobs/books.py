"""Proving the books, again and again."""

from datetime import datetime

import structlog

from jiema_app.bootstrap import Services
from jiema_app.domain.ledger.verification import verify

log = structlog.get_logger()


class BooksDoNotBalance(Exception):
    """The ledger contradicts itself or the orders. Somebody must look at once."""


async def verify_books(services: Services, _started: datetime) -> None:
    """Prove the whole ledger.

    Raises:
        BooksDoNotBalance: It is wrong; reported as a bug, with the figures.
    """
    found = await verify(services.database)
    if not found.ok:
        raise BooksDoNotBalance(str(found.as_json()))
    log.info("books verified", transfers=found.transfers)
