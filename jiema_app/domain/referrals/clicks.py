"""Clicks on personal links: counted, so that people see what their link does. They earn nothing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jiema_app.domain.referrals.keyed_hashes import (
    AGENT_MAX,
    LINE,
    NETWORK,
    KeyedHashes,
    part_of,
)
from jiema_app.domain.referrals.rules import CLICK_RULES
from jiema_app.domain.transaction import Database

CLICK: Final = "select referral_click($1, $2, $3, $4, $5, $6)"

LIMITS: Final = [round(rule.threshold or 0) for rule in CLICK_RULES]
NAMES: Final = [rule.id for rule in CLICK_RULES]


class Click(StrEnum):
    """What came of a click."""

    NOBODY = "NOBODY"
    """There is no such link, or it brings nobody."""
    COUNTED = "COUNTED"
    SEEN = "SEEN"
    """The same visitor has clicked within a day."""
    FROZEN = "FROZEN"
    """There were too many today."""


@dataclass(frozen=True, slots=True)
class Clicks:
    """The counter of every link."""

    database: Database
    hashes: KeyedHashes

    async def count(self, code: str, address: str, agent: str) -> Click:
        """Count a click of a person: one short statement.

        Args:
            code: The last part of the link, in its form.
            address: The client's, as text; it is not kept.
            agent: What the browser calls itself, of any length; it is not kept.
        """
        both = self.hashes.both
        async with self.database.connection() as connection:
            told = await connection.fetchval(
                CLICK,
                code,
                both("click", part_of(address, LINE)),
                both("click network", part_of(address, NETWORK)),
                both("click agent", agent[:AGENT_MAX]),
                NAMES,
                LIMITS,
            )
        return Click(told)
