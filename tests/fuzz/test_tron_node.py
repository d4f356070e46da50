"""Nonsense for every call of the sandbox's TRON node, for as long as is asked for."""

import os
import random
import time

from sandbox.app import create_app
from tests.sandbox.test_tron_node_doors import EVERY, nonsense
from tests.sandbox.tron_node import Node


async def test_no_call_answers_nonsense_with_more_than_an_error() -> None:
    node = Node(create_app(None))
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    until = time.monotonic() + float(os.environ.get("FUZZ_SECONDS", "2"))
    try:
        while time.monotonic() < until:
            await nonsense(node, chance, chance.choice(EVERY))
    except BaseException as error:
        error.add_note(f"seed {seed}")
        raise
    finally:
        await node.http.aclose()
        await node.app.close()
