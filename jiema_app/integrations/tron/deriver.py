"""The addresses of the pool, made from a key that can sign nothing.

bip_utils takes 0.2 s and 30 MB to import: it is imported when the first address is made,
so that processes which make none do not pay for it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from jiema_app.settings.chain_forms import refuse_bad_account_key

ACCOUNT_HEX: Final = 12
INDEX_END: Final = 1 << 31
"""From here on, children can be derived from private keys only."""


@dataclass(frozen=True, slots=True)
class XpubDeriver:
    """Derives m/44'/195'/n'/0/i from the public key of account n.

    Attributes:
        xpub: The account's extended public key. Confidential: it links every address.
        account: Start of the key's hash, to tell accounts apart without showing them.
    """

    xpub: str = field(repr=False)
    account: str = field(init=False)

    def __post_init__(self) -> None:
        """Look at the key without any arithmetic.

        Raises:
            ValueError: It is none, or a private one. The message does not show it.
        """
        refuse_bad_account_key(self.xpub)
        digest = hashlib.sha256(self.xpub.encode()).hexdigest()
        object.__setattr__(self, "account", digest[:ACCOUNT_HEX])

    def derive(self, first: int, count: int) -> Sequence[str]:
        """The base58check addresses ``first``, ``first + 1``, … of the account.

        Raises:
            ValueError: There is no such index, or the key is no point of the curve. The
                message does not show it.
        """
        if first < 0 or count < 0 or first + count > INDEX_END:
            raise ValueError("an address has an index from 0 to 2^31 - 1")
        chain = self._chain()
        return [
            chain.AddressIndex(at).PublicKey().ToAddress() for at in range(first, first + count)
        ]

    def _chain(self) -> Any:
        """The account's chain of addresses that are given to others."""
        from bip_utils import Bip44, Bip44Changes, Bip44Coins  # noqa: PLC0415
        from bip_utils.bip.bip32 import Bip32KeyError  # noqa: PLC0415

        try:
            account = Bip44.FromExtendedKey(self.xpub, Bip44Coins.TRON)
            return account.Change(Bip44Changes.CHAIN_EXT)
        except (Bip32KeyError, ValueError):
            pass
        raise ValueError("the account key is no point of the curve")
