"""People who earned commission and ask to be paid out, and people who decide about it."""

from dataclasses import fields
from typing import Any

import pytest

from jiema_app.domain import ids
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.ledger.accounts import HouseAccount, TransferKind, UserAccount
from jiema_app.domain.units import MicroUsdt, UserId
from jiema_app.domain.withdrawals.requests import MESSAGES, WithdrawalRefused, WithdrawalRequest
from jiema_app.domain.withdrawals.service import Withdrawals
from jiema_app.domain.withdrawals.terms import Rules, WithdrawalTermsBook
from tests.support.shop import Customer, Shop

STRANGER = "TJzXt1sZautjqXnpjQT4xSCBHNSYgBkDr3"
ANOTHER = "TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC"
USDT = 1_000_000
A_DAY = "interval '25 hours'"


def micro(usdt: float) -> MicroUsdt:
    """An amount of USDT, exact to the last unit."""
    return MicroUsdt(round(usdt * USDT))


async def earner(shop: Shop, usdt: float = 50) -> Customer:
    """Somebody who has earned commission."""
    customer = await shop.customer(cents=0)
    await earn(shop, customer, usdt)
    return customer


async def earn(shop: Shop, customer: Customer, usdt: float) -> None:
    """Have somebody earn some more."""
    async with shop.services.database.transaction() as connection:
        purses = await ledger.open_earning_accounts(connection, customer.id)
        await ledger.post(
            connection,
            TransferKind.SANDBOX_COMMISSION,
            ids.new_id(),
            source=HouseAccount.ADJUSTMENTS,
            target=purses[UserAccount.COMMISSION].account,
            amount=micro(usdt),
        )


async def owe(shop: Shop, customer: Customer) -> int:
    """Have commission taken back from somebody who has spent it.

    Returns:
        How much they owe, in micro-USDT, if they had none besides.
    """
    guest = await shop.customer(referrer=customer)
    order = await shop.place(guest)
    await shop.deliver(order)
    await shop.services.orders.finish(guest.id, order.id)
    share = MicroUsdt(order.price_micro // 10)
    await shop.services.commissions.move(customer.id, share, ids.new_id())
    await shop.services.commissions.claw_back(order.id, actor="command-line", note="a test")
    return share


def wish(usdt: float = 20, address: str = STRANGER, **how: Any) -> WithdrawalRequest:
    """A request, with a key of its own unless one is given."""
    key = how.pop("request_key", None) or ids.new_id()
    return WithdrawalRequest(address=address, amount=micro(usdt), request_key=key, **how)


async def purse(shop: Shop, customer: Customer) -> tuple[int, int]:
    """Commission that is available, and what is held; in micro-USDT."""
    found = await shop.services.commissions.purse(customer.id)
    return found.available, found.held


async def administrator(shop: Shop) -> UserId:
    """Somebody who may decide."""
    customer = await shop.customer(cents=0)
    await shop.execute("update users set role = 'admin' where id = $1", customer.id)
    return customer.id


async def change_terms(shop: Shop, **changes: Any) -> Rules:
    """Other terms from now on."""
    book = WithdrawalTermsBook(shop.services.database)
    now = (await book.current()).rules
    known = {one.name: getattr(now, one.name) for one in fields(Rules)}
    return (await book.set(Rules(**(known | changes)), actor="test", note="a test")).rules


async def let_a_day_pass(shop: Shop) -> None:
    """Have every withdrawal so far be a day older."""
    await shop.damage(
        f"update withdrawals set created_at = created_at - {A_DAY}, "
        f"ended_at = ended_at - {A_DAY}, usable_from = usable_from - {A_DAY}"
    )


async def refused(desk: Withdrawals, user: Customer, asked: WithdrawalRequest) -> WithdrawalRefused:
    """What is said to a request that is not taken."""
    with pytest.raises(WithdrawalRefused) as refusal:
        await desk.request(user.id, asked)
    words = MESSAGES[refusal.value.fault].removesuffix(".")
    assert refusal.value.message.startswith(words)
    assert refusal.value.message.endswith(".")
    return refusal.value


async def count(shop: Shop) -> int:
    """How many withdrawals were ever asked for."""
    found: int = await shop.fetchval("select count(*) from withdrawals")
    return found
