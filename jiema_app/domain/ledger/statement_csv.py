"""A statement as a table for spreadsheets: RFC 4180, in UTF-8."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC
from typing import Final

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.ledger.statement import StatementLine, StatementOrder
from jiema_app.domain.units import MicroUsdt, usdt_text

COLUMNS: Final = (
    "time_utc",
    "kind",
    "amount_usdt",
    "balance_usdt",
    "reference",
    "order_id",
    "service",
    "country",
    "recharge_id",
)

FORMULA_STARTS: Final = frozenset("=+-@\t\r\n|%＝＋－＠")  # noqa: RUF001 - their wide twins count too
"""A spreadsheet takes a text that begins so for a formula, and runs it."""


def csv_header() -> bytes:
    """The first line."""
    return _encode([COLUMNS])


def csv_lines(lines: Iterable[StatementLine], catalog: Catalog) -> bytes:
    """Lines of a statement as lines of the file.

    Args:
        lines: Some of a statement.
        catalog: Names services and countries; what is no longer on sale stays a code.
    """
    return _encode(_cells(line, catalog) for line in lines)


def decimal_usdt(amount: MicroUsdt) -> str:
    """An amount with all its digits: ``-0.420000``."""
    return usdt_text(amount, decimals_min=6)


def plain(text: str) -> str:
    """Text that no spreadsheet runs: one that looks like a formula is led by an apostrophe."""
    return f"'{text}" if text.lstrip(" ")[:1] in FORMULA_STARTS else text


def _cells(line: StatementLine, catalog: Catalog) -> tuple[str, ...]:
    return (
        f"{line.created_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        plain(line.kind),
        decimal_usdt(line.amount_micro),
        decimal_usdt(line.balance_after_micro),
        plain(line.reference),
        *(plain(text) for text in _about(line.order, catalog)),
        line.recharge_id or "",
    )


def _about(order: StatementOrder | None, catalog: Catalog) -> tuple[str, str, str]:
    if order is None:
        return "", "", ""
    service = catalog.find_service(order.service_code)
    country = catalog.find_country(order.country_id)
    return (
        order.id,
        order.service_code if service is None else service.name,
        str(order.country_id) if country is None else country.name,
    )


def _encode(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
