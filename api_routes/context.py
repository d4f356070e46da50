"""What the routes of one web process share."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from fastapi import Request

from api_routes.addresses import UNKNOWN, ClientAddresses
from api_routes.credentials import Credentials
from api_routes.payloads import CatalogPayloads
from api_routes.rate_limits import RateLimits, build_rate_limits
from api_routes.shared_windows import SharedWindows
from jiema_app.bootstrap import (
    START_PATIENCE_S,
    Services,
    build_geo_policy,
    listening,
    running_services,
)
from jiema_app.bootstrap_database import patiently
from jiema_app.domain.api_keys.service import Principal
from jiema_app.domain.compliance.actions import Action
from jiema_app.domain.compliance.geo import GeoPolicy
from jiema_app.domain.operations.readiness import Check
from jiema_app.domain.orders.codes import read_vocabulary
from jiema_app.settings import Settings


@dataclass(frozen=True, slots=True)
class WebContext:
    """The services, and what guards them."""

    services: Services
    credentials: Credentials
    limits: RateLimits
    addresses: ClientAddresses
    geo: GeoPolicy
    payloads: CatalogPayloads
    credentials_listeners: list[Callable[[str], None]] = field(default_factory=list)
    """Told whose keys, sessions or standing changed; of "" when it may be anybody's."""
    recharge_listeners: list[Callable[[str, str], None]] = field(default_factory=list)
    """Told which recharge changed, and whose it is; of "" when it may be any."""
    commission_listeners: list[Callable[[str, bool], None]] = field(default_factory=list)
    """Told whose commission, withdrawals, or link's figures changed, and whether their balance may
    have, too."""


@asynccontextmanager
async def running_context(settings: Settings) -> AsyncIterator[WebContext]:
    """Everything a web process needs, from its start to its end."""
    async with running_services(settings, "web", patience_s=START_PATIENCE_S) as services:
        context = WebContext(
            services=services,
            credentials=Credentials(services.api_keys),
            limits=build_rate_limits(settings),
            addresses=ClientAddresses(settings.geo.proxies, settings.geo.forwarded_header),
            geo=build_geo_policy(settings),
            payloads=CatalogPayloads(services.live_catalog),
        )
        # Now, and off the loop: else the first order would stop everybody for 0.3 s.
        await asyncio.to_thread(context.geo.admit, Action.UNKNOWN, UNKNOWN)
        await asyncio.to_thread(read_vocabulary)
        # It may have gone away again since it was reached.
        await patiently(services.live_catalog.reload, START_PATIENCE_S)

        def forget(user_id: str) -> None:
            context.credentials.forget(user_id)
            services.sessions.forget(user_id)
            for listen in context.credentials_listeners:
                listen(user_id)

        def tell_recharge(payload: str) -> None:
            recharge_id, _, user_id = payload.partition(" ")
            for listen in context.recharge_listeners:
                listen(recharge_id, user_id)

        def tell_withdrawal(payload: str) -> None:
            _, _, user_id = payload.partition(" ")
            # What it holds or gives back is commission, or was on the balance.
            may_be_balance = True
            for listen in context.commission_listeners:
                listen(user_id, may_be_balance)

        def tell_commission(payload: str) -> None:
            user_id, _, what = payload.partition(" ")
            for listen in context.commission_listeners:
                listen(user_id, bool(what))

        if isinstance(context.limits.windows, SharedWindows):
            services.readiness.probes.append(partial(_look_at_redis, context.limits.windows))
        channels = {
            "credentials_changed": forget,
            "recharge_changed": tell_recharge,
            "commission_changed": tell_commission,
            "withdrawal_changed": tell_withdrawal,
        }
        async with listening(services, channels, forget) as tasks:
            tasks.start("key-uses", context.credentials.note_uses)
            yield context
        await context.limits.close()


async def _look_at_redis(windows: SharedWindows) -> Check:
    """Told, and not needed: without it each process counts for itself."""
    answers = await windows.answers()
    return Check("redis", answers, "answers" if answers else "does not answer", is_needed=False)


def context_of(request: Request) -> WebContext:
    """The context of the process that serves a request."""
    context: WebContext = request.app.state.context
    return context


def principal_of(request: Request) -> Principal:
    """Who makes an authenticated request; the middleware has seen to it that somebody does."""
    principal: Principal = request.state.principal
    return principal
