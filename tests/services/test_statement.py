"""The statement: every movement on a balance, in order, and nothing of anybody else's."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import orjson
import pytest

from jiema_app.domain.errors import BadRequest, NoNumbers
from jiema_app.domain.ledger import queries
from jiema_app.domain.ledger.accounts import ORDER_KINDS, TransferKind, UserAccount
from jiema_app.domain.ledger.statement import StatementLine
from jiema_app.domain.ledger.statement_filter import StatementFilter
from jiema_app.domain.ledger.statement_queries import LOOKED_AT_MAX, SUMMED_MAX
from jiema_app.domain.orders.requests import Buyer, OrderRequest
from jiema_app.domain.units import CountryId, MicroUsdt, ServiceCode, UserId
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


def day_of(line: StatementLine, more: int = 0) -> date:
    return line.created_at.astimezone(UTC).date() + timedelta(days=more)


async def test_a_filter_lets_through_what_fits_and_its_sums_are_theirs(shop: Shop) -> None:
    ann, bob = await shop.customer(cents=5_000), await shop.customer(cents=5_000)
    kept = await shop.place(ann)
    await shop.deliver(kept)
    back = await shop.place(ann, "wa", 7)
    await shop.services.orders.cancel(ann.id, back.id)
    keys = await shop.services.api_keys.list_active(ann.id)
    by_key = Buyer(ann.buyer.user_id, ann.buyer.account_id, keys[0].id)
    keyed = await shop.services.orders.place(by_key, OrderRequest(service="tg", country=6))
    await shop.place(bob)
    every = await all_lines(shop, ann)
    today, tomorrow = day_of(every[0]), day_of(every[0], 1)
    price = -kept.price_micro
    expected: dict[StatementFilter, list[int]] = {
        StatementFilter(): [line.amount_micro for line in every],
        StatementFilter(kind=TransferKind.ORDER_REFUNDED): [back.price_micro],
        StatementFilter(service=ServiceCode("tg")): [-keyed.order.price_micro, price],
        StatementFilter(service=ServiceCode("tg"), country=CountryId(7)): [price],
        StatementFilter(api_key=keys[0].id): [-keyed.order.price_micro],
        StatementFilter(service=ServiceCode("wa")): [back.price_micro, -back.price_micro],
        StatementFilter(service=ServiceCode("no")): [],
        StatementFilter(first_day=day_of(every[-1])): [line.amount_micro for line in every],
        StatementFilter(first_day=tomorrow): [],
        StatementFilter(last_day=day_of(every[-1], -1)): [],
        StatementFilter(service=ServiceCode("wa"), last_day=today): [
            back.price_micro, -back.price_micro,
        ],
    }  # fmt: skip
    for wanted, amounts in expected.items():
        listed: list[int] = []
        cursor = None
        while cursor or not listed:
            page = await shop.services.statement.list_lines(
                ann.id, limit=1, cursor=cursor, wanted=wanted
            )
            listed += [line.amount_micro for line in page.lines]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert listed == amounts, wanted
        file = [lines async for lines in shop.services.statement.iter_all(ann.id, wanted=wanted)]
        assert [line.amount_micro for lines in file for line in lines] == amounts, wanted
        sums = await shop.services.statement.add_up(ann.id, wanted)
        assert (sums.lines, sums.since) == (len(amounts), None), wanted
        assert sums.in_micro == sum(one for one in amounts if one > 0)
        assert sums.net_micro == sum(amounts)
    spent = (await shop.services.statement.add_up(ann.id)).spending
    assert {one.service_code: one.amount_micro for one in spent} == {
        "tg": kept.price_micro + keyed.order.price_micro,
        "wa": 0,
    }


async def test_sums_that_are_known_grow_by_what_came_since(shop: Shop) -> None:
    ann = await shop.customer(cents=5_000)
    wanted = StatementFilter(service=ServiceCode("tg"))
    known = await shop.services.statement.add_up(ann.id, wanted)
    assert known.lines == 0
    for _ in range(3):
        order = await shop.place(ann)
        await credit(shop, ann, 1)
        await shop.services.orders.cancel(ann.id, order.id)
        known = await shop.services.statement.add_up(ann.id, wanted, known=known)
        assert known == await shop.services.statement.add_up(ann.id, wanted)
    assert known.lines == 6
    assert known == await shop.services.statement.add_up(ann.id, wanted, known=known)


async def test_a_released_price_is_not_parted_from_when_it_was_held(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.supplier.fault("getNumberV2", "no_numbers", count=50)
    await shop.supplier.fault("getNumber", "no_numbers", count=50)
    for _ in range(3):
        with pytest.raises(NoNumbers):
            await shop.services.orders.place(ann.buyer, OrderRequest(service="tg", country=7))
    sizes, cursor = [], None
    while True:
        page = await shop.services.statement.list_lines(ann.id, limit=3, cursor=cursor)
        sizes.append(len(page.lines))
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sizes == [4, 3]


async def test_days_long_past_are_found_by_halving_and_sums_say_how_far_they_go(
    shop: Shop,
) -> None:
    ann, bob = await shop.customer(cents=0), await shop.customer(cents=0)
    count = SUMMED_MAX + 5_000
    await have_many_lines(shop, ann, count)
    await have_many_lines(shop, bob, 10, "bob")
    # As if there had been one a minute.
    async with shop.services.database.transaction() as connection:
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(
            "update ledger_entries set created_at = "
            "timestamptz '2026-01-01 00:00Z' + make_interval(mins => (balance_after_micro - 1)::int) "
            "where account_id = $1",
            ann.buyer.account_id,
        )
    one_day = StatementFilter(first_day=date(2026, 1, 3), last_day=date(2026, 1, 3))
    sums = await shop.services.statement.add_up(ann.id, one_day)
    assert (sums.lines, sums.in_micro, sums.since) == (1440, 1440, None)
    page = await shop.services.statement.list_lines(ann.id, limit=1, cursor=None, wanted=one_day)
    assert page.lines[0].created_at == datetime(2026, 1, 3, 23, 59, tzinfo=UTC)
    lines = [
        line.balance_after_micro
        async for batch in shop.services.statement.iter_all(ann.id, wanted=one_day)
        for line in batch
    ]
    assert lines == list(range(3 * 1440, 2 * 1440, -1))
    every = await shop.services.statement.add_up(ann.id)
    assert (every.lines, every.in_micro) == (SUMMED_MAX, SUMMED_MAX)
    assert every.since == datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=5_000)
    # A page looks at so many lines and leads on.
    none = StatementFilter(kind=TransferKind.SANDBOX_CREDIT)
    page = await shop.services.statement.list_lines(ann.id, limit=5, cursor=None, wanted=none)
    assert (page.lines, page.next_cursor is None) == ([], False)
    later = await shop.services.statement.list_lines(
        ann.id, limit=5, cursor=page.next_cursor, wanted=StatementFilter(last_day=date(2027, 1, 1))
    )
    assert later.lines[0].balance_after_micro == count - LOOKED_AT_MAX


async def have_many_lines(shop: Shop, customer: Customer, count: int, name: str = "many") -> None:
    """Give a user ``count`` credits of one micro-USDT, as sound as if posted one by one."""
    async with shop.services.database.transaction() as connection:
        # What the triggers prove one by one, the fixture proves for all at the end.
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(
            "insert into ledger_transfers (kind, reference) "
            "select 'admin_credit', $2 || ' ' || n from generate_series(1, $1::int) n",
            count,
            name,
        )
        await connection.execute(
            "insert into ledger_entries "
            "(transfer_id, account_id, amount_micro, balance_after_micro) "
            "select t.id, leg.account, leg.amount, "
            "case when leg.amount > 0 then $2::bigint + split_part(t.reference, ' ', 2)::int end "
            "from ledger_transfers t, (values (3, -1), ($1::int, 1)) leg (account, amount) "
            "where t.reference like $3 || ' %' order by t.id",
            customer.buyer.account_id,
            await shop.balance(customer),
            name,
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
