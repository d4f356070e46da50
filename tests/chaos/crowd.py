"""The users: they go on asking while everything around them breaks."""

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Final, Self

import httpx

from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.ledger.accounts import TransferKind
from jiema_app.domain.transaction import DATABASE_TROUBLES, PooledDatabase
from jiema_app.domain.units import Cents, micro
from tests.chaos.memory import Known, Memory
from tests.chaos.plan import Act, Plan, Step
from tests.support.live import LiveStack

AT_ONCE: Final = 160
"""Acts under way at most; a creation may wait long for the first one with its key."""

RETRY_PAUSE_S: Final = 0.7
TIMEOUT_S: Final = 40.0
RETRIED: Final = frozenset({"INTERNAL", "IDEMPOTENCY_CONFLICT", "UPSTREAM_ERROR"})
"""Answers after which a client with an idempotency key asks again."""


@dataclass
class Crowd:
    """Everybody who does something in one run."""

    plan: Plan
    live: LiveStack
    database: PooledDatabase
    memory: Memory
    pairs: Sequence[tuple[str, int]]
    _webs: list[httpx.AsyncClient] = field(default_factory=list)
    _sandbox: httpx.AsyncClient = field(init=False)
    _more: AsyncExitStack = field(default_factory=AsyncExitStack)
    _codes: Iterator[int] = field(default_factory=lambda: itertools.count(100_000))

    async def __aenter__(self) -> Self:
        limits = httpx.Limits(max_connections=AT_ONCE * 2)
        for origin in [*self.live.origins, self.live.sandbox_origin]:
            client = httpx.AsyncClient(
                base_url=origin, timeout=TIMEOUT_S, limits=limits, trust_env=False
            )
            self._webs.append(await self._more.enter_async_context(client))
        self._sandbox = self._webs.pop()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._more.aclose()

    async def act_all(self) -> None:
        """Take every step of the plan at its time, many at once."""
        semaphore = asyncio.Semaphore(AT_ONCE)
        loop = asyncio.get_running_loop()
        began = loop.time()

        async def guarded(step: Step) -> None:
            try:
                await self._act(step)
            finally:
                semaphore.release()

        async with asyncio.TaskGroup() as steps:
            for step in self.plan.steps:
                await asyncio.sleep(max(0.0, began + step.at_s - loop.time()))
                await semaphore.acquire()
                steps.create_task(guarded(step))

    async def _act(self, step: Step) -> None:
        match step.act:
            case Act.CREATE:
                again = 2 if step.is_double and step.key else 1
                await asyncio.gather(*(self._create(step, step.web + n) for n in range(again)))
            case Act.CREDIT:
                await self._credit(step)
            case _:
                known = self._pick(step)
                if known is None:
                    self._count(step, "nothing to do")
                    return
                await getattr(self, f"_{step.act.name.lower()}")(step, known)

    def _pick(self, step: Step) -> Known | None:
        """One of the user's orders, rather a young one; what may end is picked open."""
        orders = self.memory.by_user[step.user]
        if step.act is not Act.POLL:
            orders = [known for known in orders if known.ended_as is None]
        if step.act is Act.NEXT_SMS:
            orders = [known for known in orders if known.codes] or orders
        recent = orders[-4:]
        return recent[int(step.draw * len(recent))] if recent else None

    def _count(self, step: Step, answer: str) -> None:
        self.memory.answers[f"{step.act}: {answer}"] += 1

    async def _ask(
        self, step: Step, web: int, method: str, path: str, **more: Any
    ) -> httpx.Response | None:
        """An answer, or None when the connection was lost."""
        headers = {**self.memory.customers[step.user].headers, **more.pop("headers", {})}
        client = self._webs[web % len(self._webs)]
        try:
            answer = await client.request(method, f"/api/v1{path}", headers=headers, **more)
        except httpx.TransportError:
            self._count(step, "connection lost")
            return None
        self._count(step, "200" if answer.is_success else code_of(answer))
        return answer

    async def _create(self, step: Step, web: int) -> None:
        service, country = self.pairs[step.pair % len(self.pairs)]
        headers = {"Idempotency-Key": step.key} if step.key else {}
        for attempt in range(step.tries if step.key else 1):
            answer = await self._ask(
                step, web + attempt, "POST", "/orders",
                json={"service": service, "country": country}, headers=headers,
            )  # fmt: skip
            if answer is not None and answer.status_code == 200:
                self.memory.hear_created(step.user, step.key, answer.json()["data"])
                return
            if answer is not None and code_of(answer) not in RETRIED:
                return
            await asyncio.sleep(RETRY_PAUSE_S)

    async def _poll(self, step: Step, known: Known) -> None:
        query = {"wait": "3"} if step.is_double else {}
        then = known.copy()
        answer = await self._ask(step, step.web, "GET", f"/orders/{known.id}", params=query)
        if answer is None:
            return
        if answer.status_code == 200:
            self.memory.hear_state(known, answer.json()["data"], then)
        elif answer.status_code == 404:
            self.memory.hear_missing(known)

    async def _cancel(self, step: Step, known: Known) -> None:
        answer = await self._ask(step, step.web, "POST", f"/orders/{known.id}/cancel")
        if answer is None:
            return
        if answer.status_code == 200:
            self.memory.hear_cancelled(known)
        elif answer.status_code == 404:
            self.memory.hear_missing(known)

    async def _next_sms(self, step: Step, known: Known) -> None:
        answer = await self._ask(step, step.web, "POST", f"/orders/{known.id}/next-sms")
        if answer is not None and answer.status_code == 404:
            self.memory.hear_missing(known)

    async def _sms(self, step: Step, known: Known) -> None:
        body = {"phone": known.phone, "text": f"Your code is {next(self._codes)}"}
        for _ in range(2 if step.is_double else 1):
            try:
                answer = await self._sandbox.post("/control/supplier/sms", json=body)
            except httpx.TransportError:
                self._count(step, "connection lost")
            else:
                self._count(step, "arrived" if answer.is_success else "nobody there")

    async def _credit(self, step: Step) -> None:
        """An administrator's credit: repeated with its reference until it is certain."""
        reference = f"chaos-{step.at_s!r}-{step.draw!r}"
        amount = micro(Cents(step.cents))
        user = self.memory.customers[step.user].id
        while True:
            try:
                async with self.database.transaction() as connection:
                    await ledger.credit(
                        connection, user, amount,
                        kind=TransferKind.ADMIN_CREDIT, reference=reference,
                    )  # fmt: skip
            except DATABASE_TROUBLES:
                self._count(step, "database lost")
                await asyncio.sleep(RETRY_PAUSE_S)
            else:
                self.memory.credited_micro[step.user] += amount
                self._count(step, "credited")
                return


def code_of(answer: httpx.Response) -> str:
    """The stable code of an error."""
    try:
        return str(answer.json()["code"])
    except (ValueError, KeyError):
        return f"HTTP {answer.status_code}"
