"""The journal under real kills, full disks and a second signer: processes of their own."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from signer.journal import Journal, JournalHeld
from tests.signer.signatures import signature
from tests.support.processes import ROOT

ROUNDS = 40

APPENDING = """
import sys
from pathlib import Path
from signer.journal import Journal
from tests.signer.signatures import signature

journal, number = Journal(Path(sys.argv[1])), int(sys.argv[2])
print("held", flush=True)
while True:
    entry = journal.append(signature(number))
    print(entry.position.sequence, entry.position.hash, flush=True)
    number += 1
"""

HOLDING = """
import sys
from pathlib import Path
from signer.journal import Journal
journal = Journal(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""

WITH_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from signer.journal import Journal, JournalFailed
from tests.signer.signatures import signature

file = Path(sys.argv[1])
journal = Journal(file)
room = file.stat().st_size + int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
for _ in range(2):
    try:
        journal.append(signature(4))
    except JournalFailed as error:
        print(error)
"""


def started(program: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def lines_until_killed(process: "subprocess.Popen[str]", after: int) -> Sequence[str]:
    """What it has acknowledged when it is killed, some time after so many lines."""
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    told = [process.stdout.readline() for _ in range(after)]
    process.send_signal(signal.SIGKILL)
    told += process.stdout.readlines()
    process.wait()
    assert process.returncode == -signal.SIGKILL
    for stream in (process.stdin, process.stdout):
        assert stream is not None
        stream.close()
    # The last one may have been cut in the middle of its hash.
    return [line for line in told if line.endswith("\n")]


def test_what_was_acknowledged_survives_every_kill(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    dice = random.Random(7)
    acknowledged: dict[int, str] = {}
    for kill in range(1, ROUNDS + 1):
        first = 100_000 * kill
        process = started(APPENDING, str(file), str(first))
        for line in lines_until_killed(process, dice.randrange(1, 30)):
            sequence, hash_ = line.split()
            assert int(sequence) not in acknowledged
            acknowledged[int(sequence)] = hash_
        with Journal(file) as journal:
            found = {one.position.sequence: one.position.hash for one in journal.entries_after(0)}
            assert acknowledged.items() <= found.items()
            # At most one more was written than was told.
            assert len(found) <= max(acknowledged) + 1
    assert len(acknowledged) > ROUNDS


def test_two_signers_do_not_hold_one_journal(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    with Journal(file) as journal:
        journal.append(signature(1))
    process = started(HOLDING, str(file))
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    before = file.read_bytes()
    with pytest.raises(JournalHeld):
        Journal(file)
    assert file.read_bytes() == before
    process.communicate("")
    with Journal(file) as journal:
        journal.append(signature(2))
        # Nor does one process hold it twice.
        with pytest.raises(JournalHeld):
            Journal(file)
        journal.append(signature(3))


def test_a_second_signer_is_refused_by_its_exit(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    with Journal(file):
        done = subprocess.run(
            [sys.executable, "-c", HOLDING, str(file)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "JournalHeld" in done.stderr


def test_children_of_a_signer_do_not_keep_its_journal(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    with Journal(file):
        child = subprocess.Popen(["sleep", "60"], close_fds=False)
    try:
        Journal(file).close()
    finally:
        child.kill()
        child.wait()


@pytest.mark.parametrize("room", [0, 1, 300, 500])
def test_a_disk_that_is_full_stops_the_signer_and_loses_nothing(tmp_path: Path, room: int) -> None:
    file = tmp_path / "journal.jsonl"
    with Journal(file) as journal:
        for number in (1, 2, 3):
            journal.append(signature(number))
    before = file.read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", WITH_A_FULL_DISK, str(file), str(room)],
        cwd=ROOT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    first, second = done.stdout.splitlines()
    assert "cannot be written" in first
    assert "open it anew" in second
    assert len(file.read_bytes()) == len(before) + room
    with Journal(file) as journal:
        assert journal.position.sequence == 3
        journal.append(signature(4))
    assert file.read_bytes().startswith(before)
    assert len(list(tmp_path.glob("journal.torn-*"))) == (1 if room else 0)
