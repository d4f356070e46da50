"""SQL for people who decide about invitations."""

from typing import Final

INVITATION: Final = """
    r.user_id, r.referrer_id, r.source, r.status, r.score, r.hold_reason, r.pseudonym,
    r.clicked_at, r.created_at, r.judge_at, r.judged_at, r.decided_at, r.decided_by,
    r.first_order_at, r.order_count, r.earned_micro
"""

FIND: Final = f"select {INVITATION} from referrals r where r.user_id = $1"

# Held ones, longest waiting first.
LIST_HELD: Final = f"""
select {INVITATION} from referrals r where r.status = 'HELD' order by r.judged_at limit $1
"""

# The newest sign-ups; ids sort by age.
LIST_NEWEST: Final = f"""
select {INVITATION} from referrals r order by r.user_id desc limit $1
"""

# What waits of one invitation: of open orders, and held.
AMOUNTS: Final = """
select coalesce(sum(amount_micro) filter (where status = 'PENDING'), 0)::bigint as pending_micro,
    coalesce(sum(amount_micro) filter (where status = 'HELD'), 0)::bigint as held_micro
from commissions where buyer_id = $1 and referrer_id = $2 and status in ('PENDING', 'HELD')
"""

IS_INVITED_BY: Final = """
select exists (select from referrals where user_id = $1 and referrer_id = $2)
"""

HAS_INVITED: Final = "select exists (select from referrals where referrer_id = $1)"
