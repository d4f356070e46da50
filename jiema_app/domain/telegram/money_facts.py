"""Words about money that somebody gets in their chat: each once, found by comparing rows."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from jiema_app.domain.notifications.deliveries import Delivery, put
from jiema_app.domain.telegram import following_queries as queries
from jiema_app.domain.telegram import kinds
from jiema_app.domain.transaction import Database
from jiema_app.domain.withdrawals.statuses import ShownStatus

YOUNG: Final = timedelta(days=1)
"""Older facts are no news."""

AT_ONCE: Final = 200

TOLD: Final = (
    ShownStatus.REQUESTED,
    ShownStatus.APPROVED,
    ShownStatus.BROADCAST,
    ShownStatus.SETTLED,
    ShownStatus.REJECTED,
)
"""Steps of a withdrawal that its owner hears of; the others last for moments, or are their own."""


@dataclass(frozen=True, slots=True)
class MoneyFacts:
    """Has people told what became of their money, who want to be."""

    database: Database

    async def look(self) -> None:
        """Tell what has happened to top-ups and withdrawals."""
        young_s = YOUNG.total_seconds()
        async with self.database.transaction() as connection:
            for row in await connection.fetch(queries.RECHARGE_FACTS, young_s, AT_ONCE):
                await put(
                    connection,
                    Delivery(
                        recipient=str(row["telegram_id"]),
                        kind=kinds.RECHARGE_FACT,
                        key=f"recharge:{row['id']}:{row['status']}",
                        subject_id=row["id"],
                    ),
                )
            told = await connection.fetch(queries.WITHDRAWAL_FACTS, young_s, AT_ONCE, TOLD)
            for row in told:
                await put(
                    connection,
                    Delivery(
                        recipient=str(row["telegram_id"]),
                        kind=kinds.WITHDRAWAL_FACT,
                        key=f"withdrawal:{row['id']}:{row['shown']}",
                        subject_id=row["id"],
                    ),
                )

    async def look_at_commission(self) -> None:
        """Tell, once a day, what links have earned on the day before."""
        async with self.database.transaction() as connection:
            for row in await connection.fetch(queries.COMMISSION_FACTS, AT_ONCE):
                await put(
                    connection,
                    Delivery(
                        recipient=str(row["telegram_id"]),
                        kind=kinds.COMMISSION_FACT,
                        key=f"commission:{row['user_id']}:{row['day']}",
                        subject_id=row["user_id"],
                    ),
                )
