"""The chart of accounts, and the kinds of movement between them."""

from enum import IntEnum, StrEnum


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
