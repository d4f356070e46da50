"""The hot wallet and the treasury: which they are, and what becomes of payouts when they change."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from jiema_app.domain import ids
from jiema_app.domain.errors import NotOpen
from jiema_app.domain.payouts import queries
from jiema_app.domain.payouts.checks.results import CheckName
from jiema_app.domain.payouts.eight_checks import ChecksNotPassed
from jiema_app.domain.payouts.house_wallets import HouseWallets, send_from
from jiema_app.domain.payouts.kinds import Purpose
from jiema_app.domain.units import UserId
from jiema_app.domain.withdrawals.review import WithdrawalReviews
from jiema_app.domain.withdrawals.views import WithdrawalView
from signer.composition import build_signer
from signer.key_ring import KeyRing
from signer.plain_secret import PlainSecret
from signer.signing_key import SigningKey
from signer.turns import Signer
from tests.support.house import HOT, TREASURY, House, open_house
from tests.support.shop import Shop
from tests.support.withdrawing import ANOTHER, STRANGER, USDT, earner, micro, wish

COMMAND_LINE: Final = "command-line"
NEW_KEY: Final = SigningKey(PlainSecret(bytes.fromhex("99" * 32)))
NEW: Final = NEW_KEY.address


@pytest.fixture
async def house(shop: Shop, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(shop, tmp_path) as opened:
        yield opened
        await opened.mine()
        await opened.compare()


async def asked(house: House, usdt: float = 20, address: str = STRANGER) -> WithdrawalView:
    customer = await earner(house.shop, usdt)
    return await house.payouts.withdrawals.request(customer.id, wish(usdt, address))


async def approved(house: House, usdt: float = 20) -> WithdrawalView:
    one = await asked(house, usdt)
    return (await house.payouts.reviews.approve(one.id, actor=COMMAND_LINE)).withdrawal


def wallets(house: House, hot: str | None = NEW, treasury: str | None = TREASURY) -> HouseWallets:
    """What the settings of another process name."""
    return HouseWallets(house.shop.services.database, hot, treasury)


def reviews(house: House, hot: str = NEW) -> WithdrawalReviews:
    """Reviews in such a process."""
    return replace(house.payouts.reviews, house=wallets(house, hot))


def signer(house: House) -> Signer:
    """A signer that holds the new key besides the old one."""
    ring = KeyRing((NEW_KEY, *house.ring.hots), house.ring.pools)
    return build_signer(
        house.configuration,
        house.shop.services.database,
        house.payout_chain,
        ring,
        house.journal,
        house.clock,
    )


async def rotate(house: House, usdt: str = "1000") -> Signer:
    """Have another hot wallet from now on, with some money in it."""
    await house.peer.control("faucet", address=NEW, usdt=usdt, trx="1000")
    await wallets(house).keep()
    await house.mine()
    await house.compare()
    return signer(house)


async def in_use(house: House) -> dict[Purpose, str]:
    found = await house.payouts.house.list_all()
    used = [one for one in found if one.retired_at is None]
    assert len({one.purpose for one in used}) == len(used)
    return {one.purpose: one.address for one in used}


async def payouts_of(house: House, withdrawal: WithdrawalView) -> list[tuple[str, str]]:
    async with house.shop.services.database.connection() as connection:
        rows = await connection.fetch(
            "select from_address, status from payouts where subject_id = $1 order by id",
            withdrawal.id,
        )
    return [(row["from_address"], row["status"]) for row in rows]


async def test_the_wallets_of_the_settings_are_written_down_once(house: House) -> None:
    for _ in range(2):
        await house.payouts.house.keep()
    await asyncio.gather(*(house.payouts.house.keep() for _ in range(6)))
    found = await house.payouts.house.list_all()
    assert [(one.purpose, one.address, one.retired_at) for one in found] == [
        (Purpose.HOT, HOT, None),
        (Purpose.TREASURY, TREASURY, None),
    ]


async def test_where_none_is_named_none_is_written_down(shop: Shop) -> None:
    nothing = HouseWallets(shop.services.database, None, None)
    await nothing.keep()
    assert await nothing.list_all() == []


async def test_another_one_takes_its_place_and_the_old_one_is_still_watched(house: House) -> None:
    await rotate(house)
    assert await in_use(house) == {Purpose.HOT: NEW, Purpose.TREASURY: TREASURY}
    await house.peer.pay("7", to=HOT)
    await house.mine()
    assert (
        await house.shop.fetchval(
            "select status from payments where to_address = $1 order by id desc limit 1", HOT
        )
        == "HOUSE"
    )
    await house.compare()


async def test_the_old_one_comes_back_when_the_settings_name_it_again(house: House) -> None:
    await rotate(house)
    await house.payouts.house.keep()
    assert await in_use(house) == {Purpose.HOT: HOT, Purpose.TREASURY: TREASURY}
    await wallets(house).keep()
    assert await in_use(house) == {Purpose.HOT: NEW, Purpose.TREASURY: TREASURY}
    assert len(await house.payouts.house.list_all()) == 3


async def test_of_several_processes_with_other_settings_one_has_the_last_word(
    house: House,
) -> None:
    await asyncio.gather(*(wallets(house, one).keep() for one in (HOT, NEW, ANOTHER) * 3))
    assert (await in_use(house))[Purpose.HOT] in {HOT, NEW, ANOTHER}
    await house.payouts.house.keep()
    assert (await in_use(house))[Purpose.HOT] == HOT


async def test_a_wallet_of_ours_does_not_become_another_one_of_ours(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its books say what it is."""
    await house.shop.services.pool.grow(1)
    pool = await house.shop.fetchval("select address from wallets limit 1")
    for hot, treasury in ((TREASURY, HOT), (pool, TREASURY), (HOT, pool)):
        await wallets(house, hot, treasury).keep()
        assert await in_use(house) == {Purpose.HOT: HOT, Purpose.TREASURY: TREASURY}
        assert "cannot be another one of ours" in capsys.readouterr().out
    one = await asked(house)
    for hot in (TREASURY, pool):
        with pytest.raises(ChecksNotPassed) as refusal:
            await reviews(house, hot).approve(one.id, actor=COMMAND_LINE)
        failed = {check.name for check in refusal.value.results if check.outcome == "FAIL"}
        assert CheckName.DESTINATION_IDENTITY in failed


async def test_what_nobody_has_signed_is_paid_from_the_new_one(house: House) -> None:
    one = await approved(house)
    other = await rotate(house)
    assert await payouts_of(house, one) == [(HOT, "CANCELLED"), (NEW, "QUEUED")]
    shown = await house.show(one.id)
    assert (shown.status, shown.approved_at) == ("APPROVED", one.approved_at)
    before = await house.balance(HOT), await house.balance(NEW)
    await other.turn()
    await house.mine()
    await other.turn()
    assert (await house.show(one.id)).status == "SETTLED"
    assert (await house.balance(HOT), await house.balance(NEW)) == (
        before[0],
        before[1] - 18 * USDT,
    )


async def test_what_was_signed_is_paid_from_the_old_one(house: House) -> None:
    one = await approved(house)
    await house.signer.turn()
    await wallets(house).keep()
    assert await payouts_of(house, one) == [(HOT, "BROADCAST")]
    await (await rotate(house)).turn()
    assert (await house.show(one.id)).status == "SETTLED"
    assert await payouts_of(house, one) == [(HOT, "SETTLED")]


async def test_what_failed_on_the_chain_is_tried_again_from_the_new_one(house: House) -> None:
    one = await approved(house)
    await house.peer.fault("broadcasttransaction", "revert", count=1)
    await house.signer.turn()
    await house.finish()
    assert (await house.show(one.id)).status == "FAILED_ON_CHAIN"
    other = await rotate(house)
    assert await payouts_of(house, one) == [(HOT, "FAILED_ON_CHAIN")]
    again = await reviews(house).retry(one.id, actor=COMMAND_LINE, note="from the new one")
    assert (again.status, again.txid) == ("APPROVED", None)
    assert await payouts_of(house, one) == [(HOT, "CANCELLED"), (NEW, "QUEUED")]
    found = await reviews(house).show(one.id)
    (unique,) = [check for check in found.checks if check.name is CheckName.UNIQUE_AND_RECONCILED]
    assert "Transactions signed before: 1, of which none was paid" in unique.evidence
    await other.turn()
    await house.mine()
    await other.turn()
    assert (await house.show(one.id)).status == "SETTLED"


async def test_what_the_signer_refuses_to_pay_from_the_old_one_is_told_and_paid_from_the_new_one(
    house: House,
) -> None:
    """The signer has the new key already, and the settings still name the old wallet."""
    one = await approved(house)
    await house.peer.control("faucet", address=NEW, usdt="1000", trx="1000")
    early = signer(house)
    await early.turn()
    stopped = await house.show(one.id)
    assert stopped.status == "NEEDS_REVIEW"
    assert "hot wallet alone" in str(stopped.waits_because)
    await rotate(house, "1")
    assert await payouts_of(house, one) == [(HOT, "NEEDS_REVIEW")]
    await reviews(house).retry(one.id, actor=COMMAND_LINE, note="from the new one")
    await early.turn()
    await house.mine()
    await early.turn()
    assert (await house.show(one.id)).status == "SETTLED"


async def test_a_process_with_the_old_settings_approves_nothing(house: House) -> None:
    one = await asked(house)
    await rotate(house)
    with pytest.raises(NotOpen, match="another one by now"):
        await house.payouts.reviews.approve(one.id, actor=COMMAND_LINE)
    assert (await house.show(one.id)).status == "REQUESTED"
    assert await house.shop.fetchval("select count(*) from withdrawal_decisions") == 0
    assert (await reviews(house).approve(one.id, actor=COMMAND_LINE)).is_final


async def test_the_new_one_pays_with_what_it_has_whatever_the_old_one_has(house: House) -> None:
    """The account of the books is of both together."""
    one, large = await asked(house, 500), await asked(house, 500)
    other = await rotate(house, "500")
    assert (await reviews(house).approve(one.id, actor=COMMAND_LINE)).is_final
    with pytest.raises(ChecksNotPassed, match="475 are promised"):
        await reviews(house).approve(large.id, actor=COMMAND_LINE)
    await other.turn()
    for _ in range(2):
        # Before its transfer is read, and after.
        await house.peer.mine(3)
        await other.turn()
        assert (await house.show(one.id)).status == "SETTLED"
        with pytest.raises(ChecksNotPassed) as refusal:
            await reviews(house).approve(large.id, actor=COMMAND_LINE)
        wrong = {check.name for check in refusal.value.results if check.outcome != "PASS"}
        assert CheckName.UNIQUE_AND_RECONCILED not in wrong, refusal.value
        await house.mine()
        await house.compare()


async def test_what_goes_to_the_new_one_itself_is_left_to_a_person(house: House) -> None:
    one = await asked(house, 20, NEW)
    await house.payouts.reviews.approve(one.id, actor=COMMAND_LINE)
    other = await rotate(house)
    assert await payouts_of(house, one) == [(HOT, "QUEUED")]
    await other.turn()
    stopped = await house.show(one.id)
    assert stopped.status == "NEEDS_REVIEW"
    assert "our own" in str(stopped.waits_because)
    gone = await reviews(house).reject(one.id, actor=COMMAND_LINE, note="it is ours")
    assert gone.status == "REJECTED"
    found = await house.shop.services.commissions.purse(UserId(one.user_id))
    assert (found.available, found.held) == (micro(20), 0)


async def test_trx_for_a_sweep_comes_from_the_new_one_too(house: House) -> None:
    await house.shop.services.pool.grow(1)
    pool = await house.shop.fetchval("select address from wallets limit 1")
    async with house.shop.services.database.transaction() as connection:
        await connection.fetchval(
            queries.ENQUEUE, ids.new_id(), "GAS", "sweep", "TRX", HOT, pool, 5_000_000, "signer"
        )
    await wallets(house).keep()
    async with house.shop.services.database.connection() as connection:
        rows = await connection.fetch(
            "select from_address, to_address, amount, subject_id, created_by from payouts "
            "where status = 'QUEUED'"
        )
    assert [tuple(row) for row in rows] == [(NEW, pool, 5_000_000, "sweep", "signer")]
    await house.shop.execute("update payouts set status = 'CANCELLED' where status = 'QUEUED'")
    await house.mine()
    await house.compare()


async def test_what_may_still_be_paid_is_not_replaced(house: House) -> None:
    one = await approved(house)
    await house.signer.turn()
    async with house.shop.services.database.transaction() as connection:
        row = await connection.fetchrow(queries.OF_SUBJECT, "WITHDRAWAL", one.id)
        assert await send_from(connection, row, NEW) is None
    assert await payouts_of(house, one) == [(HOT, "BROADCAST")]
    await house.finish()


async def test_a_rotation_and_an_approval_of_one_moment_leave_nothing_at_the_old_one(
    house: House,
) -> None:
    made = [await asked(house) for _ in range(6)]
    await asyncio.gather(
        *(house.payouts.reviews.approve(one.id, actor=COMMAND_LINE) for one in made),
        wallets(house).keep(),
        return_exceptions=True,
    )
    await wallets(house).keep()
    left = "select count(*) from payouts where status = 'QUEUED' and from_address = $1"
    assert await house.shop.fetchval(left, HOT) == 0
    for one in made:
        status = (await house.show(one.id)).decided
        is_queued = (NEW, "QUEUED") in await payouts_of(house, one)
        assert is_queued == (status == "APPROVED")
