"""What a running signer is made of: the database, the chain, its keys and its journal."""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from jiema_app.bootstrap_payouts import build_house_books
from jiema_app.domain.clock import Clock, SystemClock
from jiema_app.domain.payouts.checks.thresholds import Thresholds
from jiema_app.domain.payouts.eight_checks import EightChecks
from jiema_app.domain.payouts.port import PayoutChain
from jiema_app.domain.transaction import Database
from signer.caps import Caps
from signer.energy import BurnEnergy
from signer.following import Following
from signer.journal import Journal
from signer.key_ring import KeyRing
from signer.keys_for import Wallets
from signer.recovery import Recovery
from signer.settings import Configuration, sun_of
from signer.signing import Signing
from signer.turns import Signer


def build_signer(
    configuration: Configuration,
    database: Database,
    chain: PayoutChain,
    ring: KeyRing,
    journal: Journal,
    clock: Clock | None = None,
) -> Signer:
    """Put a signer together."""
    clock = clock or SystemClock()
    own, product = configuration.signer, configuration.product
    thresholds = replace(
        Thresholds(),
        fee_limit_cap_sun=configuration.fee_limit_max_sun,
        results_age_max=timedelta(seconds=own.checks_max_age_s),
    )
    checks = EightChecks(database, clock, chain, build_house_books(product, clock), thresholds)
    return Signer(
        database=database,
        journal=journal,
        recovery=Recovery(database, clock, journal),
        signing=Signing(
            database=database,
            clock=clock,
            chain=chain,
            checks=checks,
            journal=journal,
            wallets=Wallets(ring, own.treasury_address or product.treasury_address),
            energy=BurnEnergy(
                database, ring.hot.address, sun_of(configuration.caps.gas_trx), thresholds
            ),
            caps=Caps.of(configuration.caps, own.fee_limit_max_trx),
            expiration=timedelta(seconds=own.expiration_s),
            checks_age_max=thresholds.results_age_max,
        ),
        following=Following(
            database=database,
            clock=clock,
            chain=chain,
            rebroadcast=timedelta(seconds=own.rebroadcast_s),
            attempts_max=own.attempts_max,
        ),
        holder=f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}",
        pause_file=configuration.pause_file,
    )


@asynccontextmanager
async def held_journal(configuration: Configuration) -> AsyncIterator[Journal]:
    """The journal, held by this process.

    Raises:
        SignerError: Another signer of this machine holds it, or it is damaged.
    """
    journal = await asyncio.to_thread(Journal, configuration.journal_file)
    try:
        yield journal
    finally:
        journal.close()
