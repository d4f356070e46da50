"""``withdrawal …``, as it is typed: a contract with programs outside.

The sandbox's node is a process of its own, so that a command can ask it.
"""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from pydantic import SecretStr

from jiema_app.bootstrap_chain import ChainServices, build_chain_services
from jiema_app.domain.models.user import Role
from jiema_app.domain.payouts.checks.results import CheckName
from jiema_app.integrations.tron.registry import build_chain
from jiema_app.settings import Settings, TronSettings
from tests.services.test_commands import PRODUCTION
from tests.support.console import Console, Done
from tests.support.live import sandbox_program
from tests.support.polling import PATIENCE_S
from tests.support.ports import free_port
from tests.support.shop import Shop
from tests.support.withdrawing import ANOTHER, STRANGER, USDT, administrator, earner, purse, wish

REQUESTED: Final = ["withdrawalId", "status", "feeUsdt", "netUsdt"]
PROMISED: Final = [
    "withdrawalId",
    "status",
    "address",
    "amountUsdt",
    "feeUsdt",
    "netUsdt",
    "txid",
    "checks",
]
SHAPE: Final = [
    *PROMISED,
    "userId",
    "source",
    "note",
    "waitsBecause",
    "usableFrom",
    "takesTwo",
    "objection",
    "userPaidUsdt",
    "userAskedTimes",
    "userDayUsdt",
    "allDayUsdt",
    "othersToAddress",
    "decisions",
]
MOMENT: Final = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
NOBODY: Final = "c" + "0" * 24


@dataclass
class Desk:
    """A shell on the machine of a shop whose node is a process."""

    shop: Shop
    console: Console
    http: httpx.AsyncClient
    chain: ChainServices
    port: int

    async def run(self, *words: str, **variables: str) -> Done:
        """A ``withdrawal`` command."""
        known = {"SANDBOX_PORT": str(self.port)} | variables
        return await self.console.run("withdrawal", *words, **known)

    async def json(self, *words: str) -> Any:
        """What one prints that is expected to succeed."""
        done = await self.run(*words, "--json")
        assert (done.code, done.err) == (0, ""), done
        return done.json

    async def refused(self, *words: str, **variables: str) -> str:
        """What one says that is expected to be refused."""
        done = await self.run(*words, **variables)
        assert (done.code, done.out) == (1, ""), done
        assert done.err.startswith("error: ")
        assert "Traceback" not in done.err
        return done.err

    async def compare(self) -> None:
        """What workers do: read every final block, and compare the wallets with the books."""
        cursor = await self.chain.scanner._load()
        while (found := await self.chain.scanner.step(cursor)) is not None:
            cursor = found
        compared = await self.chain.house_reconciliation.run()
        assert compared.ok
        await self.chain.house_reconciliation.note(0)
        await self.chain.house_reconciliation.note_pool(0)


@pytest.fixture
def console(database_address: str) -> Console:
    return Console(database_address)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    number = free_port()
    program = sandbox_program(number, tmp_path)
    program.start()
    yield number
    program.stop()


@pytest.fixture
async def desk(shop: Shop, console: Console, port: int) -> AsyncIterator[Desk]:
    node = f"http://127.0.0.1:{port}"
    settings = Settings(tron=TronSettings(node_url=SecretStr(node), timeout_s=PATIENCE_S))
    services = shop.services
    async with (
        httpx.AsyncClient(base_url=node, timeout=PATIENCE_S) as http,
        build_chain(settings) as source,
    ):
        await http.post("/control/tron/mine", json={"blocks": 3, "auto": False})
        chain = build_chain_services(settings, services.database, services.clock, source)
        await services.payouts.house.keep()
        made = Desk(shop, console, http, chain, port)
        await made.compare()
        await http.post("/control/tron/mine", json={"blocks": 3, "auto": True})
        yield made


async def test_a_withdrawal_is_asked_for_shown_and_cancelled(desk: Desk) -> None:
    ann = await earner(desk.shop)
    asked = await desk.json("request", ann.id, "--address", STRANGER, "--amount-usdt", "20")
    assert list(asked) == REQUESTED
    assert (asked["status"], asked["feeUsdt"], asked["netUsdt"]) == ("REQUESTED", "2", "18")
    shown = await desk.json("show", asked["withdrawalId"])
    assert list(shown) == SHAPE
    assert {name: shown[name] for name in PROMISED if name != "checks"} == {
        "withdrawalId": asked["withdrawalId"],
        "status": "REQUESTED",
        "address": STRANGER,
        "amountUsdt": "20",
        "feeUsdt": "2",
        "netUsdt": "18",
        "txid": None,
    }
    assert [one["name"] for one in shown["checks"]] == list(CheckName)
    for one in shown["checks"]:
        assert list(one) == ["name", "result", "value", "evidence", "block", "node", "at"]
        assert one["result"] in {"PASS", "FAIL", "UNKNOWN"}
        assert one["evidence"]
        assert MOMENT.fullmatch(one["at"])
    again = await desk.refused("request", ann.id, "--address", STRANGER, "--amount-usdt", "5")
    assert again == "error: You already have an open withdrawal.\n"
    gone = await desk.json("cancel", asked["withdrawalId"])
    assert (list(gone), gone["status"]) == (SHAPE, "CANCELLED")
    assert "CANCELLED" in await desk.refused("cancel", asked["withdrawalId"])
    assert await purse(desk.shop, ann) == (50 * USDT, 0)


async def test_one_is_approved_and_another_one_rejected(desk: Desk) -> None:
    ann, bob, boss = (
        await earner(desk.shop),
        await earner(desk.shop),
        await administrator(desk.shop),
    )
    withdrawals = desk.shop.services.payouts.withdrawals
    first = await withdrawals.request(ann.id, wish(20))
    second = await withdrawals.request(bob.id, wish(41.234567, ANOTHER))
    listed = await desk.json("list")
    assert list(listed) == ["withdrawals"]
    assert [list(one) for one in listed["withdrawals"]] == [[*PROMISED[:6], "userId"]] * 2
    assert [one["netUsdt"] for one in listed["withdrawals"]] == ["18", "39.164567"]

    approved = await desk.json("approve", first.id, "--by", boss, "--note", "seen")
    assert (list(approved), approved["status"]) == (SHAPE, "APPROVED")
    assert [one["result"] for one in approved["checks"]] == ["PASS"] * 8
    (decision,) = approved["decisions"]
    assert MOMENT.fullmatch(decision.pop("at"))
    assert decision == {"action": "approve", "by": boss, "final": True, "note": "seen"}
    assert "APPROVED already" in await desk.refused("approve", first.id, "--by", boss)

    rejected = await desk.json("reject", second.id, "--by", boss, "--note", "no such thing")
    assert (list(rejected), rejected["status"]) == (SHAPE, "REJECTED")
    assert rejected["note"] == "no such thing"
    assert await purse(desk.shop, bob) == (50 * USDT, 0)
    ended = await desk.json("list", "--ended")
    assert [one["withdrawalId"] for one in ended["withdrawals"]] == [second.id]
    read = await desk.run("list")
    assert (read.code, len(read.out.splitlines())) == (0, 1)
    assert all(word in read.out for word in (first.id, "APPROVED", STRANGER, ann.id))


async def test_above_the_bound_the_first_of_two_is_told_to_wait_for_the_second(desk: Desk) -> None:
    ann, people = await earner(desk.shop, 600), [await administrator(desk.shop) for _ in range(2)]
    one = await desk.shop.services.payouts.withdrawals.request(ann.id, wish(600))
    first = await desk.json("approve", one.id, "--by", people[0])
    assert list(first) == [*SHAPE, "waitsFor"]
    assert (first["status"], first["waitsFor"]) == ("REQUESTED", "a second person")
    assert "another person" in await desk.refused("approve", one.id, "--by", people[0])
    second = await desk.run("approve", one.id, "--by", people[1])
    assert second.code == 0
    assert "APPROVED" in second.out
    assert f"approve (proposed) by {people[0]}" in second.out
    assert len(re.findall(r"^PASS ", second.out, re.MULTILINE)) == 8


async def test_checks_that_do_not_pass_are_told_one_by_one(desk: Desk) -> None:
    ann = await earner(desk.shop)
    one = await desk.shop.services.payouts.withdrawals.request(ann.id, wish(20))
    await desk.chain.house_reconciliation.note(1)
    said = await desk.refused("approve", one.id)
    lines = said.splitlines()
    assert lines[0] == "error: not all eight checks passed:"
    assert [line.split()[1] for line in lines[1:]] == list(CheckName)
    assert lines[8].split()[0] == "FAIL"
    assert "0.000001 USDT" in lines[8]
    away = await desk.refused("approve", one.id, SANDBOX_PORT=str(free_port()))
    assert away.count("UNKNOWN") == 6
    shown = await desk.run("show", one.id, SANDBOX_PORT=str(free_port()))
    assert shown.code == 0
    assert shown.out.count("UNKNOWN") == 6


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--address", STRANGER, "--amount-usdt", "4.999999"), "minimum withdrawal (5 USDT)"),
        (("--address", STRANGER, "--amount-usdt", "51"), "this much to withdraw (50 USDT)"),
        (("--address", STRANGER, "--amount-usdt", "twenty"), "'twenty' is not an amount"),
        (("--address", STRANGER, "--amount-usdt", "-5"), "0 or more"),
        (("--address", STRANGER, "--amount-usdt", "5.0000001"), "six decimals"),
        (("--address", "0x0", "--amount-usdt", "5"), "isn't a TRON address"),
        (("--address", "", "--amount-usdt", "5"), "Enter the address"),
        (("--address", f"{STRANGER[:-1]}4", "--amount-usdt", "5"), "character of this address"),
        (("--address", "\udcff" * 34, "--amount-usdt", "5"), "isn't a TRON address"),
        (
            ("--address", STRANGER, "--amount-usdt", "5", "--source", "spending"),
            "Only commission",
        ),
    ],
)
async def test_what_is_not_taken_is_refused_in_words(
    shop: Shop, console: Console, words: tuple[str, ...], said: str
) -> None:
    ann = await earner(shop)
    done = await console.run("withdrawal", "request", ann.id, *words, SANDBOX_PORT=str(free_port()))
    assert (done.code, done.out) == (1, "")
    assert said in done.err
    assert "Traceback" not in done.err
    assert await purse(shop, ann) == (50 * USDT, 0)


@pytest.mark.parametrize("name", [NOBODY, "x", "", "\udcff"])
async def test_what_there_is_not_is_said(console: Console, shop: Shop, name: str) -> None:
    elsewhere = {"SANDBOX_PORT": str(free_port())}
    for words in (
        ("show", name),
        ("approve", name),
        ("reject", name, "--note", "x"),
        ("retry", name, "--note", "x"),
        ("cancel", name),
    ):
        done = await console.run("withdrawal", *words, **elsewhere)
        assert (done.code, done.out, done.err) == (1, "", "error: Withdrawal not found.\n"), words
    asked = ("request", name, "--address", STRANGER, "--amount-usdt", "5")
    done = await console.run("withdrawal", *asked, **elsewhere)
    assert (done.code, done.err) == (1, "error: User not found.\n")


async def test_nobody_decides_about_their_own(shop: Shop, console: Console) -> None:
    ann = await earner(shop)
    await shop.services.identity.grant(ann.id, Role.ADMIN, actor="test")
    one = await shop.services.payouts.withdrawals.request(ann.id, wish(20))
    for words in (
        ("approve", one.id),
        ("reject", one.id, "--note", "x"),
        ("retry", one.id, "--note", "x"),
    ):
        done = await console.run("withdrawal", *words, "--by", ann.id)
        assert done.code == 1
        assert "of their own" in done.err


async def test_production_takes_no_id_for_a_person(
    shop: Shop, console: Console, tmp_path: Path
) -> None:
    boss = await administrator(shop)
    token = await shop.services.administrators.issue(boss, actor="test")
    file = tmp_path / "token"
    file.write_text(f"{token}\n", encoding="utf-8")
    proof = ("--by", boss, "--token-file", str(file))
    for words in (
        ("approve", NOBODY),
        ("reject", NOBODY, "--note", "x"),
        ("retry", NOBODY, "--note", "x"),
        ("terms", "set", "--fee-percent", "0", "--note", "x"),
    ):
        for how, said in (
            ((), "--by"),
            (("--by", boss), "--token-file"),
            (("--by", "boss"), "--by"),
        ):
            done = await console.run("withdrawal", *words, *how, **PRODUCTION)
            assert done.code == 1, words
            assert said in done.err
            assert "Traceback" not in done.err
        proved = await console.run("withdrawal", *words, *proof, **PRODUCTION)
        assert token not in proved.err + proved.out
        if words[0] == "terms":
            assert proved.code == 0
        else:
            assert (proved.code, "--by" in proved.err) == (1, False), proved
    who = await shop.fetchval("select array_agg(actor order by id) from withdrawal_terms")
    assert who == ["migration", boss]
