"""referrals

Who brought whom, what it earned, and what makes us doubt it.

Revises: 0019
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


# Whoever was invited before: their orders earn from now on. The referrers' purses, then the
# invitations, which name them.
PURSES = """
with purse as (
    insert into ledger_accounts (user_id, kind)
    select r.referrer_id, k.kind
    from (select distinct referrer_id from users where referrer_id is not null) r
    cross join (values (1, 'user:commission_pending'), (2, 'user:commission'),
                       (3, 'user:withdrawal_hold')) k (place, kind)
    order by r.referrer_id, k.place
    returning id, kind
)
insert into ledger_balances (account_id, is_overdrawable)
select id, kind = 'user:commission' from purse
"""

KNOWN = """
insert into referrals (user_id, referrer_id, source, pseudonym, pending_account_id,
                       commission_account_id, judge_at, created_at)
select u.id, u.referrer_id, 'COOKIE', 'Guest ' || upper(substr(md5(u.id), 1, 6)), p.id, c.id,
    now(), u.created_at
from users u
join ledger_accounts p on p.user_id = u.referrer_id and p.kind = 'user:commission_pending'
join ledger_accounts c on c.user_id = u.referrer_id and c.kind = 'user:commission'
"""

SIGN_UPS = """
insert into referral_days (referrer_id, day, sign_ups)
select referrer_id, (created_at at time zone 'UTC')::date, count(*) from referrals group by 1, 2
"""

TERMS = """
insert into referral_terms (commission_bp, actor, note) values (1000, 'migration', 'as announced')
"""

# An order of an invited user earns whoever invited them, in the statement that places it. It is
# announced when the order has its number: commits that announce something wait for each other.
ACCRUE = """
create function commission_accrue(p_order text, p_buyer text, p_price bigint)
returns boolean language plpgsql as $$
declare
    invited record;
    amount bigint;
begin
    select r.referrer_id, r.status, r.pending_account_id,
        (select t.commission_bp from referral_terms t order by t.id desc limit 1) as rate_bp
    into invited from referrals r where r.user_id = p_buyer;
    if not found or invited.status = 'DENIED' then
        return false;
    end if;
    amount := p_price * invited.rate_bp / 10000;
    if coalesce(amount, 0) <= 0 then
        return false;
    end if;
    if invited.status = 'NEW' then
        -- Before any purse, as rows are locked. A verdict of this moment, which does not see this
        -- order, is waited for, so that there is another one.
        update referrals set judge_at = now() where user_id = p_buyer and status = 'NEW';
        if not found and exists (
            select from referrals where user_id = p_buyer and status = 'DENIED'
        ) then
            return false;
        end if;
    end if;
    insert into commissions (order_id, referrer_id, buyer_id, amount_micro, rate_bp)
    values (p_order, invited.referrer_id, p_buyer, amount, invited.rate_bp);
    perform ledger_post('commission_accrued', p_order, 4, invited.pending_account_id, amount);
    return true;
end $$
"""

# The one way in which commission changes: its row, its money and its figures together. Rows are
# locked in this order: the invitation, the commission, purses, the day.
SETTLE = """
create function commission_settle(p_order text, p_status text, p_reason text, p_actor text)
returns boolean language plpgsql as $$
declare
    invited record;
    earned record;
    way integer;
begin
    select r.* into invited
    from commissions c join referrals r on r.user_id = c.buyer_id
    where c.order_id = p_order for update of r;
    if not found then
        return false;
    end if;
    select c.* into earned from commissions c where c.order_id = p_order for update;
    if not (earned.status = 'PENDING' and p_status in ('HELD', 'RELEASED', 'REVERSED')
            or earned.status = 'HELD' and p_status in ('RELEASED', 'REVERSED')
            or earned.status = 'RELEASED' and p_status = 'CLAWED_BACK') then
        return false;
    end if;
    update commissions
    set status = p_status, reason = p_reason, decided_by = p_actor, decided_at = now()
    where order_id = p_order;
    if p_status = 'REVERSED' then
        perform ledger_post('commission_reversed', p_order, invited.pending_account_id, 4,
                            earned.amount_micro);
    elsif p_status = 'RELEASED' then
        perform ledger_post('commission_released', p_order, invited.pending_account_id,
                            invited.commission_account_id, earned.amount_micro);
    elsif p_status = 'CLAWED_BACK' then
        perform ledger_post('commission_clawed_back', p_order, invited.commission_account_id, 4,
                            earned.amount_micro);
    end if;
    if p_status in ('RELEASED', 'CLAWED_BACK') then
        way := case p_status when 'RELEASED' then 1 else -1 end;
        update referrals
        set order_count = order_count + way, earned_micro = earned_micro + way * earned.amount_micro,
            first_order_at = coalesce(first_order_at, now())
        where user_id = earned.buyer_id;
        insert into referral_days as d (referrer_id, day, first_orders, orders, earned_micro)
        values (earned.referrer_id, (now() at time zone 'UTC')::date,
                (invited.first_order_at is null)::integer, way, way * earned.amount_micro)
        on conflict (referrer_id, day) do update
        set first_orders = d.first_orders + excluded.first_orders,
            orders = d.orders + excluded.orders,
            earned_micro = d.earned_micro + excluded.earned_micro;
    end if;
    perform pg_notify('commission_changed', earned.referrer_id);
    return true;
end $$
"""

# What the end of an order does to what it earned. The invitation is asked for as it is when
# nobody else changes it: a verdict of the same moment is waited for.
END = """
create function commission_end(p_order text, p_buyer text, p_completed boolean)
returns boolean language plpgsql as $$
declare
    verdict text;
begin
    select r.status into verdict from referrals r where r.user_id = p_buyer for update;
    if not found then
        return false;
    end if;
    if not p_completed then
        return commission_settle(p_order, 'REVERSED', 'order refunded', null);
    end if;
    return case verdict
        when 'ACTIVE' then commission_settle(p_order, 'RELEASED', null, null)
        when 'DENIED' then commission_settle(p_order, 'REVERSED', 'invitation denied', null)
        else commission_settle(p_order, 'HELD', 'invitation not cleared', null)
    end;
end $$
"""

# One click on a personal link: whose it is, whether it counts, and when it is too many. It says
# NOBODY (there is no such code, or it brings nobody now), COUNTED, SEEN (by the same visitor within
# a day) or FROZEN. $2..$4: keyed hashes by the present key and the one before, the present one
# first. $5..$8: clicks of a code a minute and a day, and of a network a day, by how the rule is
# called. What is not counted leaves no row, so whatever a stranger sends is bounded.
CLICK = """
create function referral_click(
    p_code text, p_address bytea[], p_network bytea[], p_agent bytea[],
    p_rules text[], p_limits integer[]
) returns text language plpgsql as $$
declare
    owner text;
    today text := to_char(now() at time zone 'UTC', 'YYYY-MM-DD');
    counts integer[];
begin
    select u.id into owner from users u
    where u.referral_code = p_code and u.banned_at is null and not referral_is_suspended(u.id);
    if not found then
        return 'NOBODY';
    end if;
    if exists (
        select from referral_findings f
        where f.referrer_id = owner and f.user_id = '' and f.cleared_at is null
          and f.action = 'FREEZE' and f.period = today
    ) then
        return 'FROZEN';
    end if;
    if exists (
        select from referral_touches t
        where t.referrer_id = owner and t.address_hash = any(p_address)
          and t.agent_hash = any(p_agent) and t.created_at > now() - interval '24 hours'
    ) then
        return 'SEEN';
    end if;
    counts := array[
        (select count(*) from referral_touches t
         where t.referrer_id = owner and t.created_at > now() - interval '1 minute'),
        (select d.clicks from referral_days d
         where d.referrer_id = owner and d.day = today::date),
        (select count(*) from (
            select from referral_touches t
            where t.network_hash = any(p_network) and t.created_at > now() - interval '24 hours'
            limit p_limits[3]) seen)
    ];
    for which in 1..3 loop
        if counts[which] >= p_limits[which] then
            insert into referral_findings (rule, referrer_id, period, weight, action, evidence)
            values (p_rules[which], owner, today, 0, 'FREEZE',
                    jsonb_build_object('clicks', counts[which] + 1))
            on conflict do nothing;
            return 'FROZEN';
        end if;
    end loop;
    insert into referral_touches (referrer_id, source, address_hash, network_hash, agent_hash)
    values (owner, 'COOKIE', p_address[1], p_network[1], p_agent[1]);
    insert into referral_days as d (referrer_id, day, clicks) values (owner, today::date, 1)
    on conflict (referrer_id, day) do update set clicks = d.clicks + 1;
    perform pg_notify('commission_changed', owner);
    return 'COUNTED';
end $$
"""

SUSPENDED = """
create function referral_is_suspended(p_referrer text)
returns boolean language sql stable as $$
    select exists (
        select from referral_findings f
        where f.referrer_id = p_referrer and f.user_id = '' and f.cleared_at is null
          and f.action = 'SUSPEND'
          and coalesce(f.expires_at > now(), true)
    )
$$
"""

# Something that rules look at has changed about a user who invited somebody or was invited. It
# locks no row that anybody waits for, so whoever moves money may call it.
NOTE = """
create function referral_note_change(p_user text)
returns boolean language sql as $$
    insert into referral_changes (user_id)
    select p_user
    where exists (select from referrals where user_id = p_user)
       or exists (select from referrals where referrer_id = p_user)
    returning true
$$
"""

# From where somebody pays is such a thing, whoever credits it.
NOTE_PAYMENT = """
create function referral_note_payment() returns trigger language plpgsql as $$
begin
    perform referral_note_change(coalesce(
        new.credited_user_id, (select r.user_id from recharges r where r.id = new.recharge_id)));
    return null;
end $$
"""

NOTE_PAYMENTS = """
create trigger payments_noted after update of status on payments
for each row when (old.status <> new.status and new.status in ('CREDITED', 'REFUNDED'))
execute function referral_note_payment()
"""

FUNCTIONS = (
    "referral_note_payment()",
    "referral_note_change(text)",
    "referral_click(text, bytea[], bytea[], bytea[], text[], integer[])",
    "referral_is_suspended(text)",
    "commission_end(text, text, boolean)",
    "commission_settle(text, text, text, text)",
    "commission_accrue(text, text, bigint)",
)

# Purses that nothing moved through: what moved stays, as the journal does.
CLOSE = """
with gone as (
    delete from ledger_balances b using ledger_accounts a
    where a.id = b.account_id and a.user_id is not null and a.kind <> 'user:spending'
      and not exists (select from ledger_entries e where e.account_id = a.id)
    returning a.id
)
delete from ledger_accounts a using gone where a.id = gone.id
"""

STAYS = {
    "referral_terms": "update or delete",
    "referrals": "update of user_id, referrer_id, source, created_at or delete",
    "commissions": "update of order_id, referrer_id, buyer_id, amount_micro, rate_bp or delete",
    "commission_moves": "update or delete",
}


def upgrade() -> None:
    op.create_table(
        "referral_terms",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("commission_bp", sa.Integer(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("commission_bp between 0 and 5000", name="referral_terms_commission"),
        sa.CheckConstraint("length(note) between 1 and 500", name="referral_terms_note_length"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "referrals",
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("referrer_id", sa.Text(collation="C"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="NEW", nullable=False),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("pending_account_id", sa.Integer(), nullable=False),
        sa.Column("commission_account_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), server_default="0", nullable=False),
        sa.Column("hold_reason", sa.Text(), nullable=True),
        sa.Column("claws_back", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("judge_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("clicked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("first_order_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("order_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("earned_micro", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "source in ('START_PARAM','BOT','COOKIE','SANDBOX')", name="referrals_source_known"
        ),
        sa.CheckConstraint(
            "status in ('NEW','ACTIVE','HELD','DENIED')", name="referrals_status_known"
        ),
        sa.CheckConstraint("referrer_id <> user_id", name="referrals_of_another"),
        sa.CheckConstraint(
            "(decided_at is null) = (decided_by is null)", name="referrals_decided_by"
        ),
        sa.ForeignKeyConstraint(
            ["referrer_id"],
            ["users.id"],
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
        ),
        sa.PrimaryKeyConstraint("user_id"),
        postgresql_with={"fillfactor": 80},
    )
    op.create_index("referrals_of_referrer", "referrals", ["referrer_id", "user_id"], unique=False)
    op.create_index("referrals_signed_up", "referrals", ["referrer_id", "created_at"], unique=False)
    op.create_index(
        "referrals_held",
        "referrals",
        ["judged_at"],
        unique=False,
        postgresql_where=sa.text("status = 'HELD'"),
    )
    op.create_index(
        "referrals_to_judge",
        "referrals",
        ["judge_at"],
        unique=False,
        postgresql_where=sa.text("judge_at is not null and status = 'NEW'"),
    )
    op.create_index(
        "referrals_to_judge_again",
        "referrals",
        ["judge_at"],
        unique=False,
        postgresql_where=sa.text("judge_at is not null and status <> 'NEW'"),
    )
    op.create_table(
        "referral_touches",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("referrer_id", sa.Text(collation="C"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("network_hash", sa.LargeBinary(), nullable=False),
        sa.Column("agent_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "source in ('START_PARAM','BOT','COOKIE')", name="referral_touches_source_known"
        ),
        sa.ForeignKeyConstraint(
            ["referrer_id"],
            ["users.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "referral_touches_of_code", "referral_touches", ["referrer_id", "created_at"], unique=False
    )
    op.create_index(
        "referral_touches_of_visitor",
        "referral_touches",
        ["referrer_id", "address_hash", "created_at"],
        unique=False,
    )
    op.create_index(
        "referral_touches_of_network",
        "referral_touches",
        ["network_hash", "created_at"],
        unique=False,
    )
    op.create_index("referral_touches_old", "referral_touches", ["created_at"], unique=False)
    op.create_table(
        "sign_in_marks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("address_hashes", sa.ARRAY(sa.LargeBinary()), nullable=True),
        sa.Column("agent_hashes", sa.ARRAY(sa.LargeBinary()), nullable=True),
        sa.Column("device_hash", sa.LargeBinary(), nullable=True),
        sa.Column("is_sign_up", sa.Boolean(), nullable=False),
        sa.Column("is_hosting", sa.Boolean(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "sign_in_marks_of_device",
        "sign_in_marks",
        ["device_hash", "user_id"],
        unique=False,
        postgresql_where=sa.text("device_hash is not null"),
    )
    op.create_index(
        "sign_in_marks_of_user", "sign_in_marks", ["user_id", "created_at"], unique=False
    )
    op.create_index(
        "sign_in_marks_signed_up_from",
        "sign_in_marks",
        ["address_hashes"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        postgresql_where=sa.text("is_sign_up"),
    )
    op.create_index("sign_in_marks_old", "sign_in_marks", ["created_at"], unique=False)
    op.create_index(
        "sign_in_marks_known",
        "sign_in_marks",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("agent_hashes is not null"),
    )
    op.create_table(
        "referral_days",
        sa.Column("referrer_id", sa.Text(collation="C"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("clicks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sign_ups", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_orders", sa.Integer(), server_default="0", nullable=False),
        sa.Column("orders", sa.Integer(), server_default="0", nullable=False),
        sa.Column("earned_micro", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["referrer_id"],
            ["users.id"],
        ),
        sa.PrimaryKeyConstraint("referrer_id", "day"),
        postgresql_with={"fillfactor": 70},
    )
    op.create_index("referral_days_by_day", "referral_days", ["day"], unique=False)
    op.create_table(
        "referral_findings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("referrer_id", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), server_default="", nullable=False),
        sa.Column("period", sa.Text(), server_default="", nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_by", sa.Text(), nullable=True),
        sa.Column("clear_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(cleared_at is null) = (cleared_by is null)", name="referral_findings_cleared_by"
        ),
        sa.CheckConstraint(
            "length(clear_note) between 1 and 500", name="referral_findings_note_length"
        ),
        sa.CheckConstraint(
            "action in ('SCORE','HOLD','REVIEW','DENY','FREEZE','SUSPEND')",
            name="referral_findings_action_known",
        ),
        sa.ForeignKeyConstraint(
            ["referrer_id"],
            ["users.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "rule", "referrer_id", "user_id", "period", name="referral_findings_once"
        ),
    )
    op.create_index(
        "referral_findings_of_link",
        "referral_findings",
        ["referrer_id", "user_id", "id"],
        unique=False,
    )
    op.create_index(
        "referral_findings_open",
        "referral_findings",
        ["id"],
        unique=False,
        postgresql_where=sa.text("cleared_at is null and user_id = '' and action <> 'FREEZE'"),
    )
    op.create_index(
        "referral_findings_of_clicks",
        "referral_findings",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("action = 'FREEZE'"),
    )
    op.create_table(
        "referral_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("is_link", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "commissions",
        sa.Column("order_id", sa.Text(collation="C"), nullable=False),
        sa.Column("referrer_id", sa.Text(collation="C"), nullable=False),
        sa.Column("buyer_id", sa.Text(collation="C"), nullable=False),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), server_default="PENDING", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'PENDING') = (decided_at is null)", name="commissions_decided_when"
        ),
        sa.CheckConstraint(
            "status in ('PENDING','HELD','RELEASED','REVERSED','CLAWED_BACK')",
            name="commissions_status_known",
        ),
        sa.CheckConstraint("amount_micro > 0", name="commissions_amount_positive"),
        sa.CheckConstraint("length(reason) between 1 and 500", name="commissions_reason_length"),
        sa.CheckConstraint("rate_bp between 1 and 5000", name="commissions_rate"),
        sa.PrimaryKeyConstraint("order_id"),
        postgresql_with={"fillfactor": 80},
    )
    op.create_index(
        "commissions_not_released",
        "commissions",
        ["referrer_id", "order_id"],
        unique=False,
        postgresql_where=sa.text("status in ('PENDING','HELD')"),
    )
    op.create_index("commissions_of_buyer", "commissions", ["buyer_id", "order_id"], unique=False)
    op.create_index(
        "commissions_decided",
        "commissions",
        ["referrer_id", "order_id"],
        unique=False,
        postgresql_where=sa.text("status <> 'PENDING'"),
    )
    op.create_table(
        "commission_moves",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("amount_micro > 0", name="commission_moves_amount_positive"),
        sa.CheckConstraint(
            "length(request_key) between 1 and 64", name="commission_moves_key_length"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id", "request_key", name="commission_moves_once"),
    )
    op.create_index("commission_moves_of_user", "commission_moves", ["user_id", "id"], unique=False)
    op.create_index(
        "payments_credited_to",
        "payments",
        ["credited_user_id"],
        unique=False,
        postgresql_where=sa.text("credited_user_id is not null"),
    )
    for table, changes in STAYS.items():
        op.execute(
            f"create trigger {table}_stays before {changes} on {table} "
            "for each row execute function refuse_change()"
        )
    for statement in (TERMS, PURSES, KNOWN, SIGN_UPS, ACCRUE, SETTLE, END):
        op.execute(statement)
    for statement in (SUSPENDED, CLICK, NOTE, NOTE_PAYMENT, NOTE_PAYMENTS):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop trigger payments_noted on payments")
    op.drop_index(
        "payments_credited_to",
        table_name="payments",
        postgresql_where=sa.text("credited_user_id is not null"),
    )
    for function in FUNCTIONS:
        op.execute(f"drop function {function}")
    for table in (
        "commission_moves",
        "commissions",
        "referral_changes",
        "referral_findings",
        "referral_days",
        "sign_in_marks",
        "referral_touches",
        "referrals",
        "referral_terms",
    ):
        op.drop_table(table)
    op.execute("alter table ledger_accounts disable trigger ledger_accounts_no_delete")
    op.execute(CLOSE)
    op.execute("alter table ledger_accounts enable trigger ledger_accounts_no_delete")
