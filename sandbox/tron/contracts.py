"""The contracts that live here, executed in Python: tokens, and one that pays many.

USDT on this network is an old contract: a successful transfer returns false, only the
sender is looked up in the blacklist, and a fee rate of 0 could be raised one day.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from sandbox.tron.addresses import PREFIX, ZERO, contract_address, keccak256, parse_address
from sandbox.tron.keys import named_key
from sandbox.tron.ledger import Draft, allowance, blacklisted, setting, tokens

TRANSFER_TOPIC: Final = keccak256(b"Transfer(address,address,uint256)").hex()
APPROVAL_TOPIC: Final = keccak256(b"Approval(address,address,uint256)").hex()
EVENTS: Final = {TRANSFER_TOPIC: "Transfer", APPROVAL_TOPIC: "Approval"}
ENERGY_TO_HOLDER: Final = 64_285
ENERGY_TO_NEWCOMER: Final = 130_285
"""Giving somebody their first token writes a fresh cell, which costs twice."""
ENERGY_LOOK: Final = 935
ENERGY_APPROVE: Final = 22_000
ENERGY_REFUSED: Final = 3_000
MOST: Final = (1 << 256) - 1
_WORD = 64


@dataclass(frozen=True, slots=True)
class Token:
    """What distinguishes one token from another."""

    address: str
    name: str
    symbol: str
    returns_true: bool
    has_blacklist: bool
    decimals: int = 6


USDT: Final = Token(
    address=parse_address("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
    name="Tether USD",
    symbol="USDT",
    returns_true=False,
    has_blacklist=True,
)
FAKE: Final = Token(
    address=contract_address("fake token"),
    name="Tether USD",
    symbol="USDT",
    returns_true=True,
    has_blacklist=False,
)
TOKENS: Final = {"usdt": USDT, "fake": FAKE}
BY_ADDRESS: Final = {token.address: token for token in TOKENS.values()}
BATCH: Final = contract_address("batch payer")
"""batch(address token, address[] to, uint256[] amounts): many transfers in one transaction."""
CONTRACTS: Final = frozenset({*BY_ADDRESS, BATCH})
ISSUER: Final = named_key("issuer").address


@dataclass(slots=True)
class Log:
    """An event, as it will stand in the receipt."""

    address: str
    topics: list[str]
    data: str


class Reverted(Exception):
    """The contract refused; everything it did is undone."""

    def __init__(self, energy: int = ENERGY_REFUSED) -> None:
        super().__init__()
        self.energy = energy


@dataclass(slots=True)
class Call:
    """One call of a contract, while it runs."""

    draft: Draft
    caller: str
    contract: str
    arguments: str
    """Hex, without the selector."""
    energy: int = 0
    logs: list[Log] = field(default_factory=list)

    def word(self, position: int) -> str:
        """Return an argument's 64 digits; missing ones read as zeros."""
        return self.arguments[_WORD * position : _WORD * (position + 1)].ljust(_WORD, "0")

    def number(self, position: int) -> int:
        """Read an argument as a number."""
        return int(self.word(position), 16)

    def address(self, position: int) -> str:
        """Read an argument as an address; whatever stands in its upper bytes is ignored."""
        return PREFIX + self.word(position)[24:]

    def log(self, topic: str, one: str, other: str, amount: int) -> None:
        """Emit an event of two addresses and an amount."""
        topics = [topic, one[2:].rjust(_WORD, "0"), other[2:].rjust(_WORD, "0")]
        self.logs.append(Log(self.contract, topics, word(amount)))


Method = Callable[[Call, Token], str]


def selector(signature: str) -> str:
    """Return the eight digits that name a function in call data."""
    return keccak256(signature.encode())[:4].hex()


def word(number: int) -> str:
    """Write a number as 64 digits."""
    return f"{number:064x}"


def address_word(address: str) -> str:
    """Write an address as an argument."""
    return address[2:].rjust(_WORD, "0")


def call_data(signature: str, *words: str) -> bytes:
    """Put selector and argument words together."""
    return bytes.fromhex(selector(signature) + "".join(words))


def execute(call: Call, chosen: str) -> str:
    """Run a function and return its result in hex; `call` then holds energy and logs.

    Raises:
        Reverted: The contract refuses, or has no such function.
    """
    if call.contract == BATCH:
        return _batch(call, chosen)
    token = BY_ADDRESS[call.contract]
    method = _METHODS.get(chosen)
    if method is None or (chosen in _BLACKLIST_ONLY and not token.has_blacklist):
        raise Reverted
    return method(call, token)


def is_view(data: bytes) -> bool:
    """Whether a call only looks."""
    return data[:4].hex() in _VIEWS


def move(call: Call, token: Token, source: str, to: str, amount: int) -> None:
    """Move tokens, with the fee if there is a rate, and say so in logs."""
    draft = call.draft
    if draft.read(setting(token.address, "paused")):
        raise Reverted
    if draft.read(blacklisted(token.address, source)) or to == ZERO:
        raise Reverted
    if draft.read(tokens(token.address, source)) < amount:
        raise Reverted
    rate = draft.read(setting(token.address, "basisPointsRate"))
    fee = min(amount * rate // 10_000, draft.read(setting(token.address, "maximumFee")))
    newcomer = not draft.read(tokens(token.address, to))
    call.energy += ENERGY_TO_NEWCOMER if newcomer else ENERGY_TO_HOLDER
    draft.add(tokens(token.address, source), -amount)
    draft.add(tokens(token.address, to), amount - fee)
    logged_as, call.contract = call.contract, token.address
    call.log(TRANSFER_TOPIC, source, to, amount - fee)
    if fee:
        draft.add(tokens(token.address, ISSUER), fee)
        call.log(TRANSFER_TOPIC, source, ISSUER, fee)
    call.contract = logged_as


def _transfer(call: Call, token: Token) -> str:
    move(call, token, call.caller, call.address(0), call.number(1))
    return word(int(token.returns_true))


def _transfer_from(call: Call, token: Token) -> str:
    source, amount = call.address(0), call.number(2)
    key = allowance(token.address, source, call.caller)
    allowed = call.draft.read(key)
    if allowed < amount:
        raise Reverted
    if allowed < MOST:
        call.draft.write(key, allowed - amount)
    move(call, token, source, call.address(1), amount)
    return word(1)


def _approve(call: Call, token: Token) -> str:
    spender, amount = call.address(0), call.number(1)
    call.energy += ENERGY_APPROVE
    call.draft.write(allowance(token.address, call.caller, spender), amount)
    call.log(APPROVAL_TOPIC, call.caller, spender, amount)
    return word(1)


def _batch(call: Call, chosen: str) -> str:
    if chosen != _BATCH_SELECTOR or call.address(0) not in BY_ADDRESS:
        raise Reverted
    token = BY_ADDRESS[call.address(0)]
    receivers, amounts = call.number(1) // 32, call.number(2) // 32
    count = call.number(receivers)
    if count > _MOST_AT_ONCE or count != call.number(amounts):
        raise Reverted
    for at in range(1, count + 1):
        receiver = call.address(receivers + at)
        move(call, token, call.caller, receiver, call.number(amounts + at))
    return ""


def batch_data(token: Token, payments: list[tuple[str, int]]) -> bytes:
    """Write the call that pays several receivers at once."""
    count = len(payments)
    return call_data(
        BATCH_SIGNATURE,
        address_word(token.address),
        word(96),
        word(96 + 32 * (count + 1)),
        word(count),
        *(address_word(to) for to, _ in payments),
        word(count),
        *(word(amount) for _, amount in payments),
    )


def _text(value: str) -> str:
    encoded = value.encode().hex()
    return word(32) + word(len(value)) + encoded.ljust(_WORD, "0")


def _look(read: Callable[[Call, Token], int]) -> Method:
    def method(call: Call, token: Token) -> str:
        call.energy += ENERGY_LOOK
        return word(read(call, token))

    return method


def _flag(name: str) -> Method:
    return _look(lambda call, token: call.draft.read(setting(token.address, name)))


def _held(call: Call, token: Token) -> int:
    return call.draft.read(tokens(token.address, call.address(0)))


def _listed(call: Call, token: Token) -> int:
    return call.draft.read(blacklisted(token.address, call.address(0)))


def _allowed(call: Call, token: Token) -> int:
    return call.draft.read(allowance(token.address, call.address(0), call.address(1)))


BATCH_SIGNATURE: Final = "batch(address,address[],uint256[])"
_BATCH_SELECTOR = selector(BATCH_SIGNATURE)
_MOST_AT_ONCE = 100
_WRITING: dict[str, Method] = {
    "transfer(address,uint256)": _transfer,
    "transferFrom(address,address,uint256)": _transfer_from,
    "approve(address,uint256)": _approve,
}
_LOOKING: dict[str, Method] = {
    "balanceOf(address)": _look(_held),
    "allowance(address,address)": _look(_allowed),
    "isBlackListed(address)": _look(_listed),
    "getBlackListStatus(address)": _look(_listed),
    "decimals()": _look(lambda _, token: token.decimals),
    "totalSupply()": _flag("totalSupply"),
    "paused()": _flag("paused"),
    "deprecated()": _flag("deprecated"),
    "basisPointsRate()": _flag("basisPointsRate"),
    "maximumFee()": _flag("maximumFee"),
    "owner()": _look(lambda *_: int.from_bytes(bytes.fromhex(ISSUER[2:]), "big")),
    "name()": lambda _, token: _text(token.name),
    "symbol()": lambda _, token: _text(token.symbol),
}
SIGNATURES: Final = (*_WRITING, *_LOOKING)
_METHODS = {selector(name): method for name, method in {**_WRITING, **_LOOKING}.items()}
_VIEWS = frozenset(selector(name) for name in _LOOKING)
_BLACKLIST_ONLY = frozenset(
    selector(name)
    for name in (
        "isBlackListed(address)",
        "getBlackListStatus(address)",
        "deprecated()",
        "basisPointsRate()",
        "maximumFee()",
        "paused()",
    )
)
