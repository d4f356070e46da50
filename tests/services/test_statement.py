"""The statement: every movement on a balance, in order, and nothing of anybody else's."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import orjson
import pytest

from jiema_app.domain.errors import BadRequest, NoNumbers
from jiema_app.domain.ledger import queries
from jiema_app.domain.ledger.accounts import ORDER_KINDS, TransferKind, UserAccount
from jiema_app.domain.ledger.statement import StatementLine
from jiema_app.domain.orders.requests import OrderRequest
from jiema_app.domain.units import MicroUsdt, UserId
from tests.support.payments import open_recharge, pay
from tests.support.shop import Customer, Shop


async def all_lines(shop: Shop, customer: Customer, *, batch: int = 500) -> list[StatementLine]:
    batches = shop.services.statement.iter_all(customer.id, batch=batch)
    return [line async for lines in batches for line in lines]


async def first_page(shop: Shop, customer: Customer, limit: int = 50) -> Sequence[StatementLine]:
    return (await shop.services.statement.list_lines(customer.id, limit=limit, cursor=None)).lines


async def credit(shop: Shop, customer: Customer, times: int, amount: int = 1_000_000) -> None:
    for _ in range(times):
        await shop.services.identity.credit(
            customer.id, MicroUsdt(amount), actor="test", reason="a test"
        )


async def test_every_movement_is_a_line_newest_first_with_the_balance_after_it(shop: Shop) -> None:
    ann = await shop.customer(cents=5_000)
    kept = await shop.place(ann)
    await shop.deliver(kept)
    back = await shop.place(ann, "wa", 7)
    await shop.services.orders.cancel(ann.id, back.id)
    lines = await first_page(shop, ann)
    after_kept = 50_000_000 - kept.price_micro
    assert [(line.kind, line.amount_micro, line.balance_after_micro) for line in lines] == [
        (TransferKind.ORDER_REFUNDED, back.price_micro, after_kept),
        (TransferKind.ORDER_PLACED, -back.price_micro, after_kept - back.price_micro),
        (TransferKind.ORDER_PLACED, -kept.price_micro, after_kept),
        (TransferKind.SANDBOX_CREDIT, 50_000_000, 50_000_000),
    ]
    about = [line.order and (line.order.id, line.order.service_code) for line in lines]
    assert about == [(back.id, "wa"), (back.id, "wa"), (kept.id, "tg"), None]
    assert [line.order.country_id for line in lines if line.order] == [7, 7, 7]
    assert lines[0].created_at >= lines[-1].created_at
    assert len({line.id for line in lines}) == 4


async def test_the_lines_sum_to_the_balance(shop: Shop) -> None:
    ann = await shop.customer()
    orders = await asyncio.gather(*(shop.place(ann) for _ in range(5)))
    await asyncio.gather(
        credit(shop, ann, 5), *(shop.services.orders.cancel(ann.id, one.id) for one in orders[:3])
    )
    lines = await all_lines(shop, ann, batch=4)
    assert len(lines) == 1 + 5 + 5 + 3
    assert sum(line.amount_micro for line in lines) == await shop.balance(ann)
    assert lines[0].balance_after_micro == await shop.balance(ann)
    for newer, older in pairwise(lines):
        assert older.balance_after_micro + newer.amount_micro == newer.balance_after_micro


async def test_a_statement_holds_nothing_of_anybody_else(shop: Shop) -> None:
    ann, bob = await shop.customer(), await shop.customer(cents=100)
    await shop.place(ann)
    assert [line.amount_micro for line in await first_page(shop, bob)] == [1_000_000]
    assert await first_page(shop, Customer(bob.buyer, "")) == await first_page(shop, bob)


async def test_somebody_who_does_not_exist_has_an_empty_statement(shop: Shop) -> None:
    nobody = UserId("c" + "0" * 24)
    page = await shop.services.statement.list_lines(nobody, limit=10, cursor=None)
    assert (page.lines, page.next_cursor) == ([], None)
    assert [batch async for batch in shop.services.statement.iter_all(nobody)] == []


async def test_an_order_that_never_had_a_number_is_named_and_not_shown(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.supplier.fault("getNumberV2", "no_numbers", count=50)
    await shop.supplier.fault("getNumber", "no_numbers", count=50)
    with pytest.raises(NoNumbers):
        await shop.services.orders.place(ann.buyer, OrderRequest(service="tg", country=7))
    refunded, placed, _ = await first_page(shop, ann)
    assert (refunded.kind, placed.kind) == (TransferKind.ORDER_REFUNDED, TransferKind.ORDER_PLACED)
    assert refunded.order is not None
    assert (refunded.order.service_code, refunded.order.is_shown) == ("tg", False)


async def test_a_credit_names_the_recharge_that_it_came_by(shop: Shop) -> None:
    ann, bob = await shop.customer(cents=0), await shop.customer(cents=0)
    recharge = await open_recharge(shop, ann)
    payment = await pay(shop, recharge, 10)
    [line] = await first_page(shop, ann)
    assert (line.kind, line.reference) == (TransferKind.RECHARGE_CREDITED, payment)
    assert (line.recharge_id, line.amount_micro) == (recharge.id, 10_000_000)
    assert await first_page(shop, bob) == []


async def test_pages_join_without_a_gap_while_new_lines_come(shop: Shop) -> None:
    ann = await shop.customer(cents=100)
    await credit(shop, ann, 6)
    before = await all_lines(shop, ann)
    seen: list[StatementLine] = []
    cursor = None
    while True:
        page = await shop.services.statement.list_lines(ann.id, limit=3, cursor=cursor)
        seen += page.lines
        cursor = page.next_cursor
        if cursor is None:
            break
        await credit(shop, ann, 2)
    assert seen == before


async def test_a_whole_number_of_pages_ends_without_an_empty_one(shop: Shop) -> None:
    ann = await shop.customer()
    await credit(shop, ann, 3)
    first = await shop.services.statement.list_lines(ann.id, limit=2, cursor=None)
    second = await shop.services.statement.list_lines(ann.id, limit=2, cursor=first.next_cursor)
    assert (len(second.lines), second.next_cursor) == (2, None)


async def test_a_statement_being_read_stays_as_it_was_at_its_first_lines(shop: Shop) -> None:
    ann = await shop.customer()
    await credit(shop, ann, 5)
    before = await all_lines(shop, ann)
    read: list[StatementLine] = []
    async for lines in shop.services.statement.iter_all(ann.id, batch=2):
        assert len(lines) <= 2
        read += lines
        await credit(shop, ann, 1)
    assert read == before


@pytest.mark.parametrize(
    "cursor", ["", "1", "x", "admin_credit.", "admin_credit.none", "order_placed.a\0b", "é.é", "٣"]
)
async def test_a_cursor_that_was_never_given_out_is_refused(shop: Shop, cursor: str) -> None:
    ann = await shop.customer()
    with pytest.raises(BadRequest):
        await shop.services.statement.list_lines(ann.id, limit=10, cursor=cursor)


async def test_somebody_else_s_cursor_is_refused(shop: Shop) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    await credit(shop, ann, 1)
    page = await shop.services.statement.list_lines(ann.id, limit=1, cursor=None)
    with pytest.raises(BadRequest):
        await shop.services.statement.list_lines(bob.id, limit=1, cursor=page.next_cursor)


async def have_many_lines(shop: Shop, customer: Customer, count: int) -> None:
    """Give a user ``count`` credits of one micro-USDT, as sound as if posted one by one."""
    async with shop.services.database.transaction() as connection:
        # What the triggers prove one by one, the fixture proves for all at the end.
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(
            "insert into ledger_transfers (kind, reference) "
            "select 'admin_credit', 'many ' || n from generate_series(1, $1::int) n",
            count,
        )
        await connection.execute(
            "insert into ledger_entries "
            "(transfer_id, account_id, amount_micro, balance_after_micro) "
            "select t.id, leg.account, leg.amount, "
            "case when leg.amount > 0 then $2::bigint + substr(t.reference, 6)::int end "
            "from ledger_transfers t, (values (3, -1), ($1::int, 1)) leg (account, amount) "
            "where t.reference like 'many %' order by t.id",
            customer.buyer.account_id,
            await shop.balance(customer),
        )
        await connection.execute(
            "update ledger_balances set balance_micro = balance_micro + $2 where account_id = $1",
            customer.buyer.account_id,
            count,
        )
    await shop.execute("analyze ledger_transfers, ledger_entries, ledger_accounts")


async def explain(shop: Shop, customer: Customer, below: int | None) -> dict[str, Any]:
    """How the database reads a page when it knows nothing of the values it is asked for."""
    async with shop.services.database.transaction() as connection:
        await connection.execute("set local plan_cache_mode = force_generic_plan")
        await connection.execute(
            f"prepare page (text, text, bigint, int, text[]) as {queries.STATEMENT}"
        )
        kinds = ",".join(ORDER_KINDS)
        plan = await connection.fetchval(
            "explain (analyze, buffers, format json) execute page "
            f"('{customer.id}', '{UserAccount.SPENDING}', {below or 'null'}, 51, '{{{kinds}}}')"
        )
        await connection.execute("deallocate page")
    found: dict[str, Any] = (orjson.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return found


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", ()) for node in nodes(child))]


async def test_a_page_of_a_hundred_thousand_lines_reads_its_own_lines_alone(shop: Shop) -> None:
    ann = await shop.customer(cents=100)
    await have_many_lines(shop, ann, 100_000)
    middle = await shop.fetchval("select max(id) / 2 from ledger_entries")
    for below in (None, middle):
        plan = await explain(shop, ann, below)
        [entries] = [n for n in nodes(plan) if n.get("Index Name") == "ledger_entries_of_account"]
        assert entries["Scan Direction"] == "Backward"
        assert entries["Actual Rows"] == 51
        assert entries.get("Rows Removed by Filter", 0) == 0
        assert not [
            n for n in nodes(plan) if n["Node Type"] == "Seq Scan" and n["Actual Rows"] > 51
        ]
        assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 500


async def test_old_lines_are_found_without_reading_everybody_s_newer_ones(shop: Shop) -> None:
    bob, ann = await shop.customer(cents=100), await shop.customer(cents=100)
    await have_many_lines(shop, ann, 20_000)
    plan = await explain(shop, bob, None)
    assert plan["Actual Rows"] == 1
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 30


async def test_a_hundred_thousand_lines_are_read_whole_and_in_order(shop: Shop) -> None:
    ann = await shop.customer(cents=100)
    await have_many_lines(shop, ann, 100_000)
    count = 0
    balance = int(await shop.balance(ann))
    async for lines in shop.services.statement.iter_all(ann.id, batch=5_000):
        assert len(lines) <= 5_000
        for line in lines:
            assert line.balance_after_micro == balance
            balance -= line.amount_micro
        count += len(lines)
    assert (count, balance) == (100_001, 0)
