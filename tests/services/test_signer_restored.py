"""A database that was put back to an earlier moment, and a journal that was lost, cut or exchanged."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jiema_app.domain.errors import NotOpen
from jiema_app.domain.withdrawals.views import WithdrawalView
from signer.journal import Journal
from tests.support.cluster import Cluster
from tests.support.house import ANOTHER, HOT, STRANGER, USDT, House, open_house
from tests.support.payout_wire import Wire
from tests.support.rewinding import Rewinding, rewinding
from tests.support.shop import Customer, Shop

NET = 18 * USDT


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


@pytest.fixture
def backup(cluster: Cluster, shop: Shop, database_address: str) -> Rewinding:
    return rewinding(cluster, shop, database_address)


@pytest.fixture
async def ann(house: House) -> Customer:
    return await house.earner()


async def ensure_paid_once(house: House, withdrawal: str, attempts: int = 1) -> None:
    """Paid, by chain and books, and by one transaction alone."""
    shown = await house.show(withdrawal)
    assert shown.status == "SETTLED", (shown, await house.payouts.halts.state())
    assert await house.balance(STRANGER) == NET
    assert len(await house.attempts(withdrawal)) == attempts
    assert (await house.shop.prove()).ok


async def pay(house: House, asked: WithdrawalView) -> None:
    await house.signer.turn()
    await house.finish()
    assert (await house.show(asked.id)).status == "SETTLED"


async def halted(house: House) -> str:
    return str((await house.payouts.halts.state()).halted_because)


@pytest.mark.parametrize("reads_first", [True, False], ids=["worker first", "signer first"])
async def test_a_signature_that_the_database_forgot_is_found_to_be_paid(
    house: House, backup: Rewinding, ann: Customer, *, reads_first: bool
) -> None:
    asked = await house.approved(ann)
    before = await backup.copy()
    await pay(house, asked)
    await backup.put_back(before)
    await house.restart()
    if reads_first:
        # The transfer is read before anybody knows again what it paid.
        await house.read()
    await house.turns()
    await house.finish()
    await ensure_paid_once(house, asked.id)
    assert await house.purse(ann) == (30 * USDT, 0)
    if reads_first:
        await house.payouts.halts.resume(actor=await house.admin(), note="put back from a backup")
    await house.mine()
    await house.compare()
    await house.turns()
    assert len(await house.attempts(asked.id)) == 1


@pytest.mark.parametrize("is_late", [False, True])
async def test_a_signature_that_the_database_forgot_and_nobody_took_is_sent(
    house: House, backup: Rewinding, wire: Wire, ann: Customer, *, is_late: bool
) -> None:
    asked = await house.approved(ann)
    before = await backup.copy()
    await house.peer.fault("broadcasttransaction", "dropped_broadcast", count=1)
    await house.signer.turn()
    await backup.put_back(before)
    if is_late:
        await house.expire()
    await house.restart()
    await house.turns()
    await house.finish()
    if is_late:
        # Too late for every block, which is proved; and only then it is signed anew.
        await house.turns()
        await house.finish()
    await ensure_paid_once(house, asked.id, attempts=2 if is_late else 1)
    assert len(set(wire.sent)) == (2 if is_late else 1)


async def test_a_sending_and_a_settlement_that_were_forgotten_are_made_again(
    house: House, backup: Rewinding, ann: Customer
) -> None:
    asked = await house.approved(ann)
    payout = str(await house.shop.fetchval("select id from payouts"))
    await house.signer.signing.sign(payout)
    signed = await backup.copy()
    await house.turns(1)
    sent = await backup.copy()
    await house.finish()
    for copy in (signed, sent):
        await ensure_paid_once(house, asked.id)
        await backup.put_back(copy)
        await house.restart()
        await house.turns(1)
        await house.read()
        await house.turns(1)
    await ensure_paid_once(house, asked.id)


async def test_two_forgotten_signatures_of_one_payout_are_followed_one_after_the_other(
    house: House, backup: Rewinding, ann: Customer
) -> None:
    asked = await house.approved(ann)
    before = await backup.copy()
    await house.peer.fault("broadcasttransaction", "never_mined", count=1)
    await house.signer.turn()
    await house.expire()
    await house.turns()
    await house.finish()
    first, second = await house.attempts(asked.id)
    assert (first["outcome"], second["outcome"]) == ("ABSENT", "SETTLED")
    await backup.put_back(before)
    await house.restart()
    for _ in range(4):
        await house.turns(1)
        await house.mine()
    await ensure_paid_once(house, asked.id, attempts=2)
    assert [one["txid"] for one in await house.attempts(asked.id)] == [
        first["txid"],
        second["txid"],
    ]


@pytest.mark.parametrize("moment", ["before the request", "before the approval"])
async def test_a_payout_that_the_database_forgot_altogether_halts(
    house: House, backup: Rewinding, ann: Customer, moment: str
) -> None:
    before = await backup.copy()
    asked = await house.ask(ann)
    if moment == "before the approval":
        before = await backup.copy()
    await house.approve(asked)
    await house.signer.turn()
    (attempt,) = await house.attempts(asked.id)
    await backup.put_back(before)
    await house.restart()
    actor = await house.admin()
    await house.turns()
    assert "earlier moment" in await halted(house)
    # Whoever lets it go on while it may still be paid is halted again.
    await house.payouts.halts.resume(actor=actor, note="never mind")
    await house.turns()
    assert "earlier moment" in await halted(house)
    other = await house.approved(await house.earner(), address=ANOTHER)
    await house.mine()
    await house.turns()
    assert not await house.attempts(other.id)

    await house.payouts.halts.resume(actor=actor, note="looked at it")
    await house.expire()
    await house.pass_time(200)
    await house.mine(1)
    await house.compare()
    await house.turns()
    # By now it is what left unexplained.
    assert "nobody has explained" in await halted(house)
    assert not await house.attempts(other.id)
    note = "paid before the database was put back"
    await house.payouts.halts.explain(attempt["txid"], actor=actor, note=note)
    await house.payouts.halts.resume(actor=actor, note=note)
    await house.mine(1)
    await house.compare()
    await house.shop.execute("update payouts set not_before = null")
    if (await house.show(other.id)).status == "NEEDS_REVIEW":
        await house.payouts.reviews.retry(other.id, actor=actor, note=note)
    await pay(house, other)
    assert await house.balance(STRANGER) == NET


async def test_who_is_rejected_after_the_signature_was_forgotten_is_told_of(
    house: House, backup: Rewinding, ann: Customer
) -> None:
    asked = await house.approved(ann)
    before = await backup.copy()
    await house.signer.turn()
    await backup.put_back(before)
    await house.payouts.reviews.reject(asked.id, actor=await house.admin(), note="too quick")
    await house.restart()
    await house.turns()
    assert "ended in another way" in await halted(house)
    await house.mine()
    assert len(await house.payouts.halts.list_unexplained()) == 1


async def test_a_forgotten_signature_cannot_be_rejected_once_it_is_adopted(
    house: House, backup: Rewinding, ann: Customer
) -> None:
    asked = await house.approved(ann)
    before = await backup.copy()
    await house.signer.turn()
    await backup.put_back(before)
    await house.restart()
    await house.turns(1)
    with pytest.raises(NotOpen):
        await house.payouts.reviews.reject(asked.id, actor=await house.admin(), note="too late")
    await house.finish()
    await ensure_paid_once(house, asked.id)


async def test_everything_at_once_is_put_back_in_the_middle(
    house: House, backup: Rewinding
) -> None:
    settled = await house.approved(await house.earner(), address=ANOTHER)
    await pay(house, settled)
    asked = [await house.approved(await house.earner(), 20 + number) for number in range(4)]
    copies = []
    ids = [row["id"] for row in await rows(house)][1:]
    for payout in ids:
        copies.append(await backup.copy())
        await house.signer.signing.sign(payout)
        await house.signer.following.run()
    await house.finish()
    hot = await house.balance(HOT)
    for copy in (copies[2], copies[0], copies[3]):
        await backup.put_back(copy)
        await house.restart()
        await house.turns()
        await house.mine()
        await house.turns()
        for one in asked:
            assert (await house.show(one.id)).status == "SETTLED"
        assert await house.balance(HOT) == hot
        await house.compare()


async def rows(house: House) -> list[dict[str, str]]:
    async with house.shop.services.database.connection() as connection:
        return [dict(row) for row in await connection.fetch("select id from payouts order by id")]


@pytest.mark.parametrize("how", ["lost", "cut", "another"])
async def test_a_journal_that_lacks_what_the_database_has_seen_halts(
    house: House, ann: Customer, how: str
) -> None:
    first = await house.approved(await house.earner(), address=ANOTHER)
    await pay(house, first)
    second = await house.approved(ann)
    await house.signer.turn()
    file = house.configuration.journal_file
    whole = file.read_bytes()
    house.journal.close()
    if how == "lost":
        file.unlink()
    elif how == "cut":
        file.write_bytes(b"".join(whole.splitlines(keepends=True)[:-1]))
    else:
        file.write_bytes(b"")
        with Journal(file) as other:
            entries = other.last(1)
        assert not entries
    house.journal = Journal(file)
    house.signer = house.another_signer()
    third = await house.approved(await house.earner(), 30)
    await house.turns()
    await house.finish()
    # What was signed is followed; nothing is signed.
    assert (await house.show(second.id)).status == "SETTLED"
    assert "journal lacks" in await halted(house)
    assert not await house.attempts(third.id)
    actor = await house.admin()
    if how == "lost":
        # The right one is put back.
        house.journal.close()
        file.write_bytes(whole)
        house.journal = Journal(file)
        house.signer = house.another_signer()
    await house.payouts.halts.resume(actor=actor, note="looked at it")
    await house.turns()
    await house.finish()
    assert (await house.show(third.id)).status == "SETTLED"
    assert await house.balance(STRANGER) == NET + 28 * USDT
