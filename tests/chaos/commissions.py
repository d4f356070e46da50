"""Commission of thousands of orders that are cancelled, run out, are finished and clawed back.

Every act is done by a process that may die at any of its steps, and is then done again by another
one; claw-backs and moves come at moments that nobody chose. An oracle that knows only what was
done says what everybody must have earned, to the micro.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeVar

from jiema_app.bootstrap import Services
from jiema_app.domain import ids
from jiema_app.domain.errors import AlreadyChanged, DomainError, NotFound
from jiema_app.domain.orders.requests import OrderRequest
from jiema_app.domain.orders.supplier import IncomingSms
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.referrals.commissions import CommissionTooSmall
from jiema_app.domain.transaction import Database
from jiema_app.domain.units import MicroUsdt, OrderId
from jiema_app.settings import LimitSettings, Settings, SupplierSettings
from tests.chaos.result import Result
from tests.chaos.stack import breakable_cluster
from tests.support.cluster import Cluster
from tests.support.interrupted import Died, dying_process
from tests.support.shop import Customer, Shop, open_shop

T = TypeVar("T")

LANES: Final = 6
FRIENDS: Final = 2
"""Of each lane's referrer, one of whom nobody has judged; and one buyer whom nobody invited."""

DEATHS: Final = 0.15
"""Of all acts, by a process that dies before its act is done, if the act takes long enough."""
BLOCKS: Final = (0, 1, 2, 3)

RATES: Final = (1_000, 1_250, 300, 5_000, 1)
"""In hundredths of a per cent; set one after the other while orders are placed."""

CALLS_EVERY_S: Final = 0.1
SHOWN_MAX: Final = 20


class End(StrEnum):
    """How an order is to end."""

    FINISH = "finish"
    LEAVE = "leave"
    """A code came, and its window runs out."""
    CANCEL = "cancel"
    EXPIRE = "expire"


ENDS: Final = {End.FINISH: 35, End.LEAVE: 15, End.CANCEL: 25, End.EXPIRE: 25}

ORDERS: Final = """
select o.id, o.user_id, o.status, o.price_micro, c.status as commission, c.amount_micro,
    c.rate_bp, c.referrer_id
from orders o left join commissions c on c.order_id = o.id
"""
# By the entries alone: what each order brought its referrer, pending and for good.
LEGS: Final = """
select t.reference, t.kind, a.user_id, a.kind as purse, e.amount_micro
from ledger_transfers t join ledger_entries e on e.transfer_id = t.id
join ledger_accounts a on a.id = e.account_id
where t.kind in ('commission_accrued', 'commission_released', 'commission_reversed',
                 'commission_clawed_back') and a.user_id is not null
"""
PURSES: Final = """
select a.user_id, a.kind, b.balance_micro from ledger_accounts a
join ledger_balances b on b.account_id = a.id where a.user_id is not null
"""
EXPENSE: Final = """
select coalesce(sum(amount_micro), 0)::bigint from ledger_entries where account_id = 4
"""


@dataclass
class Memory:
    """What was done and told.

    Attributes:
        clawed: Orders whose commission was taken back, as it was told.
        moved: Commission that was moved, by referrer.
        referrers: Of each buyer; None: nobody invited them.
        unjudged: Buyers whose invitation nobody has judged.
    """

    clawed: set[str] = field(default_factory=set)
    moved: Counter[str] = field(default_factory=Counter)
    referrers: dict[str, str | None] = field(default_factory=dict)
    unjudged: set[str] = field(default_factory=set)
    credited: Counter[str] = field(default_factory=Counter)
    figures: Counter[str] = field(default_factory=Counter)


def run_commissions(seed: int, *, orders: int = 10_000, cluster: Cluster | None = None) -> Result:
    """Play on real connections to a real database, the sandbox in process."""
    if cluster is not None:
        return asyncio.run(_on(cluster, seed, orders))
    with breakable_cluster() as (own, _):
        return asyncio.run(_on(own, seed, orders))


async def _on(cluster: Cluster, seed: int, orders: int) -> Result:
    address = await cluster.create()
    try:
        return await _run(seed, address, orders)
    finally:
        await cluster.drop(address)


async def _run(seed: int, address: str, orders: int) -> Result:
    limits = LimitSettings(cancels_per_hour=10**6, success_floor_percent=0, open_orders=10**6)
    supplier = SupplierSettings(min_cancel_s=0, requests_per_second=0)
    result, began, memory = Result("commissions"), time.monotonic(), Memory()
    async with open_shop(address, Settings(limits=limits, supplier=supplier)) as shop:
        lanes = [
            Lane(shop, random.Random(f"{seed}-{number}"), memory, orders // LANES)
            for number in range(LANES)
        ]
        calls = asyncio.create_task(_call_supplier(shop))
        await asyncio.gather(*(one.play() for one in lanes), _change_rates(shop, orders))
        calls.cancel()
        await asyncio.gather(calls, return_exceptions=True)
        while await shop.services.tasks.run():
            pass
        # What a process that died has left behind is found, and runs out.
        await shop.settle_all()
        await shop.execute("update orders set expires_at = now() - interval '1 hour' "
                           "where status in ('RESERVED', 'WAITING', 'RECEIVED')")  # fmt: skip
        await shop.services.expiry.run()
        await shop.settle_all()
        await _judge(shop, memory, result)
        books = await shop.verify()
    if not books.ok:
        result.broken.append(f"the books do not balance: {books.as_json()}")
    result.figures |= {
        "seed": seed,
        "orders": orders,
        **{name.replace(" ", "_"): number for name, number in sorted(memory.figures.items())},
        "seconds": time.monotonic() - began,
    }
    result.details["brokenInAll"] = len(result.broken)
    result.broken = result.broken[:SHOWN_MAX]
    return result


async def _call_supplier(shop: Shop) -> None:
    """Give numbers back that nobody needs any more, as a worker does."""
    while True:
        await shop.services.tasks.run()
        await asyncio.sleep(CALLS_EVERY_S)


async def _change_rates(shop: Shop, orders: int) -> None:
    """Another rate now and then: what was ordered before keeps its own."""
    for number, rate in enumerate(RATES, 1):
        await shop.services.referral_terms.set(rate, actor="command-line", note="chaos")
        while await shop.fetchval("select count(*) from orders") < orders * number // len(RATES):
            if number == len(RATES):
                return
            await asyncio.sleep(0.2)


@dataclass
class Lane:
    """One referrer and their friends, one order after the other."""

    shop: Shop
    chance: random.Random
    memory: Memory
    orders: int
    referrer: Customer = field(init=False)
    friends: list[Customer] = field(default_factory=list)

    async def play(self) -> None:
        """Every order of this lane."""
        await self._gather()
        for _ in range(self.orders):
            await self._story(self.chance.choice(self.friends))

    async def _gather(self) -> None:
        cents, memory = 10**7, self.memory
        self.referrer = await self.shop.customer(cents=0)
        invited = [
            await self.shop.customer(cents=cents, referrer=self.referrer, is_judged=bool(number))
            for number in range(FRIENDS)
        ]
        memory.unjudged.add(invited[0].id)
        alone = await self.shop.customer(cents=cents)
        memory.referrers |= dict.fromkeys((one.id for one in invited), self.referrer.id)
        memory.referrers[alone.id] = None
        self.friends = [*invited, alone]
        memory.credited.update({one.id: cents * 10_000 for one in self.friends})

    async def _story(self, friend: Customer) -> None:
        order = await self._place(friend)
        end = self.chance.choices(list(ENDS), list(ENDS.values()))[0]
        acts = [self._end(friend, order, end)]
        is_invited = self.memory.referrers[friend.id] is not None
        is_clawed = is_invited and self.chance.random() < 0.3
        is_afterwards = self.chance.random() < 0.5
        if is_clawed and not is_afterwards:
            acts += [self._claw_back(order) for _ in range(self.chance.choice((1, 1, 2)))]
        if self.chance.random() < 0.1:
            acts.append(self._move())
        self.chance.shuffle(acts)
        await asyncio.gather(*map(self._late, acts))
        if is_clawed and is_afterwards:
            await self._claw_back(order)

    async def _late(self, act: Awaitable[None]) -> None:
        await asyncio.sleep(self.chance.uniform(0, 0.01))
        await act

    async def _place(self, friend: Customer) -> OrderView:
        """An order with a number. What a process that died has bought is nobody's wish any more."""

        async def place(services: Services) -> OrderView:
            wish = OrderRequest(service="tg", country=7)
            return (await services.orders.place(friend.buyer, wish)).order

        return await self._by_mortals(place)

    async def _end(self, friend: Customer, order: OrderView, end: End) -> None:
        if end in {End.FINISH, End.LEAVE}:
            sms = IncomingSms("Your code is 12345", "12345", None)
            await self._by_mortals(lambda one: one.settlement.record_sms(order.id, [sms]))
        if end is End.FINISH:
            await self._refusable(lambda one: one.orders.finish(friend.id, order.id))
        elif end is End.CANCEL:
            await self._refusable(lambda one: one.orders.cancel(friend.id, order.id))
        else:
            await self.shop.age(order, 3_600)
            await self._by_mortals(lambda one: one.expiry.run())

    async def _claw_back(self, order: OrderView) -> None:
        async def take(services: Services) -> Any:
            return await services.commissions.claw_back(
                OrderId(order.id), actor="command-line", note="chaos"
            )

        if await self._refusable(take) is not None:
            self.memory.clawed.add(order.id)
            self.memory.figures["claw-backs"] += 1

    async def _move(self) -> None:
        found = await self.shop.services.commissions.purse(self.referrer.id)
        if found.available <= 0:
            return
        amount, key = MicroUsdt(self.chance.randrange(found.available) + 1), ids.new_id()
        owner = self.referrer.id
        try:
            await self._by_mortals(lambda one: one.commissions.move(owner, amount, key))
        except CommissionTooSmall:
            return
        self.memory.moved[owner] += amount
        self.memory.figures["moves"] += 1

    async def _refusable(self, act: Callable[[Services], Awaitable[T]]) -> T | None:
        """What came of an act; None when it is refused."""
        try:
            return await self._by_mortals(act)
        except AlreadyChanged:
            return await self._refusable(act)
        except NotFound:
            raise
        except DomainError:
            return None

    async def _by_mortals(self, act: Callable[[Services], Awaitable[T]]) -> T:
        """An act by a process that may die in it; then by one that does not."""
        if self.chance.random() < DEATHS:
            services, _ = dying_process(self.shop, self.chance.choice(BLOCKS))
            try:
                return await act(services)
            except Died:
                self.memory.figures["deaths"] += 1
        return await act(self.shop.services)


async def find_odd_commissions(database: Database) -> list[str]:
    """Orders that earned their referrer something else than they must, by what orders are now."""
    async with database.connection() as connection:
        orders = await connection.fetch(ORDERS)
        legs = await connection.fetch(LEGS)
    earned: Counter[str] = Counter()
    for leg in legs:
        earned[leg["reference"]] += leg["amount_micro"]
    odd = []
    for order in orders:
        is_refunded = order["status"] in {"CANCELLED", "FAILED"}
        due = 0 if is_refunded else order["amount_micro"] or 0
        if earned[order["id"]] != due:
            odd.append(f"order {dict(order)} earned {earned[order['id']]} instead of {due}")
    return odd


async def _judge(shop: Shop, memory: Memory, result: Result) -> None:
    """Say what everybody must have, by what was done, and compare."""
    async with shop.services.database.connection() as connection:
        orders = await connection.fetch(ORDERS)
        legs = await connection.fetch(LEGS)
        purses = {(row["user_id"], row["kind"]): row["balance_micro"]
                  for row in await connection.fetch(PURSES)}  # fmt: skip
        expense = await connection.fetchval(EXPENSE)
    pending: Counter[str] = Counter()
    earned: Counter[str] = Counter()
    spent: Counter[str] = Counter()
    by_order: Counter[tuple[str, str]] = Counter()
    for leg in legs:
        by_order[leg["reference"], leg["purse"]] += leg["amount_micro"]
    for order in orders:
        is_kept = order["status"] == "COMPLETED"
        spent[order["user_id"]] += order["price_micro"] if is_kept else 0
        due = _due(order, memory)
        memory.figures[f"{order['status']} {order['commission'] or 'none'}"] += 1
        told = (by_order[order["id"], "user:commission_pending"],
                by_order[order["id"], "user:commission"])  # fmt: skip
        if due is None or told != due:
            result.broken.append(f"order {dict(order)}: earned {told} instead of {due}")
            continue
        pending[order["referrer_id"]] += due[0]
        earned[order["referrer_id"]] += due[1]
    for user in {one for one in memory.referrers.values() if one is not None}:
        wanted = {
            "user:commission_pending": pending[user],
            "user:commission": earned[user] - memory.moved[user],
            "user:spending": memory.moved[user],
        }
        for kind, amount in wanted.items():
            if purses.get((user, kind), 0) != amount:
                told_purse = purses.get((user, kind), 0)
                result.broken.append(f"{user} has {told_purse} of {kind} instead of {amount}")
    for user in memory.referrers:
        left = memory.credited[user] - spent[user]
        if purses[user, "user:spending"] != left:
            result.broken.append(f"{user} has {purses[user, 'user:spending']} instead of {left}")
    wanted_expense = -(pending.total() + earned.total())
    if expense != wanted_expense:
        result.broken.append(f"invitations cost {expense} instead of {wanted_expense}")


def _due(order: Any, memory: Memory) -> tuple[int, int] | None:
    """What an order brings its referrer, pending and for good; None: it earned the wrong thing."""
    referrer = memory.referrers[order["user_id"]]
    if referrer is None:
        return (0, 0) if order["commission"] is None else None
    share = order["price_micro"] * (order["rate_bp"] or 0) // 10_000
    is_right = order["rate_bp"] in RATES and order["referrer_id"] == referrer
    if not is_right or order["amount_micro"] != share:
        return None
    if order["status"] != "COMPLETED" or order["id"] in memory.clawed:
        return (0, 0) if order["commission"] in {"REVERSED", "CLAWED_BACK"} else None
    if order["user_id"] in memory.unjudged:
        return (share, 0)
    return (0, share)
