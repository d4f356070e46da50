"""Backups can be restored, and the drill notices one whose books are wrong."""

import os
import subprocess
from pathlib import Path

import asyncpg
import pytest

from jiema_app.integrations.postgres import embedded
from tests.support.shop import Shop

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


def drill(address: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "tools" / "restore_drill.sh"), *options],
        env={**os.environ, "DATABASE_URL": address},
        capture_output=True,
        text=True,
        check=False,
    )


def dumped_as_sql(dump: Path) -> str:
    program = embedded.program(ROOT / ".data", "pg_restore")
    command = [str(program), "--data-only", "--file=-", str(dump)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


async def test_a_backup_is_restored_and_the_kept_one_holds_no_text_and_no_number(
    shop: Shop, database_address: str, tmp_path: Path
) -> None:
    customer = await shop.customer()
    order = await shop.place(customer, idempotency_key="private-words")
    await shop.deliver(order, "Your secret code is 48213907")
    await shop.place(customer)
    assert order.phone is not None
    kept = tmp_path / "kept.dump"

    finished = drill(database_address, "--keep", str(kept))

    assert finished.returncode == 0, finished.stderr
    assert '"ok":true' in finished.stdout
    content = dumped_as_sql(kept)
    assert order.id in content
    for private in (order.phone, "48213907", "private-words"):
        assert private not in content
    assert drill(database_address, "--dump", str(kept)).returncode == 0


async def test_a_backup_whose_books_are_wrong_fails(database_address: str) -> None:
    connection = await asyncpg.connect(database_address)
    await connection.execute("alter table ledger_entries disable trigger user")
    await connection.execute("insert into ledger_entries values (default, 1, 1, 10000)")
    await connection.close()

    finished = drill(database_address)

    assert finished.returncode == 1
    assert '"sumMicro":10000' in finished.stderr
    assert "do not balance" in finished.stderr
