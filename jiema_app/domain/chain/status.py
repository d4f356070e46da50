"""How far the chain was read, and what waits. For people who look after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiema_app.domain.ledger.received import is_refund_owed
from jiema_app.domain.transaction import Database
from jiema_app.domain.units import MicroUsdt

STATUS: Final = f"""
select c.block_number, c.block_time, c.head_number, c.halted_because,
    extract(epoch from now() - c.block_time)::float as age_s,
    owed.refunds_owed, owed.refunds_owed_micro,
    (select count(*) from payments where status = 'NEW') as payments_new,
    (select count(*) from payments where status = 'IN_REVIEW') as payments_in_review,
    (select coalesce(jsonb_object_agg(status, number), '{{}}'::jsonb)
     from (
        select case when status = 'FREE' and free_from > now() then 'COOLDOWN' else status end
            as status, count(*) as number
        from wallets group by 1) w) as wallets
from (select) nothing left join chain_cursors c on c.genesis_id = $1
cross join (
    select count(*) as refunds_owed, coalesce(sum(p.amount), 0)::bigint as refunds_owed_micro
    from payments p
    where {is_refund_owed("p")}
) owed
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True, slots=True)
class ChainStatus:
    """The state of the reading.

    Attributes:
        block_number: The last block that was read; None before the first one.
        age_s: How old that block is.
        head_number: The youngest block heard of, final or not.
        refunds_owed: Payments that are to be sent back and were not yet.
        halted_because: Why nothing is read until somebody looks.
        wallets: How many there are of each status. One that is free and given to nobody yet
            counts as cooling down.
    """

    block_number: int | None
    block_time: datetime | None
    age_s: float | None
    head_number: int | None
    halted_because: str | None
    payments_new: int
    payments_in_review: int
    refunds_owed: int
    refunds_owed_micro: MicroUsdt
    wallets: Mapping[str, int]


async def read_chain_status(database: Database, genesis_id: str) -> ChainStatus:
    """Look at what the database says about the reading of a chain."""
    async with database.connection() as connection:
        row = await connection.fetchrow(STATUS, genesis_id)
    assert row is not None
    return ChainStatus(**dict(row))
