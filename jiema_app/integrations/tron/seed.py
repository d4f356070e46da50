"""Making the key of a new pool: the only code of the product that ever holds a private key.

Only the command ``wallets new-seed`` may import this; a contract of the imports says so.
"""

from typing import Final, NamedTuple

from bip_utils import Bip39MnemonicGenerator, Bip39SeedGenerator, Bip44, Bip44Coins

SEED_WORDS: Final = 24


class NewSeed(NamedTuple):
    """A seed that nobody has seen yet.

    Attributes:
        words: Whoever has them has the money.
        xpub: Public key of the first account.
    """

    words: str
    xpub: str

    def __repr__(self) -> str:
        return "NewSeed(…)"


def new_seed() -> NewSeed:
    """Throw the dice for a new pool: 24 words, and the public key of its first account."""
    words = Bip39MnemonicGenerator().FromWordsNumber(SEED_WORDS).ToStr()
    master = Bip44.FromSeed(Bip39SeedGenerator(words).Generate(), Bip44Coins.TRON)
    account = master.Purpose().Coin().Account(0)
    return NewSeed(words, account.PublicKey().ToExtended())
