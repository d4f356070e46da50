"""Sealed keys on the disk: ours alone, whole, and under their own names."""

import os
import shutil
from pathlib import Path

import pytest

from signer.key_changes import add_key, new_hot_secret, rotate_kek, secret_of
from signer.key_files import KeyFolder, KeysRefused
from signer.key_ring import NoKey, open_ring
from signer.plain_secret import PlainSecret
from signer.private_files import FileRefused
from signer.sealing import CannotOpen, Purpose, WrongKek, open_sealed, rewrap
from signer.signing_key import BadKey
from tests.signer.making import FIRST, HOT_BYTES, KEK, OTHER_KEK, OTHER_XPRV, WORDS, XPRV
from tests.signer.signatures import HOT


@pytest.fixture
def folder(tmp_path: Path) -> KeyFolder:
    """A hot key and a pool's."""
    keys = KeyFolder(tmp_path / "signer" / "keys")
    add_key(keys, KEK, Purpose.HOT, lambda: PlainSecret(HOT_BYTES), is_first=True)
    add_key(keys, KEK, Purpose.POOL, lambda: PlainSecret(XPRV), is_first=True)
    return keys


def test_only_the_owner_may_enter(folder: KeyFolder) -> None:
    assert folder.folder.stat().st_mode & 0o777 == 0o700
    names = sorted(file.name for file in folder.folder.iterdir())
    assert names == ["hot-1.json", "pool-1.json"]
    assert {file.stat().st_mode & 0o777 for file in folder.folder.iterdir()} == {0o600}


def test_nobody_else_may_write_above_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        KeyFolder(tmp_path / "data" / "signer" / "keys")
    finally:
        os.umask(before)
    modes = [(tmp_path / place).stat().st_mode & 0o777 for place in ("data", "data/signer")]
    assert modes == [0o755, 0o755]


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o770, 0o711, 0o777])
def test_a_folder_that_others_may_enter_is_refused(folder: KeyFolder, mode: int) -> None:
    folder.folder.chmod(mode)
    with pytest.raises(FileRefused, match=f"{mode:04o}"):
        KeyFolder(folder.folder)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_may_read_is_refused(folder: KeyFolder, mode: int) -> None:
    (folder.folder / "hot-1.json").chmod(mode)
    with pytest.raises(FileRefused, match="hot-1"):
        folder.list_sealed()


def test_somebody_else_s_folder_is_refused(
    folder: KeyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: folder.folder.stat().st_uid + 1)
    with pytest.raises(FileRefused, match="another user"):
        KeyFolder(folder.folder)


def test_the_newest_version_signs_and_older_ones_stay(folder: KeyFolder) -> None:
    for _ in range(10):
        add_key(folder, KEK, Purpose.HOT, new_hot_secret, is_first=False)
    ring = open_ring(folder, KEK)
    # By number: as text, 9 would be the newest of 11.
    assert [one.label.key_version for one in folder.list_sealed()][:11] == [*range(1, 12)]
    newest = folder.list_sealed()[10].label.address
    assert ring.hot.address == newest != HOT
    assert ring.hot_of(HOT).address == HOT
    with pytest.raises(NoKey, match=FIRST):
        ring.hot_of(FIRST)


def test_wallets_of_every_account_can_be_paid_from(folder: KeyFolder) -> None:
    add_key(folder, KEK, Purpose.POOL, lambda: PlainSecret(OTHER_XPRV), is_first=False)
    ring = open_ring(folder, KEK)
    assert len(ring.pools) == 2
    for account, pool in ring.pools.items():
        assert ring.leaf(account, 0, pool.first_address).address == pool.first_address
    with pytest.raises(NoKey):
        ring.leaf("0" * 12, 0, FIRST)


def test_without_a_hot_key_nothing_is_paid(tmp_path: Path) -> None:
    with pytest.raises(NoKey):
        _ = open_ring(KeyFolder(tmp_path / "keys"), KEK).hot


def test_a_key_under_another_name_is_refused(folder: KeyFolder) -> None:
    """Else an old key could be made the newest by renaming it."""
    shutil.copy(folder.folder / "hot-1.json", folder.folder / "hot-2.json")
    with pytest.raises(KeysRefused, match="hot-2"):
        open_ring(folder, KEK)


def test_a_file_that_is_no_key_is_refused(folder: KeyFolder) -> None:
    (folder.folder / "hot-1.json").write_text("{}", encoding="ascii")
    with pytest.raises(KeysRefused, match="hot-1"):
        open_ring(folder, KEK)


def test_other_files_are_passed_over(folder: KeyFolder) -> None:
    for name in ("README", ".hot-3.json.new", "hot-0.json", "hot-1.json~", "warm-1.json"):
        (folder.folder / name).write_text("x", encoding="ascii")
    assert len(folder.list_sealed()) == 2


def test_one_key_that_does_not_open_stops_all(folder: KeyFolder) -> None:
    with folder.changing() as changes:
        changes.replace(rewrap(folder.list_sealed()[0], KEK, OTHER_KEK))
    with pytest.raises(WrongKek):
        open_ring(folder, KEK)


def test_a_key_is_never_put_in_the_place_of_another(folder: KeyFolder) -> None:
    sealed = folder.list_sealed()[0]
    before = folder.file_of(sealed).read_bytes()
    with folder.changing() as changes, pytest.raises(KeysRefused):
        changes.add(sealed)
    other = KeyFolder(folder.folder.parent / "other")
    add_key(other, KEK, Purpose.HOT, new_hot_secret, is_first=True)
    with folder.changing() as changes, pytest.raises(KeysRefused):
        changes.replace(other.list_sealed()[0])
    assert folder.file_of(sealed).read_bytes() == before


def test_two_commands_do_not_change_keys_at_once(folder: KeyFolder) -> None:
    with folder.changing(), pytest.raises(KeysRefused, match="another command"):
        add_key(folder, KEK, Purpose.HOT, new_hot_secret, is_first=False)
    add_key(folder, KEK, Purpose.HOT, new_hot_secret, is_first=False)


def test_what_a_crash_left_behind_is_no_hindrance(folder: KeyFolder) -> None:
    (folder.folder / ".hot-2.json.new").write_text("half a", encoding="ascii")
    sealed = add_key(folder, KEK, Purpose.HOT, new_hot_secret, is_first=False)
    assert folder.file_of(sealed).read_bytes() == sealed.to_json()
    assert not (folder.folder / ".hot-2.json.new").exists()


def test_a_purpose_has_a_first_key_once(folder: KeyFolder) -> None:
    with pytest.raises(KeysRefused, match="rotate hot"):
        add_key(folder, KEK, Purpose.HOT, new_hot_secret, is_first=True)
    empty = KeyFolder(folder.folder.parent / "empty")
    with pytest.raises(KeysRefused, match="seal --purpose hot"):
        add_key(empty, KEK, Purpose.HOT, new_hot_secret, is_first=False)


def test_a_key_is_sealed_once(folder: KeyFolder) -> None:
    with pytest.raises(KeysRefused, match=HOT):
        add_key(folder, KEK, Purpose.HOT, lambda: PlainSecret(HOT_BYTES), is_first=False)
    assert len(folder.list_sealed()) == 2


def test_all_keys_of_a_folder_are_under_one_key(folder: KeyFolder) -> None:
    with pytest.raises(WrongKek):
        add_key(folder, OTHER_KEK, Purpose.HOT, new_hot_secret, is_first=False)
    assert len(folder.list_sealed()) == 2


def test_a_new_key_encryption_key_opens_all_and_the_old_one_none(folder: KeyFolder) -> None:
    before = open_ring(folder, KEK)
    done = rotate_kek(folder, KEK, OTHER_KEK)
    assert (done.changed, done.already) == (2, 0)
    after = open_ring(folder, OTHER_KEK)
    assert after.hot.address == before.hot.address
    assert after.pools.keys() == before.pools.keys()
    for sealed in folder.list_sealed():
        with pytest.raises(WrongKek):
            open_sealed(sealed, KEK)


def test_a_rotation_that_was_cut_short_is_finished_by_the_next(folder: KeyFolder) -> None:
    with folder.changing() as changes:
        changes.replace(rewrap(folder.list_sealed()[0], KEK, OTHER_KEK))
    done = rotate_kek(folder, KEK, OTHER_KEK)
    assert (done.changed, done.already) == (1, 1)
    assert open_ring(folder, OTHER_KEK).hot.address == HOT


def test_a_key_that_does_not_open_keeps_all_others_as_they_are(folder: KeyFolder) -> None:
    broken = folder.folder / "pool-1.json"
    text = broken.read_text(encoding="ascii")
    broken.write_text(text.replace(FIRST, HOT), encoding="ascii")
    before = {file.name: file.read_bytes() for file in folder.folder.iterdir()}
    with pytest.raises(CannotOpen):
        rotate_kek(folder, KEK, OTHER_KEK)
    assert {file.name: file.read_bytes() for file in folder.folder.iterdir()} == before


def test_the_same_key_is_no_new_one(folder: KeyFolder) -> None:
    with pytest.raises(KeysRefused):
        rotate_kek(folder, KEK, KEK)


@pytest.mark.parametrize(
    ("purpose", "text"),
    [
        (Purpose.HOT, ""),
        (Purpose.HOT, "88" * 31),
        (Purpose.HOT, "88" * 31 + " 8"),
        (Purpose.HOT, "zz" * 32),
        (Purpose.HOT, "٨" * 64),
        (Purpose.HOT, WORDS),
        (Purpose.POOL, "88" * 32),
        (Purpose.POOL, WORDS + " about"),
        (Purpose.POOL, "abandon " * 12),
        (Purpose.POOL, "abandon " * 100_000),
    ],
)
def test_what_is_no_key_of_a_purpose_is_refused(purpose: Purpose, text: str) -> None:
    with pytest.raises(BadKey) as raised:
        secret_of(purpose, text)
    assert len(text) < 10 or text not in str(raised.value)


def test_a_key_is_taken_as_people_write_it() -> None:
    for text in ("88" * 32, f"0x{'88' * 32}\n"):
        assert secret_of(Purpose.HOT, text).reveal() == HOT_BYTES
    for text in (WORDS, f"  {WORDS.upper().replace(' ', '   ')}\n", XPRV.decode()):
        assert secret_of(Purpose.POOL, text).reveal() == XPRV
