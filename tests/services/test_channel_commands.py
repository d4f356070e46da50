"""``announce`` and ``support`` on the command line."""

from pathlib import Path

import pytest

from tests.services.test_commands import PRODUCTION
from tests.support.console import Console
from tests.support.shop import Shop


@pytest.fixture
def console(database_address: str) -> Console:
    return Console(database_address)


async def test_an_announcement_is_tried_posted_edited_and_withdrawn(
    shop: Shop, console: Console, tmp_path: Path
) -> None:
    english, chinese = tmp_path / "en.txt", tmp_path / "zh.txt"
    english.write_text("News\nWe moved.\n", encoding="utf-8")
    chinese.write_text("新闻\n我们搬家了。\n", encoding="utf-8")
    words = ("--text-file", str(english), "--lang", f"zh={chinese}")
    tried = await console.run("announce", "post", *words, "--dry-run")
    assert "<b>News</b>" in tried.out
    assert "[中文]  https://t.me/" in tried.out
    assert await shop.fetchval("select count(*) from announcements") == 0
    posted = await console.run("announce", "post", *words, "--json")
    assert (posted.json["state"], sorted(posted.json["texts"])) == ("QUEUED", ["en", "zh"])
    announcement = posted.json["id"]
    again = await console.run("announce", "post", *words)
    assert (again.code, "within a day" in again.err) == (1, True)
    edited = await console.run("announce", "edit", announcement, "--text", "Moved", "--json")
    assert (edited.json["revision"], edited.json["texts"]) == (2, {"en": "Moved"})
    assert announcement in (await console.run("announce", "list")).out
    withdrawn = await console.run("announce", "withdraw", announcement, "--json")
    assert withdrawn.json["state"] == "WITHDRAWN"
    shown = await console.run("announce", "show", announcement)
    assert f"{announcement}  WITHDRAWN" in shown.out


async def test_what_cannot_be_announced_is_said(shop: Shop, console: Console) -> None:
    assert (await console.run("announce", "list")).out == "there is none\n"
    for words in (
        [],
        ["--text", "a", "--text-file", "b"],
        ["--text", " "],
        ["--text", "a", "--lang", "zh"],
        ["--text", "a", "--lang", "zh=/nowhere"],
        ["--text", "a", "--at", "tomorrow"],
    ):
        done = await console.run("announce", "post", *words)
        assert (done.code, done.out) == (1, ""), words
        assert done.err.startswith("error: ")
    nameless = await console.run("announce", "post", "--text", "News", **PRODUCTION)
    assert nameless.code == 1
    assert await shop.fetchval("select count(*) from announcements") == 0


async def test_the_figures_of_support_and_the_doctor_say_who_waits(
    shop: Shop, console: Console
) -> None:
    assert (await console.run("support", "figures", "--json")).json["open"] == 0
    assert "ok  support" in (await console.run("doctor")).out
    await shop.execute(
        "insert into support_cases (telegram_id, opened_at, last_asked_at) "
        "values (501, now() - interval '30 hours', now())"
    )
    figures = (await console.run("support", "figures", "--json")).json
    assert (figures["unanswered"], figures["oldestUnansweredSeconds"] >= 108_000) == (1, True)
    assert "BAD support" in (await console.run("doctor")).out


async def test_somebody_on_telegram_is_made_an_administrator_in_the_sandbox(
    shop: Shop, console: Console
) -> None:
    made = await console.run("sandbox", "admin", "--telegram-id", "700000001", "--json")
    assert await shop.services.administrators.on_telegram(700_000_001) == made.json["userId"]
    again = await console.run("sandbox", "admin", "--telegram-id", "700000001", "--json")
    assert again.json["userId"] == made.json["userId"]
