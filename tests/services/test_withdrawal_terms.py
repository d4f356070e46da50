"""What withdrawals cost, and the bounds they are held to: who sets them, and from when they hold."""

import asyncio
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from jiema_app.domain.errors import BadRequest, Forbidden
from jiema_app.domain.withdrawals.terms import WithdrawalTerms, WithdrawalTermsBook
from tests.support.polling import PATIENCE_S
from tests.support.shop import Shop
from tests.support.withdrawing import (
    USDT,
    administrator,
    change_terms,
    earner,
    micro,
    purse,
    wish,
)
from tests.unit.test_withdrawal_quotes import ANNOUNCED

COMMAND_LINE = "command-line"


@pytest.fixture
async def book(shop: Shop) -> WithdrawalTermsBook:
    return shop.services.payouts.terms


async def test_at_first_what_was_announced_holds(book: WithdrawalTermsBook) -> None:
    now = await book.current()
    assert (now.rules, now.actor) == (ANNOUNCED, "migration")
    assert await book.history() == [now]


async def test_others_hold_from_now_on_and_those_of_before_are_kept(
    shop: Shop, book: WithdrawalTermsBook
) -> None:
    boss, first = await administrator(shop), await book.current()
    rules = replace(ANNOUNCED, fee_bp=0, takes_spending=True)
    made = await book.set(rules, actor=boss, note="  a   campaign ")
    assert (made.rules, made.actor, made.note) == (rules, boss, "a campaign")
    assert made.id > first.id
    assert await book.current() == made
    assert list(await book.history()) == [made, first]
    audited = await shop.fetchrow(
        "select actor, subject_id, details from audit_records where action = 'withdrawal.terms'"
    )
    assert (audited["actor"], audited["subject_id"]) == (boss, str(made.id))
    assert audited["details"] == {"note": "a campaign"}


async def test_a_withdrawal_keeps_the_terms_it_was_asked_for_under(shop: Shop) -> None:
    withdrawals, ann = shop.services.payouts.withdrawals, await earner(shop)
    asked = await withdrawals.request(ann.id, wish(20))
    await change_terms(shop, fee_bp=5_000, fee_min_micro=micro(4))
    kept = await withdrawals.get(ann.id, asked.id)
    assert (kept.fee, kept.net) == (2 * USDT, 18 * USDT)
    await withdrawals.cancel(ann.id, asked.id)
    assert await purse(shop, ann) == (50 * USDT, 0)
    assert (await withdrawals.request(ann.id, wish(20))).fee == 10 * USDT
    named = await shop.fetchval("select array_agg(distinct terms_id) from withdrawals")
    assert len(named) == 2


async def test_only_administrators_set_them(shop: Shop, book: WithdrawalTermsBook) -> None:
    before = await book.current()
    for actor in ((await earner(shop)).id, "c" + "0" * 24):
        with pytest.raises(Forbidden, match="terms"):
            await book.set(replace(ANNOUNCED, fee_bp=0), actor=actor, note="for me")
    assert await book.current() == before


@pytest.mark.parametrize("note", ["", " ", "\u200b", "x" * 501, "a\x00b", "x" * 10**6])
async def test_whoever_sets_them_says_why(book: WithdrawalTermsBook, note: str) -> None:
    with pytest.raises(BadRequest, match="Note"):
        await book.set(ANNOUNCED, actor=COMMAND_LINE, note=note)
    assert len(await book.history()) == 1


@pytest.mark.parametrize(
    "changes",
    [{"fee_bp": 5_001}, {"per_day_count": 0}, {"amount_min_micro": 2 * USDT}],
)
async def test_what_makes_no_sense_is_not_set(
    book: WithdrawalTermsBook, changes: dict[str, Any]
) -> None:
    with pytest.raises(BadRequest):
        await book.set(replace(ANNOUNCED, **changes), actor=COMMAND_LINE, note="a slip")
    assert len(await book.history()) == 1


async def test_whoever_sets_them_is_told_what_they_set(book: WithdrawalTermsBook) -> None:
    """Also when others do so in the same moment."""

    async def set_fee(points: int) -> WithdrawalTerms:
        return await book.set(replace(ANNOUNCED, fee_bp=points), actor=COMMAND_LINE, note="x")

    made = await asyncio.gather(*(set_fee(points) for points in range(100, 108)))
    assert [one.rules.fee_bp for one in made] == list(range(100, 108))
    newest = max(made, key=lambda one: one.id)
    assert await book.current() == newest
    assert len(await book.history()) == 9


async def test_the_last_hundred_are_shown(shop: Shop, book: WithdrawalTermsBook) -> None:
    await shop.execute(
        "insert into withdrawal_terms (fee_bp, fee_min_micro, amount_min_micro, alone_max_micro, "
        "takes_above, takes_spending, address_wait_s, per_day_count, per_day_micro, actor, note) "
        "select n, fee_min_micro, amount_min_micro, alone_max_micro, takes_above, takes_spending, "
        "address_wait_s, per_day_count, per_day_micro, 'x', 'x' "
        "from withdrawal_terms, generate_series(1, 120) n"
    )
    history = await book.history()
    assert [one.rules.fee_bp for one in history] == list(range(120, 20, -1))


@pytest.mark.parametrize(
    "change",
    [
        "fee_bp = 5001",
        "fee_min_micro = amount_min_micro",
        "per_day_count = 0",
        "address_wait_s = -1",
        "alone_max_micro = -1",
        "note = ''",
    ],
)
async def test_no_program_writes_terms_that_make_no_sense(shop: Shop, change: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await shop.damage(f"update withdrawal_terms set {change}")


async def test_every_process_is_told(book: WithdrawalTermsBook, database_address: str) -> None:
    heard = asyncio.Event()
    connection = await asyncpg.connect(database_address)
    await connection.add_listener("terms_changed", lambda *_told: heard.set())
    await book.set(ANNOUNCED, actor=COMMAND_LINE, note="a test")
    await asyncio.wait_for(heard.wait(), PATIENCE_S)
    await connection.close()
