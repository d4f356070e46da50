"""The levers of what nodes say: switches, faults, the issuer's decrees, and lies."""

from typing import Any

from fastapi import APIRouter
from pydantic import ValidationError

from sandbox.control import ControlError
from sandbox.tron.amounts import to_units
from sandbox.tron.chain import Chain
from sandbox.tron.contracts import TOKENS
from sandbox.tron.ledger import blacklisted, setting, tokens, trx
from sandbox.tron.nodes import NAMES, Node, NodeName, Nodes
from sandbox.tron.orders import FaultOrder, LiesOrder, ListingOrder, TokenOrder


def add_node_controls(router: APIRouter, chain: Chain, nodes: Nodes) -> None:
    """Add the routes to a router."""
    _add_decrees(router, chain, nodes)

    @router.post("/behaviour")
    async def behave(order: dict[str, Any]) -> dict[str, Any]:
        """Change switches, of the chain or of `node`; those that are not named stay."""
        node = _named(nodes, order.pop("node", "first"))
        try:
            wanted = node.switches.model_validate(node.switches.to_json() | order)
        except ValidationError as error:
            problems = "; ".join(f"{row['loc'][0]}: {row['msg']}" for row in error.errors())
            raise ControlError(400, "BAD_REQUEST", problems) from None
        node.behave(wanted)
        return {"ok": True, "behaviour": node.switches.to_json()}

    @router.post("/faults")
    async def order_fault(order: FaultOrder) -> dict[str, Any]:
        """Have requests to a node fail; a rate or count of 0 removes the order."""
        faults = nodes[order.node].faults
        faults.order(order.fault())
        return {"ok": True, "faults": faults.to_json()}

    @router.post("/lies")
    async def lie(order: LiesOrder) -> dict[str, Any]:
        """Have a node say of somebody's balance what is not true, or forget its lies."""
        node = nodes[order.node]
        if order.forget:
            node.tell_the_truth()
        if order.address is not None:
            for key, amount in (
                (trx(order.address), order.trx),
                (tokens(TOKENS["usdt"].address, order.address), order.usdt),
                (tokens(TOKENS["fake"].address, order.address), order.fake),
            ):
                if amount is not None:
                    node.lie(key, to_units(amount))
        return {"ok": True, "lies": node.view.lies}


def _add_decrees(router: APIRouter, chain: Chain, nodes: Nodes) -> None:
    def decree(name: NodeName | None, key: str, value: int) -> None:
        if name is None:
            chain.write(key, value)
        else:
            nodes[name].lie(key, value)

    @router.post("/blacklist")
    async def list_address(order: ListingOrder) -> dict[str, Any]:
        """Put an address on a token's blacklist, or take it off."""
        key = blacklisted(TOKENS[order.token].address, order.address)
        decree(order.node, key, int(order.listed))
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
                decree(order.node, setting(TOKENS[order.token].address, name), int(value))
        return {"ok": True}


def _named(nodes: Nodes, name: object) -> Node:
    for known in NAMES:
        if name == known:
            return nodes[known]
    raise ControlError(400, "BAD_REQUEST", f"node: one of {', '.join(NAMES)}")
