"""What a transfer on the chain is to us. Pure: the same facts always give the same verdict.

A payment is credited by itself only when everything fits: our token, a wallet that somebody
held at the block's time, inside of their window, exactly their amount, the first payment they
made, alone in its transaction, and from a stranger. Anything else of value waits for a person.

Where several things are wrong the first of these is the reason: WRONG_TOKEN, OWN_TRANSFER,
UNASSIGNED_WALLET, EARLY, LATE, MULTI_TRANSFER, DUPLICATE, UNDER or OVER.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from jiema_app.domain.recharges.statuses import Oddity
from jiema_app.domain.units import MicroUsdt

EARLY_MAX: Final = timedelta(minutes=2)
"""Clocks differ: a payment so little older than the recharge must be meant for it."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose wallet it is.

    Attributes:
        created_block: The last final block that had been read when the recharge was opened.
        has_earlier: Whether another payment of more than dust came for it before.
    """

    amount_micro: MicroUsdt
    created_at: datetime
    created_block: int
    closes_at: datetime
    has_earlier: bool


@dataclass(frozen=True, slots=True)
class Arrival:
    """A transfer to one of our wallets, in a final block.

    Attributes:
        amount: In the token's smallest unit.
        is_own: Whether a wallet of ours sent it.
        siblings: Transfers of our token to this wallet in its transaction, itself counted.
        holder: Who holds the wallet now; None when nobody does.
    """

    is_genuine: bool
    amount: int
    block_number: int
    block_time: datetime
    is_own: bool
    siblings: int
    holder: Holder | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is done about an arrival.

    Attributes:
        is_noise: It is of no value to anybody.
        is_holders: It concerns whoever holds the wallet.
        oddity: Why a person must decide; None when it is credited, or noise.
    """

    is_noise: bool = False
    is_holders: bool = False
    oddity: Oddity | None = None

    @property
    def is_credit(self) -> bool:
        """Whether it is credited without anybody's help."""
        return not self.is_noise and self.oddity is None


def judge(arrival: Arrival) -> Verdict:
    """Decide what a transfer is."""
    if arrival.amount == 0:
        return Verdict(is_noise=True)
    holder = arrival.holder
    is_early = holder is not None and (
        arrival.block_time < holder.created_at or arrival.block_number <= holder.created_block
    )
    if holder is None or (is_early and arrival.block_time < holder.created_at - EARLY_MAX):
        return Verdict(oddity=_oddity_of_its_own(arrival) or Oddity.UNASSIGNED_WALLET)
    oddity = _oddity_of_its_own(arrival) or (
        Oddity.EARLY if is_early else _oddity_for(holder, arrival)
    )
    return Verdict(is_holders=True, oddity=oddity)


def _oddity_of_its_own(arrival: Arrival) -> Oddity | None:
    if not arrival.is_genuine:
        return Oddity.WRONG_TOKEN
    return Oddity.OWN_TRANSFER if arrival.is_own else None


def _oddity_for(holder: Holder, arrival: Arrival) -> Oddity | None:
    """What is wrong with a stranger's payment of our token, made after the window opened."""
    if arrival.block_time > holder.closes_at:
        return Oddity.LATE
    if arrival.siblings > 1:
        return Oddity.MULTI_TRANSFER
    if holder.has_earlier:
        return Oddity.DUPLICATE
    if arrival.amount < holder.amount_micro:
        return Oddity.UNDER
    return Oddity.OVER if arrival.amount > holder.amount_micro else None
