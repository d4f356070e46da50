"""The statement of commission, and what withdrawals are on that of the balance."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from jiema_app.domain import ids
from jiema_app.domain.catalog.snapshot import build_catalog
from jiema_app.domain.errors import BadRequest
from jiema_app.domain.ledger.accounts import TransferKind, UserAccount
from jiema_app.domain.ledger.statement_csv import csv_lines
from jiema_app.domain.ledger.statement_filter import StatementFilter, parse_filter
from jiema_app.domain.units import MicroUsdt
from tests.support.shop import Shop
from tests.support.withdrawing import change_terms, earner, wish


async def test_commission_has_a_statement_of_its_own_that_tells_nothing_of_others(
    shop: Shop,
) -> None:
    ann = await earner(shop, 12.345_678)
    bob = await shop.customer(referrer=ann)
    order = await shop.place(bob)
    await shop.deliver(order)
    await shop.services.orders.finish(bob.id, order.id)
    share = order.price_micro // 10
    moved = MicroUsdt(1_000_001)
    await shop.services.commissions.move(ann.id, moved, ids.new_id())
    asked = await shop.services.payouts.withdrawals.request(ann.id, wish(5))
    await shop.services.payouts.withdrawals.cancel(ann.id, asked.id)
    await shop.services.commissions.claw_back(order.id, actor="command-line", note="a test")

    wanted = StatementFilter(account=UserAccount.COMMISSION)
    statement = shop.services.statement
    whole = (await statement.list_lines(ann.id, limit=50, cursor=None, wanted=wanted)).lines
    assert [(line.kind, line.amount_micro) for line in whole] == [
        (TransferKind.COMMISSION_CLAWED_BACK, -share),
        (TransferKind.WITHDRAWAL_RETURNED, 5_000_000),
        (TransferKind.WITHDRAWAL_REQUESTED, -5_000_000),
        (TransferKind.COMMISSION_MOVED, -moved),
        (TransferKind.COMMISSION_RELEASED, share),
        (TransferKind.SANDBOX_COMMISSION, 12_345_678),
    ]
    balance = 0
    for line in reversed(whole):
        balance += line.amount_micro
        assert line.balance_after_micro == balance
    assert (await shop.services.commissions.purse(ann.id)).available == balance
    assert order.id not in repr(whole)
    assert {line.order for line in whole} == {None}
    assert len({line.id for line in whole}) == len(whole)

    found: list[Any] = []
    cursor = None
    for _ in range(len(whole)):
        page = await statement.list_lines(ann.id, limit=1, cursor=cursor, wanted=wanted)
        found += page.lines
        cursor = page.next_cursor
        if cursor is not None:
            assert order.id not in cursor
            with pytest.raises(BadRequest):
                await statement.list_lines(bob.id, limit=1, cursor=cursor, wanted=wanted)
            with pytest.raises(BadRequest):
                await statement.list_lines(ann.id, limit=1, cursor=cursor)
    assert found == list(whole)
    sums = await statement.add_up(ann.id, wanted)
    assert (sums.lines, sums.net_micro, list(sums.spending)) == (len(whole), balance, [])
    kind = replace(wanted, kind=TransferKind.COMMISSION_RELEASED)
    [released] = (await statement.list_lines(ann.id, limit=9, cursor=None, wanted=kind)).lines
    assert released == whole[4]
    file = [one async for batch in statement.iter_all(ann.id, wanted=wanted) for one in batch]
    assert file == list(whole)
    text = csv_lines(file, shop.services.live_catalog.current).decode()
    assert order.id not in text
    assert "withdrawal_requested,-5.000000" in text
    # What moved to the balance stands there, too.
    [line] = (await statement.list_lines(ann.id, limit=9, cursor=None)).lines
    assert (line.kind, line.amount_micro) == (TransferKind.COMMISSION_MOVED, moved)


async def test_a_withdrawal_of_the_balance_and_its_return_are_lines_of_it(shop: Shop) -> None:
    await change_terms(shop, takes_spending=True)
    ann = await shop.customer(cents=5_000)
    asked = await shop.services.payouts.withdrawals.request(ann.id, wish(20, source="spending"))
    await shop.services.payouts.withdrawals.cancel(ann.id, asked.id)
    lines = (await shop.services.statement.list_lines(ann.id, limit=9, cursor=None)).lines
    assert [(line.kind, line.amount_micro, line.reference) for line in lines[:2]] == [
        (TransferKind.WITHDRAWAL_RETURNED, 20_000_000, asked.id),
        (TransferKind.WITHDRAWAL_REQUESTED, -20_000_000, asked.id),
    ]


@pytest.mark.parametrize("account", ["spending", "user:commission", "x", "commission'--"])
def test_an_account_without_a_statement_is_none(account: str) -> None:
    with pytest.raises(BadRequest):
        parse_filter({"account": account}, build_catalog(datetime.now(UTC), [], []))
    # What is bought moves no commission.
    with pytest.raises(BadRequest):
        parse_filter(
            {"account": "commission", "kind": "order_placed"},
            build_catalog(datetime.now(UTC), [], []),
        )
