"""Whoever was invited before invitations earned: from then on they do, and the rules look at them."""

from tests.services.test_migrations import migrate
from tests.support.invitations import Invitations
from tests.support.shop import Customer, Shop


async def users_of_before(shop: Shop) -> None:
    """Three people, of whom one brought the other two a while ago."""
    await shop.execute(
        "insert into users (id, display_name, referral_code, referrer_id, created_at) values "
        "('c' || repeat('1', 24), 'Ann', 'annannan', null, now() - interval '90 days'), "
        "('c' || repeat('2', 24), 'Bob', 'bobbobbo', 'c' || repeat('1', 24), "
        "now() - interval '60 days'), "
        "('c' || repeat('3', 24), 'Cy', 'cycycycy', 'c' || repeat('1', 24), "
        "now() - interval '60 days')"
    )
    await shop.execute(
        "with made as (insert into ledger_accounts (user_id, kind) "
        "select id, 'user:spending' from users returning id) "
        "insert into ledger_balances (account_id) select id from made"
    )


async def test_whoever_was_invited_before_is_known_and_judged(
    shop: Shop, database_address: str
) -> None:
    await migrate(database_address, "0019")
    await users_of_before(shop)
    await migrate(database_address, "head")
    known = await shop.fetchrow(
        "select array_agg(source) as sources, array_agg(status) as statuses, "
        "bool_and(judge_at <= now()) as are_due, count(distinct referrer_id) as referrers, "
        "min(created_at) < now() - interval '59 days' as are_old from referrals"
    )
    assert tuple(known) == (["COOKIE"] * 2, ["NEW"] * 2, True, 1, True)
    assert await shop.fetchval("select sum(sign_ups) from referral_days") == 2
    people = Invitations(shop)
    await people.judge()
    # Two at one moment a while ago are no burst, and nothing is due until they buy.
    assert await shop.fetchval("select count(*) from referral_findings") == 0
    assert await shop.fetchval("select count(*) from referrals where judge_at is not null") == 0


async def test_going_back_and_forth_loses_what_was_found_and_nothing_else(
    shop: Shop, database_address: str
) -> None:
    people = Invitations(shop)
    ann: Customer = await people.join()
    await people.join(ann)
    await migrate(database_address, "0019")
    await migrate(database_address, "head")
    assert await shop.fetchval("select referrer_id from referrals") == ann.id
    await people.judge()
    assert await shop.fetchval("select status from referrals") == "NEW"
