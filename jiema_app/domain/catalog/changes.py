"""When what is told of a service or a country last changed, as a list of pages needs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from jiema_app.domain.transaction import Database
from jiema_app.domain.units import CountryId, ServiceCode

CHANGES: Final = """
select service_code, country_id, max(updated_at)::date as changed
from offers group by grouping sets ((service_code), (country_id))
"""


@dataclass(frozen=True, slots=True)
class Changes:
    """The day on which price or stock last changed. What was never offered is not in it."""

    services: Mapping[ServiceCode, date] = field(default_factory=dict)
    countries: Mapping[CountryId, date] = field(default_factory=dict)


async def read_changes(database: Database) -> Changes:
    """Read them: one pass over the offers, some tens of milliseconds."""
    async with database.connection() as connection:
        rows = await connection.fetch(CHANGES)
    return Changes(
        services={row["service_code"]: row["changed"] for row in rows if row["service_code"]},
        countries={
            row["country_id"]: row["changed"] for row in rows if row["service_code"] is None
        },
    )
