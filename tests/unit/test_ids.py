"""Ids: opaque, unique, and sorted by age."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from jiema_app.domain import ids

LATER = datetime(2059, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
"""Eight digits of milliseconds last until May 2059."""

EARLIER = datetime(2020, 1, 1)  # noqa: DTZ001 - likewise

moments = st.datetimes(EARLIER, LATER, timezones=st.just(UTC))


def test_an_id_is_c_and_24_lower_case_letters_and_digits() -> None:
    for _ in range(1_000):
        assert re.fullmatch(ids.ID_PATTERN, ids.new_id())


def test_ids_do_not_repeat() -> None:
    assert len({ids.new_id() for _ in range(50_000)}) == 50_000


def test_later_ids_sort_after_earlier_ones() -> None:
    now = datetime.now(UTC)
    before, after = ids.first_id_at(now), ids.first_id_at(now + timedelta(seconds=1))
    fresh = ids.new_id()
    assert before <= fresh < ids.first_id_at(datetime.now(UTC) + timedelta(milliseconds=2))
    assert before < after


@given(moments, moments)
def test_boundaries_sort_like_their_moments(one: datetime, other: datetime) -> None:
    first, second = min(one, other), max(one, other)
    assert ids.first_id_at(first) <= ids.first_id_at(second)


def test_boundaries_of_different_years_keep_their_width_and_order() -> None:
    boundaries = [ids.first_id_at(datetime(year, 1, 1, tzinfo=UTC)) for year in range(2020, 2050)]
    assert {len(one) for one in boundaries} == {9}
    assert all(one < other for one, other in pairwise(boundaries))


def test_a_referral_code_is_eight_lower_case_letters_and_digits() -> None:
    codes = {ids.new_referral_code() for _ in range(1_000)}
    assert len(codes) == 1_000
    assert all(re.fullmatch(r"[0-9a-z]{8}", code) for code in codes)
