"""In any weather: what is read is the truth, and the rest is an error."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from jiema_app.domain.chain.port import ChainError, FinalBlock
from jiema_app.integrations.pacing import Pacer
from jiema_app.integrations.tron.backoff import Backoff
from tests.services.supplier_peers import FakeTime
from tests.services.tron_peers import OURS, THEIRS, Peer, node_peer

KINDS = (
    "drop_before",
    "http429",
    "http403",
    "http500",
    "error_200",
    "bare_text",
    "empty_object",
    "applied_then_504",
    "truncated",
    "empty_receipts",
    "partial_receipts",
)


async def truth_of(peer: Peer) -> dict[int, FinalBlock]:
    """Every final block, read in fair weather."""
    head = await peer.chain.read_final_head()
    found = {}
    for number in range(1, head.number + 1):
        block = await peer.chain.read_final_block(number)
        assert block is not None
        found[number] = block
    return found


async def read_some(peer: Peer, dice: random.Random, truth: dict[int, FinalBlock]) -> None:
    """Read one block, or several, and hold them against the truth."""
    first = dice.randint(1, len(truth))
    if dice.random() < 0.5:
        assert await peer.chain.read_final_block(first) == truth[first]
        return
    count = dice.randint(1, 30)
    wanted = [truth[at] for at in range(first, min(first + count, len(truth) + 1))]
    assert list(await peer.chain.read_final_blocks(first, count)) == wanted


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_whatever_is_read_under_random_faults_is_the_truth(seed: int) -> None:
    dice, time = random.Random(seed), FakeTime()
    async with node_peer() as peer:
        await peer.control("behaviour", transactionsPerBlock=7)
        for turn in range(40):
            for _ in range(dice.randint(0, 6)):
                how = {"token": "fake"} if dice.random() < 0.2 else {}
                await peer.pay(f"{turn + 1}", to=dice.choice([OURS, THEIRS]), **how)
            await peer.mine()
        await peer.mine(20)
        truth = await truth_of(peer)
        (node,) = peer.chain.nodes.nodes
        patient = Backoff(time.clock)
        unpaced = Pacer(0, clock=time.clock, sleep=time.sleep)
        peer.chain.nodes.nodes = [replace(node, backoff=patient, pacer=unpaced)]
        for kind in KINDS:
            await peer.fault("*", kind, rate=0.03)

        outcomes: Counter[str] = Counter()
        for _ in range(250):
            time.now += 400
            try:
                await read_some(peer, dice, truth)
                outcomes["truth"] += 1
            except ChainError as error:
                outcomes[type(error).__name__] += 1

        assert min(outcomes[kind] for kind in ("truth", "ChainUnavailable", "ChainIncomplete")) > 5
