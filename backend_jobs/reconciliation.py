"""Comparing the chain with the books, again and again."""

from datetime import datetime
from typing import Final

import structlog
from prometheus_client import Gauge

from jiema_app.bootstrap_chain import ChainServices
from jiema_app.domain.chain.reconciliation import Scope
from jiema_app.domain.units import usdt_text

log = structlog.get_logger()

DIFFERENCE: Final = Gauge(
    "jiema_chain_difference_usdt", "USDT by which chain and books differ, unexplained"
)
HOUSE_DIFFERENCE: Final = Gauge(
    "jiema_house_difference_usdt",
    "USDT by which the hot wallet and the treasury differ from the books",
)
DIFFERING: Final = Gauge(
    "jiema_chain_differing_wallets", "Wallets that hold something else than was read"
)


NAMED_MAX: Final = 5
"""A node that tells wrong balances makes every wallet differ, every time that it is asked."""


class ChainAndBooksDiffer(Exception):
    """A wallet holds something else than was read, or the books do. Somebody must look."""


async def reconcile(chain: ChainServices, _started: datetime) -> None:
    """Compare the wallets on the chain with the payments and the books. Changes nothing.

    Raises:
        ChainAndBooksDiffer: There is a difference that nothing explains; reported as a bug.
        ChainError: The chain does not answer.
    """
    found = await chain.reconciliation.run(Scope.SAMPLE)
    DIFFERENCE.set(found.difference / 1_000_000)
    DIFFERING.set(len(found.differences))
    for one in found.differences[:NAMED_MAX]:
        log.error(
            "a wallet differs",
            address=one.address,
            on_chain=usdt_text(one.on_chain),
            expected=usdt_text(one.expected),
            txids=[clue.txid for clue in one.clues],
        )
    if len(found.differences) > NAMED_MAX:
        log.error("more wallets differ", number=len(found.differences) - NAMED_MAX)
    if found.pool != found.judged:
        log.error(
            "the books of the pool differ",
            ledger=usdt_text(found.pool),
            judged=usdt_text(found.judged),
            txids=[clue.txid for clue in found.book_clues],
        )
    # Nothing is paid out while anything differs, or while nobody has compared for long.
    await chain.house_reconciliation.note_pool(found.difference)
    if not found.ok:
        raise ChainAndBooksDiffer(f"{usdt_text(found.difference)} USDT: see `recharge reconcile`")
    log.info("chain and books agree", wallets=found.checked, in_flight=len(found.in_flight))


async def reconcile_house(chain: ChainServices, _started: datetime) -> None:
    """Compare the hot wallet and the treasury with what was read, and with the books.

    Raises:
        ChainAndBooksDiffer: There is a difference; reported as a bug.
        ChainError: The chain does not answer.
    """
    found = await chain.house_reconciliation.run()
    HOUSE_DIFFERENCE.set(found.difference / 1_000_000)
    for one in found.differences:
        log.error(
            "a house wallet differs",
            what=one.what,
            on_chain=usdt_text(one.on_chain),
            expected=usdt_text(one.expected),
        )
    if found.ok and found.in_flight:
        # Something moves: what was found before stands until it can be said.
        return
    await chain.house_reconciliation.note(found.difference)
    if not found.ok:
        raise ChainAndBooksDiffer(f"{usdt_text(found.difference)} USDT: see `payouts reconcile`")
