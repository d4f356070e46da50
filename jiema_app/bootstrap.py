"""The composition root: the only module that chooses implementations."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from math import ceil

from jiema_app.bootstrap_chain import (
    ChainServices,
    build_chain_services,
    build_pool,
    build_recharges,
    build_refunds,
    build_reviews,
)
from jiema_app.bootstrap_channel import ChannelServices, build_channel_services
from jiema_app.bootstrap_database import reach_database
from jiema_app.bootstrap_identity import build_mini_app, build_sessions
from jiema_app.bootstrap_payouts import PayoutServices, build_payout_services
from jiema_app.bootstrap_referrals import build_referrals
from jiema_app.bootstrap_support import SupportServices, build_support_services
from jiema_app.bootstrap_telegram import BOT_JOBS, TelegramServices, build_telegram_services
from jiema_app.domain.abuse_reports.service import AbuseReports
from jiema_app.domain.api_keys.service import ApiKeyService
from jiema_app.domain.catalog.live import LiveCatalog
from jiema_app.domain.catalog.search import CatalogSearch
from jiema_app.domain.catalog.service import CatalogService
from jiema_app.domain.chain.pool import WalletPool
from jiema_app.domain.chain.port import ChainSource
from jiema_app.domain.chain.wallets import Custody
from jiema_app.domain.clock import Clock, SystemClock
from jiema_app.domain.compliance.geo import GeoPolicy
from jiema_app.domain.figures.rollup import FigureRollup
from jiema_app.domain.glances import Glances, glances
from jiema_app.domain.identity.administrators import Administrators
from jiema_app.domain.identity.mini_app import MiniAppDoor
from jiema_app.domain.identity.service import IdentityService
from jiema_app.domain.identity.sessions import Sessions
from jiema_app.domain.identity.sign_in import SignIn
from jiema_app.domain.ledger.statement import Statement
from jiema_app.domain.notifications.sweeping import DeliveryDesk
from jiema_app.domain.operations.figures import Figures
from jiema_app.domain.operations.jobs import JobStates
from jiema_app.domain.operations.lookout import Lookout
from jiema_app.domain.operations.outbox import Outbox
from jiema_app.domain.operations.readiness import Check, Readiness
from jiema_app.domain.orders.expiry import Expiry
from jiema_app.domain.orders.history import OrderHistory
from jiema_app.domain.orders.looking import looked_at
from jiema_app.domain.orders.operators import OperatorBook
from jiema_app.domain.orders.own_routes import OwnRoutes
from jiema_app.domain.orders.purchase import Purchasing
from jiema_app.domain.orders.reconciliation import Reconciliation
from jiema_app.domain.orders.retention import Retention
from jiema_app.domain.orders.service import OrderService
from jiema_app.domain.orders.settlement import Settlement
from jiema_app.domain.orders.standing import StandingLimits
from jiema_app.domain.orders.supplier import Supplier
from jiema_app.domain.orders.sync import ActiveSync, OrderRefresh
from jiema_app.domain.orders.tasks import SupplierTasks
from jiema_app.domain.orders.waiting import OrderWatch
from jiema_app.domain.orders.webhook_inbox import WebhookInbox
from jiema_app.domain.payment_reviews.service import Reviews
from jiema_app.domain.payouts.port import PayoutChain
from jiema_app.domain.pricing.service import PricingService
from jiema_app.domain.recharges.service import RechargeService
from jiema_app.domain.referrals.commissions import Commissions
from jiema_app.domain.referrals.invite import Invites
from jiema_app.domain.referrals.service import Referrals
from jiema_app.domain.referrals.terms import ReferralTermsBook
from jiema_app.domain.refunds.service import Refunds
from jiema_app.domain.sealed_places import SealedPlaces
from jiema_app.domain.telegram.chat_choices import ChatChoices
from jiema_app.domain.transaction import Database, PooledDatabase
from jiema_app.domain.units import Cents, micro
from jiema_app.integrations.geoip.finder import GeoIpFinder
from jiema_app.integrations.postgres.address import current_address
from jiema_app.integrations.postgres.migrations import head_revision
from jiema_app.integrations.postgres.notifications import Hear, Notifications
from jiema_app.integrations.supplier.registry import build_suppliers
from jiema_app.integrations.tron.registry import build_chain, build_payout_chain
from jiema_app.settings import Settings
from jiema_app.supervised_tasks import SupervisedTasks

START_PATIENCE_S = 60.0
"""A server that starts waits this long for its database, which may be starting too."""

CLOSE_S = 3.0
"""Given to connections that are still in use when a process ends."""

DEAF_MAX_S = 5.0
"""A connection that listens is lost and found again with each restart of the database."""

PURCHASE_MARGIN_S = 8
"""Beyond its time-out, a purchase may still be waiting for its turn or for the database."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a process may do."""

    settings: Settings
    database: Database
    clock: Clock
    suppliers: Mapping[str, Supplier]
    catalog: CatalogService
    route_figures: FigureRollup
    live_catalog: LiveCatalog
    pricing: PricingService
    identity: IdentityService
    glances: Glances
    administrators: Administrators
    sessions: Sessions
    sign_in: SignIn
    mini_app: MiniAppDoor
    api_keys: ApiKeyService
    statement: Statement
    orders: OrderService
    operators: OperatorBook
    order_history: OrderHistory
    own_routes: OwnRoutes
    settlement: Settlement
    tasks: SupplierTasks
    webhook_inbox: WebhookInbox
    syncs: Mapping[str, ActiveSync]
    reconciliations: Mapping[str, Reconciliation]
    expiry: Expiry
    retention: Retention
    outbox: Outbox
    jobs: JobStates
    readiness: Readiness
    lookout: Lookout
    figures: Figures
    watch: OrderWatch
    refresher: OrderRefresh
    pool: WalletPool
    custody: Custody
    recharges: RechargeService
    reviews: Reviews
    refunds: Refunds
    abuse_reports: AbuseReports
    commissions: Commissions
    invites: Invites
    referrals: Referrals
    referral_terms: ReferralTermsBook
    payouts: PayoutServices
    chain: ChainServices | None
    """None in a process that was given no node."""
    deliveries: DeliveryDesk
    telegram: TelegramServices | None
    chat_choices: ChatChoices
    """None where there is no bot."""
    channel: ChannelServices
    support: SupportServices


def build_services(
    settings: Settings,
    database: Database,
    suppliers: Mapping[str, Supplier],
    clock: Clock | None = None,
    chain: ChainSource | None = None,
    payout_chain: PayoutChain | None = None,
) -> Services:
    """Put the services together on a database, suppliers, and perhaps a chain."""
    clock = clock or SystemClock()
    rules, limits = settings.orders, settings.limits
    secret = settings.secret_key.get_secret_value().encode()
    catalog = CatalogService(database, clock, tuple(suppliers))
    live_catalog = LiveCatalog(catalog)
    settlement = Settlement(
        database,
        clock,
        rules.late_sms_grace_s,
        {name: supplier.min_cancel_s for name, supplier in suppliers.items()},
    )
    watch, operators = OrderWatch(), OperatorBook(suppliers)
    commissions = Commissions(database)
    refresher = OrderRefresh(settlement, suppliers)
    jobs = JobStates(database)
    pool = build_pool(settings, database)
    readiness = Readiness(
        database,
        jobs,
        live_catalog,
        head_revision(),
        [f"sync:{name}" for name in suppliers],
        settings.tron_genesis_id,
        () if settings.bot is None else BOT_JOBS,
    )
    identity, sessions = IdentityService(database), build_sessions(settings, database, clock)
    welcome = micro(Cents(settings.welcome_usd * 100))
    sign_in = SignIn(database, clock, identity, sessions, welcome)
    return Services(
        settings=settings,
        database=database,
        clock=clock,
        suppliers=suppliers,
        catalog=catalog,
        live_catalog=live_catalog,
        pricing=PricingService(database, clock),
        identity=identity,
        glances=glances(database),
        administrators=Administrators(database),
        sessions=sessions,
        sign_in=sign_in,
        mini_app=build_mini_app(settings, sign_in),
        api_keys=ApiKeyService(database, limits.api_keys),
        statement=Statement(database, SealedPlaces.derived(secret)),
        own_routes=OwnRoutes(database),
        orders=OrderService(
            database=database,
            looked_at=looked_at(database),
            clock=clock,
            catalog=live_catalog,
            settlement=settlement,
            purchasing=Purchasing(
                database=database,
                suppliers=suppliers,
                settlement=settlement,
                window_s=rules.window_s,
                tries_max=rules.number_tries,
                phone_secret=secret,
            ),
            refresher=refresher,
            watch=watch,
            standing=StandingLimits(
                open_orders=limits.open_orders,
                cancels_per_hour=limits.cancels_per_hour,
                success_floor_percent=limits.success_floor_percent,
                success_after_orders=limits.success_after_orders,
            ),
            operators=operators,
            next_sms_max=rules.next_sms_max,
        ),
        operators=operators,
        order_history=OrderHistory(database, CatalogSearch(live_catalog)),
        settlement=settlement,
        tasks=SupplierTasks(database, suppliers),
        webhook_inbox=WebhookInbox(database, settlement, suppliers),
        syncs={
            name: ActiveSync(database, settlement, supplier) for name, supplier in suppliers.items()
        },
        reconciliations={
            name: Reconciliation(
                database=database,
                settlement=settlement,
                supplier=name,
                under_way_s=ceil(supplier.purchase_timeout_s) + PURCHASE_MARGIN_S,
                give_up_s=rules.unknown_give_up_s,
                window_s=rules.window_s,
                phone_secret=secret,
            )
            for name, supplier in suppliers.items()
        },
        expiry=Expiry(database, settlement, suppliers, rules.expiry_patience_s),
        retention=Retention(database, rules.retention_s, rules.idempotency_retention_s),
        route_figures=FigureRollup(database),
        outbox=Outbox(database),
        jobs=jobs,
        readiness=readiness,
        lookout=Lookout(readiness),
        figures=Figures(database, jobs),
        watch=watch,
        refresher=refresher,
        pool=pool,
        custody=Custody(database, settings.recharge.quarantine_s),
        recharges=build_recharges(settings, database, clock, pool),
        reviews=build_reviews(settings, database),
        refunds=build_refunds(settings, database),
        abuse_reports=AbuseReports(
            database, secret, settings.abuse.answer_hours, settings.abuse.contact_days
        ),
        commissions=commissions,
        invites=Invites(database, clock, commissions, SealedPlaces.derived(secret)),
        referrals=build_referrals(secret, database, clock),
        referral_terms=ReferralTermsBook(database),
        payouts=build_payout_services(settings, database, clock, payout_chain),
        chain=None if chain is None else build_chain_services(settings, database, clock, chain),
        deliveries=DeliveryDesk(database),
        telegram=build_telegram_services(settings, database),
        chat_choices=ChatChoices(database),
        channel=build_channel_services(settings, database, clock, live_catalog),
        support=build_support_services(settings, database, clock, settlement),
    )


def build_geo_policy(settings: Settings) -> GeoPolicy:
    """Where this deployment does not serve."""
    blocked = frozenset(country.upper() for country in settings.geo.blocked_countries)
    return GeoPolicy(blocked, GeoIpFinder(settings.geo.data_file))


@asynccontextmanager
async def running_services(
    settings: Settings, name: str, *, patience_s: float = 0.0
) -> AsyncIterator[Services]:
    """The services of a process, from opening its connections to closing them.

    Args:
        settings: Its settings.
        name: What it is, for the database's own views: ``web``, ``worker``, ``command``.
        patience_s: How long to wait for a database that is not there yet.
    """
    pool = await reach_database(settings, name, patience_s)
    async with (
        build_suppliers(settings) as suppliers,
        build_chain(settings) as chain,
        build_payout_chain(settings) as payout_chain,
    ):
        try:
            yield build_services(
                settings,
                PooledDatabase(pool, settings.database.acquire_timeout_s),
                suppliers,
                chain=chain,
                payout_chain=payout_chain,
            )
        finally:
            with suppress(TimeoutError):
                await asyncio.wait_for(pool.close(), CLOSE_S)
            pool.terminate()


@asynccontextmanager
async def listening(
    services: Services, extra: Mapping[str, Hear], on_gap: Hear
) -> AsyncIterator[SupervisedTasks]:
    """Keep a process informed: orders that change, the catalogue, the supplier's beat.

    Args:
        services: The process's services.
        extra: Further channels to hear.
        on_gap: Called, with an empty payload, whenever announcements may have been missed.

    Yields:
        What keeps it going, for further tasks that live as long as the process.
    """

    def after_gap() -> None:
        services.watch.wake_all()
        services.live_catalog.announce_change()
        on_gap("")

    channels: dict[str, Hear] = {
        "order_changed": services.watch.hear,
        "catalog_changed": services.live_catalog.hear,
        "supplier_beat": services.refresher.note_beat,
        # What inviting pays is read with the catalogue.
        "terms_changed": services.live_catalog.hear,
        **extra,
    }
    notifications = Notifications(current_address(), channels, after_gap)

    async def hearing() -> Check:
        deaf_s = notifications.deaf_s
        detail = "heard" if not deaf_s else f"not heard for {deaf_s:.0f} s"
        return Check("notifications", deaf_s <= DEAF_MAX_S, detail)

    services.readiness.probes.append(hearing)
    async with SupervisedTasks() as tasks:
        tasks.start("notifications", notifications.follow)
        tasks.start("catalogue", services.live_catalog.follow)
        try:
            yield tasks
        finally:
            services.readiness.probes.remove(hearing)
