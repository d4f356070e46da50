"""The part of the composition root that deals with money that comes in by the chain."""

from dataclasses import dataclass

from jiema_app.domain.chain.pool import WalletPool
from jiema_app.domain.chain.port import ChainSource
from jiema_app.domain.chain.reconciliation import ChainReconciliation
from jiema_app.domain.chain.scanner import ChainScanner
from jiema_app.domain.chain.sightings import Sightings
from jiema_app.domain.clock import Clock
from jiema_app.domain.payment_reviews.service import Reviews
from jiema_app.domain.payouts.bookkeeping import HouseBookkeeping, Judges
from jiema_app.domain.payouts.house_reconciliation import HouseReconciliation
from jiema_app.domain.recharges.judging import Judging
from jiema_app.domain.recharges.review_times import ReviewTimes
from jiema_app.domain.recharges.service import RechargeLimits, RechargeService
from jiema_app.domain.refunds.service import Refunds
from jiema_app.domain.transaction import Database
from jiema_app.domain.units import micro_of
from jiema_app.integrations.tron.registry import build_deriver
from jiema_app.settings import Settings


@dataclass(frozen=True, slots=True)
class ChainServices:
    """What reads the chain. Only for processes that were given a node."""

    source: ChainSource
    scanner: ChainScanner
    sightings: Sightings
    reconciliation: ChainReconciliation
    house_reconciliation: HouseReconciliation


def build_pool(settings: Settings, database: Database) -> WalletPool:
    """The pool of wallets."""
    rules = settings.recharge
    return WalletPool(
        database=database,
        deriver=build_deriver(settings),
        genesis_id=settings.tron_genesis_id,
        stock=rules.wallets_stock,
        total_max=rules.wallets_max,
        grace_s=rules.grace_s,
        quarantine_s=rules.quarantine_s,
    )


def build_recharges(
    settings: Settings, database: Database, clock: Clock, pool: WalletPool
) -> RechargeService:
    """What owners may do with recharges."""
    rules = settings.recharge
    return RechargeService(
        database=database,
        clock=clock,
        pool=pool,
        genesis_id=settings.tron_genesis_id,
        limits=RechargeLimits(
            amount_min=micro_of(rules.amount_min_usdt),
            amount_max=micro_of(rules.amount_max_usdt),
            window_s=rules.window_s,
            unpaid_per_day=rules.unpaid_per_day,
            dust=micro_of(rules.dust_usdt),
        ),
        final_after=settings.tron_final_after,
        review_times=ReviewTimes(database, clock, rules.review_promise_hours),
    )


def build_reviews(settings: Settings, database: Database) -> Reviews:
    """What people decide about payments."""
    return Reviews(database, micro_of(settings.recharge.second_person_above_usdt))


def build_refunds(settings: Settings, database: Database) -> Refunds:
    """What is owed to senders, and what people state about it."""
    return Refunds(database, micro_of(settings.recharge.second_person_above_usdt))


def build_chain_services(
    settings: Settings, database: Database, clock: Clock, source: ChainSource
) -> ChainServices:
    """The readers of the chain."""
    judging = Judging(
        database, micro_of(settings.recharge.dust_usdt), settings.recharge.quarantine_s
    )
    judges = Judges((HouseBookkeeping(database), judging))
    reconciliation = ChainReconciliation(
        database, clock, source, settings.recharge.reconcile_wallets
    )
    return ChainServices(
        source=source,
        scanner=ChainScanner(database, clock, source, judges, settings.tron.start_block),
        sightings=Sightings(database, source),
        reconciliation=reconciliation,
        house_reconciliation=HouseReconciliation(database, reconciliation),
    )
