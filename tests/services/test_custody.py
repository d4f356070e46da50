"""Wallets are taken out of use and put back, and what they hold is known."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from jiema_app.domain.chain.port import ChainUnavailable
from jiema_app.domain.chain.wallet_status import WalletStatus
from jiema_app.domain.chain.wallets import Custody
from jiema_app.domain.errors import BadRequest, NotFound, RechargesPaused
from jiema_app.domain.recharges.statuses import RechargeStatus
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.settings import RechargeSettings, Settings
from tests.services.tron_peers import THEIRS
from tests.support.shop import Shop
from tests.support.till import Till, open_till

WALLETS = 3
AUDITED = "select array_agg(action || ' by ' || actor order by id) from audit_records"


@pytest.fixture
def settings() -> Settings:
    return Settings(recharge=RechargeSettings(wallets_max=WALLETS))


@pytest.fixture
async def till(shop: Shop) -> AsyncIterator[Till]:
    async with open_till(shop) as till:
        assert await shop.services.pool.grow(WALLETS) == WALLETS
        yield till


@pytest.fixture
def custody(shop: Shop) -> Custody:
    return shop.services.custody


async def quarantine(custody: Custody, address: str) -> None:
    await custody.quarantine(address, actor="ann", note="looks strange")


async def release(custody: Custody, address: str) -> None:
    await custody.release(address, actor="ann", note="looked at")


async def test_a_wallet_in_quarantine_is_given_to_nobody(till: Till, custody: Custody) -> None:
    for wallet in await custody.list_wallets():
        await quarantine(custody, wallet.address)
    ann = await till.shop.customer()
    with pytest.raises(RechargesPaused):
        await till.open(ann)
    [first, *_] = await custody.list_wallets()
    await release(custody, first.address)
    assert (await till.open(ann)).address == first.address


async def test_who_holds_a_wallet_is_credited_though_it_is_in_quarantine(
    till: Till, custody: Custody
) -> None:
    ann = await till.shop.customer(cents=0)
    recharge = await till.open(ann)
    taken = await custody.quarantine(recharge.address, actor="ann", note="its key leaked")
    assert taken.status is WalletStatus.QUARANTINED
    assert (taken.holder, taken.is_awaited) == (recharge.id, True)
    await till.pay(recharge.address)
    found = await till.shop.services.recharges.get(ann.id, recharge.id)
    assert found.status is RechargeStatus.CREDITED
    assert await till.shop.balance(ann) == 10_000_000
    await till.let_windows_end()
    assert await till.status_of(recharge.address) == "QUARANTINED"
    [kept] = await custody.list_wallets(WalletStatus.QUARANTINED)
    assert (kept.holder, kept.is_awaited, kept.note) == (recharge.id, False, "its key leaked")


async def test_an_unpaid_window_closes_on_a_wallet_in_quarantine(
    till: Till, custody: Custody
) -> None:
    ann = await till.shop.customer()
    recharge = await till.open(ann)
    await quarantine(custody, recharge.address)
    await till.let_windows_end()
    found = await till.shop.services.recharges.get(ann.id, recharge.id)
    assert found.status is RechargeStatus.EXPIRED
    assert await till.status_of(recharge.address) == "QUARANTINED"
    assert (await till.open(ann)).address != recharge.address


async def test_a_wallet_that_nobody_held_is_free_at_once(till: Till, custody: Custody) -> None:
    [first, *_] = await custody.list_wallets()
    await quarantine(custody, first.address)
    back = await custody.release(first.address, actor="ann", note="nothing wrong")
    assert (back.status, back.free_from, back.note) == (WalletStatus.FREE, None, None)


async def test_a_wallet_that_somebody_held_rests_before_another_has_it(
    till: Till, custody: Custody
) -> None:
    recharge = await till.open(await till.shop.customer())
    await quarantine(custody, recharge.address)
    back = await custody.release(recharge.address, actor="ann", note="nothing wrong")
    assert (back.status, back.holder) == (WalletStatus.COOLDOWN, recharge.id)
    assert back.free_from == recharge.closes_at + timedelta(days=1)
    await till.let_windows_end()
    assert await till.status_of(recharge.address) == "COOLDOWN"
    await till.shop.execute("update wallets set free_from = now() - interval '1 min'")
    await till.shop.services.pool.take_back()
    assert await till.status_of(recharge.address) == "FREE"


async def test_who_held_a_released_wallet_is_still_credited(till: Till, custody: Custody) -> None:
    ann = await till.shop.customer(cents=0)
    recharge = await till.open(ann)
    await quarantine(custody, recharge.address)
    await release(custody, recharge.address)
    await till.pay(recharge.address)
    assert await till.shop.balance(ann) == 10_000_000


async def test_a_late_payment_makes_a_released_wallet_rest_from_then_on(
    till: Till, custody: Custody
) -> None:
    recharge = await till.open(await till.shop.customer())
    await quarantine(custody, recharge.address)
    await till.let_windows_end()
    await till.pay(recharge.address)
    paid_at = await till.shop.fetchval("select block_time from payments where oddity = 'LATE'")
    back = await custody.release(recharge.address, actor="ann", note="explained")
    assert back.free_from == paid_at + timedelta(days=1)


async def test_what_is_not_judged_yet_must_be_before_a_wallet_is_free(
    till: Till, custody: Custody
) -> None:
    [first, *_] = await custody.list_wallets()
    await quarantine(custody, first.address)
    await till.pay(first.address)
    unjudged = "update payments set status = 'NEW', oddity = null, evidence = null"
    await till.shop.execute(unjudged)
    with pytest.raises(BadRequest, match="not judged"):
        await release(custody, first.address)
    assert await till.status_of(first.address) == "QUARANTINED"
    await till.shop.execute(
        "update payments set status = 'IN_REVIEW', oddity = 'UNASSIGNED_WALLET'"
    )
    await release(custody, first.address)
    assert await till.status_of(first.address) == "FREE"


async def test_every_step_is_in_the_audit_log_and_a_refused_one_is_not(
    till: Till, custody: Custody
) -> None:
    [first, *_] = await custody.list_wallets()
    with pytest.raises(BadRequest, match="not in quarantine"):
        await release(custody, first.address)
    await quarantine(custody, first.address)
    with pytest.raises(BadRequest, match="already"):
        await quarantine(custody, first.address)
    for note in ("", "  ", "x" * 501):
        with pytest.raises(BadRequest, match="note"):
            await custody.release(first.address, actor="ann", note=note)
    await release(custody, first.address)
    with pytest.raises(NotFound):
        await quarantine(custody, THEIRS)
    with pytest.raises(NotFound):
        await release(custody, "'; drop table wallets")
    assert await till.shop.fetchval(AUDITED) == [
        "wallet.quarantine by ann",
        "wallet.release by ann",
    ]
    details = await till.shop.fetchval("select details from audit_records order by id limit 1")
    assert details == {"note": "looks strange", "was": "FREE", "recharge": None}


async def test_wallets_made_by_hand_are_in_the_audit_log(till: Till, custody: Custody) -> None:
    await till.shop.execute("delete from wallets where derivation_index > 0")
    made = await custody.grow(till.shop.services.pool, 5, actor="ann")
    assert made == WALLETS - 1
    assert await till.shop.fetchval(AUDITED) == ["wallets.create by ann"]
    assert await custody.grow(till.shop.services.pool, 5, actor="ann") == 0
    assert await till.shop.fetchval(AUDITED) == ["wallets.create by ann"]


async def test_nobody_gets_a_wallet_that_is_taken_out_of_use_at_the_same_moment(
    till: Till, custody: Custody
) -> None:
    people = [await till.shop.customer() for _ in range(WALLETS)]
    addresses = [wallet.address for wallet in await custody.list_wallets()]
    opened = await asyncio.gather(
        *(till.open(one) for one in people),
        *(custody.quarantine(one, actor="ann", note="all of them") for one in addresses),
        return_exceptions=True,
    )
    assert all(
        not isinstance(one, Exception) or isinstance(one, RechargesPaused) for one in opened
    ), opened
    wallets = await custody.list_wallets()
    assert {wallet.status for wallet in wallets} == {WalletStatus.QUARANTINED}
    held = {wallet.holder for wallet in wallets if wallet.holder}
    assert held == {one.id for one in opened if isinstance(one, RechargeView)}


async def test_exposure_shows_the_largest_wallet_first_and_the_sum(
    till: Till, custody: Custody
) -> None:
    small, large, empty = (wallet.address for wallet in await custody.list_wallets())
    await till.pay(small, "2.5")
    await till.pay(large, "40")
    await till.pay(large, "1.000001")
    await till.pay(large, "999", token="fake")
    found = await custody.measure(till.peer.chain)
    assert [(one.wallet.address, one.on_chain, one.recorded) for one in found.wallets] == [
        (large, 41_000_001, 41_000_001),
        (small, 2_500_000, 2_500_000),
        (empty, 0, 0),
    ]
    assert (found.held, found.recorded, found.not_asked) == (43_500_001, 43_500_001, 0)


async def test_the_oldest_money_is_what_no_outgoing_transfer_took(
    till: Till, custody: Custody
) -> None:
    address, *_ = (wallet.address for wallet in await custody.list_wallets())
    for amount in ("10", "20", "30"):
        await till.pay(address, amount)
    arrivals = await till.shop.fetchval(
        "select array_agg(block_time order by block_number) from payments"
    )

    async def oldest() -> object:
        found = await custody.measure(till.peer.chain)
        assert found.held == found.recorded
        return next(one.oldest_at for one in found.wallets if one.wallet.address == address)

    assert await oldest() == arrivals[0]
    await till.peer.control("faucet", address=address, trx="1000")
    await till.pay(THEIRS, "10", **{"from": address})
    assert await oldest() == arrivals[1]
    await till.pay(THEIRS, "5", **{"from": address})
    assert await oldest() == arrivals[1]
    await till.pay(THEIRS, "44.999999", **{"from": address})
    assert await oldest() is None


async def test_blocks_that_were_not_read_yet_show_as_a_difference(
    till: Till, custody: Custody
) -> None:
    address, *_ = (wallet.address for wallet in await custody.list_wallets())
    await till.peer.pay("7", address)
    await till.peer.mine(3)
    found = await custody.measure(till.peer.chain)
    assert (found.held, found.recorded) == (7_000_000, 0)
    await till.read()
    found = await custody.measure(till.peer.chain)
    assert (found.held, found.recorded) == (7_000_000, 7_000_000)


async def test_a_large_pool_is_asked_only_about_wallets_with_payments(
    till: Till, custody: Custody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jiema_app.domain.chain.wallets.ASK_ALL_MAX", WALLETS - 1)
    address, *_ = (wallet.address for wallet in await custody.list_wallets())
    await till.pay(address, "3")

    async def asked(*, all_of_them: bool) -> int:
        before = (await till.peer.requests())["walletsolidity/triggerconstantcontract"]
        found = await custody.measure(till.peer.chain, all_of_them=all_of_them)
        assert found.held == 3_000_000
        after = (await till.peer.requests())["walletsolidity/triggerconstantcontract"]
        assert found.not_asked == WALLETS - (after - before)
        return after - before

    assert await asked(all_of_them=False) == 1
    assert await asked(all_of_them=True) == WALLETS


async def test_a_chain_that_does_not_answer_is_not_an_empty_pool(
    till: Till, custody: Custody
) -> None:
    await till.peer.fault("walletsolidity/triggerconstantcontract", "http500")
    with pytest.raises(ChainUnavailable):
        await custody.measure(till.peer.chain)
