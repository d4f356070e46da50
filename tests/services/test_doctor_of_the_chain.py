"""What ``doctor`` says about nodes, reading and the pool, and that it says what to do."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from jiema_app.bootstrap import Services, build_services
from jiema_app.commands.chain_findings import examine_chain
from jiema_app.commands.findings import Finding
from jiema_app.integrations.tron.registry import build_chain
from jiema_app.settings import RechargeSettings, Settings, TronSettings
from tests.support.live import sandbox_program
from tests.support.polling import PATIENCE_S
from tests.support.ports import free_port
from tests.support.shop import Shop

SECRET = "canary-of-a-header"
HEADERS = SecretStr(f'{{"TRON-PRO-API-KEY":"{SECRET}"}}')


@pytest.fixture
def node(tmp_path: Path) -> Iterator[str]:
    """Address of a sandbox in a process of its own, with a chain that stands still."""
    yield from run_node(tmp_path / "first")


@pytest.fixture
def other_node(tmp_path: Path) -> Iterator[str]:
    """Another one: the same block 0, and other blocks after it."""
    yield from run_node(tmp_path / "second")


def run_node(folder: Path) -> Iterator[str]:
    folder.mkdir()
    port = free_port()
    program = sandbox_program(port, folder)
    program.start()
    origin = f"http://127.0.0.1:{port}"
    control(origin, "mine", blocks=5, auto=False)
    yield origin
    program.stop()


def control(origin: str, path: str, **body: Any) -> None:
    httpx.post(f"{origin}/control/tron/{path}", json=body, timeout=PATIENCE_S).raise_for_status()


@asynccontextmanager
async def services_at(
    shop: Shop, first: str, second: str | None = None, **recharge: Any
) -> AsyncIterator[Services]:
    settings = Settings(
        tron=TronSettings(
            node_url=SecretStr(first),
            node_headers=HEADERS,
            second_node_url=None if second is None else SecretStr(second),
        ),
        recharge=RechargeSettings(**recharge),
    )
    async with build_chain(settings) as chain:
        yield build_services(settings, shop.services.database, {}, chain=chain)


async def look(services: Services) -> Mapping[str, Finding]:
    found = await examine_chain(services)
    for finding in found:
        assert finding.ok or finding.remedy, finding
        assert SECRET not in repr(finding)
        assert "127.0.0.1" not in repr(finding)
    return {finding.name: finding for finding in found}


async def test_all_is_well_once_the_chain_was_read(shop: Shop, node: str) -> None:
    async with services_at(shop, node) as services:
        assert services.chain is not None
        await services.chain.scanner.run(seconds=0)
        await services.pool.grow(2)
        found = await look(services)
    assert list(found) == ["first node", "chain", "wallets", "reviews", "refunds"]
    assert all(finding.ok for finding in found.values()), found
    assert "is final" in found["first node"].detail
    assert found["wallets"].detail.startswith("2 free of 2")
    assert found["refunds"].detail == "0 are owed, 0 USDT"


async def test_a_chain_that_nobody_reads_wants_a_worker(shop: Shop, node: str) -> None:
    async with services_at(shop, node) as services:
        found = await look(services)
    assert found["first node"].ok
    assert not found["chain"].ok
    assert "backend_jobs" in found["chain"].remedy


async def test_a_node_that_is_down_is_named(shop: Shop, node: str) -> None:
    async with services_at(shop, f"http://127.0.0.1:{free_port()}", node) as services:
        found = await look(services)
    assert not found["first node"].ok
    assert "TRON_NODE_URL" in found["first node"].remedy
    assert found["second node"].ok
    assert "two nodes" not in found


async def test_a_node_of_another_chain_is_told(shop: Shop, node: str) -> None:
    control(node, "behaviour", wrongGenesis=True)
    async with services_at(shop, node) as services:
        found = await look(services)
    assert not found["first node"].ok
    assert "block 0" in found["first node"].detail
    assert "TRON_GENESIS_ID" in found["first node"].remedy


async def test_a_node_that_refuses_is_told_without_its_words(shop: Shop, node: str) -> None:
    control(node, "faults", action="*", kind="http403", rate=1)
    async with services_at(shop, node) as services:
        found = await look(services)
    assert not found["first node"].ok
    assert "HTTP 403" in found["first node"].detail


async def test_blocks_that_do_not_become_final_are_told(shop: Shop, node: str) -> None:
    control(node, "behaviour", stuckSolid=True)
    control(node, "mine", blocks=45)
    async with services_at(shop, node) as services:
        found = await look(services)
    assert not found["first node"].ok
    assert "do not become final" in found["first node"].remedy


async def test_nodes_that_agree_and_nodes_that_do_not(
    shop: Shop, node: str, other_node: str
) -> None:
    async with services_at(shop, node, node) as services:
        assert (await look(services))["two nodes"].ok
    async with services_at(shop, node, other_node) as services:
        found = await look(services)
    assert found["first node"].ok
    assert found["second node"].ok
    assert not found["two nodes"].ok
    assert "disagree" in found["two nodes"].detail


async def test_a_halt_is_told_with_its_reason(shop: Shop, node: str) -> None:
    async with services_at(shop, node) as services:
        assert services.chain is not None
        await services.chain.scanner.run(seconds=0)
        await shop.execute("update chain_cursors set halted_because = 'another parent'")
        found = await look(services)
    assert found["chain"].detail == "halted: another parent"
    assert "chain resume" in found["chain"].remedy


async def test_blocks_that_wait_to_be_read_are_counted(shop: Shop, node: str) -> None:
    async with services_at(shop, node) as services:
        assert services.chain is not None
        await services.chain.scanner.run(seconds=0)
        control(node, "mine", blocks=50)
        found = await look(services)
    assert "50 behind" in found["chain"].detail


async def test_reading_that_stopped_an_hour_ago_is_told(shop: Shop, node: str) -> None:
    async with services_at(shop, node) as services:
        assert services.chain is not None
        await services.chain.scanner.run(seconds=0)
        await shop.execute("update chain_cursors set block_time = block_time - interval '1 h'")
        found = await look(services)
    assert not found["chain"].ok


async def test_a_pool_without_a_free_wallet_and_without_room_is_told(shop: Shop, node: str) -> None:
    async with services_at(shop, node, wallets_max=1) as services:
        assert (await look(services))["wallets"].ok
        await services.pool.grow(1)
        [wallet] = await services.custody.list_wallets()
        await services.custody.quarantine(wallet.address, actor="ann", note="test")
        found = await look(services)
        assert not found["wallets"].ok
        assert "1 in quarantine" in found["wallets"].detail
        keyless = replace(services, pool=replace(services.pool, deriver=None))
        assert "TRON_ACCOUNT_XPUB" in (await look(keyless))["wallets"].remedy
