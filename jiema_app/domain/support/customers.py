"""Who a customer is, as those who answer them need to know. No codes, no texts of SMS."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from jiema_app.domain.orders.phones import mask_phone
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import MicroUsdt, UserId

ORDERS_SHOWN: Final = 5
NOTES_SHOWN: Final = 3

CUSTOMER: Final = """
select u.id, u.display_name, u.lang, u.created_at, u.banned_at, u.ban_reason, c.language_code,
    coalesce((select b.balance_micro from ledger_accounts a
        join ledger_balances b on b.account_id = a.id
        where a.user_id = u.id and a.kind = 'user:spending'), 0) as balance_micro,
    (select count(*) from orders o where o.user_id = u.id and o.phone is not null) as orders,
    (select count(*) from orders o where o.user_id = u.id and o.phone is not null
        and o.sms_count = 0 and o.ended_at > now() - interval '24 hours') as failed_today,
    (select count(*) from recharges r where r.user_id = u.id and r.status = 'IN_REVIEW')
        as in_review,
    (select count(*) from withdrawals w where w.user_id = u.id and w.ended_at is null) as withdrawals_open,
    coalesce((select array_agg(distinct f.rule order by f.rule) from referral_findings f
        where (f.user_id = u.id or f.referrer_id = u.id) and f.cleared_at is null
          and (f.expires_at is null or f.expires_at > now())), '{}') as findings
from telegram_chats c
join users u on u.id = coalesce(c.user_id, (select i.user_id from identities i
    where i.provider = 'telegram' and i.subject = c.telegram_id::text))
where c.telegram_id = $1
"""

ORDERS: Final = """
select o.id, s.name as service, coalesce(k.names ->> 'en', o.country_id::text) as country,
    o.status, o.price_micro, o.phone, o.created_at
from orders o
left join services s on s.code = o.service_code left join countries k on k.id = o.country_id
where o.user_id = $1 order by o.id desc limit $2
"""

RECHARGES: Final = """
select id, status, amount_micro, received_micro, expires_at from recharges
where user_id = $1 and status in ('OPEN', 'IN_REVIEW') order by id desc limit 3
"""

NOTES: Final = """
select details ->> 'note' as note, created_at from audit_records
where action = 'support.note' and subject_id = $1 order by id desc limit $2
"""

READER: Final = """
select u.lang, c.language_code, c.mode from (select $1::bigint as telegram_id) asked
left join telegram_chats c on c.telegram_id = asked.telegram_id
left join users u on u.id = c.user_id
"""

USER_OF: Final = """
select u.id from users u join identities i on i.user_id = u.id
where i.provider = 'telegram' and i.subject = $1::bigint::text
"""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order, with its phone masked."""

    id: str
    service: str | None
    country: str
    status: str
    price_micro: MicroUsdt
    phone: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RechargeLine:
    """A top-up that waits for money, or for a person."""

    id: str
    status: str
    amount_micro: MicroUsdt
    received_micro: MicroUsdt
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who writes to support.

    Attributes:
        findings: Rules about invitations that found something against them.
        failed_today: Orders of the last 24 hours that brought no code.
        notes: What administrators wrote down, the newest first.
    """

    id: UserId
    display_name: str
    lang: str
    language_code: str | None
    created_at: datetime
    banned_at: datetime | None
    ban_reason: str | None
    balance_micro: MicroUsdt
    orders: int
    failed_today: int
    in_review: int
    withdrawals_open: int
    findings: tuple[str, ...]
    last_orders: tuple[OrderLine, ...] = ()
    recharges: tuple[RechargeLine, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def fingerprint(self) -> bytes:
        """Differs when anything of it does."""
        return hashlib.sha256(repr(self).encode()).digest()


@dataclass(frozen=True, slots=True)
class Reader:
    """In which language somebody is written to, and whether they speak to support now."""

    lang: str | None
    language_code: str | None
    mode: str | None


async def reader_of(connection: Connection, telegram_id: int) -> Reader:
    """How somebody with a number on Telegram is written to. Nothing is known of a stranger."""
    row = await connection.fetchrow(READER, telegram_id)
    assert row is not None
    return Reader(**dict(row))


@dataclass(frozen=True, slots=True)
class Customers:
    """Reads who people are."""

    database: Database

    async def find(self, telegram_id: int) -> Customer | None:
        """Who has a number on Telegram; None while they have no account."""
        async with self.database.connection() as connection:
            return await read_customer(connection, telegram_id)

    async def user_of(self, telegram_id: int) -> UserId | None:
        """The account of a number on Telegram."""
        async with self.database.connection() as connection:
            found = await connection.fetchval(USER_OF, telegram_id)
        return None if found is None else UserId(found)


async def read_customer(connection: Connection, telegram_id: int) -> Customer | None:
    """Who has a number on Telegram; None while they have no account."""
    row = await connection.fetchrow(CUSTOMER, telegram_id)
    if row is None:
        return None
    orders = await connection.fetch(ORDERS, row["id"], ORDERS_SHOWN)
    recharges = await connection.fetch(RECHARGES, row["id"])
    notes = await connection.fetch(NOTES, row["id"], NOTES_SHOWN)
    return Customer(
        **dict(row) | {"findings": tuple(row["findings"])},
        last_orders=tuple(map(_order, orders)),
        recharges=tuple(RechargeLine(**dict(one)) for one in recharges),
        notes=tuple(one["note"] for one in notes if one["note"]),
    )


def _order(row: Any) -> OrderLine:
    phone = row["phone"]
    return OrderLine(**dict(row) | {"phone": None if phone is None else mask_phone(phone)})
