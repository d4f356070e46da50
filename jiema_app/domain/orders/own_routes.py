"""What somebody buys again: what they bought last, and what they have marked."""

from dataclasses import dataclass
from typing import Final

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.transaction import Database
from jiema_app.domain.units import CountryId, ServiceCode, UserId

RECENT_MAX: Final = 6
LOOKED_AT_MAX: Final = 200
"""Orders in which the recent routes are looked for, however long the history."""

FAVOURITES_MAX: Final = 24

RouteKey = tuple[ServiceCode, CountryId]

# Read in the index of the user's orders, newest first: as ``queries.LIST_OWN``.
RECENT: Final = """
with newest as (
    select o.id, o.service_code, o.country_id from orders o
    where o.user_id >= $1 and (o.user_id, o.id) < ($1, '~') and o.phone is not null
    order by o.user_id desc, o.id desc limit $2
)
select service_code, country_id from newest
group by service_code, country_id order by max(id) desc limit $3
"""

FAVOURITES: Final = """
select service_code, country_id from favourites where user_id = $1
order by created_at desc, service_code, country_id
"""

IS_FAVOURITE: Final = """
select exists (
    select from favourites where user_id = $1 and service_code = $2 and country_id = $3)
"""

# The user's row is locked: two at once count each other.
MARK: Final = """
with own as (select id from users where id = $1 for no key update)
insert into favourites (user_id, service_code, country_id)
select own.id, s.code, c.id from own, services s, countries c
where s.code = $2 and c.id = $3
  and (select count(*) from favourites f where f.user_id = own.id) < $4
on conflict do nothing
"""

UNMARK: Final = """
delete from favourites where user_id = $1 and service_code = $2 and country_id = $3
"""


@dataclass(frozen=True, slots=True)
class OwnRoutes:
    """The routes of a person, their own alone."""

    database: Database

    async def list_recent(self, user: UserId) -> list[RouteKey]:
        """The different routes of the user's last orders, newest first."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(RECENT, user, LOOKED_AT_MAX, RECENT_MAX)
        return [(row["service_code"], row["country_id"]) for row in rows]

    async def list_favourites(self, user: UserId) -> list[RouteKey]:
        """What the user has marked, the last first."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(FAVOURITES, user)
        return [(row["service_code"], row["country_id"]) for row in rows]

    async def is_favourite(self, user: UserId, route: RouteKey) -> bool:
        """Whether the user has marked a route."""
        async with self.database.connection() as connection:
            return bool(await connection.fetchval(IS_FAVOURITE, user, *route))

    async def mark(self, user: UserId, route: RouteKey, *, is_wanted: bool) -> None:
        """Mark a route, or unmark it; either may have been done already.

        Raises:
            BadRequest: There are ``FAVOURITES_MAX`` already.
        """
        async with self.database.transaction() as connection:
            if not is_wanted:
                await connection.execute(UNMARK, user, *route)
                return
            await connection.execute(MARK, user, *route, FAVOURITES_MAX)
            if not await connection.fetchval(IS_FAVOURITE, user, *route):
                raise BadRequest(f"At most {FAVOURITES_MAX} favourites.")
