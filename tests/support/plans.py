"""What a question makes the database look at."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncpg


async def look(
    connection: "asyncpg.Connection[asyncpg.Record]", question: str, *arguments: Any
) -> tuple[int, list[str]]:
    """How many rows the question's scans looked at, and the tables that it read as a whole."""
    change = connection.transaction()
    await change.start()
    explained = await connection.fetchval(
        f"explain (analyze, format json) {question}",
        *arguments,
    )
    await change.rollback()
    found = list(_scans(json.loads(explained)[0]["Plan"]))
    rows = sum(
        (one["Actual Rows"] + one.get("Rows Removed by Filter", 0)) * one["Actual Loops"]
        for one in found
    )
    return round(rows), [
        one["Relation Name"]
        for one in found
        if one["Node Type"] in {"Seq Scan", "Parallel Seq Scan"}
    ]


def _scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "Scan" in plan["Node Type"] and "Relation Name" in plan:
        yield plan
    for part in plan.get("Plans", []):
        yield from _scans(part)
