"""The levers of the chain."""

import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from sandbox.control import ControlError
from sandbox.tron.addresses import AddressError, base58_address
from sandbox.tron.chain import BadReorg, Chain
from sandbox.tron.contracts import TOKENS
from sandbox.tron.execution import InvalidContract
from sandbox.tron.faults import Fault, Faults
from sandbox.tron.ledger import blacklisted, born, resource, setting, tokens, trx
from sandbox.tron.switches import Switches
from sandbox.tron.transactions import Transaction
from sandbox.tron.treasury import Failure, Payment, find_person, pay, send_trx

_UNITS = 6
_AMOUNT = re.compile(r"(\d{1,12})(?:\.(\d{1,6}))?")
_MOST_TRANSFERS = 10_000


def _units(text: str) -> str:
    if not _AMOUNT.fullmatch(text):
        raise ValueError('an amount is a decimal text such as "12.5", six places at most')
    return text


def _person(text: str) -> str:
    try:
        return find_person(text)
    except AddressError as error:
        raise ValueError(str(error)) from None


Amount = Annotated[str, AfterValidator(_units)]
Person = Annotated[str, AfterValidator(_person)]
TokenName = Literal["usdt", "fake"]


def to_units(amount: str) -> int:
    """Read a decimal text as millionths."""
    whole, _, part = amount.partition(".")
    return int(whole + part.ljust(_UNITS, "0"))


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Receiver(_Order):
    """One more receiver of a transaction that pays several."""

    to: Person
    amount: Amount


class TransferOrder(_Order):
    """A payment to be made by the sandbox."""

    to: Person
    amount: Amount
    token: TokenName = Field(default="usdt")
    sender: Person = Field(default_factory=lambda: find_person("alice"), alias="from")
    method: Literal["transfer", "transferFrom"] = "transfer"
    fail: Failure | None = None
    also: list[Receiver] = Field(default_factory=list, max_length=20)
    mine: bool = False

    def payment(self) -> Payment:
        """Return what is to be sent."""
        more = [(one.to, to_units(one.amount)) for one in self.also]
        return Payment(
            token=TOKENS[self.token],
            receivers=[(self.to, to_units(self.amount)), *more],
            sender=self.sender,
            by_spender=self.method == "transferFrom",
            fail=self.fail,
        )


class TransfersOrder(_Order):
    """Many payments at once."""

    transfers: list[TransferOrder] = Field(max_length=_MOST_TRANSFERS)


class FaucetOrder(_Order):
    """What an account is given."""

    address: Person
    trx: Amount = "0"
    usdt: Amount = "0"
    fake: Amount = "0"
    energy: int | None = Field(default=None, ge=0)
    mine: bool = True


class MineOrder(_Order):
    """Blocks to make now, and whether more come by themselves."""

    blocks: int = Field(default=1, ge=0, le=10_000)
    auto: bool | None = None


class ReorgOrder(_Order):
    """How many of the newest blocks are undone."""

    depth: int = Field(ge=1)
    drop: bool = False


class ListingOrder(_Order):
    """Whom the token refuses to be sent by."""

    address: Person
    listed: bool = True
    token: TokenName = Field(default="usdt")


class TokenOrder(_Order):
    """What the issuer does to a token."""

    token: TokenName = Field(default="usdt")
    paused: bool | None = None
    deprecated: bool | None = None
    basis_points_rate: int | None = Field(default=None, ge=0, le=20, alias="basisPointsRate")
    maximum_fee: Amount | None = Field(default=None, alias="maximumFee")


def create_control_router(chain: Chain, faults: Faults) -> APIRouter:
    """Return the routes under /control/tron."""
    router = APIRouter(prefix="/control/tron", tags=["control"])

    @router.post("/transfer")
    async def transfer(order: TransferOrder) -> dict[str, Any]:
        """Send tokens; in the next block, or with `mine` in one of its own at once."""
        sent = _pay(chain, order)
        if order.mine:
            chain.mine()
        return {"ok": True, "txid": sent.id}

    @router.post("/transfers")
    async def transfer_many(order: TransfersOrder) -> dict[str, Any]:
        """Send many; blocks take them in as they come."""
        sent = [_pay(chain, one).id for one in order.transfers]
        if any(one.mine for one in order.transfers):
            chain.mine()
        return {"ok": True, "txids": sent}

    @router.post("/faucet")
    async def give(order: FaucetOrder) -> dict[str, Any]:
        """Give TRX, tokens or staked energy to an account."""
        return {"ok": True, "txids": _give(chain, order)}

    _add_block_controls(router, chain)
    _add_world_controls(router, chain)
    _add_behaviour_controls(router, chain, faults)
    return router


def _add_block_controls(router: APIRouter, chain: Chain) -> None:
    @router.post("/mine")
    async def mine(order: MineOrder) -> dict[str, Any]:
        """Make blocks now; `auto` stops or starts those that come by themselves."""
        if order.auto is not None:
            chain.switch(chain.switches.model_copy(update={"auto": order.auto}))
        for _ in range(order.blocks):
            chain.mine()
        return {"ok": True, **head_json(chain)}

    @router.post("/reorg")
    async def reorganise(order: ReorgOrder) -> dict[str, Any]:
        """Undo blocks that are not solid; `drop` also loses their transactions."""
        try:
            chain.reorganise(order.depth, drop=order.drop)
        except BadReorg as error:
            raise ControlError(409, "BAD_REORG", str(error)) from None
        return {"ok": True, **head_json(chain)}


def _add_world_controls(router: APIRouter, chain: Chain) -> None:
    @router.post("/blacklist")
    async def list_address(order: ListingOrder) -> dict[str, Any]:
        """Put an address on a token's blacklist, or take it off."""
        key = blacklisted(TOKENS[order.token].address, order.address)
        chain.write(key, int(order.listed))
        return {"ok": True}

    @router.post("/token")
    async def change_token(order: TokenOrder) -> dict[str, Any]:
        """Pause a token, or let its issuer take a fee."""
        fee = order.maximum_fee
        wanted = {
            "paused": order.paused,
            "deprecated": order.deprecated,
            "basisPointsRate": order.basis_points_rate,
            "maximumFee": None if fee is None else to_units(fee),
        }
        for name, value in wanted.items():
            if value is not None:
                chain.write(setting(TOKENS[order.token].address, name), int(value))
        return {"ok": True}

    @router.get("/account/{address}")
    async def show_account(address: str) -> dict[str, Any]:
        """What an account holds, at the head and by solid blocks."""
        try:
            return account_json(chain, find_person(address))
        except AddressError as error:
            raise ControlError(404, "NO_ADDRESS", str(error)) from None


def _add_behaviour_controls(router: APIRouter, chain: Chain, faults: Faults) -> None:
    @router.post("/behaviour")
    async def behave(order: dict[str, Any]) -> dict[str, Any]:
        """Change switches; those that are not named stay."""
        try:
            chain.switch(Switches.model_validate(chain.switches.to_json() | order))
        except ValidationError as error:
            problems = "; ".join(f"{row['loc'][0]}: {row['msg']}" for row in error.errors())
            raise ControlError(400, "BAD_REQUEST", problems) from None
        return {"ok": True, "behaviour": chain.switches.to_json()}

    @router.post("/faults")
    async def order_fault(order: Fault) -> dict[str, Any]:
        """Have requests fail; a rate or count of 0 removes the order."""
        faults.order(order)
        return {"ok": True, "faults": faults.to_json()}


def head_json(chain: Chain) -> dict[str, Any]:
    """Where the chain is."""
    return {
        "head": chain.head.number,
        "headTimestamp": chain.head.timestamp,
        "solid": chain.solid.number,
        "pending": len(chain.pool),
    }


def account_json(chain: Chain, address: str) -> dict[str, Any]:
    """What an account holds, in millionths, which TRX and both tokens count in."""
    return {
        "address": base58_address(address),
        **{
            name: {
                "trx": ledger.read(trx(address)),
                **{
                    symbol: ledger.read(tokens(token.address, address))
                    for symbol, token in TOKENS.items()
                },
            }
            for name, ledger in (("head", chain.head_ledger), ("solid", chain.solid_ledger))
        },
    }


def _pay(chain: Chain, order: TransferOrder) -> Transaction:
    if not chain.head_ledger.read(born(order.sender)):
        message = "the sender has no account on this chain: give it TRX from the faucet first"
        raise ControlError(409, "NO_ACCOUNT", message)
    return pay(chain, order.payment())


def _give(chain: Chain, order: FaucetOrder) -> list[str]:
    faucet, sent = find_person("faucet"), []
    if order.energy is not None:
        chain.write(resource("energy.limit", order.address), order.energy)
    if sun := to_units(order.trx):
        try:
            sent.append(send_trx(chain, order.address, sun).id)
        except InvalidContract as error:
            raise ControlError(409, "REFUSED", str(error)) from None
    for name, amount in (("usdt", order.usdt), ("fake", order.fake)):
        if units := to_units(amount):
            payment = Payment(TOKENS[name], [(order.address, units)], faucet)
            sent.append(pay(chain, payment).id)
    if sent and order.mine:
        chain.mine()
    return sent
