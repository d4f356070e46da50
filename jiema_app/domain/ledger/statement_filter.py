"""Which lines of a statement somebody wants to see, as an address says it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from jiema_app.domain import ids
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.errors import BadRequest
from jiema_app.domain.ledger.accounts import TransferKind, UserAccount
from jiema_app.domain.outside_numbers import whole_number
from jiema_app.domain.units import CountryId, ServiceCode

ACCOUNT: Final = "account"
KIND: Final = "kind"
SERVICE: Final = "service"
COUNTRY: Final = "country"
KEY: Final = "key"
FIRST_DAY: Final = "from"
LAST_DAY: Final = "to"

NAMES: Final = (KIND, SERVICE, COUNTRY, KEY, FIRST_DAY, LAST_DAY)
"""What an address may say of lines; everything else in it is none of ours, but the account."""

ACCOUNTS: Final = {"": UserAccount.SPENDING, "commission": UserAccount.COMMISSION}
"""What has a statement, as an address says it. Without a word it is what they may order with."""

KINDS: Final = (
    TransferKind.ORDER_PLACED,
    TransferKind.ORDER_REFUNDED,
    TransferKind.RECHARGE_CREDITED,
    TransferKind.COMMISSION_MOVED,
    TransferKind.WITHDRAWAL_REQUESTED,
    TransferKind.WITHDRAWAL_RETURNED,
    TransferKind.ADMIN_CREDIT,
    TransferKind.SANDBOX_CREDIT,
)
"""Kinds that move a user's balance."""

KINDS_OF: Final = {
    UserAccount.SPENDING: KINDS,
    UserAccount.COMMISSION: (
        TransferKind.COMMISSION_RELEASED,
        TransferKind.COMMISSION_CLAWED_BACK,
        TransferKind.COMMISSION_MOVED,
        TransferKind.WITHDRAWAL_REQUESTED,
        TransferKind.WITHDRAWAL_RETURNED,
        TransferKind.SANDBOX_COMMISSION,
    ),
}
"""Likewise of each account that has a statement."""

VALUE_MAX: Final = 64
"""No name of ours is as long."""

DAY: Final = re.compile(r"20[0-4][0-9]-[0-9]{2}-[0-9]{2}")
"""Ids end in 2059."""
CODE: Final = re.compile(r"[0-9a-z]{1,10}")
COUNTRY_MAX: Final = 99_999


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFilter:
    """Lines that are all of this: what is None does not matter. Days are of UTC."""

    account: UserAccount = UserAccount.SPENDING
    kind: TransferKind | None = None
    service: ServiceCode | None = None
    country: CountryId | None = None
    api_key: str | None = None
    first_day: date | None = None
    last_day: date | None = None

    @property
    def begins_at(self) -> datetime | None:
        """The first moment that counts."""
        return _midnight(self.first_day)

    @property
    def ends_at(self) -> datetime | None:
        """The first moment that counts no more."""
        return None if self.last_day is None else _midnight(self.last_day + timedelta(days=1))

    @property
    def is_everything(self) -> bool:
        """Whether all lines of the account fit."""
        return all(value is None for value in self.as_arguments())

    @property
    def is_of_orders(self) -> bool:
        """Whether only what orders moved can fit."""
        return not (self.service is None and self.country is None and self.api_key is None)

    def as_arguments(self) -> tuple[Any, ...]:
        """In the order in which the SQL has them."""
        return (
            self.kind,
            self.service,
            self.country,
            self.api_key,
            self.begins_at,
            self.ends_at,
        )


def parse_filter(query: Mapping[str, str], catalog: Catalog) -> StatementFilter:
    """The filter that an address asks for. What is left empty does not matter.

    Args:
        query: The address's parameters.
        catalog: Knows services and countries by their slugs. What is no longer sold has only
            its code, and still its lines.

    Raises:
        BadRequest: A value is none that could be meant.
    """
    values = {name: str(query.get(name) or "").strip() for name in (*NAMES, ACCOUNT)}
    for name, value in values.items():
        if len(value) > VALUE_MAX:
            raise _unknown(name)
    days = _day(FIRST_DAY, values[FIRST_DAY]), _day(LAST_DAY, values[LAST_DAY])
    if days[0] and days[1] and days[0] > days[1]:
        days = days[1], days[0]  # the wrong way round: nothing else can be meant
    account = ACCOUNTS.get(values[ACCOUNT])
    if account is None:
        raise _unknown(ACCOUNT)
    return StatementFilter(
        account=account,
        kind=_kind(values[KIND], account),
        service=_service(values[SERVICE].lower(), catalog),
        country=_country(values[COUNTRY].lower(), catalog),
        api_key=_key(values[KEY]),
        first_day=days[0],
        last_day=days[1],
    )


def filter_parameters(wanted: StatementFilter, catalog: Catalog) -> dict[str, str]:
    """A filter as an address says it: only what matters, by names that people can read."""
    service = None if wanted.service is None else catalog.find_service(wanted.service)
    country = None if wanted.country is None else catalog.find_country(wanted.country)
    named = {account: name or None for name, account in ACCOUNTS.items()}
    said = {
        ACCOUNT: named[wanted.account],
        KIND: wanted.kind,
        SERVICE: wanted.service if service is None else service.slug,
        COUNTRY: wanted.country if country is None else country.slug,
        KEY: wanted.api_key,
        FIRST_DAY: wanted.first_day,
        LAST_DAY: wanted.last_day,
    }
    return {name: str(value) for name, value in said.items() if value is not None}


def _kind(value: str, account: UserAccount) -> TransferKind | None:
    if not value:
        return None
    for kind in KINDS_OF[account]:
        if kind == value:
            return kind
    raise _unknown(KIND)


def _service(value: str, catalog: Catalog) -> ServiceCode | None:
    if not value:
        return None
    service = catalog.find_service(value)
    if service is not None:
        return service.code
    if CODE.fullmatch(value):
        return ServiceCode(value)
    raise _unknown(SERVICE)


def _country(value: str, catalog: Catalog) -> CountryId | None:
    if not value:
        return None
    country = catalog.find_country(value)
    if country is not None:
        return country.id
    number = whole_number(value, at_most=COUNTRY_MAX)
    if number is None:
        raise _unknown(COUNTRY)
    return CountryId(number)


def _key(value: str) -> str | None:
    if value and not ids.is_id(value):
        raise _unknown(KEY)
    return value or None


def _day(name: str, value: str) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value) if DAY.fullmatch(value) else _refuse(name)
    except ValueError:
        raise _unknown(name) from None


def _refuse(name: str) -> date:
    raise _unknown(name)


def _unknown(name: str) -> BadRequest:
    return BadRequest(f"{name}: not a value that the statement can be filtered by.")


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)
