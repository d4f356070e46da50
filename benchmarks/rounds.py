"""Ours and the baseline in turn, so that a change of the machine's mood meets both."""

import asyncio
import json
import statistics
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

from benchmarks.arena import HOST
from benchmarks.load import Job, Result
from benchmarks.report import Row
from jiema_app.processes.paths import ROOT

CONNECTIONS: Final = 16


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to measure."""

    rounds: int
    seconds: float


FULL: Final = Pace(rounds=5, seconds=3.0)
QUICK: Final = Pace(rounds=3, seconds=1.0)


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked of one web process."""

    port: int
    requests: list[str]
    expected: int = 200


class LoadFailed(RuntimeError):
    """Answers were not as expected, so the figure would mean nothing."""


def http_request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> str:
    """A whole request as the load client sends it."""
    every = {
        "Host": HOST,
        "User-Agent": "bench/1",
        "Accept": "application/json",
        "Accept-Encoding": "gzip, deflate, br",
        **headers,
    }
    if body:
        every |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in every.items())]
    return "\r\n".join([*lines, "", ""]) + body.decode("latin-1")


async def send_load(target: Target, seconds: float, *, once: bool = False) -> Result:
    """Run the load client against a process.

    Args:
        target: What to ask, and whom.
        seconds: For how long.
        once: Each request is sent once, and that is all.

    Raises:
        LoadFailed: An answer was not as expected.
    """
    job = Job(HOST, target.port, CONNECTIONS, seconds, target.requests, target.expected, once)
    client = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.load",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await client.communicate(json.dumps(asdict(job)).encode())
    if client.returncode != 0:
        raise LoadFailed("the load client failed")
    result = Result(**json.loads(output))
    if result.failures:
        raise LoadFailed(f"{result.failures} of {result.answers} failed: {result.complaint}")
    return result


async def compare(figure: str, ours: Target, baseline: Target, pace: Pace, least: float) -> Row:
    """Requests per second of both, and their ratio."""

    async def measure(target: Target) -> dict[str, Any]:
        return asdict(await send_load(target, pace.seconds))

    return await compare_rounds(
        figure, lambda: measure(ours), lambda: measure(baseline), pace, least
    )


async def compare_rounds(
    figure: str,
    ours: Callable[[], Awaitable[dict[str, Any]]],
    baseline: Callable[[], Awaitable[dict[str, Any]]],
    pace: Pace,
    least: float,
) -> Row:
    """Medians of what both sides make per second, in turn.

    Args:
        figure: Its name.
        ours: Measures once; the answer's ``per_second`` counts.
        baseline: Likewise.
        pace: How often.
        least: The ratio to reach.
    """
    found: dict[str, list[dict[str, Any]]] = {"ours": [], "baseline": []}
    for number in range(pace.rounds):
        sides = [("ours", ours), ("baseline", baseline)]
        # Whoever is second may find the machine warmer: take turns at that too.
        for name, measure in sides if number % 2 == 0 else reversed(sides):
            found[name].append(await measure())
    mine, theirs = (
        statistics.median(one["per_second"] for one in found[name]) for name in ("ours", "baseline")
    )
    return Row(
        figure=figure,
        ours=f"{mine:,.0f}/s",
        baseline=f"{theirs:,.0f}/s",
        ratio=mine / theirs,
        target=f"≥ {least:g} x",
        is_met=mine / theirs >= least,
        details=found,
    )
