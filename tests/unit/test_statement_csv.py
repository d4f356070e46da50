"""The statement as a table: exact amounts, sound quoting, no formulas."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiema_app.domain.catalog.snapshot import CountryView, ServiceView, build_catalog
from jiema_app.domain.compliance.classes import ComplianceClass
from jiema_app.domain.ledger.accounts import TransferKind
from jiema_app.domain.ledger.statement import StatementLine, StatementOrder
from jiema_app.domain.ledger.statement_csv import csv_header, csv_lines, decimal_usdt, plain
from jiema_app.domain.units import CountryId, MicroUsdt, OrderId, ServiceCode

NOON = datetime(2026, 5, 1, 12, 30, 5, tzinfo=UTC)
ORDER = OrderId("c" + "0" * 24)

TELEGRAM = ServiceView(
    ServiceCode("tg"), "telegram", 'Telegram, "the" app', "x", 1, (), ComplianceClass.ALLOWED, None
)
IVORY_COAST = CountryView(
    CountryId(27), "ci", "ci", "", "225", 1, {"en": "Côte d'Ivoire", "zh": "科特迪瓦"}
)
CATALOG = build_catalog(NOON, [TELEGRAM], [IVORY_COAST])


def line(
    *,
    amount: int = -420_000,
    balance: int = 49_580_000,
    at: datetime = NOON,
    reference: str = ORDER,
    order: StatementOrder | None = None,
) -> StatementLine:
    return StatementLine(
        at, TransferKind.ORDER_PLACED, reference, MicroUsdt(amount), MicroUsdt(balance), order
    )


def about(service: str, country: int) -> StatementOrder:
    return StatementOrder(ORDER, ServiceCode(service), CountryId(country), is_shown=True)


def cells(one: StatementLine) -> list[str]:
    [found] = csv.reader(io.StringIO(csv_lines([one], CATALOG).decode(), newline=""))
    return found


def test_the_header_names_the_columns() -> None:
    assert csv_header() == (
        b"time_utc,kind,amount_usdt,balance_usdt,reference,order_id,service,country,recharge_id\r\n"
    )


def test_a_line_tells_time_amount_balance_and_what_it_is_about() -> None:
    assert cells(line(order=about("tg", 27))) == [
        "2026-05-01 12:30:05",
        "order_placed",
        "-0.420000",
        "49.580000",
        ORDER,
        ORDER,
        'Telegram, "the" app',
        "Côte d'Ivoire",
        "",
    ]


def test_a_line_that_came_by_a_recharge_names_it() -> None:
    one = replace(line(reference="p1"), recharge_id=ORDER)
    assert cells(one)[4:] == ["p1", "", "", "", ORDER]


def test_quotes_and_line_ends_are_those_of_rfc_4180() -> None:
    written = csv_lines([line(order=about("tg", 27))], CATALOG)
    assert b',"Telegram, ""the"" app",' in written
    assert written.endswith(b"\r\n")
    assert csv_lines([], CATALOG) == b""


def test_a_line_about_no_order_leaves_its_columns_empty() -> None:
    assert cells(line(reference="c1"))[4:] == ["c1", "", "", "", ""]


def test_what_is_no_longer_on_sale_stays_a_code() -> None:
    assert cells(line(order=about("zz", 0)))[6:8] == ["zz", "0"]


def test_times_are_in_utc_wherever_they_were_written() -> None:
    far = NOON.astimezone(timezone(timedelta(hours=8)))
    assert cells(line(at=far))[0] == "2026-05-01 12:30:05"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0.000000"),
        (1, "0.000001"),
        (-1, "-0.000001"),
        (-1_000_001, "-1.000001"),
        (999_999, "0.999999"),
        (123_456_789_012_345_678, "123456789012.345678"),
    ],
)
def test_amounts_have_all_six_digits(amount: int, text: str) -> None:
    assert decimal_usdt(MicroUsdt(amount)) == text


@given(st.integers(min_value=-(10**17), max_value=10**17))
def test_no_micro_usdt_is_lost_in_writing(amount: int) -> None:
    text = decimal_usdt(MicroUsdt(amount))
    assert re.fullmatch(r"-?\d+\.\d{6}", text)
    assert int(text.replace(".", "")) == amount


@pytest.mark.parametrize(
    "reference",
    ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\n=1", "|x", "＝1", "＠x"],  # noqa: RUF001
)
def test_no_cell_is_a_formula(reference: str) -> None:
    assert cells(line(reference=reference))[4] == f"'{reference}"


@given(st.text())
def test_any_text_comes_back_whole_and_harmless(text: str) -> None:
    guarded = plain(text)
    assert guarded.removeprefix("'") == text or guarded == text
    assert guarded.lstrip(" ")[:1] not in set("=+-@\t\r\n")
