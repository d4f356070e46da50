"""Watching what is paid out, and emptying wallets of the pool."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import structlog
from prometheus_client import Gauge

from backend_jobs.log_throttle import LogThrottle
from jiema_app.bootstrap import Services
from jiema_app.domain.payouts.watch import Alarm, AlarmName, Standing

log = structlog.get_logger()

MILLION: Final = 1_000_000

HOT_USDT: Final = Gauge("jiema_hot_usdt", "USDT in the hot wallet, by final blocks")
HOT_TRX: Final = Gauge("jiema_hot_trx", "TRX in the hot wallet")
NEEDED_USDT: Final = Gauge("jiema_payouts_needed_usdt", "USDT of the hot wallet to be sent yet")
NEEDED_TRX: Final = Gauge("jiema_payouts_needed_trx", "TRX to be sent and burnt for that at most")
FEES_TRX: Final = Gauge("jiema_payout_fees_trx_day", "TRX that transactions cost in 24 hours")
GAS_TRX: Final = Gauge("jiema_payout_gas_trx_day", "TRX sent to the pool's wallets in 24 hours")
ALARM: Final = Gauge("jiema_payout_alarm", "1 when somebody must look", ["alarm"])

WATCH: Final = "payout-watch"


class PayoutWatching:
    """Tells metrics and the log what somebody must look at: once, and again every five minutes."""

    def __init__(self, services: Services) -> None:
        """Take what looks."""
        self._watch = services.payouts.watch
        self._said = LogThrottle()

    async def run(self, _started: datetime) -> None:
        """Look once. What the chain does not tell keeps its last figure."""
        standing = await self._watch.look()
        alarms = self._watch.alarms(standing)
        _tell_metrics(standing, alarms)
        for one in alarms:
            if (unsaid := self._said.count(one.name, one.name)) is not None:
                log.error("payouts", alarm=one.name, what=one.words, do=one.remedy, unsaid=unsaid)
        for name in set(AlarmName) - {one.name for one in alarms}:
            if self._said.settle(name):
                log.info("payouts are well again", alarm=name)


async def sweep_pool(services: Services, _started: datetime) -> None:
    """Queue a sweep of each wallet that rests and holds enough.

    Raises:
        ChainError: The chain does not answer.
    """
    if services.chain is not None:
        await services.payouts.sweeping.run(services.chain.source)


def _tell_metrics(standing: Standing, alarms: Sequence[Alarm]) -> None:
    for gauge, millionths in (
        (HOT_USDT, standing.hot_micro),
        (HOT_TRX, standing.hot_sun),
        (NEEDED_USDT, standing.needed_micro),
        (NEEDED_TRX, standing.needed_sun),
        (FEES_TRX, standing.fees_sun),
        (GAS_TRX, standing.gas_sun),
    ):
        if millionths is not None:
            gauge.set(millionths / MILLION)
    raised = {one.name for one in alarms}
    for name in AlarmName:
        ALARM.labels(name.value).set(name in raised)
