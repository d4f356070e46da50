"""What somebody asks for when they want to be paid out, and why it may be refused."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.ledger.accounts import UserAccount
from jiema_app.domain.payouts.destinations import DestinationFault
from jiema_app.domain.units import MicroUsdt, usdt_text
from jiema_app.domain.withdrawals.statuses import WithdrawalFault

BLOCKED: Final = "This account is blocked. Contact support."

SOURCES: Final = {"commission": UserAccount.COMMISSION, "spending": UserAccount.SPENDING}
"""Balances that can be paid out, by what a request calls them."""


class WithdrawalRefused(BadRequest):
    """A withdrawal is not taken. Nothing was held.

    Attributes:
        fault: Why.
        amount: The figure that it is about, in micro-USDT: the least, the most, or what there is.
    """

    def __init__(
        self, fault: WithdrawalFault | DestinationFault, amount: MicroUsdt | None = None
    ) -> None:
        said = MESSAGES[fault]
        if amount is not None:
            said = f"{said.removesuffix('.')} ({usdt_text(amount)} USDT)."
        super().__init__(said)
        self.fault = fault
        self.amount = amount


MESSAGES: Final[dict[WithdrawalFault | DestinationFault, str]] = {
    WithdrawalFault.PAUSED: "Withdrawals are paused for now.",
    WithdrawalFault.AMOUNT: "Enter an amount, such as 20.",
    WithdrawalFault.TOO_SMALL: "This is below the minimum withdrawal.",
    WithdrawalFault.TOO_LARGE: "This is above the largest withdrawal.",
    WithdrawalFault.NOT_COVERED: "You don't have this much to withdraw.",
    WithdrawalFault.ONE_OPEN: "You already have an open withdrawal.",
    WithdrawalFault.DAY_COUNT: "You've asked for as many withdrawals as one day allows.",
    WithdrawalFault.DAY_SUM: "This is more than you can withdraw in one day.",
    WithdrawalFault.COMMISSION_OWED: "Commission was taken back, so nothing can be withdrawn now.",
    WithdrawalFault.SOURCE: "Only commission can be withdrawn.",
    WithdrawalFault.SIGN_IN_AGAIN: "Sign in again before you withdraw.",
    WithdrawalFault.TERMS_CHANGED: "The fee has just changed. Check it and try again.",
    DestinationFault.EMPTY: "Enter the address to pay to.",
    DestinationFault.NOT_TRON: "This isn't a TRON address: one has 34 characters and begins with T.",
    DestinationFault.CHECKSUM: "A character of this address is wrong. Copy it again.",
    DestinationFault.ZERO: "This address belongs to nobody: money sent there is lost.",
    DestinationFault.TOKEN_CONTRACT: "This is the USDT contract: money sent there is lost.",
    DestinationFault.OURS: "This address is one of ours. Use a wallet of your own.",
    DestinationFault.SANCTIONED: "We can't pay to this address.",
    DestinationFault.CONTRACT: "This is a contract, not a wallet. Use a wallet of your own.",
    DestinationFault.BLACKLISTED: "The issuer of USDT has blocked this address. Use another one.",
}
"""For the command line and the log. Pages say it in their own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalRequest:
    """What somebody wants.

    Attributes:
        address: As it was typed.
        amount: What is to leave the balance, in micro-USDT: the fee lies inside.
        source: ``commission`` or ``spending``.
        request_key: Names the request: sent twice, it holds once.
        net: What they were told is sent of it; None where they were told nothing.
        signed_in_at: When they signed in; None: by a command, which is not asked.
    """

    address: str
    amount: MicroUsdt
    source: str = "commission"
    request_key: str
    net: MicroUsdt | None = None
    signed_in_at: datetime | None = None
