"""Settings of what is paid out. Keys are the signer's, which has settings of its own."""

from decimal import Decimal
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from jiema_app.settings.chain_forms import is_wallet_address
from jiema_app.settings.forms import Group, group
from jiema_app.settings.values import DAY_S, DataFile, Usdt

SANDBOX_HOT: Final = "TE8AmTGjdBwamkayjdt5yndZW7JSk8E3kY"
SANDBOX_TREASURY: Final = "TBUkWTfQmSn4nU7mDMjguJa9YKKrfryse8"
"""Of the sandbox's own chain: everybody has their keys."""


def _address(text: str) -> str:
    if not is_wallet_address(text):
        raise ValueError("must be an address of the chain, T and 33 characters")
    return text


Address = Annotated[str, AfterValidator(_address)]


class PayoutSettings(Group):
    """Paying out."""

    model_config = group("PAYOUT_")

    hot_address: Address | None = None
    """The wallet that pays out. Unset: nothing is paid out, and nobody can ask for it; in the
    sandbox it is the sandbox's own."""
    treasury_address: Address | None = None
    """The wallet where money is kept apart, watched and reconciled; its key is nowhere here."""
    hot_floor_usdt: Usdt = Decimal(0)
    """So much stays in the hot wallet: a payout that would take it lower waits."""
    hot_floor_trx: Usdt = Decimal(0)
    """Likewise of TRX."""
    address_list_file: DataFile = None
    """Addresses that may not be paid, one a line or as a JSON list; see docs/payouts.md."""
    sign_in_max_age_s: int = Field(default=600, ge=60, le=DAY_S)
    """Whoever asks to be paid out has signed in within so long."""
    alert_after_s: int = Field(default=900, ge=60, le=DAY_S)
    """A payout that waits for longer is told of."""
    alert_below_trx: Usdt = Decimal(200)
    """Less TRX in the hot wallet is told of, whatever is queued: a transfer burns up to 17."""
    sweep_above_usdt: Usdt = Decimal(0)
    """A wallet of the pool that rests and holds so much is emptied into the hot wallet by
    itself; 0: none is."""
    sweep_most_usdt: Annotated[Decimal, Field(gt=0, le=1_000_000, decimal_places=6)] = Decimal(
        20_000
    )
    """One sweep moves no more; the signer has a bound of its own."""

    def hot_wallet(self, *, is_sandbox: bool) -> str | None:
        """The wallet that pays out: the sandbox's own, where none is named there."""
        return self.hot_address or (SANDBOX_HOT if is_sandbox else None)

    def treasury(self, *, is_sandbox: bool) -> str | None:
        """Likewise the treasury."""
        return self.treasury_address or (SANDBOX_TREASURY if is_sandbox else None)


def wallet_clash(hot: str | None, treasury: str | None, token: str) -> str | None:
    """Why the wallets cannot be what the settings say; None when they can.

    Args:
        hot: Of the settings, or the sandbox's where they name none.
        treasury: Likewise.
        token: The token's contract.
    """
    if hot is not None and hot == treasury:
        return "PAYOUT_HOT_ADDRESS and PAYOUT_TREASURY_ADDRESS are the same wallet"
    if token in {hot, treasury}:
        return "PAYOUT_HOT_ADDRESS or PAYOUT_TREASURY_ADDRESS is the token's contract, no wallet"
    return None
