"""SQL of the reports of abuse."""

from typing import Final

UNANSWERED: Final = "status in ('RECEIVED', 'IN_REVIEW')"

TICKET: Final = "ticket, status, created_at, answer, answered_at, closed_at"
REPORT: Final = f"{TICKET}, reporter, organisation, contact, subject, words"

# Two that come at once want the same place: one gets it.
STORE: Final = """
insert into abuse_reports (ticket, reporter, organisation, contact, subject, words, sent_hash)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (sent_hash) where sent_hash is not null do nothing
returning ticket
"""

SENT: Final = "select ticket from abuse_reports where sent_hash = $1"

FIND_TICKET: Final = f"select {TICKET} from abuse_reports where ticket = $1"
FIND: Final = f"select {REPORT} from abuse_reports where ticket = $1"

LIST_WAITING: Final = f"""
select {REPORT} from abuse_reports where {UNANSWERED} order by created_at limit $1
"""
LIST_ALL: Final = f"select {REPORT} from abuse_reports order by created_at desc limit $1"

BEGIN: Final = f"""
update abuse_reports set status = 'IN_REVIEW'
where ticket = $1 and status = 'RECEIVED'
returning {REPORT}
"""

ANSWER: Final = f"""
update abuse_reports set status = 'ANSWERED', answer = $2, answered_at = now()
where ticket = $1 and status <> 'CLOSED'
returning {REPORT}
"""

CLOSE: Final = f"""
update abuse_reports set status = 'CLOSED', closed_at = now()
where ticket = $1 and status <> 'CLOSED'
returning {REPORT}
"""

AUDIT: Final = """
insert into audit_records (actor, action, subject_id, details) values ($1, $2, $3, $4)
"""

WAITING: Final = f"""
select count(*) as count,
    count(*) filter (where created_at <= now() - make_interval(hours => $1)) as overdue
from abuse_reports where {UNANSWERED}
"""

# Both in batches of a statement each: few rows, and rows that nobody else writes.
FORGET_CONTACTS: Final = """
update abuse_reports set contact = null
where contact is not null
  and coalesce(closed_at, answered_at) <= now() - make_interval(days => $1)
"""

FORGET_SENDERS: Final = """
update abuse_reports set sent_hash = null
where sent_hash is not null and created_at <= now() - make_interval(secs => $1)
"""
