"""``recharge …`` and ``chain …``, as they are typed: a contract with programs outside."""

import re

import pytest

from jiema_app.domain.models.user import Role
from jiema_app.domain.recharges.statuses import Oddity
from jiema_app.domain.units import MicroUsdt
from jiema_app.settings.recharges import SANDBOX_XPUB
from tests.support.arrivals import Arrivals
from tests.support.console import Console
from tests.support.shop import Customer, Shop

SHAPE = [
    "rechargeId",
    "status",
    "oddity",
    "receivedUsdt",
    "txids",
    "creditedUsdt",
    "amountUsdt",
    "address",
    "userId",
    "expiresAt",
    "paymentIds",
    "payments",
    "ownerNotes",
]


@pytest.fixture
def console(database_address: str) -> Console:
    return Console(database_address)


async def test_a_recharge_is_opened_shown_and_cancelled(
    arrivals: Arrivals, ann: Customer, console: Console
) -> None:
    opened = await console.run("recharge", "open", ann.id, "--amount-usdt", "10", "--json")
    assert (opened.code, opened.err) == (0, "")
    assert list(opened.json) == ["rechargeId", "address", "amountUsdt", "expiresAt"]
    assert opened.json["amountUsdt"] == "10"
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", opened.json["expiresAt"])
    recharge = opened.json["rechargeId"]
    shown = (await console.run("recharge", "show", recharge, "--json")).json
    assert list(shown) == SHAPE
    assert (shown["status"], shown["oddity"], shown["receivedUsdt"]) == ("OPEN", None, "0")
    assert (shown["txids"], shown["address"]) == ([], opened.json["address"])
    again = await console.run("recharge", "open", ann.id, "--amount-usdt", "10")
    assert (again.code, again.out) == (1, "")
    assert again.err == "error: You already have an open top-up. Pay or cancel it first.\n"
    assert (await console.run("recharge", "cancel", recharge)).code == 0
    refused = await console.run("recharge", "cancel", recharge)
    assert refused.code == 1
    assert "CANCELLED" in refused.err


async def test_what_waits_is_listed_and_settled(
    shop: Shop, arrivals: Arrivals, ann: Customer, console: Console
) -> None:
    recharge, payment = await arrivals.hold(Oddity.UNDER, ann)
    _, nobodys = await arrivals.hold(Oddity.UNASSIGNED_WALLET, ann)
    assert recharge is not None
    listed = (await console.run("recharge", "reviews", "--json")).json
    assert [list(one) for one in listed] == [SHAPE, SHAPE]
    assert [(one["rechargeId"], one["oddity"], one["receivedUsdt"]) for one in listed] == [
        (recharge, "UNDER", "9"),
        (None, "UNASSIGNED_WALLET", "10"),
    ]
    assert [one["paymentIds"] for one in listed] == [[payment], [nobodys]]
    assert all(len(one["txids"]) == 1 for one in listed)
    read = await console.run("recharge", "reviews")
    for words in ("Expected 10.000000 USDT", "nobody held the wallet", ann.id, payment):
        assert words in read.out

    settle = ("recharge", "settle", recharge, "--credit", "8.5", "--note", "as agreed")
    settled = await console.run(*settle, "--json")
    assert (settled.code, settled.err) == (0, "")
    assert list(settled.json) == [*SHAPE, "isFinal"]
    assert (settled.json["status"], settled.json["creditedUsdt"]) == ("CREDITED", "8.5")
    assert settled.json["isFinal"] is True
    again = await console.run(*settle)
    assert (again.code, again.out) == (1, "")
    assert again.err == "error: Nothing of this waits for a decision.\n"

    mine = ("recharge", "settle", nobodys, "--credit", "10", "--note", "hers", "--user", ann.id)
    assert (await console.run(*mine)).code == 0
    assert await shop.balance(ann) == 18_500_000
    assert (await console.run("recharge", "reviews", "--json")).json == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "exactly one of"),
        (("--refund", "--dismiss"), "exactly one of"),
        (("--credit", "1", "--refund"), "exactly one of"),
        (("--credit", "ten"), "not an amount"),
        (("--credit", "9.1"), "at most the 9 USDT"),
        (("--credit", "1", "--by", "someone"), "administrator"),
        (("--dismiss", "--user", "c" + "0" * 24), "for a credit only"),
    ],
)
async def test_what_does_not_fit_is_refused_in_one_line(
    shop: Shop,
    arrivals: Arrivals,
    ann: Customer,
    console: Console,
    words: tuple[str, ...],
    why: str,
) -> None:
    recharge, _ = await arrivals.hold(Oddity.UNDER, ann)
    assert recharge is not None
    done = await console.run("recharge", "settle", recharge, *words, "--note", "a test", "--json")
    assert (done.code, done.out) == (1, "")
    assert why in done.err
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1
    assert await shop.fetchval("select count(*) from payment_decisions") == 0


async def test_a_second_person_confirms_a_large_credit(
    shop: Shop, arrivals: Arrivals, ann: Customer, console: Console
) -> None:
    made = await arrivals.recharge(ann, MicroUsdt(300_000_000))
    await arrivals.pay(made.address, 250_000_000)
    boss = await shop.customer(cents=0)
    await shop.services.identity.grant(boss.id, Role.ADMIN, actor="command-line")
    settle = ("recharge", "settle", made.id, "--credit", "250", "--note", "asked the sender")
    proposed = await console.run(*settle, "--json")
    assert (proposed.code, proposed.json["isFinal"]) == (0, False)
    assert proposed.json["payments"][0]["proposal"]["by"] == "command-line"
    alone = await console.run(*settle)
    assert (alone.code, await shop.balance(ann)) == (1, 0)
    assert "Another person" in alone.err
    confirmed = await console.run(*settle, "--by", boss.id, "--json")
    assert (confirmed.code, confirmed.json["isFinal"]) == (0, True)
    assert await shop.balance(ann) == 250_000_000


NOBODY = {"TRON_NODE_URL": "http://127.0.0.1:9", "TRON_REQUESTS_PER_SECOND": "0"}
"""A node that does not answer."""


async def test_the_standing_of_the_reading_is_told_without_a_node(
    arrivals: Arrivals, ann: Customer, console: Console
) -> None:
    await arrivals.hold(Oddity.UNDER, ann)
    done = await console.run("chain", "status", "--json", **NOBODY)
    assert (done.code, done.err) == (0, "")
    assert done.json["block"] == 1_000
    assert done.json["haltedBecause"] is None
    assert done.json["paymentsInReview"] == 1
    assert done.json["wallets"] == {"FREE": 2, "LOCKED": 1}
    assert done.json["nodeFinalBlock"] is None
    assert done.json["nodeTrouble"].startswith("first node, wallet/getblockbynum: ")


async def test_reading_is_resumed_once_after_a_halt(
    shop: Shop, arrivals: Arrivals, console: Console
) -> None:
    refused = await console.run("chain", "resume", **NOBODY)
    assert (refused.code, refused.err) == (1, "error: reading is not halted\n")
    await shop.execute("update chain_cursors set halted_because = 'block 7 has two parents'")
    done = await console.run("chain", "resume", **NOBODY)
    assert done.code == 0
    assert "block 7 has two parents" in done.out
    assert await shop.fetchval("select halted_because from chain_cursors") is None


async def test_a_chain_that_does_not_answer_cannot_be_compared(
    arrivals: Arrivals, console: Console
) -> None:
    done = await console.run("recharge", "reconcile", "--json", **NOBODY)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: the chain does not answer (first node, ")


async def test_no_output_tells_the_account_s_key(
    arrivals: Arrivals, ann: Customer, console: Console
) -> None:
    recharge, _ = await arrivals.hold(Oddity.OVER, ann)
    assert recharge is not None
    for words in (
        ("recharge", "show", recharge),
        ("recharge", "reviews"),
        ("recharge", "reviews", "--json"),
        ("recharge", "settle", recharge, "--dismiss", "--note", "a test"),
        ("chain", "status"),
        ("recharge", "reconcile"),
        ("doctor",),
    ):
        done = await console.run(*words)
        assert "xpub" not in (done.out + done.err).replace("TRON_ACCOUNT_XPUB", "").lower()
        assert SANDBOX_XPUB not in done.out + done.err
