"""What a statement's filter, sums and spending are in the reader's words and figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from babel.dates import format_skeleton

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.ledger.statement import Spent, StatementSums
from jiema_app.domain.units import MicroUsdt, ServiceCode
from jiema_app.i18n.formats import day, money
from jiema_app.i18n.translation import t, tn, words_locale
from jiema_app.site.account.statement_lines import (
    service_name,
    signed_money,
)

MONTHS_SHOWN: Final = 12
HUES: Final = (165, 255, 65, 320, 25)
"""Of the services with a colour of their own; the others share one. As light in both schemes."""


@dataclass(frozen=True, slots=True)
class SumsShown:
    """Lines added up, as figures."""

    lines: str = ""
    money_in: str = ""
    money_out: str = ""
    net: str = ""
    since: str = ""
    """That older lines do not count, and from when on; empty when all do."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one service has of a month, or of all."""

    name: str = ""
    amount: str = ""
    colour: str = ""
    width: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """One bar of the chart."""

    name: str = ""
    total: str = ""
    shares: list[Share] = field(default_factory=list)


def sums_shown(locale: str, sums: StatementSums) -> SumsShown:
    """Sums as figures, to the last micro-USDT."""
    return SumsShown(
        lines=tn(locale, "{n} line", "{n} lines", sums.lines),
        money_in=signed_money(locale, sums.in_micro),
        money_out=money(locale, MicroUsdt(-sums.out_micro)),
        net=signed_money(locale, sums.net_micro),
        since=""
        if sums.since is None
        else t(
            locale,
            "Your statement is long. These sums cover the lines since {day}; for older ones, "
            "choose days.",
            day=day(locale, sums.since),
        ),
    )


def spending(
    locale: str, spent: Sequence[Spent], catalog: Catalog
) -> tuple[list[Month], list[Share]]:
    """Bars of the newest months, and what the colours stand for.

    The services that cost most have colours of their own.
    """
    months = sorted({one.month for one in spent}, reverse=True)[:MONTHS_SHOWN]
    amounts: dict[date, dict[ServiceCode, int]] = {month: {} for month in months}
    totals: dict[ServiceCode, int] = {}
    for one in spent:
        # A month in which more came back than was spent has no bar, and its figure all the same.
        if one.month in amounts and one.amount_micro:
            amounts[one.month][one.service_code] = one.amount_micro
            totals[one.service_code] = totals.get(one.service_code, 0) + one.amount_micro
    dearest = sorted(totals, key=lambda code: (-totals[code], code))
    apart = dearest[: len(HUES)]
    most = max((_bar(by_service) for by_service in amounts.values()), default=0)
    shown = [
        Month(
            name=_month(locale, month),
            total=money(locale, MicroUsdt(sum(by_service.values()))),
            shares=_shares(locale, by_service, apart, most, catalog),
        )
        for month, by_service in amounts.items()
        if by_service
    ]
    return shown, _shares(locale, totals, apart, max(1, _bar(totals)), catalog)


def _bar(by_service: Mapping[ServiceCode, int]) -> int:
    return sum(amount for amount in by_service.values() if amount > 0)


def _shares(
    locale: str,
    by_service: Mapping[ServiceCode, int],
    apart: Sequence[ServiceCode],
    whole: int,
    catalog: Catalog,
) -> list[Share]:
    """One for each service apart, in their order, and one for all others."""
    parts = [
        (service_name(code, catalog), by_service[code], f"oklch(.62 .12 {hue})")
        for hue, code in zip(HUES, apart, strict=False)
        if code in by_service
    ]
    others = [amount for code, amount in by_service.items() if code not in apart]
    if others:
        parts.append((t(locale, "Other services"), sum(others), "oklch(.62 .01 165)"))
    return [
        Share(name, money(locale, MicroUsdt(amount)), colour, _width(amount, whole))
        for name, amount, colour in parts
    ]


def _width(amount: int, whole: int) -> str:
    return f"{max(0, 100 * amount / whole if whole else 0):.2f}%"


def _month(locale: str, month: date) -> str:
    middle = datetime(month.year, month.month, 15, tzinfo=UTC)
    return format_skeleton("yMMM", middle, locale=words_locale(locale).replace("-", "_"))
