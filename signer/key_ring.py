"""The opened keys of a running signer, and which of them pays for what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from signer.errors import SignerError
from signer.kek import Kek
from signer.key_files import KeyFolder
from signer.pool_keys import PoolAccount
from signer.sealing import CannotOpen, Purpose, SealedSecret, open_sealed
from signer.signing_key import SigningKey


class NoKey(SignerError):
    """This signer does not hold the key of a wallet. Nothing was signed."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Every key that could be opened.

    Attributes:
        hots: Keys that payments were ever made with, the newest version first.
        pools: Accounts of the pool, by the name that the shop's wallets have for them.
    """

    hots: Sequence[SigningKey]
    pools: Mapping[str, PoolAccount]

    @property
    def hot(self) -> SigningKey:
        """The key that pays: the newest.

        Raises:
            NoKey: There is none.
        """
        if not self.hots:
            raise NoKey("no hot key is sealed here: `keys seal --purpose hot`")
        return self.hots[0]

    def hot_of(self, address: str) -> SigningKey:
        """The key of a wallet that pays, or once did.

        Raises:
            NoKey: It is none of ours.
        """
        for key in self.hots:
            if key.address == address:
                return key
        raise NoKey(f"no hot key of {address[:_SHOWN]} is sealed here")

    def leaf(self, account: str, index: int, address: str) -> SigningKey:
        """The key of a wallet of the pool.

        Args:
            account: Which account it was derived from.
            index: Its number there.
            address: Where our records say that its money is.

        Raises:
            NoKey: No key of this account is sealed here.
            OtherWallet: The account's wallet of this number has another address.
        """
        found = self.pools.get(account)
        if found is None:
            raise NoKey(f"no pool key of account {account[:_SHOWN]} is sealed here")
        return found.leaf(index, address)


_SHOWN: Final = 34
"""Characters of what others call a wallet that a message quotes."""


def open_ring(folder: KeyFolder, kek: Kek) -> KeyRing:
    """Open every sealed key of a folder. One that does not open stops all of them.

    Raises:
        CannotOpen: One was changed, or is of another key-encryption key.
        KeysRefused: A file is not what its name says.
        FileRefused: Others may read a file.
    """
    hots: list[SigningKey] = []
    pools: dict[str, PoolAccount] = {}
    for sealed in folder.list_sealed():
        if sealed.label.purpose is Purpose.HOT:
            hots.append(SigningKey(open_sealed(sealed, kek)))
        else:
            account = _open_account(sealed, kek)
            pools[account.account] = account
    return KeyRing(tuple(reversed(hots)), pools)


def _open_account(sealed: SealedSecret, kek: Kek) -> PoolAccount:
    account = PoolAccount(open_sealed(sealed, kek))
    if account.account != sealed.label.wallet:
        raise CannotOpen(f"{sealed.label}: what is sealed is of another account")
    return account
