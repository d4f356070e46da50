"""From where people sign in, by keyed hashes: to tell one's own invitations from others'."""

import re
import secrets
from dataclasses import dataclass
from typing import Final

from jiema_app.domain.referrals.changes import note_change
from jiema_app.domain.referrals.keyed_hashes import (
    AGENT_MAX,
    LINE,
    Both,
    KeyedHashes,
    parse,
    part_of,
)
from jiema_app.domain.referrals.ports import NetworkKinds
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import UserId

DEVICE: Final = re.compile(r"[A-Za-z0-9_-]{22}")
"""128 random bits, as a browser keeps them."""

KNOWN_DAYS: Final = 30
"""How long addresses, browsers and clicks are remembered."""
DEVICE_DAYS: Final = 180

FORGET_BATCH: Final = 5_000

# One like it within an hour says nothing new: a program may sign in every few seconds.
MARK: Final = """
insert into sign_in_marks (user_id, address_hashes, agent_hashes, device_hash, is_sign_up,
                           is_hosting)
select $1, $2, $3, $4, $5, $6
where $5 or not exists (
    select from sign_in_marks m
    where m.user_id = $1 and m.created_at > now() - interval '1 hour'
      and m.address_hashes is not distinct from $2::bytea[]
      and m.agent_hashes is not distinct from $3::bytea[]
      and m.device_hash is not distinct from $4::bytea)
returning id
"""

# What goes, and after how many days. In batches, each a statement of its own.
FORGET: Final = (
    ("delete from referral_touches where id in ({})", "referral_touches", "true", KNOWN_DAYS),
    (
        "delete from referral_findings where id in ({})",
        "referral_findings",
        "action = 'FREEZE'",
        KNOWN_DAYS,
    ),
    ("delete from sign_in_marks where id in ({})", "sign_in_marks", "true", DEVICE_DAYS),
    (
        "delete from sign_in_marks where id in ({})",
        "sign_in_marks",
        "agent_hashes is not null and device_hash is null",
        KNOWN_DAYS,
    ),
    (
        (
            "update sign_in_marks set address_hashes = null, agent_hashes = null, "
            "is_hosting = null where id in ({})"
        ),
        "sign_in_marks",
        "agent_hashes is not null",
        KNOWN_DAYS,
    ),
)
COUNTED: Final = "with gone as ({} returning true) select count(*) from gone"
OLD: Final = """
select id from {} where {} and created_at < now() - make_interval(days => $1)
order by created_at limit $2
"""


@dataclass(frozen=True, slots=True)
class Trace:
    """From where somebody signs in. Nothing of it can be read back.

    Attributes:
        address: None where the address is nobody's of the internet, and so tells nobody apart.
        device: None where the browser keeps no number.
        is_hosting: Whether it is a data centre's; None when that is not known.
    """

    address: Both | None
    agent: Both
    device: bytes | None
    is_hosting: bool | None


def new_device() -> str:
    """A number for a browser that has none."""
    return secrets.token_urlsafe(16)


@dataclass(frozen=True, slots=True)
class Marks:
    """Makes traces, and forgets them."""

    database: Database
    hashes: KeyedHashes
    networks: NetworkKinds

    def trace(self, address: str, agent: str, device: str | None) -> Trace:
        """The trace of whoever signs in.

        Args:
            address: The client's, as text.
            agent: What the browser calls itself, of any length.
            device: The number that the browser keeps, or what stands in its place.
        """
        parsed = parse(address)
        is_known = parsed is not None and parsed.is_global
        is_device = device is not None and DEVICE.fullmatch(device) is not None
        return Trace(
            address=self.hashes.both("address", part_of(address, LINE)) if is_known else None,
            agent=self.hashes.both("agent", agent[:AGENT_MAX]),
            device=self.hashes.lasting("device", device) if device and is_device else None,
            is_hosting=self.networks.is_hosting(address) if is_known else None,
        )

    async def forget(self) -> None:
        """Remove what was kept for a time: addresses, browsers, devices, clicks."""
        async with self.database.connection() as connection:
            for statement, table, which, days in FORGET:
                forget = COUNTED.format(statement.format(OLD.format(table, which)))
                while await connection.fetchval(forget, days, FORGET_BATCH) == FORGET_BATCH:
                    pass


async def keep_mark(
    connection: Connection, user: UserId, trace: Trace, *, is_sign_up: bool = False
) -> None:
    """Remember from where somebody signs in. Runs in the transaction that lets them in."""
    kept = await connection.fetchval(
        MARK,
        user,
        None if trace.address is None else list(trace.address),
        list(trace.agent),
        trace.device,
        is_sign_up,
        trace.is_hosting,
    )
    if kept is not None:
        await note_change(connection, user)
