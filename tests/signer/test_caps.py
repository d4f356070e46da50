"""What the signer does not exceed, whatever it is asked for."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signer.caps import Caps, OwnWallets, Wanted, refusal
from signer.journal_index import Sums
from signer.kinds import Asset, Kind
from signer.settings import CapSettings, SignerSettings
from tests.signer.making import FIRST
from tests.signer.signatures import HOT, OTHER, USDT

ONE = 1_000_000
TREASURY = "TUjx6w55Nx9G4GjjRNEB4e7w5BUH3WmJTZ"
CAPS = Caps(
    payment_micro=500 * ONE,
    day_micro=5_000 * ONE,
    address_day_micro=1_000 * ONE,
    payments_per_hour=60,
    sweep_micro=20_000 * ONE,
    gas_sun=100 * ONE,
    gas_day_sun=1_000 * ONE,
    fee_limit_sun=40 * ONE,
)
OWN = OwnWallets(HOT, TREASURY, frozenset({FIRST}))
NOTHING = Sums(0, 0, {}, 0, 0)

PAYMENT = Wanted(Kind.WITHDRAWAL, Asset.USDT, HOT, OTHER, 25 * ONE, 40 * ONE)
REFUND = replace(PAYMENT, kind=Kind.REFUND, source=FIRST)
SWEEP = Wanted(Kind.SWEEP, Asset.USDT, FIRST, TREASURY, 900 * ONE, 40 * ONE)
GAS = Wanted(Kind.GAS, Asset.TRX, HOT, FIRST, 20 * ONE, 0)


def judged(wanted: Wanted, own: OwnWallets = OWN, hour: int = 0, **day: Any) -> str | None:
    """What is said of it on a day of which these sums are known."""
    return refusal(
        wanted,
        caps=CAPS,
        own=own,
        last_day=replace(NOTHING, **day),
        last_hour=replace(NOTHING, payments=hour),
    )


def test_the_defaults_are_what_is_promised() -> None:
    defaults = Caps.of(CapSettings(), SignerSettings().fee_limit_max_trx)
    assert defaults == replace(CAPS, payment_micro=2_000 * ONE, address_day_micro=2_000 * ONE)


@pytest.mark.parametrize("wanted", [PAYMENT, REFUND, SWEEP, GAS], ids=lambda one: str(one.kind))
def test_what_is_usual_may_pass(wanted: Wanted) -> None:
    assert judged(wanted) is None


PASSES: list[tuple[Wanted, dict[str, Any]]] = [
    (replace(PAYMENT, amount=500 * ONE), {}),
    (replace(PAYMENT, amount=500 * ONE), {"paid_micro": 4_500 * ONE}),
    (replace(PAYMENT, amount=500 * ONE), {"paid_to": {OTHER: 500 * ONE}}),
    (replace(PAYMENT, amount=500 * ONE), {"paid_to": {USDT: 1_000 * ONE}}),
    (PAYMENT, {"hour": 59}),
    (PAYMENT, {"swept_micro": 10**15, "gas_sun": 10**15}),
    (replace(SWEEP, amount=20_000 * ONE), {"hour": 999, "paid_micro": 10**15}),
    (replace(SWEEP, receiver=HOT), {}),
    (replace(SWEEP, source=HOT), {}),
    (replace(GAS, amount=100 * ONE), {"gas_sun": 900 * ONE}),
    (GAS, {"hour": 999, "paid_micro": 10**15}),
]


@pytest.mark.parametrize(("wanted", "sums"), PASSES)
def test_what_reaches_a_cap_may_pass(wanted: Wanted, sums: dict[str, Any]) -> None:
    assert judged(wanted, **sums) is None


REFUSED: list[tuple[Wanted, dict[str, Any], str]] = [
    (replace(PAYMENT, amount=500 * ONE + 1), {}, "500.000001 USDT, SIGNER_CAP_PAYMENT_USDT is 500"),
    (replace(REFUND, amount=501 * ONE), {}, "PAYMENT_USDT"),
    (PAYMENT, {"paid_micro": 4_975 * ONE + 1}, "in 24 hours 5000.000001 USDT, SIGNER_CAP_DAY_USDT"),
    (REFUND, {"paid_micro": 5_000 * ONE}, "SIGNER_CAP_DAY_USDT"),
    (PAYMENT, {"paid_to": {OTHER: 975 * ONE + 1}}, "SIGNER_CAP_ADDRESS_DAY_USDT"),
    (PAYMENT, {"hour": 60}, "SIGNER_CAP_PAYMENTS_PER_HOUR is 60"),
    (replace(PAYMENT, fee_limit_sun=40 * ONE + 1), {}, "SIGNER_FEE_LIMIT_MAX_TRX is 40"),
    (replace(SWEEP, fee_limit_sun=41 * ONE), {}, "SIGNER_FEE_LIMIT_MAX_TRX"),
    (replace(PAYMENT, source=FIRST), {}, "hot wallet alone"),
    (replace(REFUND, source=HOT), {}, "wallet of the pool"),
    (replace(REFUND, source=OTHER, receiver=USDT), {}, "wallet of the pool"),
    (replace(REFUND, receiver=HOT), {}, "wallet of the house"),
    (replace(PAYMENT, receiver=FIRST), {}, "wallet of the house"),
    (replace(PAYMENT, receiver=TREASURY), {}, "wallet of the house"),
    (replace(PAYMENT, receiver=HOT), {}, "where it comes from"),
    (replace(PAYMENT, amount=0), {}, "not above zero"),
    (replace(GAS, amount=-5), {}, "not above zero"),
    (replace(PAYMENT, asset=Asset.TRX), {}, "not paid in TRX"),
    (replace(GAS, asset=Asset.USDT), {}, "not paid in USDT"),
    (replace(SWEEP, asset=Asset.TRX), {}, "not paid in TRX"),
    (replace(SWEEP, receiver=OTHER), {}, "SIGNER_TREASURY_ADDRESS"),
    (replace(SWEEP, receiver=FIRST, source=HOT), {}, "SIGNER_TREASURY_ADDRESS"),
    (replace(SWEEP, amount=20_000 * ONE + 1), {}, "SIGNER_CAP_SWEEP_USDT is 20000"),
    (replace(GAS, receiver=OTHER), {}, "wallets of the pool alone"),
    (replace(GAS, receiver=TREASURY), {}, "wallets of the pool alone"),
    (replace(GAS, source=FIRST, receiver=HOT), {}, "hot wallet alone"),
    (replace(GAS, amount=100 * ONE + 1), {}, "100.000001 TRX at once, SIGNER_CAP_GAS_TRX is 100"),
    (GAS, {"gas_sun": 980 * ONE + 1}, "SIGNER_CAP_GAS_DAY_TRX is 1000 TRX"),
]


@pytest.mark.parametrize(("wanted", "sums", "words"), REFUSED)
def test_what_is_beyond_a_cap_is_refused(wanted: Wanted, sums: dict[str, Any], words: str) -> None:
    said = judged(wanted, **sums)
    assert said is not None
    assert words in said


def test_without_a_treasury_sweeps_go_to_the_hot_wallet() -> None:
    own = replace(OWN, treasury=None)
    assert judged(SWEEP, own) is not None
    assert judged(replace(SWEEP, receiver=HOT), own) is None


@given(st.lists(st.integers(1, 700 * ONE), max_size=60))
def test_a_day_never_comes_to_more_than_its_cap(amounts: list[int]) -> None:
    paid = 0
    for amount in amounts:
        wanted = replace(PAYMENT, amount=amount)
        if judged(wanted, paid_micro=paid, paid_to={OTHER: paid}) is None:
            paid += amount
    assert paid <= 1_000 * ONE


def test_a_cap_of_zero_stops_everything() -> None:
    closed = Caps.of(CapSettings(payment_usdt=Decimal(0), gas_trx=Decimal(0)), Decimal(40))
    for wanted in (PAYMENT, GAS):
        assert refusal(wanted, caps=closed, own=OWN, last_day=NOTHING, last_hour=NOTHING)
