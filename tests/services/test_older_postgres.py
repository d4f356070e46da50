"""The product on an older PostgreSQL than the embedded one: what it needs is not new."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from jiema_app.domain.errors import AlreadyChanged, CodeReceived
from jiema_app.domain.orders.statuses import OrderStatus
from jiema_app.settings import Settings
from tests.support.cluster import TEST_DATA_DIR, Cluster, cluster_at
from tests.support.older_server import older_server
from tests.support.shop import Shop, open_shop

OLDER_THAN = 180000

pytestmark = pytest.mark.xdist_group("older-postgres")


@pytest.fixture(scope="module")
def older_cluster() -> Iterator[Cluster]:
    data_dir = TEST_DATA_DIR / f"older-{os.getpid()}"
    with older_server(data_dir) as address:
        yield cluster_at(address, data_dir)


@pytest.fixture
async def older_shop(older_cluster: Cluster, settings: Settings) -> AsyncIterator[Shop]:
    address = await older_cluster.create()
    async with open_shop(address, settings) as shop:
        yield shop
        found = await shop.verify()
        assert found.ok, found
    await older_cluster.drop(address)


async def test_it_is_an_older_one(older_shop: Shop) -> None:
    assert int(await older_shop.fetchval("show server_version_num")) < OLDER_THAN


async def test_a_code_is_paid_for_and_a_cancelled_order_is_not(older_shop: Shop) -> None:
    ann = await older_shop.customer(cents=500)
    paid = await older_shop.place(ann)
    returned = await older_shop.place(ann, "whatsapp", 0)
    await older_shop.deliver(paid, "Telegram code 54321")
    await older_shop.services.orders.cancel(ann.id, returned.id)

    received = await older_shop.read(ann, paid)
    assert (received.status, received.sms[0].code) == (OrderStatus.RECEIVED, "54321")
    assert await older_shop.balance(ann) == 5_000_000 - paid.price_micro


async def test_a_code_and_a_cancel_at_one_moment_have_one_outcome(older_shop: Shop) -> None:
    ann = await older_shop.customer(cents=5_000)
    for _ in range(10):
        order = await older_shop.place(ann)
        assert order.phone is not None
        await older_shop.supplier.sms(order.phone, "Your code is 11223")
        _, cancelled = await asyncio.gather(
            older_shop.beat(),
            older_shop.services.orders.cancel(ann.id, order.id),
            return_exceptions=True,
        )
        ended = await older_shop.read(ann, order)
        if ended.status is OrderStatus.CANCELLED:
            assert not ended.sms
        else:
            assert isinstance(cancelled, AlreadyChanged | CodeReceived)


async def test_the_journal_cannot_be_changed(older_shop: Shop) -> None:
    await older_shop.customer(cents=100)
    for statement in (
        "update ledger_entries set amount_micro = 1",
        "delete from ledger_transfers",
        "truncate ledger_entries",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await older_shop.execute(statement)
    with pytest.raises(asyncpg.CheckViolationError):
        await older_shop.execute(
            "with t as (insert into ledger_transfers (kind, reference) values ('x', 'y') "
            "returning id) insert into ledger_entries (transfer_id, account_id, amount_micro) "
            "select id, 1, 5 from t"
        )
