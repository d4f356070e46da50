"""No key becomes text: neither by printing, nor by copying, nor in what is said of an error."""

import copy
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from jiema_app.observability.cleaning import Cleaner
from signer.kek import Kek
from signer.key_changes import add_key, secret_of
from signer.key_files import KeyFolder
from signer.key_ring import open_ring
from signer.plain_secret import PlainSecret
from signer.pool_keys import PoolAccount, account_of_words
from signer.sealing import Label, Purpose, open_sealed, seal
from signer.signing_key import SigningKey
from tests.signer.making import FIRST, HOT_BYTES, KEK, OTHER_KEK, WORDS, XPRV, hot_key
from tests.signer.signatures import HOT

HOT_LABEL = Label(Purpose.HOT, "hot", HOT, 1)
POOL = PoolAccount(PlainSecret(XPRV))
LEAF = POOL.leaf(0, FIRST)
LEAF_HEX = "b5a4cea271ff424d7c31dc12a3e43e401df7a40d7412a15750f3f0b6b5449a28"


def ensure_hidden(text: str) -> None:
    for secret in (HOT_BYTES, KEK.reveal(), XPRV):
        assert secret.hex() not in text
        assert repr(secret)[2:-1] not in text
    for words in ("abandon", XPRV.decode()[10:60], LEAF_HEX, str(int.from_bytes(HOT_BYTES))):
        assert words not in text


@pytest.fixture
def holders(tmp_path: Path) -> list[Any]:
    """One of everything that holds a key."""
    folder = KeyFolder(tmp_path / "keys")
    add_key(folder, KEK, Purpose.HOT, lambda: PlainSecret(HOT_BYTES), is_first=True)
    add_key(folder, KEK, Purpose.POOL, lambda: PlainSecret(XPRV), is_first=True)
    ring = open_ring(folder, KEK)
    secrets = [PlainSecret(HOT_BYTES), PlainSecret(XPRV), account_of_words(WORDS)]
    return [*secrets, hot_key(), POOL, LEAF, KEK, ring, folder]


def test_nothing_that_holds_a_key_prints_it(holders: list[Any]) -> None:
    for one in holders:
        for text in (repr(one), str(one), f"{one}", f"{one!r}", f"{[one]} {{'a': {one}}}"):
            ensure_hidden(text)
        ensure_hidden(json.dumps(Cleaner().clean(one)))
        ensure_hidden(repr(getattr(one, "__dict__", "")))
        if hasattr(one, "hots"):
            with pytest.raises(TypeError):
                asdict(one)


def test_nothing_that_holds_a_key_is_copied(holders: list[Any]) -> None:
    for one in holders[:-2]:
        for way in (pickle.dumps, copy.copy, copy.deepcopy):
            if isinstance(one, Kek) and way is copy.copy:
                continue
            with pytest.raises(TypeError):
                way(one)


def test_a_log_line_hides_it(holders: list[Any], caplog: pytest.LogCaptureFixture) -> None:
    for one in holders:
        logging.getLogger("signer").warning("with %s and %r", one, one)
    ensure_hidden(caplog.text)


FAILURES: dict[str, Callable[[], object]] = {
    "wrong kek": lambda: open_sealed(seal(HOT_LABEL, PlainSecret(HOT_BYTES), KEK), OTHER_KEK),
    "another address": lambda: seal(Label(Purpose.HOT, "hot", FIRST, 1), PlainSecret(HOT_BYTES), KEK),
    "no account": lambda: seal(Label(Purpose.POOL, "x", HOT, 1), PlainSecret(HOT_BYTES), KEK),
    "no hot key": lambda: SigningKey(PlainSecret(XPRV)),
    "another wallet": lambda: POOL.leaf(0, HOT),
    "hex that is longer": lambda: secret_of(Purpose.HOT, HOT_BYTES.hex() + "00"),
    "words that do not fit": lambda: secret_of(Purpose.POOL, WORDS + " abandon"),
    "a key that is cut": lambda: secret_of(Purpose.POOL, WORDS[:-1]),
    "a cut account key": lambda: PoolAccount(PlainSecret(XPRV[:-1])),
    "no digest": lambda: hot_key().sign(HOT_BYTES + b"\0"),
    "a short kek": lambda: Kek(PlainSecret(KEK.reveal()[:-1])),
}  # fmt: skip


@pytest.mark.parametrize("fail", FAILURES.values(), ids=FAILURES.keys())
def test_no_error_quotes_a_key(fail: Callable[[], object]) -> None:
    with pytest.raises(Exception) as raised:
        fail()
    error = raised.value
    assert error.__context__ is None
    ensure_hidden(repr(error.args))
    told = traceback.TracebackException.from_exception(error, capture_locals=False)
    ensure_hidden(str(error) + str(told))


def test_secrets_are_equal_by_what_they_are() -> None:
    assert PlainSecret(HOT_BYTES) == PlainSecret(bytes(HOT_BYTES))
    assert PlainSecret(HOT_BYTES) != PlainSecret(XPRV)
    assert PlainSecret(HOT_BYTES) != HOT_BYTES
    with pytest.raises(TypeError):
        hash(PlainSecret(HOT_BYTES))
