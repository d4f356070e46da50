"""``recharge refunds`` and ``refunded``, as they are typed: a contract with programs outside.

The sandbox's node is a process of its own, so that a command can ask it.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from jiema_app.bootstrap_chain import build_chain_services
from jiema_app.domain.models.user import Role
from jiema_app.integrations.tron.registry import build_chain
from jiema_app.settings import Settings, TronSettings
from tests.services.tron_peers import Peer
from tests.support.console import Console, Done
from tests.support.live import sandbox_program
from tests.support.polling import PATIENCE_S
from tests.support.ports import free_port
from tests.support.refunding import Refunding
from tests.support.shop import Shop
from tests.support.till import Till

SHAPE = [
    "paymentId",
    "rechargeId",
    "userId",
    "amountUsdt",
    "to",
    "wallet",
    "txid",
    "owedSince",
    "decidedBy",
    "note",
    "sent",
    "proposal",
    "payoutId",
    "payoutStatus",
]

SENDING = ["txid", "logIndex", "block", "from", "to", "amountUsdt", "by", "note", "at"]


@pytest.fixture
def node(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    program = sandbox_program(port, tmp_path)
    program.start()
    yield f"http://127.0.0.1:{port}"
    program.stop()


@pytest.fixture
async def desk(shop: Shop, node: str) -> AsyncIterator[Refunding]:
    settings = Settings(tron=TronSettings(node_url=SecretStr(node), timeout_s=PATIENCE_S))
    services = shop.services
    async with (
        httpx.AsyncClient(base_url=node, timeout=PATIENCE_S) as http,
        build_chain(settings) as source,
    ):
        peer = Peer(None, http, source)  # type: ignore[arg-type]
        await peer.control("mine", blocks=6, auto=False)
        chain = build_chain_services(settings, services.database, services.clock, source)
        till = Till(shop, peer, chain)
        await till.read()
        people = (await peer.state())["people"]
        yield Refunding(till, people["alice"]["address"], people["bob"]["address"])


@pytest.fixture
def console(database_address: str) -> Console:
    return Console(database_address)


async def test_what_is_owed_is_listed_stated_and_gone(
    desk: Refunding, console: Console, node: str
) -> None:
    nothing = await console.run("recharge", "refunds")
    assert (nothing.code, nothing.out) == (0, "nothing is owed\n")
    assert (await console.run("recharge", "refunds", "--json")).json == []
    payment = await desk.owe()

    listed = (await console.run("recharge", "refunds", "--json")).json
    assert [list(one) for one in listed] == [SHAPE]
    assert (listed[0]["paymentId"], listed[0]["amountUsdt"]) == (payment, "9")
    assert (listed[0]["to"], listed[0]["decidedBy"]) == (desk.alice, "command-line")
    assert (listed[0]["sent"], listed[0]["proposal"]) == (None, None)
    read = (await console.run("recharge", "refunds")).out
    for words in (payment, desk.alice, listed[0]["wallet"], "asked for it back", "9 USDT are owed"):
        assert words in read
    standing = await console.run("chain", "status", "--json", TRON_NODE_URL=node)
    assert (standing.json["refundsOwed"], standing.json["refundsOwedUsdt"]) == (1, "9")
    shown = await console.run("recharge", "show", payment)
    assert f"owed to {desk.alice}" in shown.out

    txid = await desk.send("9", desk.bob, desk.alice)
    said = ("recharge", "refunded", payment, "--txid", txid, "--note", "from the treasury")
    stated = await console.run(*said, "--json", TRON_NODE_URL=node)
    assert (stated.code, stated.err) == (0, "")
    assert list(stated.json) == [*SHAPE, "isFinal"]
    assert list(stated.json["sent"]) == SENDING
    assert (stated.json["isFinal"], stated.json["sent"]["txid"]) == (True, txid)
    assert (stated.json["sent"]["from"], stated.json["sent"]["amountUsdt"]) == (desk.bob, "9")
    again = await console.run(*said, TRON_NODE_URL=node)
    assert again.code == 0
    assert f"sent 9 USDT to {desk.alice}" in again.out
    assert (await console.run("recharge", "refunds")).out == "nothing is owed\n"
    shown = await console.run("recharge", "show", payment, "--json")
    assert shown.json["payments"][0]["refundTxid"] == txid
    assert (
        f"sent back by transaction {txid}" in (await console.run("recharge", "show", payment)).out
    )
    assert (await console.run("ledger", "verify")).code == 0
    assert (await console.run("recharge", "reconcile", TRON_NODE_URL=node)).code == 0


async def test_what_is_no_proof_is_refused_in_one_line(
    desk: Refunding, console: Console, node: str
) -> None:
    payment = await desk.owe()
    short = await desk.send("8", desk.bob, desk.alice)

    async def refused(*words: str, subject: str = payment, where: str = node) -> str:
        done: Done = await console.run(
            "recharge", "refunded", subject, *words, "--note", "a test", TRON_NODE_URL=where
        )
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith("error: ")
        assert done.err.count("\n") == 1
        return done.err

    assert "brings 8 USDT, and 9 are owed" in await refused("--txid", short)
    assert "nothing to" in await refused("--txid", short, "--to", desk.bob)
    assert "64 hexadecimal" in await refused("--txid", "ab")
    assert "No final block" in await refused("--txid", "ab" * 32)
    assert "No such payment" in await refused("--txid", short, subject="nothing")
    assert "administrator" in await refused("--txid", short, "--by", "someone")
    silent = await refused("--txid", short, where="http://127.0.0.1:9")
    assert silent.startswith("error: the chain: first node")
    assert len(await desk.owed()) == 1


async def test_a_second_person_confirms_what_the_chain_cannot_show(
    desk: Refunding, console: Console, node: str
) -> None:
    payment = await desk.owe("250", 300)
    boss = await desk.shop.customer(cents=0)
    await desk.shop.services.identity.grant(boss.id, Role.ADMIN, actor="command-line")
    txid = await desk.send("249", desk.alice, desk.bob)
    said = (
        *("recharge", "refunded", payment, "--txid", txid, "--to", desk.bob),
        *("--other-amount", "--note", "less the fee, to their new address"),
    )
    proposed = await console.run(*said, TRON_NODE_URL=node)
    assert proposed.code == 0
    assert proposed.out.startswith("proposed: another person must confirm it")
    assert "proposed by command-line: 249 USDT" in (await console.run("recharge", "refunds")).out
    alone = await console.run(*said, TRON_NODE_URL=node)
    assert (alone.code, alone.out) == (1, "")
    assert "Another person" in alone.err
    confirmed = await console.run(*said, "--by", boss.id, "--json", TRON_NODE_URL=node)
    assert (confirmed.code, confirmed.json["isFinal"]) == (0, True)
    assert confirmed.json["sent"]["by"] == boss.id
    assert await desk.owed() == []
