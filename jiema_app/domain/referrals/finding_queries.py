"""SQL about what rules have found."""

from typing import Final

COLUMNS: Final = """
    f.id, f.rule, f.referrer_id, f.user_id, f.period, f.weight, f.action, f.evidence,
    f.created_at, f.expires_at, f.cleared_at, f.cleared_by, f.clear_note
"""

# $8: seconds that it lasts, or none. $9: whether it is about a day of its own; else nothing is found
# again while the last finding of the same rule still counts.
KEEP: Final = """
insert into referral_findings (rule, referrer_id, user_id, period, weight, action, evidence,
                               expires_at)
select $1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8)
where not exists (
    select from referral_findings f
    where f.referrer_id = $2 and f.rule = $1 and f.user_id = $3 and f.cleared_at is null
      and coalesce(f.expires_at > now(), true) and (f.period = $4 or not $9))
on conflict on constraint referral_findings_once do nothing
returning true
"""

# $2: users whose findings to list; the empty one stands for the link as a whole.
LIST: Final = f"""
select {COLUMNS} from referral_findings f
where f.referrer_id = $1 and f.user_id = any($2::text[]) order by f.id desc limit 200
"""

# Likewise those that still count.
LIST_OPEN: Final = f"""
select {COLUMNS} from referral_findings f
where f.referrer_id = $1 and f.user_id = any($2::text[]) and f.cleared_at is null
  and coalesce(f.expires_at > now(), true) and f.action <> 'FREEZE'
order by f.id
"""

CLEAR: Final = """
update referral_findings set cleared_at = now(), cleared_by = $3, clear_note = $4
where referrer_id = $1 and user_id = $2 and cleared_at is null
returning rule
"""

# Links with something that a person has not looked at: longest waiting first.
OPEN_LINKS: Final = f"""
select {COLUMNS} from referral_findings f
where f.cleared_at is null and f.user_id = '' and f.action <> 'FREEZE'
  and coalesce(f.expires_at > now(), true)
order by f.id limit $1
"""
