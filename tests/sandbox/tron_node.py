"""The sandbox's TRON node, as tests ask it."""

from typing import Any

import httpx

from sandbox.app import SandboxApp
from sandbox.tron.addresses import base58_address, parse_address
from sandbox.tron.keys import Key, named_key
from sandbox.tron.transactions import from_json

GENESIS = "0000000000000000e3ca6210c296020fd3c5cf348df9917839c5c6c587e932c9"
USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
US = Key(bytes.fromhex("88" * 32))
OUR_ADDRESS = base58_address(US.address)
THEIR_ADDRESS = base58_address(Key(bytes.fromhex("77" * 32)).address)
ALICE = named_key("alice").address


class Node:
    """Asks the node, and pulls its levers."""

    def __init__(self, app: SandboxApp) -> None:
        self.app = app
        transport = httpx.ASGITransport(app=app)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://sandbox")

    async def ask(self, name: str, **body: Any) -> Any:
        return (await self.http.post(f"/wallet/{name}", json=body)).json()

    async def solid(self, name: str, **body: Any) -> Any:
        return (await self.http.post(f"/walletsolidity/{name}", json=body)).json()

    async def control(self, path: str, **body: Any) -> Any:
        answer = await self.http.post(f"/control/tron/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def mine(self, blocks: int = 1) -> None:
        await self.control("mine", blocks=blocks)

    async def pay(self, amount: str = "10", **how: Any) -> str:
        body = {"to": THEIR_ADDRESS, "amount": amount, **how}
        return str((await self.control("transfer", **body))["txid"])

    async def receipt(self, txid: str) -> Any:
        return await self.ask("gettransactioninfobyid", value=txid)

    async def units(self, address: str = THEIR_ADDRESS, token: str = USDT, **how: Any) -> int:
        service = self.solid if how.get("solid") else self.ask
        answer = await service(
            "triggerconstantcontract",
            owner_address=address,
            contract_address=token,
            function_selector="balanceOf(address)",
            parameter=parse_address(address)[2:].rjust(64, "0"),
            visible=True,
        )
        return int(answer["constant_result"][0], 16)

    async def contracts(self) -> Any:
        return (await self.http.get("/control/state")).json()["tron"]["contracts"]

    async def unsigned(self, amount: int = 1, fee_limit: int = 30_000_000) -> Any:
        """Have the node build a transfer from us to them."""
        answer = await self.ask(
            "triggersmartcontract",
            owner_address=US.address,
            contract_address=parse_address(USDT),
            function_selector="transfer(address,uint256)",
            parameter=parse_address(THEIR_ADDRESS)[2:].rjust(64, "0") + f"{amount:064x}",
            fee_limit=fee_limit,
        )
        return answer["transaction"]


def signed(transaction: Any) -> Any:
    txid = from_json(transaction).id
    return transaction | {"txID": txid, "signature": [US.sign(bytes.fromhex(txid)).hex()]}
