"""Purchases whose answer was lost: the money comes back or the number does, never neither."""

import asyncio

import pytest
from structlog.testing import capture_logs

from jiema_app.domain.errors import DomainError, NoNumbers, UpstreamError
from jiema_app.domain.orders.statuses import OrderStatus
from jiema_app.domain.orders.supplier import ActiveActivation, SupplierError
from jiema_app.domain.units import CountryId, ServiceCode
from jiema_app.settings import OrderSettings, Settings, SupplierSettings
from tests.support.shop import SUPPLIER, Customer, Shop

UNKNOWN = "timeout_after_commit"
REFUNDED = ("FAILED", "UPSTREAM_UNKNOWN")


@pytest.fixture
def settings() -> Settings:
    return Settings(
        supplier=SupplierSettings(purchase_timeout_s=5, read_timeout_s=5, breaker_failures=100),
        orders=OrderSettings(unknown_give_up_s=600),
    )


async def lose_a_purchase(shop: Shop, customer: Customer, key: str | None = None) -> str:
    """Place an order whose purchase succeeds unheard; returns its id."""
    await shop.supplier.fault("getNumberV2", UNKNOWN, count=1)
    with pytest.raises(UpstreamError):
        await shop.place(customer, idempotency_key=key)
    order: str = await shop.fetchval("select max(id) from orders where user_id = $1", customer.id)
    return order


async def buy_behind_our_back(shop: Shop, service: str = "tg", country: int = 7) -> str:
    """A rental on our account that no order of ours made."""
    key = shop.settings.supplier.api_key.get_secret_value()
    query = f"api_key={key}&action=getNumberV2&service={service}&country={country}"
    answer = (await shop.supplier.http.get(f"/stubs/handler_api.php?{query}")).json()
    return str(answer["activationId"])


@pytest.mark.parametrize(
    ("kind", "expected", "is_settled"),
    [
        ("timeout_after_commit", UpstreamError, False),
        ("garbage", UpstreamError, False),
        ("truncated", UpstreamError, False),
        ("drop_before", UpstreamError, False),
        ("hang", UpstreamError, False),
        ("http500", UpstreamError, None),
        ("http429", UpstreamError, True),
        ("edge_403", UpstreamError, None),
        ("no_numbers", NoNumbers, True),
        ("wrong_max_price", NoNumbers, True),
        ("banned", UpstreamError, True),
        ("channels_limit", UpstreamError, True),
        ("no_balance", UpstreamError, True),
    ],
)
async def test_every_fault_of_a_purchase_ends_with_the_money_back_and_no_rental_left(
    shop: Shop,
    kind: str,
    expected: type[DomainError],
    is_settled: bool | None,  # noqa: FBT001 - a parameter of the table
) -> None:
    ann = await shop.customer()
    await shop.supplier.fault("getNumberV2", kind, count=1)
    with pytest.raises(expected):
        await shop.place(ann)
    if is_settled is not None:
        assert (await shop.balance(ann) == 50_000_000) is is_settled
    await shop.settle_all()
    assert await shop.balance(ann) == 50_000_000
    assert await shop.rentals() == []
    assert [status for status, _ in await shop.statuses()] == ["FAILED"]


@pytest.mark.parametrize("kind", ["timeout_after_commit", "garbage", "truncated", "drop_before"])
async def test_while_the_outcome_is_unknown_the_price_stays_held(shop: Shop, kind: str) -> None:
    ann = await shop.customer()
    await shop.supplier.fault("getNumberV2", kind, count=1)
    with pytest.raises(UpstreamError):
        await shop.place(ann)
    await shop.beat()
    assert await shop.statuses() == [("RESERVED", None)]
    assert await shop.balance(ann) < 50_000_000


async def test_a_purchase_that_never_happened_is_refunded_by_the_next_complete_list(
    shop: Shop,
) -> None:
    ann = await shop.customer()
    await shop.supplier.fault("getNumberV2", "drop_before", count=1)
    with pytest.raises(UpstreamError):
        await shop.place(ann)
    await shop.pass_time(30)
    await shop.beat()
    assert await shop.statuses() == [REFUNDED]
    assert await shop.balance(ann) == 50_000_000


async def test_with_an_idempotency_key_the_rental_is_adopted(shop: Shop) -> None:
    ann = await shop.customer()
    lost = await lose_a_purchase(shop, ann, key="again")
    await shop.pass_time(30)
    await shop.beat()
    await shop.pass_time(30)
    await shop.beat()
    found = await shop.services.orders.get(ann.id, lost, refresh=False)
    assert found.status is OrderStatus.WAITING
    assert [row["phone"] for row in await shop.rentals()] == [str(found.phone).lstrip("+")]
    await shop.deliver(found)
    assert (await shop.read(ann, found)).status is OrderStatus.RECEIVED


async def test_an_order_too_old_to_be_of_use_is_refunded_not_adopted(shop: Shop) -> None:
    ann = await shop.customer()
    await lose_a_purchase(shop, ann, key="again")
    await shop.pass_time(30)
    await shop.beat()
    await shop.pass_time(400)
    await shop.beat()
    assert await shop.statuses() == [REFUNDED]
    await shop.settle_all()
    assert await shop.rentals() == []


async def test_a_rental_that_turns_up_after_the_refund_is_cancelled(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.supplier.fault("getNumberV2", "drop_before", count=1)
    with pytest.raises(UpstreamError):
        await shop.place(ann)
    late = await buy_behind_our_back(shop)
    await shop.execute("update orders set created_at = created_at - interval '30 s'")
    order = await shop.fetchval("select id from orders")
    await shop.services.reconciliations[SUPPLIER].settle([], await shop.fetchval("select now()"))
    assert await shop.statuses() == [REFUNDED]
    await shop.beat()
    await shop.settle_all()
    assert await shop.rentals() == []
    assert await shop.balance(ann) == 50_000_000
    task = await shop.fetchval("select order_id from supplier_tasks where activation_id = $1", late)
    assert task == order


async def test_two_unknown_orders_and_one_rental_leave_one_order_and_one_refund(
    shop: Shop,
) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    await lose_a_purchase(shop, ann, key="a")
    await shop.supplier.fault("getNumberV2", "drop_before", count=1)
    with pytest.raises(UpstreamError):
        await shop.place(bob, idempotency_key="b")
    for _ in range(2):
        await shop.pass_time(30)
        await shop.beat()
    await shop.beat()
    assert sorted(await shop.statuses()) == [REFUNDED, ("WAITING", None)]
    assert await shop.balance(ann) + await shop.balance(bob) < 100_000_000
    assert len(await shop.rentals()) == 1


async def test_two_unknown_orders_get_a_rental_each(shop: Shop) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    await lose_a_purchase(shop, ann, key="a")
    await lose_a_purchase(shop, bob, key="b")
    for _ in range(2):
        await shop.pass_time(30)
        await shop.beat()
    assert await shop.statuses() == [("WAITING", None)] * 2
    assert len({row["phone"] for row in await shop.rentals()}) == 2


async def test_an_unknown_order_does_not_take_a_rental_of_another_pair(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.supplier.fault("getNumberV2", "drop_before", count=1)
    with pytest.raises(UpstreamError):
        await shop.place(ann, idempotency_key="a")
    await buy_behind_our_back(shop, "wa", 6)
    await shop.settle_all()
    assert await shop.statuses() == [REFUNDED]
    assert len(await shop.rentals()) == 1


async def test_a_rental_of_nobody_s_is_left_alone(shop: Shop) -> None:
    """Somebody may use the account by hand; what is theirs is not ours to cancel."""
    await buy_behind_our_back(shop)
    await shop.settle_all()
    assert len(await shop.rentals()) == 1


async def test_thousands_of_rentals_of_somebody_else_are_told_of_once(shop: Shop) -> None:
    """Another program may use the account. Each list shows all of its rentals again."""
    rentals = [
        ActiveActivation(
            f"s{number}", ServiceCode("tg"), CountryId(7), f"+6011{number:07d}", None, None
        )
        for number in range(2000)
    ]
    reconciliation = shop.services.reconciliations[SUPPLIER]
    now = await shop.fetchval("select now()")
    await reconciliation.settle(rentals, now)
    await shop.execute("update unclaimed_activations set first_seen_at = now() - interval '1 hour'")
    with capture_logs() as said:
        for _ in range(3):
            await reconciliation.settle(rentals, now)
    assert [(line["event"], line["number"]) for line in said] == [
        ("rentals without an order", 2000)
    ]


async def test_the_rental_of_a_purchase_under_way_is_not_given_to_another_order(
    shop: Shop,
) -> None:
    """Bob's number is on the list before its answer has reached us; Ann's order waits."""
    ann, bob = await shop.customer(), await shop.customer()
    await shop.supplier.fault("getNumberV2", "drop_before", count=1)
    with pytest.raises(UpstreamError):
        await shop.place(ann, idempotency_key="a")
    await shop.pass_time(15)
    await shop.supplier.behave(latencyMs=300)
    buying = asyncio.create_task(shop.place(bob))
    await shop.wait_until("select count(*) = 2 from orders where status = 'RESERVED'")
    await shop.supplier.behave(latencyMs=0)
    await shop.beat()
    await shop.beat()
    bobs = await buying
    assert bobs.status is OrderStatus.WAITING
    await shop.settle_all()
    assert (await shop.statuses())[0] == REFUNDED
    assert [row["phone"] for row in await shop.rentals()] == [str(bobs.phone).lstrip("+")]


async def test_with_the_supplier_dead_an_unknown_order_is_given_up_in_the_end(shop: Shop) -> None:
    ann = await shop.customer()
    await lose_a_purchase(shop, ann)
    await shop.supplier.fault("*", "http500", rate=1)
    give_up = shop.services.reconciliations[SUPPLIER].give_up
    await shop.pass_time(590)
    assert await give_up() == 0
    with pytest.raises(SupplierError):
        await shop.beat()
    await shop.pass_time(20)
    assert await give_up() == 1
    assert await shop.statuses() == [REFUNDED]
    assert await shop.balance(ann) == 50_000_000
    await shop.supplier.fault("*", "http500", rate=0)
    await shop.settle_all()
    assert await shop.rentals() == []


async def test_a_buyer_who_hangs_up_during_the_purchase_loses_nothing(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.supplier.behave(latencyMs=200)
    placing = asyncio.create_task(shop.place(ann))
    await shop.wait_until("select count(*) = 1 from orders where status = 'RESERVED'")
    placing.cancel()
    await asyncio.gather(placing, return_exceptions=True)
    await shop.supplier.behave(latencyMs=0)
    await shop.settle_all()
    assert [status for status, _ in await shop.statuses()] == ["FAILED"]
    assert await shop.balance(ann) == 50_000_000
    assert await shop.rentals() == []


async def test_a_process_that_dies_between_purchase_and_storing_leaves_no_loose_end(
    shop: Shop,
) -> None:
    """What such a process leaves: a held order, and a rental that no order knows."""
    ann = await shop.customer()
    await shop.place(ann)
    await shop.execute(
        "update orders set status = 'RESERVED', activation_id = null, phone = null, "
        "phone_hash = null, expires_at = null"
    )
    await shop.settle_all()
    assert await shop.statuses() == [REFUNDED]
    assert await shop.balance(ann) == 50_000_000
    assert await shop.rentals() == []


async def test_an_order_settled_while_its_purchase_was_slow_gives_its_number_back(
    shop: Shop,
) -> None:
    ann = await shop.customer()
    await shop.supplier.behave(latencyMs=300)
    placing = asyncio.create_task(shop.place(ann))
    await shop.wait_until("select count(*) = 1 from orders where status = 'RESERVED'")
    await shop.pass_time(700)
    await shop.services.reconciliations[SUPPLIER].give_up()
    with pytest.raises(UpstreamError):
        await placing
    await shop.supplier.behave(latencyMs=0)
    await shop.settle_all()
    assert await shop.balance(ann) == 50_000_000
    assert await shop.rentals() == []
