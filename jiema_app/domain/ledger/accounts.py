"""The chart of accounts, and the kinds of movement between them."""

from enum import IntEnum, StrEnum
from typing import Final


class UserAccount(StrEnum):
    """Purses of a user."""

    SPENDING = "user:spending"


class HouseAccount(IntEnum):
    """Purses of the house and of the chain: fixed numbers, made by a migration."""

    ORDERS_OPEN = 1
    """Prices of orders that have not received a code yet."""
    SALES = 2
    """Prices of orders that received one: earned."""
    ADJUSTMENTS = 3
    """Counterpart of credits and debits that an administrator or the sandbox makes."""
    CHAIN_POOL = 6
    """Our token in the wallets of the pool. Outside of the house, so it stands below zero by
    as much as the wallets hold."""
    PAYMENTS_HELD = 8
    """Arrived, and a person must decide whose it is."""
    REFUNDS_DUE = 9
    """To be sent back to whoever sent it."""
    PAYMENTS_UNCLAIMED = 10
    """Arrived, and a person decided that it is nobody's."""
    POOL_OUTGOING = 11
    """Left the wallets of the pool for another wallet than theirs, less refunds that were paid
    with it or with other money of the pool's owner: what they took out less what they put in."""


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


ORDER_KINDS: Final = (
    TransferKind.ORDER_PLACED,
    TransferKind.ORDER_RECEIVED,
    TransferKind.ORDER_REFUNDED,
)
"""Kinds whose reference is an order's id."""

PAYMENT_KINDS: Final = (
    TransferKind.RECHARGE_CREDITED,
    TransferKind.PAYMENT_HELD,
    TransferKind.PAYMENT_REFUND_DUE,
    TransferKind.PAYMENT_UNCLAIMED,
    TransferKind.PAYMENT_REFUNDED,
    TransferKind.POOL_OUTGOING,
)
"""Kinds whose reference is a payment's id."""
