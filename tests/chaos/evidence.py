"""What a failed run leaves for whoever looks into it: logs, rows, the supplier's journal."""

import os
import shutil
from collections import Counter
from pathlib import Path
from typing import Final

import orjson

from jiema_app.domain.transaction import Database
from tests.support.live import LiveStack
from tests.support.processes import Program

TABLES: Final = {
    "orders": "true",
    "supplier_tasks": "true",
    "unclaimed_activations": "true",
    "supplier_notices": "done_at is null",
    "outbox_events": "published_at is null",
    "job_states": "true",
}
"""What is written down of each."""


def data_folder() -> Path:
    """Where a run leaves what outlives it."""
    folder = Path(os.environ.get("JIEMA_DATA_DIR", ".data")) / "chaos"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def folder_of(name: str) -> Path:
    """Where the evidence of a drill goes, emptied."""
    folder = data_folder() / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


async def write_rows(database: Database, folder: Path) -> None:
    """Write down the rows that tell the story, one a line."""
    async with database.connection() as connection:
        for table, condition in TABLES.items():
            rows = await connection.fetch(
                f"select to_jsonb(t)::text from {table} t where {condition} order by t"
            )
            (folder / f"{table}.jsonl").write_text("".join(f"{row[0]}\n" for row in rows))


def copy_files(stack: LiveStack, folder: Path) -> None:
    """Copy what the processes printed, and the supplier's journal."""
    for path in (*stack.folder.glob("*.log"), stack.folder / "sandbox" / "supplier.jsonl"):
        if path.exists():
            shutil.copy(path, folder)


def logged_bugs(programs: list[Program]) -> Counter[str]:
    """Errors in the logs: whatever breaks under us, our own code must expect it."""
    bugs: Counter[str] = Counter()
    for program in programs:
        for line in program.output.splitlines():
            if not line.startswith("{") or '"level": "error"' not in line:
                continue
            entry = orjson.loads(line)
            cause = str(entry.get("exception", "")).strip().splitlines()[-1:]
            words = f"{entry['event']} {''.join(cause)}".replace("\n", " ")
            bugs[f"{program.name.split()[0]}: {words[:300]}"] += 1
    return bugs
