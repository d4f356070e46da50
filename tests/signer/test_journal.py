"""The journal keeps every signature, and says so when it is not what was written."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta, timezone
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signer.journal import AlreadySigned, Journal, JournalFailed
from signer.journal_index import Sums, SumsForgotten
from signer.journal_lines import START, JournalDamaged, Position, Signature
from signer.kinds import Asset, Kind
from signer.private_files import FileRefused
from tests.signer.signatures import HOT, NOON, OTHER, USDT, signature


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "signer" / "journal.jsonl"


@pytest.fixture
def written(file: Path) -> Path:
    """A journal of five entries."""
    with Journal(file) as journal:
        for number in range(1, 6):
            journal.append(signature(number))
    return file


def opened(file: Path) -> Iterator[Signature]:
    """What a journal holds when it is opened."""
    with Journal(file) as journal:
        yield from (entry.signature for entry in journal.last(1000))


def torn_files(file: Path) -> list[bytes]:
    return [one.read_bytes() for one in sorted(file.parent.glob("journal.torn-*"))]


def test_what_was_appended_is_there_after_a_restart(file: Path) -> None:
    several = [signature(number) for number in range(1, 8)]
    with Journal(file) as journal:
        assert journal.position == START
        entries = [journal.append(one) for one in several]
        assert journal.position == entries[-1].position
        assert [one.position.sequence for one in entries] == [1, 2, 3, 4, 5, 6, 7]
    with Journal(file) as journal:
        assert journal.position == entries[-1].position
        assert list(journal.last(3)) == entries[-3:]
        assert list(journal.last(1000)) == entries
        assert list(journal.last(0)) == []
        assert list(journal.entries_of("payout-4")) == [entries[3]]
        assert list(journal.entries_of("nobody")) == []
        assert list(journal.entries_after(5)) == entries[5:]
        with pytest.raises(ValueError):
            journal.last(1001)


def test_each_line_is_json_and_tied_to_all_before_it(written: Path) -> None:
    before = bytes(32)
    for number, line in enumerate(written.read_bytes().splitlines(), start=1):
        found = orjson.loads(line)
        assert list(found) == ["hash", "entry"]
        content = line[line.index(b'"entry":') + len(b'"entry":') : -1]
        before = hashlib.sha256(before + content).digest()
        assert found["hash"] == before.hex()
        assert found["entry"]["sequence"] == number
        assert set(found["entry"]) == {
            "sequence", "signed_at", "payout_id", "attempt", "kind", "asset", "from", "to",
            "amount", "fee_limit_sun", "txid", "expiration_ms", "signed_json",
        }  # fmt: skip


@settings(max_examples=40)
@given(
    payout=st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True),
    amount=st.integers(1, 2**63 - 1),
    attempt=st.integers(1, 10_000),
    number=st.integers(0, 2**256 - 1),
    moment=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5))])),
    text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=500),
)
def test_every_signature_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory,
    payout: str,
    amount: int,
    attempt: int,
    number: int,
    moment: Any,
    text: str,
) -> None:
    file = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    wanted = signature(
        signed_at=moment,
        payout_id=payout,
        amount=amount,
        attempt=attempt,
        txid=f"{number:064x}",
        signed_json=text,
    )
    with Journal(file) as journal:
        try:
            entry = journal.append(wanted)
        except (ValueError, OverflowError):
            return  # a moment beyond the first or the last year
    with Journal(file) as journal:
        assert list(journal.entries_of(payout)) == [entry]
        assert entry.signature == wanted


def test_several_attempts_of_a_payout_are_kept(file: Path) -> None:
    with Journal(file) as journal:
        for attempt in (1, 2, 5):
            journal.append(signature(attempt, payout_id="one", attempt=attempt))
            journal.append(signature(10 + attempt))
        found = [entry.signature.attempt for entry in journal.entries_of("one")]
        assert found == [1, 2, 5]


def test_an_attempt_is_signed_once(file: Path) -> None:
    with Journal(file) as journal:
        journal.append(signature(1, attempt=2))
        before = file.read_bytes()
        for attempt in (1, 2):
            with pytest.raises(AlreadySigned):
                journal.append(signature(1, attempt=attempt, txid="ab" * 32))
        # Two payouts that come out as one transaction would be paid by one.
        with pytest.raises(AlreadySigned):
            journal.append(signature(2, txid=signature(1).txid))
        assert file.read_bytes() == before
        journal.append(signature(1, attempt=3, txid="ab" * 32))


def test_only_the_owner_may_read_it(written: Path) -> None:
    assert written.stat().st_mode & 0o777 == 0o600
    assert written.parent.stat().st_mode & 0o777 == 0o700
    for path, mode in ((written, 0o644), (written.parent, 0o777)):
        usual = path.stat().st_mode & 0o777
        path.chmod(mode)
        with pytest.raises(FileRefused):
            Journal(written)
        path.chmod(usual)
    Journal(written).close()


def test_a_link_is_no_journal(written: Path, tmp_path: Path) -> None:
    link = tmp_path / "signer" / "link.jsonl"
    link.symlink_to(written)
    with pytest.raises(OSError):
        Journal(link)


@pytest.mark.parametrize("line", range(5))
def test_a_line_that_is_missing_is_found(written: Path, line: int) -> None:
    lines = written.read_bytes().splitlines(keepends=True)
    del lines[line]
    written.write_bytes(b"".join(lines))
    if line < 4:
        with pytest.raises(JournalDamaged, match=f"line {line + 1}"):
            Journal(written)
        assert torn_files(written) == []
    else:
        # Nothing in the file tells: that is what a noted position is for.
        with Journal(written) as journal:
            assert journal.position.sequence == 4


def test_lines_in_another_order_or_twice_are_found(written: Path) -> None:
    lines = written.read_bytes().splitlines(keepends=True)
    for other in (
        [lines[1], lines[0], *lines[2:]],
        [*lines, lines[-1]],
        [*lines[1:]],
        [lines[0], *lines],
    ):
        written.write_bytes(b"".join(other))
        with pytest.raises(JournalDamaged):
            Journal(written)


def test_a_byte_that_was_changed_anywhere_is_found(written: Path) -> None:
    data = written.read_bytes()
    for at in range(0, len(data), 7):
        written.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        with pytest.raises(JournalDamaged):
            Journal(written)
    for at in [at for at, byte in enumerate(data) if byte == ord("\n")]:
        written.write_bytes(data[:at] + b"\x0b" + data[at + 1 :])
        with pytest.raises(JournalDamaged):
            Journal(written)
    assert torn_files(written) == []


@pytest.mark.parametrize(
    "change",
    [("payout-3", "payout-4"), ("5000000", "6000000"), (OTHER, HOT), ("2026-05-01", "2026-05-02")],
)
def test_an_entry_that_was_changed_is_found(written: Path, change: tuple[str, str]) -> None:
    lines = written.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[2] = lines[2].replace(*change)
    written.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(JournalDamaged, match="line 3"):
        Journal(written)


def test_an_entry_that_makes_no_sense_is_damage_also_under_a_right_hash(written: Path) -> None:
    """Whoever can write the file can compute hashes."""
    for content in (b"{}", b"[]", b"null", b'{"sequence":1}', b"x"):
        hash_ = hashlib.sha256(bytes(32) + content).hexdigest()
        written.write_bytes(b'{"hash":"%s","entry":%s}\n' % (hash_.encode(), content))
        with pytest.raises(JournalDamaged, match="line 1"):
            Journal(written)


def test_a_line_without_an_end_is_not_read_into_memory(written: Path) -> None:
    with written.open("ab") as more:
        more.write(b"x" * 5_000_000)
    with pytest.raises(JournalDamaged, match="line 6"):
        Journal(written)


def test_a_write_that_was_torn_at_any_byte_is_kept_aside(written: Path) -> None:
    data = written.read_bytes()
    last = len(data.splitlines(keepends=True)[-1])
    whole = data[:-last]
    for size in range(1, last - 1, 11):
        torn = data[-last:][:size]
        written.write_bytes(whole + torn)
        with Journal(written) as journal:
            assert journal.position.sequence == 4
            assert written.read_bytes() == whole
            # It goes on where it was cut.
            journal.append(signature(5))
        assert written.read_bytes() == data
        assert torn_files(written)[-1] == torn
    for aside in written.parent.glob("journal.torn-*"):
        assert aside.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("tail", [b"\0" * 600, b"\0", b"{", b"\xff\xfe nonsense"])
def test_what_a_power_cut_leaves_behind_is_kept_aside(written: Path, tail: bytes) -> None:
    data = written.read_bytes()
    written.write_bytes(data + tail)
    with Journal(written) as journal:
        assert journal.position.sequence == 5
    assert written.read_bytes() == data
    assert torn_files(written) == [tail]


def test_an_entry_that_misses_its_end_alone_is_kept(written: Path) -> None:
    """It was signed: to send it is safe, and to sign anew beside it is not."""
    data = written.read_bytes()
    written.write_bytes(data[:-1])
    with Journal(written) as journal:
        assert journal.position.sequence == 5
        assert [one.signature for one in journal.entries_of("payout-5")] == [signature(5)]
        journal.append(signature(6))
    assert [one.payout_id for one in opened(written)][-2:] == ["payout-5", "payout-6"]
    assert torn_files(written) == []


def test_damage_in_front_of_a_torn_write_is_damage(written: Path) -> None:
    data = written.read_bytes()
    written.write_bytes(data[:100] + b"X" + data[101:] + b"{")
    with pytest.raises(JournalDamaged):
        Journal(written)
    assert written.read_bytes()[-1:] == b"{"
    assert torn_files(written) == []


def test_a_torn_write_is_kept_before_it_is_cut(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written.write_bytes(written.read_bytes() + b"{torn")

    def refuse(*_: Any) -> None:
        raise OSError("no")

    with monkeypatch.context() as broken:
        broken.setattr(os, "ftruncate", refuse)
        with pytest.raises(OSError):
            Journal(written)
    assert torn_files(written) == [b"{torn"]
    assert len(list(opened(written))) == 5
    assert torn_files(written) == [b"{torn", b"{torn"]


def test_a_position_that_was_noted_elsewhere_is_found_again(written: Path) -> None:
    with Journal(written) as journal:
        noted = [entry.position for entry in journal.last(5)]
        assert all(journal.has(one) for one in (START, *noted))
        assert not journal.has(Position(6, noted[-1].hash))
        assert not journal.has(Position(5, noted[0].hash))
        assert not journal.has(Position(0, noted[0].hash))
    lines = written.read_bytes().splitlines(keepends=True)
    written.write_bytes(b"".join(lines[:-1]))
    with Journal(written) as journal:
        # Cut at the end, and then grown again by another entry.
        assert not journal.has(noted[-1])
        journal.append(signature(77))
        assert journal.position.sequence == 5
        assert not journal.has(noted[-1])
        assert journal.has(noted[-2])


def test_somebody_else_s_line_is_noticed(written: Path) -> None:
    journal = Journal(written)
    with written.open("ab") as other:
        other.write(b"x\n")
    with pytest.raises(JournalDamaged, match="somebody else"):
        journal.append(signature(9))
    with pytest.raises(JournalFailed):
        journal.append(signature(9))
    journal.close()


def test_a_journal_that_was_moved_away_is_noticed(written: Path) -> None:
    journal = Journal(written)
    written.rename(written.with_name("elsewhere"))
    with pytest.raises(JournalDamaged, match="moved"):
        journal.append(signature(9))
    journal.close()


def test_an_entry_that_changed_while_it_was_held_is_noticed(written: Path) -> None:
    with Journal(written) as journal:
        data = written.read_bytes()
        written.write_bytes(data.replace(b"payout-2", b"payout-9"))
        with pytest.raises(JournalDamaged, match="line 2"):
            journal.entries_of("payout-2")
        with pytest.raises(JournalDamaged):
            list(journal.entries_after(0))


def test_it_is_on_the_disk_before_anybody_is_told(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    write, sync = os.write, os.fsync

    def writing(descriptor: int, data: bytes) -> int:
        happened.append("write")
        return write(descriptor, data)

    def syncing(descriptor: int) -> None:
        sync(descriptor)
        happened.append("sync")

    with Journal(file) as journal:
        monkeypatch.setattr(os, "write", writing)
        monkeypatch.setattr(os, "fsync", syncing)
        journal.append(signature(1))
        assert happened == ["write", "sync"]


def test_an_entry_that_may_not_be_on_the_disk_stops_the_signer(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: int) -> None:
        raise OSError(5, "Input/output error")

    with Journal(file) as journal:
        journal.append(signature(1))
        with monkeypatch.context() as broken:
            broken.setattr(os, "fsync", refuse)
            with pytest.raises(JournalFailed, match="Input/output"):
                journal.append(signature(2))
        for number in (2, 3):
            with pytest.raises(JournalFailed, match="open it anew"):
                journal.append(signature(number))
    with Journal(file) as journal:
        # It was written all the same: it is known, and is not signed a second time.
        with pytest.raises(AlreadySigned):
            journal.append(signature(2, txid="ab" * 32))
        journal.append(signature(3))


def test_after_closing_nothing_is_appended(written: Path) -> None:
    journal = Journal(written)
    journal.close()
    journal.close()
    with pytest.raises(JournalFailed):
        journal.append(signature(9))


@pytest.mark.parametrize(
    "change",
    [
        {"signed_at": NOON.replace(tzinfo=None)},
        {"payout_id": ""},
        {"payout_id": "a b"},
        {"payout_id": "a" * 65},
        {"attempt": 0},
        {"attempt": 10_001},
        {"source": "T"},
        {"receiver": "ToJyNqFb61rxGU5yELnRhMKzibZRZj4KGZ"},
        {"amount": 0},
        {"amount": 2**63},
        {"fee_limit_sun": -1},
        {"txid": "0" * 63},
        {"txid": "A" * 64},
        {"expiration_ms": 0},
        {"signed_json": ""},
        {"signed_json": "x" * 8193},
        {"asset": Asset.TRX},
        {"kind": Kind.GAS},
    ],
    ids=str,
)
def test_what_could_not_be_kept_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        signature(1, **change)


def test_a_line_that_would_be_too_long_is_not_written(written: Path) -> None:
    with Journal(written) as journal:
        # Each of these characters takes six in JSON.
        with pytest.raises(ValueError):
            journal.append(signature(9, signed_json="\x01" * 8_000))
        journal.append(signature(9))
    assert len(list(opened(written))) == 6


def test_sums_are_of_a_time_and_of_kinds(file: Path) -> None:
    gas = {"kind": Kind.GAS, "asset": Asset.TRX, "receiver": USDT, "fee_limit_sun": 0}
    with Journal(file) as journal:
        journal.append(signature(1, amount=1, signed_at=NOON - timedelta(hours=30)))
        journal.append(signature(2, amount=20, signed_at=NOON - timedelta(hours=23)))
        journal.append(signature(3, amount=300, kind=Kind.REFUND, receiver=USDT))
        journal.append(signature(4, amount=4000, kind=Kind.SWEEP, receiver=HOT, source=OTHER))
        journal.append(signature(5, amount=50_000, **gas))
        # A second attempt counts as well: nobody here knows what became of the first.
        journal.append(signature(6, payout_id="payout-2", attempt=2, amount=20))
        day = journal.sums_since(NOON - timedelta(hours=24))
        assert day == Sums(3, 340, {OTHER: 40, USDT: 300}, 4000, 50_000)
        assert journal.sums_since(NOON).payments == 2
        assert journal.sums_since(NOON + timedelta(seconds=1)) == Sums(0, 0, {}, 0, 0)
        assert journal.sums_since(NOON - timedelta(hours=40)).paid_micro == 341
    with Journal(file) as journal:
        assert journal.sums_since(NOON - timedelta(hours=24)) == day


def test_amounts_are_forgotten_and_say_so(file: Path) -> None:
    with Journal(file) as journal:
        journal.append(signature(1, signed_at=NOON - timedelta(hours=49)))
        journal.append(signature(2, signed_at=NOON - timedelta(hours=47)))
        journal.append(signature(3))
        with pytest.raises(SumsForgotten):
            journal.sums_since(NOON - timedelta(hours=49))
        assert journal.sums_since(NOON - timedelta(hours=48)).payments == 2
        assert len(journal.entries_of("payout-1")) == 1


def test_a_clock_that_is_put_back_hides_nothing(file: Path) -> None:
    with Journal(file) as journal:
        journal.append(signature(1, signed_at=NOON + timedelta(hours=5)))
        journal.append(signature(2))
        assert journal.sums_since(NOON - timedelta(hours=24)).payments == 2
        assert journal.sums_since(NOON).payments == 2


def test_the_same_signature_has_the_same_place_in_any_zone(file: Path) -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=8)))
    with Journal(file) as journal:
        entry = journal.append(signature(1, signed_at=elsewhere))
    with Journal(file) as journal:
        (found,) = journal.last(1)
    assert found == entry
    assert found.signature == replace(entry.signature, signed_at=NOON)
    assert b"2026-05-01T12:00:00.000000+00:00" in file.read_bytes()
