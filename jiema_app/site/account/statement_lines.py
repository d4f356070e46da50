"""A line of the statement in the reader's words; the overview shows the newest ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.ledger.accounts import TransferKind
from jiema_app.domain.ledger.statement import StatementLine
from jiema_app.domain.units import CountryId, MicroUsdt, ServiceCode
from jiema_app.i18n.formats import day_and_time, iso_time, money
from jiema_app.i18n.translation import t, words_locale
from jiema_app.site.account.withdraw_address import withdraw_page

KINDS: Final[dict[TransferKind, Callable[[str], str]]] = {
    TransferKind.ORDER_PLACED: lambda locale: t(locale, "Order placed"),
    TransferKind.ORDER_REFUNDED: lambda locale: t(locale, "Refund"),
    TransferKind.ADMIN_CREDIT: lambda locale: t(locale, "Credit from jiema"),
    TransferKind.SANDBOX_CREDIT: lambda locale: t(locale, "Sandbox credit"),
    TransferKind.RECHARGE_CREDITED: lambda locale: t(locale, "Top-up"),
    TransferKind.COMMISSION_MOVED: lambda locale: t(locale, "Commission moved to balance"),
    TransferKind.COMMISSION_RELEASED: lambda locale: t(locale, "Commission earned"),
    TransferKind.COMMISSION_CLAWED_BACK: lambda locale: t(locale, "Commission taken back"),
    TransferKind.SANDBOX_COMMISSION: lambda locale: t(locale, "Sandbox commission"),
    TransferKind.WITHDRAWAL_REQUESTED: lambda locale: t(locale, "Withdrawal requested"),
    TransferKind.WITHDRAWAL_RETURNED: lambda locale: t(locale, "Withdrawal returned"),
}
"""What each kind of movement on a user's balance or commission is called."""

OF_INVITATIONS: Final = frozenset(
    {
        TransferKind.COMMISSION_RELEASED,
        TransferKind.COMMISSION_CLAWED_BACK,
        TransferKind.COMMISSION_MOVED,
    }
)
OF_WITHDRAWALS: Final = frozenset(
    {TransferKind.WITHDRAWAL_REQUESTED, TransferKind.WITHDRAWAL_RETURNED}
)
"""Kinds that a page of their own tells more about."""


@dataclass(frozen=True, slots=True)
class StatementPart:
    """One of the movements that a folded row stands for."""

    id: str
    at: str
    at_text: str
    kind: str
    amount: str
    balance: str


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A line of the statement in the reader's words.

    Attributes:
        about: The service and country it was for, or what it came by; empty when neither.
        href: Address of the page of that order or top-up; empty when there is none.
        parts: What it opens to, when it stands for several movements.
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
    parts: list[StatementPart] = field(default_factory=list)


def statement_rows(
    locale: str, lines: Sequence[StatementLine], catalog: Catalog
) -> list[StatementRow]:
    """Put lines of a statement, newest first, into words.

    A price that was held and released because no number was found is one row, where the release
    stands. Both must be among the lines: half a story is told as it is.
    """
    holds = {
        line.order.id: line
        for line in lines
        if line.order and line.is_of_no_number and line.kind is TransferKind.ORDER_PLACED
    }
    folded = {
        line.order.id: (line, holds[line.order.id])
        for line in lines
        if line.order and line.kind is TransferKind.ORDER_REFUNDED and line.order.id in holds
    }
    rows = []
    for line in lines:
        pair = folded.get(line.order.id) if line.order else None
        if pair is None:
            rows.append(_row(locale, line, catalog))
        elif line is pair[0]:
            rows.append(_folded_row(locale, pair, catalog))
    return rows


def signed_money(locale: str, amount: MicroUsdt) -> str:
    """An amount that moved, with its direction."""
    return f"{'+' if amount > 0 else ''}{money(locale, amount)}"


def _row(locale: str, line: StatementLine, catalog: Catalog) -> StatementRow:
    return StatementRow(
        id=line.id,
        at=iso_time(line.created_at),
        at_text=day_and_time(locale, line.created_at),
        kind=KINDS[line.kind](locale),
        about=_about(locale, line, catalog),
        href=_href(locale, line),
        amount=signed_money(locale, line.amount_micro),
        is_credit=line.amount_micro > 0,
        balance=money(locale, line.balance_after_micro),
    )


def _folded_row(
    locale: str, lines: tuple[StatementLine, StatementLine], catalog: Catalog
) -> StatementRow:
    newest = lines[0]
    moved = MicroUsdt(sum(line.amount_micro for line in lines))
    return StatementRow(
        id=newest.id,
        at=iso_time(newest.created_at),
        at_text=day_and_time(locale, newest.created_at),
        kind=t(locale, "No number found — not charged"),
        about=_about(locale, newest, catalog),
        href="",
        amount=signed_money(locale, moved),
        is_credit=False,
        balance=money(locale, newest.balance_after_micro),
        parts=[
            StatementPart(
                id=line.id,
                at=iso_time(line.created_at),
                at_text=day_and_time(locale, line.created_at),
                kind=KINDS[line.kind](locale),
                amount=signed_money(locale, line.amount_micro),
                balance=money(locale, line.balance_after_micro),
            )
            for line in lines
        ],
    )


def _about(locale: str, line: StatementLine, catalog: Catalog) -> str:
    """What a line is about. What is no longer on sale keeps its code."""
    order = line.order
    if order is None:
        if line.kind in OF_INVITATIONS:
            return t(locale, "Invite & earn")
        is_on_chain = line.recharge_id is not None or line.kind in OF_WITHDRAWALS
        return t(locale, "USDT on TRON") if is_on_chain else ""
    return " · ".join(
        (
            service_name(order.service_code, catalog),
            country_name(locale, order.country_id, catalog),
        )
    )


def service_name(code: ServiceCode, catalog: Catalog) -> str:
    """What a service is called; its code when it is no longer on sale."""
    service = catalog.find_service(code)
    return code if service is None else service.name


def country_name(locale: str, country_id: CountryId, catalog: Catalog) -> str:
    """What a country is called; its number when it is no longer on sale."""
    country = catalog.find_country(country_id)
    if country is None:
        return str(country_id)
    return country.names.get(words_locale(locale), country.name)


def _href(locale: str, line: StatementLine) -> str:
    if line.order is not None and line.order.is_shown:
        return f"/{locale}/order/{line.order.id}"
    if line.recharge_id is not None:
        return f"/{locale}/account/topup/{line.recharge_id}"
    if line.kind in OF_INVITATIONS:
        return f"/{locale}/invite"
    return withdraw_page(locale) if line.kind in OF_WITHDRAWALS else ""
