"""What a chain brings, without a chain: wallets, recharges, and payments put in by hand."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from jiema_app.domain import ids
from jiema_app.domain.recharges.judging import Judging
from jiema_app.domain.recharges.statuses import Oddity
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.domain.units import MicroUsdt, micro_of
from tests.support.shop import Customer, Shop, now

STRANGER = "TJzXt1sZautjqXnpjQT4xSCBHNSYgBkDr3"
ANOTHER_TOKEN = "TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC"

TEN = MicroUsdt(10_000_000)


@dataclass
class Arrivals:
    """Brings payments, judges them, and looks at what became of them."""

    shop: Shop
    block: int = 1_000
    token: str = field(init=False)

    def __post_init__(self) -> None:
        self.token = self.shop.settings.tron.token_contract

    async def open_for_business(self, wallets: int = 3) -> None:
        """A pool of wallets, and a chain that is being read."""
        await self.shop.execute(
            "insert into chain_cursors (genesis_id, block_number, block_id, block_time) "
            "values ($1, $2, $3, now())",
            self.shop.settings.tron_genesis_id,
            self.block,
            "0" * 64,
        )
        assert await self.shop.services.pool.grow(wallets) == wallets

    async def recharge(self, customer: Customer, amount: MicroUsdt = TEN) -> RechargeView:
        """An open recharge."""
        return await self.shop.services.recharges.open(customer.id, amount)

    async def bring(self, address: str, amount: int, **how: Any) -> str:
        """A transfer in the next final block; returns its id. Nobody has judged it yet."""
        self.block += 1
        payment = ids.new_id()
        moment: datetime = how.get("at", now())
        await self.shop.execute(
            "insert into payments (id, txid, log_index, block_number, block_position, block_id, "
            "block_time, contract, is_genuine, from_address, to_address, amount) "
            "values ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10, $11)",
            payment,
            how.get("txid", secrets.token_hex(32)),
            how.get("log_index", 0),
            self.block,
            secrets.token_hex(32),
            moment,
            self.token if how.get("genuine", True) else ANOTHER_TOKEN,
            how.get("genuine", True),
            how.get("sender", STRANGER),
            address,
            Decimal(amount),
        )
        return payment

    async def judge(self) -> None:
        """Judge everything new, as the worker does."""
        rules = self.shop.settings.recharge
        database = self.shop.services.database
        await Judging(database, micro_of(rules.dust_usdt), rules.quarantine_s).run()

    async def pay(self, address: str, amount: int, **how: Any) -> str:
        """A transfer, judged."""
        payment = await self.bring(address, amount, **how)
        await self.judge()
        return payment

    async def free_address(self) -> str:
        """A wallet that nobody holds."""
        return str(
            await self.shop.fetchval("select address from wallets where status = 'FREE' limit 1")
        )

    async def hold(self, oddity: Oddity, customer: Customer) -> tuple[str | None, str]:
        """A payment of 10 USDT (9 when under, 11 when over) that waits because of an oddity.

        Returns:
            The id of its recharge, when it has one, and its own.
        """
        if oddity is Oddity.UNASSIGNED_WALLET:
            return None, await self.pay(await self.free_address(), TEN)
        made = await self.recharge(customer)
        how: dict[str, Any] = {}
        amount = {Oddity.UNDER: 9, Oddity.OVER: 11}.get(oddity, 10) * 1_000_000
        if oddity is Oddity.WRONG_TOKEN:
            how["genuine"] = False
        elif oddity is Oddity.OWN_TRANSFER:
            how["sender"] = await self.free_address()
        elif oddity is Oddity.LATE:
            how["at"] = made.closes_at + timedelta(seconds=1)
        elif oddity is Oddity.EARLY:
            how["at"] = made.created_at - timedelta(seconds=5)
        elif oddity is Oddity.DUPLICATE:
            await self.pay(made.address, TEN)
        elif oddity is Oddity.MULTI_TRANSFER:
            how["txid"] = secrets.token_hex(32)
            await self.bring(made.address, 1_000_000, log_index=1, **how)
        payment = await self.pay(made.address, amount, **how)
        found = await self.shop.fetchval("select oddity from payments where id = $1", payment)
        assert found == oddity
        return made.id, payment

    async def house(self, account: int) -> int:
        """What a house account holds."""
        question = (
            "select coalesce(sum(amount_micro), 0)::bigint from ledger_entries where account_id=$1"
        )
        return int(await self.shop.fetchval(question, account))
