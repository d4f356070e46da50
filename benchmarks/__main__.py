"""``python -m benchmarks``: measure, print a table, exit 1 when a target is missed."""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

from benchmarks.arena import Arena, forget_foreign_environment, has_pages, open_arena
from benchmarks.chain_reading import measure_chain
from benchmarks.crawl import measure_crawl
from benchmarks.invite_page import measure_invite_page
from benchmarks.live_push import measure_live_push
from benchmarks.open_orders import measure_open_orders
from benchmarks.paying_out import measure_paying_out
from benchmarks.payments import measure_payments
from benchmarks.posting import measure_posting
from benchmarks.report import Row, save, table
from benchmarks.rounds import FULL, QUICK
from benchmarks.scaling import measure_scaling
from benchmarks.telegram import measure_codes, measure_updates
from benchmarks.web_figures import measure_web

PARTS: Final = (
    "web",
    "posting",
    "open-orders",
    "live-push",
    "crawl",
    "chain",
    "chain-worker",
    "invite-page",
    "paying-out",
    "telegram-updates",
    "telegram-code",
    "scaling",
)
OF_PAGES: Final = ("live-push", "crawl")
"""These need the web pages built."""
STARTED: Final = time.monotonic()


def tell(words: str) -> None:
    """Say what is being measured, for it takes minutes."""
    print(f"[{time.monotonic() - STARTED:4.0f} s] {words}", file=sys.stderr, flush=True)


async def measure(
    arena: Arena, parts: Sequence[str], *, quick: bool, beside: Path | None
) -> list[Row]:
    """Every figure of the parts asked for, in the order in which they are listed."""
    pace = QUICK if quick else FULL
    known: dict[str, Callable[[], Awaitable[list[Row]]]] = {
        "web": lambda: measure_web(arena, pace, tell),
        "posting": lambda: measure_posting(arena, pace, tell),
        "open-orders": lambda: measure_open_orders(arena, tell, quick=quick),
        "live-push": lambda: measure_live_push(arena, tell, quick=quick),
        "crawl": lambda: measure_crawl(arena, tell, quick=quick),
        "chain": lambda: measure_chain(arena, tell, quick=quick),
        "chain-worker": lambda: measure_payments(arena, tell, quick=quick),
        "invite-page": lambda: measure_invite_page(arena, tell, quick=quick),
        "paying-out": lambda: measure_paying_out(arena, pace, tell, quick=quick),
        "telegram-updates": lambda: measure_updates(arena, tell, quick=quick),
        "telegram-code": lambda: measure_codes(arena, tell, quick=quick),
        "scaling": lambda: measure_scaling(arena, pace, tell, beside),
    }
    rows: list[Row] = []
    for part in PARTS:
        if part in parts and (part not in OF_PAGES or has_pages()):
            rows += await known[part]()
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
