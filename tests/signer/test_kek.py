"""The key-encryption key: from one place, readable by nobody else, and never quoted."""

import base64
import os
import traceback
from pathlib import Path

import pytest

from signer.errors import SignerError
from signer.kek import KEK_VARIABLE, Kek, KekRefused, new_kek_text, read_kek, take_kek
from signer.plain_secret import PlainSecret
from signer.private_files import FileRefused

SECRET = bytes(range(40, 72))
HEX = SECRET.hex()
BASE64 = base64.b64encode(SECRET).decode()


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "kek"
    file.write_text(text, encoding="ascii")
    file.chmod(mode)
    return file


@pytest.mark.parametrize(
    "text",
    [HEX, HEX.upper(), BASE64, BASE64.replace("+", "-").replace("/", "_"), f" {HEX}\n"],
)
def test_a_key_is_read_in_hex_and_in_base64(tmp_path: Path, text: str) -> None:
    assert read_kek(written(tmp_path, text)).reveal() == SECRET
    assert take_kek(None, {KEK_VARIABLE: text}).reveal() == SECRET


def test_the_variable_is_gone_once_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEK_VARIABLE, HEX)
    assert take_kek(None).reveal() == SECRET
    assert KEK_VARIABLE not in os.environ
    with pytest.raises(KekRefused):
        take_kek(None)


def test_it_is_gone_also_when_it_is_refused(tmp_path: Path) -> None:
    for text, file in (("nonsense", None), (HEX, written(tmp_path, HEX))):
        environment = {KEK_VARIABLE: text}
        with pytest.raises(KekRefused):
            take_kek(file, environment)
        assert environment == {}


def test_there_is_exactly_one(tmp_path: Path) -> None:
    file = written(tmp_path, HEX)
    with pytest.raises(KekRefused, match="both"):
        take_kek(file, {KEK_VARIABLE: BASE64})
    with pytest.raises(KekRefused, match="no key-encryption key"):
        take_kek(None, {})
    with pytest.raises(KekRefused, match="no key-encryption key"):
        take_kek(None, {KEK_VARIABLE: ""})
    assert take_kek(file, {KEK_VARIABLE: ""}).reveal() == SECRET


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o666, 0o601])
def test_a_file_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(FileRefused, match=f"{mode:04o}"):
        read_kek(written(tmp_path, HEX, mode))


def test_a_file_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, HEX)
    monkeypatch.setattr(os, "geteuid", lambda: file.stat().st_uid + 1)
    with pytest.raises(FileRefused, match="another user"):
        read_kek(file)


def test_what_is_no_plain_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name in ("pipe", ".", "missing"):
        with pytest.raises(FileRefused):
            read_kek(tmp_path / name)
    with pytest.raises(FileRefused, match="larger"):
        read_kek(written(tmp_path, "0" * 10_000))


@pytest.mark.parametrize(
    "text",
    ["", HEX[:-1], HEX + "00", HEX[:-1] + "g", BASE64[:-1], "*" + BASE64[1:], "é" * 32, "a" * 5000,
     HEX[:-2] + " " * 2, "\0" * 64],
)  # fmt: skip
def test_anything_else_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(KekRefused) as raised:
        take_kek(None, {KEK_VARIABLE: text})
    ensure_not_told(raised.value, text)


@pytest.mark.parametrize("secret", [b"\0" * 32, b"ab" * 16, bytes(range(15)) * 2 + b"\0\0"])
def test_what_was_not_thrown_is_refused(secret: bytes) -> None:
    with pytest.raises(KekRefused, match="not random") as raised:
        take_kek(None, {KEK_VARIABLE: secret.hex()})
    ensure_not_told(raised.value, secret.hex())


def ensure_not_told(error: SignerError, text: str) -> None:
    told = "".join(traceback.format_exception(error)) + repr(error.args)
    assert len(text) < 8 or text.strip() not in told
    assert error.__context__ is None


def test_its_name_does_not_give_it_away() -> None:
    kek = Kek(PlainSecret(SECRET))
    assert repr(kek) == f"Kek({kek.id})"
    assert kek.id not in HEX
    assert Kek(PlainSecret(SECRET[::-1])).id != kek.id


def test_a_new_one_is_new() -> None:
    texts = {new_kek_text() for _ in range(5)}
    assert len(texts) == 5
    assert all(len(take_kek(None, {KEK_VARIABLE: text}).reveal()) == 32 for text in texts)
