"""``payouts``, ``recharge send-refund`` and ``withdrawal state-paid``, as they are typed.

Their JSON is a contract with programs outside. The sandbox's node is a process of its own, so
that a command can ask it; the signer is ours.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from jiema_app.domain.payouts.kinds import PayoutKind
from tests.support.console import Console, Done
from tests.support.house import HOT, STRANGER, TREASURY, USDT
from tests.support.live import sandbox_program
from tests.support.pool_house import PoolHouse, open_pool_house_at
from tests.support.ports import free_port
from tests.support.shop import Shop

SHORT = [
    "payoutId",
    "kind",
    "status",
    "asset",
    "amount",
    "from",
    "to",
    "subject",
    "reason",
    "createdBy",
    "createdAt",
]

LONG = [
    *SHORT,
    "notBefore",
    "endedAt",
    "estimatedFeeTrx",
    "feeTrx",
    "gas",
    "attempts",
    "checkedAt",
    "checks",
]

ATTEMPT = [
    "number",
    "txid",
    "signedAt",
    "expiresAt",
    "feeLimitTrx",
    "keyVersion",
    "isFromJournal",
    "sentTimes",
    "lastSentAt",
    "lastAnswer",
    "block",
    "outcome",
    "evidence",
    "feeTrx",
    "energy",
    "endedAt",
]

STATUS = [
    "hotAddress",
    "signer",
    "pulseAgeSeconds",
    "signsNothingBecause",
    "pausedAt",
    "pausedBy",
    "pauseNote",
    "haltedAt",
    "haltedBecause",
    "unexplained",
    "queued",
    "underWay",
    "forPerson",
    "oldestPayout",
    "oldestSeconds",
    "hotUsdt",
    "neededUsdt",
    "hotTrx",
    "neededTrx",
    "feesTrxDay",
    "gasTrxDay",
    "poolDifferenceUsdt",
    "poolComparedAt",
    "houseDifferenceUsdt",
    "houseComparedAt",
    "chainTrouble",
    "alarms",
]

NOTE = ("--note", "looked at")


@pytest.fixture
def node(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "sandbox"
    folder.mkdir()
    port = free_port()
    program = sandbox_program(port, folder)
    program.start()
    yield f"http://127.0.0.1:{port}"
    program.stop()


@pytest.fixture
async def house(shop: Shop, node: str, tmp_path: Path) -> AsyncIterator[PoolHouse]:
    async with open_pool_house_at(shop, tmp_path, node) as opened:
        yield opened


class Shell(Console):
    """A shell on a machine that is told where the node is."""

    def __init__(self, address: str, node: str) -> None:
        super().__init__(address)
        self.node = node

    async def run(self, *words: str, **variables: str) -> Done:
        known = {
            "TRON_NODE_URL": self.node,
            "TRON_REQUESTS_PER_SECOND": "0",
            "PAYOUT_HOT_ADDRESS": HOT,
            "PAYOUT_TREASURY_ADDRESS": TREASURY,
        }
        return await super().run(*words, **known | variables)

    async def well(self, *words: str) -> Done:
        done = await self.run(*words)
        assert (done.code, done.err) == (0, ""), done
        return done

    async def refused(self, *words: str) -> str:
        done = await self.run(*words)
        assert (done.code, done.out) == (1, ""), done
        return done.err


@pytest.fixture
def shell(database_address: str, node: str) -> Shell:
    return Shell(database_address, node)


async def test_a_sweep_is_tried_dry_queued_followed_and_shown(
    house: PoolHouse, shell: Shell
) -> None:
    wallet = await house.resting_wallet(50)
    assert "PAYOUT_SWEEP_ABOVE_USDT" in await shell.refused("payouts", "sweep", "--dry-run")
    dry = (await shell.well("payouts", "sweep", "--dry-run", "--above", "10", "--json")).json
    assert (dry["to"], dry["address"], dry["energySun"]) == ("hot", HOT, 100)
    assert dry["sweeps"] == [
        {
            "wallet": wallet,
            "heldUsdt": "50",
            "keptUsdt": "0",
            "amountUsdt": "49.999999",
            "energy": 64285,
            "feeTrx": "6.4285",
            "missingTrx": "6.4285",
        }
    ]
    assert (dry["queued"], dry["passedOver"], dry["further"]) == ([], [], 0)
    assert (await shell.well("payouts", "list", "--json")).json == {"payouts": []}
    read = (await shell.well("payouts", "sweep", "--dry-run", "--above", "10")).out
    for words in (wallet, "49.999999 USDT of 50", "64285 energy, about 6.4285 TRX", "100 sun"):
        assert words in read

    swept = (await shell.well("payouts", "sweep", "--above", "10", "--json")).json
    [payout] = swept["queued"]
    [listed] = (await shell.well("payouts", "list", "--open", "--json")).json["payouts"]
    assert list(listed) == SHORT
    assert (listed["payoutId"], listed["kind"], listed["status"]) == (payout, "SWEEP", "QUEUED")
    assert (listed["createdBy"], listed["subject"]) == ("command-line", wallet)
    assert payout in (await shell.well("payouts", "list")).out

    await house.run()
    shown = (await shell.well("payouts", "show", payout, "--json")).json
    assert list(shown) == LONG
    [attempt] = shown["attempts"]
    assert list(attempt) == ATTEMPT
    assert (shown["status"], attempt["outcome"], attempt["number"]) == ("SETTLED", "SETTLED", 1)
    assert (shown["estimatedFeeTrx"], shown["feeTrx"], attempt["energy"]) == (
        "6.4285",
        "6.4285",
        64285,
    )
    assert len(shown["checks"]) == 8
    assert {one["result"] for one in shown["checks"]} == {"PASS"}
    [gas] = shown["gas"]
    assert (await shell.well("payouts", "show", gas, "--json")).json["asset"] == "TRX"
    read = (await shell.well("payouts", "show", payout)).out
    for words in (attempt["txid"], "SETTLED", "unique_and_reconciled", "6.4285"):
        assert words in read
    ended = (await shell.well("payouts", "list", "--ended", "--json")).json["payouts"]
    assert {one["payoutId"] for one in ended} == {gas, payout}
    treasury = await shell.well("payouts", "sweep", "--to", "treasury", "--above", "1")
    assert f"to the treasury wallet {TREASURY}" in treasury.out
    assert "0 queued" in treasury.out
    assert (await shell.run("ledger", "verify")).code == 0


async def test_a_refund_is_sent_and_shown_until_it_is_gone(house: PoolHouse, shell: Shell) -> None:
    payment = await house.owe("9")
    await house.compare()
    sent = (await shell.well("recharge", "send-refund", payment, *NOTE, "--json")).json
    assert (sent["isFinal"], sent["payoutStatus"]) == (True, "QUEUED")
    [listed] = (await shell.well("recharge", "refunds", "--json")).json
    assert (listed["payoutId"], listed["payoutStatus"]) == (sent["payoutId"], "QUEUED")
    read = (await shell.well("recharge", "refunds")).out
    assert f"by payout {sent['payoutId']}, which is QUEUED" in read
    again = await shell.refused("recharge", "send-refund", payment, *NOTE)
    assert "sends this: it is QUEUED" in again
    otherwise = ("recharge", "refunded", payment, "--txid", "ab" * 32, *NOTE)
    assert "sends this: it is QUEUED" in await shell.refused(*otherwise)

    await house.run()
    assert (await shell.well("recharge", "refunds")).out == "nothing is owed\n"
    shown = (await shell.well("payouts", "show", sent["payoutId"], "--json")).json
    assert (shown["kind"], shown["subject"], shown["status"]) == ("REFUND", payment, "SETTLED")
    txid = shown["attempts"][0]["txid"]
    found = (await shell.well("recharge", "show", payment, "--json")).json
    assert found["payments"][0]["refundTxid"] == txid


async def test_a_refund_is_decided_on_and_sent_in_one_step(house: PoolHouse, shell: Shell) -> None:
    payment = await house.refunding.receive("9")
    await house.compare()
    settle = ("recharge", "settle", payment, *NOTE)
    assert "--send goes with --refund" in await shell.refused(*settle, "--dismiss", "--send")
    done = (await shell.well(*settle, "--refund", "--send", "--json")).json
    assert done["isFinal"]
    [sending] = done["sending"]
    assert (sending["paymentId"], sending["isFinal"], sending["refused"]) == (payment, True, None)
    await house.run()
    assert await house.refunding.owed() == []

    # What cannot be sent now is owed all the same.
    second = await house.refunding.receive("8")
    await house.house.peer.control("blacklist", address=house.refunding.alice)
    await house.compare()
    stuck = await shell.run("recharge", "settle", second, *NOTE, "--refund", "--send")
    assert stuck.code == 1
    assert f"payment {second} is owed and not sent: Not all eight" in stuck.err
    assert [one.payment_id for one in await house.refunding.owed()] == [second]
    refused = await shell.refused("recharge", "send-refund", second, *NOTE)
    assert "token_clear" in refused
    await house.house.peer.control("blacklist", address=house.refunding.alice, listed=False)


async def test_two_persons_have_a_large_refund_sent(house: PoolHouse, shell: Shell) -> None:
    payment = await house.owe("250")
    first, second = [await house.house.admin() for _ in range(2)]
    await house.compare()
    proposed = await shell.well("recharge", "send-refund", payment, *NOTE, "--by", first)
    assert "another person" in proposed.out
    assert "Another person" in await shell.refused(
        "recharge", "send-refund", payment, *NOTE, "--by", first
    )
    final = await shell.well("recharge", "send-refund", payment, *NOTE, "--by", second)
    assert "which is QUEUED" in final.out
    await house.run()


async def test_how_it_stands_is_shown_with_what_somebody_must_look_at(
    house: PoolHouse, shell: Shell
) -> None:
    found = (await shell.well("payouts", "status", "--json")).json
    assert list(found) == STATUS
    assert (found["hotAddress"], found["queued"], found["alarms"]) == (HOT, 0, [])
    assert (found["hotUsdt"], found["signer"], found["pulseAgeSeconds"]) == ("10000", None, None)

    await house.resting_wallet(50)
    await shell.well("payouts", "sweep", "--above", "10")
    found = (await shell.well("payouts", "status", "--json")).json
    assert [one["name"] for one in found["alarms"]] == ["signer_silent"]
    assert "BAD the signer was never seen" in (await shell.well("payouts", "status")).out
    doctor = await shell.run("doctor")
    assert "BAD signer silent" in doctor.out
    assert "python -m signer run" in doctor.out
    await house.run()
    found = (await shell.well("payouts", "status", "--json")).json
    assert (found["alarms"], found["feesTrxDay"], found["gasTrxDay"]) == ([], "7.5285", "9.572255")
    assert found["signer"] is not None
    assert "ok  payouts" in (await shell.run("doctor")).out


async def test_the_signer_is_paused_and_let_go_on(house: PoolHouse, shell: Shell) -> None:
    admin = await house.house.admin()
    await house.resting_wallet(50)
    await shell.well("payouts", "pause", *NOTE, "--by", admin)
    await shell.well("payouts", "sweep", "--above", "10")
    await house.turn()
    found = (await shell.well("payouts", "status", "--json")).json
    assert (found["pausedBy"], found["pauseNote"]) == (admin, "looked at")
    assert found["signsNothingBecause"] == f"paused by {admin}: looked at"
    assert await house.statuses() == ["QUEUED"]
    nobody = await house.shop.customer(cents=0)
    assert "Only an administrator" in await shell.refused(
        "payouts", "resume", *NOTE, "--by", nobody.id
    )
    await shell.well("payouts", "resume", *NOTE, "--by", admin)
    await house.run()


async def test_what_left_unexplained_halts_until_it_is_explained(
    house: PoolHouse, shell: Shell
) -> None:
    assert (await shell.well("payouts", "unexplained")).out == "nothing is unexplained\n"
    await house.resting_wallet(50)
    txid = await house.house.peer.pay("5", STRANGER, **{"from": HOT})
    await house.house.mine()
    await shell.well("payouts", "sweep", "--above", "10")
    await house.house.signer.turn()
    [left] = (await shell.well("payouts", "unexplained", "--json")).json["transfers"]
    assert (left["txid"], left["from"], left["to"], left["amountUsdt"]) == (
        txid,
        HOT,
        STRANGER,
        "5",
    )
    found = (await shell.well("payouts", "status", "--json")).json
    assert [one["name"] for one in found["alarms"]] == ["unexplained_transfers", "signer_halted"]
    # Let go on before anybody said what it was, it halts again.
    early = await shell.well("payouts", "resume", *NOTE)
    assert "it halts again: 1 transfer(s)" in early.out
    await house.house.signer.turn()
    assert (await house.house.payouts.halts.state()).halted_at is not None
    assert "No transfer" in await shell.refused("payouts", "explain", "ab" * 32, *NOTE)
    await shell.well("payouts", "explain", txid, "--note", "paid the cleaner")
    assert await house.statuses() == ["QUEUED"]
    await shell.well("payouts", "resume", *NOTE)
    assert (await shell.well("payouts", "unexplained", "--json")).json == {"transfers": []}
    await house.run()


async def test_what_waits_for_a_person_is_tried_again_or_ended(
    house: PoolHouse, shell: Shell
) -> None:
    wallet = await house.resting_wallet(50)
    await house.house.peer.control("faucet", address=wallet, trx="100")
    await house.house.peer.fault("broadcasttransaction", "revert", count=2)
    swept = (await shell.well("payouts", "sweep", "--above", "10", "--json")).json
    [payout] = swept["queued"]
    await house.run(2)
    [waiting] = (await shell.well("payouts", "list", "--waiting", "--json")).json["payouts"]
    assert (waiting["payoutId"], waiting["status"]) == (payout, "FAILED_ON_CHAIN")
    found = (await shell.well("payouts", "status", "--json")).json
    assert [one["name"] for one in found["alarms"]] == ["payout_for_a_person"]
    nobody = await house.shop.customer(cents=0)
    assert "Only an administrator" in await shell.refused(
        "payouts", "retry", payout, *NOTE, "--by", nobody.id
    )
    done = (await shell.well("payouts", "retry", payout, *NOTE, "--json")).json
    assert (done["status"], done["reason"]) == ("QUEUED", "retry: looked at")
    assert "is not tried again" in await shell.refused("payouts", "retry", payout, *NOTE)
    await house.run(2)
    done = (await shell.well("payouts", "cancel", payout, *NOTE, "--json")).json
    assert done["status"] == "CANCELLED"
    assert "has ended" in await shell.refused("payouts", "cancel", payout, *NOTE)
    assert "not found" in await shell.refused("payouts", "show", "nothing")
    audited = await house.shop.fetchval(
        "select array_agg(action order by id) from audit_records where subject_id = $1", payout
    )
    assert audited == ["pool.sweep", "payout.retry", "payout.cancel"]


async def test_a_withdrawal_s_payout_is_decided_about_by_its_withdrawal(
    house: PoolHouse, shell: Shell
) -> None:
    ann = await house.house.earner(50)
    asked = await house.house.approved(ann, 20)
    await house.house.peer.fault("broadcasttransaction", "revert", count=1)
    await house.run(2)
    [one] = await house.payouts(PayoutKind.WITHDRAWAL)
    for command in ("retry", "cancel"):
        refused = await shell.refused("payouts", command, one.payout.id, *NOTE)
        assert f"pays withdrawal {asked.id}" in refused
    txid = await house.house.peer.pay("18", STRANGER, **{"from": "bob"})
    await house.house.mine()
    said = ("withdrawal", "state-paid", asked.id, "--txid", txid, *NOTE)
    stated = (await shell.well(*said, "--json")).json
    assert (stated["status"], stated["txid"]) == ("SETTLED", txid)
    assert stated["decisions"][-1]["action"] == "paid"
    assert (await shell.well(*said)).code == 0
    assert "64 hexadecimal" in await shell.refused(
        "withdrawal", "state-paid", asked.id, "--txid", "x", *NOTE
    )


async def test_the_house_s_wallets_are_shown_and_compared(house: PoolHouse, shell: Shell) -> None:
    compared = (await shell.well("payouts", "reconcile", "--json")).json
    assert compared == {
        "ok": True,
        "checked": 2,
        "differenceUsdt": "0",
        "differences": [],
        "inFlight": [],
    }
    hot, treasury = (await shell.well("payouts", "wallets", "--json")).json["wallets"]
    assert (hot["address"], hot["purpose"], hot["usdt"], hot["booksUsdt"]) == (
        HOT,
        "HOT",
        "10000",
        "10000",
    )
    assert (treasury["address"], treasury["purpose"]) == (TREASURY, "TREASURY")
    assert "HOT       10000 USDT by the books" in (await shell.well("payouts", "wallets")).out

    await house.shop.damage("update house_wallets set opening_micro = opening_micro + 1")
    differing = await shell.run("payouts", "reconcile", "--json")
    assert (differing.code, differing.json["ok"]) == (1, False)
    assert "were expected" in (await shell.run("payouts", "reconcile")).out
    await house.shop.damage("update house_wallets set opening_micro = opening_micro - 1")
    assert await house.house.balance(HOT) == 10_000 * USDT
