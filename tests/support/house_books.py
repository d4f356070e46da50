"""What the books say of the house's own wallets, and money that somebody moves by hand."""

from typing import Any, Final

from tests.support.house import House
from tests.support.shop import Shop

POOL_ACCOUNT: Final = 6
HOT_ACCOUNT: Final = 7
TREASURY_ACCOUNT: Final = 12
OWNER: Final = 13


async def holds(shop: Shop, account: int) -> int:
    """What the books say is at the chain's end of an account of the house."""
    return -int(
        await shop.fetchval(
            "select coalesce(sum(amount_micro), 0)::bigint from ledger_entries "
            "where account_id = $1",
            account,
        )
    )


async def send(house: House, usdt: str, sender: str, to: str, **how: Any) -> str:
    """Somebody moves something by hand; it is final and read."""
    txid = await house.peer.pay(usdt, to=to, **{"from": sender, **how})
    await house.mine()
    return txid


async def kinds(shop: Shop) -> list[str]:
    """Kinds of what was posted about the house's wallets since they were opened, in order."""
    found = await shop.fetchval(
        "select coalesce(array_agg(kind order by id), '{}') from ledger_transfers "
        "where kind like 'house_%' and reference not like 'opening %'"
    )
    return list(found)


async def unexplained(house: House) -> list[str]:
    """Transactions that left our wallets and nothing accounts for."""
    return [one.txid for one in await house.payouts.halts.list_unexplained()]
