"""Money that comes in: wallets, recharges, and what the chain says arrived."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from jiema_app.domain.models.columns import big, moment, now_default, serial, text, text_id


class Wallet(SQLModel, table=True):
    """An address of the pool. Its private key is nowhere near this database."""

    __tablename__ = "wallets"
    __table_args__ = (
        UniqueConstraint("account", "derivation_index", name="wallets_derived_once"),
        CheckConstraint(
            "status in ('FREE','LOCKED','COOLDOWN','QUARANTINED')", name="wallets_status_known"
        ),
        CheckConstraint("address ~ '^T[1-9A-HJ-NP-Za-km-z]{33}$'", name="wallets_address_form"),
        CheckConstraint(
            "(status in ('LOCKED','COOLDOWN')) <= (recharge_id is not null)",
            name="wallets_holder_known",
        ),
        Index(
            "wallets_free",
            "last_used_at",
            postgresql_where=sql("status = 'FREE'"),
        ),
        Index("wallets_cooling", "free_from", postgresql_where=sql("status = 'COOLDOWN'")),
    )

    id: int = serial()
    account: str = text()
    """Which account key it was derived from: the start of that key's hash, never the key."""
    derivation_index: int = Field()
    """``i`` of ``m/44'/195'/0'/0/i``."""
    address: str = text(unique=True)
    """Base58check, beginning with ``T``."""
    status: str = text(sa_column_kwargs={"server_default": "FREE"})
    """A word of `WalletStatus`."""
    recharge_id: str | None = text_id(default=None, nullable=True, unique=True)
    """Who holds it, or held it last while it cools down."""
    free_from: datetime | None = moment(default=None, nullable=True)
    """A wallet in cool-down becomes free once the final blocks have passed this. One that is free
    is given to nobody before it: somebody paid to it while it was nobody's."""
    last_used_at: datetime = now_default()
    """When it was made, or last given to somebody; the least recently used goes first."""
    note: str | None = text(default=None, nullable=True)
    """Why it is out of use."""
    created_at: datetime = now_default()


class Recharge(SQLModel, table=True):
    """Somebody's wish to put money on their balance, and the wallet that waits for it."""

    __tablename__ = "recharges"
    __table_args__ = (
        CheckConstraint(
            "status in ('OPEN','CREDITED','EXPIRED','CANCELLED','IN_REVIEW','REFUNDED','DISMISSED')",
            name="recharges_status_known",
        ),
        CheckConstraint("amount_micro > 0", name="recharges_amount_positive"),
        CheckConstraint("credited_micro >= 0", name="recharges_credited_not_negative"),
        CheckConstraint("closes_at <= expires_at", name="recharges_window"),
        CheckConstraint(
            "num_nulls(wanted_service, wanted_country, wanted_cents) in (0, 3) "
            "and length(wanted_service) <= 64 and wanted_cents > 0",
            name="recharges_wanted_whole",
        ),
        Index(
            "recharges_one_open",
            "user_id",
            unique=True,
            postgresql_where=sql("status = 'OPEN'"),
        ),
        Index("recharges_of_user", "user_id", "id"),
        Index("recharges_of_wallet", "wallet_id", "created_at"),
        Index("recharges_to_close", "closes_at", postgresql_where=sql("not is_closed")),
        Index("recharges_in_review", "id", postgresql_where=sql("status = 'IN_REVIEW'")),
        Index("recharges_settled", "settled_at", postgresql_where=sql("settled_at is not null")),
        Index("recharges_seen", "seen_block", postgresql_where=sql("seen_block is not null")),
    )

    id: str = text_id(primary_key=True)
    user_id: str = text_id(foreign_key="users.id")
    wallet_id: int = big(foreign_key="wallets.id")
    """The one it is paid to."""
    status: str = text(sa_column_kwargs={"server_default": "OPEN"})
    """A word of `RechargeStatus`."""
    oddity: str | None = text(default=None, nullable=True)
    """The first thing that was wrong, a word of `Oddity`. Stays when a person has decided."""
    amount_micro: int = big()
    """What is to be paid, to the last micro-USDT."""
    received_micro: int = big(sa_column_kwargs={"server_default": "0"})
    """USDT that arrived in final blocks, whatever became of it."""
    credited_micro: int = big(sa_column_kwargs={"server_default": "0"})
    """What of it was put on the balance."""
    version: int = Field(sa_column_kwargs={"server_default": "1"})
    """Grows with every change."""
    created_at: datetime = now_default()
    """The window opens: a payment in an older block is not for this recharge."""
    created_block: int | None = big(default=None, nullable=True)
    """The last final block we had read then; younger blocks alone count, whatever clocks say."""
    expires_at: datetime = moment()
    """When the window was meant to close."""
    closes_at: datetime = moment()
    """When it closes: earlier than meant when its owner cancels. Compared with block times."""
    is_closed: bool = Field(sa_column_kwargs={"server_default": "false"})
    """Whether the final blocks have passed the end of its window."""
    seen_micro: int | None = big(default=None, nullable=True)
    """What a block that is not final yet would bring. Shown to its owner; decides nothing."""
    seen_block: int | None = big(default=None, nullable=True)
    """In which block."""
    looked_at: datetime | None = moment(default=None, nullable=True)
    """When its owner last said that they have paid."""
    settled_at: datetime | None = moment(default=None, nullable=True)
    """When money last reached the balance, or a person last decided."""
    wanted_service: str | None = text(default=None, nullable=True)
    """What its owner was about to buy, to be offered once it is credited: a service's code."""
    wanted_country: int | None = Field(default=None, nullable=True)
    """Likewise: the country."""
    wanted_cents: int | None = Field(default=None, nullable=True)
    """What it cost then, so that another price can be said."""


class Payment(SQLModel, table=True):
    """One Transfer log that touches a wallet of ours, in a final block."""

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("txid", "log_index", name="payments_once"),
        CheckConstraint(
            "status in ('NEW','CREDITED','IN_REVIEW','REFUNDED','DISMISSED','NOISE','OUTGOING','HOUSE')",
            name="payments_status_known",
        ),
        CheckConstraint("amount >= 0", name="payments_amount_not_negative"),
        Index(
            "payments_new", "block_number", "block_position", postgresql_where=sql("status = 'NEW'")
        ),
        Index("payments_in_review", "id", postgresql_where=sql("status = 'IN_REVIEW'")),
        Index("payments_refunded", "from_address", postgresql_where=sql("status = 'REFUNDED'")),
        Index("payments_of_recharge", "recharge_id"),
        Index("payments_to_wallet", "to_address", "block_number"),
        Index("payments_from_wallet", "from_address", "block_number"),
        Index(
            "payments_credited_to",
            "credited_user_id",
            postgresql_where=sql("credited_user_id is not null"),
        ),
        Index("payments_unexplained", "id", postgresql_where=sql("is_unexplained")),
    )

    id: str = text_id(primary_key=True)
    txid: str = text()
    """64 hexadecimal digits."""
    log_index: int = Field()
    """Position of the log in its transaction's receipt."""
    block_number: int = big()
    """Where it stands in the chain."""
    block_position: int = Field()
    """Where it stands among the transfers of its block."""
    block_id: str = text()
    """Of that block: 64 hexadecimal digits."""
    block_time: datetime = moment()
    """When the block was made, by its maker's clock: what windows are compared with."""
    contract: str = text()
    """Base58check address of the token's contract."""
    is_genuine: bool = Field()
    """Whether that is the contract we take."""
    from_address: str = text()
    """Who sent it, base58check."""
    to_address: str = text()
    """Who got it, base58check."""
    amount: Decimal = Field(sa_type=Numeric(78, 0))
    """In the token's smallest unit. Any contract may write any 256-bit number here."""
    status: str = text(sa_column_kwargs={"server_default": "NEW"})
    """A word of `PaymentStatus`."""
    oddity: str | None = text(default=None, nullable=True)
    """Why it was not credited by itself, a word of `Oddity`."""
    recharge_id: str | None = text_id(default=None, nullable=True, foreign_key="recharges.id")
    """Whose wallet it was at its block's time."""
    credited_micro: int | None = big(default=None, nullable=True)
    """How much of it was put on a balance."""
    credited_user_id: str | None = text_id(default=None, nullable=True, foreign_key="users.id")
    """Onto whose balance."""
    evidence: str | None = text(default=None, nullable=True)
    """For whoever decides: what was expected, and what is known besides."""
    seen_at: datetime = now_default()
    """When we read it."""
    settled_at: datetime | None = moment(default=None, nullable=True)
    """When it was credited or decided on."""
    is_unexplained: bool = Field(sa_column_kwargs={"server_default": "false"})
    """It left a wallet of ours, and when it was booked nothing explained why: nothing is signed
    until something does."""


class PaymentDecision(SQLModel, table=True):
    """What a person decided about a payment, or proposed. Rows are added, never changed."""

    __tablename__ = "payment_decisions"
    __table_args__ = (
        CheckConstraint("action in ('credit','refund','dismiss')", name="payment_decisions_known"),
        CheckConstraint("length(note) between 1 and 500", name="payment_decisions_note_length"),
        Index("payment_decisions_of_payment", "payment_id"),
    )

    id: int = serial()
    payment_id: str = text_id(foreign_key="payments.id")
    """What it is about."""
    action: str = text()
    amount_micro: int = big(sa_column_kwargs={"server_default": "0"})
    """What is credited of it."""
    user_id: str | None = text_id(default=None, nullable=True, foreign_key="users.id")
    """Whose balance it goes to."""
    note: str = text()
    actor: str = text()
    """A user's id, or ``command-line``."""
    is_final: bool = Field()
    """False: proposed, and waiting for a second person."""
    created_at: datetime = now_default()


class ChainCursor(SQLModel, table=True):
    """How far the chain has been read: one row a chain."""

    __tablename__ = "chain_cursors"

    genesis_id: str = text(primary_key=True)
    """The id of block 0 names the chain."""
    block_number: int = big()
    """The last final block that was read."""
    block_id: str = text()
    """Its id: the next block must name it as its parent."""
    block_time: datetime = moment()
    """Its time: how far the chain's clock has got for us."""
    head_number: int | None = big(default=None, nullable=True)
    """The youngest block heard of, final or not."""
    agreed_number: int | None = big(default=None, nullable=True)
    """The last block that two nodes told alike: up to there nobody can have invented any."""
    halted_because: str | None = text(default=None, nullable=True)
    """Why reading stopped until somebody looks. Nothing is credited meanwhile."""
    updated_at: datetime = now_default()
