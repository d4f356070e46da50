"""Figures that are read from the database when somebody asks, for Prometheus."""

from dataclasses import dataclass
from typing import Final

from jiema_app.domain.abuse_reports.queries import UNANSWERED
from jiema_app.domain.ledger.received import is_refund_owed
from jiema_app.domain.operations.jobs import JobStates
from jiema_app.domain.payouts.outgoing_queries import IS_UNEXPLAINED
from jiema_app.domain.transaction import Database

COUNTS: Final = f"""
select
    (select count(*) from orders where status = 'RESERVED') as orders_reserved,
    (select count(*) from orders where status = 'WAITING') as orders_waiting,
    (select count(*) from orders where status = 'RECEIVED') as orders_received,
    (select count(*) from supplier_tasks where done_at is null) as supplier_calls_queued,
    (select count(*) from supplier_notices where done_at is null) as supplier_notices_queued,
    (select count(*) from unclaimed_activations where resolved_at is null) as unclaimed_activations,
    (select count(*) from outbox_events where published_at is null) as outbox_queued,
    (select count(*) from recharges where status = 'OPEN') as recharges_open,
    (select count(*) from payments p where {is_refund_owed("p")}
    ) as refunds_owed,
    (select count(*) from payments where status = 'NEW') as payments_new,
    (select count(*) from payments where status = 'IN_REVIEW') as payments_in_review,
    (select count(*) from abuse_reports where {UNANSWERED}) as abuse_reports_waiting,
    coalesce((select extract(epoch from now() - min(created_at)) from abuse_reports
     where {UNANSWERED}), 0)::bigint as abuse_reports_oldest_seconds,
    (select count(*) from support_cases where resolved_at is null) as support_cases_open,
    (select count(*) from support_cases
     where resolved_at is null and first_answered_at is null) as support_cases_unanswered,
    coalesce((select extract(epoch from now() - min(opened_at)) from support_cases
     where resolved_at is null and first_answered_at is null), 0)::bigint
        as support_oldest_unanswered_seconds,
    (select count(*) from support_messages where state = 'WAITING') as support_messages_waiting,
    (select count(*) from wallets
     where status = 'FREE' and (free_from is null or free_from <= now())) as wallets_free,
    (select case when bool_and(proved_since is not null)
        then extract(epoch from now() - min(proved_since))::float else 'NaN' end
     from ledger_proof_rounds) as ledger_round_age_seconds,
    (select count(*) from payouts
     where status in ('QUEUED', 'SIGNED', 'BROADCAST')) as payouts_open,
    (select count(*) from payouts
     where status in ('FAILED_ON_CHAIN', 'EXPIRED_ABSENT', 'NEEDS_REVIEW')) as payouts_for_a_person,
    coalesce((select extract(epoch from now() - min(created_at)) from payouts
     where status not in ('SETTLED', 'CANCELLED')), 0)::bigint as payouts_oldest_seconds,
    (select count(*) from payments p where {IS_UNEXPLAINED}) as transfers_unexplained,
    coalesce((select extract(epoch from now() - seen_at) from signer_state), -1)::bigint
        as signer_pulse_age_seconds,
    (select (halted_at is not null)::int from signer_state) as signer_halted,
    (select (paused_at is not null)::int from signer_state) as signer_paused,
    (select count(*) from deliveries where state = 'QUEUED') as deliveries_queued,
    (select count(*) from deliveries where state = 'UNKNOWN') as deliveries_unknown,
    (select count(*) from deliveries where state = 'FAILED') as deliveries_failed,
    coalesce((select extract(epoch from now() - min(not_before)) from deliveries
     where state = 'QUEUED' and not_before <= now()), 0)::bigint as deliveries_oldest_seconds,
    (select count(*) from telegram_updates where handled_at is null) as telegram_updates_waiting,
    coalesce((select extract(epoch from now() - min(received_at)) from telegram_updates
     where handled_at is null), 0)::bigint as telegram_updates_oldest_seconds,
    coalesce((select max(block_number) from chain_cursors), 0) as chain_block,
    coalesce((select extract(epoch from now() - max(block_time)) from chain_cursors), 0)::bigint
        as chain_lag_seconds
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True, slots=True)
class Figures:
    """Queues and lags."""

    database: Database
    jobs: JobStates

    async def render(self) -> bytes:
        """The figures in Prometheus' text form."""
        async with self.database.connection() as connection:
            counts = await connection.fetchrow(COUNTS)
        assert counts is not None
        lines = []
        for name, value in counts.items():
            lines += [f"# TYPE jiema_{name} gauge", f"jiema_{name} {value}"]
        lines.append("# HELP jiema_job_lag_seconds How late each background job is")
        lines.append("# TYPE jiema_job_lag_seconds gauge")
        pulses = await self.jobs.list_pulses()
        for pulse in pulses:
            lag = "NaN" if pulse.lag_s is None else f"{pulse.lag_s:.1f}"
            lines.append(f'jiema_job_lag_seconds{{job="{pulse.job}"}} {lag}')
        lines.append("# HELP jiema_job_ok 1 when the last run of a background job went well")
        lines.append("# TYPE jiema_job_ok gauge")
        lines += [f'jiema_job_ok{{job="{pulse.job}"}} {int(pulse.is_ok)}' for pulse in pulses]
        return ("\n".join(lines) + "\n").encode()
