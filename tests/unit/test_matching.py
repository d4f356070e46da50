"""What a transfer is to us: every rule by itself, and which of two comes first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jiema_app.domain.recharges.matching import EARLY_MAX, Arrival, Holder, Verdict, judge
from jiema_app.domain.recharges.statuses import Oddity
from jiema_app.domain.units import MicroUsdt

OPENED = datetime(2026, 11, 21, 12, tzinfo=UTC)
CLOSES = OPENED + timedelta(minutes=30)
TEN = MicroUsdt(10_000_000)
INSTANT = timedelta(microseconds=1)

HOLDER = Holder(
    amount_micro=TEN, created_at=OPENED, created_block=100, closes_at=CLOSES, has_earlier=False
)
RIGHT = Arrival(
    is_genuine=True,
    amount=TEN,
    block_number=101,
    block_time=OPENED + timedelta(minutes=1),
    is_own=False,
    siblings=1,
    holder=HOLDER,
)

CREDIT = Verdict(is_holders=True)
NOISE = Verdict(is_noise=True)


def held(oddity: Oddity) -> Verdict:
    return Verdict(is_holders=True, oddity=oddity)


def nobodys(oddity: Oddity) -> Verdict:
    return Verdict(oddity=oddity)


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, CREDIT),
        ({"block_time": OPENED}, CREDIT),
        ({"block_time": CLOSES}, CREDIT),
        ({"block_time": CLOSES + INSTANT}, held(Oddity.LATE)),
        ({"block_time": OPENED - INSTANT}, held(Oddity.EARLY)),
        ({"block_time": OPENED - EARLY_MAX}, held(Oddity.EARLY)),
        ({"block_time": OPENED - EARLY_MAX - INSTANT}, nobodys(Oddity.UNASSIGNED_WALLET)),
        ({"block_number": 100}, held(Oddity.EARLY)),
        ({"amount": TEN - 1}, held(Oddity.UNDER)),
        ({"amount": TEN + 1}, held(Oddity.OVER)),
        ({"amount": 1}, held(Oddity.UNDER)),
        ({"amount": 2**256 - 1}, held(Oddity.OVER)),
        ({"amount": 0}, NOISE),
        ({"amount": 0, "is_genuine": False}, NOISE),
        ({"amount": 0, "holder": None}, NOISE),
        ({"is_genuine": False}, held(Oddity.WRONG_TOKEN)),
        ({"is_genuine": False, "holder": None}, nobodys(Oddity.WRONG_TOKEN)),
        ({"is_own": True}, held(Oddity.OWN_TRANSFER)),
        ({"is_own": True, "holder": None}, nobodys(Oddity.OWN_TRANSFER)),
        ({"siblings": 2}, held(Oddity.MULTI_TRANSFER)),
        ({"holder": None}, nobodys(Oddity.UNASSIGNED_WALLET)),
        ({"holder": replace(HOLDER, has_earlier=True)}, held(Oddity.DUPLICATE)),
    ],
)
def test_one_thing_that_is_not_right_decides(change: dict[str, object], verdict: Verdict) -> None:
    assert judge(replace(RIGHT, **change)) == verdict  # type: ignore[arg-type]


WRONG: list[tuple[Oddity, dict[str, object]]] = [
    (Oddity.WRONG_TOKEN, {"is_genuine": False}),
    (Oddity.OWN_TRANSFER, {"is_own": True}),
    (Oddity.EARLY, {"block_number": 100}),
    (Oddity.LATE, {"block_time": CLOSES + INSTANT}),
    (Oddity.MULTI_TRANSFER, {"siblings": 2}),
    (Oddity.DUPLICATE, {"holder": replace(HOLDER, has_earlier=True)}),
    (Oddity.UNDER, {"amount": 1}),
]


@pytest.mark.parametrize("first", range(len(WRONG)))
def test_of_several_things_that_are_wrong_the_first_is_the_reason(first: int) -> None:
    changes: dict[str, object] = {}
    for _, change in reversed(WRONG[first:]):
        changes |= change
    assert judge(replace(RIGHT, **changes)).oddity is WRONG[first][0]  # type: ignore[arg-type]


def test_only_what_is_right_in_every_way_is_credited() -> None:
    assert judge(RIGHT).is_credit
    for _, change in WRONG:
        assert not judge(replace(RIGHT, **change)).is_credit  # type: ignore[arg-type]
    assert not judge(replace(RIGHT, amount=0)).is_credit
    assert not judge(replace(RIGHT, holder=None)).is_credit
