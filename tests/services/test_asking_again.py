"""Asking to be paid out where there is a node, by somebody who was paid before."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jiema_app.domain.errors import NotOpen
from jiema_app.domain.payouts.destinations import DestinationFault
from jiema_app.domain.withdrawals.requests import WithdrawalRefused
from jiema_app.domain.withdrawals.statuses import WithdrawalFault
from jiema_app.domain.withdrawals.views import WithdrawalView
from sandbox.tron.addresses import base58_address
from sandbox.tron.contracts import TOKENS
from tests.services.payout_nodes import fresh_address
from tests.support.house import House, open_house
from tests.support.shop import Customer, Shop
from tests.support.withdrawing import (
    ANOTHER,
    STRANGER,
    USDT,
    change_terms,
    let_a_day_pass,
    micro,
    purse,
    wish,
)


@pytest.fixture
async def house(shop: Shop, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(shop, tmp_path) as opened:
        yield opened
        await opened.mine()
        await opened.compare()


async def ask(
    house: House, customer: Customer, usdt: float, address: str = STRANGER, **how: Any
) -> WithdrawalView:
    return await house.payouts.withdrawals.request(customer.id, wish(usdt, address, **how))


async def paid(
    house: House, customer: Customer, usdt: float, address: str = STRANGER
) -> WithdrawalView:
    """A withdrawal that was asked for, approved and paid."""
    asked = await ask(house, customer, usdt, address)
    await house.approve(asked)
    await house.signer.turn()
    await house.mine()
    await house.signer.turn()
    done = await house.show(asked.id)
    assert done.status == "SETTLED", done
    return done


async def refused(
    house: House, customer: Customer, usdt: float, address: str = STRANGER
) -> WithdrawalRefused:
    with pytest.raises(WithdrawalRefused) as refusal:
        await ask(house, customer, usdt, address)
    return refusal.value


async def test_a_contract_is_not_paid_and_a_new_address_may_be(house: House) -> None:
    ann = await house.earner()
    assert (
        await refused(house, ann, 5, base58_address(TOKENS["fake"].address))
    ).fault is DestinationFault.CONTRACT
    asked = await ask(house, ann, 5, fresh_address())
    assert asked.status == "REQUESTED"


async def test_a_node_that_is_away_keeps_nobody_from_asking(house: House) -> None:
    """Nothing is paid before it was asked."""
    ann = await house.earner()
    await house.peer.fault("*", "http503")
    assert (await ask(house, ann, 5)).status == "REQUESTED"
    await house.peer.mend("*", "http503")


async def test_as_many_are_taken_in_a_day_as_the_terms_say(house: House) -> None:
    ann = await house.earner()
    await change_terms(house.shop, per_day_count=2)
    await paid(house, ann, 5)
    await paid(house, ann, 5)
    assert (await refused(house, ann, 5)).fault is WithdrawalFault.DAY_COUNT
    await let_a_day_pass(house.shop)
    assert (await ask(house, ann, 5)).status == "REQUESTED"


async def test_as_much_is_taken_in_a_day_as_the_terms_say(house: House) -> None:
    ann = await house.earner()
    await change_terms(house.shop, per_day_micro=micro(30))
    await paid(house, ann, 20)
    said = await refused(house, ann, 10.000001)
    assert (said.fault, said.amount) == (WithdrawalFault.DAY_SUM, 30 * USDT)
    assert (await ask(house, ann, 10)).status == "REQUESTED"


async def test_an_address_that_was_paid_before_waits_no_more(house: House) -> None:
    ann = await house.earner()
    await paid(house, ann, 5)
    changed = await ask(house, ann, 5, ANOTHER)
    assert changed.usable_from == changed.created_at + timedelta(days=1)
    await house.compare()
    with pytest.raises(NotOpen, match="new for this user"):
        await house.payouts.reviews.approve(changed.id, actor=await house.admin())
    assert "new for this user" in str((await house.payouts.reviews.show(changed.id)).objection)
    await let_a_day_pass(house.shop)
    await house.approve(changed)
    await house.signer.turn()
    await house.mine()
    await house.signer.turn()
    assert (await ask(house, ann, 5, ANOTHER)).usable_from is None


async def test_what_was_approved_is_not_taken_back(house: House) -> None:
    ann = await house.earner()
    asked = await house.approve(await ask(house, ann, 20))
    cancel = house.payouts.withdrawals.cancel
    with pytest.raises(NotOpen, match="is APPROVED and can't be cancelled"):
        await cancel(ann.id, asked.id)
    await house.signer.turn()
    with pytest.raises(NotOpen, match="is BROADCAST"):
        await cancel(ann.id, asked.id)
    await house.mine()
    await house.signer.turn()
    with pytest.raises(NotOpen, match="is SETTLED"):
        await cancel(ann.id, asked.id)
    assert await purse(house.shop, ann) == (30 * USDT, 0)


async def test_what_came_from_the_balance_for_orders_is_paid_and_given_back_there(
    house: House,
) -> None:
    await change_terms(house.shop, takes_spending=True)
    bob = await house.shop.customer(cents=5_000)
    asked = await ask(house, bob, 20, source="spending")
    await house.payouts.reviews.reject(asked.id, actor=await house.admin(), note="not today")
    assert await house.shop.balance(bob) == 50 * USDT
    again = await house.approve(await ask(house, bob, 20, source="spending"))
    await house.signer.turn()
    await house.mine()
    await house.signer.turn()
    assert (await house.show(again.id)).status == "SETTLED"
    assert (await house.shop.balance(bob), await purse(house.shop, bob)) == (30 * USDT, (0, 0))
