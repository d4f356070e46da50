"""Reading what a node says of an account, of a contract, and of what the chain charges.

proto3 writes no zeros, and ``{}`` is "not there". An answer of nothing at all must not pass for
an account that is empty, so the account and its resources are held against each other.
"""

from typing import Any, Final

from jiema_app.domain.chain.port import ChainIncomplete
from jiema_app.domain.payouts.port import AccountFacts, ChainPrices, ContractFacts
from jiema_app.integrations.tron.fields import list_of, number_of, object_of

ACCOUNT_MAX_BYTES: Final = 8 * 1024 * 1024
"""Anybody can give an account thousands of tokens, and the answer names each."""

CONTRACT_MAX_BYTES: Final = 4 * 1024 * 1024
"""Code and interface come with it; a transaction that makes one is half a megabyte at most."""

CONTRACT: Final = "Contract"
_KINDS: Final = frozenset({None, "Normal", "AssetIssue"})
"""Of accounts that are no contract's. The first one is left out."""

_ENERGY_PRICE: Final = "getEnergyFee"
_BYTE_PRICE: Final = "getTransactionFee"
_OPENING: Final = ("getCreateNewAccountFeeInSystemContract", "getCreateAccountFee")
"""What is burnt when an account is opened, and what takes the place of the bytes' price then."""

_KEY_MAX: Final = 200


def read_contract_facts(account: Any, contract: Any, address_hex: str) -> ContractFacts:
    """Whether an address is a contract.

    Args:
        account: Answer of ``getaccount``.
        contract: Answer of ``getcontract``.
        address_hex: Of whom, 42 hexadecimal digits.

    Raises:
        ChainIncomplete: One of them is of somebody else, or is nothing of the kind.
    """
    found = object_of(account, "account")
    kind = found.get("type")
    if found:
        _refuse_other(found.get("address"), address_hex)
    is_contract = isinstance(kind, str) and kind == CONTRACT
    if not is_contract and not (kind is None or (isinstance(kind, str) and kind in _KINDS)):
        raise ChainIncomplete("an account of an unknown kind")
    code = object_of(contract, "contract")
    if code:
        _refuse_other(code.get("contract_address"), address_hex)
    return ContractFacts(
        has_code=bool(code), is_contract_account=is_contract, is_activated=bool(found)
    )


def read_account(account: Any, resources: Any, address_hex: str) -> AccountFacts:
    """What an account can pay with.

    Args:
        account: Answer of ``getaccount``.
        resources: Answer of ``getaccountresource``.
        address_hex: Of whom, 42 hexadecimal digits.

    Raises:
        ChainIncomplete: They are of somebody else, or contradict each other.
    """
    found, limits = object_of(account, "account"), object_of(resources, "resources")
    if bool(found) != bool(limits):
        # Everybody with an account has free bytes.
        raise ChainIncomplete("an account without resources, or resources without an account")
    if found:
        _refuse_other(found.get("address"), address_hex)

    def limit(name: str) -> int:
        return number_of(limits.get(name, 0), name)

    return AccountFacts(
        is_activated=bool(found),
        balance_sun=number_of(found.get("balance", 0), "balance"),
        energy_limit=limit("EnergyLimit"),
        energy_used=limit("EnergyUsed"),
        free_net_limit=limit("freeNetLimit"),
        free_net_used=limit("freeNetUsed"),
        net_limit=limit("NetLimit"),
        net_used=limit("NetUsed"),
    )


def read_prices(answer: Any) -> ChainPrices:
    """What the chain charges.

    Raises:
        ChainIncomplete: A price is missing, or is nothing at all, or stands there twice.
    """
    rows = list_of(object_of(answer, "parameters").get("chainParameter"), "parameters")
    found: dict[str, Any] = {}
    for row in rows:
        key = object_of(row, "parameter").get("key")
        if not isinstance(key, str) or len(key) > _KEY_MAX:
            raise ChainIncomplete("a parameter without a name")
        if key in found:
            raise ChainIncomplete("a parameter twice")
        found[key] = row.get("value", 0)
    energy, byte = (number_of(found.get(key), key) for key in (_ENERGY_PRICE, _BYTE_PRICE))
    if not energy or not byte:
        raise ChainIncomplete("the chain charges nothing")
    opening = [number_of(found[key], key) for key in _OPENING if key in found]
    return ChainPrices(
        energy_sun=energy,
        byte_sun=byte,
        opening_sun=sum(opening) if len(opening) == len(_OPENING) else None,
    )


def _refuse_other(told: object, address_hex: str) -> None:
    """Refuse what is told of another address than was asked about.

    Raises:
        ChainIncomplete: It is.
    """
    if not isinstance(told, str) or told.lower() != address_hex:
        raise ChainIncomplete("the answer is about another address")
