"""``sandbox history``: a believable past, with all of its money."""

import asyncio
from pathlib import Path

from jiema_app.domain.figures.ranking import SAMPLE_MIN
from tests.services.test_commands import PRODUCTION
from tests.support.console import Console
from tests.support.live import sandbox_program
from tests.support.ports import free_port
from tests.support.shop import Shop

ORDERS = 3_000


async def test_a_past_has_its_figures_and_its_money(
    shop: Shop, database_address: str, tmp_path: Path
) -> None:
    console, port = Console(database_address), free_port()
    await shop.services.route_figures.run()  # hours without orders are counted for good
    sandbox = sandbox_program(port, tmp_path)
    await asyncio.to_thread(sandbox.start)
    try:
        done = await console.run(
            "sandbox", "history", "--orders", str(ORDERS), "--seed", "1", SANDBOX_PORT=str(port)
        )
    finally:
        await asyncio.to_thread(sandbox.stop)
    assert done.code == 0, done.err
    assert (await shop.verify()).ok
    assert (await shop.prove()).ok
    assert (await shop.services.route_figures.verify()).ok
    figures = (await shop.services.catalog.read()).figures
    assert len(figures.routes) > 3
    assert all(one.sample >= SAMPLE_MIN for one in figures.routes.values())
    shares = sorted(one.share for one in figures.routes.values())
    assert shares[0] < shares[-1] - 0.1
    count = "select count(*) from orders"
    assert ORDERS * 0.98 < await shop.fetchval(count) <= ORDERS
    assert await shop.fetchval(f"{count} where ended_at > now() or purged_at is null") == 0
    assert await shop.fetchval("select count(distinct user_id) from orders") > 10


async def test_a_past_is_refused_in_production_and_without_a_sandbox(
    shop: Shop, database_address: str
) -> None:
    console = Console(database_address)
    done = await console.run("sandbox", "history", **PRODUCTION)
    assert (done.code, "production" in done.err) == (1, True)
    done = await console.run("sandbox", "history", SANDBOX_PORT=str(free_port()))
    assert (done.code, "make run" in done.err) == (1, True)
    assert await shop.fetchval("select count(*) from orders") == 0
