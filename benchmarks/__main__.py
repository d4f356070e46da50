"""``python -m benchmarks``: measure, print a table, exit 1 when a target is missed."""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.arena import Arena, forget_foreign_environment, has_pages, open_arena
from benchmarks.chain_reading import measure_chain
from benchmarks.crawl import measure_crawl
from benchmarks.live_push import measure_live_push
from benchmarks.open_orders import measure_open_orders
from benchmarks.paying_out import measure_paying_out
from benchmarks.payments import measure_payments
from benchmarks.posting import measure_posting
from benchmarks.report import Row, save, table
from benchmarks.rounds import FULL, QUICK
from benchmarks.scaling import measure_scaling
from benchmarks.web_figures import measure_web

PARTS: Final = (
    "web",
    "posting",
    "open-orders",
    "live-push",
    "crawl",
    "chain",
    "chain-worker",
    "paying-out",
    "scaling",
)
STARTED: Final = time.monotonic()


def tell(words: str) -> None:
    """Say what is being measured, for it takes minutes."""
    print(f"[{time.monotonic() - STARTED:4.0f} s] {words}", file=sys.stderr, flush=True)


async def measure(
    arena: Arena, parts: Sequence[str], *, quick: bool, beside: Path | None
) -> list[Row]:
    """Every figure of the parts asked for."""
    pace = QUICK if quick else FULL
    rows: list[Row] = []
    if "web" in parts:
        rows += await measure_web(arena, pace, tell)
    if "posting" in parts:
        tell("ledger_post")
        rows.append(await measure_posting(arena, pace))
    if "open-orders" in parts:
        rows += await measure_open_orders(arena, tell, quick=quick)
    if "live-push" in parts and has_pages():
        rows += await measure_live_push(arena, tell, quick=quick)
    if "crawl" in parts and has_pages():
        rows += await measure_crawl(arena, tell, quick=quick)
    if "chain" in parts:
        rows.append(await measure_chain(arena, tell, quick=quick))
    if "chain-worker" in parts:
        rows += await measure_payments(arena, tell, quick=quick)
    if "paying-out" in parts:
        rows += await measure_paying_out(arena, pace, tell, quick=quick)
    if "scaling" in parts:
        rows += await measure_scaling(arena, pace, tell, beside)
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter rounds, fewer orders")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure only this part")
    parser.add_argument(
        "--beside", type=Path, help="another checkout, measured in the same rounds (scaling)"
    )
    arguments = parser.parse_args()
    forget_foreign_environment()
    notes = [] if has_pages() else ["without pages: the web process is the API alone"]
    with open_arena() as arena:
        rows = asyncio.run(
            measure(
                arena,
                arguments.only or PARTS,
                quick=arguments.quick,
                beside=arguments.beside and arguments.beside.resolve(),
            )
        )
    path = save(rows, quick=arguments.quick, notes=notes)
    print("", table(rows), "", *notes, f"details: {path}", sep="\n")
    return 0 if all(row.is_met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
