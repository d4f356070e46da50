"""What has become of an order, in words, and how its number and code are written to be read."""

from collections.abc import Callable, Mapping
from typing import Final

import phonenumbers

from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.outside_numbers import is_digits
from jiema_app.i18n.translation import t

GROUPED_MIN: Final = 6
"""Codes of so many digits, an even number, are read in two halves."""


STATUS_WORDS: Final[Mapping[OrderStatus, Callable[[str], str]]] = {
    OrderStatus.RESERVED: lambda locale: t(locale, "Placing order"),
    OrderStatus.WAITING: lambda locale: t(locale, "Waiting for a code"),
    OrderStatus.RECEIVED: lambda locale: t(locale, "Code received"),
    OrderStatus.COMPLETED: lambda locale: t(locale, "Completed"),
    OrderStatus.CANCELLED: lambda locale: t(locale, "Cancelled, refunded"),
    OrderStatus.FAILED: lambda locale: t(locale, "Failed, refunded"),
}


def status_word(order: OrderView, locale: str) -> str:
    """What has become of an order, in a word or two.

    One that ran out is CANCELLED, too, but not by its buyer: the reason tells them apart.
    """
    if order.status is OrderStatus.CANCELLED and order.reason is EndReason.EXPIRED:
        return t(locale, "Expired, refunded")
    return STATUS_WORDS[order.status](locale)


def why_refunded(order: OrderView, locale: str) -> str:
    """Why an order's price went back, in a sentence."""
    if order.status is OrderStatus.FAILED:
        return (
            t(locale, "This number became unavailable.")
            if order.reason is EndReason.UPSTREAM_LOST
            else t(locale, "We couldn't get a number.")
        )
    if order.reason is EndReason.USER:
        return t(locale, "You cancelled this order.")
    return t(locale, "No code arrived in time.")


def readable_phone(phone: str | None) -> str:
    """A number in the groups its country writes it in: ``+60 12-345 6789``."""
    if not phone or "*" in phone:
        return phone or ""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def readable_code(code: str) -> str:
    """A code in two halves, when it is long enough to be misread: ``482 913``."""
    if not is_digits(code) or len(code) < GROUPED_MIN or len(code) % 2:
        return code
    return f"{code[: len(code) // 2]} {code[len(code) // 2 :]}"
