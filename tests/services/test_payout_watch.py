"""What somebody must look at while money is paid out: alarms, figures, the job, and no more."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from backend_jobs.payouts import PayoutWatching, sweep_pool
from jiema_app.bootstrap import Services
from jiema_app.domain.operations.readiness import as_json
from jiema_app.domain.payouts.sweeping import SweepRules
from jiema_app.domain.payouts.watch import AlarmName, Standing
from jiema_app.domain.units import MicroUsdt
from tests.support.house import HOT, STRANGER, TREASURY, USDT
from tests.support.pool_house import NOTE, PoolHouse, open_pool_house
from tests.support.shop import Shop, now

TRX = 1_000_000
DAY_S = 86_400


@pytest.fixture
async def house(shop: Shop, tmp_path: Path) -> AsyncIterator[PoolHouse]:
    async with open_pool_house(shop, tmp_path) as opened:
        yield opened


async def look(house: PoolHouse) -> tuple[Standing, list[AlarmName]]:
    watch = house.house.payouts.watch
    standing = await watch.look()
    return standing, [one.name for one in watch.alarms(standing)]


async def alarms(house: PoolHouse) -> list[AlarmName]:
    return (await look(house))[1]


async def queued(house: PoolHouse, usdt: int = 20) -> str:
    """A withdrawal that is to be signed; its payout."""
    ann = await house.house.earner(usdt + 10)
    asked = await house.house.approved(ann, usdt)
    assert asked.payout_id is not None
    return asked.payout_id


async def test_where_nothing_is_queued_nobody_must_look(house: PoolHouse) -> None:
    standing, names = await look(house)
    assert names == []
    assert (standing.queued, standing.under_way, standing.for_a_person) == (0, 0, 0)
    assert (standing.hot, standing.pulse_age_s) == (HOT, None)
    assert (standing.hot_micro, standing.needed_micro) == (20_000 * USDT, 0)
    assert standing.hot_sun == await house.trx(HOT)


async def test_a_signer_that_is_silent_is_told_of_only_while_something_waits(
    house: PoolHouse,
) -> None:
    await house.house.signer.turn()
    await house.shop.execute("update signer_state set seen_at = now() - interval '2 min'")
    assert await alarms(house) == []
    await queued(house)
    assert await alarms(house) == [AlarmName.SIGNER_SILENT]
    await house.shop.execute("update signer_state set seen_at = now() - interval '50 s'")
    assert await alarms(house) == []
    await house.run()
    standing, names = await look(house)
    assert (names, standing.pulse_age_s is not None) == ([], True)


async def test_a_hot_wallet_that_cannot_pay_what_is_queued_is_told_of(house: PoolHouse) -> None:
    await queued(house, 100)
    standing, _ = await look(house)
    assert standing.needed_micro == 95 * USDT
    assert standing.needed_sun == 130 * 130_285 * 100 // 100
    watch = house.house.payouts.watch
    enough = replace(standing, hot_micro=MicroUsdt(95 * USDT))
    assert AlarmName.HOT_USDT not in [one.name for one in watch.alarms(enough)]
    poor = replace(standing, hot_micro=MicroUsdt(95 * USDT - 1))
    [alarm] = [one for one in watch.alarms(poor) if one.name is AlarmName.HOT_USDT]
    assert "0.000001 are missing" in alarm.words
    floor = replace(watch, rules=replace(watch.rules, floor_micro=MicroUsdt(USDT)))
    assert AlarmName.HOT_USDT in [one.name for one in floor.alarms(enough)]
    # What is not known is no alarm: that the node is away others tell.
    unknown = replace(standing, hot_micro=None, hot_sun=None)
    assert {one.name for one in watch.alarms(unknown)} == {AlarmName.SIGNER_SILENT}
    await house.run()


async def test_little_trx_is_told_of_whatever_is_queued(house: PoolHouse) -> None:
    standing, _ = await look(house)
    watch = house.house.payouts.watch
    low = watch.rules.low_sun
    assert low == 200 * TRX
    for sun, needed, expected in (
        (low, 0, []),
        (low - 1, 0, [AlarmName.HOT_TRX]),
        (low, low + 1, [AlarmName.HOT_TRX]),
        (low + 1, low + 1, []),
    ):
        seen = replace(standing, hot_sun=sun, needed_sun=needed)
        assert [one.name for one in watch.alarms(seen)] == expected


async def test_what_waits_for_long_or_for_a_person_is_told_of(house: PoolHouse) -> None:
    payout = await queued(house)
    await house.house.signer.turn()
    await house.shop.damage("update payouts set created_at = now() - interval '16 min'")
    standing, names = await look(house)
    assert (names, standing.oldest) == ([AlarmName.LATE], payout)
    assert 950 < standing.oldest_s < 1_200
    await house.shop.damage("update payouts set created_at = now()")
    await house.run()

    await house.house.peer.fault("broadcasttransaction", "revert", count=1)
    await queued(house)
    await house.run()
    assert await alarms(house) == [AlarmName.FOR_A_PERSON]


async def test_a_comparison_that_is_old_or_found_a_difference_is_told_of(house: PoolHouse) -> None:
    await queued(house)
    await house.house.signer.turn()
    assert await house.statuses() == ["BROADCAST"]
    await house.shop.execute("update signer_state set pool_compared_at = now() - interval '1 h'")
    assert await alarms(house) == []
    await house.shop.execute("update payouts set status = 'QUEUED'")
    assert await alarms(house) == [AlarmName.NOT_COMPARED]
    await house.shop.execute(
        "update signer_state set pool_compared_at = now(), house_difference_micro = 1"
    )
    assert await alarms(house) == [AlarmName.NOT_COMPARED]
    await house.shop.execute("update signer_state set house_difference_micro = 0")
    assert await alarms(house) == []
    await house.shop.execute("update payouts set status = 'BROADCAST'")
    await house.run()


async def test_a_halt_and_what_caused_it_are_told_of_first(house: PoolHouse) -> None:
    txid = await house.house.peer.pay("5", STRANGER, **{"from": HOT})
    await house.house.mine()
    assert await alarms(house) == [AlarmName.UNEXPLAINED]
    await house.house.signer.turn()
    assert await alarms(house) == [AlarmName.UNEXPLAINED, AlarmName.SIGNER_HALTED]
    halts = house.house.payouts.halts
    await halts.explain(txid, actor="command-line", note=NOTE)
    assert await alarms(house) == [AlarmName.SIGNER_HALTED]
    await halts.resume(actor="command-line", note=NOTE)
    assert await alarms(house) == []


async def test_where_nothing_is_paid_out_nothing_is_told_of(house: PoolHouse) -> None:
    watch = house.house.payouts.watch
    nowhere = replace(watch, house=replace(watch.house, hot=None))
    standing = await nowhere.look()
    assert (standing.hot, standing.hot_micro, nowhere.alarms(standing)) == (None, None, ())


async def test_a_node_that_is_away_leaves_the_rest_known(house: PoolHouse) -> None:
    await queued(house)
    await house.house.peer.fault("*", "http500")
    standing, names = await look(house)
    assert (standing.hot_micro, standing.hot_sun, standing.queued) == (None, None, 1)
    assert standing.trouble
    assert names == [AlarmName.SIGNER_SILENT]
    blind = await replace(house.house.payouts.watch, chain=None).look()
    assert blind.trouble == "no node is configured"
    holdings = await house.house.payouts.watch.holdings()
    assert [(one.address, one.usdt) for one in holdings] == [(HOT, None), (TREASURY, None)]
    await house.house.peer.mend("*", "http500")
    await house.house.pass_time(10)
    await house.run(20)


async def test_the_job_tells_metrics_and_says_each_thing_once(
    house: PoolHouse, capsys: pytest.CaptureFixture[str]
) -> None:
    watching = PayoutWatching(services_of(house))
    await watching.run(now())
    assert metric("jiema_hot_usdt") == 20_000
    assert metric("jiema_payout_alarm", alarm="signer_silent") == 0
    await queued(house, 100)
    capsys.readouterr()
    await watching.run(now())
    await watching.run(now())
    assert capsys.readouterr().out.count("alarm=signer_silent") == 1
    assert metric("jiema_payout_alarm", alarm="signer_silent") == 1
    assert metric("jiema_payouts_needed_usdt") == 95
    await house.run()
    await house.turn()
    capsys.readouterr()
    await watching.run(now())
    assert "payouts are well again" in capsys.readouterr().out
    assert metric("jiema_payout_alarm", alarm="signer_silent") == 0
    assert metric("jiema_payouts_needed_usdt") == 0
    assert metric("jiema_payout_fees_trx_day") == pytest.approx(13.0285)
    assert metric("jiema_payout_gas_trx_day") == 0


async def test_the_job_sweeps_when_that_is_wanted(house: PoolHouse) -> None:
    wallet = await house.resting_wallet(50)
    services = services_of(house)
    await sweep_pool(services, now())
    assert await house.payouts() == []
    rules = SweepRules(above=MicroUsdt(10 * USDT), most=MicroUsdt(1_000 * USDT))
    sweeping = replace(house.house.payouts.sweeping, rules=rules)
    wanted = replace(services, payouts=replace(services.payouts, sweeping=sweeping))
    await sweep_pool(replace(wanted, chain=None), now())
    assert await house.payouts() == []
    await sweep_pool(wanted, now())
    await house.run()
    assert await house.house.balance(wallet) == 1


async def test_prometheus_and_readiness(house: PoolHouse) -> None:
    await queued(house)
    await house.house.peer.pay("5", STRANGER, **{"from": HOT})
    await house.house.mine()
    figures = (await house.shop.services.figures.render()).decode()
    for line in (
        "jiema_payouts_open 1",
        "jiema_payouts_for_a_person 0",
        "jiema_transfers_unexplained 1",
        "jiema_signer_pulse_age_seconds -1",
        "jiema_signer_halted 0",
        "jiema_signer_paused 0",
    ):
        assert f"\n{line}\n" in figures
    await house.house.signer.turn()
    assert "\njiema_signer_halted 1\n" in (await house.shop.services.figures.render()).decode()
    # Selling goes on: nothing of the signer is asked by whoever asks whether the shop is ready.
    checks = as_json(await house.shop.services.readiness.check())["checks"]
    assert not {name for name in checks if "signer" in name or "payout" in name}
    halts = house.house.payouts.halts
    [left] = await halts.list_unexplained()
    await halts.explain(left.txid, actor="command-line", note=NOTE)
    await halts.resume(actor="command-line", note=NOTE)
    await house.run()


async def test_fees_are_counted_for_a_day(house: PoolHouse) -> None:
    await queued(house)
    await house.run()
    # Whoever read the transfer first does not know what it cost.
    await house.turn()
    [found] = await house.payouts()
    assert (found.payout.fee_sun, found.attempts[0].energy) == (13_028_500, 130_285)
    standing, _ = await look(house)
    assert standing.fees_sun == 13_028_500
    await house.shop.damage(
        "update payout_attempts set ended_at = ended_at - $1::interval",
        timedelta(seconds=DAY_S),
    )
    assert (await look(house))[0].fees_sun == 0


def services_of(house: PoolHouse) -> Services:
    return replace(house.shop.services, payouts=house.house.payouts, chain=house.house.chain)


def metric(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)
