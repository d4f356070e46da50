"""A real supplier forgets nothing: SIGKILL, torn journal lines, restarts."""

import asyncio
import signal
import subprocess
import sys
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.app import create_app
from sandbox.journal import Journal, JournalLockedError
from tests.support.polling import PATIENCE_S, until_told


async def settle(live: Any) -> Any:
    keeper = live.keeper()
    state = await keeper.state()
    await keeper.http.aclose()
    return state


def without_requests(state: dict[str, Any]) -> dict[str, Any]:
    # The chain goes on with the world's clock; it has a test of its own.
    kept = {key: value for key, value in state.items() if key not in {"clock", "tron"}}
    kept["counters"] = {k: v for k, v in kept["counters"].items() if k != "requests"}
    return kept


async def test_a_kill_forgets_nothing(live: Any) -> None:
    shop = live.keeper()
    await shop.behave(minCancelSeconds=0, smsDelaySeconds=[20, 20], latencyMs=1)
    await shop.fault("getNumber", "http500", count=2)
    await shop.call("getNumber", service="tg", country=6)
    await shop.control("supplier/offer", service="tg", country=6, costUsd=0.5, count=9)
    bought = [await shop.buy() for _ in range(4)]
    await shop.advance(21)
    await shop.call("finishActivation", id=bought[0])
    await shop.call("setStatus", id=bought[1], status=3)
    await shop.behave(smsDelaySeconds=None)
    late = await shop.buy()
    await shop.call("cancelActivation", id=late)
    before = await shop.state()
    prices = await shop.text("getPrices", service="tg")
    await shop.http.aclose()

    live.end(by_kill=True)
    live.start()

    shop = live.keeper()
    after = await shop.state()
    assert without_requests(after) == without_requests(before)
    assert after["clock"]["offsetSeconds"] == 21
    assert after["faults"][0]["count"] == 1
    assert await shop.text("getPrices", service="tg") == prices
    assert await shop.buy() == late + 1
    # The timer of the second SMS was re-armed.
    await shop.advance(21)
    row = next(r for r in (await shop.state())["activations"] if r["id"] == bought[1])
    assert len(row["smsTexts"]) == 2
    await shop.http.aclose()


async def test_a_purchase_whose_answer_was_lost_is_still_there_after_a_kill(live: Any) -> None:
    shop = live.keeper()
    await shop.fault("getNumberV2", "timeout_after_commit", count=1)
    with pytest.raises(Exception, match="peer closed connection"):
        await shop.call("getNumberV2", service="tg", country=6)
    await shop.http.aclose()
    live.end(by_kill=True)
    live.start()
    state = await settle(live)
    assert state["activeCount"] == 1
    assert state["faults"] == []


async def test_every_acknowledged_purchase_survives_a_kill_under_load(live: Any) -> None:
    shop = live.keeper()
    await shop.behave(smsDelaySeconds=None)
    acknowledged: list[int] = []

    async def buy_until_it_dies() -> None:
        with suppress(httpx.TransportError):
            while True:
                acknowledged.append(await shop.buy())

    async def kill_in_the_middle() -> None:
        while len(acknowledged) < 300:  # noqa: ASYNC110 -- the load is what we wait for
            await asyncio.sleep(0)
        live.process.kill()

    await asyncio.gather(kill_in_the_middle(), *[buy_until_it_dies() for _ in range(8)])
    await shop.http.aclose()
    live.end(by_kill=True)
    live.start()
    shop = live.keeper()
    rows = (await shop.state(limit=999_999))["activations"]
    assert set(acknowledged) <= {row["id"] for row in rows}
    # At most the requests in flight were carried out without an answer.
    assert len(rows) <= len(acknowledged) + 8
    assert len({row["phone"] for row in rows}) == len(rows)
    await shop.http.aclose()


async def test_torn_and_foreign_lines_are_passed_over_and_cleaned_up(live: Any) -> None:
    shop = live.keeper()
    await shop.buy()
    await shop.http.aclose()
    live.end(by_kill=True)
    journal = live.data_dir / "sandbox" / "supplier.jsonl"
    with journal.open("ab") as file:
        file.write(b'\x00\xff garbage\n{"not":"an event"}\n["from_the_future",1]\n["buy",63500')
    live.start()
    state = await settle(live)
    assert state["activeCount"] == 1
    assert state["journalTornLines"] == 4
    live.end(by_kill=True)
    live.start()
    assert (await settle(live))["journalTornLines"] == 0


def usd(amount: float) -> Decimal:
    return Decimal(str(amount))


async def test_what_fell_due_while_it_was_dead_is_made_up_for(live: Any) -> None:
    shop = live.keeper()
    await shop.behave(smsDelaySeconds=[0.2, 0.2], windowSeconds=0.4)
    before = usd((await shop.state())["balanceUsd"])
    bought = await shop.buy()
    await shop.behave(smsDelaySeconds=None)
    silent = await shop.buy()
    cost = before - usd((await shop.state())["balanceUsd"])
    await shop.http.aclose()
    live.end(by_kill=True)
    live.start()
    shop = live.keeper()
    await shop.advance(1)
    state = await shop.state()
    rows = {row["id"]: row for row in state["activations"]}
    assert (rows[bought]["status"], len(rows[bought]["smsTexts"])) == ("finished", 1)
    assert rows[silent]["status"] == "cancelled"
    assert usd(state["balanceUsd"]) == before - cost / 2
    await shop.http.aclose()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_polite_stop_is_clean_and_quiet(live: Any, number: signal.Signals) -> None:
    shop = live.keeper()
    await shop.buy()
    await shop.fault("getBalance", "hang", rate=1, seconds=3_000)
    unanswered = asyncio.create_task(shop.call("getBalance"))

    async def has_arrived() -> bool:
        return bool((await shop.state())["counters"]["requests"].get("getBalance"))

    await until_told(has_arrived)
    live.process.send_signal(number)
    unanswered.cancel()
    with suppress(asyncio.CancelledError):
        await unanswered
    await shop.http.aclose()
    printed, _ = live.process.communicate(timeout=PATIENCE_S)
    assert live.process.returncode == 0
    assert printed == f"sandbox {live.url}/\n"
    live.start()
    assert (await settle(live))["activeCount"] == 1


async def test_reset_empties_the_journal(live: Any) -> None:
    shop = live.keeper()
    for _ in range(50):
        await shop.buy()
    await shop.control("reset")
    await shop.http.aclose()
    live.end(by_kill=True)
    assert (live.data_dir / "sandbox" / "supplier.jsonl").stat().st_size < 2000
    live.start()
    assert (await settle(live))["activations"] == []


def test_two_sandboxes_do_not_share_a_directory(live: Any) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "sandbox"],
        env={"JIEMA_DATA_DIR": str(live.data_dir), "SANDBOX_PORT": "1"},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert "another sandbox process is using" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_taken_port_is_said_in_one_line(live: Any, tmp_path: Path) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "sandbox"],
        env={"JIEMA_DATA_DIR": str(tmp_path / "other"), "SANDBOX_PORT": str(live.port)},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert second.returncode == 1
    assert str(live.port) in second.stderr
    assert "Traceback" not in second.stderr


async def test_a_journal_can_be_compacted_at_any_size(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "part")
    journal.rewrite([["a", 1]])
    journal.append(["b", "ü"])
    with pytest.raises(JournalLockedError):
        Journal(tmp_path, "part")
    journal.close()
    again = Journal(tmp_path, "part")
    assert list(again.replay()) == [["a", 1], ["b", "ü"]]
    again.close()
    app = create_app(tmp_path)
    await app.close()
