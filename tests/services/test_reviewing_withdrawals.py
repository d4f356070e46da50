"""Deciding about withdrawals: by whom, by what, in which words, and what it moves."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jiema_app.domain.errors import BadRequest, Forbidden, NotFound, NotOpen
from jiema_app.domain.models.user import Role
from jiema_app.domain.payouts.checks.results import CheckName, Outcome
from jiema_app.domain.units import UserId
from jiema_app.domain.withdrawals.views import WithdrawalView
from tests.support.house import House, open_house
from tests.support.shop import Shop
from tests.support.withdrawing import STRANGER, USDT, change_terms, earner, micro, owe, purse, wish

NOBODY = "c" + "0" * 24
COMMAND_LINE = "command-line"


@pytest.fixture
async def house(shop: Shop, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(shop, tmp_path) as opened:
        yield opened
        await opened.mine()
        await opened.compare()


async def asked(house: House, usdt: float = 20) -> WithdrawalView:
    """A withdrawal of somebody who has as much and no more."""
    customer = await earner(house.shop, usdt)
    return await house.payouts.withdrawals.request(customer.id, wish(usdt))


async def held(house: House, withdrawal: WithdrawalView) -> tuple[int, int]:
    """Commission that its owner has, and what is held."""
    found = await house.shop.services.commissions.purse(withdrawal.user_id)
    return found.available, found.held


async def demote(house: House, actor: str, how: str = "demotion") -> None:
    identity = house.shop.services.identity
    if how == "ban":
        await identity.ban(UserId(actor), actor="test", reason="a test")
    else:
        await identity.grant(UserId(actor), Role.USER, actor="test")


async def audited(house: House, withdrawal: str) -> list[tuple[str, str]]:
    async with house.shop.services.database.connection() as connection:
        rows = await connection.fetch(
            "select actor, action from audit_records where subject_id = $1 order by id", withdrawal
        )
    return [(row["actor"], row["action"]) for row in rows]


async def test_the_eight_are_shown_with_what_each_of_them_is_judged_by(house: House) -> None:
    one = await asked(house)
    found = await house.payouts.reviews.show(one.id)
    assert [check.name for check in found.checks] == list(CheckName)
    for check in found.checks:
        assert check.outcome is Outcome.PASS, check
        assert check.value
        assert check.evidence.endswith(".")
        assert check.block_number is not None
        assert check.block_id is not None
        assert abs((check.at - house.clock.now()).total_seconds()) < 60
    by_books = {CheckName.DESTINATION_IDENTITY}
    assert {check.name for check in found.checks if check.node != "first"} == by_books
    assert (found.withdrawal, found.decisions, found.objection) == (one, [], None)
    assert not found.takes_two
    assert (found.sums.user_asked, found.sums.user_day, found.sums.user_paid) == (1, 20 * USDT, 0)


async def test_what_was_approved_is_queued_with_the_checks_that_it_was_approved_by(
    house: House,
) -> None:
    one, boss = await asked(house), await house.admin()
    done = await house.payouts.reviews.approve(one.id, actor=boss, note="known customer")
    assert done.is_final
    assert (done.withdrawal.status, done.withdrawal.decided) == ("APPROVED", "APPROVED")
    assert done.withdrawal.payout_id is not None
    assert done.withdrawal.approved_at is not None
    payout = await house.shop.fetchrow("select * from payouts")
    assert (payout["kind"], payout["status"], payout["subject_id"]) == (
        "WITHDRAWAL",
        "QUEUED",
        one.id,
    )
    assert (payout["amount"], payout["to_address"]) == (18 * USDT, STRANGER)
    assert (payout["from_address"], payout["created_by"]) == (house.payouts.house.hot, boss)
    kept = await house.shop.fetchrow("select * from withdrawal_decisions")
    assert (kept["action"], kept["actor"], kept["note"], kept["is_final"]) == (
        "approve",
        boss,
        "known customer",
        True,
    )
    assert [check["name"] for check in kept["checks"]] == list(CheckName)
    assert {check["outcome"] for check in kept["checks"]} == {"PASS"}
    assert await audited(house, one.id) == [(boss, "withdrawal.approve")]
    assert await held(house, one) == (0, 20 * USDT)
    with pytest.raises(NotOpen, match="APPROVED already"):
        await house.payouts.reviews.approve(one.id, actor=await house.admin())


async def test_what_was_paid_shows_the_checks_that_it_was_approved_by(house: House) -> None:
    one = await asked(house)
    approval = await house.payouts.reviews.approve(one.id, actor=await house.admin())
    await house.signer.turn()
    await house.finish()
    found = await house.payouts.reviews.show(one.id)
    assert found.withdrawal.status == "SETTLED"
    assert list(found.checks) == list(approval.checks)
    assert (found.sums.user_paid, found.sums.all_day) == (18 * USDT, 18 * USDT)
    assert [one.id for one in await house.payouts.reviews.list_ended()] == [one.id]
    assert await house.payouts.reviews.list_open() == []


async def test_what_waits_is_listed_oldest_first(house: House) -> None:
    made = [await asked(house) for _ in range(3)]
    await house.payouts.reviews.approve(made[1].id, actor=COMMAND_LINE)
    await house.payouts.reviews.reject(made[0].id, actor=COMMAND_LINE, note="no")
    assert [one.id for one in await house.payouts.reviews.list_open()] == [
        made[1].id,
        made[2].id,
    ]
    assert [one.id for one in await house.payouts.reviews.list_ended()] == [made[0].id]


async def test_nobody_decides_about_their_own(house: House) -> None:
    one = await asked(house)
    await house.shop.execute("update users set role = 'admin' where id = $1", one.user_id)
    reviews = house.payouts.reviews
    for decide in (reviews.approve, reviews.reject, reviews.retry):
        with pytest.raises(Forbidden, match="of their own"):
            await decide(one.id, actor=one.user_id, note="please")
    assert (await house.show(one.id)).status == "REQUESTED"
    assert await audited(house, one.id) == []


@pytest.mark.parametrize("who", ["a customer", "nobody", "demotion", "ban"])
async def test_only_administrators_decide(house: House, who: str) -> None:
    one, actor = await asked(house), NOBODY
    if who == "a customer":
        actor = (await house.earner()).id
    elif who != "nobody":
        actor = await house.admin()
        await demote(house, actor, who)
    reviews = house.payouts.reviews
    for decide in (reviews.approve, reviews.reject, reviews.retry):
        with pytest.raises(Forbidden, match="administrator"):
            await decide(one.id, actor=actor, note="please")
    assert (await house.show(one.id)).status == "REQUESTED"


@pytest.mark.parametrize("withdrawal", [NOBODY, "", "\x00", "\ud800", "x" * 100_000])
async def test_what_there_is_not_is_not_found(house: House, withdrawal: str) -> None:
    reviews = house.payouts.reviews
    for decide in (reviews.approve, reviews.reject, reviews.retry):
        with pytest.raises(NotFound, match="Withdrawal not found"):
            await decide(withdrawal, actor=COMMAND_LINE, note="please")
    with pytest.raises(NotFound, match="Withdrawal not found"):
        await reviews.show(withdrawal)


@pytest.mark.parametrize(
    "note", ["", "   ", "\u200b", "a\x00b", "\u202eabc", "x" * 501, "x" * 10**6]
)
async def test_whoever_refuses_says_why(house: House, note: str) -> None:
    one = await asked(house)
    for decide in (house.payouts.reviews.reject, house.payouts.reviews.retry):
        with pytest.raises(BadRequest, match="Note"):
            await decide(one.id, actor=COMMAND_LINE, note=note)
    if note:
        with pytest.raises(BadRequest, match="Note"):
            await house.payouts.reviews.approve(one.id, actor=COMMAND_LINE, note=note)
    assert (await house.show(one.id)).status == "REQUESTED"


async def test_above_the_bound_two_different_persons_approve(house: House) -> None:
    one, (boss, other) = await asked(house, 500.000001), [await house.admin() for _ in range(2)]
    reviews = house.payouts.reviews
    assert (await reviews.show(one.id)).takes_two
    first = await reviews.approve(one.id, actor=boss)
    assert (first.is_final, first.withdrawal.status) == (False, "REQUESTED")
    with pytest.raises(Forbidden, match="another person"):
        await reviews.approve(one.id, actor=boss)
    assert await house.shop.fetchval("select count(*) from payouts") == 0
    second = await reviews.approve(one.id, actor=other, note="seen")
    assert (second.is_final, second.withdrawal.status) == (True, "APPROVED")
    found = await reviews.show(one.id)
    assert [(one.actor, one.is_final, one.note) for one in found.decisions] == [
        (boss, False, None),
        (other, True, "seen"),
    ]
    assert await audited(house, one.id) == [
        (boss, "withdrawal.propose"),
        (other, "withdrawal.approve"),
    ]
    await house.signer.turn()
    await house.finish()
    assert (await house.show(one.id)).status == "SETTLED"


async def test_at_the_bound_one_person_does(house: House) -> None:
    one = await asked(house, 500)
    assert (await house.payouts.reviews.approve(one.id, actor=COMMAND_LINE)).is_final


async def test_what_was_proposed_is_taken_back_by_its_owner(house: House) -> None:
    one = await asked(house, 600)
    await house.payouts.reviews.approve(one.id, actor=COMMAND_LINE)
    await house.payouts.withdrawals.cancel(one.user_id, one.id)
    with pytest.raises(NotOpen, match="CANCELLED already"):
        await house.payouts.reviews.approve(one.id, actor=await house.admin())
    assert await held(house, one) == (600 * USDT, 0)


@pytest.mark.parametrize("how", ["demotion", "ban"])
async def test_half_of_a_decision_by_somebody_who_may_not_decide_any_more_counts_for_nothing(
    house: House, how: str
) -> None:
    one, people = await asked(house, 600), [await house.admin() for _ in range(3)]
    reviews = house.payouts.reviews
    await reviews.approve(one.id, actor=people[0])
    await demote(house, people[0], how)
    assert not (await reviews.approve(one.id, actor=people[1])).is_final
    with pytest.raises(Forbidden, match="another person"):
        await reviews.approve(one.id, actor=people[1])
    assert (await reviews.approve(one.id, actor=people[2])).is_final


async def test_the_bound_of_the_moment_of_the_approval_holds(house: House) -> None:
    large, small = await asked(house, 600), await asked(house, 20)
    boss, other = [await house.admin() for _ in range(2)]
    reviews = house.payouts.reviews
    assert not (await reviews.approve(large.id, actor=boss)).is_final
    await change_terms(house.shop, alone_max_micro=micro(600))
    assert (await reviews.approve(large.id, actor=boss)).is_final
    await change_terms(house.shop, alone_max_micro=micro(10))
    assert not (await reviews.approve(small.id, actor=boss)).is_final
    assert (await reviews.approve(small.id, actor=other)).is_final


async def test_a_bound_that_was_lowered_after_the_approval_stops_the_signer(house: House) -> None:
    one = await asked(house, 20)
    await house.payouts.reviews.approve(one.id, actor=await house.admin())
    await change_terms(house.shop, alone_max_micro=micro(10))
    await house.signer.turn()
    stopped = await house.show(one.id)
    assert stopped.status == "NEEDS_REVIEW"
    assert "takes two" in str(stopped.waits_because)
    await house.payouts.reviews.reject(one.id, actor=COMMAND_LINE, note="ask again")
    assert await held(house, one) == (20 * USDT, 0)


async def test_what_is_rejected_goes_back_with_a_word_to_its_owner(house: House) -> None:
    one, boss = await asked(house), await house.admin()
    gone = await house.payouts.reviews.reject(one.id, actor=boss, note="  not   this one ")
    assert (gone.status, gone.note) == ("REJECTED", "not this one")
    assert gone.ended_at is not None
    assert await held(house, one) == (20 * USDT, 0)
    assert (await house.payouts.withdrawals.get(one.user_id, one.id)).note == "not this one"
    assert await audited(house, one.id) == [(boss, "withdrawal.reject")]
    for decide in (house.payouts.reviews.reject, house.payouts.reviews.approve):
        with pytest.raises(NotOpen, match="REJECTED already"):
            await decide(one.id, actor=boss, note="again")
    with pytest.raises(NotOpen, match="REJECTED"):
        await house.payouts.withdrawals.cancel(one.user_id, one.id)


async def test_what_was_approved_is_rejected_while_nothing_is_signed(house: House) -> None:
    one = await asked(house)
    await house.payouts.reviews.approve(one.id, actor=COMMAND_LINE)
    gone = await house.payouts.reviews.reject(one.id, actor=COMMAND_LINE, note="too late")
    assert (gone.status, gone.payout_id) == ("REJECTED", None)
    assert await house.shop.fetchval("select status from payouts") == "CANCELLED"
    before = await house.balance(STRANGER)
    await house.signer.turn()
    await house.finish()
    assert (await house.balance(STRANGER), await held(house, one)) == (before, (20 * USDT, 0))
    again = await house.payouts.withdrawals.request(one.user_id, wish(20))
    assert (await house.payouts.reviews.approve(again.id, actor=COMMAND_LINE)).is_final


async def test_what_may_be_paid_at_any_moment_is_not_rejected(house: House) -> None:
    one = await asked(house)
    await house.payouts.reviews.approve(one.id, actor=COMMAND_LINE)
    await house.signer.turn()
    for decide, word in (
        (house.payouts.reviews.reject, "may still be paid"),
        (house.payouts.reviews.retry, "BROADCAST is not tried again"),
    ):
        with pytest.raises(NotOpen, match=word):
            await decide(one.id, actor=COMMAND_LINE, note="stop")
    await house.finish()
    for decide in (house.payouts.reviews.reject, house.payouts.reviews.retry):
        with pytest.raises(NotOpen, match="SETTLED already"):
            await decide(one.id, actor=COMMAND_LINE, note="stop")


async def test_who_is_blocked_is_not_paid(house: House) -> None:
    one = await asked(house)
    identity, reviews = house.shop.services.identity, house.payouts.reviews
    await identity.ban(one.user_id, actor="test", reason="a test")
    with pytest.raises(NotOpen, match="blocked"):
        await reviews.approve(one.id, actor=COMMAND_LINE)
    assert "blocked" in str((await reviews.show(one.id)).objection)
    await identity.unban(one.user_id, actor="test", reason="a test")
    await reviews.approve(one.id, actor=COMMAND_LINE)
    await identity.ban(one.user_id, actor="test", reason="a test")
    await house.signer.turn()
    stopped = await house.show(one.id)
    assert stopped.status == "NEEDS_REVIEW"
    assert "blocked" in str(stopped.waits_because)
    await identity.unban(one.user_id, actor="test", reason="a test")
    again = await reviews.retry(one.id, actor=COMMAND_LINE, note="cleared")
    assert (again.status, (await reviews.show(one.id)).decisions[-1].action) == (
        "APPROVED",
        "retry",
    )
    await house.signer.turn()
    await house.finish()
    assert (await house.show(one.id)).status == "SETTLED"


async def test_who_owes_commission_is_not_paid(house: House) -> None:
    bob = await house.earner(20)
    one = await house.payouts.withdrawals.request(bob.id, wish(20))
    owed = await owe(house.shop, bob)
    reviews = house.payouts.reviews
    with pytest.raises(NotOpen, match="owes"):
        await reviews.approve(one.id, actor=COMMAND_LINE)
    assert "owes" in str((await reviews.show(one.id)).objection)
    await reviews.reject(one.id, actor=COMMAND_LINE, note="owed")
    assert await purse(house.shop, bob) == (20 * USDT - owed, 0)


async def test_nothing_is_approved_where_nothing_can_be_asked_or_paid(house: House) -> None:
    one = await asked(house)
    blind = house.shop.services.payouts.reviews
    assert blind.checks is None
    with pytest.raises(BadRequest, match="no node"):
        await blind.approve(one.id, actor=COMMAND_LINE)
    assert (await blind.show(one.id)).checks == ()
    assert (await blind.reject(one.id, actor=COMMAND_LINE, note="no")).status == "REJECTED"
