"""What others notice of one address that does its worst, and what is left of it in memory.

``python -m benchmarks.attack`` starts a copy, attacks it over the loopback interface with one
connection, with fifty, and with fifty of somebody who is signed in, and asks meanwhile as
somebody else for ``/healthz`` and for the page of an order of theirs.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import httpx

from benchmarks.arena import (
    Arena,
    Web,
    environment_of,
    forget_foreign_environment,
    has_pages,
    open_arena,
    services_on,
)
from benchmarks.people import make_customers, place_orders, stock
from benchmarks.report import Row, save, table

P99_MS: Final = 100.0
GROWTH_MB: Final = 20.0
EVERY_S: Final = 0.02
WARM_UP_S: Final = 4.0
LEFT_S: Final = 50.0
"""After an attack: guests' tabs are forgotten 30 s after they went."""
NEIGHBOUR: Final = "198.51.100.9"
KINDS: Final = (
    ("1 connection", 1, False),
    ("50 connections", 50, False),
    ("50, signed in", 50, True),
)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Somebody else, from another address, with an order."""

    origin: str
    path: str
    cookie: str

    async def ask_until(self, is_over: Callable[[], bool]) -> dict[str, list[float]]:
        """How long each answer took, in ms, by what was asked for."""
        took: dict[str, list[float]] = {"/healthz": [], self.path: []}
        headers = {"X-Forwarded-For": NEIGHBOUR, "Cookie": self.cookie}
        async with httpx.AsyncClient(base_url=self.origin, headers=headers, timeout=30) as client:
            while not is_over():
                for path, times in took.items():
                    began = time.perf_counter()
                    (await client.get(path)).raise_for_status()
                    times.append((time.perf_counter() - began) * 1000)
                    await asyncio.sleep(EVERY_S)
        return took


def quantile(values: list[float], share: float) -> float:
    """The value that so many are below."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def measure_attack(arena: Arena, tell: Callable[[str], None], seconds: float) -> list[Row]:
    """One row for each kind of attacker."""
    address = await arena.new_database()
    async with arena.sandbox() as sandbox, services_on(address, sandbox) as services:
        await stock(services)
        buyer, stranger = await make_customers(services, 2)
        [(_, order), *_] = await place_orders(services, [buyer], 1)
        cookies = []
        for customer in (buyer, stranger):
            async with services.database.transaction() as connection:
                token = await services.sessions.open(connection, customer.buyer.user_id, "bench")
            cookies.append(f"sid={token}")
        environment = environment_of(address, sandbox, supplier_pace=0)
        # The product's own limits are what is measured.
        own = {name: value for name, value in environment.items() if not name.startswith("LIMIT_")}
        own["GEO_TRUSTED_PROXIES"] = "127.0.0.1/32"
        rows = []
        for name, connections, is_member in KINDS:
            tell(f"attack: {name}")
            async with arena.web(own) as web:
                neighbour = Neighbour(web.origin, f"/en/order/{order.id}?plain", cookies[0])
                cookie = cookies[1] if is_member else ""
                rows += await _attack(web, neighbour, name, seconds, connections, cookie)
        return rows


async def _attack(
    web: Web, neighbour: Neighbour, name: str, seconds: float, connections: int, cookie: str
) -> list[Row]:
    warm = time.monotonic() + WARM_UP_S
    quiet = await neighbour.ask_until(lambda: time.monotonic() > warm)
    before = web.process.rss_mb()
    command = [sys.executable, "-m", "benchmarks.attackers", web.origin]
    attackers = await asyncio.create_subprocess_exec(
        *command, str(seconds), str(connections), cookie, stdout=asyncio.subprocess.PIPE
    )
    took = await neighbour.ask_until(lambda: attackers.returncode is not None)
    peak = web.process.rss_mb()
    output, _ = await attackers.communicate()
    await asyncio.sleep(LEFT_S)
    growth = web.process.rss_mb() - before
    details = {"before_mb": before, "at_end_mb": peak, "sent": output.decode().strip()}
    rows = []
    for path, times in took.items():
        p50, p99 = quantile(times, 0.5), quantile(times, 0.99)
        what = "/healthz" if path == "/healthz" else "an order's page"
        rows.append(
            Row(f"{name}: {what} of others, p50 / p99",
                f"{p50:.0f} / {p99:.0f} ms", f"{quantile(quiet[path], 0.99):.0f} ms quiet", None,
                f"p99 ≤ {P99_MS:.0f} ms", p99 <= P99_MS, {**details, "times": len(times), "max": max(times)})
        )  # fmt: skip
    rows.append(
        Row(f"{name}: memory after it left", f"{growth:+.0f} MB", f"{before:.0f} MB", None,
            f"≤ {GROWTH_MB:.0f} MB", growth <= GROWTH_MB, details)
    )  # fmt: skip
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.attack", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="of each of the three attacks")
    arguments = parser.parse_args()
    forget_foreign_environment()
    if not has_pages():
        sys.exit("the pages are not built: make build")
    with open_arena() as arena:
        rows = asyncio.run(
            measure_attack(arena, lambda words: print(words, file=sys.stderr), arguments.seconds)
        )
    path = save(rows, quick=arguments.seconds < 60, notes=[])
    print("", table(rows), "", f"details: {path}", sep="\n")
    return 0 if all(row.is_met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
