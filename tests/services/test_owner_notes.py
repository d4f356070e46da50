"""What owners say to reviewers about odd payments, and how long they are told it takes."""

import asyncio
from datetime import timedelta

import pytest

from jiema_app.domain.errors import AlreadyChanged, BadRequest, NotFound, NotOpen
from jiema_app.domain.recharges.notes import NOTES_MAX
from jiema_app.domain.recharges.review_times import ENOUGH, ReviewTimes
from jiema_app.domain.recharges.statuses import Oddity
from tests.services.review_desk import DISMISS, settle
from tests.support.arrivals import Arrivals
from tests.support.console import Console
from tests.support.payments import read
from tests.support.shop import Customer, Shop, now

NEVER = "c" + "0" * 24
TURNED = "\u202efrom \x1b[31mBinance\x00\ud800"
"""Turns the text around, colours a terminal, and cannot be stored."""


async def notes_of(shop: Shop, customer: Customer, recharge: str) -> list[str]:
    view = await shop.services.recharges.get(customer.id, recharge)
    return [note.words for note in view.notes]


async def under(arrivals: Arrivals, customer: Customer) -> str:
    recharge, _ = await arrivals.hold(Oddity.UNDER, customer)
    assert recharge is not None
    return recharge


async def test_a_note_is_cleaned_and_shown_to_its_owner_and_the_reviewer(
    shop: Shop, arrivals: Arrivals, ann: Customer, database_address: str
) -> None:
    recharge = await under(arrivals, ann)
    before = await shop.services.recharges.get(ann.id, recharge)
    await shop.services.recharges.add_note(ann.id, recharge, f"  {TURNED}\r\n took  1 USDT\t")
    said = ["from [31mBinance took 1 USDT"]
    assert await notes_of(shop, ann, recharge) == said
    # Whoever decides meanwhile need not look again for it.
    assert (await read(shop, ann.id, before)).version == before.version
    [case] = await shop.services.reviews.list_waiting()
    assert case.recharge is not None
    assert [note.words for note in case.recharge.notes] == said
    console = Console(database_address)
    for words in (("show", recharge), ("reviews",)):
        assert said[0] in (await console.run("recharge", *words)).out
    shown = (await console.run("recharge", "show", recharge, "--json")).json
    assert [note["words"] for note in shown["ownerNotes"]] == said


@pytest.mark.parametrize("words", ["", " \n", "\u200b\x00", "x" * 501, "\u0301" * 300_000])
async def test_what_cannot_be_read_is_not_kept(
    shop: Shop, arrivals: Arrivals, ann: Customer, words: str
) -> None:
    recharge = await under(arrivals, ann)
    with pytest.raises(BadRequest):
        await shop.services.recharges.add_note(ann.id, recharge, words)
    assert await notes_of(shop, ann, recharge) == []


async def test_five_are_kept_and_the_same_one_once_even_when_all_come_at_once(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    recharge = await under(arrivals, ann)
    add = shop.services.recharges.add_note
    await add(ann.id, recharge, "again")
    await add(ann.id, recharge, " again ")
    assert await notes_of(shop, ann, recharge) == ["again"]
    outcomes = await asyncio.gather(
        *(add(ann.id, recharge, f"note {n}") for n in range(12)), return_exceptions=True
    )
    refused = [one for one in outcomes if one is not None]
    assert all(isinstance(one, AlreadyChanged | NotOpen) for one in refused)
    kept = await notes_of(shop, ann, recharge)
    assert len(kept) == 1 + len(outcomes) - len(refused) <= NOTES_MAX
    for n in range(NOTES_MAX - len(kept)):
        await add(ann.id, recharge, f"one more {n}")
    with pytest.raises(NotOpen):
        await add(ann.id, recharge, "a sixth")
    assert len(await notes_of(shop, ann, recharge)) == NOTES_MAX


async def test_only_its_owner_speaks_and_only_while_it_is_read(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    add = shop.services.recharges.add_note
    recharge = await under(arrivals, ann)
    eve = await shop.customer()
    for somebody, theirs in ((eve, recharge), (ann, NEVER), (ann, "'")):
        with pytest.raises(NotFound):
            await add(somebody.id, theirs, "mine")
    await add(ann.id, recharge, "it was me")
    await settle(shop, recharge, DISMISS)
    with pytest.raises(NotOpen):
        await add(ann.id, recharge, "really")
    assert await notes_of(shop, ann, recharge) == ["it was me"]
    open_one = await arrivals.recharge(ann)
    with pytest.raises(NotOpen):
        await add(ann.id, open_one.id, "on its way")


async def test_the_time_is_promised_until_enough_was_decided_and_measured_then(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    async def usual() -> tuple[int, bool]:
        time = await ReviewTimes(shop.services.database, shop.services.clock, 36).usual()
        assert time.late_after_s >= 36 * 3_600
        return time.seconds, time.is_measured

    assert await usual() == (36 * 3_600, False)
    await arrivals.shop.services.pool.grow(20)
    for hours in range(1, ENOUGH + 2):
        assert await usual() == (36 * 3_600, False) or hours > ENOUGH
        recharge = await under(arrivals, ann)
        # A second payment of the same recharge is decided with the first, and counts with it.
        [address] = [(await shop.services.recharges.get(ann.id, recharge)).address]
        await arrivals.pay(address, 1_000_000)
        since = now() - timedelta(hours=hours)
        await shop.execute(
            "update payments set seen_at = $1 where recharge_id = $2", since, recharge
        )
        await settle(shop, recharge, DISMISS)
    seconds, is_measured = await usual()
    assert is_measured
    assert abs(seconds - 6 * 3_600) < 60


async def test_what_was_no_money_says_nothing_about_what_is(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    await arrivals.shop.services.pool.grow(20)
    for _ in range(ENOUGH):
        recharge, _ = await arrivals.hold(Oddity.WRONG_TOKEN, ann)
        assert recharge is not None
        await settle(shop, recharge, DISMISS)
    assert not (await shop.services.recharges.review_times.usual()).is_measured
