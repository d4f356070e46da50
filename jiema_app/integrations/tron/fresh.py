"""Reading blocks that may still be taken back: what people sent, by what they asked for.

These blocks have no receipts that would hold, so transfers are read from the calls
themselves. A call is a wish: whoever pays through another contract is not seen here, and
nothing is ever credited by it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from jiema_app.domain.chain.port import ChainIncomplete, FreshBlocks, FreshTransfer
from jiema_app.integrations.tron.addresses import WORD_HEX, BadAddress, address_of_word
from jiema_app.integrations.tron.answers import SUCCESS

SELECTOR_HEX: Final = 8

BLOCKS_MAX: Final = 1000
"""Further than this from the last one no block is asked for."""

_NUMBER_MAX: Final = 2**53
_ID: Final = re.compile(r"[0-9a-f]{64}")


class _Words(NamedTuple):
    """Which words of a call say who receives how much."""

    receiver: int
    amount: int


TRANSFERS: Final[Mapping[str, _Words]] = {
    "a9059cbb": _Words(receiver=0, amount=1),
    "23b872dd": _Words(receiver=1, amount=2),
}
"""``transfer(address,uint256)`` and ``transferFrom(address,address,uint256)``."""


def read_fresh(answer: Any, after: int | None, token_hex: str) -> FreshBlocks:
    """The transfers in young blocks; those that cannot be read are passed over.

    Args:
        answer: A block, or a list of blocks.
        after: Number of the block before them; None for a single one, the youngest.
        token_hex: Contract of our token, 42 hexadecimal digits.

    Raises:
        ChainIncomplete: These are no blocks.
    """
    if answer == {} and after is not None:
        return FreshBlocks(after, ())
    blocks: Any = answer.get("block") if isinstance(answer, dict) else None
    if after is None:
        blocks = [answer]
    if not isinstance(blocks, list) or not blocks:
        raise ChainIncomplete("no list of blocks where one belongs")
    head = after or 0
    transfers: list[FreshTransfer] = []
    for block in blocks:
        number, transactions = _content_of(block)
        if after is not None and not after < number <= after + BLOCKS_MAX:
            # Whatever it says next would be asked for from there on.
            raise ChainIncomplete(f"block {number} among those after {after}")
        head = max(head, number)
        transfers += _transfers_of(transactions, number, token_hex)
    return FreshBlocks(head, transfers)


def _content_of(block: Any) -> tuple[int, list[Any]]:
    """Number and transactions of a block.

    Raises:
        ChainIncomplete: It is none.
    """
    try:
        number = block["block_header"]["raw_data"]["number"]
        transactions = block.get("transactions", [])
    except (KeyError, TypeError, AttributeError):
        number = transactions = None
    is_number = isinstance(number, int) and not isinstance(number, bool)
    if not is_number or not 0 <= number <= _NUMBER_MAX or not isinstance(transactions, list):
        raise ChainIncomplete("no block where one belongs")
    return number, transactions


def _transfers_of(transactions: list[Any], number: int, token_hex: str) -> Iterator[FreshTransfer]:
    for one in transactions:
        try:
            found = _transfer_of(one, number, token_hex)
        except (KeyError, IndexError, TypeError, AttributeError, ValueError):
            # A hint that cannot be read is none; the final block will tell.
            continue
        if found is not None:
            yield found


def _transfer_of(
    transaction: Mapping[str, Any], number: int, token_hex: str
) -> FreshTransfer | None:
    """The transfer that a transaction asked for and that was carried out, if it is one.

    Raises:
        BadAddress: Its words are too short.
    """
    contract = transaction["raw_data"]["contract"][0]
    if contract["type"] != "TriggerSmartContract":
        return None
    if transaction["ret"][0]["contractRet"] != SUCCESS:
        return None
    call = contract["parameter"]["value"]
    words = TRANSFERS.get(call["data"][:SELECTOR_HEX])
    if words is None:
        return None
    amount = _word(call["data"], words.amount)
    if len(amount) != WORD_HEX:
        raise BadAddress("a word has 32 bytes")
    txid = transaction["txID"]
    if not isinstance(txid, str) or not _ID.fullmatch(txid):
        return None
    return FreshTransfer(
        txid=txid,
        receiver=address_of_word(_word(call["data"], words.receiver)),
        amount=int(amount, 16),
        is_genuine=call["contract_address"] == token_hex,
        block_number=number,
    )


def _word(data: str, at: int) -> str:
    start = SELECTOR_HEX + at * WORD_HEX
    return data[start : start + WORD_HEX]
