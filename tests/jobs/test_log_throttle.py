"""What goes wrong again and again is said now and then, and never hides something else."""

from backend_jobs.log_throttle import AGAIN_S, KEPT, LogThrottle

JOB = "chain"


def test_the_first_failure_is_said_and_the_same_again_is_counted() -> None:
    throttle = LogThrottle()
    assert throttle.count(JOB, "down") == 0
    assert [throttle.count(JOB, "down") for _ in range(3)] == [None, None, None]


def test_what_goes_on_is_said_again_with_how_often_it_was_not() -> None:
    moments = iter((0.0, 1.0, 2.0, 3.0, AGAIN_S, AGAIN_S + 1))
    throttle = LogThrottle(lambda: next(moments))
    said = [throttle.count(JOB, "down") for _ in range(6)]
    assert said == [0, None, None, None, 3, None]


def test_other_words_and_other_jobs_are_said_at_once() -> None:
    throttle = LogThrottle()
    throttle.count(JOB, "down")
    assert throttle.count(JOB, "tired of us") == 0
    assert throttle.count("sync", "down") == 0


def test_a_job_that_went_well_starts_afresh() -> None:
    throttle = LogThrottle()
    assert not throttle.settle(JOB)
    throttle.count(JOB, "down")
    assert throttle.settle(JOB)
    assert not throttle.settle(JOB)
    assert throttle.count(JOB, "down") == 0


def test_words_that_always_differ_are_not_kept_for_ever() -> None:
    throttle = LogThrottle()
    for number in range(KEPT + 1):
        throttle.count(JOB, f"block {number}")
    # Said anew: the oldest was forgotten, the youngest was not.
    assert throttle.count(JOB, f"block {KEPT}") is None
    assert throttle.count(JOB, "block 0") == 0
