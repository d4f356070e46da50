"""Two workers that judge payments of one recharge at the same moment: one of them is the first."""

import asyncio

from tests.support.arrivals import TEN, Arrivals
from tests.support.polling import until_told
from tests.support.shop import Customer, Shop

WAITING = (
    "select count(*) from pg_stat_activity "
    "where datname = current_database() and wait_event_type = 'Lock'"
)


async def test_two_exact_payments_at_one_moment_are_one_credit(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    """Each is read as the first one; whoever writes second must look again."""
    opened = await arrivals.recharge(ann)

    async def are_waiting(number: int) -> bool:
        return bool(await shop.fetchval(WAITING) == number)

    async with shop.services.database.transaction() as connection:
        await connection.execute("select from recharges where id = $1 for update", opened.id)
        arrivals.block += 1
        later = await arrivals.bring(opened.address, TEN)
        first_judge = asyncio.create_task(arrivals.judge())
        await until_told(lambda: are_waiting(1))
        # Of an earlier block, so that the second judge does not wait for the first one's payment.
        arrivals.block -= 2
        earlier = await arrivals.bring(opened.address, TEN)
        second_judge = asyncio.create_task(arrivals.judge())
        await until_told(lambda: are_waiting(2))
    await asyncio.gather(first_judge, second_judge)

    async with shop.services.database.connection() as connection:
        rows = await connection.fetch("select id, status, oddity from payments")
    found = {row["id"]: (row["status"], row["oddity"]) for row in rows}
    assert found == {later: ("CREDITED", None), earlier: ("IN_REVIEW", "DUPLICATE")}
    assert await shop.balance(ann) == TEN
