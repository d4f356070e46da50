"""Laying out the services for the pages' states, for as long as the process runs."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

import reflex as rx
from fastapi import FastAPI

from jiema_app.domain.compliance.geo import GeoPolicy
from jiema_app.domain.errors import RateLimited
from jiema_app.domain.units import OrderId
from jiema_app.processes.memory import give_back_memory
from jiema_app.serving.departed_tabs import DepartedTabs
from jiema_app.serving.session_cookie import session_cookie_of
from jiema_app.site.states.live_pages import LivePages, commission_topic, orders_topic
from jiema_app.site.states.page_services import (
    PageServices,
    close_page_services,
    open_page_services,
)
from jiema_app.site.states.pusher import ReflexPusher, ReflexTabs
from jiema_app.supervised_tasks import SupervisedTasks

if TYPE_CHECKING:
    from api_routes.context import WebContext
    from api_routes.rate_limits import RateLimits
    from jiema_app.bootstrap import Services


def page_services_of(
    services: "Services", limits: "RateLimits", live: LivePages, geo: GeoPolicy
) -> PageServices:
    """What states may use of a process's services."""

    async def admit_read(user_id: str) -> None:
        verdict = await limits.count_page(user_id)
        if not verdict.allowed:
            raise RateLimited("Too many pages in a minute.", retry_after_s=verdict.reset_s)

    settings = services.settings
    return PageServices(
        clock=services.clock,
        catalog=services.live_catalog,
        identity=services.identity,
        sessions=services.sessions,
        mini_app=services.mini_app,
        api_keys=services.api_keys,
        orders=services.orders,
        order_history=services.order_history,
        own_routes=services.own_routes,
        statement=services.statement,
        recharges=services.recharges,
        invites=services.invites,
        commissions=services.commissions,
        withdrawals=services.payouts.withdrawals,
        withdrawal_drafts=services.payouts.drafts,
        withdrawal_confirmations=services.payouts.confirmations,
        withdrawal_terms=services.payouts.terms,
        decision_times=services.payouts.decision_times,
        abuse_reports=services.abuse_reports,
        glances=services.glances,
        chat_choices=services.chat_choices,
        read_session=session_cookie_of(settings.origin, settings.session.days).read,
        live=live,
        geo=geo,
        admit_read=admit_read,
        admit_write=limits.admit_write,
        note_refused=services.sign_in.note_refused,
        may_ask_chain=limits.may_ask_chain,
    )


def provide_page_services(
    app: rx.App, api: FastAPI
) -> Callable[[], AbstractAsyncContextManager[None]]:
    """A lifespan task for Reflex; it needs the API's to run around it."""

    @asynccontextmanager
    async def page_services_lifespan() -> AsyncIterator[None]:
        context: WebContext = api.state.context
        pusher = ReflexPusher(app)
        live = LivePages(pusher)
        services = context.services
        pusher.keep_to_pages()
        open_page_services(page_services_of(services, context.limits, live, context.geo))
        _announce_changes(context, live)
        async with SupervisedTasks() as tasks:
            tasks.start("page-sweep", live.sweep)
            tasks.start("departed-tabs", DepartedTabs(ReflexTabs(app, live)).sweep)
            give_back_memory()  # what starting up took
            try:
                yield
            finally:
                close_page_services()

    return page_services_lifespan


def _announce_changes(context: "WebContext", live: LivePages) -> None:
    """Have the database's announcements reach the open pages."""

    def hear_order(order: OrderId | None, owner: str) -> None:
        if order is None:
            live.announce_all()
            return
        live.announce(f"order:{order}")
        if owner:
            live.announce(orders_topic(owner))

    context.services.watch.listeners.append(hear_order)

    def hear_credentials(user_id: str) -> None:
        if user_id:
            live.announce(f"user:{user_id}")
        else:
            live.announce_all()

    context.credentials_listeners.append(hear_credentials)

    def hear_recharge(recharge_id: str, user_id: str) -> None:
        if recharge_id:
            live.announce(f"recharge:{recharge_id}")
            live.announce(f"user:{user_id}")
            live.announce(orders_topic(user_id))
        else:
            live.announce_all()

    context.recharge_listeners.append(hear_recharge)

    def hear_commission(user_id: str, is_balance_new: bool) -> None:  # noqa: FBT001 - a callback
        live.announce(commission_topic(user_id))
        if is_balance_new:
            live.announce(orders_topic(user_id))

    context.commission_listeners.append(hear_commission)
