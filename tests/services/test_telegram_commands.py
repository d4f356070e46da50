"""``telegram``, as it is typed: what works, where updates go, and what was not sent."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from jiema_app.domain.notifications.deliveries import Delivery, put
from tests.support.console import Console, Done
from tests.support.live import sandbox_program
from tests.support.ports import free_port
from tests.support.shop import Shop

GROUP, CHANNEL = -1_002_000_000_001, -1_002_000_000_002


@pytest.fixture
def sandbox_port(tmp_path: Path) -> Iterator[int]:
    folder = tmp_path / "sandbox"
    folder.mkdir()
    port = free_port()
    program = sandbox_program(port, folder)
    program.start()
    yield port
    program.stop()


class Shell(Console):
    """A shell on a machine whose sandbox is at a port."""

    sandbox_port: int = 0

    async def run(self, *words: str, **variables: str) -> Done:
        return await super().run(*words, SANDBOX_PORT=str(self.sandbox_port), **variables)

    async def control(self, what: str, order: object) -> None:
        url = f"http://127.0.0.1:{self.sandbox_port}/control/telegram/{what}"
        async with httpx.AsyncClient(trust_env=False) as http:
            (await http.post(url, json=order)).raise_for_status()


@pytest.fixture
def shell(database_address: str, sandbox_port: int) -> Shell:
    made = Shell(database_address)
    made.sandbox_port = sandbox_port
    return made


async def test_the_webhook_is_set_shown_checked_and_deleted(shell: Shell) -> None:
    before = await shell.run("telegram", "check", "--json")
    assert before.code == 1
    checks = {one["name"]: one for one in before.json["checks"]}
    assert [name for name, one in checks.items() if not one["ok"]] == ["updates"]
    assert "webhook set" in checks["updates"]["remedy"]
    done = await shell.run("telegram", "webhook", "set")
    assert (done.code, done.err) == (0, "")
    shown = (await shell.run("telegram", "webhook", "show", "--json")).json
    assert shown["url"] == "http://127.0.0.1:8000/webhooks/telegram"
    after = await shell.run("telegram", "check")
    assert (after.code, "BAD" in after.out) == (0, False)
    assert (await shell.run("telegram", "webhook", "delete")).code == 0
    assert (await shell.run("telegram", "webhook", "show", "--json")).json["url"] is None


async def test_missing_rights_are_named_with_what_to_do(shell: Shell) -> None:
    rights = {"can_manage_topics": False}
    await shell.control("rights", {"chat": GROUP, "rights": rights})
    await shell.control("rights", {"chat": CHANNEL, "status": "left"})
    told = (await shell.run("telegram", "check", "--json")).json
    checks = {one["name"]: one for one in told["checks"]}
    assert "Manage topics" in checks["support group"]["detail"]
    assert checks["channel"]["ok"] is False
    assert checks["channel"]["remedy"]


async def test_where_there_is_no_bot_the_command_says_so(
    database_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.unit.test_settings import PRODUCTION  # noqa: PLC0415 - a table of variables

    done = await Console(database_address).run("telegram", "check", **PRODUCTION)
    assert (done.code, "TELEGRAM_BOT_TOKEN" in done.err) == (1, True)


async def test_parked_deliveries_are_listed_and_decided_with_a_reason(
    shell: Shell, shop: Shop
) -> None:
    async with shop.services.database.transaction() as connection:
        await put(connection, Delivery("7", "order.sms", "order:1:sms:1"))
    await shop.execute("update deliveries set state = 'UNKNOWN', settled_at = now()")
    number = str(await shop.fetchval("select id from deliveries"))
    told = (await shell.run("telegram", "deliveries", "--json")).json
    assert told["states"]["unknown"]["count"] == 1
    assert "order:1:sms:1" in told["waiting"][0]
    assert (await shell.run("telegram", "deliveries", "retry", number)).code != 0
    done = await shell.run("telegram", "deliveries", "retry", number, "--reason", "not got")
    assert done.code == 0
    assert await shop.fetchval("select state from deliveries") == "QUEUED"
    done = await shell.run("telegram", "deliveries", "drop", number, "--reason", "too late")
    assert done.code == 0
    assert await shop.fetchval("select state from deliveries") == "DROPPED"
    again = await shell.run("telegram", "deliveries", "drop", number, "--reason", "x")
    assert again.code == 1
    assert await shop.fetchval("select count(*) from audit_records") == 2
