"""A payment from the hot wallet, built offline by tronpy, under every fault of a broadcast."""

from typing import Any

import httpx
import pytest
from tronpy.exceptions import TaposError, TransactionError, TransactionNotFound, UnknownError

from sandbox.tron.faults import BROADCASTS, OF_BROADCASTS, Fault, Faults
from tests.sandbox.tron_payer import HOT_ADDRESS, NEWCOMER, Payer


async def outcome(payer: Payer, txid: str) -> Any:
    """The result in the receipt, or None while there is none."""
    try:
        receipt = await payer.first.get_transaction_info(txid)
    except TransactionNotFound:
        return None
    return receipt["receipt"].get("result")


async def refused(client: Any, transaction: Any) -> str:
    """The code with which a broadcast is refused."""
    with pytest.raises(UnknownError) as said:
        await client.broadcast(transaction)
    return str(said.value.args[1])


async def test_a_payment_is_mined_and_settles(payer: Payer) -> None:
    payment = await payer.usdt()
    assert await payer.first.broadcast(payment) == {"result": True, "txid": payment.txid}
    await payer.node.mine()
    assert await outcome(payer, payment.txid) == "SUCCESS"
    assert await payer.held(NEWCOMER) == ("1.5", "0")
    assert (await payer.balance())["solid"]["usdt"] == "10000"
    await payer.node.mine(2)
    assert (await payer.balance())["solid"]["usdt"] == "9998.5"
    assert await refused(payer.first, payment) == "DUP_TRANSACTION_ERROR"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("server_busy", "SERVER_BUSY"),
        ("no_connection", "NO_CONNECTION"),
        ("block_unsolidified", "BLOCK_UNSOLIDIFIED"),
    ],
)
async def test_a_node_without_time_takes_the_same_bytes_later(
    payer: Payer, kind: str, code: str
) -> None:
    await payer.fault(kind)
    payment = await payer.usdt()
    assert await refused(payer.first, payment) == code
    await payer.node.mine()
    assert await outcome(payer, payment.txid) is None
    await payer.first.broadcast(payment)
    await payer.node.mine()
    assert await outcome(payer, payment.txid) == "SUCCESS"


@pytest.mark.parametrize(("kind", "error"), [("tapos", TaposError), ("expired", TransactionError)])
async def test_a_node_that_finds_fault_with_it_has_not_taken_it(
    payer: Payer, kind: str, error: type[Exception]
) -> None:
    await payer.fault(kind, count=2)
    payment = await payer.usdt()
    for _ in range(2):
        with pytest.raises(error):
            await payer.first.broadcast(payment)
    await payer.node.mine()
    assert await outcome(payer, payment.txid) is None
    assert (await payer.second.broadcast(payment))["result"] is True


async def test_what_is_never_mined_is_confirmed_and_forgotten_by_everybody(payer: Payer) -> None:
    await payer.fault("never_mined")
    lost, other = await payer.usdt(), await payer.usdt(2_000_000)
    for client in (payer.first, payer.second, payer.first):
        assert (await client.broadcast(lost))["result"] is True
        await payer.node.mine()
    assert await payer.node.ask("gettransactionfrompending", value=lost.txid) == {}
    assert await outcome(payer, lost.txid) is None
    await payer.first.broadcast(other)
    await payer.node.mine()
    assert await outcome(payer, other.txid) == "SUCCESS"
    assert await payer.held(NEWCOMER) == ("2", "0")

    # Once it is too late, it is refused as everything that is too late.
    await payer.node.control("behaviour", clockSkewSeconds=120)
    await payer.node.mine()
    with pytest.raises(TransactionError, match="expired"):
        await payer.first.broadcast(lost)
    await payer.node.mine(3)
    assert await outcome(payer, lost.txid) is None
    assert payer.node.app.tron.chain.lost == {}


async def test_what_could_not_be_taken_is_not_confirmed_by_a_fault_either(payer: Payer) -> None:
    await payer.fault("never_mined")
    late = await payer.usdt(life_ms=60_000)
    await payer.node.control("behaviour", clockSkewSeconds=120)
    await payer.node.mine()
    with pytest.raises(TransactionError, match="expired"):
        await payer.first.broadcast(late)


@pytest.mark.parametrize("kind", ["accepted_then_504", "applied_then_504"])
async def test_what_was_taken_without_an_answer_is_mined_once(payer: Payer, kind: str) -> None:
    await payer.fault(kind, action="broadcasttransaction", count=1)
    payment = await payer.usdt()
    with pytest.raises(httpx.HTTPStatusError, match="504"):
        await payer.first.broadcast(payment)
    assert await refused(payer.first, payment) == "DUP_TRANSACTION_ERROR"
    await payer.node.mine()
    assert await outcome(payer, payment.txid) == "SUCCESS"
    assert await refused(payer.first, payment) == "DUP_TRANSACTION_ERROR"
    assert await payer.held() == ("9998.5", "9986.9715")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("dup", "DUP_TRANSACTION_ERROR"),
        ("not_enough_connection", "NOT_ENOUGH_EFFECTIVE_CONNECTION"),
    ],
)
async def test_some_refusals_are_of_what_was_taken(payer: Payer, kind: str, code: str) -> None:
    await payer.fault(kind)
    payment = await payer.usdt()
    assert await refused(payer.first, payment) == code
    await payer.node.mine()
    assert await outcome(payer, payment.txid) == "SUCCESS"


async def test_a_duplicate_may_be_nowhere(payer: Payer) -> None:
    await payer.fault("dup_unknown")
    payment, next_one = await payer.usdt(), await payer.usdt(1)
    for _ in range(3):
        assert await refused(payer.first, payment) == "DUP_TRANSACTION_ERROR"
        await payer.node.mine()
    assert await outcome(payer, payment.txid) is None
    await payer.first.broadcast(next_one)
    # Only the node that once heard of it thinks that it has it.
    assert (await payer.second.broadcast(payment))["result"] is True
    await payer.node.mine()
    assert await outcome(payer, payment.txid) == "SUCCESS"
    assert await outcome(payer, next_one.txid) == "SUCCESS"


@pytest.mark.parametrize(
    ("kind", "result", "energy"),
    [
        ("revert", "REVERT", 130_285),
        ("out_of_energy", "OUT_OF_ENERGY", 300_000),
        ("out_of_time", "OUT_OF_TIME", 300_000),
    ],
)
async def test_a_payment_can_fail_in_its_block_and_cost_its_fee(
    payer: Payer, kind: str, result: str, energy: int
) -> None:
    await payer.fault(kind)
    failed, next_one = await payer.usdt(), await payer.usdt(2)
    assert (await payer.first.broadcast(failed))["result"] is True
    assert (await payer.first.broadcast(next_one))["result"] is True
    await payer.node.mine()
    receipt = await payer.first.get_transaction_info(failed.txid)
    assert receipt["receipt"]["result"] == result
    assert receipt["result"] == "FAILED"
    assert receipt["receipt"]["energy_usage_total"] == energy
    assert receipt["fee"] == receipt["receipt"]["energy_fee"] == energy * 100
    assert "log" not in receipt
    assert (await payer.first.get_transaction(failed.txid))["ret"] == [{"contractRet": result}]
    assert await outcome(payer, next_one.txid) == "SUCCESS"
    assert (await payer.held())[0] == "9999.999998"


async def test_a_transfer_of_trx_has_no_call_that_could_fail(payer: Payer) -> None:
    await payer.fault("revert")
    gas, payment = await payer.trx(1_000_000), await payer.usdt()
    for transaction in (gas, payment):
        await payer.first.broadcast(transaction)
    await payer.node.mine()
    assert (await payer.first.get_transaction(gas.txid))["ret"] == [{"contractRet": "SUCCESS"}]
    assert await outcome(payer, payment.txid) == "REVERT"


async def test_bytes_that_are_sent_again_use_no_fault_up(payer: Payer) -> None:
    payment, next_one = await payer.usdt(), await payer.usdt(2)
    await payer.first.broadcast(payment)
    await payer.fault("revert")
    for _ in range(2):
        assert await refused(payer.first, payment) == "DUP_TRANSACTION_ERROR"
        await payer.node.mine()
    await payer.first.broadcast(next_one)
    await payer.node.mine()
    assert await outcome(payer, payment.txid) == "SUCCESS"
    assert await outcome(payer, next_one.txid) == "REVERT"


async def test_bytes_in_hex_meet_the_same_faults_in_their_own_words(payer: Payer) -> None:
    payment = await payer.usdt()
    body = await payer.node.ask("getsignweight", **payment.to_json())
    raw = bytes.fromhex(body["transaction"]["transaction"]["raw_data_hex"])
    signature = bytes.fromhex(payment._signature[0])
    whole = b"\x0a" + bytes([len(raw) & 127 | 128, len(raw) >> 7]) + raw + b"\x12\x41" + signature
    await payer.fault("server_busy")
    told = await payer.node.ask("broadcasthex", transaction=whole.hex())
    assert (told["result"], told["code"], told["message"]) == (
        False,
        "SERVER_BUSY",
        "Server busy.",
    )
    told = await payer.node.ask("broadcasthex", transaction=whole.hex())
    assert (told["result"], told["code"], told["txid"]) == (True, "SUCCESS", payment.txid)


async def test_a_wallet_without_trx_is_told_so(payer: Payer) -> None:
    for amount in ("9990", "9.4", "0.3"):
        await payer.node.pay(amount, to="bob", token="trx", mine=True, **{"from": "hot"})
    payment = await payer.usdt()
    assert await refused(payer.first, payment) == "BANDWITH_ERROR"
    await payer.node.control("faucet", address="hot", trx="5")
    assert (await payer.first.broadcast(payment))["result"] is True
    await payer.node.mine()
    # Enough for its size, and not for what it does.
    assert await outcome(payer, payment.txid) == "OUT_OF_ENERGY"


async def test_energy_can_become_dearer(payer: Payer) -> None:
    await payer.node.control("behaviour", energyPrice=300)
    parameters = {one["key"]: one.get("value") for one in await chain_parameters(payer)}
    assert parameters["getEnergyFee"] == 300
    prices = (await payer.node.ask("getenergyprices"))["prices"]
    assert prices.startswith("0:100,")
    assert prices.endswith(":300")
    cheap, dear = await payer.usdt(), await payer.usdt(1, fee_limit=45_000_000)
    for payment in (cheap, dear):
        await payer.first.broadcast(payment)
    await payer.node.mine()
    assert await outcome(payer, cheap.txid) == "OUT_OF_ENERGY"
    receipt = await payer.first.get_transaction_info(dear.txid)
    assert receipt["receipt"]["result"] == "SUCCESS"
    assert receipt["receipt"]["energy_fee"] == 130_285 * 300
    # The sandbox's own people can still pay.
    paid = await payer.node.pay("1", to="bob", mine=True)
    assert await outcome(payer, paid) == "SUCCESS"


async def chain_parameters(payer: Payer) -> Any:
    return (await payer.node.ask("getchainparameters"))["chainParameter"]


async def test_another_answer_can_be_put_in_place_of_any(payer: Payer) -> None:
    lie = {"contract_address": HOT_ADDRESS, "bytecode": "60"}
    await payer.fault("other_answer", action="getcontract", count=1, answer=lie)
    assert await payer.node.ask("getcontract", value=HOT_ADDRESS) == lie
    assert await payer.node.ask("getcontract", value=HOT_ADDRESS) == {}
    await payer.fault("other_answer", action="getcontract", count=1)
    assert await payer.node.ask("getcontract", value=HOT_ADDRESS) == {}
    for order in (
        {"kind": "http429", "count": 1, "answer": {}},
        {"kind": "other_answer", "count": 1, "answer": {"x": "y" * 70_000}},
        {"kind": "other_answer", "count": 1, "answer": {"x": 2**70}},
        {"kind": "tapos", "count": 1, "action": "x" * 65},
        {"kind": "tapos", "count": 1, "node": "third"},
        {"kind": "tapos", "count": 10**10},
    ):
        refusal = await payer.node.http.post("/control/tron/faults", json=order)
        assert refusal.status_code == 400, order


def test_faults_of_broadcasts_strike_nothing_else() -> None:
    faults = Faults(1)
    for kind in OF_BROADCASTS:
        faults.order(Fault.model_validate({"kind": kind, "rate": 1}))
    assert faults.take("wallet/getnowblock") is None
    assert faults.take("wallet/broadcasthex") is None
    for name in BROADCASTS:
        assert faults.take_for_transaction(f"wallet/{name}", frozenset()) is not None
    assert faults.take_for_transaction("wallet/broadcasthex", OF_BROADCASTS) is None
