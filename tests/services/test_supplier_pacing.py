"""The pace and the circuit, on a clock that only sleeping moves."""

import asyncio

import pytest

from jiema_app.integrations.pacing import PaceExceeded, Pacer, Urgency
from jiema_app.integrations.supplier.breaker import Breaker, CircuitState
from tests.services.supplier_peers import FakeTime

PATIENCE_S = 1000.0


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


def pacer_of(per_second: float, time: FakeTime) -> Pacer:
    return Pacer(per_second, clock=time.clock, sleep=time.sleep)


async def test_a_lifted_limit_asks_nothing(time: FakeTime) -> None:
    pacer = pacer_of(0, time)

    assert pacer.is_free
    for _ in range(1000):
        await pacer.admit(Urgency.BULK, 0.0)

    assert time.slept == []


async def test_no_second_sees_much_more_than_the_pace(time: FakeTime) -> None:
    pacer = pacer_of(40, time)
    admitted: list[float] = []

    for _ in range(200):
        await pacer.admit(Urgency.BULK, PATIENCE_S)
        admitted.append(time.now)

    for start in admitted:
        assert sum(start <= at < start + 1 for at in admitted) <= 45
    assert admitted[-1] - admitted[0] == pytest.approx(200 / 40, abs=0.2)


async def test_idle_time_is_not_saved_up(time: FakeTime) -> None:
    pacer = pacer_of(40, time)
    time.now += 3600
    began = time.now

    for _ in range(80):
        await pacer.admit(Urgency.URGENT, PATIENCE_S)

    assert time.now - began > 1.8


async def test_urgent_calls_go_first_and_bulk_never_starves(time: FakeTime) -> None:
    pacer = pacer_of(1, time)
    went: list[str] = []

    async def call(name: str, urgency: Urgency) -> None:
        await pacer.admit(urgency, PATIENCE_S)
        went.append(name)

    await pacer.admit(Urgency.BULK, PATIENCE_S)
    bulk = [asyncio.create_task(call("b", Urgency.BULK)) for _ in range(3)]
    await asyncio.sleep(0)
    urgent = [asyncio.create_task(call("u", Urgency.URGENT)) for _ in range(10)]
    await asyncio.gather(*bulk, *urgent)

    assert "".join(went) == "uuuubuuuubuub"


async def test_a_call_that_would_wait_too_long_is_refused_at_once(time: FakeTime) -> None:
    pacer = pacer_of(2, time)
    await pacer.admit(Urgency.URGENT, PATIENCE_S)
    queue = [asyncio.create_task(pacer.admit(Urgency.BULK, PATIENCE_S)) for _ in range(20)]
    await asyncio.sleep(0)

    with pytest.raises(PaceExceeded):
        await pacer.admit(Urgency.BULK, 3.0)
    urgent = asyncio.create_task(pacer.admit(Urgency.URGENT, 3.0))

    await asyncio.gather(urgent, *queue)


async def test_a_caller_that_gives_up_costs_no_turn_and_blocks_nobody(time: FakeTime) -> None:
    pacer = pacer_of(1, time)
    await pacer.admit(Urgency.URGENT, PATIENCE_S)
    began = time.now
    calls = [asyncio.create_task(pacer.admit(Urgency.URGENT, PATIENCE_S)) for _ in range(6)]
    await asyncio.sleep(0)
    for call in calls[::2]:
        call.cancel()

    results = await asyncio.gather(*calls, return_exceptions=True)

    assert [result is None for result in results] == [False, True] * 3
    assert time.now - began == pytest.approx(3.0)


async def test_a_turn_given_to_a_caller_that_just_left_is_taken_back(time: FakeTime) -> None:
    loop = asyncio.get_running_loop()

    async def sleep(seconds: float) -> None:
        # The cancel falls between the grant, right after this sleep, and the waking up.
        loop.call_soon(lambda: loop.call_soon(gone.cancel))
        await time.sleep(seconds)

    pacer = Pacer(1, clock=time.clock, sleep=sleep)
    await pacer.admit(Urgency.URGENT, PATIENCE_S)
    began = time.now
    gone = asyncio.create_task(pacer.admit(Urgency.URGENT, PATIENCE_S))
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert time.now - began == pytest.approx(1.0)

    await pacer.admit(Urgency.URGENT, PATIENCE_S)

    assert time.now - began == pytest.approx(1.0)


async def test_patience_ends_while_waiting() -> None:
    asleep = asyncio.Event()

    async def forever(_: float) -> None:
        asleep.set()
        await asyncio.Event().wait()

    pacer = Pacer(50, clock=lambda: 1000.0, sleep=forever)
    for _ in range(5):
        await pacer.admit(Urgency.URGENT, 0.02)

    with pytest.raises(PaceExceeded):
        await pacer.admit(Urgency.URGENT, 0.02)

    assert asleep.is_set()
    assert not pacer._urgent


async def test_a_complaint_stops_everything_then_halves_the_pace(time: FakeTime) -> None:
    pacer = pacer_of(40, time)
    complained_at = time.now

    pacer.slow_down(5.0)
    pacer.slow_down(5.0)
    await pacer.admit(Urgency.URGENT, PATIENCE_S)

    assert time.now == pytest.approx(complained_at + 5.0)
    assert 20 <= pacer.pace < 25


async def test_an_urgent_call_does_not_wait_out_a_long_stop(time: FakeTime) -> None:
    pacer = pacer_of(40, time)
    pacer.slow_down(30.0)

    with pytest.raises(PaceExceeded):
        await pacer.admit(Urgency.URGENT, 4.0)

    assert time.slept == []


async def test_complaints_add_up_and_the_pace_recovers_gradually(time: FakeTime) -> None:
    pacer = pacer_of(40, time)
    for _ in range(3):
        pacer.slow_down(0.0)
        time.now += 1.0
    slowest = pacer.pace
    assert slowest < 10

    time.now += 15.0
    assert slowest < pacer.pace < 40
    time.now += 60.0
    assert pacer.pace == 40


async def test_the_pace_never_stands_still(time: FakeTime) -> None:
    pacer = pacer_of(1, time)
    for _ in range(50):
        pacer.slow_down(0.0)
        time.now += 1.0

    await pacer.admit(Urgency.BULK, PATIENCE_S)


async def test_a_lifted_limit_still_heeds_a_complaint(time: FakeTime) -> None:
    pacer = pacer_of(0, time)
    pacer.slow_down(7.0)
    assert not pacer.is_free

    calls = [asyncio.create_task(pacer.admit(Urgency.BULK, PATIENCE_S)) for _ in range(50)]
    await asyncio.gather(*calls)

    assert sum(time.slept) == pytest.approx(7.0)
    await pacer.admit(Urgency.BULK, PATIENCE_S)
    assert pacer.is_free


# ---------------------------------------------------------------- the circuit


def breaker_of(time: FakeTime, seen: list[CircuitState] | None = None) -> Breaker:
    note = (lambda _: None) if seen is None else seen.append
    return Breaker(3, 5.0, clock=time.clock, on_change=note)


def test_consecutive_failures_open_it(time: FakeTime) -> None:
    breaker = breaker_of(time)
    for _ in range(2):
        breaker.note_failure()
    breaker.note_success()
    for _ in range(2):
        breaker.note_failure()
    assert not breaker.refuses

    breaker.note_failure()

    assert breaker.state is CircuitState.OPEN
    assert not breaker.admit()


def test_after_a_while_one_call_is_let_through(time: FakeTime) -> None:
    seen: list[CircuitState] = []
    breaker = breaker_of(time, seen)
    for _ in range(3):
        breaker.note_failure()
    time.now += 5.0

    assert not breaker.refuses
    assert breaker.state is CircuitState.HALF_OPEN
    assert [breaker.admit() for _ in range(3)] == [True, False, False]

    breaker.note_success()

    assert [breaker.admit() for _ in range(3)] == [True, True, True]
    assert seen == [
        CircuitState.CLOSED,
        CircuitState.OPEN,
        CircuitState.HALF_OPEN,
        CircuitState.CLOSED,
    ]


def test_a_failed_probe_opens_it_for_another_while(time: FakeTime) -> None:
    breaker = breaker_of(time)
    for _ in range(3):
        breaker.note_failure()
    time.now += 5.0
    breaker.admit()

    breaker.note_failure()

    assert breaker.state is CircuitState.OPEN
    time.now += 4.9
    assert not breaker.admit()
    time.now += 0.2
    assert breaker.admit()


def test_an_abandoned_probe_leaves_the_chance_to_the_next(time: FakeTime) -> None:
    breaker = breaker_of(time)
    for _ in range(3):
        breaker.note_failure()
    time.now += 5.0
    breaker.admit()

    breaker.note_abandoned()

    assert breaker.admit()


def test_failures_of_calls_sent_before_do_not_prolong_it(time: FakeTime) -> None:
    breaker = breaker_of(time)
    for _ in range(3):
        breaker.note_failure()
    time.now += 4.0
    breaker.note_failure()
    time.now += 1.0

    assert breaker.admit()
