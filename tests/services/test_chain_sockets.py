"""The chain's node over real sockets."""

import asyncio
import random
from pathlib import Path

import pytest

from jiema_app.domain.chain.port import ChainUnavailable
from jiema_app.integrations.tron.node import CONNECTIONS, Node
from tests.support.live import sandbox_program
from tests.support.polling import PATIENCE_S
from tests.support.ports import free_port


async def give_up_soon(node: Node, longest_s: float) -> None:
    """Ask, and lose patience at any moment of it."""
    try:
        async with asyncio.timeout(random.uniform(0, longest_s)):
            await node.ask("wallet/getblockbylimitnext", startNum=1, endNum=5)
    except (TimeoutError, ChainUnavailable):
        return


@pytest.mark.parametrize("longest_s", [0.002, 0.01, 0.05])
async def test_questions_that_are_given_up_do_not_block_later_ones(
    tmp_path: Path, longest_s: float
) -> None:
    port = free_port()
    sandbox = sandbox_program(port, tmp_path)
    await asyncio.to_thread(sandbox.start)
    node = Node.connect(
        "first", f"http://127.0.0.1:{port}", {}, timeout_s=PATIENCE_S, requests_per_second=0
    )  # fmt: skip
    try:
        for _ in range(30):
            await asyncio.gather(*(give_up_soon(node, longest_s) for _ in range(CONNECTIONS)))
        for _ in range(2 * CONNECTIONS):
            assert await node.ask("wallet/getnowblock")
    finally:
        await node.aclose()
        sandbox.stop()
