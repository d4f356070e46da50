"""Requests that schemathesis makes up from the OpenAPI document, against a live stack.

    python -m tests.api.fuzz --cases 10000 [--seed 7]

Half of them fit the document, half break it in one place. Every answer must be one that the
document describes, and none may be our own failure.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.core.result import Ok as Read

from tests.support.cluster import close_cluster, open_cluster
from tests.support.live import LiveStack, live_stack
from tests.support.polling import PATIENCE_S

MODES: Final = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)

CHECKS: Final = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,  # the last one: see below
]

PLENTY: Final = {
    "LIMIT_READS_PER_MINUTE": "1000000",
    "LIMIT_WRITES_PER_MINUTE": "1000000",
    "LIMIT_ANONYMOUS_PER_MINUTE": "1000000",
    "LIMIT_OPEN_ORDERS": "1000000",
    "LIMIT_CANCELS_PER_HOUR": "1000000",
    "LIMIT_SUCCESS_FLOOR_PERCENT": "0",
}
"""Limits out of the way."""

SHORT_WAIT_S: Final = 0.01
OK: Final = 200


@dataclass
class Findings:
    """What a run found.

    Attributes:
        statuses: Answers by operation and status.
        failures: What was not as described, one for each kind.
    """

    statuses: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    @property
    def cases(self) -> int:
        """Requests made."""
        return self.statuses.total()


def read_document(origin: str) -> Any:
    """The document that a stack serves."""
    answer = httpx.get(f"{origin}/api/v1/openapi.json", timeout=PATIENCE_S, trust_env=False)
    return answer.raise_for_status().json()


def operations(document: Any) -> Iterator[Any]:
    """Every operation of a document."""
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        assert isinstance(result, Read), result
        yield result.ok()


def fuzz(
    origin: str,
    token: str,
    order_ids: list[str],
    *,
    cases_each: int,
    start: int,
    document: Any = None,
) -> Findings:
    """Make up requests for every operation.

    Args:
        origin: Of the web process.
        token: The key they are sent with.
        order_ids: Orders of its owner, put into addresses now and then.
        cases_each: Requests for each operation and mode.
        start: The same number gives the same requests.
        document: What answers are held against; without it, the stack's own.
    """
    findings = Findings()
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {token}"
        for operation in operations(document or read_document(origin)):
            for mode in MODES:
                run = _test(operation, mode, order_ids, origin, session, findings)
                bounded = settings(
                    max_examples=cases_each,
                    deadline=None,
                    database=None,
                    phases=[Phase.generate],
                    suppress_health_check=list(HealthCheck),
                )
                name = f"{operation.method.upper()} {operation.path} {mode.value}"
                try:
                    seed(start)(bounded(run))()
                except BaseExceptionGroup as several:
                    findings.failures += [f"{name}: {error}" for error in several.exceptions]
                except AssertionError as error:
                    findings.failures.append(f"{name}: {error}")
    return findings


def _test(
    operation: Any,
    mode: schemathesis.GenerationMode,
    order_ids: list[str],
    origin: str,
    session: requests.Session,
    findings: Findings,
) -> Any:
    fits = mode is schemathesis.GenerationMode.POSITIVE

    @given(case=operation.as_strategy(generation_mode=mode), dice=st.randoms(use_true_random=False))
    def run(case: schemathesis.Case[Any], dice: Any) -> None:
        if fits:
            _make_likely(case, order_ids, dice)
        _hurry(case)
        answer = case.call(base_url=origin, session=session)
        findings.statuses[f"{case.method.upper()} {operation.path} {answer.status_code}"] += 1
        if answer.status_code == OK and "phone" in answer.json()["data"]:
            # The further requests find orders that are still open.
            order_ids.append(answer.json()["data"]["id"])
        # Lists and objects become a parameter sent several times, of which the last counts.
        is_plain = not any(isinstance(value, list | dict) for value in case.query.values())
        case.validate_response(answer, checks=CHECKS if is_plain else CHECKS[:-1])

    return run


def _make_likely(case: schemathesis.Case[Any], order_ids: list[str], dice: Any) -> None:
    """Replace some made-up values by real ones, or nothing would ever be found."""
    if "order_id" in case.path_parameters and dice.random() < 0.6:
        # The list grows meanwhile, which must not change what is drawn.
        case.path_parameters["order_id"] = order_ids[dice.randrange(1 << 16) % len(order_ids)]
    if "service" in case.query and dice.random() < 0.6:
        case.query["service"] = dice.choice(["tg", "telegram", "wa"])
    if isinstance(case.body, dict) and dice.random() < 0.6:
        case.body["service"] = dice.choice(["tg", "Telegram", "wa"])
        case.body["country"] = dice.choice([0, "0", 7, "my", "US", 6])


def _hurry(case: schemathesis.Case[Any]) -> None:
    """Nobody has the time to wait 25 seconds for each."""
    wait = case.query.get("wait")
    if isinstance(wait, int | float) and 0 < wait <= 25:
        case.query["wait"] = SHORT_WAIT_S
    elif isinstance(wait, str):
        try:
            is_long = 0 < float(wait) <= 25
        except ValueError:
            return
        if is_long:
            case.query["wait"] = str(SHORT_WAIT_S)


async def some_orders(live: LiveStack) -> tuple[str, list[str]]:
    """A rich customer's key, and orders of theirs in several states."""
    ann = await live.customer(cents=100_000_000)
    ids = []
    async with live.client(ann) as api, live.supplier() as supplier:
        await supplier.behave(smsDelaySeconds=None, minCancelSeconds=0)
        for number in range(8):
            placed = await api.post("/api/v1/orders", json={"service": "tg", "country": 7})
            order = placed.json()["data"]
            ids.append(order["id"])
            if number % 3 == 0:
                await api.post(f"/api/v1/orders/{order['id']}/cancel")
            elif number % 3 == 1:
                (await supplier.sms(order["phone"], "Code 123456")).raise_for_status()
    return ann.token, ids


def main() -> int:
    """Run the long form; the exit code is 1 when anything was found."""
    import asyncio  # noqa: PLC0415 - of the long form only

    parser = argparse.ArgumentParser(description="Fuzz the API on a live stack of its own.")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    cluster = open_cluster()
    try:
        with live_stack(cluster, settings=PLENTY) as live:
            token, ids = asyncio.run(some_orders(live))
            each = -(
                -arguments.cases // (len(list(operations(read_document(live.origin)))) * len(MODES))
            )
            found = fuzz(live.origin, token, ids, cases_each=each, start=arguments.seed)
            books = asyncio.run(live.verify())
            noise = [
                line for line in live.webs[0].output.splitlines()
                if "Traceback" in line or "unhandled" in line
            ]  # fmt: skip
    finally:
        close_cluster()
    summary = {
        "cases": found.cases,
        "failures": len(found.failures),
        "books": books.as_json(),
        "logged": noise[:10],
        "statuses": dict(sorted(found.statuses.items())),
    }
    print(json.dumps(summary, indent=2))
    for failure in found.failures:
        print(failure, file=sys.stderr)
    return 1 if found.failures or noise or not books.ok else 0


if __name__ == "__main__":
    sys.exit(main())
