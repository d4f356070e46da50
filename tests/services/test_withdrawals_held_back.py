"""Anything but eight passed checks keeps a withdrawal from being approved, and moves nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from jiema_app.domain.payouts.checks.results import CheckName, Outcome
from jiema_app.domain.payouts.eight_checks import ChecksNotPassed, EightChecks
from jiema_app.domain.payouts.house_wallets import HouseWallets
from jiema_app.domain.withdrawals.review import WithdrawalReviews
from jiema_app.domain.withdrawals.views import WithdrawalView
from sandbox.tron.addresses import base58_address
from sandbox.tron.contracts import TOKENS
from tests.support.house import HOT, House, open_house
from tests.support.polling import until_told
from tests.support.shop import Shop, now
from tests.support.withdrawing import ANOTHER, STRANGER, USDT, earner, micro, wish

COMMAND_LINE: Final = "command-line"
PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
FAKE: Final = base58_address(TOKENS["fake"].address)


@pytest.fixture
async def house(shop: Shop, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(shop, tmp_path) as opened:
        yield opened


@pytest.fixture
async def asked(house: House) -> WithdrawalView:
    """A withdrawal of all that somebody has."""
    customer = await earner(house.shop, 20)
    return await house.payouts.withdrawals.request(customer.id, wish(20))


def with_rules(house: House, **changes: Any) -> WithdrawalReviews:
    """The same reviews in a process with other settings."""
    checks = house.payouts.reviews.checks
    assert checks is not None
    rules = replace(checks.books.rules, **changes)
    other = replace(checks, books=replace(checks.books, rules=rules))
    return replace(house.payouts.reviews, checks=other)


def a_list(folder: Path, text: str, name: str = "list.txt") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


async def held_back(
    house: House,
    asked: WithdrawalView,
    name: CheckName,
    outcome: Outcome,
    reviews: WithdrawalReviews | None = None,
) -> str:
    """See to it that one check is what keeps a withdrawal from being approved; its words."""
    with pytest.raises(ChecksNotPassed) as refusal:
        await (reviews or house.payouts.reviews).approve(asked.id, actor=COMMAND_LINE)
    found = {one.name: one for one in refusal.value.results}
    assert list(found) == list(CheckName)
    assert found[name].outcome is outcome, found[name]
    assert found[name].evidence in refusal.value.message
    assert (await house.show(asked.id)).status == "REQUESTED"
    for table in ("payouts", "withdrawal_decisions"):
        assert await house.shop.fetchval(f"select count(*) from {table}") == 0
    audits = "select count(*) from audit_records where subject_id = $1"
    assert await house.shop.fetchval(audits, asked.id) == 0
    return found[name].evidence


Lever = Callable[[House], Awaitable[Any]]


def lever(path: str, **body: Any) -> Lever:
    """A lever of the sandbox."""

    async def pull(house: House) -> None:
        await house.peer.control(path, **body)
        await house.peer.mine()

    return pull


def statement(text: str) -> Lever:
    return lambda house: house.shop.execute(text)


def fault(action: str) -> Lever:
    """A node that does not answer one kind of question."""
    return lambda house: house.peer.fault(action, "http503")


ONE_OF: Final[Mapping[str, tuple[Lever, CheckName, Outcome]]] = {
    "another chain": (
        lever("behaviour", wrongGenesis=True),
        CheckName.NODE_RIGHT_AND_FRESH,
        FAIL,
    ),
    "a clock that is wrong": (
        lever("behaviour", clockSkewSeconds=4_000),
        CheckName.NODE_RIGHT_AND_FRESH,
        FAIL,
    ),
    "no head": (fault("wallet/getnowblock"), CheckName.NODE_RIGHT_AND_FRESH, UNKNOWN),
    "nothing is known of contracts": (
        fault("getcontract"),
        CheckName.DESTINATION_NOT_CONTRACT,
        UNKNOWN,
    ),
    "a paused token": (lever("token", paused=True), CheckName.TOKEN_CLEAR, FAIL),
    "a token with a fee": (
        lever("token", basisPointsRate=10, maximumFee="1"),
        CheckName.TOKEN_CLEAR,
        FAIL,
    ),
    "a receiver on the blacklist": (
        lever("blacklist", address=STRANGER),
        CheckName.TOKEN_CLEAR,
        FAIL,
    ),
    "a sender on the blacklist": (lever("blacklist", address=HOT), CheckName.TOKEN_CLEAR, FAIL),
    "nothing is known of the token": (
        fault("wallet/triggerconstantcontract"),
        CheckName.TOKEN_CLEAR,
        UNKNOWN,
    ),
    "an empty hot wallet": (
        lever("lies", node="first", address=HOT, usdt="17.999999"),
        CheckName.USDT_LIQUIDITY,
        FAIL,
    ),
    "nothing is known of its money": (
        fault("walletsolidity/triggerconstantcontract"),
        CheckName.USDT_LIQUIDITY,
        UNKNOWN,
    ),
    "no TRX": (
        lever("lies", node="first", address=HOT, trx="1"),
        CheckName.FEE_CAPACITY,
        FAIL,
    ),
    "nothing is known of its energy": (
        fault("getaccountresource"),
        CheckName.FEE_CAPACITY,
        UNKNOWN,
    ),
    "nothing is known of prices": (fault("getchainparameters"), CheckName.FEE_CAPACITY, UNKNOWN),
    "dear energy": (lever("behaviour", energyPrice=1_000), CheckName.DRY_RUN, FAIL),
    "a trial that fails": (lever("blacklist", address=HOT), CheckName.DRY_RUN, FAIL),
    "nothing can be tried": (
        fault("wallet/triggerconstantcontract"),
        CheckName.DRY_RUN,
        UNKNOWN,
    ),
    "wallets that differ from the books": (
        lambda house: house.chain.house_reconciliation.note(1),
        CheckName.UNIQUE_AND_RECONCILED,
        FAIL,
    ),
    "a pool that differs from the books": (
        lambda house: house.chain.house_reconciliation.note_pool(1),
        CheckName.UNIQUE_AND_RECONCILED,
        FAIL,
    ),
    "wallets that were never compared": (
        statement("update signer_state set house_compared_at = null"),
        CheckName.UNIQUE_AND_RECONCILED,
        UNKNOWN,
    ),
    "a pool that was not compared for an hour": (
        statement("update signer_state set pool_compared_at = now() - interval '1 hour'"),
        CheckName.UNIQUE_AND_RECONCILED,
        UNKNOWN,
    ),
    "blocks that are not read any more": (
        statement("update chain_cursors set halted_because = 'another chain'"),
        CheckName.UNIQUE_AND_RECONCILED,
        UNKNOWN,
    ),
    "blocks that were never read": (
        statement("delete from chain_cursors"),
        CheckName.UNIQUE_AND_RECONCILED,
        UNKNOWN,
    ),
    "blocks that were not read for long": (
        lambda house: house.peer.mine(70),
        CheckName.UNIQUE_AND_RECONCILED,
        UNKNOWN,
    ),
}


@pytest.mark.parametrize("what", ONE_OF)
async def test_one_check_that_does_not_pass_holds_it_back(
    house: House, asked: WithdrawalView, what: str
) -> None:
    pull, name, outcome = ONE_OF[what]
    await pull(house)
    await held_back(house, asked, name, outcome)


async def test_a_node_that_is_away_passes_nothing_that_it_is_asked(
    house: House, asked: WithdrawalView
) -> None:
    await house.peer.fault("*", "http503")
    await held_back(house, asked, CheckName.NODE_RIGHT_AND_FRESH, UNKNOWN)
    found = await house.payouts.reviews.show(asked.id)
    by_books = {CheckName.DESTINATION_IDENTITY}
    assert {one.name for one in found.checks if one.outcome is PASS} == by_books
    await house.peer.mend("*", "http503")

    async def is_approved() -> bool:
        # A node that was away is left alone for a moment.
        with suppress(ChecksNotPassed):
            return (await house.payouts.reviews.approve(asked.id, actor=COMMAND_LINE)).is_final
        return False

    await until_told(is_approved)


async def test_an_address_that_became_ours_is_not_paid(house: House, asked: WithdrawalView) -> None:
    await HouseWallets(house.shop.services.database, HOT, STRANGER).keep()
    said = await held_back(house, asked, CheckName.DESTINATION_IDENTITY, FAIL)
    assert "TREASURY" in said


@pytest.mark.parametrize(
    ("name", "text", "outcome", "word"),
    [
        ("list.txt", f"{ANOTHER}\n{STRANGER}\n", FAIL, "sanctioned"),
        ("list-2026-01-02.txt", f"{ANOTHER}\n", UNKNOWN, "7 days"),
        ("list.txt", "\x00\x01", UNKNOWN, "not known"),
        ("list.txt", "", UNKNOWN, "not known"),
    ],
    ids=["listed", "old", "torn", "empty"],
)
async def test_a_list_says_who_may_not_be_paid_and_a_bad_one_says_nothing(
    house: House,
    asked: WithdrawalView,
    tmp_path: Path,
    name: str,
    text: str,
    outcome: Outcome,
    word: str,
) -> None:
    reviews = with_rules(house, sanctions_file=a_list(tmp_path, text, name))
    said = await held_back(house, asked, CheckName.DESTINATION_IDENTITY, outcome, reviews)
    assert word in said


async def test_a_list_that_cannot_be_read_says_nothing(
    house: House, asked: WithdrawalView, tmp_path: Path
) -> None:
    reviews = with_rules(house, sanctions_file=tmp_path / "none.txt")
    await held_back(house, asked, CheckName.DESTINATION_IDENTITY, UNKNOWN, reviews)


async def test_production_pays_nobody_without_a_list(house: House, asked: WithdrawalView) -> None:
    said = await held_back(
        house,
        asked,
        CheckName.DESTINATION_IDENTITY,
        UNKNOWN,
        with_rules(house, is_production=True),
    )
    assert "No list" in said


async def test_a_fresh_list_lets_others_be_paid(
    house: House, asked: WithdrawalView, tmp_path: Path
) -> None:
    file = a_list(tmp_path, f"{ANOTHER}\n", f"list-{now():%Y-%m-%d}.txt")
    reviews = with_rules(house, sanctions_file=file, is_production=True)
    assert (await reviews.approve(asked.id, actor=COMMAND_LINE)).is_final


async def test_a_contract_that_got_past_the_form_is_not_paid(house: House) -> None:
    """Nobody could be asked when it was typed."""
    customer = await earner(house.shop, 20)
    blind = house.shop.services.payouts.withdrawals
    one = await blind.request(customer.id, wish(20, FAKE))
    said = await held_back(house, one, CheckName.DESTINATION_NOT_CONTRACT, FAIL)
    assert "contract" in said


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"floor_micro": 20_000 * USDT - 17_999_999}, CheckName.USDT_LIQUIDITY),
        ({"floor_sun": 10**12}, CheckName.FEE_CAPACITY),
        ({"day_micro": 17_999_999}, CheckName.UNIQUE_AND_RECONCILED),
    ],
)
async def test_what_is_to_stay_stays(
    house: House, asked: WithdrawalView, changes: dict[str, int], name: CheckName
) -> None:
    held = await house.balance(HOT)
    assert held == 20_000 * USDT
    await held_back(house, asked, name, FAIL, with_rules(house, **changes))


async def test_what_is_promised_to_others_is_not_promised_again(house: House) -> None:
    reviews = with_rules(house, floor_micro=(await house.balance(HOT)) - 30 * USDT)
    first, second = [
        await house.payouts.withdrawals.request((await earner(house.shop, 20)).id, wish(20))
        for _ in range(2)
    ]
    assert (await reviews.approve(first.id, actor=COMMAND_LINE)).is_final
    with pytest.raises(ChecksNotPassed, match="18 are promised to other payouts"):
        await reviews.approve(second.id, actor=COMMAND_LINE)
    await reviews.reject(first.id, actor=COMMAND_LINE, note="no")
    assert (await reviews.approve(second.id, actor=COMMAND_LINE)).is_final


async def test_money_that_left_unexplained_holds_everything_back_until_somebody_explains_it(
    house: House, asked: WithdrawalView
) -> None:
    txid = await house.peer.pay("5", to=ANOTHER, **{"from": HOT})
    await house.mine()
    said = await held_back(house, asked, CheckName.UNIQUE_AND_RECONCILED, FAIL)
    assert "nobody has explained: 1" in said
    await house.payouts.halts.explain(txid, actor=COMMAND_LINE, note="a bill of ours")
    await house.compare()
    assert (await house.payouts.reviews.approve(asked.id, actor=COMMAND_LINE)).is_final


async def test_a_hot_wallet_that_nobody_has_written_down_pays_nobody(
    house: House, asked: WithdrawalView
) -> None:
    """Its first worker has not begun yet, or the settings of this process are other ones."""
    reviews = replace(
        house.payouts.reviews, house=HouseWallets(house.shop.services.database, ANOTHER, None)
    )
    said = await held_back(house, asked, CheckName.DESTINATION_IDENTITY, FAIL, reviews)
    assert "none of ours" in said


async def test_a_check_that_is_missing_is_none_that_passed(
    house: House, asked: WithdrawalView, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = EightChecks.run

    async def without_the_last(self: EightChecks, *about: Any) -> Any:
        judged = await run(self, *about)
        return replace(judged, results=judged.results[:-1])

    monkeypatch.setattr(EightChecks, "run", without_the_last)
    with pytest.raises(ChecksNotPassed):
        await house.payouts.reviews.approve(asked.id, actor=COMMAND_LINE)
    assert (await house.show(asked.id)).status == "REQUESTED"


async def test_what_was_held_back_is_still_its_owner_s_to_take_back(
    house: House, asked: WithdrawalView
) -> None:
    await house.chain.house_reconciliation.note(1)
    await held_back(house, asked, CheckName.UNIQUE_AND_RECONCILED, FAIL)
    await house.payouts.withdrawals.cancel(asked.user_id, asked.id)
    found = await house.shop.services.commissions.purse(asked.user_id)
    assert (found.available, found.held) == (micro(20), 0)
