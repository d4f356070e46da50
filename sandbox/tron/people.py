"""Who has an account from the first block on, and what they hold then."""

from typing import Final

from sandbox.tron.contracts import MOST, TOKENS, USDT
from sandbox.tron.keys import Key, named_key
from sandbox.tron.ledger import allowance, born, setting, tokens, trx

FAUCET: Final = named_key("faucet")
SPENDER: Final = named_key("spender")
"""May take any of the faucet's tokens, by transferFrom."""
HOT: Final = named_key("hot")
"""Pays out. Its key is no secret, so that a shop's signer can be given it: `secret_of("hot")`."""
TREASURY: Final = named_key("treasury")
HOUSE: Final = {"hot": HOT, "treasury": TREASURY}
"""The wallets of a shop."""
PEOPLE: Final[dict[str, Key]] = {
    "faucet": FAUCET,
    "spender": SPENDER,
    **{name: named_key(name) for name in ("alice", "bob", "stranger")},
    **HOUSE,
}
_FAUCET_SUN: Final = 10**16
_FAUCET_UNITS: Final = 10**16
_PERSON_SUN: Final = 10**13
_PERSON_UNITS: Final = 10**12
_HOUSE_HOLDS: Final = {HOT.address: (10**10, 10**10), TREASURY.address: (10**9, 10**11)}
"""Sun, and units of USDT: what a small shop would have."""


def genesis_values() -> dict[str, int]:
    """Return what the first block knows.

    Blocks hash none of it, so a journal from before somebody came to live here still gives
    the same chain.
    """
    values: dict[str, int] = {}
    for name, key in PEOPLE.items():
        values[born(key.address)] = 1
        if key.address in _HOUSE_HOLDS:
            sun, units = _HOUSE_HOLDS[key.address]
            values[tokens(USDT.address, key.address)] = units
        else:
            rich = name == "faucet"
            sun, units = (_FAUCET_SUN, _FAUCET_UNITS) if rich else (_PERSON_SUN, _PERSON_UNITS)
            for token in TOKENS.values():
                values[tokens(token.address, key.address)] = units
        values[trx(key.address)] = sun
    for token in TOKENS.values():
        values[allowance(token.address, FAUCET.address, SPENDER.address)] = MOST
        held = (values.get(tokens(token.address, key.address), 0) for key in PEOPLE.values())
        values[setting(token.address, "totalSupply")] = sum(held)
    return values
