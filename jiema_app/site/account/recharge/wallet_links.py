"""Addresses that open a wallet with a payment filled in, as the wallets themselves publish them.

Which there are and which are not, and why, says docs/telegram.md.
"""

from typing import Final
from urllib.parse import urlencode

TRON_COIN: Final = 195
"""By SLIP-44, in Trust Wallet's names of assets."""

TRUST_WALLET: Final = "https://link.trustwallet.com/send"


def trust_wallet_link(token: str, address: str, amount: str) -> str:
    """Trust Wallet's "send" of a token; without the app it leads to where one gets it.

    Args:
        token: Address of the token's contract.
        address: Where to.
        amount: In whole tokens, with a point: 20.00.
    """
    said = {"asset": f"c{TRON_COIN}_t{token}", "address": address, "amount": amount}
    return f"{TRUST_WALLET}?{urlencode(said)}"
