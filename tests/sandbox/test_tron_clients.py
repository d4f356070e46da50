"""tronpy, which we did not write, unmodified, against a live sandbox."""

from typing import Any

import httpx
import pytest
import requests
from tronpy import AsyncTron, Contract, Tron
from tronpy.async_contract import AsyncContract
from tronpy.exceptions import (
    AddressNotFound,
    ApiError,
    BadKey,
    BadSignature,
    TaposError,
    TransactionError,
    TransactionNotFound,
    UnknownError,
)
from tronpy.keys import PrivateKey
from tronpy.providers import AsyncHTTPProvider, HTTPProvider

from tests.support.polling import PATIENCE_S

USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
US = PrivateKey.fromhex("88" * 32)
OUR_ADDRESS = US.public_key.to_base58check_address()
THEIR_ADDRESS = PrivateKey.fromhex("77" * 32).public_key.to_base58check_address()


class Chain:
    """The node's levers, and a tronpy client of it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = Tron(HTTPProvider(url, timeout=PATIENCE_S))
        self.usdt = self.client.get_contract(USDT)
        self.control("mine", blocks=0, auto=False)
        self.control("faucet", address=OUR_ADDRESS, trx="500", usdt="1000")
        self.control("mine", blocks=3)

    def control(self, path: str, **body: Any) -> Any:
        answer = httpx.post(
            f"{self.url}/control/tron/{path}", json=body, timeout=PATIENCE_S, trust_env=False
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def newest(self) -> Any:
        answer = httpx.post(f"{self.url}/wallet/getnowblock", timeout=PATIENCE_S, trust_env=False)
        return answer.json()

    def mine(self, blocks: int = 1) -> None:
        self.control("mine", blocks=blocks)

    def transfer(self, units: int, **limits: Any) -> Any:
        builder = self.usdt.functions.transfer(THEIR_ADDRESS, units).with_owner(OUR_ADDRESS)
        return builder.fee_limit(limits.get("fee_limit", 30_000_000))


@pytest.fixture
def chain(live: Any) -> Chain:
    return Chain(live.url)


def test_tronpy_reads_the_contract(chain: Chain) -> None:
    assert chain.usdt.functions.balanceOf(OUR_ADDRESS) == 1_000_000_000
    assert chain.usdt.functions.symbol() == "USDT"
    assert chain.usdt.functions.decimals() == 6
    assert chain.usdt.functions.isBlackListed(THEIR_ADDRESS) is False
    chain.control("blacklist", address=THEIR_ADDRESS)
    assert chain.usdt.functions.isBlackListed(THEIR_ADDRESS) is True


def test_tronpy_pays_and_reads_the_receipt(chain: Chain) -> None:
    words = chain.usdt.functions.transfer._prepare_parameter(THEIR_ADDRESS, 25_000_000)
    selector = "transfer(address,uint256)"
    energy = chain.client.get_estimated_energy(OUR_ADDRESS, USDT, selector, words)
    assert energy == 130_285
    sent = chain.transfer(25_000_000).build().sign(US).broadcast()
    assert sent["result"] is True
    with pytest.raises(TransactionNotFound):
        chain.client.get_transaction_info(sent.txid)
    chain.mine()
    receipt = sent.wait(timeout=PATIENCE_S)
    assert receipt["receipt"]["result"] == "SUCCESS"
    assert receipt["receipt"]["energy_usage_total"] == 130_285
    (event,) = chain.usdt.events.Transfer.process_receipt(receipt)
    assert event["args"]["to"] == THEIR_ADDRESS
    assert event["args"]["value"] == 25_000_000
    # This token's transfer says false when it succeeds.
    assert sent.result() is False
    with pytest.raises(TransactionNotFound):
        chain.client.get_solid_transaction_info(sent.txid)
    chain.mine(2)
    assert chain.client.get_solid_transaction_info(sent.txid)["id"] == sent.txid
    assert chain.client.get_transaction(sent.txid)["ret"] == [{"contractRet": "SUCCESS"}]
    assert chain.usdt.functions.balanceOf(THEIR_ADDRESS) == 25_000_000


def test_tronpy_meets_failed_executions(chain: Chain) -> None:
    too_much = chain.transfer(10**13).build().sign(US).broadcast()
    too_cheap = chain.transfer(1, fee_limit=1_000_000).build().sign(US).broadcast()
    chain.mine()
    for sent, outcome in ((too_much, "REVERT"), (too_cheap, "OUT_OF_ENERGY")):
        receipt = sent.wait(timeout=PATIENCE_S)
        assert receipt["receipt"]["result"] == outcome
        assert receipt["result"] == "FAILED"
        assert receipt["fee"] > 0
        assert "log" not in receipt
    assert chain.usdt.functions.balanceOf(THEIR_ADDRESS) == 0


def test_tronpy_is_refused_with_the_right_errors(chain: Chain) -> None:
    with pytest.raises(BadKey):
        chain.transfer(1).build().sign(PrivateKey.random())
    stranger = chain.transfer(1).build()
    stranger._permission = None
    with pytest.raises(BadSignature):
        stranger.sign(PrivateKey.random()).broadcast()
    elsewhere = chain.transfer(1).build()
    elsewhere._raw_data["ref_block_hash"] = "00" * 8
    weighed = chain.client.get_sign_weight(elsewhere)
    elsewhere.txid = weighed["transaction"]["transaction"]["txID"]
    with pytest.raises(TaposError):
        elsewhere.sign(US).broadcast()
    late = chain.transfer(1).expiration(-5000).build()
    late._signature = [US.sign_msg_hash(bytes.fromhex(late.txid)).hex()]
    with pytest.raises(TransactionError, match="expired"):
        late.broadcast()
    with pytest.raises(AddressNotFound):
        chain.client.get_account(PrivateKey.random().public_key.to_base58check_address())


def test_bytes_that_were_sent_into_a_timeout_are_mined_once(chain: Chain) -> None:
    chain.control("faults", action="broadcasttransaction", kind="applied_then_504", count=1)
    payment = chain.transfer(3).build().sign(US)
    with pytest.raises(requests.HTTPError):
        payment.broadcast()
    with pytest.raises(UnknownError) as again:
        payment.broadcast()
    assert again.value.args[1] == "DUP_TRANSACTION_ERROR"
    chain.mine(2)
    assert chain.usdt.functions.balanceOf(THEIR_ADDRESS) == 3


def test_tronpy_meets_a_node_in_trouble(chain: Chain) -> None:
    chain.control("faults", action="getnowblock", kind="http429", count=1)
    with pytest.raises(requests.HTTPError):
        chain.client.get_latest_block()
    chain.control("faults", action="gettransactioninfobyid", kind="error_200", count=1)
    with pytest.raises(ApiError):
        chain.client.get_transaction_info("00" * 32)
    assert chain.client.get_latest_block()["block_header"]["raw_data"]["number"] > 0


async def test_async_tronpy_pays_too(chain: Chain) -> None:
    provider = AsyncHTTPProvider(chain.url, timeout=PATIENCE_S)
    async with AsyncTron(provider) as client:
        usdt = AsyncContract(USDT, abi=chain.usdt.abi, client=client)
        builder = (await usdt.functions.transfer(THEIR_ADDRESS, 7)).with_owner(OUR_ADDRESS)
        payment = (await builder.fee_limit(30_000_000).build()).sign(US)
        sent = await payment.broadcast()
        chain.mine()
        receipt = await sent.wait(timeout=PATIENCE_S)
        assert receipt["receipt"]["result"] == "SUCCESS"
        assert await usdt.functions.balanceOf(THEIR_ADDRESS) == 7


def test_what_a_client_was_told_survives_a_kill(live: Any, chain: Chain) -> None:
    mined = chain.transfer(5_000_000).build().sign(US).broadcast()
    chain.mine()
    waiting = chain.transfer(6_000_000).build().sign(US).broadcast()
    before = chain.newest()
    live.end(by_kill=True)
    live.start()
    assert chain.newest() == before
    assert chain.client.get_transaction_info(mined.txid)["receipt"]["result"] == "SUCCESS"
    chain.mine(3)
    receipt = chain.client.get_solid_transaction_info(waiting.txid)
    assert receipt["receipt"]["result"] == "SUCCESS"
    assert (
        Contract(USDT, abi=chain.usdt.abi, client=chain.client).functions.balanceOf(THEIR_ADDRESS)
        == 11_000_000
    )


async def test_tronpy_asks_what_wallets_ask(chain: Chain) -> None:
    client = chain.client
    assert client.get_account_balance(OUR_ADDRESS) == 500
    assert client.get_bandwidth(OUR_ADDRESS) == 600
    assert client.get_energy(OUR_ADDRESS) == 0
    assert client.get_contract_info(USDT)["smart_contract"]["name"] == "TetherToken"
    assert client.get_delegated_resource_v2(OUR_ADDRESS, THEIR_ADDRESS) == {}
    index = client.get_delegated_resource_account_index_v2(OUR_ADDRESS)
    assert index == {"account": OUR_ADDRESS}
    assert client.get_can_delegated_max_size(OUR_ADDRESS) == {}
    assert [one["address"]["host"] for one in client.list_nodes()] == ["127.0.0.1"]
    assert len(client.list_witnesses()) == 27
    assert client.get_latest_solid_block_number() < client.get_latest_block_number()
    assert (
        client.get_block(2)["blockID"]
        == client.get_block(client.get_block(2)["blockID"])["blockID"]
    )
    async with AsyncTron(AsyncHTTPProvider(chain.url, timeout=PATIENCE_S)) as other:
        assert await other.get_account_balance(OUR_ADDRESS) == 500
        assert await other.get_bandwidth(OUR_ADDRESS) == 600
        assert len(await other.list_nodes()) == 1
        assert (await other.get_contract_info(USDT))["smart_contract"]["name"] == "TetherToken"
        assert len(await other.list_witnesses()) == 27
        assert await other.get_energy(OUR_ADDRESS) == 0
        with pytest.raises(AddressNotFound):
            await other.get_account(THEIR_ADDRESS)
