"""In which order a payment is made: the journal, the database, the network; and what a break costs."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jiema_app.domain.transaction import DatabaseTrouble
from signer.errors import SignerError
from signer.journal import Journal, JournalFailed, JournalHeld
from signer.journal_lines import JournalDamaged
from signer.turns import Signer
from tests.support.house import STRANGER, USDT, House, open_house
from tests.support.payout_wire import Wire
from tests.support.persisted_steps import find_steps
from tests.support.shop import Shop
from tests.support.watched_database import Phase, WatchedDatabase

NET = 18 * USDT
STEPS = find_steps()
OF_A_SIGNER = (
    "payouts.queries.SIGN",
    "payouts.queries.NOTE_SENDING",
    "payouts.queries.NOTE_ANSWER",
    "payouts.queries.NOTE_BLOCK",
    "payouts.queries.SETTLE",
    "signer.recovery.NOTE_POSITION",
)
"""Of one payment that goes well, from the approval on."""


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


def breaking_at(house: House, step: str, phase: Phase) -> Signer:
    """The signer on a database that goes away once, at one moment."""
    left = [(step, phase)]

    def tell(name: str, when: Phase) -> None:
        if left == [(name, when)]:
            left.clear()
            raise DatabaseTrouble("ConnectionDoesNotExistError")

    database = WatchedDatabase(house.shop.services.database, STEPS, tell)
    return house.another_signer(database=database)


async def ensure_paid_once(house: House, withdrawal: str, attempts: int = 1) -> None:
    for _ in range(3):
        await house.turns(1)
        await house.finish()
    shown = await house.show(withdrawal)
    assert shown.status == "SETTLED", shown
    assert await house.balance(STRANGER) == NET
    assert len(await house.attempts(withdrawal)) == attempts


async def test_no_byte_is_sent_before_the_database_and_the_journal_have_it(
    house: House, wire: Wire
) -> None:
    asked = await house.approved(await house.earner())
    seen: list[tuple[str, int, int]] = []

    async def look() -> None:
        # By another connection: what it sees is committed.
        (attempt,) = await house.attempts(asked.id)
        entries = house.journal.entries_of(attempt["payout_id"])
        assert entries[0].signature.signed_json.encode() == wire.sent[-1]
        assert attempt["signed_json"].encode() == wire.sent[-1]
        status = await house.shop.fetchval("select status from payouts")
        seen.append((status, attempt["sent_count"], len(entries)))

    wire.before_sending = look
    await house.signer.turn()
    assert seen == [("BROADCAST", 1, 1)]


async def test_the_journal_is_on_the_disk_before_the_database_is_told(house: House) -> None:
    asked = await house.approved(await house.earner())
    seen: list[int] = []

    def tell(name: str, phase: Phase) -> None:
        if (name, phase) == ("payouts.queries.SIGN", Phase.BEFORE):
            text = house.configuration.journal_file.read_text()
            seen.append(text.count(STRANGER))

    database = WatchedDatabase(house.shop.services.database, STEPS, tell)
    await house.another_signer(database=database).turn()
    assert seen == [1]
    await ensure_paid_once(house, asked.id)


@pytest.mark.parametrize("phase", [Phase.BEFORE, Phase.DONE])
async def test_a_database_that_does_not_take_the_signature_has_nothing_sent(
    house: House, wire: Wire, phase: Phase
) -> None:
    asked = await house.approved(await house.earner())
    signer = breaking_at(house, "payouts.queries.SIGN", phase)
    with pytest.raises(DatabaseTrouble):
        await signer.turn()
    assert wire.sent == []
    assert await house.attempts(asked.id) == []
    (entry,) = house.journal.last(9)
    # The same process goes on: what is in the journal is never signed anew beside it.
    with pytest.raises(SignerError):
        await signer.turn()
    await signer.turn()
    (attempt,) = await house.attempts(asked.id)
    assert (attempt["txid"], attempt["is_from_journal"]) == (entry.signature.txid, True)
    assert set(wire.sent) == {entry.signature.signed_json.encode()}
    await ensure_paid_once(house, asked.id)
    assert len(house.journal.last(9)) == 1


async def test_a_database_that_does_not_take_note_of_the_sending_has_nothing_sent(
    house: House, wire: Wire
) -> None:
    asked = await house.approved(await house.earner())
    with pytest.raises(DatabaseTrouble):
        await breaking_at(house, "payouts.queries.NOTE_SENDING", Phase.DONE).turn()
    assert wire.sent == []
    assert (await house.show(asked.id)).status == "SIGNED"
    await ensure_paid_once(house, asked.id)


@pytest.mark.parametrize("step", OF_A_SIGNER)
async def test_a_database_that_goes_away_at_any_step_costs_nothing(house: House, step: str) -> None:
    asked = await house.approved(await house.earner())
    broken = 0
    for phase in Phase:
        signer = breaking_at(house, step, phase)
        for _ in range(2):
            try:
                await signer.turn()
                await house.peer.mine(1)
            except (DatabaseTrouble, SignerError):
                broken += 1
        await house.restart()
    assert broken
    await ensure_paid_once(house, asked.id)


async def test_a_journal_that_cannot_be_written_signs_nothing(
    house: House, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await house.approved(await house.earner())
    monkeypatch.setattr(Journal, "_write", lambda *_: "No space left on device")
    with pytest.raises(JournalFailed):
        await house.signer.turn()
    # Not at the next try either: it is opened anew first.
    with pytest.raises(JournalFailed):
        await house.signer.turn()
    assert await house.attempts(asked.id) == []
    assert wire.sent == []
    assert (await house.show(asked.id)).status == "APPROVED"
    monkeypatch.undo()
    await house.restart()
    await ensure_paid_once(house, asked.id)


async def test_an_entry_that_was_written_without_an_answer_is_followed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await house.approved(await house.earner())
    write = Journal._write

    def fails_afterwards(journal: Journal, line: bytes) -> str:
        assert write(journal, line) is None
        return "Input/output error"

    monkeypatch.setattr(Journal, "_write", fails_afterwards)
    with pytest.raises(JournalFailed):
        await house.signer.turn()
    assert await house.attempts(asked.id) == []
    monkeypatch.undo()
    await house.restart()
    await ensure_paid_once(house, asked.id)
    (attempt,) = await house.attempts(asked.id)
    assert attempt["is_from_journal"]


async def test_a_journal_that_somebody_else_writes_to_signs_nothing(house: House) -> None:
    asked = await house.approved(await house.earner())
    with house.configuration.journal_file.open("ab") as other:
        other.write(b"{}\n")
    with pytest.raises(JournalDamaged):
        await house.signer.turn()
    assert await house.attempts(asked.id) == []


async def test_one_journal_is_held_by_one_signer(house: House) -> None:
    with pytest.raises(JournalHeld):
        await asyncio.to_thread(Journal, house.configuration.journal_file)
