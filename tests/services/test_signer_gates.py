"""What changes between an approval, the signature and the sending, and what stops the signer."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.payouts.eight_checks import ChecksNotPassed
from jiema_app.domain.transaction import PooledDatabase
from jiema_app.domain.units import MicroUsdt, OrderId
from sandbox.tron.addresses import parse_address
from tests.support.house import ANOTHER, STRANGER, TREASURY, USDT, House, open_house
from tests.support.moving_clock import MovingClock
from tests.support.shop import Customer, Shop


@pytest.fixture
async def house(shop: Shop, tmp_path: Path) -> AsyncIterator[House]:
    """A shop that pays out; in the end chain and books agree to the last unit."""
    async with open_house(shop, tmp_path) as opened:
        yield opened
        await opened.mine()
        await opened.compare()


async def state(house: House) -> Any:
    return await house.payouts.halts.state()


async def earn_by(house: House, friend: Customer) -> OrderView:
    """An order of somebody who was invited, with its code."""
    order = await house.shop.place(friend)
    await house.shop.deliver(order)
    return await house.shop.services.orders.finish(friend.id, order.id)


async def laid_before_a_person(house: House, withdrawal: str) -> str:
    """Why a withdrawal that was approved is not signed."""
    await house.turns()
    shown = await house.show(withdrawal)
    assert shown.status == "NEEDS_REVIEW", shown
    assert not await house.attempts(withdrawal)
    return str(await house.shop.fetchval("select reason from payouts"))


async def ensure_paid(house: House, withdrawal: str, address: str = STRANGER) -> None:
    await house.turns()
    await house.finish()
    shown = await house.show(withdrawal)
    assert shown.status == "SETTLED", shown
    assert await house.balance(address) == 18 * USDT


async def test_who_was_blocked_after_the_approval_is_not_paid(house: House) -> None:
    ann = await house.earner()
    asked = await house.approved(ann)
    await house.shop.services.identity.ban(ann.id, actor="test", reason="stolen cards")
    assert "blocked" in await laid_before_a_person(house, asked.id)
    await house.payouts.reviews.retry(asked.id, actor=await house.admin(), note="look again")
    assert "blocked" in await laid_before_a_person(house, asked.id)
    await house.payouts.reviews.reject(asked.id, actor=await house.admin(), note="stolen cards")
    assert await house.purse(ann) == (50 * USDT, 0)


async def test_who_is_blocked_once_it_is_signed_is_paid(house: House) -> None:
    ann = await house.earner()
    asked = await house.approved(ann)
    await house.signer.turn()
    await house.shop.services.identity.ban(ann.id, actor="test", reason="stolen cards")
    await house.finish()
    assert (await house.show(asked.id)).status == "SETTLED"


async def test_nobody_is_paid_who_owes_commission(house: House) -> None:
    ann = await house.earner()
    asked = await house.approved(ann)
    friend = await house.shop.customer(referrer=ann)
    order = await earn_by(house, friend)
    commissions = house.shop.services.commissions
    available, _ = await house.purse(ann)
    await commissions.move(ann.id, MicroUsdt(available), "all of it")
    await commissions.claw_back(OrderId(order.id), actor="command-line", note="invited himself")
    assert "clawed back" in await laid_before_a_person(house, asked.id)
    await earn_by(house, friend)
    await house.payouts.reviews.retry(asked.id, actor=await house.admin(), note="earned again")
    await ensure_paid(house, asked.id)


@pytest.mark.parametrize("listed", [STRANGER, "hot"])
async def test_a_listed_address_is_not_paid_and_pays_nobody(house: House, listed: str) -> None:
    asked = await house.approved(await house.earner())
    await house.peer.control("blacklist", address=listed)
    assert "blacklisted" in await laid_before_a_person(house, asked.id)
    await house.peer.control("blacklist", address=listed, listed=False)
    await house.payouts.reviews.retry(asked.id, actor=await house.admin(), note="not listed")
    await ensure_paid(house, asked.id)


async def test_a_receiver_who_is_listed_once_it_is_sent_is_paid_all_the_same(house: House) -> None:
    asked = await house.approved(await house.earner())
    await house.signer.turn()
    await house.peer.control("blacklist", address=STRANGER)
    await house.finish()
    assert (await house.show(asked.id)).status == "SETTLED"


async def test_a_sender_who_is_listed_once_it_is_sent_moves_nothing(house: House) -> None:
    asked = await house.approved(await house.earner())
    await house.signer.turn()
    await house.peer.control("blacklist", address="hot")
    await house.finish()
    assert (await house.show(asked.id)).status == "FAILED_ON_CHAIN"
    await house.peer.control("blacklist", address="hot", listed=False)
    await house.payouts.reviews.retry(asked.id, actor=await house.admin(), note="not listed")
    await ensure_paid(house, asked.id)


async def test_an_address_that_became_a_contract_is_not_paid(house: House) -> None:
    asked = await house.approved(await house.earner())
    at = parse_address(STRANGER)
    lie = {"contract_address": at, "bytecode": "60"}
    await house.peer.control(
        "faults", action="getcontract", kind="other_answer", rate=1, answer=lie
    )
    assert "contract" in await laid_before_a_person(house, asked.id)


@pytest.mark.parametrize("whose", ["treasury", "pool", "token"])
async def test_no_row_of_the_database_has_a_wallet_of_ours_paid(house: House, whose: str) -> None:
    await house.shop.services.pool.grow(1)
    address = {
        "treasury": TREASURY,
        "pool": str(await house.shop.fetchval("select address from wallets")),
        "token": house.payout_chain.token,
    }[whose]
    asked = await house.approved(await house.earner())
    await name_another(house, address)
    await laid_before_a_person(house, asked.id)
    await name_another(house, STRANGER)
    await house.payouts.reviews.retry(asked.id, actor=await house.admin(), note="mended")
    await ensure_paid(house, asked.id)


async def name_another(house: House, address: str) -> None:
    """Have the database say that a withdrawal goes elsewhere."""
    await house.shop.damage("update withdrawals set address = $1", address)
    await house.shop.damage("update payouts set to_address = $1", address)


async def test_a_row_that_names_another_amount_or_no_approval_is_not_signed(house: House) -> None:
    asked = await house.approved(await house.earner())
    await house.shop.damage("update payouts set amount = 19000000")
    assert "another amount" in await laid_before_a_person(house, asked.id)
    await house.shop.damage("update payouts set amount = 18000000, status = 'QUEUED'")
    await house.shop.damage("delete from withdrawal_decisions")
    assert "nobody's approval" in await laid_before_a_person(house, asked.id)
    await house.payouts.reviews.reject(asked.id, actor=await house.admin(), note="forged")


async def test_a_price_that_trebles_before_the_signature_is_paid_up_to_the_bound(
    house: House,
) -> None:
    # To whoever has the token already it is half as dear.
    await house.peer.control("faucet", address=ANOTHER, usdt="1")
    dear = await house.approved(await house.earner())
    cheap = await house.approved(await house.earner(), address=ANOTHER)
    await house.peer.control("behaviour", energyPrice=300)
    await house.turns()
    assert (await house.show(dear.id)).status == "NEEDS_REVIEW"
    (attempt,) = await house.attempts(cheap.id)
    assert 25_000_000 < attempt["fee_limit_sun"] < 40_000_000
    await house.finish()
    assert (await house.show(cheap.id)).status == "SETTLED"
    await house.peer.control("behaviour", energyPrice=100)
    await house.payouts.reviews.retry(dear.id, actor=await house.admin(), note="cheaper again")
    await ensure_paid(house, dear.id)


async def test_a_price_that_trebles_after_the_signature_costs_the_fee_limit(house: House) -> None:
    asked = await house.approved(await house.earner())
    await house.signer.turn()
    (attempt,) = await house.attempts(asked.id)
    await house.peer.control("behaviour", energyPrice=300)
    await house.finish()
    assert (await house.show(asked.id)).status == "FAILED_ON_CHAIN"
    (attempt,) = await house.attempts(asked.id)
    assert attempt["fee_sun"] <= attempt["fee_limit_sun"] + 345_000
    await house.peer.control("behaviour", energyPrice=100)
    await house.payouts.reviews.retry(asked.id, actor=await house.admin(), note="cheaper again")
    await ensure_paid(house, asked.id)


async def test_a_hot_wallet_that_is_emptied_by_hand_halts_until_it_is_explained(
    house: House,
) -> None:
    asked = await house.approved(await house.earner())
    # Not even read yet: it is missed at once.
    txid = await house.peer.pay("19999.5", ANOTHER, **{"from": "hot"})
    await house.peer.mine(3)
    await house.turns()
    assert not await house.attempts(asked.id)
    assert (await house.show(asked.id)).status == "APPROVED"
    await house.mine()
    await house.turns()
    assert "nobody has explained" in str((await state(house)).halted_because)
    actor = await house.admin()
    other = await house.ask(await house.earner())
    with pytest.raises(ChecksNotPassed):
        await house.payouts.reviews.approve(other.id, actor=actor)
    # Who lets it go on without a word is halted again.
    await house.payouts.halts.resume(actor=actor, note="go on")
    await house.turns()
    assert (await state(house)).halted_because
    await house.payouts.halts.explain(txid, actor=actor, note="moved to the treasury by hand")
    await house.payouts.halts.resume(actor=actor, note="explained")
    await house.pass_time(20)
    await house.mine(1)
    await house.compare()
    await house.turns()
    # Explained, and empty all the same: it waits for money, and for nobody's word.
    shown = await house.show(asked.id)
    assert (shown.status, len(await house.attempts(asked.id))) == ("APPROVED", 0)
    await house.peer.control("faucet", address="hot", usdt="1000")
    await house.mine()
    await house.compare()
    await house.pass_time(20)
    await house.mine(1)
    await ensure_paid(house, asked.id)


async def test_a_person_or_a_file_stops_signing_and_not_sending(house: House) -> None:
    actor = await house.admin()
    first = await house.approved(await house.earner())
    second = await house.approved(await house.earner(), address=ANOTHER)
    with pytest.raises(BadRequest):
        await house.payouts.halts.pause(actor=actor, note="")
    await house.peer.fault("broadcasttransaction", "server_busy", count=1)
    signing = house.signer.signing
    await signing.sign((await house.shop.fetchrow("select id from payouts order by id"))["id"])
    await house.payouts.halts.pause(actor=actor, note="holidays")
    await house.turns()
    assert "holidays" in str(house.signer.trouble)
    await house.pass_time(20)
    await house.turns()
    await house.finish()
    assert (await house.show(first.id)).status == "SETTLED"
    assert not await house.attempts(second.id)
    await house.payouts.halts.resume(actor=actor, note="back")

    house.signer.pause_file.touch()
    await house.turns()
    assert "PAUSE" in str(house.signer.trouble)
    assert not await house.attempts(second.id)
    house.signer.pause_file.unlink()
    await ensure_paid(house, second.id, ANOTHER)


@pytest.mark.parametrize("minutes", [-10, 10])
async def test_nothing_is_signed_by_a_clock_that_is_ten_minutes_wrong(
    house: House, minutes: int
) -> None:
    asked = await house.approved(await house.earner())
    wrong = MovingClock(house.clock.offset_s + 60 * minutes)
    for nodes in (house.payout_chain.nodes, *house.payout_chain._alone):  # type: ignore[attr-defined]
        nodes.now = wrong.time
    mended, house.clock = house.clock, wrong
    signer = house.another_signer()
    for _ in range(3):
        await signer.turn()
    shown = await house.show(asked.id)
    assert (shown.status, len(await house.attempts(asked.id))) == ("APPROVED", 0)
    reason = str(await house.shop.fetchval("select reason from payouts"))
    assert "by our clock" in reason or "of our clock" in reason
    house.clock = mended
    for nodes in (house.payout_chain.nodes, *house.payout_chain._alone):  # type: ignore[attr-defined]
        nodes.now = mended.time
    await house.shop.execute("update payouts set not_before = null")
    await ensure_paid(house, asked.id)


@pytest.mark.parametrize("minutes", [-10, 10])
async def test_a_clock_that_goes_wrong_after_the_signature_pays_once_and_sends_again(
    house: House, minutes: int
) -> None:
    asked = await house.approved(await house.earner())
    await house.peer.fault("broadcasttransaction", "dropped_broadcast", count=1)
    await house.signer.turn()
    object.__setattr__(house.signer.following, "clock", MovingClock(60.0 * minutes))
    await house.shop.execute("update payout_attempts set last_sent_at = now() - interval '20 s'")
    await house.turns(1)
    await house.finish()
    (attempt,) = await house.attempts(asked.id)
    if minutes < 0:
        assert (attempt["outcome"], attempt["sent_count"]) == ("SETTLED", 2)
    else:
        # It takes it for too late to be sent; that it is absent it concludes by the chain's time.
        assert (attempt["outcome"], attempt["sent_count"]) == (None, 1)
        await house.expire()
        await house.turns()
        await house.shop.execute(
            "update payout_attempts set last_sent_at = now() - interval '20 s'"
        )
        await ensure_paid(house, asked.id)


async def test_the_bounds_of_the_journal_hold_whatever_the_database_says(
    shop: Shop, tmp_path: Path
) -> None:
    caps = {"day_usdt": 40, "payment_usdt": 30, "address_day_usdt": 29, "payments_per_hour": 60}
    async with open_house(shop, tmp_path, caps=caps) as house:
        big = await house.approved(await house.earner(), 40)
        assert "SIGNER_CAP_PAYMENT_USDT" in await laid_before_a_person(house, big.id)
        first = await house.approved(await house.earner())
        await house.turns()
        await house.finish()
        assert (await house.show(first.id)).status == "SETTLED"
        same = await house.approved(await house.earner())
        await house.turns()
        assert "ADDRESS_DAY_USDT" in str(
            await house.shop.fetchval("select reason from payouts where subject_id = $1", same.id)
        )
        # A database that has forgotten everything changes nothing of it, and neither does a restart.
        await house.restart()
        third = await house.approved(await house.earner(), 30, address=ANOTHER)
        await house.turns()
        assert "SIGNER_CAP_DAY_USDT" in str(
            await house.shop.fetchval("select reason from payouts where subject_id = $1", third.id)
        )
        await house.pass_time(timedelta(hours=24).total_seconds() + 60)
        await house.mine()
        await house.compare()
        await house.payouts.reviews.retry(third.id, actor=await house.admin(), note="next day")
        await house.turns()
        await house.finish()
        assert (await house.show(third.id)).status == "SETTLED"


async def test_checks_that_are_too_old_when_it_is_signed_are_made_anew(house: House) -> None:
    asked = await house.approved(await house.earner())
    signing, clock = house.signer.signing, house.clock

    class Slow:
        """The chain, of which one answer takes a minute."""

        def __getattr__(self, name: str) -> Any:
            return getattr(house.payout_chain, name)

        async def reference_block(self) -> Any:
            clock.move(60)
            return await house.payout_chain.reference_block()

    object.__setattr__(signing, "chain", Slow())
    await house.signer.turn()
    assert not await house.attempts(asked.id)
    object.__setattr__(signing, "chain", house.payout_chain)
    await house.shop.execute("update payouts set not_before = null")
    await house.mine(1)
    await house.signer.turn()
    assert (await house.show(asked.id)).status in {"BROADCAST", "NEEDS_REVIEW"}
    if (await house.show(asked.id)).status == "NEEDS_REVIEW":
        await house.payouts.reviews.retry(asked.id, actor=await house.admin(), note="again")
    await house.compare()
    await ensure_paid(house, asked.id)


async def test_the_database_refuses_two_transactions_that_may_both_be_paid(house: House) -> None:
    asked = await house.approved(await house.earner())
    await house.signer.turn()
    database = house.shop.services.database
    assert isinstance(database, PooledDatabase)
    copy = (
        "insert into payout_attempts (payout_id, number, txid, raw_data, signed_json, asset, "
        "from_address, to_address, amount, fee_limit_sun, expires_at, reference_block, "
        "key_version, signed_at) select payout_id, number + 1, repeat('ab', 32), raw_data, "
        "signed_json, asset, from_address, to_address, amount, fee_limit_sun, expires_at, "
        "reference_block, key_version, signed_at from payout_attempts"
    )
    with pytest.raises(Exception, match="payout_attempts_one_alive"):
        await house.shop.execute(copy)
    with pytest.raises(Exception, match="refused"):
        await house.shop.execute("update payout_attempts set signed_json = '{}'")
    await house.finish()
    with pytest.raises(Exception, match="payout_attempts_one_alive"):
        await house.shop.execute(copy)
    with pytest.raises(Exception, match="refused"):
        await house.shop.execute("update payout_attempts set outcome = 'ABSENT'")
    assert (await house.show(asked.id)).status == "SETTLED"
