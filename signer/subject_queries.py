"""SQL about what payouts pay, each locked for whoever is about to sign."""

from typing import Final

from jiema_app.domain.ledger.received import is_refund_owed

WITHDRAWAL: Final = """
select w.status, w.address, w.net_micro, w.amount_micro, w.fee_micro, w.usable_from, w.user_id,
    u.banned_at is not null as is_banned,
    coalesce((
        select b.balance_micro from ledger_accounts a join ledger_balances b on b.account_id = a.id
        where a.user_id = w.user_id and a.kind = 'user:commission'), 0) as commission,
    coalesce((
        select b.balance_micro from ledger_accounts a join ledger_balances b on b.account_id = a.id
        where a.user_id = w.user_id and a.kind = 'user:withdrawal_hold'), 0) as held,
    (select alone_max_micro from withdrawal_terms order by id desc limit 1) as alone_max,
    (select array_agg(distinct d.actor) from withdrawal_decisions d
     where d.withdrawal_id = w.id and d.action = 'approve') as approvers,
    exists (select from withdrawal_decisions d
            where d.withdrawal_id = w.id and d.action = 'approve' and d.is_final) as is_approved
from withdrawals w join users u on u.id = w.user_id
where w.id = $1
for update of w
"""

# By a statement of its own: whoever waited for the lock sees below what was booked meanwhile.
LOCK_PAYMENT: Final = "select id from payments where id = $1 for update"

REFUND: Final = f"""
select p.from_address as sender, p.to_address as wallet, p.amount::bigint as amount,
    {is_refund_owed("p")} as is_owed,
    (select o.actor from refund_orders o where o.payment_id = p.id and o.is_final
     order by o.id desc limit 1) as ordered_by,
    (select r.user_id from recharges r where r.id = p.recharge_id) as owner
from payments p where p.id = $1
"""

SWEEP: Final = """
select w.status, w.account, w.derivation_index,
    exists (select from house_wallets h where h.address = $2 and h.retired_at is null) as is_house
from wallets w where w.address = $1
for update of w
"""

# The block that may hold its last transfer is final a while after the transaction expires.
HOLD_WALLET: Final = """
update wallets set free_from = greatest(free_from, now() + $2::interval + interval '10 min')
where address = $1
"""

GAS: Final = """
select p.status, p.from_address, w.account, w.derivation_index
from payouts p join wallets w on w.address = p.from_address
where p.id = $1
"""
