"""Addresses are read strictly and written as everybody writes them."""

import random

import base58
import pytest

from jiema_app.integrations.tron.addresses import (
    BadAddress,
    address_of_hex,
    address_of_word,
    hex_of_address,
    is_address,
    parse_address,
    word_of_address,
)

USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
USDT_HEX = "41a614f803b6fd780986a42c78ec9c7f77e6ded13c"


def test_the_token_is_the_same_address_in_every_spelling() -> None:
    assert hex_of_address(USDT) == USDT_HEX
    assert address_of_hex(USDT_HEX) == USDT
    assert address_of_hex(USDT_HEX[2:]) == USDT
    assert word_of_address(USDT) == "0" * 24 + USDT_HEX[2:]
    assert address_of_word("0" * 24 + USDT_HEX[2:]) == USDT


@pytest.mark.parametrize("dirt", ["0" * 22 + "41", "f" * 24, "deadbeef" * 3])
def test_what_stands_in_the_upper_bytes_of_a_word_is_ignored(dirt: str) -> None:
    assert address_of_word(dirt + USDT_HEX[2:]) == USDT


def test_an_address_whose_first_byte_looks_like_the_prefix_is_kept_whole() -> None:
    body = "41" * 20
    assert hex_of_address(address_of_hex(body)) == "41" + body
    assert hex_of_address(address_of_hex("41" + body)) == "41" + body


def test_any_address_is_spelled_as_the_library_spells_it() -> None:
    dice = random.Random(7)
    bodies = [bytes(20), b"\xff" * 20, *(dice.randbytes(20) for _ in range(500))]
    for body in bodies:
        known = base58.b58encode_check(b"\x41" + body).decode()
        assert address_of_hex(body.hex()) == known
        assert parse_address(known) == b"\x41" + body


@pytest.mark.parametrize(
    "text",
    [
        "ToJyNqFb61rxGU5yELnRhMKzibZRZj4KGZ",  # the next network's first byte, right checksum
        "TJzXt1sZautjqXnpjQT4xSCBHNSYgBkDr4",  # checksum
        "tr7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
        USDT[:-1],
        USDT + "t",
        f" {USDT[:-1]}",
        f"{USDT[:-1]}\n",
        USDT.replace("j", "0", 1),
        USDT.replace("j", "O", 1),
        USDT.replace("j", "é", 1),
        "z" * 34,
        "1" * 34,
        "Tgarbage",
        "T" * 34,
        USDT_HEX,
        "0x" + USDT_HEX,
        "",
        USDT.encode(),
        None,
        34,
        [USDT],
    ],
)
def test_what_is_no_address_is_refused(text: object) -> None:
    assert not is_address(text)
    with pytest.raises(BadAddress):
        parse_address(text)


@pytest.mark.parametrize(
    "digits", ["", USDT_HEX[2:-2], "42" + USDT_HEX[2:], "0x" + USDT_HEX[2:], "g" * 40, " a" * 20]
)
def test_other_digits_are_no_address(digits: str) -> None:
    with pytest.raises(BadAddress):
        address_of_hex(digits)


@pytest.mark.parametrize("word", ["", "0" * 63, "0" * 65, "0" * 62 + "0x", " 0" * 32, "é" * 64])
def test_what_is_no_word_holds_no_address(word: str) -> None:
    with pytest.raises(BadAddress):
        address_of_word(word)
