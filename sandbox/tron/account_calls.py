"""The node's calls about accounts, contracts and prices."""

from typing import Any

from sandbox.tron.addresses import AddressError, base58_address, base64_address, parse_address
from sandbox.tron.block_calls import Answer
from sandbox.tron.contracts import (
    BATCH,
    BATCH_SIGNATURE,
    BY_ADDRESS,
    CONTRACTS,
    ISSUER,
    SIGNATURES,
    is_view,
    selector,
)
from sandbox.tron.execution import (
    ACTIVATION_BANDWIDTH_FEE,
    ACTIVATION_FEE,
    BANDWIDTH_PRICE,
    FREE_BYTES,
    MOST_FEE_LIMIT,
    used_now,
)
from sandbox.tron.ledger import born, resource, trx
from sandbox.tron.query import Query

_TOTAL_ENERGY = 180_000_000_000
_TOTAL_NET = 43_200_000_000
_SPELLINGS = {42: "Hex string format", 34: "Base58check format", 28: "Base64 format"}
_BOOLS = frozenset({"transfer", "transferFrom", "approve", "isBlackListed", "paused", "deprecated"})


def account(query: Query) -> Answer:
    """An account; {} while it was never activated. Zeros are left out."""
    address = query.find_address("address")
    if address is None:
        return {}
    ledger = query.view.ledger(solid=query.solid)
    if address in CONTRACTS:
        return {"address": _spell(query, address), "type": "Contract", "create_time": 1}
    created = ledger.read(born(address))
    if not created:
        return {}
    out: dict[str, Any] = {"address": _spell(query, address)}
    if balance := ledger.read(trx(address)):
        out["balance"] = balance
    out["create_time"] = created
    keys = [{"address": _spell(query, address), "weight": 1}]
    out["owner_permission"] = {"permission_name": "owner", "threshold": 1, "keys": keys}
    out["active_permission"] = [
        {
            "type": "Active",
            "id": 2,
            "permission_name": "active",
            "threshold": 1,
            "operations": "7fff1fc0033ec30f" + "0" * 48,
            "keys": keys,
        }
    ]
    return out


def resources(query: Query) -> Answer:
    """Bandwidth and energy of an account; {} while it was never activated."""
    address, ledger = query.find_address("address"), query.view.ledger(solid=query.solid)
    if address is None or not (address in CONTRACTS or ledger.read(born(address))):
        return {}
    now_s = query.view.head.timestamp // 1000
    found = {
        "freeNetUsed": used_now(ledger, "net", address, now_s),
        "freeNetLimit": FREE_BYTES,
        "EnergyUsed": used_now(ledger, "energy", address, now_s),
        "EnergyLimit": ledger.read(resource("energy.limit", address)),
        "TotalNetLimit": _TOTAL_NET,
        "TotalNetWeight": 26_000_000_000,
        "TotalEnergyLimit": _TOTAL_ENERGY,
        "TotalEnergyWeight": 19_000_000_000,
    }
    return {name: value for name, value in found.items() if value}


def bandwidth(query: Query) -> Answer:
    """The bandwidth half of `resources`."""
    everything = resources(query)
    assert isinstance(everything, dict)
    return {name: value for name, value in everything.items() if "Net" in name}


def contract(query: Query) -> Answer:
    """A contract with its interface; {} for everything that is none."""
    address = query.find_address("value")
    if address is None or address not in CONTRACTS:
        return {}
    token = BY_ADDRESS.get(address)
    signatures = SIGNATURES if token is not None else (BATCH_SIGNATURE,)
    return {
        "bytecode": "60",
        "name": "TetherToken" if token is not None else "Batch",
        "origin_address": _spell(query, ISSUER),
        "contract_address": _spell(query, address),
        "abi": {"entrys": [*(_entry(one) for one in signatures), *([_EVENT] if token else [])]},
        "origin_energy_limit": 10_000_000,
        "consume_user_resource_percent": 100,
        "code_hash": "00" * 32 if address == BATCH else "11" * 32,
    }


def contract_info(query: Query) -> Answer:
    """A contract with what runs of it; {} for everything that is none."""
    found = contract(query)
    assert isinstance(found, dict)
    if not found:
        return {}
    return {"smart_contract": found, "runtimecode": found["bytecode"], "contract_state": {}}


def chain_parameters(query: Query) -> Answer:
    """Prices and limits."""
    found = {
        "getEnergyFee": query.view.chain.switches.energy_price,
        "getTransactionFee": BANDWIDTH_PRICE,
        "getFreeNetLimit": FREE_BYTES,
        "getMaxFeeLimit": MOST_FEE_LIMIT,
        "getCreateNewAccountFeeInSystemContract": ACTIVATION_FEE,
        "getCreateAccountFee": ACTIVATION_BANDWIDTH_FEE,
        "getTotalEnergyCurrentLimit": _TOTAL_ENERGY,
        "getMemoFee": 0,
    }
    return {
        "chainParameter": [
            {"key": name, "value": value} if value else {"key": name}
            for name, value in found.items()
        ]
    }


def validate_address(query: Query) -> Answer:
    """Whether a text is an address; its length says in which spelling."""
    text = query.text("address")
    spelling = _SPELLINGS.get(len(text))
    if spelling is None:
        return {"result": False, "message": "Length error"}
    try:
        parse_address(base64_address(text) if spelling.startswith("Base64") else text)
    except AddressError:
        return {"result": False, "message": "Invalid address"}
    return {"result": True, "message": spelling}


def _spell(query: Query, address: str) -> str:
    return base58_address(address) if query.visible else address


def _entry(signature: str) -> dict[str, Any]:
    name, inputs = signature.removesuffix(")").split("(")
    view = is_view(bytes.fromhex(selector(signature)))
    kinds = inputs.split(",") if inputs else []
    texts = {"name", "symbol"}
    result = "bool" if name in _BOOLS else "string" if name in texts else "uint256"
    if name == "owner":
        result = "address"
    return {
        "name": name,
        **(
            {"inputs": [{"name": f"a{at}", "type": one} for at, one in enumerate(kinds)]}
            if kinds
            else {}
        ),
        "outputs": [{"type": result}],
        "type": "Function",
        "stateMutability": "View" if view else "Nonpayable",
    }


_EVENT = {
    "name": "Transfer",
    "type": "Event",
    "inputs": [
        {"name": "from", "type": "address", "indexed": True},
        {"name": "to", "type": "address", "indexed": True},
        {"name": "value", "type": "uint256"},
    ],
}
