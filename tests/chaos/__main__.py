"""``python -m tests.chaos``: break everything, then prove that nothing was lost.

python -m tests.chaos                      every drill in full, an hour
python -m tests.chaos --short              every drill, a minute or two
python -m tests.chaos storm --seed 4711    one drill, as that seed has it
python -m tests.chaos --only payments      the same as naming it
"""

import argparse
import importlib.util
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext

import orjson

from jiema_app.observability.logs import configure_logs
from tests.chaos import payments_plan, payouts_plan
from tests.chaos.commissions import run_commissions
from tests.chaos.evidence import data_folder
from tests.chaos.idempotency import run_idempotency
from tests.chaos.limiter import FULL_S, SHORT_S, LimiterDrill
from tests.chaos.messages import FULL as ALL_MESSAGES
from tests.chaos.messages import SHORT as FEW_MESSAGES
from tests.chaos.messages import run_messages
from tests.chaos.payments import run_payments
from tests.chaos.payments_outages import TWO_HOURS, run_outages
from tests.chaos.payouts import run_payouts
from tests.chaos.plan import FULL, SHORT, Scale, make_plan
from tests.chaos.races import run_races
from tests.chaos.result import Result
from tests.chaos.stack import breakable_cluster
from tests.chaos.storm import run_storm

DRILLS = (
    "limiter",
    "idempotency",
    "races",
    "commissions",
    "storm",
    "payments",
    "payouts",
    "messages",
    "fuzz",
)
FUZZ = "tests.api.fuzz"


def main() -> int:
    """Run the drills that were asked for; 0 when every promise held."""
    options = _options()
    # Ended in any way but by SIGKILL, it takes everything that it started with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    seed = secrets.randbelow(1_000_000) if options.seed is None else options.seed
    configure_logs(form="console", level="ERROR", process="chaos")
    print(f"seed={seed}", flush=True)
    results = []
    try:
        for result in _run(options, seed):
            results.append(result)
            print(result.line(), flush=True)
            for sentence in result.broken:
                print(f"       {sentence}", flush=True)
    except KeyboardInterrupt:
        print(f"interrupted seed={seed}")
        return 130
    ok = all(result.ok for result in results)
    _write_summary(seed, results, ok=ok)
    print("ok" if ok else f"FAILED seed={seed}")
    return 0 if ok else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("drills", nargs="*", metavar="drill", help="; ".join(DRILLS))
    parser.add_argument("--only", action="append", default=[], metavar="drill")
    parser.add_argument("--seed", type=int, help="replays a run's plan; printed by every run")
    parser.add_argument("--short", action="store_true", help="a small size of everything")
    storm = parser.add_argument_group("the storm's size")
    storm.add_argument("--users", type=int, default=FULL.users)
    storm.add_argument("--steps", type=int, default=FULL.steps)
    storm.add_argument("--kills", type=int, default=FULL.kills)
    storm.add_argument("--restarts", type=int, default=FULL.restarts, help="of PostgreSQL")
    storm.add_argument("--seconds", type=float, default=FULL.seconds)
    options = parser.parse_args()
    options.drills = [*options.drills, *options.only] or list(DRILLS)
    unknown = set(options.drills) - set(DRILLS)
    if unknown:
        parser.error(f"unknown drills: {sorted(unknown)}")
    return options


def _run(options: argparse.Namespace, seed: int) -> Iterator[Result]:
    short: bool = options.short
    scale = SHORT if short else Scale(
        options.users, options.steps, options.kills, options.restarts, options.seconds
    )  # fmt: skip
    drills: dict[str, Callable[[], Result]] = {
        "idempotency": lambda: run_idempotency(seed, keys=20 if short else 1000),
        "races": lambda: run_races(seed, rounds=500 if short else 10_000),
        "commissions": lambda: run_commissions(seed, orders=600 if short else 10_000),
    }
    beside = LimiterDrill(SHORT_S if short else FULL_S) if "limiter" in options.drills else None
    # The limiter's windows pass by themselves; the others use the time.
    with beside or nullcontext():
        for name, drill in drills.items():
            if name in options.drills:
                yield drill()
        if beside is not None:
            yield beside.finish()
    # The storm has the machine to itself.
    if "storm" in options.drills:
        yield run_storm(make_plan(seed, scale))
    if "payments" in options.drills:
        size = payments_plan.SHORT if short else payments_plan.FULL
        yield run_payments(payments_plan.make_payments(seed, size))
        yield run_outages(blocks=60 if short else TWO_HOURS)
    if "payouts" in options.drills:
        yield run_payouts(seed, payouts_plan.SHORT if short else payouts_plan.FULL)
    if "messages" in options.drills:
        with breakable_cluster() as (cluster, _):
            yield run_messages(seed, FEW_MESSAGES if short else ALL_MESSAGES, cluster)
    if "fuzz" in options.drills and importlib.util.find_spec(FUZZ) is not None:
        yield _fuzz(500 if short else 10_000)


def _fuzz(cases: int) -> Result:
    """Requests that no client would send, from the API's own description."""
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-m", FUZZ, "--cases", str(cases)], check=False)
    result = Result("fuzz", {"cases": cases, "seconds": time.monotonic() - began})
    if done.returncode:
        result.broken.append(f"{FUZZ} ended with {done.returncode}")
    return result


def _write_summary(seed: int, results: list[Result], *, ok: bool) -> None:
    summary = {
        "seed": seed,
        "ok": ok,
        "drills": [
            {
                "name": result.name,
                "ok": result.ok,
                "figures": result.figures,
                "broken": result.broken,
                "details": result.details,
            }
            for result in results
        ],
    }
    path = data_folder() / "summary.json"
    path.write_bytes(orjson.dumps(summary, option=orjson.OPT_INDENT_2, default=str))
    print(f"summary={path}")


if __name__ == "__main__":
    sys.exit(main())
