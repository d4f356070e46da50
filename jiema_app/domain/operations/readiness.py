"""Whether the product can take an order now, and why not."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import asyncpg

from jiema_app.domain.catalog.live import LiveCatalog
from jiema_app.domain.operations.jobs import JobPulse, JobStates, pulses_on
from jiema_app.domain.transaction import DATABASE_TROUBLES, Database, name_of

LAG_MAX_S: Final = 15.0
"""A worker or a sync that is later than this is taken for stopped."""

PATIENCE_S: Final = 2.0
"""Whatever has not answered after this hangs. Whoever asks hears it within three seconds."""

NOT_READY: Final[tuple[type[Exception], ...]] = (*DATABASE_TROUBLES, asyncpg.PostgresError)
"""Whatever the database says instead."""

CHAIN_LAG_MAX_S: Final = 300.0
"""Final blocks are about a minute old on the real chain."""

CHAIN_SILENT_MAX_S: Final = 60.0
"""A node that did not let the chain be read for this long hangs, or is gone."""

CATALOGUE_AGE_MAX_S: Final = 300.0
"""It is read again every four minutes, whether or not something changed."""

CATALOGUE_BEHIND_MAX_S: Final = 15.0
"""A change of prices, or a service that is not to be sold any more, is shown by then."""

CURSOR: Final = """
select halted_because, block_number,
    extract(epoch from now() - block_time)::float as age_s
from chain_cursors where genesis_id = $1
"""

REVISION: Final = "select version_num from alembic_version"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be there.

    Attributes:
        detail: What everybody may read of it.
        why: What only those who run the shop may: words of errors, names of things.
        is_needed: Whether orders need it; what is not needed is told all the same.
    """

    name: str
    ok: bool
    detail: str
    why: str = ""
    is_needed: bool = True

    @property
    def in_full(self) -> str:
        """For those who run the shop."""
        return f"{self.detail}: {self.why}" if self.why else self.detail


Probe = Callable[[], Awaitable[Check]]
"""Looks at something that this process alone knows of."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Looks at everything an order needs.

    Attributes:
        genesis_id: Names the chain that must be read.
        head_revision: The newest migration of this checkout.
        supplier_jobs: The sync job of each supplier.
        chain_job: The job that reads the chain.
        bot_jobs: What is done for the bot in chats, where there is one; told, and not needed.
        heartbeat_job: The job that only says that a worker lives.
        probes: Of this process, each quick by itself.
    """

    database: Database
    jobs: JobStates
    live_catalog: LiveCatalog
    head_revision: str
    supplier_jobs: Sequence[str]
    genesis_id: str
    bot_jobs: Sequence[str] = ()
    heartbeat_job: str = "heartbeat"
    chain_job: str = "chain"
    probes: list[Probe] = field(default_factory=list)
    _asking: "set[asyncio.Task[list[Check]]]" = field(default_factory=set)

    async def check(self) -> list[Check]:
        """Every check, in the order in which to mend them. Takes ``PATIENCE_S`` at most."""
        # Beside us: giving up on a database that hangs takes a moment of its own.
        asking = asyncio.create_task(self._ask_database())
        self._asking.add(asking)
        asking.add_done_callback(self._asking.discard)
        own, _ = await asyncio.gather(
            asyncio.gather(*(probe() for probe in self.probes)),
            asyncio.wait([asking], timeout=PATIENCE_S),
        )
        if asking.done():
            stored = asking.result()
        else:
            asking.cancel()
            stored = [Check("database", ok=False, detail="does not answer")]
        return [*stored, self._catalogue(), *own]

    async def _ask_database(self) -> list[Check]:
        try:
            async with self.database.connection() as connection:
                revision = await connection.fetchval(REVISION)
                cursor = await connection.fetchrow(CURSOR, self.genesis_id)
                pulses = {pulse.job: pulse for pulse in await pulses_on(connection)}
        except asyncpg.UndefinedTableError:
            return [Check("migrations", ok=False, detail="never run")]
        except NOT_READY as error:
            return [Check("database", ok=False, detail="out of reach", why=name_of(error))]
        is_newest = revision == self.head_revision
        return [
            Check("database", ok=True, detail="answers"),
            Check(
                "migrations",
                is_newest,
                "all run" if is_newest else "another version's",
                f"at {revision}",
            ),
            _pulse("worker", pulses.get(self.heartbeat_job)),
            *_suppliers([(job, pulses.get(job)) for job in self.supplier_jobs]),
            _chain(cursor, pulses.get(self.chain_job)),
            *_bot([pulses[job] for job in self.bot_jobs if job in pulses]),
        ]

    def _catalogue(self) -> Check:
        live = self.live_catalog
        if live.behind_s > CATALOGUE_BEHIND_MAX_S:
            return Check(
                "catalogue", ok=False, detail=f"a change is unread for {live.behind_s:.0f} s"
            )
        if live.age_s > CATALOGUE_AGE_MAX_S:
            return Check("catalogue", ok=False, detail=f"{live.age_s:.0f} s old")
        stocked = sum(map(len, live.current.quotes.values()))
        return Check("catalogue", stocked > 0, f"{stocked} offers")


def _pulse(name: str, pulse: JobPulse | None) -> Check:
    if pulse is None or pulse.lag_s is None:
        return Check(name, ok=False, detail="has not run yet", why=_error_of(pulse))
    return Check(name, pulse.lag_s <= LAG_MAX_S, f"{pulse.lag_s:.0f} s late", _error_of(pulse))


def _suppliers(pulses: Sequence[tuple[str, JobPulse | None]]) -> list[Check]:
    """Each supplier. One of several may be away: an order needs one, whichever.

    Everybody may read this, and nobody is to learn the name of a supplier: they are numbered.
    """
    checks = [
        _pulse("supplier" if position == 1 else f"supplier {position}", pulse)
        for position, (_, pulse) in enumerate(pulses, start=1)
    ]
    if len(checks) == 1:
        return checks
    is_any_there = any(check.ok for check in checks)
    return [
        replace(
            check,
            why=": ".join(filter(None, (job, check.why))),
            is_needed=not is_any_there,
        )
        for check, (job, _) in zip(checks, pulses, strict=True)
    ]


def _bot(pulses: Sequence[JobPulse]) -> list[Check]:
    """The bot in chats, as its slowest job has it; nothing where no worker ever ran one."""
    if not pulses:
        return []
    checks = [_pulse("bot", pulse) for pulse in pulses]
    worst = next((check for check in checks if not check.ok), checks[0])
    return [replace(worst, is_needed=False)]


def _chain(cursor: Any, pulse: JobPulse | None) -> Check:
    why = _error_of(pulse)
    if cursor is None:
        return Check("chain", ok=False, detail="has not run yet", why=why)
    if cursor["halted_because"] is not None:
        return Check("chain", ok=False, detail="halted", why=cursor["halted_because"])
    if pulse is not None and pulse.lag_s is not None and pulse.lag_s > CHAIN_SILENT_MAX_S:
        return Check("chain", ok=False, detail=f"not read for {pulse.lag_s:.0f} s", why=why)
    age_s, number = cursor["age_s"], cursor["block_number"]
    return Check("chain", age_s <= CHAIN_LAG_MAX_S, f"block {number}, {age_s:.0f} s old")


def _error_of(pulse: JobPulse | None) -> str:
    return "" if pulse is None or pulse.last_error is None else pulse.last_error


def as_json(checks: Sequence[Check]) -> dict[str, Any]:
    """The answer of ``/readyz``, which everybody may read."""
    return {
        "ok": all(check.ok for check in checks if check.is_needed),
        "checks": {
            check.name: {
                "ok": check.ok,
                "detail": check.detail,
                **({} if check.is_needed else {"needed": False}),
            }
            for check in checks
        },
    }
