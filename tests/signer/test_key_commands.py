"""The command line of the signer, as a person uses it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from signer.__main__ import app
from signer.journal import Journal
from signer.kek import new_kek_text
from signer.key_files import KeyFolder
from signer.sealing import Purpose
from tests.signer.making import FIRST, HOT_BYTES, OTHER_XPRV, WORDS, XPRV
from tests.signer.signatures import HOT, signature
from tests.support.processes import ROOT
from tests.unit.test_settings import PRODUCTION

HEX = HOT_BYTES.hex()
SECRETS = (HEX, WORDS, XPRV.decode(), OTHER_XPRV.decode())


def private(file: Path, text: str, mode: int = 0o600) -> Path:
    file.write_text(text, encoding="ascii")
    file.chmod(mode)
    return file


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A signer with a key-encryption key, and no key yet."""
    monkeypatch.setenv("JIEMA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SIGNER_KEK_FILE", str(private(tmp_path / "kek", new_kek_text())))
    return tmp_path


def typed(*words: str | Path, given: str = "", code: int = 0) -> Result:
    """A command, and that it shows no secret."""
    done = CliRunner().invoke(app, [str(word) for word in words], input=given)
    assert done.exit_code == code, done.output
    kek = Path(os.environ.get("SIGNER_KEK_FILE", "/"))
    hidden = [kek.read_text(encoding="ascii").strip()] if kek.is_file() else []
    for secret in (*SECRETS, *hidden):
        assert secret not in done.output
    assert "Traceback" not in done.output
    return done


def folder_of(data: Path) -> KeyFolder:
    return KeyFolder(data / "data" / "signer" / "keys")


def test_keys_are_sealed_from_files_and_checked(data: Path) -> None:
    key = private(data / "key", HEX)
    done = typed("keys", "seal", "--purpose", "hot", "--key-file", key)
    assert HOT in done.output
    words = private(data / "words", WORDS)
    done = typed("keys", "seal", "--purpose", "pool", "--words-file", words)
    assert FIRST in done.output
    done = typed("keys", "check")
    assert done.output.count("opens") == 2
    assert HOT in done.output
    assert FIRST in done.output
    assert "TRON_ACCOUNT_XPUB" not in done.output


@pytest.mark.parametrize(
    ("purpose", "given", "address"),
    [("hot", HEX, HOT), ("pool", WORDS, FIRST), ("pool", XPRV.decode(), FIRST)],
)
def test_keys_are_sealed_from_what_is_typed(
    data: Path, purpose: str, given: str, address: str
) -> None:
    done = typed("keys", "seal", "--purpose", purpose, given=f"{given}\n")
    assert address in done.output
    assert [one.label.address for one in folder_of(data).list_sealed()] == [address]


@pytest.mark.parametrize("given", ["", "\n", "88", "not a key", "8" * 5000])
def test_what_is_no_key_is_refused(data: Path, given: str) -> None:
    for purpose in Purpose:
        typed("keys", "seal", "--purpose", purpose, given=given, code=1)
    assert folder_of(data).list_sealed() == []


def test_a_file_that_others_may_read_is_refused(data: Path) -> None:
    key = private(data / "key", HEX, 0o644)
    done = typed("keys", "seal", "--purpose", "hot", "--key-file", key, code=1)
    assert "0644" in done.output
    typed("keys", "seal", "--purpose", "hot", "--key-file", data / "missing", code=1)
    assert folder_of(data).list_sealed() == []


def test_one_source_counts(data: Path) -> None:
    key = private(data / "key", HEX)
    for words in (["--purpose", "pool", "--key-file", key], ["--purpose", "hot"]):
        typed("keys", "seal", *words, "--words-file", key, code=1)
    assert folder_of(data).list_sealed() == []


def test_a_second_hot_key_stands_beside_the_first(data: Path) -> None:
    typed("keys", "rotate", "hot", "--generate", code=1)
    typed("keys", "seal", "--purpose", "hot", given=HEX)
    typed("keys", "seal", "--purpose", "hot", given=HEX, code=1)
    typed("keys", "rotate", "hot", given=HEX, code=1)
    typed("keys", "rotate", "hot", "--generate")
    key = private(data / "key", "77" * 32)
    typed("keys", "rotate", "hot", "--key-file", key)
    sealed = folder_of(data).list_sealed()
    assert [one.label.key_version for one in sealed] == [1, 2, 3]
    assert sealed[0].label.address == HOT
    assert typed("keys", "check").output.count("opens") == 3


def test_a_pool_s_key_is_not_thrown_here(data: Path) -> None:
    typed("keys", "seal", "--purpose", "pool", given=WORDS)
    typed("keys", "rotate", "pool", "--generate", code=1)
    key = private(data / "key", OTHER_XPRV.decode())
    typed("keys", "rotate", "pool", "--key-file", key, "--generate", code=1)
    typed("keys", "rotate", "pool", "--key-file", key)
    assert len(folder_of(data).list_sealed()) == 2


def test_a_pool_that_is_not_the_shop_s_is_told(data: Path) -> None:
    typed("keys", "seal", "--purpose", "pool", given=OTHER_XPRV.decode())
    assert "TRON_ACCOUNT_XPUB" in typed("keys", "check").output


def test_the_key_encryption_key_is_replaced(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed("keys", "seal", "--purpose", "hot", given=HEX)
    typed("keys", "seal", "--purpose", "pool", given=WORDS)
    fresh = data / "fresh"
    done = typed("keys", "new-kek", "--file", fresh)
    assert fresh.read_text(encoding="ascii").strip() not in done.output
    assert fresh.stat().st_mode & 0o777 == 0o600
    typed("keys", "new-kek", "--file", fresh, code=1)
    typed("keys", "new-kek", "--file", data / "nowhere" / "kek", code=1)
    assert "2 keys" in typed("keys", "rotate-kek", "--new-kek-file", fresh).output
    # Once more, as after a crash: nothing is left to do.
    assert "0 keys" in typed("keys", "rotate-kek", "--new-kek-file", fresh).output
    assert "error" in typed("keys", "check", code=1).output
    monkeypatch.setenv("SIGNER_KEK_FILE", str(fresh))
    assert typed("keys", "check").output.count("opens") == 2


def test_without_keys_a_check_fails(data: Path) -> None:
    typed("keys", "check", code=1)


def test_a_changed_file_fails_the_check_by_its_version(data: Path) -> None:
    typed("keys", "seal", "--purpose", "hot", given=HEX)
    typed("keys", "rotate", "hot", "--generate")
    file = folder_of(data).folder / "hot-1.json"
    text = file.read_text(encoding="ascii")
    at = text.index('"nonce": "') + len('"nonce": "')
    other = "A" if text[at] != "A" else "B"
    file.write_text(text[:at] + other + text[at + 1 :], encoding="ascii")
    done = typed("keys", "check", code=1)
    assert "hot key, version 1: it was changed" in done.output
    assert done.output.count("opens") == 1


def test_production_takes_no_key_that_everybody_has(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    done = typed("keys", "seal", "--purpose", "pool", given=WORDS, code=1)
    assert "everybody has it" in done.output
    assert folder_of(data).list_sealed() == []
    typed("keys", "seal", "--purpose", "hot", given=HEX)


def test_wrong_settings_are_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNER_ATTEMPTS_MAX", "many")
    assert "SIGNER_ATTEMPTS_MAX" in typed("keys", "check", code=1).output
    assert "SIGNER_ATTEMPTS_MAX" in typed("journal", "verify", code=1).output


def test_the_journal_is_shown_while_a_signer_holds_it(data: Path) -> None:
    assert "nothing was ever signed" in typed("journal", "verify", code=1).output
    with Journal(data / "data" / "signer" / "journal.jsonl") as journal:
        for number in range(1, 30):
            journal.append(signature(number))
        done = typed("journal", "verify")
        assert f"29 entries, the last one's hash is {journal.position.hash}" in done.output
        lines = typed("journal", "last").output.splitlines()
        assert [line.split()[0] for line in lines] == [str(number) for number in range(10, 30)]
        assert "payout-29" in lines[-1]
        assert "5 USDT" in lines[-1]
        assert len(typed("journal", "last", "--count", "3").output.splitlines()) == 3


def test_a_damaged_journal_is_told(data: Path) -> None:
    file = data / "data" / "signer" / "journal.jsonl"
    with Journal(file) as journal:
        journal.append(signature(1))
        journal.append(signature(2))
    text = file.read_bytes()
    file.write_bytes(text + b'{"ha')
    assert "cut short" in typed("journal", "verify").output
    file.write_bytes(text.replace(b"payout-1", b"payout-3"))
    for command in ("verify", "last"):
        assert "line 1" in typed("journal", command, code=1).output


def test_the_sandbox_needs_no_set_up(tmp_path: Path) -> None:
    """As a process of its own, and with a key that is on no command line."""
    environment = {"PATH": os.environ["PATH"], "JIEMA_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "signer", "keys", "check"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count("opens") == 2
    assert FIRST in done.stdout
