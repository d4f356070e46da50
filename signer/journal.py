"""The signer's own memory of what it signed, beside the database and independent of it.

A database can be put back to an older day, and then no longer knows of a payment that was
made: it would be signed again. So nothing is handed on before it is here and on the disk, and
nothing is signed for a payment that is here already. Entries are only ever added: what became
of a transaction is not written, and every entry counts for good.
"""

import fcntl
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from signer.errors import JournalTrouble, SignerError
from signer.journal_index import JournalIndex, Place, Sums
from signer.journal_lines import (
    START,
    JournalDamaged,
    JournalEntry,
    Line,
    Position,
    Signature,
    TornLine,
    check_of,
    parse_again,
    read_lines,
    spell,
)
from signer.private_files import (
    OTHERS_MAY_READ,
    ensure_private_folder,
    refuse_shared_file,
    sync_folder,
    write_private_file,
)


class JournalHeld(JournalTrouble):
    """Another signer of this machine holds the journal. Nothing was touched."""


class JournalFailed(JournalTrouble):
    """An entry could not be brought to the disk: its transaction must not be sent.

    Nothing is signed until the journal has been opened anew.
    """


class AlreadySigned(SignerError):
    """The journal has a signature for this attempt, or this transaction. Nothing was written."""


class Journal:
    """The journal, held by this process alone.

    Calls wait for the disk: do not make them from an event loop. They may come from any thread.
    """

    def __init__(self, file: Path) -> None:
        """Hold the journal, read all of it, and repair a write that a crash has torn.

        Raises:
            JournalHeld: Another signer is at work.
            JournalDamaged: It is not what was written.
            FileRefused: Others may read or change it.
            OSError: It can be neither read nor made.
        """
        ensure_private_folder(file.parent, OTHERS_MAY_READ)
        self._file: Final = file
        self._lock: Final = threading.Lock()
        self._index: Final = JournalIndex()
        self._position = START
        self._size = 0
        self._is_sound = False
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        self._descriptor = os.open(file, flags, 0o600)
        try:
            self._hold()
            self._read()
        except BaseException:
            self.close()
            raise

    @property
    def position(self) -> Position:
        """How far it goes: to be kept elsewhere, and compared when the signer starts."""
        return self._position

    def append(self, signature: Signature) -> JournalEntry:
        """Write an entry, and return once it is on the disk. Only then may it be used.

        Raises:
            AlreadySigned: There is one of this payout and attempt, or a later one.
            JournalFailed: It may be there or not: open the journal anew.
            JournalDamaged: Somebody else has written to the file, or moved it away.
            ValueError: It would be too long.
        """
        with self._lock:
            self._refuse_unsound()
            self._refuse_known(signature)
            line, entry = spell(self._position, signature)
            # What goes wrong from here on may leave a part of the line behind.
            self._is_sound = False
            problem = self._write(line)
            if problem is not None:
                raise JournalFailed(f"the journal cannot be written: {problem}")
            self._take_in(Line(self._size, len(line), check_of(line), entry))
            self._is_sound = True
        return entry

    def entries_of(self, payout_id: str) -> Sequence[JournalEntry]:
        """What was ever signed for a payout, the first attempt first.

        Raises:
            JournalDamaged: It has changed since it was read.
        """
        with self._lock:
            return [self._entry_at(place) for place in self._index.places_of(payout_id)]

    def last(self, count: int) -> Sequence[JournalEntry]:
        """The newest entries, the oldest of them first; at most 1,000.

        Raises:
            ValueError: More are asked for.
            JournalDamaged: One has changed since it was read.
        """
        with self._lock:
            return [self._entry_at(place) for place in self._index.last(count)]

    def sums_since(self, moment: datetime) -> Sums:
        """What was signed at or after a moment, which is not more than two days ago.

        Raises:
            SumsForgotten: It is longer ago.
        """
        with self._lock:
            return self._index.sums_since(moment)

    def has(self, position: Position) -> bool:
        """Whether the journal goes on from a position that was noted elsewhere.

        When it does not, entries were cut off, or it is another journal: nothing may be signed.

        Raises:
            JournalDamaged: It has changed since it was read.
        """
        if position.sequence == 0:
            return position == START
        found = (entry.position for entry in self.entries_after(position.sequence - 1))
        return next(found, None) == position

    def entries_after(self, sequence: int) -> Iterator[JournalEntry]:
        """The entries that follow one, read from the file again from its beginning.

        Raises:
            JournalDamaged: It has changed since it was read.
        """
        self._refuse_moved()
        with self._file.open("rb") as opened:
            for line in read_lines(opened):
                if isinstance(line, Line) and line.entry.position.sequence > sequence:
                    yield line.entry

    def close(self) -> None:
        """Let go of the journal. Nothing can be appended afterwards."""
        with self._lock:
            self._is_sound = False
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _hold(self) -> None:
        refuse_shared_file(self._file, self._descriptor)
        is_ours = False
        with suppress(BlockingIOError):
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_ours = True
        if not is_ours:
            raise JournalHeld(f"another signer is at work with {self._file}")
        # The lock is on the file, wherever its name leads by now.
        self._refuse_moved()

    def _read(self) -> None:
        torn: TornLine | None = None
        with os.fdopen(self._descriptor, "rb", closefd=False) as opened:
            for line in read_lines(opened):
                if isinstance(line, TornLine):
                    torn = line
                else:
                    self._take_in(line)
        if torn is not None:
            self._repair(torn)
        os.fsync(self._descriptor)
        sync_folder(self._file.parent)
        self._is_sound = True

    def _repair(self, torn: TornLine) -> None:
        """Undo a write that a crash has torn, or finish it when only its end is missing.

        Nobody was told of such an entry, so its transaction was never sent. One that is whole
        is kept all the same: what is known to be signed is better sent than signed anew.
        """
        if torn.entry is not None:
            os.write(self._descriptor, b"\n")
            whole = torn.data + b"\n"
            self._take_in(Line(torn.offset, len(whole), check_of(whole), torn.entry))
            return
        now = datetime.now(UTC)
        aside = self._file.with_name(f"{self._file.stem}.torn-{now:%Y%m%dT%H%M%S.%fZ}")
        write_private_file(aside, torn.data)
        sync_folder(self._file.parent)
        os.ftruncate(self._descriptor, torn.offset)
        self._size = torn.offset

    def _take_in(self, line: Line) -> None:
        self._index.add(line)
        self._position = line.entry.position
        self._size = line.offset + line.size

    def _refuse_unsound(self) -> None:
        if not self._is_sound:
            raise JournalFailed("the journal is closed, or a write to it has failed: open it anew")
        if os.fstat(self._descriptor).st_size != self._size:
            self._is_sound = False
            raise JournalDamaged(f"somebody else has written to {self._file}")
        self._refuse_moved()

    def _refuse_moved(self) -> None:
        there = None
        with suppress(OSError):
            there = self._file.stat(follow_symlinks=False)
        if there is None or not os.path.samestat(there, os.fstat(self._descriptor)):
            self._is_sound = False
            raise JournalDamaged(f"somebody has moved {self._file} away")

    def _refuse_known(self, signature: Signature) -> None:
        places = self._index.places_of(signature.payout_id)
        newest = places[-1].attempt if places else 0
        if signature.attempt <= newest:
            raise AlreadySigned(
                f"attempt {signature.attempt} of payout {signature.payout_id} is signed already"
            )
        if self._index.has_lately(signature.txid):
            # Two payments of one amount to one address, made for one moment, would be one
            # transaction: it would be mined once, and stand for both.
            raise AlreadySigned(f"transaction {signature.txid} is signed already")

    def _write(self, line: bytes) -> str | None:
        """Bring a line to the disk; what went wrong, if something did."""
        try:
            written = 0
            while written < len(line):
                written += os.write(self._descriptor, line[written:])
            os.fsync(self._descriptor)
        except OSError as error:
            return error.strerror or type(error).__name__
        return None

    def _entry_at(self, place: Place) -> JournalEntry:
        data = os.pread(self._descriptor, place.size, place.offset)
        return parse_again(data, place.sequence, place.check)
