"""``abuse`` on the command line."""

from pathlib import Path

import pytest

from tests.services.test_abuse_reports import HERE, age, report
from tests.services.test_commands import PRODUCTION
from tests.support.console import Console
from tests.support.shop import Shop


@pytest.fixture
def console(database_address: str) -> Console:
    return Console(database_address)


async def test_a_report_is_read_answered_and_closed(
    shop: Shop, console: Console, tmp_path: Path
) -> None:
    assert (await console.run("abuse", "list")).out == "nothing waits\n"
    ticket = await shop.services.abuse_reports.send(report(), HERE)
    assert (await console.run("abuse", "list", "--json")).json[0]["ticket"] == ticket
    shown = await console.run("abuse", "show", ticket.lower(), "--take")
    assert f"{ticket}  IN_REVIEW" in shown.out
    assert "  | forty times." in shown.out
    answer = tmp_path / "answer.txt"
    answer.write_text("We blocked it.\nThank you.\n", encoding="utf-8")
    done = await console.run("abuse", "answer", ticket, "--text-file", str(answer), "--json")
    assert (done.json["status"], done.json["answer"]) == ("ANSWERED", "We blocked it.\nThank you.")
    assert (await console.run("abuse", "close", ticket, "--json")).json["status"] == "CLOSED"
    again = await console.run("abuse", "close", ticket)
    assert (again.code, again.err) == (1, "error: This report is closed.\n")
    assert ticket in (await console.run("abuse", "list", "--all")).out


async def test_what_cannot_be_done_is_said(shop: Shop, console: Console) -> None:
    ticket = await shop.services.abuse_reports.send(report(), HERE)
    for words in (["show", "AR-NOTHING"], ["answer", ticket], ["answer", ticket, "--text", " "]):
        done = await console.run("abuse", *words)
        assert (done.code, done.out) == (1, ""), words
        assert done.err.startswith("error: ")
    nameless = await console.run("abuse", "close", ticket, **PRODUCTION)
    assert nameless.code == 1
    assert "--by" in nameless.err


async def test_the_doctor_says_when_an_answer_is_late(shop: Shop, console: Console) -> None:
    await shop.services.abuse_reports.send(report(), HERE)
    assert "ok  abuse reports" in (await console.run("doctor")).out
    await age(shop, 73 * 3600)
    done = await console.run("doctor")
    assert "BAD abuse reports" in done.out
    assert "1 wait for an answer, 1 for more than 72 h" in done.out
