# ruff: noqa: RUF001 - letters of many languages are the point
"""Texts that nobody would write: whoever knows a rented number chooses every character of its SMS.

``FUZZ_SECONDS`` says for how long; a failure prints the seed that repeats it.
"""

import os
import random
import re
import time
from collections.abc import Callable
from typing import Final

import pytest

from jiema_app.domain.orders import codes
from jiema_app.domain.orders.code_finding.folding import fold
from jiema_app.domain.orders.codes import explain, find_code, plain_code
from tests.support.code_corpus import part_names, read_part

SECONDS: Final = float(os.environ.get("FUZZ_SECONDS", "2"))
SEED: Final = int(os.environ.get("FUZZ_SEED", "0")) or random.SystemRandom().getrandbits(32)
SAMPLES: Final = [sample.text for part in part_names() for sample in read_part(part)]
PIECES: Final = [
    *"0123456789", *"٠١٢۳४৫๖７", *"abcXYZ", *" \t\n\r\u00a0\u2009\u3000", *".,:;!?-/#*@+()[]<>'\"=%",
    *"$€₹。，：！？、《》【】", "\0", "\ud83d", "\u200b", "\u200e", "\u202e", "\u0301", "\ufe0f", "\u20e3",
    "code", "Code", "код", "验证码", "رمز", "कोड", "รหัส", "OTP", "PIN", "is", "не", "old", "expired",
    "order", "call", "balance", "promo", "USD", "min", "https://", "t.me/", "@shop.example #", "G-",
]  # fmt: skip
GROWTH: Final = 8
SLACK: Final = 4


def test_no_text_is_any_trouble_and_a_code_always_stands_in_it() -> None:
    chance, until = random.Random(SEED), time.monotonic() + SECONDS
    while time.monotonic() < until:
        text = _text(chance)
        named = chance.choice([None, _text(chance)[:60]])
        found = find_code(text, named)
        assert found is None or re.fullmatch(r"[A-Za-z0-9]{3,12}", found), (SEED, text)
        stands = found is None or found in _squeezed(text)
        assert stands or found == plain_code(named or ""), (SEED, text, named, found)
        assert find_code(text, named) == found, (SEED, text, named)
        explain(text)


def test_marks_that_nobody_sees_change_nothing() -> None:
    chance, until = random.Random(SEED), time.monotonic() + SECONDS / 2
    while time.monotonic() < until:
        text = chance.choice(SAMPLES)
        at = chance.randrange(len(text) + 1)
        marked = text[:at] + chance.choice("\u200b\u200e\u200f\u2060\ufeff\u00ad") + text[at:]
        assert find_code(marked) == find_code(text), (SEED, marked)


@pytest.mark.parametrize(
    "piece",
    [
        "code 1234 ", "9 ", "a-", "A1-", "1.", "1,", "@a.", "a.b@", "http://", "....", "*1", "+1 ", "(1) ",
        "验证码1234", "รหัส", "verification ", "order no 1234, ", "old 1234 no longer ", "KJQXW ", "x1y2 ",
    ],
)  # fmt: skip
def test_time_grows_with_the_text_and_no_faster(
    piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without the two limits, which make it constant for what anybody sends.
    monkeypatch.setattr(codes, "READ_MAX_CHARS", 1_000_000)
    monkeypatch.setattr(codes, "CANDIDATES_MAX", 1_000_000)
    size = 1_000

    def read(length: int) -> Callable[[], object]:
        text = (piece * length)[:length]
        return lambda: find_code(text)

    small, large = _least_time(read(size)), _least_time(read(size * GROWTH))
    assert large < small * GROWTH * SLACK + 0.02


def test_a_megabyte_costs_what_a_page_costs() -> None:
    text = "code 1234, order 5678 "
    page, megabyte = text * 200, text * 50_000
    assert _least_time(lambda: find_code(megabyte)) < _least_time(lambda: find_code(page)) * 10


def _text(chance: random.Random) -> str:
    if chance.random() < 0.5:
        return "".join(chance.choices(PIECES, k=chance.randrange(1, 120)))
    text = chance.choice(SAMPLES)
    for _ in range(chance.randrange(1, 8)):
        at = chance.randrange(len(text) + 1)
        text = text[:at] + chance.choice(PIECES) + text[at + chance.randrange(3) :]
    return text


def _squeezed(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", fold(text).cased)


def _least_time(run: Callable[[], object]) -> float:
    """The least of several, in processor time: what else runs on the machine does not count."""
    times = []
    for _ in range(5):
        begun = time.process_time()
        run()
        times.append(time.process_time() - begun)
    return min(times)
