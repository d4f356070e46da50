"""Who brought whom, what that earned, and what makes us doubt it. See docs/money.md."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, Date, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from jiema_app.domain.models.columns import big, moment, now_default, serial, text, text_id


class ReferralTerms(SQLModel, table=True):
    """What inviting pays. The newest row holds; rows are added, never changed."""

    __tablename__ = "referral_terms"
    __table_args__ = (
        CheckConstraint("commission_bp between 0 and 5000", name="referral_terms_commission"),
        CheckConstraint("length(note) between 1 and 500", name="referral_terms_note_length"),
    )

    id: int = serial()
    commission_bp: int = Field()
    """Share of what the invited user paid, in basis points; 1000 is 10 %."""
    actor: str = text()
    """A user's id, or ``command-line``."""
    note: str = text()
    created_at: datetime = now_default()


class Referral(SQLModel, table=True):
    """One invited user: who invited them, by what, and whether that earns."""

    __tablename__ = "referrals"
    __table_args__ = (
        CheckConstraint(
            "source in ('START_PARAM','BOT','COOKIE','SANDBOX')", name="referrals_source_known"
        ),
        CheckConstraint(
            "status in ('NEW','ACTIVE','HELD','DENIED')", name="referrals_status_known"
        ),
        CheckConstraint("referrer_id <> user_id", name="referrals_of_another"),
        CheckConstraint("(decided_at is null) = (decided_by is null)", name="referrals_decided_by"),
        Index("referrals_of_referrer", "referrer_id", "user_id"),
        Index("referrals_signed_up", "referrer_id", "created_at"),
        Index("referrals_held", "judged_at", postgresql_where=sql("status = 'HELD'")),
        Index(
            "referrals_to_judge",
            "judge_at",
            postgresql_where=sql("judge_at is not null and status = 'NEW'"),
        ),
        Index(
            "referrals_to_judge_again",
            "judge_at",
            postgresql_where=sql("judge_at is not null and status <> 'NEW'"),
        ),
        {"postgresql_with": {"fillfactor": 80}},
    )

    user_id: str = text_id(primary_key=True, foreign_key="users.id")
    """Who was invited."""
    referrer_id: str = text_id(foreign_key="users.id")
    """Who invited them: the same as ``users.referrer_id``, and as lasting."""
    source: str = text()
    """A word of `ReferralSource`."""
    status: str = text(sa_column_kwargs={"server_default": "NEW"})
    """A word of `ReferralStatus`: what becomes of the commission of their orders."""
    pseudonym: str = text()
    """What the referrer sees of them; says nothing about who they are."""
    pending_account_id: int = Field()
    """The referrer's ``user:commission_pending``, so that an order need not look for it."""
    commission_account_id: int = Field()
    """The referrer's ``user:commission``."""
    score: int = Field(sa_column_kwargs={"server_default": "0"})
    """Weights of the findings that stand, together."""
    hold_reason: str | None = text(default=None, nullable=True)
    """Why it is held or denied, for whoever invited them: a word of `HoldReason`."""
    claws_back: bool = Field(sa_column_kwargs={"server_default": "false"})
    """Of one that is denied: whether what was released before is taken back too."""
    judge_at: datetime | None = moment(default=None, nullable=True)
    """When the rules are to be asked next, or what a verdict means for commission to be finished;
    none: nothing has happened that they look at."""
    judged_at: datetime | None = moment(default=None, nullable=True)
    """When the rules were last asked."""
    decided_at: datetime | None = moment(default=None, nullable=True)
    """When a person last decided. What was found about the whole link before counts no more."""
    decided_by: str | None = text(default=None, nullable=True)
    """That person: a user's id, or ``command-line``."""
    clicked_at: datetime | None = moment(default=None, nullable=True)
    """When they had followed the link."""
    created_at: datetime = now_default()
    first_order_at: datetime | None = moment(default=None, nullable=True)
    """When an order of theirs was completed first."""
    order_count: int = Field(sa_column_kwargs={"server_default": "0"})
    """Completed orders of theirs that earned."""
    earned_micro: int = big(sa_column_kwargs={"server_default": "0"})
    """Commission that was released for them and not clawed back."""


class ReferralTouch(SQLModel, table=True):
    """Somebody followed a personal link, and counted. Kept for 30 days; earns nothing."""

    __tablename__ = "referral_touches"
    __table_args__ = (
        CheckConstraint(
            "source in ('START_PARAM','BOT','COOKIE')", name="referral_touches_source_known"
        ),
        Index("referral_touches_of_code", "referrer_id", "created_at"),
        Index("referral_touches_of_visitor", "referrer_id", "address_hash", "created_at"),
        Index("referral_touches_of_network", "network_hash", "created_at"),
        Index("referral_touches_old", "created_at"),
    )

    id: int = serial()
    referrer_id: str = text_id(foreign_key="users.id")
    """Whose link it is."""
    source: str = text()
    """A word of `ReferralSource`."""
    address_hash: bytes = Field(sa_type=LargeBinary)
    """Keyed hash of the address (IPv6: of its /64)."""
    network_hash: bytes = Field(sa_type=LargeBinary)
    """Keyed hash of its network (/24, or /48)."""
    agent_hash: bytes = Field(sa_type=LargeBinary)
    """Keyed hash of the user agent."""
    created_at: datetime = now_default()


class SignInMark(SQLModel, table=True):
    """From where somebody signed in, by keyed hashes: to tell one's own invitations from others'."""

    __tablename__ = "sign_in_marks"
    __table_args__ = (
        Index("sign_in_marks_of_user", "user_id", "created_at"),
        Index(
            "sign_in_marks_of_device",
            "device_hash",
            "user_id",
            postgresql_where=sql("device_hash is not null"),
        ),
        Index(
            "sign_in_marks_signed_up_from",
            "address_hashes",
            postgresql_using="gin",
            # Read with every verdict, written with sign-ups alone.
            postgresql_with={"fastupdate": "off"},
            postgresql_where=sql("is_sign_up"),
        ),
        Index("sign_in_marks_old", "created_at"),
        Index(
            "sign_in_marks_known",
            "created_at",
            postgresql_where=sql("agent_hashes is not null"),
        ),
    )

    id: int = serial()
    user_id: str = text_id(foreign_key="users.id")
    address_hashes: list[bytes] | None = Field(
        sa_type=ARRAY(LargeBinary), default=None, nullable=True
    )
    """As of touches, by the key of its 30 days and by the one before, so that two marks within
    30 days of each other have one in common. None where the address is nobody's of the
    internet; forgotten after 30 days."""
    agent_hashes: list[bytes] | None = Field(
        sa_type=ARRAY(LargeBinary), default=None, nullable=True
    )
    """Likewise of the user agent."""
    device_hash: bytes | None = Field(sa_type=LargeBinary, default=None, nullable=True)
    """Keyed hash of the browser's own random number; forgotten after 180 days."""
    is_sign_up: bool = Field()
    """Whether the account was made then."""
    is_hosting: bool | None = Field(default=None, nullable=True)
    """Whether the address is one of a data centre, where that is known. Forgotten with it."""
    created_at: datetime = now_default()


class ReferralDay(SQLModel, table=True):
    """What one referrer's link did on one day (UTC): a page adds up days, not orders."""

    __tablename__ = "referral_days"
    __table_args__ = (
        Index("referral_days_by_day", "day"),
        {"postgresql_with": {"fillfactor": 70}},
    )

    referrer_id: str = text_id(primary_key=True, foreign_key="users.id")
    """Whose link it is."""
    day: date = Field(sa_type=Date, primary_key=True)
    """By UTC."""
    clicks: int = Field(sa_column_kwargs={"server_default": "0"})
    """That counted."""
    sign_ups: int = Field(sa_column_kwargs={"server_default": "0"})
    """People who made an account and came by it."""
    first_orders: int = Field(sa_column_kwargs={"server_default": "0"})
    """Invited users whose first order was completed."""
    orders: int = Field(sa_column_kwargs={"server_default": "0"})
    """Completed orders that earned."""
    earned_micro: int = big(sa_column_kwargs={"server_default": "0"})
    """Commission released, less what was clawed back on that day."""


class ReferralFinding(SQLModel, table=True):
    """What a rule found about an invitation, with its evidence. Stays when a person clears it."""

    __tablename__ = "referral_findings"
    __table_args__ = (
        UniqueConstraint("rule", "referrer_id", "user_id", "period", name="referral_findings_once"),
        CheckConstraint(
            "(cleared_at is null) = (cleared_by is null)", name="referral_findings_cleared_by"
        ),
        CheckConstraint(
            "length(clear_note) between 1 and 500", name="referral_findings_note_length"
        ),
        CheckConstraint(
            "action in ('SCORE','HOLD','REVIEW','DENY','FREEZE','SUSPEND')",
            name="referral_findings_action_known",
        ),
        Index("referral_findings_of_link", "referrer_id", "user_id", "id"),
        Index(
            "referral_findings_open",
            "id",
            postgresql_where=sql("cleared_at is null and user_id = '' and action <> 'FREEZE'"),
        ),
        Index(
            "referral_findings_of_clicks",
            "created_at",
            postgresql_where=sql("action = 'FREEZE'"),
        ),
    )

    id: int = serial()
    rule: str = text()
    """The id of a rule, for example ``S4``."""
    referrer_id: str = text_id(foreign_key="users.id")
    """Whose link it is."""
    user_id: str = text_id(sa_column_kwargs={"server_default": ""})
    """The invited user; empty where the rule is about the link as a whole."""
    period: str = text(sa_column_kwargs={"server_default": ""})
    """For rules that count in a window: which one, for example a day. Else empty."""
    weight: int = Field()
    """What it adds to the score, as the rule had it then."""
    action: str = text()
    """A word of `RuleAction`, as the rule had it then."""
    evidence: dict[str, Any] = Field(sa_type=JSONB)
    """Figures and times, never an address, a name or a phone."""
    created_at: datetime = now_default()
    expires_at: datetime | None = moment(default=None, nullable=True)
    """From then on it counts no more."""
    cleared_at: datetime | None = moment(default=None, nullable=True)
    """When a person had it count no more. It is not found again."""
    cleared_by: str | None = text(default=None, nullable=True)
    """That person: a user's id, or ``command-line``."""
    clear_note: str | None = text(default=None, nullable=True)
    """Why."""


class ReferralChange(SQLModel, table=True):
    """Rules have to be asked again about what this user has to do with. Gone when they were."""

    __tablename__ = "referral_changes"

    id: int = serial()
    user_id: str = text_id()
    """No foreign key: whoever moves money writes this, and need not lock the user."""
    is_link: bool = Field(sa_column_kwargs={"server_default": "false"})
    """Whether it is about every invitation by their link."""
    created_at: datetime = now_default()


class Commission(SQLModel, table=True):
    """What one order earned whoever invited its buyer."""

    __tablename__ = "commissions"
    __table_args__ = (
        CheckConstraint(
            "status in ('PENDING','HELD','RELEASED','REVERSED','CLAWED_BACK')",
            name="commissions_status_known",
        ),
        CheckConstraint("amount_micro > 0", name="commissions_amount_positive"),
        CheckConstraint("rate_bp between 1 and 5000", name="commissions_rate"),
        CheckConstraint(
            "(status = 'PENDING') = (decided_at is null)", name="commissions_decided_when"
        ),
        CheckConstraint("length(reason) between 1 and 500", name="commissions_reason_length"),
        Index("commissions_of_buyer", "buyer_id", "order_id"),
        # Not of the order that is placed: those of open ones are in the next one.
        Index(
            "commissions_decided",
            "referrer_id",
            "order_id",
            postgresql_where=sql("status <> 'PENDING'"),
        ),
        Index(
            "commissions_not_released",
            "referrer_id",
            "order_id",
            postgresql_where=sql("status in ('PENDING','HELD')"),
        ),
        {"postgresql_with": {"fillfactor": 80}},
    )

    order_id: str = text_id(primary_key=True)
    """No foreign keys here: the statement that places the order writes this row, and the proof
    of the books compares both."""
    referrer_id: str = text_id()
    """Who earned it."""
    buyer_id: str = text_id()
    """Whose order it was."""
    amount_micro: int = big()
    """The share of the order's price, rounded down to a micro-USDT."""
    rate_bp: int = Field()
    """The share that held when the order was placed, in basis points."""
    status: str = text(sa_column_kwargs={"server_default": "PENDING"})
    """A word of `CommissionStatus`."""
    reason: str | None = text(default=None, nullable=True)
    """Why it is held, was reversed or was clawed back: rule ids, or a person's words."""
    decided_by: str | None = text(default=None, nullable=True)
    """The person who did; none where a rule or the order's end did."""
    created_at: datetime = now_default()
    decided_at: datetime | None = moment(default=None, nullable=True)
    """When it got the status it has; none while the order is open."""


class CommissionMove(SQLModel, table=True):
    """Commission that its owner put on their balance."""

    __tablename__ = "commission_moves"
    __table_args__ = (
        CheckConstraint("amount_micro > 0", name="commission_moves_amount_positive"),
        CheckConstraint("length(request_key) between 1 and 64", name="commission_moves_key_length"),
        UniqueConstraint("user_id", "request_key", name="commission_moves_once"),
        Index("commission_moves_of_user", "user_id", "id"),
    )

    id: str = text_id(primary_key=True)
    user_id: str = text_id(foreign_key="users.id")
    amount_micro: int = big()
    """How much."""
    request_key: str = text()
    """Names the request, so that a form sent twice moves once."""
    created_at: datetime = now_default()
