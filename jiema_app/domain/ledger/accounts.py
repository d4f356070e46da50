"""The chart of accounts, and the kinds of movement between them."""

from enum import IntEnum, StrEnum
from typing import Final


class UserAccount(StrEnum):
    """Purses of a user."""

    SPENDING = "user:spending"
    """What they may order with."""
    COMMISSION_PENDING = "user:commission_pending"
    """Earned by orders of people they invited that are open still, or held for a look."""
    COMMISSION = "user:commission"
    """Earned for good: to be moved or paid out. Below zero after a claw-back of what was spent."""
    WITHDRAWAL_HOLD = "user:withdrawal_hold"
    """Asked to be paid out, and not paid yet."""


class HouseAccount(IntEnum):
    """Purses of the house and of the chain: fixed numbers, made by a migration."""

    ORDERS_OPEN = 1
    """Prices of orders that have not received a code yet."""
    SALES = 2
    """Prices of orders that received one: earned."""
    ADJUSTMENTS = 3
    """Counterpart of credits and debits that an administrator or the sandbox makes."""
    REFERRAL_EXPENSE = 4
    """What invitations cost."""
    WITHDRAWAL_FEES = 5
    """Earned on withdrawals."""
    CHAIN_POOL = 6
    """Our token in the wallets of the pool. Outside of the house, so it stands below zero by
    as much as the wallets hold."""
    CHAIN_HOT = 7
    """Likewise of the wallet that pays out."""
    PAYMENTS_HELD = 8
    """Arrived, and a person must decide whose it is."""
    REFUNDS_DUE = 9
    """To be sent back to whoever sent it."""
    PAYMENTS_UNCLAIMED = 10
    """Arrived, and a person decided that it is nobody's."""
    POOL_OUTGOING = 11
    """Left the wallets of the pool for another wallet than theirs, less refunds that were paid
    with it or with other money of the pool's owner: what they took out less what they put in."""
    CHAIN_TREASURY = 12
    """Likewise of the wallet where money is kept apart."""
    OWNER_FUNDS = 13
    """What the owner put into the hot wallet and the treasury less what they took out."""


class TransferKind(StrEnum):
    """Why money moved. Part of every user's statement."""

    ORDER_PLACED = "order_placed"
    """user:spending → house:orders_open"""
    ORDER_RECEIVED = "order_received"
    """house:orders_open → house:sales"""
    ORDER_REFUNDED = "order_refunded"
    """house:orders_open → user:spending"""
    ADMIN_CREDIT = "admin_credit"
    """house:adjustments → user:spending"""
    SANDBOX_CREDIT = "sandbox_credit"
    """house:adjustments → user:spending, in the sandbox only"""
    RECHARGE_CREDITED = "recharge_credited"
    """chain:pool → user:spending, or house:payments_held → user:spending after a review.
    The reference is the payment's id, so one payment is credited once, whichever way."""
    PAYMENT_HELD = "payment_held"
    """chain:pool → house:payments_held"""
    PAYMENT_REFUND_DUE = "payment_refund_due"
    """house:payments_held → house:refunds_due"""
    PAYMENT_UNCLAIMED = "payment_unclaimed"
    """house:payments_held → house:payments_unclaimed, or house:refunds_due →
    house:payments_unclaimed: the part of a refund that was not sent"""
    PAYMENT_REFUNDED = "payment_refunded"
    """house:refunds_due → chain:pool, when the transfer back is final, or house:refunds_due →
    house:pool_outgoing, when a person states which other transfer paid it. The reference is
    the payment's id, so one payment is sent back once, whichever way."""
    POOL_OUTGOING = "pool_outgoing"
    """house:pool_outgoing → chain:pool"""
    COMMISSION_ACCRUED = "commission_accrued"
    """house:referral_expense → user:commission_pending of whoever invited the buyer"""
    COMMISSION_RELEASED = "commission_released"
    """user:commission_pending → user:commission"""
    COMMISSION_REVERSED = "commission_reversed"
    """user:commission_pending → house:referral_expense"""
    COMMISSION_CLAWED_BACK = "commission_clawed_back"
    """user:commission → house:referral_expense, also where that is less than was earned"""
    COMMISSION_MOVED = "commission_moved"
    """user:commission → user:spending"""
    SANDBOX_COMMISSION = "sandbox_commission"
    """house:adjustments → user:commission, in the sandbox only"""
    WITHDRAWAL_REQUESTED = "withdrawal_requested"
    """user:commission or user:spending → user:withdrawal_hold"""
    WITHDRAWAL_RETURNED = "withdrawal_returned"
    """user:withdrawal_hold → where it came from"""
    WITHDRAWAL_SETTLED = "withdrawal_settled"
    """user:withdrawal_hold → chain:hot, what was sent; or → house:owner_funds, when a person
    states which other transfer paid it"""
    WITHDRAWAL_FEE = "withdrawal_fee"
    """user:withdrawal_hold → house:withdrawal_fees"""
    HOUSE_FUNDED = "house_funded"
    """chain:hot or chain:treasury → house:owner_funds: the owner put something in"""
    HOUSE_OUTGOING = "house_outgoing"
    """house:owner_funds → chain:hot or chain:treasury: left, and paid nobody's withdrawal"""
    HOUSE_MOVED = "house_moved"
    """Between chain:pool, chain:hot and chain:treasury, from where it arrived to where it left"""


ORDER_KINDS: Final = (
    TransferKind.ORDER_PLACED,
    TransferKind.ORDER_RECEIVED,
    TransferKind.ORDER_REFUNDED,
    TransferKind.COMMISSION_ACCRUED,
    TransferKind.COMMISSION_RELEASED,
    TransferKind.COMMISSION_REVERSED,
    TransferKind.COMMISSION_CLAWED_BACK,
)
"""Kinds whose reference is an order's id."""

PAYMENT_KINDS: Final = (
    TransferKind.RECHARGE_CREDITED,
    TransferKind.PAYMENT_HELD,
    TransferKind.PAYMENT_REFUND_DUE,
    TransferKind.PAYMENT_UNCLAIMED,
    TransferKind.PAYMENT_REFUNDED,
    TransferKind.POOL_OUTGOING,
    TransferKind.HOUSE_FUNDED,
    TransferKind.HOUSE_OUTGOING,
    TransferKind.HOUSE_MOVED,
)
"""Kinds whose reference is a payment's id."""

WITHDRAWAL_KINDS: Final = (
    TransferKind.WITHDRAWAL_REQUESTED,
    TransferKind.WITHDRAWAL_RETURNED,
    TransferKind.WITHDRAWAL_SETTLED,
    TransferKind.WITHDRAWAL_FEE,
)
"""Kinds whose reference is a withdrawal's id."""

EARNING_ACCOUNTS: Final = (
    UserAccount.COMMISSION_PENDING,
    UserAccount.COMMISSION,
    UserAccount.WITHDRAWAL_HOLD,
)
"""Opened when somebody first needs one of them, in this order: balances are locked by it."""
