"""Decisions about one withdrawal at one moment: one counts, and its money goes one way."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest

from jiema_app.domain.errors import AlreadyChanged, DomainError, Forbidden, NotOpen
from jiema_app.domain.units import UserId
from jiema_app.domain.withdrawals import queries
from jiema_app.domain.withdrawals.views import WithdrawalView
from tests.support.house import House, open_house
from tests.support.polling import until_told
from tests.support.shop import Shop
from tests.support.withdrawing import USDT, earner, micro, wish

COMMAND_LINE: Final = "command-line"
ROUNDS: Final = 6
LOST: Final = (NotOpen, AlreadyChanged, Forbidden)

WAITING: Final = """
select count(*) from pg_locks where not granted
  and pid in (select pid from pg_stat_activity where datname = current_database())
"""


@pytest.fixture
async def house(shop: Shop, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(shop, tmp_path) as opened:
        yield opened
        await opened.mine()
        await opened.compare()


async def asked(house: House, usdt: float = 20) -> WithdrawalView:
    customer = await earner(house.shop, usdt)
    return await house.payouts.withdrawals.request(customer.id, wish(usdt))


async def purse(house: House, one: WithdrawalView) -> tuple[int, int]:
    found = await house.shop.services.commissions.purse(one.user_id)
    return found.available, found.held


@asynccontextmanager
async def held_up(house: House, one: WithdrawalView, address: str) -> AsyncIterator[None]:
    """Whoever decides about a withdrawal waits until the block ends; then all go on at once."""
    connection = await asyncpg.connect(address)
    try:
        async with connection.transaction():
            await connection.execute(queries.LOCK, one.id)
            yield
    finally:
        await connection.close()


async def race(
    house: House, one: WithdrawalView, address: str, acts: Sequence[Awaitable[Any]]
) -> Sequence[Any]:
    """Let everybody come as far as the withdrawal's row, and then all of them at once.

    Returns:
        What succeeded; what did not was refused for having lost.
    """
    async with held_up(house, one, address):
        tasks = [asyncio.ensure_future(act) for act in acts]

        async def all_wait() -> bool:
            waiting: int = await house.shop.fetchval(WAITING)
            return waiting >= sum(not task.done() for task in tasks)

        await until_told(all_wait)
    done = await asyncio.gather(*tasks, return_exceptions=True)
    for lost in done:
        assert not isinstance(lost, BaseException) or isinstance(lost, LOST), lost
    return [found for found in done if not isinstance(found, BaseException)]


async def ensure_one_way(house: House, one: WithdrawalView) -> str:
    """See to it that its money is where its status says, and that it is paid by one payout at most."""
    status = (await house.show(one.id)).decided
    payouts = await house.shop.fetchval(
        "select count(*) from payouts where subject_id = $1 and status <> 'CANCELLED'", one.id
    )
    is_open = status in {"REQUESTED", "APPROVED"}
    assert await purse(house, one) == ((0, one.amount) if is_open else (one.amount, 0))
    assert payouts == (1 if status == "APPROVED" else 0)
    finals = await house.shop.fetchval(
        "select count(*) from withdrawal_decisions "
        "where withdrawal_id = $1 and action in ('approve', 'reject') and is_final",
        one.id,
    )
    assert finals <= 1 + (status == "REJECTED")
    return str(status)


async def test_an_approval_and_a_cancellation(house: House, database_address: str) -> None:
    outcomes: Counter[str] = Counter()
    for turn in range(ROUNDS):
        one = await asked(house)
        acts = [
            house.payouts.reviews.approve(one.id, actor=COMMAND_LINE),
            house.payouts.withdrawals.cancel(one.user_id, one.id),
        ]
        done = await race(house, one, database_address, acts if turn % 2 else acts[::-1])
        assert len(done) == 1
        outcomes[await ensure_one_way(house, one)] += 1
    assert set(outcomes) <= {"APPROVED", "CANCELLED"}


async def test_two_approvals_are_one(house: House, database_address: str) -> None:
    people = [await house.admin() for _ in range(4)]
    for _ in range(ROUNDS):
        one = await asked(house)
        acts = [house.payouts.reviews.approve(one.id, actor=who) for who in people]
        assert len(await race(house, one, database_address, acts)) == 1
        assert await ensure_one_way(house, one) == "APPROVED"
        assert (await house.payouts.withdrawals.get(one.user_id, one.id)).status == "APPROVED"


async def test_one_person_in_many_tabs_stays_one(house: House, database_address: str) -> None:
    boss = await house.admin()
    for _ in range(ROUNDS):
        one = await asked(house, 600)
        acts = [house.payouts.reviews.approve(one.id, actor=boss) for _ in range(4)]
        done = await race(house, one, database_address, acts)
        assert [approval.is_final for approval in done] == [False]
        assert await ensure_one_way(house, one) == "REQUESTED"


async def test_of_three_who_approve_much_two_have_done_so(
    house: House, database_address: str
) -> None:
    people = [await house.admin() for _ in range(3)]
    for _ in range(ROUNDS):
        one = await asked(house, 600)
        acts = [house.payouts.reviews.approve(one.id, actor=who) for who in people]
        done = await race(house, one, database_address, acts)
        assert sorted(approval.is_final for approval in done) == [False, True]
        assert await ensure_one_way(house, one) == "APPROVED"


async def test_an_approval_and_a_refusal(house: House, database_address: str) -> None:
    """A refusal of what was approved a moment before ends that too."""
    boss, other = [await house.admin() for _ in range(2)]
    for turn in range(ROUNDS):
        one = await asked(house)
        acts: list[Awaitable[Any]] = [
            house.payouts.reviews.approve(one.id, actor=boss),
            house.payouts.reviews.reject(one.id, actor=other, note="no"),
        ]
        await race(house, one, database_address, acts if turn % 2 else acts[::-1])
        assert await ensure_one_way(house, one) == "REJECTED"


async def test_a_refusal_and_a_cancellation(house: House, database_address: str) -> None:
    for _ in range(ROUNDS):
        one = await asked(house)
        acts: list[Awaitable[Any]] = [
            house.payouts.reviews.reject(one.id, actor=COMMAND_LINE, note="no"),
            house.payouts.withdrawals.cancel(one.user_id, one.id),
        ]
        assert len(await race(house, one, database_address, acts)) == 1
        assert await ensure_one_way(house, one) in {"REJECTED", "CANCELLED"}


async def test_a_ban_of_the_same_moment_is_seen_or_stops_the_signer(
    house: House, database_address: str
) -> None:
    identity = house.shop.services.identity
    for _ in range(ROUNDS):
        one = await asked(house)
        async with held_up(house, one, database_address):
            approval = asyncio.ensure_future(
                house.payouts.reviews.approve(one.id, actor=COMMAND_LINE)
            )
            await until_told(lambda: house.shop.fetchval(f"select ({WAITING}) > 0"))
            await identity.ban(UserId(one.user_id), actor="test", reason="a test")
        with pytest.raises(NotOpen, match="blocked"):
            await approval
        assert await ensure_one_way(house, one) == "REQUESTED"


async def test_whoever_was_demoted_while_they_waited_has_decided_nothing(
    house: House, database_address: str
) -> None:
    for decide in (house.payouts.reviews.approve, house.payouts.reviews.reject):
        boss, one = await house.admin(), await asked(house)
        async with held_up(house, one, database_address):
            decision = asyncio.ensure_future(decide(one.id, actor=boss, note="yes"))
            await until_told(lambda: house.shop.fetchval(f"select ({WAITING}) > 0"))
            await house.shop.execute("update users set role = 'user' where id = $1", boss)
        with pytest.raises(Forbidden):
            await decision
        assert await ensure_one_way(house, one) == "REQUESTED"


async def test_everything_at_once_and_the_signer_besides(house: House) -> None:
    """Whatever wins: paid once or given back once."""
    chance, people = random.Random(7), [await house.admin() for _ in range(2)]
    reviews, withdrawals = house.payouts.reviews, house.payouts.withdrawals
    made: list[WithdrawalView] = []
    for _ in range(ROUNDS):
        one = await asked(house)
        made.append(one)

        async def later(act: Awaitable[Any]) -> Any:
            await asyncio.sleep(chance.random() / 10)
            return await act

        done = await asyncio.gather(
            later(reviews.approve(one.id, actor=people[0])),
            later(reviews.approve(one.id, actor=people[1])),
            later(reviews.reject(one.id, actor=people[1], note="no")),
            later(withdrawals.cancel(UserId(one.user_id), one.id)),
            later(house.signer.turn()),
            return_exceptions=True,
        )
        for lost in done:
            assert not isinstance(lost, BaseException) or isinstance(lost, DomainError), lost
        await house.signer.turn()
        await house.finish()
    for one in made:
        status = (await house.show(one.id)).status
        assert status in {"SETTLED", "REJECTED", "CANCELLED"}, status
        assert await purse(house, one) == ((0, 0) if status == "SETTLED" else (micro(20), 0))
    settled = [one for one in made if (await house.show(one.id)).status == "SETTLED"]
    paid = await house.shop.fetchval(
        "select coalesce(sum(amount_micro), 0)::bigint from ledger_entries e "
        "join ledger_transfers t on t.id = e.transfer_id "
        "where t.kind = 'withdrawal_settled' and e.account_id = 7"
    )
    assert paid == len(settled) * 18 * USDT
