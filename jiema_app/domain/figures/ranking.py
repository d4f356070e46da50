"""How sure a share is, and what a route is worth: pure arithmetic.

A route is a service in a country. Its share is how many of its numbers received a code.
"""

from math import sqrt
from typing import Final, NamedTuple

from jiema_app.domain.units import Cents

SAMPLE_MIN: Final = 20
"""Of fewer orders nothing is said: three of three is no hundred percent."""

Z: Final = 1.96
"""Of Wilson's interval: 95 % of such intervals hold the true share."""

SHARE_UNKNOWN: Final = 0.5
"""Taken for the share of a service of which nothing is known at all."""

FAILED_TRY_CENTS: Final = 20
"""What the time of a try without a code counts for. Its price comes back; the minutes do not."""


class RouteFigures(NamedTuple):
    """What became of the numbers of a route, a service or a country in the last 30 days.

    Attributes:
        sample: Numbers that were judged: at least ``SAMPLE_MIN``.
        received: Those that received a code.
        median_s: Half of the codes came within so many seconds of the purchase; None when
            none came.
        p90_s: Nine of ten did.
    """

    sample: int
    received: int
    median_s: int | None
    p90_s: int | None

    @property
    def share(self) -> float:
        """Share of numbers that received a code, 0 to 1."""
        return self.received / self.sample


def lower_bound(received: float, sample: float) -> float:
    """Wilson's lower bound: the share that such a sample is good for, 0 to 1.

    Twenty of twenty is good for 84 %, and two hundred of two hundred for 98 %. It is not
    normal approximation, which would give 100 % for both.
    """
    if sample <= 0:
        return 0.0
    share, square = received / sample, Z * Z
    middle = share + square / (2 * sample)
    spread = Z * sqrt(share * (1 - share) / sample + square / (4 * sample * sample))
    return max(0.0, (middle - spread) / (1 + square / sample))


def cautious_share(figures: RouteFigures | None, of_service: RouteFigures | None) -> float:
    """The share that a route is ranked by.

    Of an unknown route: as if ``SAMPLE_MIN`` of its orders had done as well as the service
    does elsewhere. So it stands behind routes that are known to be good, and before those
    that are known to be bad.
    """
    if figures is not None:
        return lower_bound(figures.received, figures.sample)
    share = SHARE_UNKNOWN if of_service is None else of_service.share
    return lower_bound(share * SAMPLE_MIN, SAMPLE_MIN)


def best_value(price_cents: Cents, share: float) -> float:
    """What a code costs to get, in cents; lower is better.

    A number without a code is refunded, so the price is paid once. What failed tries cost is
    time: before a code there are ``1 / share - 1`` of them to be expected.
    """
    return price_cents + FAILED_TRY_CENTS * (1 / max(share, 0.01) - 1)
