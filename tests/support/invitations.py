"""People who bring people, by the product's own doors; and the judge who looks at them."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from jiema_app.domain.identity.provider import Provider
from jiema_app.domain.orders.requests import Buyer
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.referrals.attribution import Invitation
from jiema_app.domain.referrals.marks import Trace, new_device
from jiema_app.domain.referrals.statuses import ReferralSource
from jiema_app.domain.units import UserId
from tests.support.arrivals import TEN, Arrivals
from tests.support.shop import Customer, Shop, now

AGENT = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
OTHER_AGENT = "Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile"

WALLET = "TWd4WrZ9wn84f5x1hZhL4DHvk738ns5jwb"
OTHER_WALLET = "TJzXt1sZautjqXnpjQT4xSCBHNSYgBkDr3"


@dataclass
class Place:
    """From where somebody signs in: nowhere that anybody else does, unless a test says so."""

    address: str = field(default_factory=lambda: f"8.{_byte()}.{_byte()}.{_byte()}")
    agent: str = AGENT
    device: str = field(default_factory=new_device)


def _byte() -> int:
    return secrets.randbelow(254) + 1


@dataclass
class Invitations:
    """Has people sign up, buy and be judged."""

    shop: Shop

    async def join(
        self,
        referrer: Customer | None = None,
        place: Place | None = None,
        clicked_at: datetime | None = None,
        before: Customer | None = None,
    ) -> Customer:
        """Somebody new, who came by somebody's link or by none."""
        invitations = []
        if referrer is not None:
            account = await self.shop.services.identity.get_account(referrer.id)
            invitations.append(Invitation(account.referral_code, ReferralSource.COOKIE, clicked_at))
        services = self.shop.services
        token = await services.sign_in.with_identity(
            Provider.GOOGLE,
            "https://accounts.google.com",
            secrets.token_hex(8),
            lang="en",
            invitations=invitations,
            user_agent=AGENT,
            trace=self.trace(place or Place()),
            before=None if before is None else before.id,
        )
        visitor = await services.sessions.identify(token)
        assert visitor is not None
        key = await services.api_keys.create(visitor.user_id, "test")
        return Customer(Buyer(visitor.user_id, visitor.account_id), key.token)

    async def sign_in(self, customer: Customer, place: Place) -> None:
        """Somebody who has an account, from somewhere."""
        sign_in = self.shop.services.sign_in
        await sign_in.with_link(await sign_in.make_link(customer.id), AGENT, self.trace(place))

    def trace(self, place: Place) -> Trace:
        """What a sign-in from there leaves."""
        marks = self.shop.services.referrals.marks
        return marks.trace(place.address, place.agent, place.device)

    async def judge(self) -> None:
        """What the worker does each second."""
        await self.shop.services.referrals.run()

    async def order(self, customer: Customer) -> OrderView:
        """An order that had its code and was finished."""
        order = await self.shop.place(customer)
        await self.shop.deliver(order)
        return await self.shop.services.orders.finish(customer.id, order.id)

    async def buy(self, customer: Customer) -> OrderView:
        """An order, judged before and after its end as the worker does."""
        order = await self.shop.place(customer)
        await self.judge()
        await self.shop.deliver(order)
        done = await self.shop.services.orders.finish(customer.id, order.id)
        await self.judge()
        return done

    async def status(self, customer: Customer) -> str:
        """Where the invitation of somebody is."""
        return str(
            await self.shop.fetchval("select status from referrals where user_id = $1", customer.id)
        )

    async def rules(self, customer: Customer) -> list[str]:
        """Which rules have found something about it."""
        found = await self.shop.fetchval(
            "select array_agg(rule order by rule) from referral_findings where user_id = $1",
            customer.id,
        )
        return list(found or ())

    async def link_rules(self, customer: Customer) -> list[str]:
        """Likewise about somebody's link."""
        found = await self.shop.fetchval(
            "select array_agg(rule order by rule) from referral_findings "
            "where referrer_id = $1 and user_id = ''",
            customer.id,
        )
        return list(found or ())

    async def purse(self, customer: Customer) -> tuple[int, int]:
        """What is pending, and what is available."""
        found = await self.shop.services.commissions.purse(customer.id)
        return found.pending, found.available

    async def commission(self, customer: Customer) -> list[str]:
        """Where the commission of somebody's orders is, in their order."""
        found = await self.shop.fetchval(
            "select array_agg(status order by order_id) from commissions where buyer_id = $1",
            customer.id,
        )
        return list(found or ())

    async def why(self, customer: Customer) -> str | None:
        """What whoever invited somebody is told."""
        found = await self.shop.fetchval(
            "select hold_reason from referrals where user_id = $1", customer.id
        )
        return None if found is None else str(found)

    async def pay(self, arrivals: Arrivals, customer: Customer, wallet: str) -> None:
        """Top up from a wallet."""
        made = await arrivals.recharge(customer)
        await arrivals.pay(made.address, TEN, sender=wallet)

    async def age(self, user: UserId, by: timedelta) -> None:
        """Have somebody sign up longer ago: the account, the invitation, its marks."""
        async with self.shop.services.database.transaction() as connection:
            await connection.execute("set local session_replication_role = replica")
            for table, column, columns in (
                ("users", "id", ("created_at",)),
                ("referrals", "user_id", ("created_at", "judge_at")),
                ("sign_in_marks", "user_id", ("created_at",)),
            ):
                changes = ", ".join(f"{one} = {one} - $2::interval" for one in columns)
                await connection.execute(
                    f"update {table} set {changes} where {column} = $1", user, by
                )


async def withdraw_to(shop: Shop, customer: Customer, address: str, **changes: Any) -> None:
    """A withdrawal to an address, as far as rules look at it; it has ended, and moved nothing."""
    async with shop.services.database.transaction() as connection:
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(
            "insert into withdrawals (id, user_id, source, address, amount_micro, fee_micro, "
            "net_micro, terms_id, status, request_key) "
            "values ($1, $2, 'commission', $3, 5000000, 2000000, 3000000, 1, 'REQUESTED', $1)",
            f"c{secrets.token_hex(12)}",
            customer.id,
            address,
        )


async def no_withdrawals(shop: Shop) -> None:
    """Takes away what `withdraw_to` made: no money stands behind it."""
    async with shop.services.database.transaction() as connection:
        await connection.execute("set local session_replication_role = replica")
        await connection.execute("delete from withdrawals")


def seconds_ago(seconds: float) -> datetime:
    """A moment of the past."""
    return now() - timedelta(seconds=seconds)
