"""The indexer's lists of token movements, as gateways offer them beside the node."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.tron.addresses import base58_address, parse_address
from sandbox.tron.blocks import Movement
from sandbox.tron.chain import Chain
from sandbox.tron.contracts import BY_ADDRESS

_DEFAULT_LIMIT, _MOST_ROWS = 20, 200


def transfers_of_account(chain: Chain, account: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Token transfers from and to an account, newest first."""
    address = parse_address(account)
    wanted = parse_address(query["contract_address"]) if "contract_address" in query else None

    def keeps(row: Movement) -> bool:
        if wanted is not None and row.token != wanted:
            return False
        if query.get("only_to") == "true" and row.to != address:
            return False
        return query.get("only_from") != "true" or row.source == address

    rows = [row for row in _chosen(chain, chain.by_account[address], query) if keeps(row)]
    return _page(chain, [_transfer_json(row) for row in _sorted(rows, query)], query)


def events_of_contract(chain: Chain, contract: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Transfer events of a token, newest first."""
    rows = list(_chosen(chain, chain.by_token[parse_address(contract)], query))
    if query.get("event_name", "Transfer") != "Transfer":
        rows = []
    if "block_number" in query:
        rows = [row for row in rows if row.block == int(query["block_number"])]
    shown = [_event_json(chain, row) for row in _sorted(rows, query)]
    return _page(chain, shown, query)


def _chosen(chain: Chain, rows: list[Movement], query: Mapping[str, str]) -> Iterator[Movement]:
    newest = chain.top(solid=query.get("only_confirmed") == "true")
    since = int(query.get("min_timestamp") or query.get("min_block_timestamp") or 0)
    until = int(query.get("max_timestamp") or query.get("max_block_timestamp") or 1 << 62)
    for row in rows:
        if row.block <= newest and since <= row.timestamp <= until:
            yield row


def _sorted(rows: list[Movement], query: Mapping[str, str]) -> list[Movement]:
    rows.sort(key=lambda row: (row.block, row.position))
    if not query.get("order_by", "").endswith("asc"):
        rows.reverse()
    return rows


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
        "type": "Transfer",
        "value": str(row.amount),
    }


def _event_json(chain: Chain, row: Movement) -> dict[str, Any]:
    source, to = "0x" + row.source[2:], "0x" + row.to[2:]
    event: dict[str, Any] = {
        "block_number": row.block,
        "block_timestamp": row.timestamp,
        "caller_contract_address": base58_address(row.token),
        "contract_address": base58_address(row.token),
        "event_index": row.position,
        "event_name": "Transfer",
        "result": {
            "0": source,
            "1": to,
            "2": str(row.amount),
            "from": source,
            "to": to,
            "value": str(row.amount),
        },
        "result_type": {"from": "address", "to": "address", "value": "uint256"},
        "event": "Transfer(address indexed from, address indexed to, uint256 value)",
        "transaction_id": row.txid,
    }
    if row.block > chain.solid_number:
        event["_unconfirmed"] = True
    return event


def _page(chain: Chain, rows: list[dict[str, Any]], query: Mapping[str, str]) -> dict[str, Any]:
    limit = min(max(1, int(query.get("limit") or _DEFAULT_LIMIT)), _MOST_ROWS)
    start = int(query.get("fingerprint") or 0)
    page = rows[start : start + limit]
    meta: dict[str, Any] = {"at": chain.now_ms(), "page_size": len(page)}
    if start + limit < len(rows):
        meta["fingerprint"] = str(start + limit)
    return {"data": page, "success": True, "meta": meta}
