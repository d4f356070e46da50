"""Payments that arrive: final blocks without a chain."""

from datetime import timedelta
from decimal import Decimal

from jiema_app.domain import ids
from jiema_app.domain.recharges.judging import Judging
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.domain.units import MicroUsdt, UserId, micro_of
from tests.support.shop import Customer, Shop, now

STRANGER = "TLyqzVGLV1srkB7dToTAEqgDSfPtXRJZYH"
OTHER_TOKEN = "TFaKe" + "1" * 29


def usdt(amount: str | int) -> MicroUsdt:
    """An amount in micro-USDT."""
    return micro_of(Decimal(amount))


async def open_recharge(shop: Shop, customer: Customer, amount: str | int = 10) -> RechargeView:
    """An open recharge of a customer."""
    await shop.read_chain()
    await shop.services.pool.keep_stock()
    return await shop.services.recharges.open(customer.id, usdt(amount))


async def pay(
    shop: Shop,
    recharge: RechargeView,
    amount: str | int,
    *,
    is_genuine: bool = True,
    later_s: float = 0,
) -> str:
    """Have a final block bring a payment to a recharge's wallet, and have it judged.

    Args:
        shop: Where.
        recharge: Whose wallet.
        amount: In USDT.
        is_genuine: Whether it is our token.
        later_s: How far from now its block lies, in seconds.

    Returns:
        The payment's id.
    """
    payment = ids.new_id()
    token = shop.settings.tron.token_contract
    await shop.execute(
        "insert into payments (id, txid, log_index, block_number, block_position, block_id, "
        "block_time, contract, is_genuine, from_address, to_address, amount) "
        "select $1, md5($1) || md5($1 || '.'), 0, block_number + 10, 0, repeat('0', 64), $2, $3, "
        "$4, $5, $6, $7::text::numeric from chain_cursors",
        payment,
        now() + timedelta(seconds=later_s),
        token if is_genuine else OTHER_TOKEN,
        is_genuine,
        STRANGER,
        recharge.address,
        str(usdt(amount)),
    )
    rules = shop.settings.recharge
    judging = Judging(shop.services.database, micro_of(rules.dust_usdt), rules.quarantine_s)
    await judging.run()
    return payment


async def read(shop: Shop, user: UserId, recharge: RechargeView) -> RechargeView:
    """The recharge as it is now."""
    return await shop.services.recharges.get(user, recharge.id)
