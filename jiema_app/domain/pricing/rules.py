"""From the supplier's cost to the buyer's price.

A rule is a share of the cost, plus a fixed part, with a floor. Rules have a scope
(everything, a service, a country, a pair) and a moment from which they hold; the
narrowest scope wins, and within it the latest rule in force. The result is rounded
up to a whole cent, once, here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiema_app.domain.units import MICRO_PER_CENT, CountryId, MicroUsdt, ServiceCode

BASIS_POINTS: Final = 10_000

Scope = tuple[ServiceCode | None, CountryId | None]


@dataclass(frozen=True, slots=True)
class PriceRule:
    """One row of the price history."""

    service_code: ServiceCode | None
    country_id: CountryId | None
    percent_bp: int
    """Share of the cost in basis points; 13500 is cost plus 35 %."""
    fixed_micro: int
    floor_micro: int
    effective_from: datetime
    is_withdrawn: bool = False

    @property
    def scope(self) -> Scope:
        """What the rule is for."""
        return self.service_code, self.country_id

    def price(self, cost: MicroUsdt) -> MicroUsdt:
        """The price of a number that costs us ``cost``, in whole cents."""
        share = -(-cost * self.percent_bp // BASIS_POINTS)
        exact = max(share + self.fixed_micro, self.floor_micro, 1)
        return MicroUsdt(-(-exact // MICRO_PER_CENT) * MICRO_PER_CENT)


class PriceBook:
    """The rules in force at one moment.

    Attributes:
        next_change_at: When a later rule comes into force; None when none is planned.
    """

    def __init__(self, history: Iterable[PriceRule], at: datetime) -> None:
        in_force: dict[Scope, PriceRule] = {}
        planned: list[datetime] = []
        for rule in sorted(history, key=lambda rule: rule.effective_from):
            if rule.effective_from > at:
                planned.append(rule.effective_from)
            else:
                in_force[rule.scope] = rule
        self._rules = {scope: rule for scope, rule in in_force.items() if not rule.is_withdrawn}
        self.next_change_at = min(planned, default=None)

    def find_rule(self, service: ServiceCode, country: CountryId) -> PriceRule | None:
        """The rule that prices this pair; None when not even a global one is in force."""
        rules = self._rules
        return (
            rules.get((service, country))
            or rules.get((service, None))
            or rules.get((None, country))
            or rules.get((None, None))
        )

    def find_price(
        self, service: ServiceCode, country: CountryId, cost: MicroUsdt
    ) -> MicroUsdt | None:
        """The price of a pair at this cost; None when it is not sold.

        That is when no rule prices it, or its rule would sell it at a loss.
        """
        rule = self.find_rule(service, country)
        price = None if rule is None else rule.price(cost)
        return None if price is None or price < cost else price
