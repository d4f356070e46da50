"""Nothing that anybody can see or read holds the pool's key, or what opens the node.

A whole site runs with recognisable secrets, takes a payment, meets every trouble that a chain
can make, and all that it says is searched for them.
"""

import asyncio
import itertools
import json
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from jiema_app.domain.recharges.views import RechargeView
from jiema_app.domain.units import MicroUsdt
from jiema_app.integrations.tron.deriver import XpubDeriver
from jiema_app.settings import get_settings
from tests.support.account_keys import FIRST_ADDRESS, WORDS, XPRV, XPUB
from tests.support.cluster import Cluster
from tests.support.console import run_command
from tests.support.live import WHOLE_SITE, LiveStack, live_stack
from tests.support.polling import PATIENCE_S, until_told
from tests.support.ports import free_port
from tests.support.processes import DidNotStart, Program, answers
from tests.support.signed_in import Member, services_of, sign_in
from tests.support.tab import open_tab

# Two stacks for all of them, and not two for each worker of a parallel run.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("chain-secrets")]

HEADER = "canary1-of-the-first-node"
SECOND_HEADER = "canary2-of-the-second-node"
PATH = "canary3-in-an-address"
PASSWORD = "canary4-before-an-address"

SETTINGS = {
    "JIEMA_LOCALES": ",".join(get_settings().locales),
    "JIEMA_LOG_LEVEL": "DEBUG",
    "TRON_ACCOUNT_XPUB": XPUB,
    "TRON_NODE_HEADERS": json.dumps({"TRON-PRO-API-KEY": HEADER}),
    # Nobody listens there, so it fails in the logs all the time.
    "TRON_SECOND_NODE_URL": f"http://127.0.0.1:1/{PATH}",
    "TRON_SECOND_NODE_HEADERS": json.dumps({"Authorization": f"Basic {SECOND_HEADER}"}),
}

PUBLIC = (
    "/healthz",
    "/readyz",
    "/metrics",
    "/api/v1/openapi.json",
    "/api/v1/services",
    "/en",
    "/en/login",
    "/en/account",
    "/en/account/statement",
    "/en/account/topup",
    "/sitemap.xml",
)
OWN = ("/api/v1/account", "/api/v1/account/statement", "/api/v1/orders")

COMMANDS = (
    ("doctor",),
    ("wallets", "list"),
    ("wallets", "list", "--json"),
    ("wallets", "create", "--count", "1"),
    ("wallets", "create", "--count", "1", "--json"),
    ("wallets", "exposure"),
    ("wallets", "exposure", "--json"),
    ("wallets", "quarantine", FIRST_ADDRESS, "--note", "a test"),
    ("wallets", "release", FIRST_ADDRESS, "--note", "a test"),
    ("wallets", "quarantine", "nobody's", "--note", "a test"),
    ("recharge", "reviews"),
    ("recharge", "reconcile"),
    ("recharge", "show", "nobody's"),
    ("chain", "status"),
    ("chain", "resume"),
    ("ledger", "verify"),
)

TROUBLES = (
    {"SANDBOX_PORT": "1"},
    {"TRON_NODE_URL": f"http://127.0.0.1:1/{PATH}"},
    {"TRON_NODE_URL": f"http://somebody:{PASSWORD}@127.0.0.1:1/{PATH}"},
    {"TRON_GENESIS_ID": "0" * 64},
)
"""Met while something runs."""

REFUSED = (
    {"TRON_NODE_URL": f"ftp://somebody:{PASSWORD}@127.0.0.1/{PATH}"},
    {"TRON_NODE_HEADERS": f'{{"TRON-PRO-API-KEY": "{HEADER}'},
    {"TRON_NODE_HEADERS": f'{{"TRON-PRO-API-KEY": "{HEADER}\\u0000"}}'},
    {"TRON_NODE_HEADERS": HEADER},
    {"TRON_ACCOUNT_XPUB": XPRV},
    {"TRON_ACCOUNT_XPUB": WORDS},
    {"TRON_ACCOUNT_XPUB": XPUB[:-1]},
    {"JIEMA_ENV": "production"},
)
"""Nothing starts with them."""


def secrets() -> Iterator[str]:
    """Every secret, and the parts of it that would give it away."""
    yield from (HEADER, SECOND_HEADER, PATH, PASSWORD)
    for key in (XPUB, XPRV):
        yield from (key[5:29], key[40:64], key[-24:])
    yield from map(" ".join, itertools.pairwise(WORDS.split()))


@dataclass
class Ear:
    """Keeps all that was said, by whom."""

    heard: list[tuple[str, str]] = field(default_factory=list)

    def hear(self, who: str, words: str) -> None:
        self.heard.append((who, words))

    def ensure_nothing_was_told(self) -> None:
        for who, words in self.heard:
            for secret in secrets():
                at = words.find(secret)
                assert at < 0, (who, words[max(0, at - 200) : at])


@pytest.fixture(scope="module")
def site(cluster: Cluster) -> Iterator[LiveStack]:
    """A site whose settings are full of canaries."""
    with live_stack(cluster, application=WHOLE_SITE, settings=SETTINGS) as stack:
        yield stack


@pytest.fixture(scope="module")
def resting_site(cluster: Cluster) -> Iterator[LiveStack]:
    """The same without a worker, so that whoever starts one may read the chain."""
    with live_stack(cluster, workers=0, settings=SETTINGS) as stack:
        yield stack


@pytest.fixture
async def ear(site: LiveStack) -> AsyncIterator[Ear]:
    """What was heard in the test, and all logs so far, must hold no secret."""
    ear = Ear()
    yield ear
    assert ear.heard
    for program in site.programs:
        assert program.output, program.name
        ear.hear(program.name, program.output)
    async with site.database() as database, database.connection() as connection:
        for table in ("wallets", "audit_records", "job_states", "outbox_events", "chain_cursors"):
            for row in await connection.fetch(f"select t::text as words from {table} t"):
                ear.hear(table, row["words"])
    ear.ensure_nothing_was_told()


async def command(site: LiveStack, ear: Ear, *words: str, **variables: str) -> int:
    done = await run_command(words, site.environment(**variables))
    assert done.out + done.err, words
    ear.hear(" ".join(words), done.out + done.err)
    return done.code


async def open_recharge(site: LiveStack, member: Member) -> RechargeView:
    async with services_of(site) as services:

        async def has_wallets() -> bool:
            return bool(await services.custody.list_wallets())

        await until_told(has_wallets)
        return await services.recharges.open(member.customer.id, MicroUsdt(10_000_000))


def levers(site: LiveStack) -> httpx.AsyncClient:
    origin = site.sandbox_origin
    return httpx.AsyncClient(base_url=origin, timeout=PATIENCE_S, trust_env=False)


async def test_the_pool_is_of_the_key_that_nobody_may_see(site: LiveStack, ear: Ear) -> None:
    """Else there would be nothing to find."""
    member = await sign_in(site)
    recharge = await open_recharge(site, member)
    assert recharge.address in XpubDeriver(XPUB).derive(0, 60)
    ear.hear("recharge", repr(recharge))


async def test_pages_answers_and_logs_of_a_payment_hold_no_secret(
    site: LiveStack, ear: Ear
) -> None:
    member = await sign_in(site)
    recharge = await open_recharge(site, member)
    path = f"/en/account/topup/{recharge.id}"
    async with open_tab(site.origin, path, member.cookie) as tab:
        await site.pay(recharge.address, "10")
        async with services_of(site) as services:

            async def is_credited() -> bool:
                view = await services.recharges.get(member.customer.id, recharge.id)
                return view.credited_micro > 0

            await until_told(is_credited)
        await tab.until("recharge_page", lambda page: recharge.address in json.dumps(page))
        async with site.client(member.customer) as api:
            for address in (*PUBLIC, *OWN, path):
                answer = await api.get(address, headers={"Cookie": member.cookie})
                ear.hear(address, f"{answer.headers}\n{answer.text}")
        ear.hear(path, json.dumps(tab.received, default=str))
    assert recharge.address in json.dumps(tab.received, default=str)


async def test_no_command_tells_a_secret(site: LiveStack, ear: Ear) -> None:
    for words in COMMANDS:
        await command(site, ear, *words)


@pytest.mark.parametrize("variables", REFUSED, ids="-".join)
async def test_no_refused_setting_tells_a_secret(
    resting_site: LiveStack, ear: Ear, variables: dict[str, str]
) -> None:
    """Whatever starts reads the settings first, by the same function, and stops there."""
    assert await command(resting_site, ear, "wallets", "list", **variables)
    await command(resting_site, ear, "doctor", **variables)
    await asyncio.to_thread(start_and_stop, resting_site, ear, "backend_jobs", variables)


@pytest.mark.parametrize("variables", TROUBLES, ids="-".join)
async def test_no_trouble_tells_a_secret(
    resting_site: LiveStack, ear: Ear, variables: dict[str, str]
) -> None:
    site = resting_site
    await asyncio.gather(
        command(site, ear, "doctor", **variables),
        command(site, ear, "wallets", "exposure", **variables),
        command(site, ear, "wallets", "list", **variables),
        *(
            asyncio.to_thread(start_and_stop, site, ear, module, variables)
            for module in ("backend_jobs", "jiema_app.processes.serve")
        ),
    )


def start_and_stop(site: LiveStack, ear: Ear, module: str, variables: dict[str, str]) -> None:
    """Run a process until it gives up, or has met its trouble."""
    port = free_port()

    def has_met_it() -> bool:
        return "job " in program.output or answers(f"http://127.0.0.1:{port}/healthz")

    program = Program(
        module,
        [sys.executable, "-m", module],
        site.environment(PORT=str(port), **variables),
        site.folder / f"{module}-{port}.log",
        has_met_it,
    )
    try:
        program.start()
    except DidNotStart as error:
        ear.hear(module, str(error))
    finally:
        program.stop()
    assert program.output
    ear.hear(module, program.output)


async def test_a_bug_leaves_a_trace_without_a_secret(site: LiveStack, ear: Ear) -> None:
    worker = site.workers[0]
    async with site.database() as database:

        async def run(statement: str) -> None:
            async with database.connection() as connection:
                await connection.execute(statement)

        await run("alter table wallets rename to wallets_away")
        try:

            async def has_failed() -> bool:
                return "Traceback" in worker.output

            await until_told(has_failed)
            await command(site, ear, "wallets", "list")
            await command(site, ear, "doctor")
            async with site.client() as api:
                ear.hear("/readyz", (await api.get("/readyz")).text)
        finally:
            await run("alter table wallets_away rename to wallets")


async def test_a_node_that_answers_nonsense_leaves_no_secret(site: LiveStack, ear: Ear) -> None:
    faults = ("http403", "http429", "http500", "error_200", "bare_text", "empty_object")
    async with levers(site) as control:
        for kind in faults:
            fault = {"action": "*", "kind": kind, "count": 4}
            (await control.post("/control/tron/faults", json=fault)).raise_for_status()
            await command(site, ear, "wallets", "exposure", "--all")
            await command(site, ear, "doctor")
