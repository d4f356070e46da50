"""A line of the statement in the reader's words; the overview shows the newest ones."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.ledger.accounts import TransferKind
from jiema_app.domain.ledger.statement import StatementLine
from jiema_app.i18n.formats import day_and_time, iso_time, money
from jiema_app.i18n.translation import t, words_locale

KINDS: Final[dict[TransferKind, Callable[[str], str]]] = {
    TransferKind.ORDER_PLACED: lambda locale: t(locale, "Order placed"),
    TransferKind.ORDER_REFUNDED: lambda locale: t(locale, "Refund"),
    TransferKind.ADMIN_CREDIT: lambda locale: t(locale, "Credit from jiema"),
    TransferKind.SANDBOX_CREDIT: lambda locale: t(locale, "Sandbox credit"),
    TransferKind.RECHARGE_CREDITED: lambda locale: t(locale, "Top-up"),
}
"""What each kind of movement on a user's balance is called."""


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A line of the statement in the reader's words.

    Attributes:
        about: The service and country it was for, or what it came by; empty when neither.
        href: Address of the page of that order or top-up; empty when there is none.
    """

    id: str
    at: str
    at_text: str
    kind: str
    about: str
    href: str
    amount: str
    is_credit: bool
    balance: str


def statement_row(locale: str, line: StatementLine, catalog: Catalog) -> StatementRow:
    """Put a line of the statement into words."""
    sign = "+" if line.amount_micro > 0 else ""
    return StatementRow(
        id=line.id,
        at=iso_time(line.created_at),
        at_text=day_and_time(locale, line.created_at),
        kind=KINDS[line.kind](locale),
        about=_about(locale, line, catalog),
        href=_href(locale, line),
        amount=f"{sign}{money(locale, line.amount_micro)}",
        is_credit=line.amount_micro > 0,
        balance=money(locale, line.balance_after_micro),
    )


def _about(locale: str, line: StatementLine, catalog: Catalog) -> str:
    """What a line is about. What is no longer on sale keeps its code."""
    order = line.order
    if order is None:
        return t(locale, "USDT on TRON") if line.recharge_id else ""
    service = catalog.find_service(order.service_code)
    country = catalog.find_country(order.country_id)
    place = None if country is None else country.names.get(words_locale(locale), country.name)
    return " · ".join(
        (
            order.service_code if service is None else service.name,
            str(order.country_id) if place is None else place,
        )
    )


def _href(locale: str, line: StatementLine) -> str:
    if line.order is not None and line.order.is_shown:
        return f"/{locale}/order/{line.order.id}"
    if line.recharge_id is not None:
        return f"/{locale}/account/topup/{line.recharge_id}"
    return ""
