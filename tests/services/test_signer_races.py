"""Two of everything at one moment: signers, reviewers, readers; and whoever changes their mind."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from jiema_app.bootstrap_chain import build_chain_services
from jiema_app.domain.errors import DomainError
from jiema_app.domain.ledger.verification import verify
from signer.errors import SignerError
from signer.journal import Journal
from signer.loop import _take_place
from signer.turns import Signer
from tests.services.payout_nodes import fresh_address
from tests.support.house import HOT, STRANGER, USDT, House, open_house
from tests.support.payout_wire import Wire
from tests.support.shop import Shop

NET = 18 * USDT
ROUNDS = 6


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
async def house(shop: Shop, tmp_path: Path, wire: Wire) -> AsyncIterator[House]:
    """A shop that pays out; in the end chain and books agree to the last unit."""
    async with open_house(shop, tmp_path, transport=wire) as opened:
        yield opened
        await opened.mine()
        await opened.compare()


async def at_once(*acts: Awaitable[Any]) -> list[Any]:
    """What came of several acts, refusals and troubles included; anything else is a bug."""
    found = await asyncio.gather(*acts, return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException) and not isinstance(one, (DomainError, SignerError)):
            raise one
    return found


def done(found: list[Any]) -> int:
    return sum(not isinstance(one, BaseException) for one in found)


async def drain(house: House, *signers: Signer) -> None:
    """Have everything end that is under way."""
    for _ in range(3):
        for one in signers or (house.signer,):
            await at_once(one.turn())
        await house.mine()


async def ends(house: House) -> list[tuple[str, str | None]]:
    """Status of each withdrawal and of its payout, oldest first."""
    async with house.shop.services.database.connection() as connection:
        rows = await connection.fetch(
            "select w.status, (select p.status from payouts p where p.subject_id = w.id) as payout "
            "from withdrawals w order by w.id"
        )
    return [(row["status"], row["payout"]) for row in rows]


@pytest.mark.parametrize("is_same_journal", [True, False])
async def test_two_signers_that_both_believe_to_be_alone_pay_once(
    house: House, tmp_path: Path, *, is_same_journal: bool
) -> None:
    """As when the first one has lost its place and does not know it yet."""
    addresses = [fresh_address() for _ in range(ROUNDS)]
    for address in addresses:
        await house.approved(await house.earner(), address=address)
    with Journal(tmp_path / "signer" / "other.jsonl") as other:
        journal = None if is_same_journal else other
        second = house.another_signer(journal=journal)
        for _ in range(3):
            await at_once(house.signer.turn(), second.turn())
            await house.mine()
            await house.compare()
        await drain(house, house.signer, second)
    assert await ends(house) == [("SETTLED", "SETTLED")] * ROUNDS
    assert [await house.balance(one) for one in addresses] == [NET] * ROUNDS
    assert await house.shop.fetchval("select count(*) from payout_attempts") == ROUNDS
    journalled = len(house.journal.last(99)) + (0 if is_same_journal else 1)
    assert journalled >= (ROUNDS if is_same_journal else 1)


async def test_a_signer_with_another_journal_that_takes_over_halts(
    house: House, tmp_path: Path
) -> None:
    first = await house.approved(await house.earner())
    await drain(house)
    second = await house.approved(await house.earner())
    await house.signer.turn()
    with Journal(tmp_path / "signer" / "other.jsonl") as other:
        machine = house.another_signer(journal=other)
        third = await house.approved(await house.earner())
        for _ in range(3):
            await machine.turn()
            await house.mine()
        state = await house.payouts.halts.state()
        assert "journal lacks" in str(state.halted_because)
        assert len(other.last(9)) == 0
    shown = [(await house.show(one.id)).status for one in (first, second, third)]
    assert shown == ["SETTLED", "SETTLED", "APPROVED"]
    await house.payouts.halts.resume(actor=await house.admin(), note="the first one is back")
    await house.restart()
    await drain(house)
    assert await ends(house) == [("SETTLED", "SETTLED")] * 3


async def test_a_second_signer_waits_for_the_place_of_the_first(database_address: str) -> None:
    stopping = asyncio.Event()
    first, second = [await asyncpg.connect(database_address) for _ in range(2)]
    assert await _take_place(first, stopping)
    waiting = asyncio.create_task(_take_place(second, stopping))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    first.terminate()
    assert await waiting
    third = await asyncpg.connect(database_address)
    asked = asyncio.create_task(_take_place(third, stopping))
    await asyncio.sleep(0.1)
    stopping.set()
    assert not await asked
    for one in (second, third):
        one.terminate()


async def test_two_reviewers_approve_and_reject_at_one_moment(house: House) -> None:
    reviews, before = house.payouts.reviews, await house.balance(STRANGER)
    ann, bob = await house.admin(), await house.admin()
    paid = 0
    for number in range(ROUNDS):
        asked = await house.ask(await house.earner())
        await house.compare()
        other: Awaitable[Any] = (
            reviews.reject(asked.id, actor=bob, note="no")
            if number % 2
            else reviews.approve(asked.id, actor=bob)
        )
        found = await at_once(reviews.approve(asked.id, actor=ann), other)
        if number % 2 == 0:
            assert done(found) == 1
        await drain(house)
        paid += (await house.show(asked.id)).status == "SETTLED"
    assert all(
        one in {("SETTLED", "SETTLED"), ("REJECTED", None), ("REJECTED", "CANCELLED")}
        for one in await ends(house)
    )
    assert await house.balance(STRANGER) == before + paid * NET


async def test_two_people_of_whom_it_takes_both_approve_at_one_moment(house: House) -> None:
    reviews = house.payouts.reviews
    ann, bob = await house.admin(), await house.admin()
    asked = await house.ask(await house.earner(700), 600)
    await house.compare()
    found = await at_once(
        reviews.approve(asked.id, actor=ann), reviews.approve(asked.id, actor=bob)
    )
    assert done(found) == 2
    assert sorted(one.is_final for one in found) == [False, True]
    same = await house.ask(await house.earner(700), 600)
    again = await at_once(*(reviews.approve(same.id, actor=ann) for _ in range(3)))
    assert done(again) == 1
    assert (await house.show(same.id)).status == "REQUESTED"
    await drain(house)
    assert (await house.show(asked.id)).status == "SETTLED"


async def test_an_owner_cancels_at_the_moment_of_the_approval(house: House) -> None:
    actor, paid = await house.admin(), 0
    for _ in range(ROUNDS):
        owner = await house.earner()
        asked = await house.ask(owner)
        await house.compare()
        found = await at_once(
            house.payouts.reviews.approve(asked.id, actor=actor),
            *(house.payouts.withdrawals.cancel(owner.id, asked.id) for _ in range(2)),
        )
        assert done(found) == 1
        await drain(house)
        paid += (await house.show(asked.id)).status == "SETTLED"
        assert sum(await house.purse(owner)) in {50 * USDT, 30 * USDT}
    assert set(await ends(house)) <= {("SETTLED", "SETTLED"), ("CANCELLED", None)}
    assert await house.balance(STRANGER) == paid * NET


async def test_somebody_is_blocked_at_the_moment_of_the_approval_and_of_the_signature(
    house: House,
) -> None:
    actor, identity = await house.admin(), house.shop.services.identity
    for number in range(ROUNDS):
        owner = await house.earner()
        asked = await house.ask(owner)
        await house.compare()
        block = identity.ban(owner.id, actor="test", reason="test")
        approve = house.payouts.reviews.approve(asked.id, actor=actor)
        if number % 2:
            await approve
            await at_once(house.signer.turn(), block)
        else:
            await at_once(approve, block)
        await drain(house)
        shown = await house.show(asked.id)
        assert shown.status in {"SETTLED", "NEEDS_REVIEW", "REQUESTED"}
        if number % 2 == 0:
            # Whoever was blocked before anything was signed is not paid.
            assert shown.status != "SETTLED"
        if shown.status != "SETTLED":
            await house.payouts.reviews.reject(asked.id, actor=actor, note="blocked")
            assert await house.purse(owner) == (50 * USDT, 0)


async def test_a_reviewer_changes_their_mind_at_the_moment_of_the_signature(house: House) -> None:
    actor, paid = await house.admin(), 0
    for _ in range(ROUNDS):
        owner = await house.earner()
        asked = await house.approved(owner)
        found = await at_once(
            house.signer.turn(), house.payouts.reviews.reject(asked.id, actor=actor, note="wait")
        )
        await drain(house)
        shown = await house.show(asked.id)
        is_rejected = not isinstance(found[1], BaseException)
        assert shown.status == ("REJECTED" if is_rejected else "SETTLED")
        paid += not is_rejected
    assert await house.balance(STRANGER) == paid * NET


async def test_two_readers_and_the_signer_settle_at_one_moment(house: House) -> None:
    services, known = house.shop.services, house.configuration.product
    database = services.database
    other = build_chain_services(known, database, house.clock, house.chain.source)
    for _ in range(3):
        for _ in range(2):
            await house.approved(await house.earner())
        await house.signer.turn()
        await house.peer.mine(4)
        cursors = [await one.scanner._load() for one in (house.chain, other)]

        async def read(scanner: Any, cursor: Any) -> None:
            while (found := await scanner.step(cursor)) is not None:
                cursor = found

        await at_once(
            read(house.chain.scanner, cursors[0]),
            read(other.scanner, cursors[1]),
            house.signer.turn(),
        )
        await house.mine()
        await house.signer.turn()
    assert await ends(house) == [("SETTLED", "SETTLED")] * 6
    assert await house.balance(STRANGER) == 6 * NET
    assert (await verify(database)).ok


async def test_a_reader_alone_settles_what_a_signer_sent_before_it_died(house: House) -> None:
    asked = await house.approved(await house.earner())
    await house.signer.turn()
    before = await house.balance(HOT)
    await house.mine()
    shown = await house.show(asked.id)
    assert (shown.status, await house.balance(HOT)) == ("SETTLED", before - NET)
    (attempt,) = await house.attempts(asked.id)
    assert "was read in final block" in attempt["evidence"]


async def test_a_signer_alone_settles_while_nobody_reads(house: House) -> None:
    asked = await house.approved(await house.earner())
    await house.signer.turn()
    await house.peer.mine(3)
    await house.signer.turn()
    assert (await house.show(asked.id)).status == "SETTLED"
    await house.read()
    await house.compare()
    assert (await verify(house.shop.services.database)).ok
