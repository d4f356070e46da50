"""The list of addresses that may not be paid: read from a file that somebody else made."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jiema_app.domain.compliance.sanctioned_addresses import (
    FILE_MAX_BYTES,
    BadAddressList,
    find_sanctioned_addresses,
    read_sanctioned_addresses,
)
from tests.unit.payout_facts import BAD_CHECKSUM, HOT, OF_ANOTHER_NETWORK, THEIRS, USDT

OTHERS = ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "0x52908400098527886E0F7030069857D2E4169EE7", "")


def written(folder: Path, content: str | bytes, name: str = "list.txt") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_one_address_a_line(tmp_path: Path) -> None:
    text = "\r\n".join([THEIRS, *OTHERS, f"  {HOT}, named somebody ", THEIRS])
    found = read_sanctioned_addresses(written(tmp_path, text))

    assert found.addresses == {THEIRS, HOT}
    assert (THEIRS in found, USDT in found, len(found), found.odd) == (True, False, 2, 0)
    assert THEIRS not in repr(found)


def test_a_json_list(tmp_path: Path) -> None:
    found = read_sanctioned_addresses(
        written(tmp_path, "\ufeff" + json.dumps([*OTHERS, HOT, f" {THEIRS}"]))
    )

    assert found.addresses == {THEIRS, HOT}


def test_what_only_looks_like_an_address_is_counted(tmp_path: Path) -> None:
    text = "\n".join([THEIRS, BAD_CHECKSUM, OF_ANOTHER_NETWORK, THEIRS[:-1]])
    found = read_sanctioned_addresses(written(tmp_path, text))

    assert (found.addresses, found.odd) == (frozenset({THEIRS}), 2)


@pytest.mark.parametrize(
    ("name", "dated"),
    [
        ("ofac-2026-11-20.txt", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2025-01-01-replaced-2026-02-28.json", datetime(2026, 2, 28, tzinfo=UTC)),
        ("ofac-2026-02-31.txt", datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)),
        ("ofac-12026-02-28.txt", datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)),
        ("list.txt", datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)),
    ],
)
def test_a_list_is_of_the_day_in_its_name_or_of_when_it_was_written(
    tmp_path: Path, name: str, dated: datetime
) -> None:
    path = written(tmp_path, THEIRS, name)
    at = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC).timestamp()
    os.utime(path, (at, at))

    assert read_sanctioned_addresses(path).dated == dated


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        "\n".join(OTHERS).encode(),
        BAD_CHECKSUM.encode(),
        b"<html>T</html>",
        b"\xff\xfe\x00",
        b"[",
        b"[" * 100_000,
        json.dumps({"addresses": [THEIRS]}).encode(),
        json.dumps([THEIRS, None]).encode(),
        json.dumps([[THEIRS]]).encode(),
        b"[]",
        b"[" + b"1" * 10_000 + b"]",
        (THEIRS + "\n").encode() * (FILE_MAX_BYTES // 35 + 1),
    ],
    ids=lambda content: str(content[:20]),
)
def test_what_is_no_list_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BadAddressList):
        read_sanctioned_addresses(written(tmp_path, content))


def test_a_file_that_is_not_there_is_refused_and_none_at_all_is_none(tmp_path: Path) -> None:
    assert find_sanctioned_addresses(None) is None
    assert find_sanctioned_addresses(written(tmp_path, THEIRS)) is not None
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(BadAddressList, match="cannot be read"):
            find_sanctioned_addresses(path)
