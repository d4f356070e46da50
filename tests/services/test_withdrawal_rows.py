"""What the database refuses to write of withdrawals, whatever program asks it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from jiema_app.domain.withdrawals.views import WithdrawalView
from tests.support.house import House, open_house
from tests.support.shop import Shop
from tests.support.withdrawing import earner, wish

COMMAND_LINE = "command-line"
DECIDE = "insert into withdrawal_decisions (withdrawal_id, action, actor, is_final)"


@pytest.fixture
async def house(shop: Shop, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(shop, tmp_path) as opened:
        yield opened
        await opened.mine()
        await opened.compare()


async def asked(house: House, usdt: float = 20) -> WithdrawalView:
    """A withdrawal of somebody who has as much and no more."""
    customer = await earner(house.shop, usdt)
    return await house.payouts.withdrawals.request(customer.id, wish(usdt))


@pytest.mark.parametrize(
    "statement",
    [
        "update withdrawal_decisions set actor = 'x'",
        "update withdrawal_decisions set is_final = true",
        "update withdrawal_decisions set checks = '[]'",
        "update withdrawal_decisions set note = null",
        "delete from withdrawal_decisions",
        "update withdrawal_terms set alone_max_micro = 1",
        "delete from withdrawal_terms",
        "update payouts set to_address = from_address",
        "update payouts set amount = amount + 1",
        "delete from payouts",
    ],
)
async def test_what_was_decided_stays_as_it_was_written(house: House, statement: str) -> None:
    one = await asked(house)
    await house.payouts.reviews.approve(one.id, actor=COMMAND_LINE)
    with pytest.raises(asyncpg.RestrictViolationError):
        await house.shop.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "update withdrawals set status = 'PAID'",
        "update withdrawals set status = 'REJECTED', ended_at = now(), note = null",
        "update withdrawals set ended_at = now()",
        f"{DECIDE} select id, 'guess', 'x', true from withdrawals",
        f"{DECIDE} select id, 'paid', 'x', true from withdrawals",
        f"{DECIDE} values ('c', 'approve', 'x', true)",
    ],
)
async def test_no_program_writes_what_makes_no_sense(house: House, statement: str) -> None:
    await asked(house)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await house.shop.execute(statement)


async def test_a_second_payout_for_one_withdrawal_is_refused_by_the_database(house: House) -> None:
    one = await asked(house)
    await house.payouts.reviews.approve(one.id, actor=COMMAND_LINE)
    copy: Any = (
        "insert into payouts (id, kind, subject_id, asset, from_address, to_address, amount, "
        "created_by) select 'c' || repeat('1', 24), kind, subject_id, asset, from_address, "
        "to_address, amount, created_by from payouts"
    )
    with pytest.raises(asyncpg.UniqueViolationError):
        await house.shop.execute(copy)
