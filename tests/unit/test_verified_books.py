"""What makes books wrong."""

from dataclasses import fields, replace

import pytest

from jiema_app.domain.ledger.verification import Verification

SOUND = Verification(
    transfers=2,
    entries=4,
    **{
        field.name: 0
        for field in fields(Verification)
        if field.name not in {"transfers", "entries"}
    },
)


def test_books_without_a_mismatch_are_right() -> None:
    assert SOUND.ok
    assert SOUND.as_json()["ok"] is True


@pytest.mark.parametrize("name", [field.name for field in fields(Verification)[2:]])
@pytest.mark.parametrize("found", [1, -1])
def test_each_mismatch_alone_makes_them_wrong(name: str, found: int) -> None:
    wrong = replace(SOUND, **{name: found})
    assert not wrong.ok
    assert wrong.as_json()["ok"] is False
