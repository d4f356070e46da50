"""A worker that does not reach the chain does not keep the others from it."""

from collections.abc import Iterator

import pytest

from jiema_app.domain.recharges.statuses import RechargeStatus
from jiema_app.domain.units import MicroUsdt
from tests.support.cluster import Cluster
from tests.support.live import LiveStack, live_stack, worker_program
from tests.support.polling import until, until_told
from tests.support.processes import Program
from tests.support.signed_in import services_of

pytestmark = pytest.mark.slow

NOWHERE = "http://127.0.0.1:1"


@pytest.fixture
def stack(cluster: Cluster) -> Iterator[LiveStack]:
    with live_stack(cluster, webs=0, workers=0) as opened:
        yield opened


@pytest.fixture
def cut_off(stack: LiveStack) -> Iterator[Program]:
    """A worker whose own way to the node is broken. It came first, and has the job."""
    program = worker_program(stack, 0, TRON_NODE_URL=NOWHERE)
    program.start()
    yield program
    program.stop()


async def test_a_payment_is_credited_beside_a_worker_that_does_not_reach_the_node(
    stack: LiveStack, cut_off: Program
) -> None:
    await until(lambda: "job interrupted" in cut_off.output)
    healthy = worker_program(stack, 1)
    healthy.start()
    try:
        ann = await stack.customer()
        async with services_of(stack) as services:

            async def is_read() -> bool:
                return any(
                    pulse.job == "chain" and pulse.is_ok
                    for pulse in await services.jobs.list_pulses()
                )

            await until_told(is_read)
            opened = await services.recharges.open(ann.id, MicroUsdt(10_000_000))
            await stack.pay(opened.address, "10")

            async def is_credited() -> bool:
                found = await services.recharges.get(ann.id, opened.id)
                return found.status is RechargeStatus.CREDITED

            await until_told(is_credited)
    finally:
        healthy.stop()
    assert cut_off.is_running
