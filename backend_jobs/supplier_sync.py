"""One beat of one supplier: what arrived, what was lost, what nobody claims."""

from datetime import datetime

from jiema_app.bootstrap import Services


async def sync_supplier(services: Services, supplier: str, started: datetime) -> datetime:
    """Read the active list, settle unknown purchases against it, and tell every process.

    Returns:
        When the look began: orders whose window closed before may now be ended.
    """
    sync = services.syncs[supplier]
    unclaimed = await sync.beat()
    await services.reconciliations[supplier].settle(unclaimed, started)
    await sync.announce()
    return started
