"""A shop that pays from the hot wallet with tronpy: built offline, signed, sent to either node."""

from typing import Any, Final

import httpx
from tronpy import AsyncTron
from tronpy.async_contract import AsyncContract
from tronpy.keys import PrivateKey
from tronpy.providers import AsyncHTTPProvider

from sandbox.app import SandboxApp
from sandbox.tron.keys import secret_of
from tests.sandbox.tron_node import USDT, Node

HOT: Final = PrivateKey(secret_of("hot"))
HOT_ADDRESS: Final = HOT.public_key.to_base58check_address()
NEWCOMER: Final = PrivateKey.fromhex("77" * 32).public_key.to_base58check_address()
FEE_LIMIT: Final = 30_000_000
_ABI: Final = [
    {
        "type": "Function",
        "name": "transfer",
        "inputs": [{"name": "to", "type": "address"}, {"name": "value", "type": "uint256"}],
        "outputs": [{"type": "bool"}],
        "stateMutability": "Nonpayable",
    },
    {
        "type": "Function",
        "name": "balanceOf",
        "inputs": [{"name": "who", "type": "address"}],
        "outputs": [{"type": "uint256"}],
        "stateMutability": "View",
    },
]


class Payer:
    """Holds the hot key, and asks one node or the other."""

    def __init__(self, app: SandboxApp) -> None:
        self.node = Node(app)
        self.first = self._client(app, "http://sandbox/")
        self.second = self._client(app, "http://sandbox/second/")

    @staticmethod
    def _client(app: SandboxApp, address: str) -> Any:
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app))
        return AsyncTron(AsyncHTTPProvider(address, client=http))

    async def close(self) -> None:
        for client in (self.first, self.second):
            await client.close()
        await self.node.http.aclose()
        await self.node.app.close()

    async def usdt(self, units: int = 1_500_000, to: str = NEWCOMER, **how: Any) -> Any:
        """Build and sign a payment, without a node but for the reference block."""
        contract = AsyncContract(USDT, abi=_ABI, client=self.first)
        builder = (await contract.functions.transfer(to, units)).with_owner(HOT_ADDRESS)
        return await self._signed(builder.fee_limit(how.get("fee_limit", FEE_LIMIT)), **how)

    async def trx(self, sun: int, to: str = NEWCOMER) -> Any:
        return await self._signed(self.first.trx.transfer(HOT_ADDRESS, to, sun))

    async def _signed(self, builder: Any, life_ms: int = 60_000, **_: Any) -> Any:
        reference = await self.first.get_latest_solid_block_id()
        built = await builder.expiration(life_ms).build(offline=True, ref_block_id=reference)
        return built.sign(HOT)

    async def fault(self, kind: str, **how: Any) -> None:
        await self.node.control("faults", kind=kind, **(how or {"count": 1}))

    async def held(self, address: str = HOT_ADDRESS) -> tuple[str, str]:
        """USDT and TRX of an address at the head."""
        found = await self.balance(address)
        return found["usdt"], found["trx"]

    async def balance(self, address: str = HOT_ADDRESS) -> Any:
        answer = await self.node.http.get("/control/tron/balance", params={"address": address})
        assert answer.status_code == 200, answer.text
        return answer.json()


async def ask_second(node: Node, name: str, **body: Any) -> Any:
    return (await node.http.post(f"/second/{name}", json=body)).json()


async def heads(payer: Payer) -> list[tuple[int, int]]:
    """Number of the newest and of the newest solid block, at either node."""
    return [
        (await client.get_latest_block_number(), await client.get_latest_solid_block_number())
        for client in (payer.first, payer.second)
    ]


async def units(client: Any, address: str = HOT_ADDRESS) -> int:
    contract = await client.get_contract(USDT)
    return int(await contract.functions.balanceOf(address))
