"""What is sealed opens with its key, for its purpose and wallet, and in no other way."""

from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signer.plain_secret import PlainSecret
from signer.pool_keys import PoolAccount
from signer.sealing import (
    AddressDiffers,
    BadSeal,
    CannotOpen,
    Label,
    Purpose,
    SealedSecret,
    WrongKek,
    open_sealed,
    parse_sealed,
    rewrap,
    seal,
)
from signer.signing_key import BadKey, SigningKey
from tests.signer.making import FIRST, HOT_BYTES, KEK, OTHER_KEK, OTHER_XPRV, XPRV
from tests.signer.signatures import HOT, OTHER

HOT_LABEL = Label(Purpose.HOT, "hot", HOT, 1)
POOL_LABEL = Label(Purpose.POOL, "096137c6b075", FIRST, 3)
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


@pytest.fixture(params=["hot", "pool"])
def sealed(request: pytest.FixtureRequest) -> SealedSecret:
    if request.param == "hot":
        return seal(HOT_LABEL, PlainSecret(HOT_BYTES), KEK)
    return seal(POOL_LABEL, PlainSecret(XPRV), KEK)


def test_what_was_sealed_opens(sealed: SealedSecret) -> None:
    wanted = HOT_BYTES if sealed.label.purpose is Purpose.HOT else XPRV
    assert open_sealed(sealed, KEK).reveal() == wanted
    assert open_sealed(parse_sealed(sealed.to_json()), KEK).reveal() == wanted


@given(number=st.integers(1, ORDER - 1), version=st.integers(1, 999_999))
def test_every_key_comes_back_by_its_bytes(number: int, version: int) -> None:
    secret = PlainSecret(number.to_bytes(32, "big"))
    label = Label(Purpose.HOT, "hot", SigningKey(secret).address, version)
    written = seal(label, secret, KEK).to_json()
    assert open_sealed(parse_sealed(written), KEK) == secret


def test_nothing_of_the_secret_is_in_what_is_written(sealed: SealedSecret) -> None:
    written = sealed.to_json()
    for secret in (HOT_BYTES, HOT_BYTES.hex().encode(), XPRV, XPRV[20:50], KEK.reveal()):
        assert secret not in written
    assert orjson.loads(written)["kek_id"] == KEK.id


def test_nothing_is_sealed_twice_alike() -> None:
    several = [seal(HOT_LABEL, PlainSecret(HOT_BYTES), KEK) for _ in range(3)]
    for name in ("nonce", "key_nonce", "wrapped_key", "ciphertext"):
        assert len({getattr(one, name) for one in several}) == 3
    assert {len(one.nonce) for one in several} == {12}


def test_another_key_encryption_key_opens_nothing(sealed: SealedSecret) -> None:
    with pytest.raises(WrongKek, match=OTHER_KEK.id):
        open_sealed(sealed, OTHER_KEK)
    # Nor when it is passed off as the right one.
    with pytest.raises(CannotOpen):
        open_sealed(replace(sealed, kek_id=OTHER_KEK.id), OTHER_KEK)


@pytest.mark.parametrize(
    "label",
    [
        replace(HOT_LABEL, wallet="warm"),
        replace(HOT_LABEL, address=OTHER),
        replace(HOT_LABEL, key_version=2),
        replace(HOT_LABEL, purpose=Purpose.POOL),
    ],
)
def test_a_sealed_key_under_another_label_does_not_open(label: Label) -> None:
    sealed = seal(HOT_LABEL, PlainSecret(HOT_BYTES), KEK)
    with pytest.raises(CannotOpen):
        open_sealed(replace(sealed, label=label), KEK)
    # The secret is bound to it as well as the key that it is encrypted under.
    other = seal(replace(HOT_LABEL, key_version=9), PlainSecret(HOT_BYTES), KEK)
    mixed = replace(other, nonce=sealed.nonce, ciphertext=sealed.ciphertext)
    with pytest.raises(CannotOpen):
        open_sealed(mixed, KEK)


def test_a_byte_that_was_changed_anywhere_in_the_file_is_refused(sealed: SealedSecret) -> None:
    written = sealed.to_json()
    for at in range(len(written)):
        for change in (1, 0x20, 0x80):
            data = written[:at] + bytes([written[at] ^ change]) + written[at + 1 :]
            with pytest.raises((BadSeal, CannotOpen)):
                open_sealed(parse_sealed(data), KEK)


def test_a_bit_that_was_changed_in_what_is_encrypted_is_refused(sealed: SealedSecret) -> None:
    for name in ("key_nonce", "wrapped_key", "nonce", "ciphertext"):
        part = getattr(sealed, name)
        for at in range(len(part)):
            other = part[:at] + bytes([part[at] ^ 1]) + part[at + 1 :]
            with pytest.raises(CannotOpen):
                open_sealed(replace(sealed, **{name: other}), KEK)


@given(st.binary(max_size=300))
def test_anything_else_is_no_sealed_key(data: bytes) -> None:
    with pytest.raises(BadSeal):
        parse_sealed(data)


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"extra": 1},
        {"purpose": "cold"},
        {"wallet": "a|b"},
        {"wallet": 7},
        {"address": "ToJyNqFb61rxGU5yELnRhMKzibZRZj4KGZ"},
        {"key_version": 0},
        {"key_version": "1"},
        {"key_version": True},
        {"kek_id": "x" * 12},
        {"nonce": "AAAA"},
        {"nonce": None},
        {"ciphertext": ""},
        {"ciphertext": "A" * 4000},
    ],
)
def test_a_file_of_another_form_is_refused(change: dict[str, object]) -> None:
    fields = orjson.loads(seal(HOT_LABEL, PlainSecret(HOT_BYTES), KEK).to_json()) | change
    data = orjson.dumps(fields, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    with pytest.raises((BadSeal, CannotOpen)):
        open_sealed(parse_sealed(data), KEK)


def test_another_spelling_of_the_same_is_refused() -> None:
    written = seal(HOT_LABEL, PlainSecret(HOT_BYTES), KEK).to_json()
    for other in (orjson.dumps(orjson.loads(written)), written + b" ", b"[" + written + b"]"):
        with pytest.raises(BadSeal):
            parse_sealed(other)


def test_a_key_is_not_sealed_for_another_address() -> None:
    with pytest.raises(AddressDiffers):
        seal(replace(HOT_LABEL, address=OTHER), PlainSecret(HOT_BYTES), KEK)
    with pytest.raises(AddressDiffers):
        seal(POOL_LABEL, PlainSecret(OTHER_XPRV), KEK)
    for purpose, secret in ((Purpose.HOT, XPRV), (Purpose.POOL, HOT_BYTES), (Purpose.HOT, b"")):
        with pytest.raises(BadKey):
            seal(replace(HOT_LABEL, purpose=purpose), PlainSecret(secret), KEK)


def test_what_opens_and_is_of_another_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has the key-encryption key may seal anything: the address still has to fit."""
    for secret in (b"\x77" * 32, b"\0" * 32):
        with monkeypatch.context() as careless:
            careless.setattr("signer.sealing.address_of", lambda purpose, secret: HOT)
            forged = seal(HOT_LABEL, PlainSecret(secret), KEK)
        with pytest.raises(AddressDiffers):
            open_sealed(forged, KEK)


def test_a_secret_under_another_key_encryption_key_stays_the_same(sealed: SealedSecret) -> None:
    moved = rewrap(sealed, KEK, OTHER_KEK)
    assert open_sealed(moved, OTHER_KEK) == open_sealed(sealed, KEK)
    assert (moved.label, moved.ciphertext) == (sealed.label, sealed.ciphertext)
    assert moved.key_nonce != sealed.key_nonce
    with pytest.raises(WrongKek):
        open_sealed(moved, KEK)
    with pytest.raises(WrongKek):
        rewrap(sealed, OTHER_KEK, KEK)


@pytest.mark.parametrize(
    "label",
    [
        {"wallet": ""},
        {"wallet": "a" * 65},
        {"wallet": "a|b"},
        {"wallet": "ä"},
        {"wallet": "a\n"},
        {"address": ""},
        {"key_version": 0},
        {"key_version": 1_000_000},
    ],
)
def test_labels_cannot_be_taken_for_each_other(label: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        replace(HOT_LABEL, **label)  # type: ignore[arg-type]


def test_the_pool_s_check_address_is_that_of_its_first_wallet() -> None:
    assert PoolAccount(PlainSecret(XPRV)).first_address == FIRST
