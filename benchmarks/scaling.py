"""What it costs to have more than one web process: Redis between them, and each other.

All are started beside each other and asked in turn, in the same rounds: one process alone,
one with Redis, two with Redis, two that count for themselves, and the hand-written baseline in
one process and in two. What the last two gain by their second process is what the machine
allows: us without the cost of Redis, and anybody.
"""

import os
import statistics
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.arena import Arena, Process, Web
from benchmarks.report import Row
from benchmarks.rounds import Pace, Target, send_load
from benchmarks.web_figures import constant_answer, fill_shop, plain_get, plain_gets
from jiema_app.processes.paths import ROOT

API: Final = "/api/v1"

REDIS_LEAST: Final = 0.7
"""Of one process without Redis, by one with it."""
TWO_LEAST: Final = 1.0
TWO_LEAST_ROOMY: Final = 1.7
"""Of one process without Redis, by two with it, where each has a core of its own."""
ROOMY: Final = 4

ALONE, SHARING, TWO, APART = "one", "one, Redis", "two, Redis", "two, no Redis"
BARE, BARE_TWO = "bare", "bare, two"
OTHER: Final = "other checkout: "

KINDS: Final = ((ALONE, 1, False), (SHARING, 1, True), (TWO, 2, True), (APART, 2, False))
"""How our processes are started: name, how many, and whether a Redis is between them."""


@dataclass(slots=True)
class Contender:
    """Web processes that are asked, and how they fared.

    Attributes:
        is_bare: Whether it is the baseline, with addresses of its own.
        found: What the load client measured, by figure.
    """

    name: str
    web: Web
    helpers: Sequence[Process]
    is_bare: bool
    found: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    async def ask(self, figure: str, requests: list[str], seconds: float) -> None:
        """Measure once, and who used how much of the processor meanwhile."""
        before = self._processor_s()
        result = asdict(await send_load(Target(self.web.port, requests), seconds))
        after = self._processor_s()
        per_request = {
            name: [
                round(1e6 * (then - now) / max(1, result["per_second"] * seconds), 1)
                for now, then in zip(before[name], after[name], strict=True)
            ]
            for name in before
        }
        self.found.setdefault(figure, []).append({**result, "processor_us": per_request})

    def per_second(self, figure: str) -> float:
        """The median."""
        return float(statistics.median(one["per_second"] for one in self.found[figure]))

    def _processor_s(self) -> dict[str, list[float]]:
        return {each.name: each.processor_s() for each in (self.web.process, *self.helpers)}


async def measure_scaling(
    arena: Arena, pace: Pace, tell: Callable[[str], None], beside: Path | None = None
) -> list[Row]:
    """Every figure of it.

    Args:
        arena: Where.
        pace: How often, and for how long.
        tell: Says what is being measured.
        beside: Another checkout, whose processes are measured in the same rounds.
    """
    async with AsyncExitStack() as stack:
        tell("scaling: filling a shop")
        shop = await fill_shop(arena, stack)
        customers, orders, environment = shop.customers, shop.orders, shop.environment
        # Two checkouts with six processes each ask for more connections than the database has.
        kinds = KINDS if beside is None else KINDS[:-1]
        contenders = await _open(stack, arena, environment, kinds, ROOT, "")
        if beside is not None:
            contenders += await _open(stack, arena, environment, kinds, beside, OTHER)
        constant = await constant_answer(contenders[0].web, customers[0])
        told = shop.baseline_environment(arena.folder, constant)
        for name, workers in ((BARE, 1), (BARE_TWO, 2)):
            web = await stack.enter_async_context(arena.baseline(told, workers=workers))
            contenders.append(Contender(name, web, (), is_bare=True))
        accounts = range(1, len(customers) + 1)
        figures = {
            "GET /services": (
                plain_gets(customers, f"{API}/services"),
                plain_gets(customers, "/services"),
            ),
            "GET /orders/{id}": (
                [plain_get(who, f"{API}/orders/{order.id}") for who, order in orders],
                [plain_get(who, f"/orders/{order.id}") for who, order in orders],
            ),
            "GET /account": (
                plain_gets(customers, f"{API}/account"),
                [plain_get(customers[0], f"/account/{number}") for number in accounts],
            ),
        }
        rows = []
        # Without the worker's beat each question about an order would go on to the supplier.
        with arena.worker(environment):
            for figure, (ours, bare) in figures.items():
                tell(f"scaling: {figure}")
                for number in range(pace.rounds):
                    for one in contenders if number % 2 == 0 else reversed(contenders):
                        await one.ask(figure, bare if one.is_bare else ours, pace.seconds)
                rows += _rows(figure, {one.name: one for one in contenders})
        return rows


async def _open(
    stack: AsyncExitStack,
    arena: Arena,
    environment: Mapping[str, str],
    kinds: Sequence[tuple[str, int, bool]],
    root: Path,
    prefix: str,
) -> list[Contender]:
    """A checkout's processes, of each kind."""
    found = []
    for name, workers, shares in kinds:
        told, helpers = dict(environment), []
        if shares:
            told["REDIS_URL"], redis = await stack.enter_async_context(arena.redis())
            helpers.append(redis)
        web = await stack.enter_async_context(arena.web(told, workers=workers, root=root))
        found.append(Contender(prefix + name, web, helpers, is_bare=False))
    return found


def _rows(figure: str, by_name: Mapping[str, Contender]) -> list[Row]:
    cores = len(os.sched_getaffinity(0))
    two_least = TWO_LEAST_ROOMY if cores >= ROOMY else TWO_LEAST
    details = {name: one.found[figure] for name, one in by_name.items()}
    compared = [
        (SHARING, ALONE, REDIS_LEAST),
        (TWO, ALONE, two_least),
        (BARE_TWO, BARE, 0.0),
    ]
    if APART in by_name:
        compared.append((APART, ALONE, 0.0))
    if OTHER + ALONE in by_name:
        compared += [
            (OTHER + SHARING, OTHER + ALONE, 0.0),
            (OTHER + TWO, OTHER + ALONE, 0.0),
            (ALONE, OTHER + ALONE, 0.0),
            (SHARING, OTHER + SHARING, 0.0),
            (TWO, OTHER + TWO, 0.0),
        ]
    return [
        _row(f"{figure}: {one} / {other}", by_name[one], by_name[other], figure, least, details)
        for one, other, least in compared
    ]


def _row(
    name: str,
    one: Contender,
    other: Contender,
    figure: str,
    least: float,
    details: Mapping[str, Any],
) -> Row:
    mine, theirs = one.per_second(figure), other.per_second(figure)
    return Row(
        figure=name,
        ours=f"{mine:,.0f}/s",
        baseline=f"{theirs:,.0f}/s",
        ratio=mine / theirs,
        target=f"≥ {least:g} x" if least else "",
        is_met=mine / theirs >= least,
        details=dict(details),
    )
