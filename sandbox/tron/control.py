"""The levers of the chain."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from sandbox.control import ControlError
from sandbox.tron.addresses import AddressError
from sandbox.tron.admission import Rejected
from sandbox.tron.amounts import to_units
from sandbox.tron.chain import BadReorg, Chain
from sandbox.tron.contracts import TOKENS
from sandbox.tron.ledger import born, resource
from sandbox.tron.node_control import add_node_controls
from sandbox.tron.nodes import Nodes
from sandbox.tron.orders import (
    FaucetOrder,
    MineOrder,
    ReorgOrder,
    TransferOrder,
    TransfersOrder,
)
from sandbox.tron.people import FAUCET
from sandbox.tron.showing import account_json, balance_json, head_json
from sandbox.tron.transactions import Transaction
from sandbox.tron.treasury import Payment, find_person, pay, send_trx

_LONGEST_NAME = 64
"""Of an address or a person, in a URL."""


def create_control_router(chain: Chain, nodes: Nodes) -> APIRouter:
    """Return the routes under /control/tron."""
    router = APIRouter(prefix="/control/tron", tags=["control"])
    _add_payment_controls(router, chain)
    _add_block_controls(router, chain)
    _add_account_controls(router, chain)
    add_node_controls(router, chain, nodes)
    return router


def _add_payment_controls(router: APIRouter, chain: Chain) -> None:
    @router.post("/transfer")
    async def transfer(order: TransferOrder) -> dict[str, Any]:
        """Send tokens or TRX; in the next block, or with `mine` in one of its own at once."""
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


def _add_account_controls(router: APIRouter, chain: Chain) -> None:
    @router.get("/account/{address}")
    async def show_account(address: str) -> dict[str, Any]:
        """What an account holds, at the head and by solid blocks, in millionths."""
        return account_json(chain, _found(address))

    @router.get("/balance")
    async def show_balance(
        address: Annotated[str, Query(max_length=_LONGEST_NAME)],
    ) -> dict[str, Any]:
        """What an account holds, at the head and by solid blocks, as decimal texts."""
        return {"ok": True, **balance_json(chain, _found(address))}


def _found(address: str) -> str:
    try:
        return find_person(address)
    except AddressError as error:
        raise ControlError(404, "NO_ADDRESS", str(error)) from None


def _pay(chain: Chain, order: TransferOrder) -> Transaction:
    if not chain.head_ledger.read(born(order.sender)):
        message = "the sender has no account on this chain: give it TRX from the faucet first"
        raise ControlError(409, "NO_ACCOUNT", message)
    if order.is_trx:
        return _send_trx(chain, order.sender, order.to, to_units(order.amount))
    return pay(chain, order.payment())


def _send_trx(chain: Chain, sender: str, to: str, sun: int) -> Transaction:
    try:
        return send_trx(chain, sender, to, sun)
    except Rejected as error:
        raise ControlError(409, "REFUSED", str(error)) from None


def _give(chain: Chain, order: FaucetOrder) -> list[str]:
    faucet, sent = FAUCET.address, []
    if order.energy is not None:
        chain.write(resource("energy.limit", order.address), order.energy)
    if sun := to_units(order.trx):
        sent.append(_send_trx(chain, faucet, order.address, sun).id)
    for name, amount in (("usdt", order.usdt), ("fake", order.fake)):
        if units := to_units(amount):
            payment = Payment(TOKENS[name], [(order.address, units)], faucet)
            sent.append(pay(chain, payment).id)
    if sent and order.mine:
        chain.mine()
    return sent
