"""Ways to damage what the database knows of commission and of what is paid out, in SQL."""

from typing import Final

from tests.support.withdrawing import ANOTHER

COMMISSION: Final[tuple[str, ...]] = (
    *(
        f"update commissions set amount_micro = amount_micro + 1 where status = '{status}'"
        for status in ("PENDING", "HELD", "RELEASED", "REVERSED", "CLAWED_BACK")
    ),
    *(
        f"update commissions set status = '{wrong}', "
        f"decided_at = case when '{wrong}' <> 'PENDING' then now() end where status = '{status}'"
        for status, wrong in (
            ("PENDING", "RELEASED"),
            ("PENDING", "HELD"),
            ("HELD", "RELEASED"),
            ("HELD", "PENDING"),
            ("RELEASED", "HELD"),
            ("RELEASED", "CLAWED_BACK"),
            ("REVERSED", "RELEASED"),
            ("REVERSED", "PENDING"),
            ("CLAWED_BACK", "RELEASED"),
            ("CLAWED_BACK", "REVERSED"),
        )
    ),
    "delete from commissions where status = 'PENDING'",
    "delete from commissions where status = 'RELEASED'",
    "update commissions set rate_bp = rate_bp * 2",
    "update commissions set referrer_id = buyer_id",
    "update commissions set buyer_id = referrer_id",
    "update commissions set order_id = 'c' || reverse(substr(order_id, 2))",
    "delete from orders where id = (select order_id from commissions where status = 'HELD')",
    (
        "update orders set price_micro = price_micro * 2 "
        "where id = (select order_id from commissions where status = 'REVERSED')"
    ),
    "update ledger_transfers set reference = 'x' where kind = 'commission_clawed_back'",
    "update ledger_transfers set kind = 'commission_released' where kind = 'commission_reversed'",
    "delete from ledger_transfers where kind = 'commission_released'",
    "update ledger_entries set account_id = 3 where account_id = 4",
    (
        "update ledger_entries e set amount_micro = amount_micro * 2 from ledger_transfers t "
        "where t.id = e.transfer_id and t.kind = 'commission_accrued'"
    ),
    (
        "select ledger_post('commission_clawed_back', c.order_id, a.id, 4, c.amount_micro) "
        "from commissions c join ledger_accounts a "
        "on a.user_id = c.referrer_id and a.kind = 'user:commission' where c.status = 'HELD'"
    ),
    (
        "select ledger_post('commission_accrued', 'nobody', 4, id, 5) from ledger_accounts "
        "where kind = 'user:commission_pending' limit 1"
    ),
    "update commission_moves set amount_micro = amount_micro + 1",
    "update commission_moves set user_id = (select max(id) from users)",
    "delete from commission_moves",
    "update ledger_transfers set reference = 'x' where kind = 'commission_moved'",
    (
        "select ledger_post('commission_moved', 'nobody', c.id, s.id, 5) "
        "from ledger_accounts c join ledger_accounts s on s.user_id = c.user_id "
        "join ledger_balances b on b.account_id = c.id "
        "where c.kind = 'user:commission' and s.kind = 'user:spending' and b.balance_micro > 5 "
        "limit 1"
    ),
)

STATES: Final = ("REQUESTED", "APPROVED", "SETTLED", "REJECTED", "CANCELLED")

WITHDRAWALS: Final[tuple[str, ...]] = (
    *(
        "update withdrawals set amount_micro = amount_micro + 1, net_micro = net_micro + 1 "
        f"where status = '{status}'"
        for status in STATES
    ),
    *(
        "update withdrawals set fee_micro = fee_micro - 1, net_micro = net_micro + 1 "
        f"where status = '{status}'"
        for status in STATES
    ),
    *(f"delete from withdrawals where status = '{status}'" for status in STATES),
    *(
        f"update withdrawals set status = '{wrong}', note = 'x', "
        f"ended_at = case when '{wrong}' in ('REQUESTED', 'APPROVED') then null else now() end "
        f"where id = (select max(id) from withdrawals where status = '{status}')"
        for status in STATES
        for wrong in STATES
        if wrong != status
    ),
    f"update withdrawals set address = '{ANOTHER}' where status = 'APPROVED'",
    f"update withdrawals set address = '{ANOTHER}' where status = 'SETTLED'",
    "update withdrawals set source = 'spending' where status = 'REQUESTED'",
    "update withdrawals set user_id = (select max(id) from users) where status = 'SETTLED'",
    "update withdrawal_terms set fee_bp = 0, fee_min_micro = 0",
    "delete from withdrawal_terms",
    "delete from withdrawal_decisions where action = 'approve'",
    "delete from withdrawal_decisions where action = 'paid'",
    "update withdrawal_decisions set is_final = false where action = 'paid'",
    "update withdrawal_decisions set is_final = false where action = 'approve'",
    "update withdrawal_decisions set withdrawal_id = 'x' where action = 'approve'",
    *(
        f"update ledger_transfers set reference = 'x' where id = "
        f"(select max(id) from ledger_transfers where kind = 'withdrawal_{kind}')"
        for kind in ("requested", "returned", "settled", "fee")
    ),
    *(
        f"delete from ledger_transfers where id = "
        f"(select max(id) from ledger_transfers where kind = 'withdrawal_{kind}')"
        for kind in ("requested", "returned", "settled", "fee")
    ),
    "update ledger_entries set account_id = 13 where account_id = 7 and amount_micro > 0",
    "update ledger_entries set account_id = 2 where account_id = 5",
    (
        "select ledger_post('withdrawal_settled', w.id, a.id, 7, w.net_micro) from withdrawals w "
        "join ledger_accounts a on a.user_id = w.user_id and a.kind = 'user:withdrawal_hold' "
        "where w.status = 'REQUESTED'"
    ),
    (
        "select ledger_post('withdrawal_returned', w.id, a.id, c.id, w.amount_micro) "
        "from withdrawals w "
        "join ledger_accounts a on a.user_id = w.user_id and a.kind = 'user:withdrawal_hold' "
        "join ledger_accounts c on c.user_id = w.user_id and c.kind = 'user:commission' "
        "where w.status = 'APPROVED'"
    ),
    (
        "select ledger_post('withdrawal_requested', 'nobody', c.id, a.id, 5) "
        "from ledger_accounts c join ledger_accounts a on a.user_id = c.user_id "
        "join ledger_balances b on b.account_id = c.id "
        "where c.kind = 'user:commission' and a.kind = 'user:withdrawal_hold' "
        "and b.balance_micro > 5 limit 1"
    ),
)

OF_WITHDRAWALS: Final = (
    "kind = 'WITHDRAWAL' and subject_id in (select id from withdrawals where status ="
)

PAYOUTS: Final[tuple[str, ...]] = (
    *(
        f"update payouts set amount = amount + 1 where {OF_WITHDRAWALS} '{status}')"
        for status in ("APPROVED", "SETTLED")
    ),
    f"update payouts set to_address = '{ANOTHER}' where {OF_WITHDRAWALS} 'APPROVED')",
    f"delete from payouts where {OF_WITHDRAWALS} 'APPROVED')",
    "delete from payouts where status = 'SETTLED'",
    "update payouts set status = 'CANCELLED' where status = 'BROADCAST'",
    "update payouts set status = 'CANCELLED' where status = 'QUEUED'",
    "update payouts set status = 'QUEUED' where status = 'SETTLED'",
    "update payouts set status = 'QUEUED' where status = 'BROADCAST'",
    "update payouts set status = 'SETTLED' where status = 'BROADCAST'",
    "update payouts set status = 'SETTLED' where status = 'FAILED_ON_CHAIN'",
    "update payouts set status = 'SETTLED' where status = 'CANCELLED'",
    "update payouts set status = 'QUEUED' where status = 'CANCELLED'",
    "update payouts set status = 'BROADCAST' where status = 'EXPIRED_ABSENT'",
    "update payouts set status = 'SIGNED' where status = 'QUEUED'",
    "update payouts set subject_id = 'x' where status = 'SETTLED'",
    "update payouts set kind = 'REFUND' where status = 'SETTLED'",
    "update payout_attempts set outcome = 'FAILED' where outcome = 'SETTLED'",
    "update payout_attempts set outcome = 'SETTLED', ended_at = now() where outcome is null",
    "update payout_attempts set outcome = 'SETTLED' where outcome = 'ABSENT'",
    "update payout_attempts set outcome = 'SETTLED' where outcome = 'FAILED'",
    "update payout_attempts set outcome = null, ended_at = null where outcome = 'FAILED'",
    "update payout_attempts set outcome = null, ended_at = null where outcome = 'ABSENT'",
    "delete from payout_attempts where outcome = 'SETTLED'",
    "delete from payout_attempts where outcome is null",
    "update payout_attempts set amount = amount + 1 where outcome = 'SETTLED'",
    "update payout_attempts set to_address = from_address where outcome is null",
    "update payout_attempts set asset = 'TRX' where outcome = 'FAILED'",
)
