"""The indexer's lists, as gateways offer them beside the node: /v1/…."""

import re
from collections.abc import Callable
from typing import Any, Final

import orjson

from sandbox.tron.account_calls import account as account_json
from sandbox.tron.addresses import base58_address, parse_address
from sandbox.tron.blocks import Movement
from sandbox.tron.chain import Act
from sandbox.tron.contracts import BY_ADDRESS, TOKENS
from sandbox.tron.ledger import tokens
from sandbox.tron.paging import BadOption, Options, answer, page
from sandbox.tron.query import Query
from sandbox.tron.view import View

_TXID: Final = re.compile("[0-9a-fA-F]{64}")
_NUMBER: Final = re.compile("[0-9]{1,18}")
_LOOK_BACK: Final = 1000
"""Blocks, for the latest one that has events."""

_NAMES: Final = {"Transfer": ("from", "to", "value"), "Approval": ("owner", "spender", "value")}
_TYPES: Final = ("address", "address", "uint256")

Listing = dict[str, Any]


def find_listing(view: View, path: list[str], options: Options) -> tuple[str, Listing] | None:
    """What is found under a path, and the name that faults call it by; None: no such path.

    Raises:
        AddressError: A path that names no address.
        BadOption: Another part of the path, or an option, makes no sense.
    """
    match path:
        case ["accounts" | "contracts" as kind, address, *rest]:
            make = _OF_ADDRESS.get((kind, *rest))
            return make and (
                rest[-1] if rest else kind,
                make(view, parse_address(address), options),
            )
        case ["transactions", txid, "events"]:
            return "events", events_of_transaction(view, txid, options)
        case ["transactions", _, "internal-transactions"]:
            return "internal-transactions", answer(view, [], options)
        case ["blocks", block, "events"]:
            return "events", events_of_block(view, block, options)
        case ["assets"] | ["assets", _] | ["assets", _, "list"]:
            return "assets", _none(view, "", options)
        case _:
            return None


def account(view: View, address: str, options: Options) -> Listing:
    """An account; an empty list while it was never activated."""
    solid = options.flag("only_confirmed")
    query = Query(view, {"address": address}, solid)
    found = account_json(query)
    assert isinstance(found, dict)
    ledger = view.ledger(solid=solid)
    if not found:
        return answer(view, [], options)
    for permission in (found.get("owner_permission"), *found.get("active_permission", ())):
        for key in permission["keys"] if permission else ():
            key["address"] = base58_address(address)
    held = {
        base58_address(token.address): ledger.read(tokens(token.address, address))
        for token in TOKENS.values()
    }
    found["trc20"] = [{token: str(units)} for token, units in held.items() if units]
    return answer(view, [found], options)


def transactions(view: View, address: str, options: Options) -> Listing:
    """Transactions that an account sent, or that went to it; newest first."""
    only_to, only_from = _directions(options)

    def keeps(row: Act) -> bool:
        if not only_to and not only_from:
            return True
        value = _transaction(view, row)["raw_data"]["contract"][0]["parameter"]["value"]
        return (value["owner_address"] == address) is only_from

    return page(view, view.acts.get(address, []), options, lambda row: _act_json(view, row), keeps)


def calls(view: View, address: str, options: Options) -> Listing:
    """Transactions that called a contract, newest first."""
    return page(view, view.acts.get(address, []), options, lambda row: _act_json(view, row))


def transfers(view: View, address: str, options: Options) -> Listing:
    """Token transfers from and to an account, newest first."""
    wanted = options.address("contract_address")
    only_to, only_from = _directions(options)

    def keeps(row: Movement) -> bool:
        if wanted is not None and row.token != wanted:
            return False
        return not (only_to and row.to != address) and not (only_from and row.source != address)

    return page(view, view.by_account.get(address, []), options, _transfer_json, keeps)


def events_of_contract(view: View, address: str, options: Options) -> Listing:
    """Events of a token, newest first."""
    named = options.values.get("event_name", "")
    return page(
        view,
        view.by_token.get(address, []),
        options,
        lambda row: _event_json(view, row),
        lambda row: named in {"", row.event},
    )


def holders(view: View, address: str, options: Options) -> Listing:
    """Who holds a token, and how much; the richest first, one page."""
    prefix = tokens(address, "")
    values = view.ledger(solid=options.flag("only_confirmed")).values
    held = [
        (units, key.removeprefix(prefix)) for key, units in values.items() if key.startswith(prefix)
    ]
    held.sort(reverse=not options.values.get("order_by", "").endswith("asc"))
    rows = [{base58_address(holder): str(units)} for units, holder in held[: options.limit]]
    return answer(view, rows, options)


def events_of_transaction(view: View, txid: str, options: Options) -> Listing:
    """Events of a transaction.

    Raises:
        BadOption: There can be no such id.
    """
    if not _TXID.fullmatch(txid):
        raise BadOption("Invalid transaction id provided")
    place = view.places.get(txid.lower())
    rows: list[Movement] = []
    if place is not None:
        rows = [row for row in view.blocks[place[0]].movements if row.nth == place[1]]
    return page(view, rows, options, lambda row: _event_json(view, row))


def events_of_block(view: View, wanted: str, options: Options) -> Listing:
    """Events of a block by number or id, or of the latest that has any.

    Raises:
        BadOption: There can be no such block.
    """
    found = None
    if wanted == "latest":
        newest = view.top(solid=options.flag("only_confirmed"))
        latest = reversed(view.blocks[max(0, newest - _LOOK_BACK) : newest + 1])
        found = next((block for block in latest if block.movements), None)
    elif _TXID.fullmatch(wanted):
        found = view.chain.block_of_id(wanted.lower())
    elif _NUMBER.fullmatch(wanted):
        number = int(wanted)
        found = view.blocks[number] if number <= view.head.number else None
    else:
        raise BadOption("Invalid block number provided")
    rows = found.movements if found is not None else []
    return page(view, rows, options, lambda row: _event_json(view, row))


def _none(view: View, _address: str, options: Options) -> Listing:
    """What there is none of here: TRC-10, and transactions within transactions."""
    return answer(view, [], options)


_OF_ADDRESS: Final[dict[tuple[str, ...], Callable[[View, str, Options], Listing]]] = {
    ("accounts",): account,
    ("accounts", "transactions"): transactions,
    ("accounts", "transactions", "trc20"): transfers,
    ("accounts", "internal-transactions"): _none,
    ("contracts", "events"): events_of_contract,
    ("contracts", "transactions"): calls,
    ("contracts", "tokens"): holders,
    ("contracts", "internal-transactions"): _none,
}
NAMES: Final = (
    "accounts",
    "assets",
    "events",
    "internal-transactions",
    "tokens",
    "transactions",
    "trc20",
)
"""How faults and counters call the lists."""


def _directions(options: Options) -> tuple[bool, bool]:
    """Only to the account, only from it; both together is neither."""
    to, source = options.flag("only_to"), options.flag("only_from")
    return (to, source) if to != source else (False, False)


def _transaction(view: View, row: Act) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(view.blocks[row.block].transactions[row.nth])
    return found


def _act_json(view: View, row: Act) -> dict[str, Any]:
    receipt = orjson.loads(view.blocks[row.block].receipts[row.nth])
    found = _transaction(view, row)
    costs = receipt["receipt"]
    found["ret"][0]["fee"] = receipt.get("fee", 0)
    names = ("net_usage", "net_fee", "energy_usage", "energy_fee", "energy_usage_total")
    found |= {name: costs.get(name, 0) for name in names}
    found |= {
        "blockNumber": row.block,
        "block_timestamp": row.timestamp,
        "internal_transactions": [],
    }
    if row.block > view.solid_number:
        found["_unconfirmed"] = True
    return found


def _transfer_json(row: Movement) -> dict[str, Any]:
    token = BY_ADDRESS[row.token]
    return {
        "transaction_id": row.txid,
        "token_info": {
            "symbol": token.symbol,
            "address": base58_address(row.token),
            "decimals": token.decimals,
            "name": token.name,
        },
        "block_timestamp": row.timestamp,
        "from": base58_address(row.source),
        "to": base58_address(row.to),
        "type": row.event,
        "value": str(row.amount),
    }


def _event_json(view: View, row: Movement) -> dict[str, Any]:
    values = ("0x" + row.source[2:], "0x" + row.to[2:], str(row.amount))
    names = _NAMES[row.event]
    inputs = (
        f"{kind}{' indexed' if kind == 'address' else ''} {name}"
        for kind, name in zip(_TYPES, names, strict=True)
    )
    event: dict[str, Any] = {
        "block_number": row.block,
        "block_timestamp": row.timestamp,
        "caller_contract_address": base58_address(row.called),
        "contract_address": base58_address(row.token),
        "event_index": row.position,
        "event_name": row.event,
        "result": {
            **{str(at): value for at, value in enumerate(values)},
            **dict(zip(names, values, strict=True)),
        },
        "result_type": dict(zip(names, _TYPES, strict=True)),
        "event": f"{row.event}({', '.join(inputs)})",
        "transaction_id": row.txid,
    }
    if row.block > view.solid_number:
        event["_unconfirmed"] = True
    return event
