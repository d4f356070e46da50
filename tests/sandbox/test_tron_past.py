"""What was: a node that is behind tells of it, and a restart forgets none of it."""

import random
import time
from pathlib import Path

import pytest
from tronpy.exceptions import TaposError, TransactionNotFound, UnknownError

from sandbox.app import create_app
from sandbox.journal import Journal
from sandbox.tron.chain import Chain
from sandbox.tron.contracts import TOKENS
from sandbox.tron.people import PEOPLE
from sandbox.tron.treasury import Failure, Payment, pay
from tests.sandbox.tron_node import USDT
from tests.sandbox.tron_payer import HOT_ADDRESS, Payer, ask_second, heads, units

HOUR_S = 3600
FAILURES: list[Failure | None] = [None, None, "revert", "out_of_energy"]


def old_chain(directory: Path, hours: int, now_s: float) -> dict[int, int]:
    """Let somebody pay from the hot wallet every half an hour; what it holds after each block."""
    clock = [now_s - hours * HOUR_S]
    chain = Chain(2, Journal(directory, "tron"), lambda: clock[0])
    held = {}
    for _ in range(2 * hours):
        pay(chain, Payment(TOKENS["usdt"], [(PEOPLE["bob"].address, 10**6)], PEOPLE["hot"].address))
        block = chain.mine()
        held[block.number] = chain.head_ledger.read(
            f"token/{TOKENS['usdt'].address}/{PEOPLE['hot'].address}"
        )
        clock[0] += HOUR_S / 2
    chain.switch(chain.switches.model_copy(update={"auto": False}))
    chain.close()
    return held


async def test_a_node_can_be_two_hours_behind(tmp_path: Path) -> None:
    now_s = time.time()
    held = old_chain(tmp_path, 6, now_s)
    payer = Payer(create_app(tmp_path))
    (number, solid), _ = await heads(payer)
    await payer.node.control("behaviour", node="second", lagSeconds=2 * HOUR_S)

    behind = await payer.second.get_latest_block()
    header = behind["block_header"]["raw_data"]
    age_s = now_s - header["timestamp"] / 1000
    assert 2 * HOUR_S - 60 < age_s < 2.5 * HOUR_S + 60
    known = header["number"]
    assert (await heads(payer))[1] == (known, known - 2)
    assert solid == number - 2
    assert await units(payer.second) == held[known]
    assert await units(payer.first) == held[number]
    answer = await payer.node.http.post(
        "/second/walletsolidity/triggerconstantcontract",
        json={
            "owner_address": HOT_ADDRESS,
            "contract_address": USDT,
            "function_selector": "balanceOf(address)",
            "parameter": PEOPLE["hot"].address[2:].rjust(64, "0"),
            "visible": True,
        },
    )
    assert int(answer.json()["constant_result"][0], 16) == held[known - 2]
    assert await ask_second(payer.node, "wallet/getblockbynum", num=known + 1) == {}
    events = (await payer.node.http.get(f"/second/v1/contracts/{USDT}/events?limit=1")).json()
    assert events["data"][0]["block_number"] == known
    await payer.close()


def test_the_past_is_what_the_present_was() -> None:
    """Blocks, reorganisations and decrees at random: every height remembers its balances."""
    for seed in range(5):
        chance = random.Random(seed)
        app = create_app(None)
        chain, view = app.tron.chain, app.tron.nodes["second"].view
        was = {chain.head.number: dict(chain.head_ledger.values)}
        for _ in range(60):
            if chance.random() < 0.2 and chain.head.number > chain.solid_number:
                chain.reorganise(1, drop=chance.random() < 0.5)
            for _ in range(chance.randint(0, 3)):
                people = [one.address for one in chance.sample(list(PEOPLE.values()), 2)]
                amount = chance.randint(0, 10**12)
                fail = chance.choice(FAILURES)
                pay(chain, Payment(TOKENS["usdt"], [(people[0], amount)], people[1], fail=fail))
            chain.mine()
            was[chain.head.number] = dict(chain.head_ledger.values)
            at = chance.choice([number for number in was if number <= chain.head.number])
            view.stuck_at = at
            assert view.ledger(solid=False).values == was[at]


async def test_a_restart_forgets_nothing_that_was_ordered(tmp_path: Path) -> None:
    payer = Payer(create_app(tmp_path))
    await payer.node.control("mine", blocks=3, auto=False)
    lost, unheard, failing = [await payer.usdt(units, life_ms=600_000) for units in (1, 2, 3)]
    for kind in ("never_mined", "dup_unknown", "revert"):
        await payer.fault(kind)
    await payer.first.broadcast(lost)
    with pytest.raises(UnknownError):
        await payer.first.broadcast(unheard)
    await payer.first.broadcast(failing)
    await payer.fault("tapos", count=2)
    await payer.fault("server_busy", rate=0.5, node="second")
    await payer.node.control("behaviour", energyPrice=200)
    await payer.node.control("behaviour", node="second", stuckHead=True, latencyMs=1)
    await payer.node.control("lies", address="hot", usdt="1")
    await payer.node.mine(2)
    with pytest.raises(TaposError):
        await payer.first.broadcast(await payer.usdt(4))
    before = (await payer.node.http.get("/control/state")).json()["tron"]
    prices = await payer.node.ask("getenergyprices")
    await payer.close()

    payer = Payer(create_app(tmp_path))
    after = (await payer.node.http.get("/control/state")).json()["tron"]
    for name in ("requests", "faultsHit"):
        for part in (after, before, *after["nodes"].values(), *before["nodes"].values()):
            part.pop(name)
    assert after == before
    assert [one["count"] for one in after["faults"]] == [1]
    assert after["nodes"]["second"]["head"] == after["head"] - 2
    assert await payer.node.ask("getenergyprices") == prices
    assert (await payer.first.get_transaction_info(failing.txid))["receipt"]["result"] == "REVERT"
    # What was decided about a transaction is not up to the next fault.
    assert (await payer.first.broadcast(lost))["result"] is True
    with pytest.raises(UnknownError) as said:
        await payer.first.broadcast(unheard)
    assert said.value.args[1] == "DUP_TRANSACTION_ERROR"
    await payer.node.mine()
    for transaction in (lost, unheard):
        with pytest.raises(TransactionNotFound):
            await payer.first.get_transaction_info(transaction.txid)

    assert (await payer.node.http.post("/control/reset")).status_code == 200
    state = (await payer.node.http.get("/control/state")).json()["tron"]
    assert [one["faults"] for one in state["nodes"].values()] == [[], []]
    assert state["nodes"]["second"]["lies"] == {}
    assert state["nodes"]["second"]["head"] == state["head"]
    assert state["behaviour"]["energyPrice"] == 100
    await payer.close()
