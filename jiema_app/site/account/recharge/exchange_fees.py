"""How to send so that exactly the amount arrives: exchanges take their fee out of it."""

from typing import Final

from jiema_app.domain.units import MICRO_PER_USDT, MicroUsdt
from jiema_app.i18n.formats import usdt
from jiema_app.i18n.translation import t

EXAMPLE_FEE: Final = MicroUsdt(MICRO_PER_USDT)
"""About what exchanges take on TRON; the text says that it is an example."""


def how_to_send(amount: MicroUsdt, locale: str) -> list[str]:
    """What whoever pays from an exchange, or from a wallet of their own, should know.

    Args:
        amount: What is to arrive, exactly.
        locale: Of the page.
    """
    exact = usdt(amount)
    return [
        t(
            locale,
            "Most exchanges take their fee out of the amount you send. Send {amount} plus the fee "
            "that your exchange shows, so that exactly {amount} arrives.",
            amount=exact,
        ),
        t(
            locale,
            "For example, if the fee is {fee}, send {total}. Then {amount} arrives.",
            fee=usdt(EXAMPLE_FEE),
            total=usdt(MicroUsdt(amount + EXAMPLE_FEE)),
            amount=exact,
        ),
        t(
            locale,
            "Choose the network TRON (TRC20). Check the amount that will arrive before you "
            "confirm. Some exchanges take a few minutes to send.",
        ),
        t(
            locale,
            "From your own wallet, send exactly {amount}. The network fee is usually paid "
            "separately, in TRX.",
            amount=exact,
        ),
    ]
