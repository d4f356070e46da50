"""Which key pays a payout, and which wallets are known to be ours because we hold their keys."""

from dataclasses import dataclass
from typing import Any, Final

from jiema_app.domain.transaction import Connection
from signer.caps import OwnWallets
from signer.key_ring import KeyRing, NoKey
from signer.pool_keys import OtherWallet
from signer.signing_key import SigningKey

POOL_WALLETS: Final = """
select address, account, derivation_index from wallets where address = any($1::text[])
"""


@dataclass(frozen=True, slots=True)
class PayingKey:
    """The key that signs a payout.

    Attributes:
        version: Of a hot key, the newest being the highest; 0 of a wallet of the pool.
        own: Which of the payout's addresses are ours, by the keys that are sealed here.
    """

    key: SigningKey
    version: int
    own: OwnWallets


@dataclass(frozen=True, slots=True)
class Wallets:
    """The keys of this signer, and the treasury that its settings name."""

    ring: KeyRing
    treasury: str | None

    async def key_for(self, connection: Connection, payout: Any) -> PayingKey:
        """The key of the address that a payout leaves from.

        Raises:
            NoKey: None of ours has this address.
        """
        addresses = [payout["from_address"], payout["to_address"]]
        leaves: dict[str, SigningKey] = {}
        for row in await connection.fetch(POOL_WALLETS, addresses):
            # What the database calls a wallet of the pool is one when its key says so.
            try:
                key = self.ring.leaf(row["account"], row["derivation_index"], row["address"])
            except (NoKey, OtherWallet):
                continue
            leaves[row["address"]] = key
        source = payout["from_address"]
        own = OwnWallets(hot=self.ring.hot.address, treasury=self.treasury, pool=frozenset(leaves))
        if source in leaves:
            return PayingKey(leaves[source], 0, own)
        key = self.ring.hot_of(source)
        place = next(n for n, one in enumerate(self.ring.hots) if one.address == source)
        return PayingKey(key, len(self.ring.hots) - place, own)
