"""``withdrawal terms``, as it is typed."""

from typing import Final

import pytest

from tests.services.test_withdrawal_commands import MOMENT
from tests.support.console import Console
from tests.support.shop import Shop
from tests.support.withdrawing import administrator

TERMS: Final = [
    "termsId",
    "feePercent",
    "feeMinUsdt",
    "amountMinUsdt",
    "aloneMaxUsdt",
    "takesAbove",
    "takesSpending",
    "addressWaitSeconds",
    "perDayCount",
    "perDayUsdt",
    "by",
    "note",
    "since",
]


@pytest.fixture
def console(database_address: str) -> Console:
    return Console(database_address)


async def test_terms_are_shown_and_set(shop: Shop, console: Console) -> None:
    shown = (await console.run("withdrawal", "terms", "show", "--json")).json
    assert list(shown) == TERMS
    assert MOMENT.fullmatch(shown.pop("since"))
    first = shown.pop("termsId")
    assert shown == {
        "feePercent": "5",
        "feeMinUsdt": "2",
        "amountMinUsdt": "5",
        "aloneMaxUsdt": "500",
        "takesAbove": True,
        "takesSpending": False,
        "addressWaitSeconds": 86_400,
        "perDayCount": 5,
        "perDayUsdt": "5000",
        "by": "migration",
        "note": "as announced",
    }
    boss = await administrator(shop)
    words = (
        *("--fee-percent", "2.25", "--fee-min-usdt", "0.5", "--amount-min-usdt", "1"),
        *("--alone-max-usdt", "50", "--no-takes-above", "--takes-spending"),
        *("--address-wait-hours", "0", "--per-day-count", "9", "--per-day-usdt", "99.5"),
    )
    done = await console.run(
        "withdrawal", "terms", "set", *words, "--note", "a campaign", "--by", boss, "--json"
    )
    assert (done.code, done.err) == (0, "")
    made = done.json
    assert list(made) == TERMS
    assert MOMENT.fullmatch(made.pop("since"))
    assert made.pop("termsId") > first
    assert made == {
        "feePercent": "2.25",
        "feeMinUsdt": "0.5",
        "amountMinUsdt": "1",
        "aloneMaxUsdt": "50",
        "takesAbove": False,
        "takesSpending": True,
        "addressWaitSeconds": 0,
        "perDayCount": 9,
        "perDayUsdt": "99.5",
        "by": boss,
        "note": "a campaign",
    }
    one = await console.run("withdrawal", "terms", "set", "--fee-percent", "0", "--note", "less")
    assert one.code == 0
    assert "feePercent" in one.out
    history = (await console.run("withdrawal", "terms", "show", "--history", "--json")).json
    assert [row["feePercent"] for row in history["terms"]] == ["0", "2.25", "5"]
    assert [row["perDayCount"] for row in history["terms"]] == [9, 9, 5]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--fee-percent", "50.01"), "50 %"),
        (("--fee-percent", "2.255"), "at most two decimals"),
        (("--fee-percent", "-1"), "0 or more"),
        (("--fee-percent", "much"), "not an amount"),
        (("--fee-min-usdt", "5"), "least"),
        (("--amount-min-usdt", "2"), "least"),
        (("--per-day-usdt", "4"), "in a day"),
        (("--no-takes-above", "--alone-max-usdt", "1"), "nothing could be asked for"),
        (("--alone-max-usdt", "1000000000000"), "six decimals"),
    ],
)
async def test_terms_that_make_no_sense_are_refused_in_words(
    shop: Shop, console: Console, words: tuple[str, ...], said: str
) -> None:
    done = await console.run("withdrawal", "terms", "set", *words, "--note", "a slip")
    assert (done.code, done.out) == (1, "")
    assert said in done.err
    assert "Traceback" not in done.err
    assert await shop.fetchval("select count(*) from withdrawal_terms") == 1
