"""Which of the reported SMS are new: suppliers repeat them, in several shapes."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from jiema_app.domain.orders.settlement import fingerprint, sms_key, unseen
from jiema_app.domain.orders.supplier import IncomingSms

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)

FULL = IncomingSms("Your code is 12345", "12345", NOON, "77")
BARE = IncomingSms("12345", "12345", None)
TEXT_ONLY = IncomingSms("Your code is 12345", None, None)
OTHER = IncomingSms("Your code is 67890", "67890", None)
NO_CODE = IncomingSms("Welcome!", None, None)

reports = st.lists(
    st.builds(
        IncomingSms,
        st.sampled_from(["Code 11111", "Code 22222", "Hello", "Bye"]),
        st.none(),
        st.none() | st.just(NOON),
    ),
    max_size=6,
)


def record(*looks: list[IncomingSms], next_sms_count: int = 0) -> list[str]:
    """The texts recorded after several looks at one rental."""
    seen: list[bytes] = []
    texts: list[str] = []
    for look in looks:
        for mark, sms in unseen(look, seen, next_sms_count):
            seen.append(mark)
            texts.append(sms.body)
    return texts


def test_a_first_sms_is_new() -> None:
    assert record([FULL]) == ["Your code is 12345"]


def test_the_same_sms_is_known_the_second_time() -> None:
    assert record([FULL], [FULL], [FULL]) == ["Your code is 12345"]


def test_one_sms_in_every_shape_that_suppliers_report_it_is_one() -> None:
    assert record([FULL], [BARE], [TEXT_ONLY]) == ["Your code is 12345"]
    assert record([BARE], [FULL]) == ["12345"]


def test_a_different_code_is_a_second_sms() -> None:
    assert record([FULL], [OTHER]) == ["Your code is 12345", "Your code is 67890"]


def test_a_text_without_a_code_is_known_by_its_words() -> None:
    assert record([NO_CODE], [NO_CODE], [FULL, NO_CODE]) == ["Welcome!", "Your code is 12345"]


def test_a_double_delivery_in_one_report_is_one_sms() -> None:
    assert record([FULL, FULL]) == ["Your code is 12345"]


def test_the_same_code_twice_in_one_report_counts_after_a_further_code_was_asked_for() -> None:
    assert record([FULL], [FULL, FULL], next_sms_count=1) == ["Your code is 12345"] * 2


def test_the_same_code_seen_alone_again_is_not_a_further_one() -> None:
    assert record([FULL], [FULL], next_sms_count=1) == ["Your code is 12345"]


def test_at_most_one_repetition_is_believed_per_further_code() -> None:
    assert len(record([FULL] * 5, next_sms_count=2)) == 3


def test_the_code_the_supplier_names_is_believed_over_the_text() -> None:
    named = IncomingSms("Ref 99999, your pass: 12-34", "1234", None)
    assert sms_key(named) == "1234"


def test_marks_tell_keys_and_occurrences_apart() -> None:
    marks = {fingerprint(key, turn) for key in ("a", "b", "1:a", "") for turn in range(3)}
    assert len(marks) == 12


@given(st.lists(reports, max_size=5), st.integers(0, 3))
def test_looking_again_never_adds_anything(looks: list[list[IncomingSms]], asked: int) -> None:
    assert record(*looks, *looks, next_sms_count=asked) == record(*looks, next_sms_count=asked)


@given(reports)
def test_without_a_further_code_each_different_sms_is_recorded_once(
    look: list[IncomingSms],
) -> None:
    assert sorted(record(look)) == sorted({sms.body for sms in look})


@given(reports, st.integers(0, 3))
def test_nothing_reported_is_lost(look: list[IncomingSms], asked: int) -> None:
    assert set(record(look, next_sms_count=asked)) == {sms.body for sms in look}
