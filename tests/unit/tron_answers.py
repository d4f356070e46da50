"""What a TRON node answers, as tests need it: blocks, logs and receipts."""

from typing import Any

from jiema_app.integrations.tron.answers import (
    TRANSFER_TOPIC,
    ListedBlock,
    read_block,
    read_transfers,
)

USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
USDT_BODY = "a614f803b6fd780986a42c78ec9c7f77e6ded13c"
USDT_HEX = "41" + USDT_BODY
OURS = "TJzXt1sZautjqXnpjQT4xSCBHNSYgBkDr3"
OUR_WORD = "000000000000000000000000630667a3b6e2e5fd9e1c1b9d2c1d8e2b2cb7e0aa"
STRANGER = "11" * 20
TIME_MS = 1_700_000_000_123
TXIDS = ("aa" * 32, "bb" * 32)


def block_id(number: int, end: str = "cd") -> str:
    return f"{number:016x}" + end * 24


def block_json(number: int = 7, txids: tuple[str, ...] = TXIDS) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "blockID": block_id(number),
        "block_header": {
            "raw_data": {
                "number": number,
                "txTrieRoot": "ef" * 32 if txids else "00" * 32,
                "parentHash": block_id(number - 1),
                "timestamp": TIME_MS,
                "version": 30,
            },
            "witness_signature": "00",
        },
    }
    if txids:
        answer["transactions"] = [{"txID": txid, "raw_data": {}} for txid in txids]
    return answer


def log_json(**changes: Any) -> dict[str, Any]:
    return {
        "address": USDT_BODY,
        "topics": [TRANSFER_TOPIC, "0" * 24 + STRANGER, "0" * 24 + "22" * 20],
        "data": f"{5_000_000:064x}",
    } | changes


def receipt_json(txid: str, *logs: Any, **changes: Any) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "id": txid,
        "blockNumber": 7,
        "blockTimeStamp": TIME_MS,
        "contractResult": [""],
        "receipt": {"net_usage": 345, "result": "SUCCESS"},
    }
    if logs:
        answer["log"] = list(logs)
    return answer | changes


def listed(answer: Any = None) -> ListedBlock:
    found = read_block(answer or block_json(), 7)
    assert found is not None
    return found


def read(*logs: Any, **changes: Any) -> list[Any]:
    """The transfers of a block whose first transaction has these logs."""
    receipts = [receipt_json(TXIDS[0], *logs, **changes), receipt_json(TXIDS[1])]
    return list(read_transfers(listed(), receipts, USDT))


GOOD = [receipt_json(TXIDS[0]), receipt_json(TXIDS[1])]
