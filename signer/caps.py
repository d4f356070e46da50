"""The bounds that the signer keeps by itself.

They are judged by its own settings and its own journal. Whoever can write to the database can
ask for payments; this is how much can be had in that way.
"""

from collections.abc import Container
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final, Self

from jiema_app.domain.units import micro_of, usdt_text
from signer.journal_index import Sums
from signer.kinds import ASSET_OF, TO_OTHERS, Asset, Kind
from signer.settings import CapSettings, sun_of

DAY: Final = timedelta(hours=24)
HOUR: Final = timedelta(hours=1)
"""What ``refusal`` must be told the sums of."""


@dataclass(frozen=True, slots=True)
class Caps:
    """Bounds, in micro-USDT and sun. What reaches one exactly may pass."""

    payment_micro: int
    day_micro: int
    address_day_micro: int
    payments_per_hour: int
    sweep_micro: int
    gas_sun: int
    gas_day_sun: int
    fee_limit_sun: int

    @classmethod
    def of(cls, settings: CapSettings, fee_limit_max_trx: Decimal) -> Self:
        """The bounds that are set."""
        return cls(
            payment_micro=micro_of(settings.payment_usdt),
            day_micro=micro_of(settings.day_usdt),
            address_day_micro=micro_of(settings.address_day_usdt),
            payments_per_hour=settings.payments_per_hour,
            sweep_micro=micro_of(settings.sweep_usdt),
            gas_sun=sun_of(settings.gas_trx),
            gas_day_sun=sun_of(settings.gas_day_trx),
            fee_limit_sun=sun_of(fee_limit_max_trx),
        )


@dataclass(frozen=True, slots=True)
class OwnWallets:
    """Wallets of the house, as the signer itself knows them: not because the database says so.

    Attributes:
        hot: Of the key that pays.
        treasury: From the signer's settings; None when there is none.
        pool: Addresses that were derived from the sealed key.
    """

    hot: str
    treasury: str | None
    pool: Container[str]

    def has(self, address: str) -> bool:
        """Whether a wallet is one of ours."""
        return address in {self.hot, self.treasury} or address in self.pool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is about to be signed.

    Attributes:
        kind: Why it is paid.
        asset: What is paid.
        source: Who pays. Both addresses are base58check.
        receiver: Who is paid.
        amount: In micro-USDT or sun.
        fee_limit_sun: The most that it may cost; 0 of TRX.
    """

    kind: Kind
    asset: Asset
    source: str
    receiver: str
    amount: int
    fee_limit_sun: int


def refusal(
    wanted: Wanted, *, caps: Caps, own: OwnWallets, last_day: Sums, last_hour: Sums
) -> str | None:
    """Why something is not signed, in words; None when it may be.

    Args:
        wanted: What is about to be signed.
        caps: The bounds.
        own: The wallets of the house.
        last_day: What the journal says of the last 24 hours.
        last_hour: Likewise of the last hour.
    """
    odd = _refusal_of_all(wanted, caps)
    if odd is not None:
        return odd
    if wanted.kind in TO_OTHERS:
        return _refusal_of_payment(wanted, caps, own, last_day, last_hour)
    if wanted.kind is Kind.SWEEP:
        return _refusal_of_sweep(wanted, caps, own)
    return _refusal_of_gas(wanted, caps, own, last_day)


def _refusal_of_all(wanted: Wanted, caps: Caps) -> str | None:
    if wanted.asset is not ASSET_OF[wanted.kind]:
        return f"a {wanted.kind} is not paid in {wanted.asset}"
    if wanted.amount <= 0:
        return "the amount is not above zero"
    if wanted.source == wanted.receiver:
        return "it goes to where it comes from"
    if wanted.fee_limit_sun > caps.fee_limit_sun:
        return (
            f"it may cost {_trx(wanted.fee_limit_sun)}, "
            f"SIGNER_FEE_LIMIT_MAX_TRX is {_trx(caps.fee_limit_sun)}"
        )
    return None


def _refusal_of_payment(
    wanted: Wanted, caps: Caps, own: OwnWallets, last_day: Sums, last_hour: Sums
) -> str | None:
    if wanted.kind is Kind.REFUND:
        if wanted.source not in own.pool:
            return "what is sent back leaves the wallet of the pool that received it"
    elif wanted.source != own.hot:
        return "withdrawals come from the hot wallet alone"
    if own.has(wanted.receiver):
        return "a payment to somebody else goes to a wallet of the house"
    if last_hour.payments >= caps.payments_per_hour:
        return (
            f"{last_hour.payments} payments were signed within an hour, "
            f"SIGNER_CAP_PAYMENTS_PER_HOUR is {caps.payments_per_hour}"
        )
    to_receiver = last_day.paid_to.get(wanted.receiver, 0) + wanted.amount
    return (
        _above(wanted.amount, caps.payment_micro, "one payment of", "PAYMENT_USDT")
        or _above(to_receiver, caps.address_day_micro, "in 24 hours to this address", "ADDRESS_DAY_USDT")
        or _above(last_day.paid_micro + wanted.amount, caps.day_micro, "in 24 hours", "DAY_USDT")
    )  # fmt: skip


def _refusal_of_sweep(wanted: Wanted, caps: Caps, own: OwnWallets) -> str | None:
    if wanted.receiver not in {own.hot, own.treasury}:
        return "sweeps go to the hot wallet or to SIGNER_TREASURY_ADDRESS"
    return _above(wanted.amount, caps.sweep_micro, "one sweep of", "SWEEP_USDT")


def _refusal_of_gas(wanted: Wanted, caps: Caps, own: OwnWallets, last_day: Sums) -> str | None:
    if wanted.source != own.hot:
        return "TRX comes from the hot wallet alone"
    if wanted.receiver not in own.pool:
        return "TRX goes to wallets of the pool alone"
    if wanted.amount > caps.gas_sun:
        return f"{_trx(wanted.amount)} at once, SIGNER_CAP_GAS_TRX is {_trx(caps.gas_sun)}"
    total = last_day.gas_sun + wanted.amount
    if total > caps.gas_day_sun:
        return f"{_trx(total)} in 24 hours, SIGNER_CAP_GAS_DAY_TRX is {_trx(caps.gas_day_sun)}"
    return None


def _above(amount: int, cap: int, what: str, variable: str) -> str | None:
    if amount <= cap:
        return None
    return f"{what} {usdt_text(amount)} USDT, SIGNER_CAP_{variable} is {usdt_text(cap)}"


def _trx(sun: int) -> str:
    # Both have six decimals.
    return f"{usdt_text(sun)} TRX"
