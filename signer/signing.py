"""Signing one payout: all is read anew, judged, bounded, built twice, and written down.

The order is what keeps a payment from being made twice: the journal is on the disk before the
database knows, the database knows before a byte is sent.
"""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from jiema_app.domain.chain.port import ChainError
from jiema_app.domain.clock import Clock
from jiema_app.domain.payouts import queries, settlement
from jiema_app.domain.payouts.checks.facts import Unread
from jiema_app.domain.payouts.checks.funds_checks import expected_fee, fee_limit_for
from jiema_app.domain.payouts.checks.results import (
    CheckName,
    Outcome,
    Remedy,
    all_pass,
    are_fresh,
    reasons,
    remedy_of,
)
from jiema_app.domain.payouts.checks.thresholds import Thresholds
from jiema_app.domain.payouts.eight_checks import EightChecks, Judged
from jiema_app.domain.payouts.kinds import PayoutAsset, PayoutKind
from jiema_app.domain.payouts.planning import read_payout
from jiema_app.domain.payouts.port import DryRun, PayoutChain, RefBlock
from jiema_app.domain.payouts.statuses import PayoutStatus
from jiema_app.domain.transaction import Connection, Database
from signer.building import SignedTransaction, build_trx_transfer, build_usdt_transfer
from signer.caps import DAY, HOUR, Caps, Wanted, refusal
from signer.encoder import RefBlock as Reference
from signer.encoder import TrxTransfer, UsdtTransfer, Validity
from signer.energy import EnergyProvider
from signer.errors import JournalTrouble, SignerError
from signer.journal import AlreadySigned, Journal
from signer.journal_lines import Signature
from signer.keys_for import PayingKey, Wallets
from signer.kinds import Asset, Kind
from signer.subject_queries import HOLD_WALLET
from signer.subjects import Objection, find_objection

log = structlog.get_logger()

WAIT: Final = timedelta(seconds=10)
"""What waits for something to become good by itself is looked at again after this."""

REASON_MAX: Final = 500

_SPREAD_MS: Final = 1_000


class NotSigned(Exception):
    """It is not signed now, and is looked at again. Nothing left this process."""


class JournalAhead(SignerError):
    """The journal has a signature that the database lacks: the database is brought to it first."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One payout, ready to be signed.

    Attributes:
        row: Its row, as it was judged.
        key: That pays.
        validity: Reference and times, by the chain's.
        fee_limit_sun: The most that it may cost.
        expected_sun: What it should cost; None where that cannot be said.
        judged: What the checks found.
    """

    row: Any
    key: PayingKey
    validity: Validity
    fee_limit_sun: int
    expected_sun: int | None
    judged: Judged


@dataclass(frozen=True, slots=True)
class Signing:
    """Signs what is queued, one payout at a time.

    Attributes:
        wallets: Keys, and the addresses that they are known to be of.
        energy: Gives wallets of the pool what they lack for the fee.
        expiration: How long a transaction may be taken into a block.
        checks_age_max: Nothing is signed on checks that are older.
    """

    database: Database
    clock: Clock
    chain: PayoutChain
    checks: EightChecks
    journal: Journal
    wallets: Wallets
    energy: EnergyProvider
    caps: Caps
    expiration: timedelta
    checks_age_max: timedelta

    async def sign(self, payout: str) -> bool:
        """Sign one payout, if it may be; else it waits, or is laid before a person.

        Returns:
            Whether it was signed: its transaction is stored, and nothing of it was sent.

        Raises:
            DatabaseTrouble: The database is away; the journal may know a signature that it does
                not: see ``recovery``.
            JournalTrouble: Nothing more is signed until the journal is opened anew.
            JournalAhead: Nothing more is signed until ``recovery`` has run.
        """
        async with self.database.connection() as connection:
            found = await read_payout(connection, payout)
        if found is None or found[0]["status"] != PayoutStatus.QUEUED:
            return False
        row, planned = found
        judged = await self.checks.run(planned, row["subject_id"])
        if not all_pass(judged.results):
            await self._put_aside(row, judged)
            return False
        try:
            is_signed = await self._commit(await self._plan(row, judged))
        except NotSigned as refused:
            log.info("payout not signed", payout=payout, reason=str(refused))
            return False
        except (JournalTrouble, JournalAhead):
            # Whether it is signed is not certain: nothing else may be said of it.
            raise
        except SignerError as refused:
            await self._lay_before_person(row, str(refused), judged)
            return False
        if is_signed:
            log.info("payout signed", payout=payout, kind=row["kind"])
        return is_signed

    async def _plan(self, row: Any, judged: Judged) -> Plan:
        """Everything that a signature needs, from the chain and from what is sealed here.

        Raises:
            NotSigned: The chain does not answer now.
            SignerError: No key of ours pays this.
        """
        async with self.database.connection() as connection:
            key = await self.wallets.key_for(connection, row)
        fee_limit = _fee_limit(row, judged, self.checks.thresholds)
        reference = await self._reference()
        expected = expected_fee(judged.facts, self.checks.thresholds)
        return Plan(row, key, _validity(reference, self.expiration), fee_limit, expected, judged)

    async def _reference(self) -> RefBlock:
        try:
            return await self.chain.reference_block()
        except ChainError as error:
            raise NotSigned(f"no block to refer to: {str(error)[:200]}") from None

    async def _commit(self, plan: Plan) -> bool:
        """Sign, write it down, and store it: in one transaction that holds what it pays.

        Whoever rejects, cancels, bans or claws back is before this, and is seen, or waits for it.
        """
        row = plan.row
        async with self.database.transaction() as connection:
            current = await settlement.lock(connection, row["id"])
            if current is None or (current["status"], current["version"]) != (
                PayoutStatus.QUEUED,
                row["version"],
            ):
                raise NotSigned("somebody else changed it")
            now = self.clock.now()
            objection = await find_objection(connection, current, now)
            if objection is None:
                objection = await self._find_refusal(plan, now)
            if objection is None and not are_fresh(plan.judged.results, now):
                objection = Objection("the checks are too old by now", now)
            if objection is not None:
                await self._object(connection, plan, objection)
                return False
            await self._sign_and_store(connection, plan, now)
        return True

    async def _sign_and_store(self, connection: Connection, plan: Plan, now: datetime) -> None:
        row = plan.row
        signed = _build(plan, self.chain.token)
        entries = await asyncio.to_thread(self.journal.entries_of, row["id"])
        if {one.signature.txid for one in entries} - await _known(connection, entries):
            raise JournalAhead("the journal knows a signature that the database does not")
        number = 1 + max([row["attempt_count"], *(one.signature.attempt for one in entries)])
        try:
            await asyncio.to_thread(self.journal.append, _signature(row, signed, number, now))
        except AlreadySigned as error:
            # Another payment has this very transaction: it is built anew, with another time.
            raise NotSigned(str(error)) from None
        stored = await connection.fetchval(
            queries.SIGN,
            row["id"],
            row["version"],
            [one.to_json() for one in plan.judged.results],
            plan.judged.facts.chain.at,
            plan.expected_sun,
            signed.txid,
            bytes.fromhex(signed.raw_data_hex),
            signed.signed_json,
            row["asset"],
            signed.owner,
            signed.receiver,
            signed.amount,
            signed.fee_limit_sun,
            moment_of(signed.expiration_ms),
            plan.validity.reference.number,
            plan.key.version,
            now,
        )
        assert stored is not None, "a payout that is locked was changed by somebody else"
        if row["kind"] == PayoutKind.SWEEP:
            # Nobody is given the wallet while it may still be emptied.
            await connection.execute(HOLD_WALLET, row["from_address"], self.expiration)

    async def _find_refusal(self, plan: Plan, now: datetime) -> Objection | None:
        """What our own bounds say, by our own journal."""
        day = await asyncio.to_thread(self.journal.sums_since, now - DAY)
        hour = await asyncio.to_thread(self.journal.sums_since, now - HOUR)
        row = plan.row
        wanted = Wanted(
            kind=Kind(row["kind"]),
            asset=Asset(row["asset"]),
            source=row["from_address"],
            receiver=row["to_address"],
            amount=row["amount"],
            fee_limit_sun=plan.fee_limit_sun,
        )
        reason = refusal(wanted, caps=self.caps, own=plan.key.own, last_day=day, last_hour=hour)
        return None if reason is None else Objection(f"the signer's own bounds: {reason}")

    async def _object(self, connection: Connection, plan: Plan, objection: Objection) -> None:
        status = PayoutStatus.QUEUED if objection.not_before else PayoutStatus.NEEDS_REVIEW
        await _aside(connection, plan.row, status, objection.reason, objection.not_before, None)
        log.warning("payout not signed", payout=plan.row["id"], reason=objection.reason)

    async def _put_aside(self, row: Any, judged: Judged) -> None:
        """Not all eight passed: it waits, or a person must look."""
        is_review = remedy_of(judged.results) is Remedy.REVIEW
        status = PayoutStatus.NEEDS_REVIEW if is_review else PayoutStatus.QUEUED
        not_before = None if is_review else self.clock.now() + WAIT
        words = reasons(judged.results)
        if _lacks_its_fee_alone(judged):
            words = await self.energy.provide(row, judged) or words
        async with self.database.transaction() as connection:
            await _aside(connection, row, status, words, not_before, judged)
        log.info("payout put aside", payout=row["id"], status=status)

    async def _lay_before_person(self, row: Any, reason: str, judged: Judged) -> None:
        async with self.database.transaction() as connection:
            await _aside(connection, row, PayoutStatus.NEEDS_REVIEW, reason, None, judged)
        log.error("payout cannot be signed", payout=row["id"], reason=reason)


async def _aside(
    connection: Connection,
    row: Any,
    status: PayoutStatus,
    reason: str,
    not_before: datetime | None,
    judged: Judged | None,
) -> None:
    results = None if judged is None else [one.to_json() for one in judged.results]
    checked_at = None if judged is None else judged.facts.chain.at
    await connection.execute(
        queries.PUT_ASIDE,
        row["id"],
        row["version"],
        status,
        (reason or "not all eight checks passed")[:REASON_MAX],
        not_before,
        results,
        checked_at,
    )
    if row["kind"] == PayoutKind.WITHDRAWAL:
        await connection.execute(queries.SHOW_WITHDRAWAL, row["subject_id"])


def _lacks_its_fee_alone(judged: Judged) -> bool:
    return {one.name for one in judged.results if one.outcome is not Outcome.PASS} == {
        CheckName.FEE_CAPACITY
    }


def _fee_limit(row: Any, judged: Judged, thresholds: Thresholds) -> int:
    """The most that a call may cost, by the dry run and the prices of the checks that passed.

    Raises:
        NotSigned: It cannot be said.
    """
    if row["asset"] == PayoutAsset.TRX:
        return 0
    dry_run, prices = judged.facts.chain.dry_run, judged.facts.chain.prices
    limit = None
    if isinstance(dry_run, DryRun) and not isinstance(prices, Unread):
        limit = fee_limit_for(dry_run, prices, thresholds)
    if limit is None:
        raise NotSigned("what it may cost cannot be said")
    return limit


async def _known(connection: Connection, entries: Any) -> set[str]:
    named = [one.signature.txid for one in entries]
    rows = await connection.fetch(queries.KNOWN_TXIDS, named) if named else []
    return {row["txid"] for row in rows}


def _build(plan: Plan, token: str) -> SignedTransaction:
    row = plan.row
    if row["asset"] == PayoutAsset.TRX:
        transfer = TrxTransfer(row["from_address"], row["to_address"], row["amount"])
        return build_trx_transfer(transfer, plan.validity, plan.key.key)
    token_transfer = UsdtTransfer(
        owner=row["from_address"],
        token=token,
        receiver=row["to_address"],
        amount=row["amount"],
        fee_limit_sun=plan.fee_limit_sun,
    )
    return build_usdt_transfer(token_transfer, plan.validity, plan.key.key)


def _signature(row: Any, signed: SignedTransaction, number: int, now: datetime) -> Signature:
    return Signature(
        signed_at=now,
        payout_id=row["id"],
        attempt=number,
        kind=Kind(row["kind"]),
        asset=Asset(row["asset"]),
        source=signed.owner,
        receiver=signed.receiver,
        amount=signed.amount,
        fee_limit_sun=signed.fee_limit_sun,
        txid=signed.txid,
        expiration_ms=signed.expiration_ms,
        signed_json=signed.signed_json,
    )


def _validity(reference: RefBlock, expiration: timedelta) -> Validity:
    """By the chain's own time: a clock of ours that is wrong makes no transaction last longer."""
    head_ms = int(reference.head_time.timestamp() * 1000)
    return Validity(
        reference=Reference(reference.block.number, reference.block.id),
        # Two payments of one amount to one address, made for one block, are to be two.
        timestamp_ms=head_ms + secrets.randbelow(_SPREAD_MS),
        expiration_ms=head_ms + int(expiration.total_seconds() * 1000),
    )


def moment_of(milliseconds: int) -> datetime:
    """A moment of the chain's."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
