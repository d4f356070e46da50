"""Keeping the price history."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from jiema_app.domain.clock import Clock
from jiema_app.domain.errors import BadRequest
from jiema_app.domain.pricing import queries
from jiema_app.domain.pricing.rules import BASIS_POINTS, PriceBook, PriceRule
from jiema_app.domain.transaction import Connection, Database

HEARD_WITHIN: Final = timedelta(seconds=5)
"""Whoever says "now" is heard a moment later; the rule holds from then on."""


async def load_price_book(connection: Connection, at: datetime) -> PriceBook:
    """The rules in force at ``at``, and when they next change."""
    rows = await connection.fetch(queries.HISTORY)
    return PriceBook((PriceRule(**dict(row)) for row in rows), at)


@dataclass(frozen=True, slots=True)
class PricingService:
    """Sets prices. A rule is added to the history, never edited."""

    database: Database
    clock: Clock

    async def add_rule(self, rule: PriceRule, *, actor: str, note: str) -> None:
        """Put a rule into the history, from its moment on; every process reprices.

        Raises:
            BadRequest: The rule starts in the past, where orders were already priced,
                would sell below cost, or is for something unknown.
        """
        now = self.clock.now()
        if rule.effective_from < now - HEARD_WITHIN:
            raise BadRequest("A rule cannot start in the past: orders were priced already.")
        rule = replace(rule, effective_from=max(rule.effective_from, now))
        if not rule.is_withdrawn and rule.percent_bp < BASIS_POINTS and not rule.fixed_micro:
            raise BadRequest("This rule would sell below cost: set at least 100 %.")
        try:
            await self._add(rule, actor, note)
        except asyncpg.ForeignKeyViolationError:
            raise BadRequest("This rule is for an unknown service or country.") from None

    async def _add(self, rule: PriceRule, actor: str, note: str) -> None:
        async with self.database.transaction() as connection:
            await connection.execute(
                queries.ADD,
                rule.service_code,
                rule.country_id,
                rule.percent_bp,
                rule.fixed_micro,
                rule.floor_micro,
                rule.is_withdrawn,
                rule.effective_from,
                actor,
                note,
            )
