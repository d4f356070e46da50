"""``doctor``: every setting with its source, every dependency with its state and a remedy."""

import os
import platform
import sys
from collections.abc import Iterator
from typing import Any

import typer
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import RedisError

from jiema_app.bootstrap import Services
from jiema_app.commands.chain_findings import examine_chain
from jiema_app.commands.console import with_services
from jiema_app.commands.findings import Finding
from jiema_app.commands.payout_findings import examine_payouts
from jiema_app.domain.orders.supplier import SupplierError
from jiema_app.integrations.geoip.finder import GeoIpFinder
from jiema_app.settings import get_settings
from jiema_app.settings.forms import Group

OLDEST_POSTGRES = 150000
PATCHED = {(3, 11): 10, (3, 12): 6}
"""The first patch release of each line that reads cookies in linear time (CVE-2024-7592)."""
REMEDIES = {
    "database": "start it with `make run`, or set DATABASE_URL",
    "postgres": "use PostgreSQL 15 or newer",
    "migrations": "run `python -m jiema_app migrate`",
    "worker": "start one with `python -m backend_jobs`",
    "supplier": "see SUPPLIER_BASE_URL and SUPPLIER_API_KEY, and whether a worker runs",
    "supplier key": "see SUPPLIER_BASE_URL and SUPPLIER_API_KEY",
    "catalogue": "run `python -m jiema_app catalog sync --offers`",
    "abuse reports": "see `python -m jiema_app abuse list`",
    "bot": "run `python -m jiema_app telegram check`",
    "redis": "start it, or correct REDIS_URL",
}


def doctor() -> None:
    """Print every setting with its source, and every dependency with its state."""
    for name, value, source in _settings(get_settings()):
        typer.echo(f"{name:<36} {value!s:<46} {source}")
    typer.echo("")
    findings = with_services(_examine)
    for finding in findings:
        mark = "ok " if finding.ok else "BAD"
        advice = finding.remedy or REMEDIES.get(finding.name, "")
        remedy = "" if finding.ok else f"  → {advice}"
        typer.echo(f"{mark} {finding.name:<14} {finding.detail}{remedy}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def _settings(group: Group) -> Iterator[tuple[str, Any, str]]:
    for name in type(group).model_fields:
        value = getattr(group, name)
        if isinstance(value, Group):
            yield from _settings(value)
            continue
        if name == "further_suppliers":
            for further in value:
                yield from _settings(further)
            continue
        variable = group.variable(name)
        source = "environment" if variable in os.environ else "default"
        shown = "(hidden)" if isinstance(value, SecretStr) or ("url" in name and value) else value
        yield variable, shown, source


async def _examine(services: Services) -> list[Finding]:
    await services.live_catalog.reload()
    checks = await services.readiness.check()
    # What reads the chain is looked at together with the chain.
    findings = [Finding(one.name, one.ok, one.in_full) for one in checks if one.name != "chain"]
    async with services.database.connection() as connection:
        version = int(await connection.fetchval("show server_version_num"))
    findings.insert(
        1, Finding("postgres", version >= OLDEST_POSTGRES, f"version {version // 10000}")
    )
    for supplier in services.suppliers.values():
        try:
            await supplier.check()
        except SupplierError as error:
            what, ok = type(error).__name__, False
        else:
            what, ok = "accepted", True
        findings.append(Finding("supplier key", ok=ok, detail=f"{supplier.name}: {what}"))
    findings.append(_python())
    findings += await examine_chain(services)
    findings += await examine_payouts(services)
    findings.append(await _reports(services))
    if services.support.desk.group is not None:
        findings.append(await _support(services))
    if services.settings.redis_url:
        findings.append(await _redis(services.settings.redis_url.get_secret_value()))
    findings.append(
        Finding(
            "places", ok=True, detail=GeoIpFinder(services.settings.geo.data_file).describe_data()
        )
    )
    return findings


async def _reports(services: Services) -> Finding:
    """Whether reports of abuse are answered as soon as their page promises."""
    waiting = await services.abuse_reports.count_waiting()
    hours = services.settings.abuse.answer_hours
    detail = f"{waiting.count} wait for an answer, {waiting.overdue} for more than {hours} h"
    return Finding("abuse reports", ok=not waiting.overdue, detail=detail)


async def _support(services: Services) -> Finding:
    """Whether customers are answered as soon as they are told, and the group can be reached."""
    found = await services.support.keeping.figures()
    hours = services.settings.support.answer_hours
    is_late = found.oldest_unanswered_s > hours * 3600
    detail = f"{found.unanswered} of {found.open} cases unanswered"
    if found.oldest_unanswered_s:
        detail += f", the oldest for {found.oldest_unanswered_s // 3600} h"
    if found.waiting:
        remedy = "the bot cannot write to the group: run `python -m jiema_app telegram check`"
        detail += f"; {found.waiting} messages wait for the group"
    else:
        remedy = "answer them in their topics"
    return Finding("support", not found.waiting and not is_late, detail, remedy)


def _python() -> Finding:
    """Whether this Python has the mends of its own library that matter to a server.

    A warning: what we know of is kept away from it (web/cookies.py, web/heads.py).
    """
    newest = PATCHED.get(sys.version_info[:2])
    version = platform.python_version()
    if newest is not None and sys.version_info[2] < newest:
        major, minor = sys.version_info[:2]
        return Finding(
            "python", ok=True, detail=f"{version}, better {major}.{minor}.{newest} or newer"
        )
    return Finding("python", ok=True, detail=version)


async def _redis(url: str) -> Finding:
    client = Redis.from_url(url, socket_connect_timeout=3)
    try:
        await client.get("doctor")
    except (RedisError, OSError) as error:
        return Finding("redis", ok=False, detail=type(error).__name__)
    finally:
        await client.aclose()
    return Finding("redis", ok=True, detail="answers")
