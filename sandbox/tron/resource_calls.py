"""The node's calls about what nobody owns here: staking, witnesses, TRC-10, peers; and prices.

They answer as for an account that has staked and issued nothing, so that a wallet that asks
about it goes on.
"""

from typing import Any, Final

from sandbox.tron.addresses import base58_address
from sandbox.tron.block_calls import Answer
from sandbox.tron.blocks import WITNESSES
from sandbox.tron.execution import BANDWIDTH_PRICE
from sandbox.tron.query import Query

_MOST_UNFREEZES: Final = 32
_MAINTENANCE_MS: Final = 6 * 3600 * 1000


def nothing(_query: Query) -> Answer:
    """What the network has none of."""
    return {}


def energy_prices(query: Query) -> Answer:
    """Every price of energy so far, and since when."""
    prices = query.view.chain.energy_prices
    return {"prices": ",".join(f"{since_ms}:{price}" for since_ms, price in prices)}


def bandwidth_prices(_query: Query) -> Answer:
    """Every price of bandwidth so far, and since when."""
    return {"prices": f"0:{BANDWIDTH_PRICE}"}


def delegations(query: Query) -> Answer:
    """What one account lent to another: nothing."""
    for name in ("fromAddress", "toAddress"):
        query.find_address(name)
    return {}


def delegation_index(query: Query) -> Answer:
    """Whom an account lent to or borrowed from: nobody."""
    address = query.find_address("value")
    if address is None:
        return {}
    return {"account": base58_address(address) if query.visible else address}


def delegable(query: Query) -> Answer:
    """How much an account could lend; zeros are left out."""
    query.find_address("owner_address")
    query.number("type")
    return {}


def unfreezes_left(query: Query) -> Answer:
    """How many more withdrawals of a stake may be begun."""
    query.find_address("owner_address")
    return {"count": _MOST_UNFREEZES}


def withdrawable(query: Query) -> Answer:
    """What of a stake could be withdrawn at a time; zeros are left out."""
    query.find_address("owner_address")
    query.number("timestamp")
    return {}


def reward(query: Query) -> Answer:
    """What voting has earned."""
    query.find_address("address")
    return {"reward": 0}


def brokerage(query: Query) -> Answer:
    """The part that a witness keeps."""
    query.find_address("address")
    return {"brokerage": 20}


def witnesses(query: Query) -> Answer:
    """Who makes blocks."""
    found: list[dict[str, Any]] = [
        {
            "address": base58_address(key.address) if query.visible else key.address,
            "voteCount": 1,
            "url": "http://127.0.0.1/",
            "isJobs": True,
        }
        for key in WITNESSES
    ]
    return {"witnesses": found}


def nodes(_query: Query) -> Answer:
    """Its peers: one, which nobody can reach."""
    return {"nodes": [{"address": {"host": b"127.0.0.1".hex(), "port": 18888}}]}


def next_maintenance(query: Query) -> Answer:
    """When votes are counted next."""
    now = query.view.head.timestamp
    return {"num": now - now % _MAINTENANCE_MS + _MAINTENANCE_MS}


def burnt(_query: Query) -> Answer:
    """What was burnt so far: not counted here."""
    return {"burnTrxAmount": 0}
