"""The figures of routes by another way, and a slow one: from every order of the window."""

from datetime import datetime
from typing import Any, Final

from jiema_app.domain.figures import queries
from jiema_app.domain.figures.rollup import WINDOW
from jiema_app.domain.transaction import Connection

Figures = dict[tuple[str, int], dict[str, Any]]
"""By service and country, as the tables name them all."""

RECOUNT: Final = """
select service_code, country_id, count(*)::integer as sample,
    count(first_sms_at)::integer as received,
    (percentile_disc(0.5) within group (order by seconds))::integer as median_s,
    (percentile_disc(0.9) within group (order by seconds))::integer as p90_s
from (
    select o.*, floor(extract(epoch from first_sms_at - created_at)) as seconds from orders o
    where phone is not null
      and coalesce(first_sms_at, ended_at) >= $1 and coalesce(first_sms_at, ended_at) < $2
      and not (reason is not distinct from 'USER' and first_sms_at is null
               and extract(epoch from ended_at - created_at) < 60)
) judged
group by grouping sets ((service_code, country_id), (service_code), (country_id))
"""


async def recount(connection: Connection, at: datetime) -> Figures:
    """What the orders themselves say at a moment."""
    edge = at.replace(hour=0, minute=0, second=0, microsecond=0) - WINDOW
    return _by_route(await connection.fetch(RECOUNT, edge, at))


async def read_figures(connection: Connection) -> Figures:
    """What is kept."""
    return _by_route(await connection.fetch(queries.SHOWN, 1))


def _by_route(rows: list[Any]) -> Figures:
    return {
        (
            queries.OF_ALL_SERVICES if row["service_code"] is None else row["service_code"],
            queries.OF_ALL_COUNTRIES if row["country_id"] is None else row["country_id"],
        ): dict(list(row.items())[2:])
        for row in rows
    }
