"""What one node knows of one transaction."""

import re
from typing import Any, Final

from jiema_app.domain.chain.port import ChainIncomplete, ChainUnavailable
from jiema_app.domain.payouts.sightings import HeadReceipt, Sighting, SolidReceipt
from jiema_app.integrations.tron.answers import (
    DONE,
    FAILED,
    NO_CONTRACT,
    REVERTED,
    SUCCESS,
    read_block,
    read_place,
    read_transaction,
)
from jiema_app.integrations.tron.fields import number_of, object_of, words_of
from jiema_app.integrations.tron.node import Node
from jiema_app.integrations.tron.nodes import Nodes

RECEIPT_MAX_BYTES: Final = 8 * 1024 * 1024
"""Of one transaction. What ours logs is a hundredth of a kilobyte; a liar's answer ends here."""

_RECEIPT: Final = "gettransactioninfobyid"
_TXID: Final = re.compile(r"[0-9a-f]{64}")


def refuse_bad_txid(txid: str) -> None:
    """See to it that a text is the id of a transaction, in lower case.

    Raises:
        ValueError: It is none.
    """
    if not _TXID.fullmatch(txid):
        raise ValueError("no id of a transaction")


async def sight(nodes: Nodes, node: Node, txid: str, token: str) -> Sighting:
    """Ask a node about a transaction: up to six requests.

    The final head comes first: what the node does not know afterwards, it had not up to there.

    Args:
        nodes: Of this node alone.
        node: Whom to ask.
        txid: In lower case.
        token: Contract of our token.

    Raises:
        ChainUnavailable: It does not answer.
        ChainIncomplete: It contradicts itself.
    """
    first = read_block(await node.ask("walletsolidity/getnowblock"))
    if first is None:
        raise ChainIncomplete("there is no final block")
    nodes.refuse_ahead(first.header)
    solid = await _read_solid(nodes, node, txid, token)
    if solid is not None:
        if solid.header.number <= first.header.number and solid.header.time > first.header.time:
            raise ChainIncomplete("a receipt of a block that is younger than the final head")
        return Sighting(node=node.name, solid_head=first.header, is_known=True, solid=solid)
    answer = await node.ask(f"wallet/{_RECEIPT}", most_bytes=RECEIPT_MAX_BYTES, value=txid)
    head = read_head_receipt(answer, txid)
    is_known = head is not None or await _is_in_a_block(node, txid)
    return Sighting(
        node=node.name,
        solid_head=first.header,
        is_known=is_known,
        is_pending=False if is_known else await _is_pending(node, txid),
        head=head,
    )


async def _read_solid(nodes: Nodes, node: Node, txid: str, token: str) -> SolidReceipt | None:
    answer = await node.ask(f"walletsolidity/{_RECEIPT}", most_bytes=RECEIPT_MAX_BYTES, value=txid)
    number = read_place(answer, txid)
    if number is None:
        return None
    block = read_block(await node.ask("walletsolidity/getblockbynum", num=number), number)
    if block is None:
        raise ChainIncomplete(f"block {number} is missing, and a receipt names it")
    nodes.refuse_ahead(block.header)
    result = read_result(answer)
    found = read_transaction(block, answer, token)
    if found.succeeded != (result in {"", SUCCESS}):
        raise ChainIncomplete("a receipt that says of itself that it failed and that it did not")
    receipt = object_of(answer, "receipt")
    costs = object_of(receipt.get("receipt", {}), "receipt")
    return SolidReceipt(
        txid=txid,
        header=found.header,
        succeeded=found.succeeded,
        result=result,
        fee_sun=number_of(receipt.get("fee", 0), "fee"),
        energy_used=number_of(costs.get("energy_usage_total", 0), "energy"),
        message="" if found.succeeded else words_of(receipt.get("resMessage")),
        transfers=tuple(found.transfers),
    )


def read_result(answer: Any) -> str:
    """How a transaction ended: a word of the protocol, or nothing if it called no contract.

    Raises:
        ChainIncomplete: A word that nobody knows, or two that contradict each other.
    """
    receipt = object_of(answer, "receipt")
    word = _word_of(object_of(receipt.get("receipt", {}), "receipt").get("result"))
    whole = _word_of(receipt.get("result"))
    if whole == FAILED:
        # Without a contract there is no other word for it.
        found = FAILED if word in NO_CONTRACT else word
        if found != FAILED and found not in REVERTED:
            raise ChainIncomplete("a receipt that failed and did not")
        return str(found)
    if whole not in DONE or (word not in {*NO_CONTRACT, SUCCESS} and word not in REVERTED):
        raise ChainIncomplete("a result that nobody knows")
    return "" if word is None or word in NO_CONTRACT else word


def _word_of(value: Any) -> str | None:
    """A word of the protocol, if there is one.

    Raises:
        ChainIncomplete: It is something else.
    """
    if value is not None and not isinstance(value, str):
        raise ChainIncomplete("no result where one belongs")
    return value


def read_head_receipt(answer: Any, txid: str) -> HeadReceipt | None:
    """A receipt that may still be taken back; None for ``{}``: there is none.

    Raises:
        ChainIncomplete: It is no receipt, or another one.
    """
    number = read_place(answer, txid)
    return None if number is None else HeadReceipt(block_number=number, result=read_result(answer))


async def _is_in_a_block(node: Node, txid: str) -> bool:
    """Whether the node has a transaction in a block, though no receipt of it."""
    return _is_found(
        await node.ask("wallet/gettransactionbyid", most_bytes=RECEIPT_MAX_BYTES, value=txid), txid
    )


async def _is_pending(node: Node, txid: str) -> bool | None:
    """Whether a transaction waits in the node's pool; None where it does not tell."""
    try:
        answer = await node.ask(
            "wallet/gettransactionfrompending", most_bytes=RECEIPT_MAX_BYTES, value=txid
        )
    except ChainUnavailable:
        # Some do not offer this call. Nothing is decided by it.
        return None
    return _is_found(answer, txid)


def _is_found(answer: Any, txid: str) -> bool:
    """Whether there is a transaction.

    Raises:
        ChainIncomplete: It is another one.
    """
    found = object_of(answer, "transaction")
    if not found:
        return False
    if found.get("txID") != txid:
        raise ChainIncomplete("another transaction than was asked for")
    return True
