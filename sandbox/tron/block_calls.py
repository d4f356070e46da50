"""The node's calls about blocks and about what is in them."""

import re
from collections.abc import Sequence
from typing import Any

import orjson

from sandbox.tron.blocks import Block
from sandbox.tron.errors import PlainNodeError
from sandbox.tron.query import Query
from sandbox.tron.transactions import transaction_json
from sandbox.tron.wire import HEADER_VERSION

Answer = dict[str, Any] | list[Any] | bytes
_MOST_BLOCKS = 100
_HEX_ID = 64
_NUMBER = re.compile("[0-9]{1,18}")


def _spelled(query: Query, block: Block, *, detail: bool = True) -> bytes:
    json = block.to_json(detail=detail)
    if block.number == 0 and query.view.switches.wrong_genesis:
        json = json.replace(block.id.encode(), b"0" * 16 + b"bad0" * 12)
    return query.spell_bytes(json)


def _newest(query: Query) -> Block:
    return query.view.blocks[query.top]


def _numbered(query: Query, number: int) -> Block | None:
    return query.view.blocks[number] if 0 <= number <= query.top else None


def _identified(query: Query, block_id: str) -> Block | None:
    if len(block_id) != _HEX_ID:
        return None
    block = query.view.chain.block_of_id(block_id.lower())
    return block if block is not None and block.number <= query.top else None


def now_block(query: Query) -> Answer:
    """The newest block."""
    return _spelled(query, _newest(query))


def block_by_number(query: Query) -> Answer:
    """A block by its number; {} when there is none yet."""
    block = _numbered(query, query.number("num"))
    return _spelled(query, block) if block is not None else {}


def block_by_id(query: Query) -> Answer:
    """A block by its id."""
    block = _identified(query, query.hex("value").hex())
    return _spelled(query, block) if block is not None else {}


def block(query: Query) -> Answer:
    """A block by id, by number or the newest; its transactions with `detail` only."""
    wanted = query.text("id_or_num")
    if not wanted:
        found: Block | None = _newest(query)
    elif _NUMBER.fullmatch(wanted):
        found = _numbered(query, int(wanted))
    elif wanted.startswith("-") and _NUMBER.fullmatch(wanted[1:]):
        raise PlainNodeError("num must be non-positive number.")
    elif len(wanted) != _HEX_ID:
        raise PlainNodeError("id must be legal block hash.")
    else:
        found = _identified(query, wanted)
    return {} if found is None else _spelled(query, found, detail=query.flag("detail"))


def blocks_by_range(query: Query) -> Answer:
    """Blocks from `startNum` up to, without, `endNum`."""
    start, end = query.number("startNum"), query.number("endNum")
    if start < 0 or end <= start or end - start > _MOST_BLOCKS:
        return {}
    return _listed(query, query.view.blocks[start : min(end, query.top + 1)])


def latest_blocks(query: Query) -> Answer:
    """The newest `num` blocks."""
    count = query.number("num")
    if not 0 < count < _MOST_BLOCKS:
        return {}
    return _listed(query, query.view.blocks[max(0, query.top + 1 - count) : query.top + 1])


def _listed(query: Query, found: Sequence[Block]) -> Answer:
    if not found:
        return {}
    return b'{"block":[' + b",".join(_spelled(query, one) for one in found) + b"]}"


def receipts_of_block(query: Query) -> Answer:
    """All receipts of a block; [] for one without transactions and one that is not there."""
    number = query.number("num")
    if number <= 0:
        return {}
    found = _numbered(query, number)
    if found is None:
        return []
    return query.spell_bytes(b"[" + b",".join(found.receipts) + b"]")


def transaction_by_id(query: Query) -> Answer:
    """A transaction with its result, once it is in a block."""
    place = _place(query)
    if place is None:
        return {}
    return query.spell_bytes(query.view.blocks[place[0]].transactions[place[1]])


def receipt_by_id(query: Query) -> Answer:
    """A receipt, once its transaction is in a block."""
    place = _place(query)
    if place is None:
        return {}
    return query.spell_bytes(query.view.blocks[place[0]].receipts[place[1]])


def pending_transactions(query: Query) -> Answer:
    """Ids of what waits in the pool."""
    pool = query.view.chain.pool
    return {"txId": list(pool)} if pool else {}


def pending_transaction(query: Query) -> Answer:
    """A transaction that waits in the pool; {} when it does not."""
    found = query.view.chain.pool.get(query.hex("value").hex())
    return query.spell(transaction_json(found)) if found is not None else {}


def _place(query: Query) -> tuple[int, int] | None:
    place = query.view.places.get(query.hex("value").hex())
    return place if place is not None and place[0] <= query.top else None


def node_info(query: Query) -> Answer:
    """What the node says of itself."""
    view = query.view
    return {
        "beginSyncNum": view.head.number,
        "block": f"Num:{view.head.number},ID:{view.head.id}",
        "solidityBlock": f"Num:{view.solid.number},ID:{view.solid.id}",
        "currentConnectCount": 30,
        "activeConnectCount": 30,
        "passiveConnectCount": 0,
        "totalFlow": 0,
        "peerList": [],
        "configNodeInfo": {"codeVersion": "sandbox", "p2pVersion": "sandbox"},
        "machineInfo": {},
        "cheatWitnessInfoMap": {},
        "blockVersion": HEADER_VERSION,
    }


def block_count(query: Query) -> Answer:
    """How many transactions a block holds."""
    found = _numbered(query, query.number("num"))
    return orjson.dumps({"count": len(found.transactions) if found else -1})
