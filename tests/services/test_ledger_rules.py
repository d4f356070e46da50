"""What no program can do to the books: each rule of the database, tried in raw SQL."""

from collections.abc import Sequence

import asyncpg
import pytest

from tests.support.shop import Shop

JOURNAL = ["ledger_transfers", "ledger_entries"]
NEW_TRANSFER = "insert into ledger_transfers (kind, reference) values ('odd', 'x') returning id"


async def refused_by(shop: Shop, *statements: str, arguments: Sequence[object] = ()) -> str:
    """The rule that refuses these statements, made in one transaction."""

    async def attempt() -> None:
        async with shop.services.database.transaction() as connection:
            for statement in statements:
                await connection.execute(statement, *arguments)

    with pytest.raises(asyncpg.PostgresError) as refusal:
        await attempt()
    return str(getattr(refusal.value, "constraint_name", None) or refusal.value)


def entries(*legs: tuple[int, int]) -> str:
    """An INSERT of a transfer with these (account, amount) legs."""
    values = ", ".join(f"((select id from t), {account}, {amount})" for account, amount in legs)
    return (
        f"with t as ({NEW_TRANSFER}) "
        f"insert into ledger_entries (transfer_id, account_id, amount_micro) values {values}"
    )


@pytest.fixture
async def money(shop: Shop) -> Shop:
    """A shop in which some money has moved."""
    ann = await shop.customer(cents=100)
    order = await shop.place(ann)
    await shop.deliver(order)
    return shop


async def test_a_balanced_transfer_is_let_through(odd_shop: Shop) -> None:
    await odd_shop.execute(entries((2, 5), (3, -5)))
    assert await odd_shop.fetchval("select count(*) from ledger_entries") == 2


async def test_a_transfer_that_makes_money_is_refused(shop: Shop) -> None:
    assert await refused_by(shop, entries((2, 5), (3, -4))) == "ledger_transfer_balances"


async def test_a_transfer_with_a_single_leg_is_refused(shop: Shop) -> None:
    assert await refused_by(shop, entries((2, 5))) == "ledger_transfer_balances"


async def test_a_transfer_without_legs_is_refused(shop: Shop) -> None:
    assert await refused_by(shop, NEW_TRANSFER) == "ledger_transfer_balances"


async def test_a_leg_of_nothing_is_refused(shop: Shop) -> None:
    assert await refused_by(shop, entries((2, 0), (3, 0))) == "ledger_entries_not_zero"


async def test_a_leg_of_an_unknown_account_is_refused(shop: Shop) -> None:
    assert await refused_by(shop, entries((2, 5), (777, -5))) == "ledger_entry_account"


async def test_legs_of_no_transfer_are_refused(shop: Shop) -> None:
    orphan = (
        "insert into ledger_entries (transfer_id, account_id, amount_micro) "
        "values (987654, 2, 5), (987654, 3, -5)"
    )
    assert await refused_by(shop, orphan) == "ledger_entry_transfer"


async def test_adding_to_an_old_transfer_is_refused_when_it_unbalances(money: Shop) -> None:
    extra = (
        "insert into ledger_entries (transfer_id, account_id, amount_micro) "
        "select min(id), 2, 5 from ledger_transfers"
    )
    assert await refused_by(money, extra) == "ledger_transfer_balances"


@pytest.mark.parametrize("table", JOURNAL)
@pytest.mark.parametrize(
    "change", ["update {} set created_at = now()", "delete from {}", "truncate {}"]
)
async def test_the_journal_is_append_only(money: Shop, table: str, change: str) -> None:
    assert "append-only" in await refused_by(money, change.format(table))


async def test_the_journal_cannot_be_truncated_together(money: Shop) -> None:
    both = "truncate ledger_transfers, ledger_entries cascade"
    assert "append-only" in await refused_by(money, both)


@pytest.mark.parametrize(
    "change", ["delete from ledger_accounts where id = 2", "truncate ledger_accounts cascade"]
)
async def test_an_account_cannot_be_deleted(money: Shop, change: str) -> None:
    assert "refused" in await refused_by(money, change)


async def test_a_balance_cannot_go_below_zero(money: Shop) -> None:
    below = "update ledger_balances set balance_micro = -1"
    assert await refused_by(money, below) == "ledger_balances_not_negative"


async def test_a_user_has_one_account_of_a_kind(money: Shop) -> None:
    again = "insert into ledger_accounts (user_id, kind) select id, 'user:spending' from users"
    assert await refused_by(money, again) == "ledger_accounts_one_per_kind"


async def test_the_house_has_one_account_of_a_kind(shop: Shop) -> None:
    again = "insert into ledger_accounts (kind) values ('house:sales')"
    assert await refused_by(shop, again) == "ledger_accounts_one_house"


async def test_a_movement_is_made_once_per_kind_and_reference(money: Shop) -> None:
    again = (
        "insert into ledger_transfers (kind, reference) "
        "select kind, reference from ledger_transfers limit 1"
    )
    assert await refused_by(money, again) == "ledger_transfers_once"


async def test_an_order_that_was_paid_cannot_be_refunded_as_well(money: Shop) -> None:
    account = await money.fetchval("select max(id) from ledger_accounts")
    refund = "select ledger_post('order_refunded', id, 1, $1, price_micro) from orders"
    ruled_out = await refused_by(money, refund, arguments=[account])
    assert ruled_out == "ledger_transfers_order_settled_once"


async def test_an_order_that_was_refunded_cannot_be_paid_as_well(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.services.orders.cancel(ann.id, order.id)
    sale = "select ledger_post('order_received', id, 1, 2, price_micro) from orders"
    assert await refused_by(shop, sale) == "ledger_transfers_order_settled_once"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("first_sms_at = now()", "orders_first_sms_known"),
        ("status = 'LOST'", "orders_status_known"),
        ("price_micro = 0", "orders_whole_cents"),
        ("price_micro = -10000", "orders_whole_cents"),
        ("price_micro = 12345", "orders_whole_cents"),
        ("phone = null", "orders_number_known"),
        ("expires_at = null", "orders_number_known"),
        ("ended_at = now()", "orders_end_known"),
        ("status = 'CANCELLED'", "orders_end_known"),
        ("status = 'RECEIVED'", "orders_code_came"),
        ("status = 'COMPLETED', ended_at = now()", "orders_code_came"),
        (
            "status = 'CANCELLED', ended_at = now(), sms_count = 1, first_sms_at = now()",
            "orders_refund_or_code",
        ),
        (
            "status = 'FAILED', ended_at = now(), sms_count = 1, first_sms_at = now()",
            "orders_refund_or_code",
        ),
    ],
)
async def test_an_order_cannot_contradict_itself(shop: Shop, change: str, rule: str) -> None:
    await shop.place(await shop.customer())
    assert await refused_by(shop, f"update orders set {change}") == rule


async def test_a_rental_belongs_to_one_order(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.place(ann)
    await shop.place(ann)
    same = "update orders set activation_id = 'one and the same'"
    assert await refused_by(shop, same) == "orders_activation"


async def test_an_sms_is_recorded_once(money: Shop) -> None:
    again = (
        "insert into order_sms (order_id, fingerprint, body, received_at) "
        "select order_id, fingerprint, body, received_at from order_sms"
    )
    assert await refused_by(money, again) == "order_sms_once"
