"""The part of the composition root that deals with money that is paid out. It holds no key."""

from dataclasses import dataclass
from datetime import timedelta

from jiema_app.domain.clock import Clock
from jiema_app.domain.payouts.checks.thresholds import Thresholds
from jiema_app.domain.payouts.desk import PayoutDesk
from jiema_app.domain.payouts.eight_checks import EightChecks
from jiema_app.domain.payouts.halts import Halts
from jiema_app.domain.payouts.house_wallets import HouseWallets
from jiema_app.domain.payouts.planning import HouseBooks, HouseRules
from jiema_app.domain.payouts.port import PayoutChain
from jiema_app.domain.payouts.refund_sending import RefundSending
from jiema_app.domain.payouts.sweeping import Sweeping, SweepRules
from jiema_app.domain.payouts.watch import PayoutWatch, WatchRules
from jiema_app.domain.telegram.withdrawal_carrying import WithdrawalCarrying
from jiema_app.domain.telegram.withdrawal_confirmations import WithdrawalConfirmations
from jiema_app.domain.transaction import Database
from jiema_app.domain.units import micro_of
from jiema_app.domain.withdrawals.decision_times import DecisionTimes
from jiema_app.domain.withdrawals.destinations import Destinations
from jiema_app.domain.withdrawals.drafts import WithdrawalDrafts
from jiema_app.domain.withdrawals.paid_otherwise import PaidOtherwise
from jiema_app.domain.withdrawals.review import WithdrawalReviews
from jiema_app.domain.withdrawals.sealed_drafts import SealedDrafts
from jiema_app.domain.withdrawals.service import Withdrawals
from jiema_app.domain.withdrawals.terms import WithdrawalTermsBook
from jiema_app.settings import Settings


@dataclass(frozen=True, slots=True)
class PayoutServices:
    """What asks for payouts, decides about them and watches them. The signer is elsewhere.

    Attributes:
        checks: None in a process that was given no node.
    """

    house: HouseWallets
    terms: WithdrawalTermsBook
    withdrawals: Withdrawals
    drafts: WithdrawalDrafts
    confirmations: WithdrawalConfirmations
    decision_times: DecisionTimes
    reviews: WithdrawalReviews
    halts: Halts
    destinations: Destinations
    paid_otherwise: PaidOtherwise
    refund_sending: RefundSending
    sweeping: Sweeping
    desk: PayoutDesk
    watch: PayoutWatch
    checks: EightChecks | None


def build_house_books(settings: Settings, clock: Clock) -> HouseBooks:
    """What reads our own books for a payout."""
    rules = settings.payout
    return HouseBooks(
        HouseRules(
            genesis_id=settings.tron_genesis_id,
            is_production=settings.env == "production",
            floor_micro=micro_of(rules.hot_floor_usdt),
            floor_sun=micro_of(rules.hot_floor_trx),
            sanctions_file=rules.address_list_file,
        ),
        clock,
    )


def build_payout_services(
    settings: Settings, database: Database, clock: Clock, chain: PayoutChain | None
) -> PayoutServices:
    """Everything about payouts but signing."""
    house = HouseWallets(database, settings.hot_address, settings.treasury_address)
    destinations = Destinations(
        database, settings.tron.token_contract, settings.payout.address_list_file, chain
    )
    checks = None
    if chain is not None:
        checks = EightChecks(database, clock, chain, build_house_books(settings, clock))
    withdrawals = Withdrawals(
        database=database,
        clock=clock,
        destinations=destinations,
        is_open=settings.hot_address is not None,
        sign_in_max_age=timedelta(seconds=settings.payout.sign_in_max_age_s),
    )
    seals = SealedDrafts.derived(settings.secret_key.get_secret_value().encode())
    drafts = WithdrawalDrafts(database, clock, withdrawals, seals)
    return PayoutServices(
        house=house,
        terms=WithdrawalTermsBook(database),
        withdrawals=withdrawals,
        drafts=drafts,
        confirmations=WithdrawalConfirmations(
            database, drafts, WithdrawalCarrying(database, clock, drafts)
        ),
        decision_times=DecisionTimes(database, clock),
        reviews=WithdrawalReviews(database, clock, house, checks),
        halts=Halts(database),
        destinations=destinations,
        paid_otherwise=PaidOtherwise(database),
        refund_sending=RefundSending(
            database=database,
            alone_max=micro_of(settings.recharge.second_person_above_usdt),
            is_open=settings.hot_address is not None,
            checks=checks,
        ),
        sweeping=Sweeping(database, chain, house, _sweep_rules(settings), Thresholds()),
        desk=PayoutDesk(database),
        watch=PayoutWatch(database, clock, chain, house, _watch_rules(settings), Thresholds()),
        checks=checks,
    )


def _sweep_rules(settings: Settings) -> SweepRules:
    rules = settings.payout
    return SweepRules(above=micro_of(rules.sweep_above_usdt), most=micro_of(rules.sweep_most_usdt))


def _watch_rules(settings: Settings) -> WatchRules:
    rules = settings.payout
    # TRX has six decimals as well.
    return WatchRules(
        late_s=rules.alert_after_s,
        floor_micro=micro_of(rules.hot_floor_usdt),
        floor_sun=micro_of(rules.hot_floor_trx),
        low_sun=micro_of(rules.alert_below_trx),
    )
