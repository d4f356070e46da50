"""A buyer cancels in the moment in which the code arrives: one of the two happens, wholly."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final

from jiema_app.domain.errors import AlreadyChanged, CodeReceived, NotOpen
from jiema_app.domain.orders.supplier import IncomingSms
from jiema_app.domain.orders.sync import look_at
from jiema_app.domain.orders.views import OrderView
from jiema_app.settings import LimitSettings, Settings, SupplierSettings
from tests.chaos.result import Result
from tests.chaos.stack import breakable_cluster
from tests.support.shop import SUPPLIER, Customer, Shop, open_shop

LANES: Final = 6
"""Races under way at once, each of another buyer."""

CANCEL_LATE_S: Final = 0.004
REPORT_LATE_S: Final = 0.012
"""Either side is held back by up to this long, so that both win often."""

FACTS: Final = """
select o.status, o.sms_count, o.price_micro,
    array(select t.kind from ledger_transfers t where t.reference = o.id order by t.kind) as kinds,
    array(select k.kind from supplier_tasks k where k.order_id = o.id) as calls
from orders o where o.id = $1
"""

REFUNDED: Final = ("CANCELLED", 0, ["order_placed", "order_refunded"], ["cancel"])
CHARGED: Final[tuple[str, int, list[str], list[str]]] = (
    "RECEIVED",
    1,
    ["order_placed", "order_received"],
    [],
)


def run_races(seed: int, *, rounds: int = 10_000) -> Result:
    """Race on real connections to a real database, the sandbox in process."""
    with breakable_cluster() as (cluster, _):
        return asyncio.run(_run(seed, asyncio.run(cluster.create()), rounds))


async def _run(seed: int, address: str, rounds: int) -> Result:
    limits = LimitSettings(cancels_per_hour=10**6, success_floor_percent=0, open_orders=10**6)
    supplier = SupplierSettings(min_cancel_s=0, requests_per_second=0)
    outcomes: Counter[str] = Counter()
    result, began = Result("cancel races"), time.monotonic()
    async with open_shop(address, Settings(limits=limits, supplier=supplier)) as shop:
        lanes = [_lane(shop, random.Random(f"{seed}-{lane}"), outcomes, result.broken, each)
                 for lane, each in enumerate(_shares(rounds))]  # fmt: skip
        await asyncio.gather(*lanes)
        while await shop.services.tasks.run():
            pass
        closed_s = time.monotonic() - began
        books = await shop.verify()
        held = (await shop.supplier.state(limit="0"))["activeCount"]
    result.figures |= {"rounds": rounds, **dict(sorted(outcomes.items())), "seconds": closed_s}
    if not books.ok:
        result.broken.append(f"the books do not balance: {books.as_json()}")
    if held != outcomes["charged"]:
        result.broken.append(f"{held} rentals at the supplier, {outcomes['charged']} are needed")
    if min(outcomes["charged"], outcomes["refunded"]) < rounds / 20:
        result.broken.append(f"one side nearly always won, which is no race: {dict(outcomes)}")
    return result


def _shares(rounds: int) -> list[int]:
    return [rounds // LANES + (lane < rounds % LANES) for lane in range(LANES)]


async def _lane(
    shop: Shop, chance: random.Random, outcomes: Counter[str], broken: list[str], rounds: int
) -> None:
    buyer = await shop.customer(cents=10**7)
    for _ in range(rounds):
        outcome = await _race(shop, buyer, chance, outcomes)
        outcomes[outcome] += 1
        if outcome not in {"charged", "refunded"} and len(broken) < 20:
            broken.append(outcome)


async def _race(shop: Shop, buyer: Customer, chance: random.Random, outcomes: Counter[str]) -> str:
    """One race; what came of it, or what is wrong with it."""
    order = await shop.place(buyer)
    before = await shop.balance(buyer)
    code = str(chance.randrange(10_000, 100_000))
    assert order.phone is not None
    (await shop.supplier.sms(order.phone, f"Your code is {code}")).raise_for_status()
    reports = chance.sample(_ways(shop, order, code), chance.choice((1, 1, 2)))
    told, *_ = await asyncio.gather(
        _late(chance.uniform(0, CANCEL_LATE_S), lambda: _cancel(shop, buyer, order)),
        *(_late(chance.uniform(0, REPORT_LATE_S), report) for report in reports),
    )
    async with shop.services.database.connection() as connection:
        row: Any = await connection.fetchrow(FACTS, order.id)
    facts = (row["status"], row["sms_count"], row["kinds"], row["calls"])
    gained = await shop.balance(buyer) - before
    outcomes[f"cancel: {told}"] += 1
    if facts == REFUNDED and told == "done" and gained == order.price_micro:
        return "refunded"
    if facts == CHARGED and told != "done" and gained == 0:
        return "charged"
    return f"order {order.id}: cancel {told}, {facts}, balance {gained:+}"


def _ways(shop: Shop, order: OrderView, code: str) -> list[Callable[[], Awaitable[object]]]:
    """How a code reaches us: confirmed after a webhook call, or read off the active list."""
    services = shop.services
    activation = order.activation_id
    assert activation is not None
    listed = IncomingSms(f"Your code is {code}", code, None)
    return [
        lambda: look_at(services.settlement, services.suppliers[SUPPLIER], order.id, activation),
        lambda: services.settlement.record_sms(order.id, [listed]),
    ]


async def _late(seconds: float, act: Callable[[], Awaitable[Any]]) -> Any:
    await asyncio.sleep(seconds)
    return await act()


async def _cancel(shop: Shop, buyer: Customer, order: OrderView) -> str:
    try:
        await shop.services.orders.cancel(buyer.id, order.id)
    except (CodeReceived, NotOpen, AlreadyChanged) as refusal:
        return refusal.code
    return "done"
