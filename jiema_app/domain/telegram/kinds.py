"""The kinds of messages about orders and money: who makes their words goes by them."""

from typing import Final

ORDER_LIVE: Final = "order.live"
"""The one message that follows an order of its own accord."""
ORDER_SHOWN: Final = "order.shown"
"""An order that its owner asked to see: it follows, too."""
ORDER_REDRAWN: Final = "order.redrawn"
"""An order put where a button was pressed."""
ORDER_SMS: Final = "order.sms"
"""A code's own message."""

RECHARGE_SHOWN: Final = "recharge.shown"
"""A top-up that its owner opened or asked to see: it follows."""
RECHARGE_REDRAWN: Final = "recharge.redrawn"
RECHARGE_FACT: Final = "recharge.fact"
"""Money that came, or did not."""
WITHDRAWAL_FACT: Final = "withdrawal.fact"
WITHDRAWAL_ASKED: Final = "withdrawal.asked"
"""Whether somebody wants what they prepared in the Mini App, and then how far it has come."""
LAUNCH_REFUSED: Final = "launch.refused"
"""That the Mini App was opened with a launch of theirs somewhere else."""
COMMISSION_FACT: Final = "commission.fact"
