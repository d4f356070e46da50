"""Why a withdrawal is not taken, in words."""

from collections.abc import Callable, Mapping
from typing import Final

from jiema_app.domain.errors import Forbidden
from jiema_app.domain.payouts.destinations import DestinationFault
from jiema_app.domain.units import MicroUsdt
from jiema_app.domain.withdrawals.draft_views import Fault
from jiema_app.domain.withdrawals.statuses import WithdrawalFault
from jiema_app.domain.withdrawals.terms import Rules
from jiema_app.i18n.error_messages import explain
from jiema_app.i18n.formats import duration, money
from jiema_app.i18n.translation import t, tn
from jiema_app.settings import get_settings
from jiema_app.settings.values import DAY_S

OF_AMOUNT: Final = frozenset(
    {
        WithdrawalFault.AMOUNT,
        WithdrawalFault.TOO_SMALL,
        WithdrawalFault.TOO_LARGE,
        WithdrawalFault.NOT_COVERED,
        WithdrawalFault.DAY_SUM,
    }
)

_OF_ADDRESSES: Final[Mapping[DestinationFault, Callable[[str], str]]] = {
    DestinationFault.EMPTY: lambda locale: t(locale, "Enter the address we should pay to."),
    DestinationFault.NOT_TRON: lambda locale: t(
        locale, "This isn't a TRON address. A TRON address has 34 characters and begins with T."
    ),
    DestinationFault.CHECKSUM: lambda locale: t(
        locale, "A character of this address is wrong or missing. Copy it again from your wallet."
    ),
    DestinationFault.ZERO: lambda locale: t(
        locale, "This address belongs to nobody, so anything sent to it is lost."
    ),
    DestinationFault.TOKEN_CONTRACT: lambda locale: t(
        locale,
        "This is the address of the USDT contract, not of a wallet. Anything sent to it is lost.",
    ),
    DestinationFault.OURS: lambda locale: t(
        locale, "This is one of our own addresses. Use an address of your own."
    ),
    DestinationFault.SANCTIONED: lambda locale: t(
        locale, "We're not allowed to pay to this address. Use another one, or contact support."
    ),
    DestinationFault.CONTRACT: lambda locale: t(
        locale,
        "This is the address of a smart contract. We only pay to wallets. Use the address of your "
        "own wallet.",
    ),
    DestinationFault.BLACKLISTED: lambda locale: t(
        locale, "The issuer of USDT has blocked this address. Use another one."
    ),
}


def address_words(fault: DestinationFault, locale: str) -> str:
    """Why an address cannot be paid to."""
    return _OF_ADDRESSES[fault](locale)


def fault_words(fault: Fault, figure: MicroUsdt | None, rules: Rules, locale: str) -> str:
    """What somebody reads who met a fault.

    Args:
        fault: What is wrong.
        figure: The amount that it is about, in micro-USDT, if it is about one.
        rules: What holds now.
        locale: Of the page.
    """
    if isinstance(fault, DestinationFault):
        return address_words(fault, locale)
    if fault in OF_AMOUNT:
        return _of_amount(fault, money(locale, figure or MicroUsdt(0)), locale)
    return _OF_NEITHER[fault](locale, rules)


def _of_amount(fault: WithdrawalFault, figure: str, locale: str) -> str:
    if fault is WithdrawalFault.TOO_SMALL:
        return t(locale, "The smallest withdrawal is {amount}.", amount=figure)
    if fault is WithdrawalFault.TOO_LARGE:
        return t(locale, "The largest withdrawal is {amount}.", amount=figure)
    if fault is WithdrawalFault.NOT_COVERED:
        return t(locale, "You can withdraw up to {amount}.", amount=figure)
    if fault is WithdrawalFault.DAY_SUM:
        return t(
            locale,
            "You can withdraw up to {amount} in {time}.",
            amount=figure,
            time=duration(locale, DAY_S),
        )
    return t(locale, "Enter an amount, such as 12.50.")


def untaken_words(refusal: str | None, locale: str) -> str:
    """What somebody reads whose withdrawal was confirmed and not taken, where no fault says why.

    Args:
        refusal: The code of an error; None where nobody knows.
        locale: Of the reader.
    """
    if refusal == Forbidden.code:
        return explain(refusal, locale)
    return t(
        locale,
        "We couldn't request this withdrawal. Nothing was taken. Prepare it again in the app.",
    )


def paused_words(locale: str) -> str:
    """Why there is no form."""
    return t(locale, "Withdrawals are paused for now. Your commission isn't affected.")


_OF_NEITHER: Final[Mapping[WithdrawalFault, Callable[[str, Rules], str]]] = {
    WithdrawalFault.PAUSED: lambda locale, _: paused_words(locale),
    WithdrawalFault.ONE_OPEN: lambda locale, _: t(
        locale,
        "You already have an open withdrawal. You can request another one when it has ended.",
    ),
    WithdrawalFault.DAY_COUNT: lambda locale, rules: tn(
        locale,
        "You've reached the limit of {n} withdrawal in {time}.",
        "You've reached the limit of {n} withdrawals in {time}.",
        rules.per_day_count,
        time=duration(locale, DAY_S),
    ),
    WithdrawalFault.COMMISSION_OWED: lambda locale, _: t(
        locale,
        "We took back commission that you had already moved or withdrawn. You can withdraw again "
        "when what you earn has covered it.",
    ),
    WithdrawalFault.SOURCE: lambda locale, _: t(locale, "Only commission can be withdrawn."),
    WithdrawalFault.SIGN_IN_AGAIN: lambda locale, _: t(
        locale,
        "You signed in more than {time} ago. To protect your money, sign in again before you "
        "confirm.",
        time=duration(locale, get_settings().payout.sign_in_max_age_s),
    ),
    WithdrawalFault.TERMS_CHANGED: lambda locale, _: t(
        locale, "The fee has just changed. Check what you'll receive before you confirm."
    ),
}
