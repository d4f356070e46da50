"""How a wallet of the pool gets to pay for its transaction.

A transfer of the token takes energy. A wallet without energy of its own burns TRX for it, and as
a rule has none. Whoever gives it energy in another way, by delegating what is staked or by renting
some, is another class here.
"""

from dataclasses import dataclass
from typing import Any, Final, Protocol

import structlog

from jiema_app.domain import ids
from jiema_app.domain.payouts.checks.funds_checks import missing_sun
from jiema_app.domain.payouts.checks.thresholds import Thresholds
from jiema_app.domain.payouts.eight_checks import Judged
from jiema_app.domain.payouts.kinds import Purpose
from jiema_app.domain.transaction import Database
from jiema_app.domain.units import usdt_text

log = structlog.get_logger()

WHO: Final = "signer"
"""As the table of payouts names whoever queued one."""

MARGIN_PERCENT: Final = 110
"""Of the most that the transaction can cost: the price may change before it is signed."""

LEAST_SUN: Final = 1_000_000
"""Less is not worth a transaction."""

TIMES_MAX: Final = 3
"""One payout is fed so often. Then a person must look why that is not enough."""

FED: Final = """
select id, status, reason from payouts
where kind = 'GAS' and subject_id = $1 and status <> 'CANCELLED' order by id
"""

# The payout that needs it is locked: it is not signed, changed or ended meanwhile.
FEED: Final = """
with needing as (
    select id from payouts where id = $2 and status = 'QUEUED' for update
), queued as (
    insert into payouts (id, kind, subject_id, asset, from_address, to_address, amount, created_by)
    select $1, 'GAS', needing.id, 'TRX', $3, $4, $5, $6 from needing
    where $7 > (select count(*) from payouts g
                where g.kind = 'GAS' and g.subject_id = needing.id and g.status <> 'CANCELLED')
    on conflict do nothing
    returning id
)
select id, pg_notify('payout_queued', id) from queued
"""


class EnergyProvider(Protocol):
    """Sees to it that a wallet can pay for its transaction."""

    async def provide(self, payout: Any, judged: Judged) -> str | None:
        """Begin to give a wallet what a payout from it lacks for its fee, once.

        Args:
            payout: Its row, which is QUEUED.
            judged: What the checks found: all passed but the one of the fee.

        Returns:
            What it waits for, in words; None where nothing can be given.

        Raises:
            DatabaseTrouble: The database is away; it is asked again.
        """
        ...


@dataclass(frozen=True, slots=True)
class BurnEnergy:
    """Sends TRX from the hot wallet, to be burnt: a payout of its own, bounded as every other.

    Attributes:
        hot: Address that it comes from.
        most_sun: No wallet is sent more at a time.
    """

    database: Database
    hot: str
    most_sun: int
    thresholds: Thresholds

    async def provide(self, payout: Any, judged: Judged) -> str | None:
        """Queue what is missing, with a margin, unless it is on its way.

        Args:
            payout: Its row, which is QUEUED.
            judged: What the checks found: all passed but the one of the fee.
        """
        source = payout["from_address"]
        if judged.facts.house.own.get(source) is not Purpose.POOL:
            return None
        missing = missing_sun(judged.facts, self.thresholds, MARGIN_PERCENT)
        if missing is None or missing <= 0:
            return None
        async with self.database.connection() as connection:
            fed = await connection.fetch(FED, payout["id"])
        for one in fed:
            if one["status"] != "SETTLED":
                because = f": {one['reason']}" if one["reason"] else ""
                return f"Payout {one['id']} sends the wallet TRX, and is {one['status']}{because}."
        if len(fed) >= TIMES_MAX:
            return f"The wallet was sent TRX {len(fed)} times, and still has too little."
        amount = max(missing, LEAST_SUN)
        if amount > self.most_sun:
            return (
                f"The wallet lacks {usdt_text(amount)} TRX, and is sent "
                f"{usdt_text(self.most_sun)} at most: see SIGNER_CAP_GAS_TRX."
            )
        return await self._feed(payout, amount)

    async def _feed(self, payout: Any, sun: int) -> str | None:
        made, wallet = ids.new_id(), payout["from_address"]
        async with self.database.transaction() as connection:
            queued = await connection.fetchval(
                FEED, made, payout["id"], self.hot, wallet, sun, WHO, TIMES_MAX
            )
        if queued is None:
            return None
        log.info("gas queued", payout=made, needed_by=payout["id"], trx=usdt_text(sun))
        return f"Payout {made} sends the wallet {usdt_text(sun)} TRX."
