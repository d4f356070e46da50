"""Asking the token's contract what it says, and what it would do. Nothing is sent by this.

The words of a call are written by hand: a selector, and one word of 32 bytes for each argument.
"""

import re
from typing import Any, Final

from jiema_app.domain.chain.port import ChainIncomplete
from jiema_app.domain.payouts.port import DryRun
from jiema_app.integrations.pacing import Urgency
from jiema_app.integrations.tron.addresses import WORD_HEX, hex_of_address, word_of_address
from jiema_app.integrations.tron.answers import DONE, read_units
from jiema_app.integrations.tron.fields import list_of, number_of, object_of, words_of
from jiema_app.integrations.tron.node import WORD_MAX_BYTES, Node

HEAD: Final = "wallet/triggerconstantcontract"
SOLID: Final = "walletsolidity/triggerconstantcontract"

TRANSFER: Final = "transfer(address,uint256)"
BALANCE: Final = "balanceOf(address)"
IS_BLACKLISTED: Final = "isBlackListed(address)"
PAUSED: Final = "paused()"
DEPRECATED: Final = "deprecated()"
FEE_RATE: Final = "basisPointsRate()"
DECIMALS: Final = "decimals()"

REFUSALS: Final = frozenset({"CONTRACT_VALIDATE_ERROR", "CONTRACT_EXE_ERROR"})
"""With which a node says that a call cannot work. With others it says that itself does not."""

_WORD: Final = re.compile(r"[0-9a-fA-F]{64}")
_UINT_MAX: Final = 2**256 - 1
_UINT8_MAX: Final = 2**8 - 1
_RATE_MAX: Final = 10_000
"""Of hundredths of a per cent: all of it."""


def word_of_number(number: int) -> str:
    """64 hexadecimal digits, as an argument of a call.

    Raises:
        ValueError: It is no uint256.
    """
    if not 0 <= number <= _UINT_MAX:
        raise ValueError("no number of 256 bits")
    return f"{number:0{WORD_HEX}x}"


async def call(
    node: Node, service: str, owner: str, contract: str, function: str, parameter: str = ""
) -> Any:
    """Have a node try a call of a contract.

    Args:
        node: Whom to ask.
        service: ``HEAD`` or ``SOLID``: by which blocks.
        owner: Base58check address of who would call.
        contract: Likewise of the contract.
        function: Name and types, such as ``balanceOf(address)``.
        parameter: Its words.

    Raises:
        ChainUnavailable: There is no answer.
    """
    return await node.ask(
        service,
        Urgency.URGENT,
        WORD_MAX_BYTES,
        owner_address=hex_of_address(owner),
        contract_address=hex_of_address(contract),
        function_selector=function,
        parameter=parameter,
    )


async def ask_number(
    node: Node, service: str, contract: str, function: str, about: str, *, is_argument: bool
) -> int:
    """A number that a contract tells.

    Args:
        node: Whom to ask.
        service: ``HEAD`` or ``SOLID``.
        contract: Base58check address.
        function: Of no argument, or of an address.
        about: An address: whoever asks, and the argument.
        is_argument: Whether it is the argument.

    Raises:
        ChainUnavailable: There is no answer.
        ChainIncomplete: The contract tells none.
    """
    parameter = word_of_address(about) if is_argument else ""
    return read_units(await call(node, service, about, contract, function, parameter))


async def ask_flag(
    node: Node, contract: str, function: str, about: str, *, is_argument: bool
) -> bool:
    """Whether something is so, by the head's contract: 0 or 1 and nothing else.

    Raises:
        ChainUnavailable: There is no answer.
        ChainIncomplete: The contract tells something else.
    """
    told = await ask_number(node, HEAD, contract, function, about, is_argument=is_argument)
    if told not in {0, 1}:
        raise ChainIncomplete(f"{function} is neither true nor false")
    return told == 1


async def ask_fee_rate(node: Node, contract: str, about: str) -> int:
    """What the issuer keeps of each transfer, in hundredths of a per cent.

    Raises:
        ChainUnavailable: There is no answer.
        ChainIncomplete: It is no rate.
    """
    told = await ask_number(node, HEAD, contract, FEE_RATE, about, is_argument=False)
    return number_of(told, "fee rate", _RATE_MAX)


async def ask_decimals(node: Node, contract: str, about: str) -> int:
    """The decimals of a token's unit.

    Raises:
        ChainUnavailable: There is no answer.
        ChainIncomplete: It is no such number.
    """
    told = await ask_number(node, HEAD, contract, DECIMALS, about, is_argument=False)
    return number_of(told, "decimals", _UINT8_MAX)


def read_dry_run(answer: Any) -> DryRun:
    """What a transfer would do.

    Raises:
        ChainIncomplete: The answer says neither that it would work nor that it would not.
    """
    whole = object_of(answer, "result")
    state = object_of(whole.get("result"), "result")
    message = words_of(state.get("message"))
    if state.get("result") is not True:
        code = state.get("code")
        if not isinstance(code, str) or code not in REFUSALS:
            raise ChainIncomplete("the node could not try the transfer")
        return _refused(f"{code}: {message}" if message else code)
    energy = number_of(whole.get("energy_used", 0), "energy")
    if "message" in state or "code" in state or not _is_done(whole):
        return _refused(message or "the contract refused", energy)
    words = list_of(whole.get("constant_result"), "returned word")
    returned = words[0] if len(words) == 1 else None
    # Some tokens return nothing.
    if not isinstance(returned, str) or (returned and not _WORD.fullmatch(returned)) or not energy:
        raise ChainIncomplete("the node did not say what the transfer would take")
    return DryRun(
        is_ok=True, is_timeout=False, energy_used=energy, message="", returned=returned.lower()
    )


def _is_done(whole: dict[str, Any]) -> bool:
    """Whether the transaction that was tried says that it would succeed.

    Raises:
        ChainIncomplete: It says nothing.
    """
    transaction = object_of(whole.get("transaction"), "transaction")
    results = list_of(transaction.get("ret"), "result of a transaction")
    if len(results) != 1:
        raise ChainIncomplete("not one result of a transaction")
    result = object_of(results[0], "result of a transaction")
    told = [result.get("ret"), result.get("contractRet")]
    return all(one is None or (isinstance(one, str) and one in DONE) for one in told)


def _refused(message: str, energy: int = 0) -> DryRun:
    return DryRun(
        is_ok=False,
        is_timeout="timeout" in message.lower(),
        energy_used=energy,
        message=message,
        returned="",
    )
