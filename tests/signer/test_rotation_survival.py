"""Sealing all keys anew, killed in the middle: no key is lost, and the next run finishes."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from signer.key_changes import add_key, new_hot_secret, rotate_kek
from signer.key_files import KeyFolder
from signer.key_ring import open_ring
from signer.sealing import Purpose, open_sealed
from tests.signer.making import KEK, OTHER_KEK
from tests.support.processes import ROOT

KEYS = 40
ROUNDS = 8

ROTATING = """
import sys
from pathlib import Path
from signer.key_changes import rotate_kek
from signer.key_files import KeyFolder
from tests.signer.making import KEK, OTHER_KEK

folder, old, new = KeyFolder(Path(sys.argv[1])), KEK, OTHER_KEK
rotate_kek(folder, old, new)
print("rotating", flush=True)
while True:
    old, new = new, old
    rotate_kek(folder, old, new)
"""


@pytest.mark.slow
def test_no_key_is_lost_in_a_rotation_that_is_killed(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "keys")
    add_key(folder, KEK, Purpose.HOT, new_hot_secret, is_first=True)
    for _ in range(KEYS - 1):
        add_key(folder, KEK, Purpose.HOT, new_hot_secret, is_first=False)
    addresses = [key.address for key in open_ring(folder, KEK).hots]
    dice, halves = random.Random(5), 0
    for _ in range(ROUNDS):
        process = subprocess.Popen(
            [sys.executable, "-c", ROTATING, str(folder.folder)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "rotating\n"
        time.sleep(dice.random() / 5)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        found = folder.list_sealed()
        by_id = {one.id: one for one in (KEK, OTHER_KEK)}
        for sealed in found:
            open_sealed(sealed, by_id[sealed.kek_id])
        halves += len({sealed.kek_id for sealed in found}) - 1
        rotate_kek(folder, OTHER_KEK, KEK)
        assert [key.address for key in open_ring(folder, KEK).hots] == addresses
    assert halves, "no rotation was killed in its middle"
