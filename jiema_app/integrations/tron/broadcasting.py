"""Sending a signed transaction to one node, and reading what it makes of it.

java-tron writes no defaults: a refusal has a ``code`` and no ``result``, a success has a
``result`` and no ``code``. What has neither, or both, says nothing.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from jiema_app.domain.chain.port import ChainError, ChainUnavailable
from jiema_app.domain.payouts.port import BroadcastOutcome, BroadcastResult
from jiema_app.integrations import outside
from jiema_app.integrations.pacing import Urgency
from jiema_app.integrations.tron.fields import shown, words_of
from jiema_app.integrations.tron.node import WORD_MAX_BYTES, Node, NotAsked
from jiema_app.integrations.tron.nodes import Nodes

PATH: Final = "wallet/broadcasttransaction"

SIGNED_MAX_BYTES: Final = 16 * 1024
"""One of ours has about one kilobyte."""

CODES: Final[Mapping[str, BroadcastOutcome]] = {
    "SIGERROR": BroadcastOutcome.INVALID,
    "CONTRACT_VALIDATE_ERROR": BroadcastOutcome.INVALID,
    "CONTRACT_EXE_ERROR": BroadcastOutcome.INVALID,
    "BANDWITH_ERROR": BroadcastOutcome.BANDWIDTH,
    "DUP_TRANSACTION_ERROR": BroadcastOutcome.DUPLICATE,
    "TAPOS_ERROR": BroadcastOutcome.TAPOS,
    "TOO_BIG_TRANSACTION_ERROR": BroadcastOutcome.INVALID,
    "TRANSACTION_EXPIRATION_ERROR": BroadcastOutcome.EXPIRED,
    "SERVER_BUSY": BroadcastOutcome.NOT_TAKEN,
    "NO_CONNECTION": BroadcastOutcome.NOT_TAKEN,
    "NOT_ENOUGH_EFFECTIVE_CONNECTION": BroadcastOutcome.AMBIGUOUS,
    "BLOCK_UNSOLIDIFIED": BroadcastOutcome.NOT_TAKEN,
    "OTHER_ERROR": BroadcastOutcome.AMBIGUOUS,
}
"""What java-tron answers, as it spells it (``api.proto``, ``Return.response_code``)."""

NUMBERS: Final[Mapping[int, str]] = {
    **dict(zip(range(1, 13), CODES, strict=False)),
    20: "OTHER_ERROR",
}
"""The same as numbers, which a gateway may write: 1 to 12 in the order above, and 20."""

SUCCESS: Final = "SUCCESS"
_SECRET_MIN: Final = 8
"""Shorter values of headers are no secrets, and would blot out half of what a node says."""


def read_signed(signed_json: str) -> tuple[bytes, str]:
    """What is to be sent, and the id that it names itself by; empty if it names none.

    Raises:
        ValueError: It is no JSON object of a transaction's size.
    """
    content = signed_json.encode() if len(signed_json) <= SIGNED_MAX_BYTES else b""
    found: Any = None
    if 0 < len(content) <= SIGNED_MAX_BYTES:
        with suppress(outside.NotJson):
            found = outside.read_json(content)
    is_signed = isinstance(found, dict) and found.get("raw_data") and found.get("signature")
    if not is_signed:
        raise ValueError("no signed transaction")
    txid = found.get("txID")
    return content, txid if isinstance(txid, str) else ""


async def send(nodes: Nodes, node: Node, content: bytes, txid: str) -> BroadcastResult:
    """Send a signed transaction to one node. Raises nothing of the network.

    Args:
        nodes: Of this node alone.
        node: Whom to send it to; its block 0 is asked for before.
        content: Byte for byte.
        txid: What an answer must name, if it names anything.
    """
    try:
        await nodes.ensure_right_chain()
    except ChainError as trouble:
        return _result(node, BroadcastOutcome.NOT_TAKEN, "not_sent", str(trouble))
    try:
        answer = await node.send(PATH, content, Urgency.URGENT, WORD_MAX_BYTES)
    except NotAsked as trouble:
        return _result(node, BroadcastOutcome.NOT_TAKEN, "not_sent", str(trouble))
    except ChainUnavailable as trouble:
        return _result(node, BroadcastOutcome.AMBIGUOUS, "no_answer", str(trouble))
    outcome, code, words = read_broadcast(answer, txid)
    return _result(node, outcome, code, _without_secrets(words, node))


def read_broadcast(answer: Any, txid: str = "") -> tuple[BroadcastOutcome, str, str]:
    """What a node made of a transaction: the outcome, the protocol's word, and its own words.

    Args:
        answer: Decoded.
        txid: What it must name, if it names anything.
    """
    if not isinstance(answer, dict):
        return BroadcastOutcome.AMBIGUOUS, "unreadable", ""
    words = words_of(answer.get("message"))
    code = _code_of(answer.get("code"))
    named = answer.get("txid")
    if txid and named is not None and named != txid:
        return BroadcastOutcome.AMBIGUOUS, "unreadable", "the node names another transaction"
    is_taken = answer.get("result")
    if is_taken is True and code == SUCCESS:
        return BroadcastOutcome.ACCEPTED, SUCCESS, words
    if (is_taken is None or is_taken is False) and code in CODES:
        return CODES[code], code, words
    return BroadcastOutcome.AMBIGUOUS, "unreadable", words


def _code_of(value: Any) -> str:
    """The protocol's word; of nothing it is success, of what it does not have nothing."""
    if value is None:
        return SUCCESS
    if type(value) is int:
        return SUCCESS if value == 0 else NUMBERS.get(value, "")
    return value if isinstance(value, str) and (value in CODES or value == SUCCESS) else ""


def _without_secrets(words: str, node: Node) -> str:
    """A node's words without what only it and we know: it may repeat what it was sent."""
    for secret in (*node.headers.values(), node.url):
        if len(secret) >= _SECRET_MIN:
            words = words.replace(secret, "…")
    return words


def _result(node: Node, outcome: BroadcastOutcome, code: str, words: str) -> BroadcastResult:
    return BroadcastResult(node=node.name, outcome=outcome, code=code, words=shown(words))
