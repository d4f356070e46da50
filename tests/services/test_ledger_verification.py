"""``verify`` and the job find every kind of damage, and find nothing in sound books.

The damage is done behind the back of every rule, in a database that is thrown away.
"""

from collections.abc import AsyncIterator

import pytest

from jiema_app.domain.ledger.accounts import TransferKind
from jiema_app.domain.ledger.queries import WAYS
from jiema_app.domain.orders.statuses import EndReason
from jiema_app.settings import Settings
from tests.support.shop import Shop, open_shop


@pytest.fixture
async def busy(database_address: str, settings: Settings) -> AsyncIterator[Shop]:
    """A shop with an order in every state, whose books may be wrong at the end."""
    async with open_shop(database_address, settings) as shop:
        await have_a_busy_day(shop)
        yield shop


async def have_a_busy_day(shop: Shop) -> None:
    ann = await shop.customer()
    waiting, received, completed, cancelled, failed = [await shop.place(ann) for _ in range(5)]
    assert waiting.is_open
    await shop.deliver(received)
    await shop.deliver(completed)
    await shop.services.settlement.complete(completed.id, EndReason.USER)
    await shop.services.orders.cancel(ann.id, cancelled.id)
    assert failed.phone is not None
    await shop.supplier.take_back(failed.phone)
    for _ in range(2):
        await shop.beat()
    statuses = [status for status, _ in await shop.statuses()]
    assert statuses == ["WAITING", "RECEIVED", "COMPLETED", "CANCELLED", "FAILED"]


async def test_sound_books_are_found_sound(busy: Shop) -> None:
    found = await busy.verify()
    assert found.ok
    assert found.transfers == 1 + 5 + 2 + 2
    assert found.entries == 2 * found.transfers
    assert found.as_json() == {
        "ok": True,
        "transfers": 10,
        "entries": 20,
        "sumMicro": 0,
        "negative": 0,
        "drift": 0,
        "unbalanced": 0,
        "strange": 0,
        "openSuspenseMismatch": 0,
        "settlementMismatch": 0,
        "rechargeMismatch": 0,
        "commissionMismatch": 0,
        "withdrawalMismatch": 0,
    }


OF_A_SALE = "(select id from ledger_transfers where kind = 'order_received' limit 1)"
A_CREDIT = "(select id from ledger_transfers where kind = 'sandbox_credit')"


@pytest.mark.parametrize(
    ("statement", "kinds"),
    [
        ("update ledger_balances set balance_micro = balance_micro + 1", {"drift"}),
        ("delete from ledger_balances", {"drift"}),
        (
            "update ledger_entries set amount_micro = amount_micro + 1 where account_id = 2",
            {"sum_micro", "unbalanced"},
        ),
        (f"delete from ledger_entries where transfer_id = {A_CREDIT}", {"unbalanced", "drift"}),
        (f"delete from ledger_transfers where id = {A_CREDIT}", {"unbalanced"}),
        (
            f"update ledger_entries set account_id = 777 where transfer_id = {OF_A_SALE}",
            {"drift"},
        ),
        (
            f"update ledger_entries set amount_micro = 2 * amount_micro where transfer_id = {OF_A_SALE}",
            {"open_suspense_mismatch"},
        ),
        (
            "update orders set price_micro = price_micro + 10000 where status = 'WAITING'",
            {"open_suspense_mismatch"},
        ),
        ("delete from orders where status = 'WAITING'", {"open_suspense_mismatch"}),
        ("delete from orders where status = 'COMPLETED'", {"settlement_mismatch"}),
        (
            "update orders set status = 'CANCELLED', ended_at = now() where status = 'WAITING'",
            {"open_suspense_mismatch", "settlement_mismatch"},
        ),
        (
            "update orders set status = 'RECEIVED', sms_count = 1, first_sms_at = now() where status = 'WAITING'",
            {"open_suspense_mismatch", "settlement_mismatch"},
        ),
        (
            "update orders set sms_count = 1, first_sms_at = now(), status = 'COMPLETED' where status = 'FAILED'",
            {"settlement_mismatch"},
        ),
        (
            "update ledger_transfers set kind = 'order_refunded' where kind = 'order_received'",
            {"settlement_mismatch"},
        ),
        (
            f"update ledger_entries set balance_after_micro = 1 where transfer_id = {A_CREDIT}",
            {"drift"},
        ),
        (
            "update orders set price_micro = 10000 where status = 'COMPLETED'",
            {"settlement_mismatch"},
        ),
        (
            "update orders set price_micro = 9000000 where status = 'CANCELLED'",
            {"settlement_mismatch"},
        ),
        (
            f"update ledger_entries set account_id = 3 where account_id = 2 and transfer_id = {OF_A_SALE}",
            {"settlement_mismatch"},
        ),
        (
            "update ledger_accounts set user_id = null where id >= 1000",
            {"settlement_mismatch", "drift"},
        ),
        ("update ledger_accounts set kind = 'user:other' where id >= 1000", {"drift"}),
        ("insert into ledger_balances values (2, 0)", {"drift"}),
        ("select ledger_post('gift', 'x', 2, max(id), 9) from ledger_accounts", {"strange"}),
        ("select ledger_post('fee', 'x', max(id), 2, 9) from ledger_accounts", {"strange"}),
        (
            "select ledger_post('admin_credit', 'x', 2, max(id), 9) from ledger_accounts",
            {"strange"},
        ),
        (
            "select ledger_post('admin_credit', 'x', max(id), 3, 9) from ledger_accounts",
            {"strange"},
        ),
        (
            "select ledger_post('payment_unclaimed', 'x', 10, max(id), 9) from ledger_accounts",
            {"strange"},
        ),
        ("select ledger_post('pool_outgoing', 'x', 3, 10, 9)", {"strange"}),
        (
            (
                f"insert into ledger_entries (transfer_id, account_id, amount_micro) "
                f"select {A_CREDIT}, 3, amount from unnest(array[5, -5]) amount"
            ),
            {"strange"},
        ),
        (
            (
                "insert into ledger_transfers (id, kind, reference) overriding system value "
                "values (-1, 'admin_credit', 'x')"
            ),
            {"strange", "unbalanced"},
        ),
        (
            (
                "insert into ledger_transfers (id, kind, reference) overriding system value "
                "values (1000000000, 'admin_credit', 'x')"
            ),
            {"strange", "unbalanced"},
        ),
    ],
)
async def test_every_kind_of_damage_is_found(busy: Shop, statement: str, kinds: set[str]) -> None:
    assert (await busy.prove()).ok
    await busy.damage(statement)
    for found in (await busy.verify(), await busy.prove()):
        assert not found.ok
        assert {kind for kind in kinds if getattr(found, kind)} == kinds


async def test_money_from_one_user_to_another_is_found(busy: Shop) -> None:
    """Every sum is right, each line continues the one before: there is no such posting."""
    ann, bob = await busy.customer(), await busy.customer()
    for kind in ("gift", "admin_credit", "recharge_credited"):
        await busy.execute(
            "select ledger_post($1, 'x', $2, $3, 5000000)",
            kind,
            ann.buyer.account_id,
            bob.buyer.account_id,
        )
    assert (await busy.verify()).strange == 3
    assert (await busy.prove()).strange == 3


async def test_every_kind_of_transfer_has_a_way() -> None:
    for kind in TransferKind:
        assert f"('{kind}'," in WAYS


async def test_money_that_was_somebody_elses_is_found(busy: Shop) -> None:
    """Two users' accounts change hands: every sum is right, and nobody's money is theirs."""
    await busy.place(await busy.customer())
    await busy.damage("update ledger_accounts set user_id = reverse(user_id) where id >= 1000")
    await busy.damage(
        "update ledger_accounts a set user_id = reverse(b.user_id) from ledger_accounts b "
        "where a.id >= 1000 and b.id >= 1000 and a.id <> b.id"
    )
    assert (await busy.verify()).settlement_mismatch == 8
    assert (await busy.prove()).settlement_mismatch == 8


async def test_a_negative_balance_is_found(busy: Shop) -> None:
    await busy.execute("alter table ledger_balances drop constraint ledger_balances_not_negative")
    await busy.damage("update ledger_balances set balance_micro = -1")
    assert (await busy.verify()).negative == 1
    assert (await busy.prove()).negative == 1


async def test_an_order_without_its_money_is_found(busy: Shop) -> None:
    await busy.damage(
        "insert into orders (id, user_id, status, service_code, country_id, price_micro, "
        "cost_limit_micro, supplier) select 'free', user_id, 'RESERVED', 'tg', 7, 10000, 1, "
        "'primary' from orders limit 1",
    )
    assert (await busy.verify()).open_suspense_mismatch == 1
    assert (await busy.prove()).open_suspense_mismatch == 1


async def test_verification_changes_nothing_and_sees_one_moment(busy: Shop) -> None:
    """It may run at any time: money that moves meanwhile does not look like damage."""
    customers = [await busy.customer() for _ in range(5)]
    for customer in customers:
        found = (await busy.verify()).ok
        assert found
        await busy.place(customer)
    assert (await busy.verify()).ok
