"""Two nodes: what decides about money is believed when both tell it, and nothing else raises."""

import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from jiema_app.domain.chain.port import ChainError, ChainIncomplete, ChainUnavailable
from jiema_app.domain.payouts.port import BroadcastOutcome, BroadcastResult, NodeHead, PayoutChain
from jiema_app.domain.payouts.sightings import Sightings
from jiema_app.domain.units import MicroUsdt
from jiema_app.integrations.tron import agreeing, nodes
from jiema_app.integrations.tron.nodes import Nodes
from jiema_app.integrations.tron.payout_chain import TronPayoutChain
from sandbox.tron.addresses import parse_address
from sandbox.tron.contracts import word
from tests.services.hostile_nodes import ATTACKS, ENDS_S, Attack, hostile_node, patient
from tests.services.payout_nodes import HOT, TEN, Pair, fresh_address, open_pair, txid_of
from tests.services.tron_peers import FIRST, SECOND, THEIRS, USDT

SIGNED = orjson.dumps({"txID": "ab" * 32, "raw_data": {"a": 1}, "signature": ["cd"]}).decode()


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    async with open_pair(timeout_s=1) as opened:
        yield opened


def words(number: int, function: str) -> Callable[[str, Any, Any], Any]:
    """A node to which the contract answers something else."""

    def lie(_path: str, asked: Any, told: Any) -> Any:
        is_asked = isinstance(asked, dict) and asked.get("function_selector") == function
        return told | {"constant_result": [word(number)]} if is_asked else told

    return lie


def instead(end: str, **changes: Any) -> Callable[[str, Any, Any], Any]:
    """A node that adds something to an answer."""

    def lie(path: str, _asked: Any, told: Any) -> Any:
        return told | changes if path.endswith(end) else told

    return lie


async def test_what_both_tell_is_believed(pair: Pair) -> None:
    both = ("first", "second")
    chain = pair.chain
    for found in (
        await chain.destination(THEIRS),
        await chain.listing(THEIRS),
        await chain.token_state([HOT, THEIRS]),
        await chain.solid_token_balance(HOT),
        await chain.account(HOT),
        await chain.prices(),
        await chain.simulate_transfer(HOT, THEIRS, MicroUsdt(TEN)),
        await chain.reference_block(),
    ):
        assert found.told_by == both
    assert [one.name for one in await chain.heads()] == list(both)


ASKED: dict[str, Callable[[PayoutChain], Awaitable[object]]] = {
    "destination": lambda chain: chain.destination(THEIRS),
    "listing": lambda chain: chain.listing(THEIRS),
    "token": lambda chain: chain.token_state([HOT, THEIRS]),
    "balance": lambda chain: chain.solid_token_balance(HOT),
    "account": lambda chain: chain.account(HOT),
    "prices": lambda chain: chain.prices(),
    "dry run": lambda chain: chain.simulate_transfer(HOT, THEIRS, MicroUsdt(TEN)),
    "reference": lambda chain: chain.reference_block(),
}


@pytest.mark.parametrize("liar", [FIRST, SECOND])
@pytest.mark.parametrize(
    ("what", "lie"),
    [
        ("balance", words(TEN, "balanceOf(address)")),
        ("listing", words(1, "isBlackListed(address)")),
        ("token", words(1, "isBlackListed(address)")),
        ("token", words(1, "paused()")),
        ("token", words(1, "deprecated()")),
        ("token", words(7, "basisPointsRate()")),
        ("token", words(18, "decimals()")),
        ("destination", instead("getcontract", contract_address=parse_address(THEIRS))),
        (
            "prices",
            instead(
                "getchainparameters",
                chainParameter=[
                    {"key": "getEnergyFee", "value": 10},
                    {"key": "getTransactionFee", "value": 1000},
                ],
            ),
        ),
        (
            "dry run",
            instead(
                "triggerconstantcontract",
                result={"result": True, "message": "00"},
                transaction={"ret": [{"ret": "FAILED"}]},
            ),
        ),
    ],
)
async def test_a_disagreement_is_no_fact(
    pair: Pair, liar: str, what: str, lie: Callable[[str, Any, Any], Any]
) -> None:
    pair.lie(liar, lie)

    with pytest.raises(ChainIncomplete, match="disagree"):
        await ASKED[what](pair.chain)


@pytest.mark.parametrize("liar", [FIRST, SECOND])
async def test_a_contract_that_one_hides_is_no_contract_to_nobody(pair: Pair, liar: str) -> None:
    def lie(path: str, _asked: Any, told: Any) -> Any:
        return {} if path.endswith(("getcontract", "getaccount")) else told

    pair.lie(liar, lie)
    with pytest.raises(ChainIncomplete, match="disagree"):
        await pair.chain.destination(USDT)


async def test_of_two_figures_of_an_account_the_worse_one_counts(pair: Pair) -> None:
    pair.lie(FIRST, instead("getaccount", balance=5))
    pair.lie(SECOND, instead("getaccountresource", EnergyUsed=77, freeNetLimit=100))
    await pair.payer.peer.control("faucet", address=HOT, energy=100)

    found = await pair.chain.account(HOT)
    assert (found.balance_sun, found.energy_left, found.net_left) == (5, 23, 100)
    assert found.told_by == ("first", "second")


async def test_of_two_dry_runs_the_dearer_one_counts(pair: Pair) -> None:
    pair.lie(SECOND, instead("triggerconstantcontract", energy_used=150_000))

    found = await pair.chain.simulate_transfer(HOT, fresh_address(), MicroUsdt(TEN))
    assert (found.energy_used, found.told_by) == (150_000, ("first", "second"))


async def test_a_reference_that_one_node_has_not_is_none(pair: Pair) -> None:
    def lie(path: str, _asked: Any, told: Any) -> Any:
        if path.endswith("walletsolidity/getnowblock"):
            told["blockID"] = told["blockID"][:16] + "ab" * 24
        return told

    pair.lie(FIRST, lie)
    with pytest.raises(ChainIncomplete, match="same block"):
        await pair.chain.reference_block()


@pytest.mark.parametrize("what", ASKED)
async def test_a_node_that_fails_is_waited_for_until_it_is_away(
    pair: Pair, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ASKED[what](pair.chain)
    pair.hosts.down.add(SECOND)
    with pytest.raises(ChainUnavailable, match="not without the second node"):
        await ASKED[what](pair.chain)

    for module in (nodes, agreeing):
        monkeypatch.setattr(module, "AWAY_S", 0.0)
    found: Any = await ASKED[what](pair.chain)
    assert found.told_by == ("first",)
    heads = await pair.chain.heads()
    assert [(one.name, one.is_away) for one in heads] == [("first", False), ("second", True)]
    pair.hosts.down.add(FIRST)
    with pytest.raises(ChainUnavailable):
        await ASKED[what](pair.chain)


async def paid(pair: Pair) -> Sightings:
    """What the nodes know of a payout in a final block."""
    signed = await pair.payer.signed()
    await pair.chain.broadcast(signed)
    await pair.payer.peer.mine(3)
    return await pair.chain.transaction(txid_of(signed))


async def test_a_receipt_is_one_when_both_have_it(pair: Pair) -> None:
    found = (await paid(pair)).find_receipt()
    assert found is not None
    assert found.succeeded


@pytest.mark.parametrize("liar", [FIRST, SECOND])
@pytest.mark.parametrize(
    "changes",
    [
        {"receipt": {"result": "REVERT"}, "result": "FAILED"},
        {"fee": 1},
        {"log": []},
    ],
    ids=str,
)
async def test_receipts_that_differ_are_no_receipt(
    pair: Pair, liar: str, changes: dict[str, Any]
) -> None:
    pair.lie(liar, instead("gettransactioninfobyid", **changes))

    with pytest.raises(ChainIncomplete, match="disagree"):
        (await paid(pair)).find_receipt()


@pytest.mark.parametrize("liar", [FIRST, SECOND])
async def test_what_one_node_hides_is_not_absent(pair: Pair, liar: str) -> None:
    def lie(path: str, _asked: Any, told: Any) -> Any:
        return {} if "gettransaction" in path else told

    pair.lie(liar, lie)
    found = await paid(pair)
    assert (found.is_known, found.find_receipt()) == (True, None)
    assert not found.is_absent_since(datetime(2000, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "ab" * 32},
        {"blockNumber": 10**6},
        {"blockTimeStamp": 5},
        {"receipt": {"result": "WONDERFUL"}},
        {"receipt": {"result": ["SUCCESS"]}},
        {"result": ["FAILED"]},
        {"result": "FAILED"},
        {"fee": -1},
        {"fee": "1"},
        {"receipt": {"result": "SUCCESS", "energy_usage_total": -1}},
        {"log": {}},
    ],
    ids=str,
)
async def test_a_receipt_that_makes_no_sense_is_trouble_with_its_node(
    pair: Pair, changes: dict[str, Any]
) -> None:
    pair.lie(FIRST, instead("walletsolidity/gettransactioninfobyid", **changes))

    first, second = (await paid(pair)).nodes
    assert first.trouble
    assert second.solid is not None


JUNK: Sequence[Any] = (
    {},
    [],
    [{}],
    {"Error": "class x : null"},
    {"result": []},
    {"result": {"result": True}, "constant_result": [["a"]]},
    {"chainParameter": [{"key": ["a"]}]},
    {"address": ["a"], "type": {}},
    {"blockID": "0" * 64, "block_header": {"raw_data": {"number": 0, "parentHash": "0" * 64}}},
    {"id": "ab" * 32, "blockNumber": 0, "receipt": []},
    {"txID": ["ab" * 32]},
    {"code": [], "message": {}},
    {"a": "x" * 300_000},
)


async def everything(chain: PayoutChain) -> None:
    """Ask whatever can be asked; only ``ChainError`` may be raised."""
    for ask in ASKED.values():
        with suppress(ChainError):
            await ask(chain)
    assert all(isinstance(one, NodeHead) for one in await chain.heads())
    assert isinstance(await chain.transaction("ab" * 32), Sightings)
    sent = await chain.broadcast(SIGNED)
    assert all(isinstance(one, BroadcastResult) for one in sent)
    assert all(len(one.words) <= 200 for one in sent)


def forgive(pair: Pair) -> None:
    """Forget every failure, so that the next question is asked at once."""
    for node in pair.chain.nodes.nodes:
        object.__setattr__(node, "backoff", patient()["backoff"])


@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: str(junk)[:40])
async def test_nothing_but_trouble_comes_of_junk(pair: Pair, junk: Any) -> None:
    await everything(pair.chain)
    forgive(pair)
    for host in (FIRST, SECOND):
        pair.lie(host, lambda _path, asked, told: told if asked == {"num": 0} else junk)
    await everything(pair.chain)


def somewhere(chance: random.Random, told: Any) -> Any:
    """A true answer with something else in one place of it."""
    answer = deepcopy(told)
    place, inside = None, answer
    step: Any = None
    while isinstance(inside, dict | list) and inside and (place is None or chance.random() < 0.8):
        place, step = (
            inside,
            chance.choice(list(inside) if isinstance(inside, dict) else range(len(inside))),
        )
        inside = place[step]
    if place is None:
        return chance.choice(JUNK)
    place[step] = chance.choice(
        [
            None,
            [],
            {},
            "",
            "SUCCESS",
            "ab" * 32,
            -1,
            0,
            2**63,
            1e300,
            True,
            [[]],
            {"a": []},
            "\u202e",
        ]
    )
    return answer


async def test_nothing_but_trouble_comes_of_answers_with_one_thing_wrong(pair: Pair) -> None:
    signed = await pair.payer.signed()
    await pair.chain.broadcast(signed)
    await pair.payer.peer.mine(3)
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    for host in (FIRST, SECOND):
        pair.lie(host, lambda _path, _asked, told: somewhere(chance, told))
    try:
        for _ in range(30):
            forgive(pair)
            await everything(pair.chain)
            assert (await pair.chain.transaction(txid_of(signed))).txid == txid_of(signed)
    except BaseException as error:
        error.add_note(f"seed {seed}")
        raise


HARD = [one for one in ATTACKS if one.__name__ in {
    "silence", "slow_body", "endless_body", "bomb", "many_parts", "hang_up", "html",
}]  # fmt: skip


@pytest.mark.parametrize("attack", HARD, ids=lambda attack: attack.__name__)
async def test_a_hostile_node_takes_no_longer_than_its_time(attack: Attack) -> None:
    async with hostile_node(**patient()) as (hostile, node):
        hostile.attack = attack
        every = Nodes([node], "0" * 64)
        chain = TronPayoutChain(every, USDT)
        for one in (every, *chain._alone):
            one._states[node.name].is_right = True
        started = time.monotonic()
        (head,) = await chain.heads()
        assert head.trouble
        (seen,) = (await chain.transaction("ab" * 32)).nodes
        assert seen.trouble
        with pytest.raises(ChainError):
            await chain.destination(THEIRS)
        (sent,) = await chain.broadcast(SIGNED)
        assert sent.outcome in {BroadcastOutcome.AMBIGUOUS, BroadcastOutcome.NOT_TAKEN}
        assert time.monotonic() - started < 2 * ENDS_S
