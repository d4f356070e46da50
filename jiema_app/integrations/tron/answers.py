"""Reading a node's JSON: blocks, receipts, and the transfers in them.

proto3 writes no defaults: a missing number is 0, a missing list is empty, ``{}`` is "not
there". So whatever could be an empty answer is held against something that could not:
the transactions of a block against the root over them in its header, receipts against
the transactions. What does not fit is ``ChainIncomplete``, never "nothing happened".

An odd row of a supplier is dropped and the others go on; here nothing is. A row that is left
out of a price list costs an offer until the next look. A log that is left out of a block
costs somebody their money, for no block is read twice and no list shows what is missing. So
whatever could be a transfer of our token, and cannot be read as one or as something else,
makes the whole block unreadable: another node is asked, then the same one again, and the
cursor stays before that block until one of them answers well, however long that takes. The
job says so in the log and in its lag, and payments are late, not lost. That must not be in a
stranger's hands: what contracts of others log, in whatever shape, is passed over.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from jiema_app.domain.chain.port import (
    BlockHeader,
    ChainIncomplete,
    FinalTransaction,
    TokenTransfer,
)
from jiema_app.integrations.tron.addresses import (
    BadAddress,
    address_of_hex,
    address_of_word,
)

TRANSFER_TOPIC: Final = "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
TRANSFER_TOPICS: Final = 3
"""The event's name and two addresses. Tokens that are no money log a number as a fourth."""

SUCCESS: Final = "SUCCESS"
FAILED: Final = "FAILED"
DONE: Final = frozenset({None, "SUCESS", SUCCESS})
"""What a receipt says beside a contract's success. The protocol spells it like this, and leaves
it out."""

REVERTED: Final = frozenset({
    "BAD_JUMP_DESTINATION",
    "ILLEGAL_OPERATION",
    "INVALID_CODE",
    "JVM_STACK_OVER_FLOW",
    "OUT_OF_ENERGY",
    "OUT_OF_MEMORY",
    "OUT_OF_TIME",
    "PRECOMPILED_CONTRACT",
    "REVERT",
    "STACK_OVERFLOW",
    "STACK_TOO_LARGE",
    "STACK_TOO_SMALL",
    "TRANSFER_FAILED",
    "UNKNOWN",
})  # fmt: skip
"""Every way in which a contract's call comes to nothing."""

NO_CONTRACT: Final = frozenset({None, "DEFAULT"})
"""What stands for the result of a transaction that called no contract."""

NO_TRANSACTIONS_ROOT: Final = "0" * 64
WORD_HEX: Final = 64

_ID: Final = re.compile(r"[0-9a-f]{64}")
_WORD: Final = re.compile(r"[0-9a-fA-F]{64}")
_NUMBER_HEX: Final = 16
_NUMBER_MAX: Final = 2**63 - 1
"""Of a block, as the protocol has it and as a column holds it."""
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS: Final = 1 << 47
"""The year 6429: beyond it is nonsense, and soon no ``datetime`` either."""


@dataclass(frozen=True, slots=True)
class ListedBlock:
    """A block with the ids of its transactions, before its receipts were read."""

    header: BlockHeader
    txids: Sequence[str]
    time_ms: int


def read_block(answer: Any, number: int | None = None) -> ListedBlock | None:
    """A block; None for ``{}``, which stands for one that is not there.

    Args:
        answer: Of a call for one block.
        number: The one that was asked for; None for whichever is the youngest.

    Raises:
        ChainIncomplete: It is no block, another one, or it contradicts itself.
    """
    if answer == {}:
        return None
    block = _dict(answer, "block")
    raw = _dict(_dict(block.get("block_header"), "header").get("raw_data"), "header")
    found = _integer(raw.get("number", 0), "number")
    block_id = _id(block.get("blockID"), "block id")
    if number is not None and found != number:
        raise ChainIncomplete(f"block {found} instead of block {number}")
    if int(block_id[:_NUMBER_HEX], 16) != found:
        raise ChainIncomplete(f"the id of block {found} names another number")
    time_ms = _integer(raw.get("timestamp", 0), "time")
    if time_ms > _LATEST_MS or (found and not time_ms):
        raise ChainIncomplete(f"block {found} has no time")
    header = BlockHeader(
        number=found,
        id=block_id,
        parent_id=_id(raw.get("parentHash"), "parent id"),
        time=_BEGINNING + timedelta(milliseconds=time_ms),
    )
    return ListedBlock(header, _txids(block, raw, found), time_ms)


def read_blocks(answer: Any, first: int, count: int) -> Sequence[ListedBlock]:
    """Consecutive blocks, each the parent of the next; none for ``{}``.

    Raises:
        ChainIncomplete: Others than were asked for, or they do not follow on each other.
    """
    if answer == {}:
        return []
    listed = _list(_dict(answer, "list of blocks").get("block"), "list of blocks")
    if not listed or len(listed) > count:
        raise ChainIncomplete(f"{len(listed)} blocks instead of {count}")
    blocks: list[ListedBlock] = []
    for at, one in enumerate(listed):
        block = read_block(one, first + at)
        if block is None:
            raise ChainIncomplete(f"block {first + at} is missing")
        if blocks and block.header.parent_id != blocks[-1].header.id:
            raise ChainIncomplete(f"block {first + at} does not follow on the one before it")
        blocks.append(block)
    return blocks


def read_transfers(block: ListedBlock, answer: Any, token: str) -> Sequence[TokenTransfer]:
    """Every transfer in the receipts of a block.

    Args:
        block: Whose receipts they shall be.
        answer: The list of receipts.
        token: Contract of our own token, whose logs we know the shape of.

    Raises:
        ChainIncomplete: They are not exactly those of the block's transactions.
    """
    receipts = _list(answer, "list of receipts")
    number = block.header.number
    if len(receipts) != len(block.txids):
        raise ChainIncomplete(
            f"block {number}: {len(receipts)} receipts of {len(block.txids)} transactions"
        )
    missing = set(block.txids)
    transfers: list[TokenTransfer] = []
    for one in receipts:
        receipt = _dict(one, "receipt")
        txid = receipt.get("id")
        if not isinstance(txid, str) or txid not in missing:
            raise ChainIncomplete(f"block {number}: a receipt of another transaction, or twice one")
        missing.remove(txid)
        if receipt.get("blockNumber") != number or receipt.get("blockTimeStamp") != block.time_ms:
            raise ChainIncomplete(f"block {number}: a receipt of another block")
        if "log" in receipt:
            transfers += _transfers_of(receipt, token)
    return transfers


def read_place(answer: Any, txid: str) -> int | None:
    """Number of the block that a transaction's receipt names; None for ``{}``: there is none.

    Raises:
        ChainIncomplete: It is no receipt, or that of another transaction.
    """
    if answer == {}:
        return None
    receipt = _dict(answer, "receipt")
    if receipt.get("id") != txid:
        raise ChainIncomplete("a receipt of another transaction")
    return _integer(receipt.get("blockNumber"), "block number")


def read_transaction(block: ListedBlock, answer: Any, token: str) -> FinalTransaction:
    """A transaction, by its receipt and the block that this names.

    Raises:
        ChainIncomplete: The block does not have it.
    """
    receipt, number = _dict(answer, "receipt"), block.header.number
    txid = _id(receipt.get("id"), "transaction id")
    if txid not in block.txids or receipt.get("blockTimeStamp") != block.time_ms:
        raise ChainIncomplete(f"block {number}: a receipt of another block")
    costs = _dict(receipt.get("receipt", {}), "receipt")
    return FinalTransaction(
        txid=txid,
        header=block.header,
        succeeded=_succeeded(receipt)
        or (receipt.get("result") != FAILED and _word_of(costs) in NO_CONTRACT),
        transfers=_transfers_of(receipt, token) if "log" in receipt else (),
    )


def read_units(answer: Any) -> int:
    """The number that a call of a contract returned.

    Raises:
        ChainIncomplete: It did not return one.
    """
    result = _dict(answer, "result")
    state = result.get("result")
    words = result.get("constant_result")
    refused = not isinstance(state, dict) or state.get("result") is not True or "message" in state
    if refused or not isinstance(words, list) or len(words) != 1 or not _is_word(words[0]):
        raise ChainIncomplete("the contract did not answer")
    return int(words[0], 16)


def _txids(block: Mapping[str, Any], raw: Mapping[str, Any], number: int) -> Sequence[str]:
    """Ids of a block's transactions, none of them twice."""
    listed = _list(block.get("transactions", []), "list of transactions")
    txids = [_id(_dict(one, "transaction").get("txID"), "transaction id") for one in listed]
    if len(set(txids)) != len(txids):
        raise ChainIncomplete(f"block {number}: a transaction twice")
    has_root = raw.get("txTrieRoot", NO_TRANSACTIONS_ROOT) != NO_TRANSACTIONS_ROOT
    if has_root and not txids:
        raise ChainIncomplete(f"block {number}: its transactions are missing")
    return txids


def _succeeded(receipt: Mapping[str, Any]) -> bool:
    costs = _dict(receipt.get("receipt", {}), "receipt")
    return costs.get("result") == SUCCESS and receipt.get("result") != FAILED


def _came_to_nothing(receipt: Mapping[str, Any]) -> bool:
    """Whether a receipt says plainly that its contract's call was undone, logs and all."""
    state = _dict(receipt.get("receipt", {}), "receipt").get("result")
    is_reverted = isinstance(state, str) and state in REVERTED
    return is_reverted and _word_of(receipt) in {*DONE, FAILED}


def _word_of(holder: Mapping[str, Any]) -> str | None:
    """The word for a result; what is no text is none of the protocol's words."""
    word = holder.get("result")
    return word if word is None or isinstance(word, str) else ""


def _transfers_of(receipt: Mapping[str, Any], token: str) -> Sequence[TokenTransfer]:
    """The Transfer logs of one receipt; none when its call came to nothing.

    Anybody may write a contract that logs anything, so what has not the shape of a
    transfer is passed over; but our own token logs transfers in one shape only, and whether
    they hold is said in words that are known.

    Raises:
        ChainIncomplete: No node that is well answers this.
    """
    transfers = _logged_transfers(receipt, token)
    if _succeeded(receipt) or not transfers:
        return transfers
    if any(one.contract == token for one in transfers) and not _came_to_nothing(receipt):
        raise ChainIncomplete("transfers of our token, and no word whether they hold")
    return ()


def _logged_transfers(receipt: Mapping[str, Any], token: str) -> Sequence[TokenTransfer]:
    """Whatever one receipt has logged in the shape of a transfer.

    Raises:
        ChainIncomplete: Our own token has, and in a shape that cannot be read.
    """
    transfers: list[TokenTransfer] = []
    for at, one in enumerate(_list(receipt["log"], "list of logs")):
        log = _dict(one, "log")
        topics: Any = log.get("topics")
        data = log.get("data")
        event = topics[0] if isinstance(topics, list) and topics else None
        if event != TRANSFER_TOPIC:
            # What has no name that can be read may be a transfer all the same.
            if not _is_event(event) and _contract_of(log) == token:
                raise ChainIncomplete("an event of our token without a name")
            continue
        contract = _contract_of(log)
        if len(topics) == TRANSFER_TOPICS and all(map(_is_word, (*topics, data))):
            transfers.append(
                TokenTransfer(
                    txid=receipt["id"],
                    log_index=at,
                    contract=contract,
                    sender=address_of_word(topics[1]),
                    receiver=address_of_word(topics[2]),
                    amount=int(str(data), 16),
                )
            )
        elif contract == token:
            raise ChainIncomplete("a transfer of our token in a shape that it never has")
    return transfers


def _contract_of(log: Mapping[str, Any]) -> str:
    """The contract that logged; no contract chooses how its own address is written.

    Raises:
        ChainIncomplete: It is no address.
    """
    try:
        return address_of_hex(log.get("address", ""))
    except (BadAddress, TypeError):
        # TypeError: something that no cache can hold.
        pass
    raise ChainIncomplete("a log of no contract")


def _is_event(value: object) -> bool:
    """Whether it is the name of an event as nodes write it."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _is_word(value: object) -> bool:
    return isinstance(value, str) and _WORD.fullmatch(value) is not None


def _dict(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ChainIncomplete(f"no {what} where one belongs")
    return value


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise ChainIncomplete(f"no {what} where one belongs")
    return value


def _integer(value: Any, what: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _NUMBER_MAX:
        raise ChainIncomplete(f"no {what} where one belongs")
    return value


def _id(value: Any, what: str) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ChainIncomplete(f"no {what} where one belongs")
    return value
