"""``verify`` and the job find every kind of damage to commission and to what is paid out.

The damage is done behind the back of every rule, in copies of one past that holds commission and
withdrawals in every status.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from jiema_app.domain import ids
from jiema_app.domain.ledger.proof import Effort, RunningProof
from jiema_app.domain.ledger.verification import Verification, verify
from jiema_app.domain.transaction import PooledDatabase
from jiema_app.domain.units import MicroUsdt, UserId
from jiema_app.domain.withdrawals import queries
from jiema_app.domain.withdrawals.paid_otherwise import PaidStatement
from jiema_app.domain.withdrawals.statuses import ShownStatus
from jiema_app.domain.withdrawals.views import WithdrawalView, withdrawal_view
from jiema_app.integrations.postgres.pool import open_pool
from jiema_app.settings import Settings
from tests.services.earning_damage import COMMISSION, PAYOUTS, WITHDRAWALS
from tests.support.cluster import Cluster
from tests.support.house import House, open_house
from tests.support.shop import Customer, Shop, open_shop
from tests.support.withdrawing import STRANGER, earner, wish

COMMAND_LINE: Final = "command-line"
ONLY_NEW: Final = {"tail": 0, "slice": 0}
NOTE: Final = "a test"


async def earn_in_every_way(shop: Shop) -> None:
    """Commission in every status, and some that was moved."""
    ann = await shop.customer(cents=0)
    bob = await shop.customer(cents=10_000, referrer=ann)
    commissions, orders = shop.services.commissions, shop.services.orders

    async def complete(buyer: Customer) -> str:
        order = await shop.place(buyer)
        await shop.deliver(order)
        await orders.finish(buyer.id, order.id)
        return order.id

    await complete(bob)
    await commissions.claw_back(
        (await orders.get(bob.id, await complete(bob))).id, actor=COMMAND_LINE, note=NOTE
    )
    await complete(await shop.customer(referrer=ann, is_judged=False))
    await orders.cancel(bob.id, (await shop.place(bob)).id)
    await shop.place(bob)
    await commissions.move(ann.id, MicroUsdt(1_000), ids.new_id())
    found = await shop.fetchval("select array_agg(distinct status) from commissions")
    assert set(found) == {"PENDING", "HELD", "RELEASED", "REVERSED", "CLAWED_BACK"}


async def asked(house: House) -> WithdrawalView:
    customer = await earner(house.shop, 20)
    return await house.payouts.withdrawals.request(customer.id, wish(20))


async def approved(house: House) -> WithdrawalView:
    one = await asked(house)
    await house.compare()
    await house.payouts.reviews.approve(one.id, actor=COMMAND_LINE)
    return one


async def fail_one(house: House) -> WithdrawalView:
    one = await approved(house)
    await house.peer.fault("broadcasttransaction", "revert", count=1)
    await house.signer.turn()
    await house.finish()
    return one


async def withdraw_in_every_way(house: House) -> None:
    """Withdrawals in every status, two that were paid, and one that was paid otherwise."""
    reviews, withdrawals = house.payouts.reviews, house.payouts.withdrawals
    await approved(house)
    await house.peer.fault("broadcasttransaction", "never_mined", count=1)
    await house.signer.turn()
    await house.expire()
    await house.turns()
    await approved(house)
    await house.signer.turn()
    await house.finish()
    await fail_one(house)
    otherwise = await fail_one(house)
    txid = await house.peer.pay("18", STRANGER)
    await house.mine()
    stated = PaidStatement(withdrawal_id=otherwise.id, txid=txid, note=NOTE, actor=COMMAND_LINE)
    await house.payouts.paid_otherwise.state(house.chain.source, stated)
    banned = await approved(house)
    await house.shop.services.identity.ban(UserId(banned.user_id), actor="test", reason=NOTE)
    await house.signer.turn()
    await reviews.reject((await fail_one(house)).id, actor=COMMAND_LINE, note=NOTE)
    cancelled = await asked(house)
    await withdrawals.cancel(UserId(cancelled.user_id), cancelled.id)
    await approved(house)
    await house.signer.turn()
    await approved(house)
    await asked(house)


_pasts: list[str] = []
"""Names of the databases that the others are copied from; one for each process."""


@pytest.fixture(scope="module")
def pasts(cluster: Cluster) -> Iterator[list[str]]:
    yield _pasts
    for address in _pasts:
        asyncio.run(cluster.drop(address))
    _pasts.clear()


@dataclass(frozen=True)
class Past:
    """A copy of that past, whose books may be wrong at the end."""

    database: PooledDatabase

    async def damage(self, statement: str, *arguments: Any) -> None:
        """Change rows with every trigger and foreign key off."""
        async with self.database.transaction() as connection:
            await connection.execute("set local session_replication_role = replica")
            done = await connection.execute(statement, *arguments)
            assert done not in {"UPDATE 0", "DELETE 0", "INSERT 0 0", "SELECT 0"}

    async def verify(self) -> Verification:
        return await verify(self.database)

    async def prove(self, **effort: int) -> Verification:
        """One run of the job that proves the books."""
        return await RunningProof(self.database, Effort(**effort)).run()


@pytest.fixture
async def past(
    cluster: Cluster, pasts: list[str], settings: Settings, tmp_path: Path
) -> AsyncIterator[Past]:
    if not pasts:
        address = await cluster.create()
        async with (
            open_shop(address, settings) as shop,
            open_house(shop, tmp_path, attempts_max=1) as house,
        ):
            await earn_in_every_way(shop)
            await withdraw_in_every_way(house)
            assert (await shop.verify()).ok
        pasts.append(address)
    name = urlsplit(pasts[0]).path.lstrip("/")
    address = await Cluster(cluster.address, name).create()
    pool = await open_pool(address, name="test", size=2, statement_timeout_s=20)
    try:
        yield Past(PooledDatabase(pool))
    finally:
        await pool.close()
        await cluster.drop(address)


async def test_sound_books_are_found_sound_whatever_the_statuses(past: Past) -> None:
    async with past.database.connection() as connection:
        rows = [
            await connection.fetchrow(queries.GET, row["id"])
            for row in await connection.fetch("select id from withdrawals")
        ]
    shown = {withdrawal_view(row).status for row in rows}
    assert shown == set(ShownStatus) - {ShownStatus.SIGNED}
    for found in (await past.verify(), await past.prove(), await past.prove(**ONLY_NEW)):
        assert found.ok, found


@pytest.mark.parametrize("statement", COMMISSION)
async def test_damage_to_commission_is_found(past: Past, statement: str) -> None:
    await past.damage(statement)
    for found in (await past.verify(), await past.prove()):
        assert found.commission_mismatch, found


@pytest.mark.parametrize("statement", WITHDRAWALS)
async def test_damage_to_withdrawals_is_found(past: Past, statement: str) -> None:
    await past.damage(statement)
    for found in (await past.verify(), await past.prove()):
        assert found.withdrawal_mismatch, found


@pytest.mark.parametrize("statement", PAYOUTS)
async def test_damage_to_payouts_is_found(past: Past, statement: str) -> None:
    await past.damage(statement)
    for found in (await past.verify(), await past.prove()):
        assert found.withdrawal_mismatch, found


@pytest.mark.parametrize(
    "statement",
    [
        "update referrals set earned_micro = earned_micro + 1 where order_count > 0",
        "update referrals set order_count = order_count + 1",
        "update referral_days set earned_micro = earned_micro + 1",
        "update referral_days set orders = orders + 1",
        "delete from referral_days",
        "delete from referrals",
        "update referrals set referrer_id = user_id || 'x'",
        "update users set referrer_id = null where referrer_id is not null",
    ],
)
async def test_figures_that_are_not_the_sum_of_commission_are_found(
    past: Past, statement: str
) -> None:
    """By the whole proof: no money moves by them, and a run would read every invitation."""
    await past.damage(statement)
    assert (await past.verify()).commission_mismatch


@pytest.mark.parametrize(
    ("statement", "counter"),
    [
        (
            "update commissions set rate_bp = rate_bp * 2 where status = 'RELEASED'",
            "commission_mismatch",
        ),
        ("update commission_moves set amount_micro = 7", "commission_mismatch"),
        ("delete from commission_moves", "commission_mismatch"),
        (
            "update withdrawal_decisions set withdrawal_id = 'x' where action = 'paid'",
            "withdrawal_mismatch",
        ),
        ("update payout_attempts set amount = 7 where outcome = 'SETTLED'", "withdrawal_mismatch"),
        ("update payouts set status = 'SETTLED' where status = 'CANCELLED'", "withdrawal_mismatch"),
    ],
)
async def test_damage_to_what_ended_long_ago_is_found_in_its_turn(
    past: Past, statement: str, counter: str
) -> None:
    for _ in range(3):
        assert (await past.prove(**ONLY_NEW)).ok
    await past.damage("update ledger_proofs set proved_at = now() + interval '1 hour'")
    await past.damage(statement)
    found = await past.prove(**ONLY_NEW)
    assert found.ok, "it is old"
    runs = [getattr(await past.prove(tail=0, slice=40), counter) for _ in range(40)]
    assert any(runs)


@pytest.mark.parametrize("statement", ["order_received", "withdrawal_settled", "commission_moved"])
async def test_a_damage_is_told_by_the_name_of_what_it_is_about(past: Past, statement: str) -> None:
    about: dict[str, Any] = {
        "order_received": "settlement_mismatch",
        "withdrawal_settled": "withdrawal_mismatch",
        "commission_moved": "commission_mismatch",
    }
    await past.damage(
        "update ledger_transfers set reference = 'x' "
        "where id = (select max(id) from ledger_transfers where kind = $1)",
        statement,
    )
    found = await past.verify()
    wrong = {name for name in about.values() if getattr(found, name)}
    assert wrong == {about[statement]}
