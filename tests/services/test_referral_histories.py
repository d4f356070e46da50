"""What a verdict costs does not depend on how much a shop, a link or an exchange has seen.

Rows are counted by the server: all that a question's scans looked at, whether of use or not.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any, Final

import asyncpg
import pytest

from jiema_app.domain.referrals import (
    decision_queries,
    facts_queries,
    finding_queries,
    verdict_queries,
)
from jiema_app.domain.referrals.changes import ALIKE
from jiema_app.domain.referrals.facts import ORDERS_MAX, SIGN_UPS_MAX, USUAL_MAX
from tests.support.cluster import Cluster

USERS: Final = 6_000
LINKS: Final = 200
ORDERS: Final = 30_000

# Every third order is one busy buyer's, every second payment came from an exchange.
FILL: Final = (
    f"""
    insert into users (id, display_name, referral_code, referrer_id, created_at)
    select 'cu' || lpad(i::text, 23, '0'), 'x', lpad(i::text, 8, '0'),
        case when i > {LINKS} then 'cu' || lpad((i % {LINKS} + 1)::text, 23, '0') end,
        now() - i * interval '30 minutes'
    from generate_series(1, {USERS}) i
    """,
    """
    insert into referrals (user_id, referrer_id, source, status, pseudonym, pending_account_id,
                           commission_account_id, created_at, judge_at)
    select id, referrer_id, 'COOKIE', case when random() < 0.3 then 'NEW' else 'ACTIVE' end, 'x',
        1, 2, created_at, case when random() < 0.5 then now() + interval '1 day' end
    from users where referrer_id is not null
    """,
    f"""
    insert into orders (id, user_id, status, reason, service_code, country_id, price_micro,
                        cost_limit_micro, supplier, phone, sms_count, first_sms_at, ended_at,
                        expires_at, created_at)
    select 'c' || lpad(i::text, 24, '0'),
        'cu' || lpad((case when i % 3 = 0 then {LINKS + 2} else {LINKS} + 3 + i % 5000 end)::text,
                     23, '0'),
        'COMPLETED', 'USER', 'tg', 7, 100000, 1, 'p', '+1', 1, at, at, at, at
    from generate_series(1, {ORDERS}) i,
        lateral (select now() - ({ORDERS} - i) * interval '1 minute') moment (at)
    """,
    """
    insert into commissions (order_id, referrer_id, buyer_id, amount_micro, rate_bp, status,
                             decided_at, created_at)
    select o.id, r.referrer_id, o.user_id, 10000, 1000, 'RELEASED', now(), o.created_at
    from orders o join referrals r on r.user_id = o.user_id
    """,
    f"""
    insert into payments (id, txid, log_index, block_number, block_position, block_id, block_time,
                          contract, is_genuine, from_address, to_address, amount, status,
                          credited_micro, credited_user_id)
    select 'c' || lpad(i::text, 24, '0'), lpad(i::text, 64, '0'), 0, i, 0, '', now(), 'x', true,
        case when i % 2 = 0 then 'exchange' else 'own ' || i % {USERS} end, 'x', 1, 'CREDITED', 1,
        'cu' || lpad((case when i % 3 = 0 then {LINKS + 2} else i % {USERS} end)::text, 23, '0')
    from generate_series(1, 30000) i
    """,
    f"""
    insert into sign_in_marks (user_id, address_hashes, agent_hashes, device_hash, is_sign_up,
                               created_at)
    select 'cu' || lpad((i % {USERS} + 1)::text, 23, '0'),
        array[decode(md5((i % 1500)::text), 'hex')], array[decode(md5((i % 20)::text), 'hex')],
        decode(md5('d' || i % {USERS}), 'hex'), i < {USERS}, now() - i * interval '1 minute'
    from generate_series(1, 30000) i
    """,
    f"""
    insert into referral_days (referrer_id, day, clicks, sign_ups, first_orders)
    select 'cu' || lpad(i::text, 23, '0'), current_date - d, 5, 1, 1
    from generate_series(1, {LINKS}) i, generate_series(0, 100) d
    """,
    """
    insert into referral_touches (referrer_id, source, address_hash, network_hash, agent_hash,
                                  created_at)
    select referrer_id, 'COOKIE', decode(md5(user_id), 'hex'), decode(md5(user_id), 'hex'),
        '\\x00', now() - n * interval '20 minutes'
    from referrals, generate_series(1, 10) n
    """,
    """
    insert into referral_findings (rule, referrer_id, user_id, weight, action, evidence)
    select 'S4', referrer_id, user_id, 40, 'SCORE', '{}' from referrals
    """,
    "analyze",
)

BUYER, LINK = f"cu{LINKS + 2:023}", f"cu{2 + 1:023}"
"""The busy buyer, and whose link brought them."""

NOW: Final = datetime.now(UTC)
DAY_S: Final = 86_400.0


@pytest.fixture(scope="module")
def old_shop(cluster: Cluster) -> Iterator[str]:
    """A database with a long past, for the tests of this module."""

    async def make() -> str:
        address = await cluster.create()
        filling = await asyncpg.connect(address)
        await filling.execute("set session_replication_role = replica")
        for statement in FILL:
            await filling.execute(statement)
        await filling.close()
        return address

    address = asyncio.run(make())
    yield address
    asyncio.run(cluster.drop(address))


@pytest.fixture
async def connection(old_shop: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    opened = await asyncpg.connect(old_shop)
    yield opened
    await opened.close()


def looked_at(plan: dict[str, Any]) -> float:
    """Rows that the scans of a plan went through."""
    own = 0.0
    if "Scan" in plan["Node Type"] and "Relation Name" in plan:
        removed = plan.get("Rows Removed by Filter", 0) + plan.get(
            "Rows Removed by Index Recheck", 0
        )
        own = plan["Actual Loops"] * (plan["Actual Rows"] + removed)
    return own + sum(looked_at(part) for part in plan.get("Plans", []))


QUESTIONS: Final[dict[str, tuple[str, tuple[Any, ...], float]]] = {
    "people": (facts_queries.PEOPLE, (BUYER, LINK), 100),
    "near": (facts_queries.NEAR_SIGN_INS, (BUYER, LINK, DAY_S), 100),
    # A thousand payments of each, and of each wallet in common five hundred.
    "wallets": (facts_queries.SHARED_ADDRESSES, (BUYER, LINK), 5_000),
    "ring": (facts_queries.RING, (BUYER, LINK, 5, 3, NOW), 10_000),
    "alike": (ALIKE, (BUYER, 5), 5_000),
    "from address": (facts_queries.SIGN_UPS_FROM_ADDRESS, (BUYER, DAY_S, SIGN_UPS_MAX), 100),
    "by link": (facts_queries.SIGN_UPS_BY_LINK, (LINK, NOW, 3_600.0, SIGN_UPS_MAX), 200),
    "link": (facts_queries.LINK, (LINK, 30 * DAY_S), 200),
    "ended": (
        facts_queries.ENDED_ORDERS,
        (LINK, 45 * DAY_S, ORDERS_MAX, "c" + f"{ORDERS * 9 // 10:024}"),
        2 * ORDERS_MAX + 1_100,
    ),
    "usual": (facts_queries.USUAL_ORDERS, (LINK, USUAL_MAX), 2 * USUAL_MAX + 100),
    "open": (finding_queries.LIST_OPEN, (LINK, ["", BUYER]), 10),
    "found": (finding_queries.LIST, (LINK, [BUYER]), 10),
    "amounts": (decision_queries.AMOUNTS, (BUYER, LINK), 200),
    "held": (decision_queries.LIST_HELD, (200,), 200),
    "newest": (decision_queries.LIST_NEWEST, (200,), 200),
    "links": (finding_queries.OPEN_LINKS, (200,), 200),
    "first": (verdict_queries.CLAIMS[0], (), 10),
    "again": (verdict_queries.CLAIMS[1], (), 10),
    "active": (verdict_queries.ACTIVE_LINKS, ("d", NOW.date()), 2 * LINKS + 100),
}


@pytest.mark.parametrize("name", QUESTIONS)
async def test_a_question_looks_at_its_own_rows(
    connection: "asyncpg.Connection[asyncpg.Record]", name: str
) -> None:
    question, arguments, most = QUESTIONS[name]
    told = await connection.fetchval(f"explain (analyze, format json) {question}", *arguments)
    [explained] = json.loads(told)
    assert looked_at(explained["Plan"]) <= most


async def test_a_click_looks_at_its_own_rows(
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    """Inside of its function nothing is explained: it is measured by what it reads."""
    click = "select referral_click($1, $2, $3, $4, $5, $6)"
    arguments = ("00000003", [b"a", b"b"], [b"c", b"d"], [b"e", b"f"], list("abc"), [30, 5000, 200])
    for _ in range(2):  # at first the catalogue of the tables is read as well
        told = await connection.fetchval(
            f"explain (analyze, buffers, format json) {click}", *arguments
        )
    [explained] = json.loads(told)
    pages = explained["Plan"]["Shared Hit Blocks"] + explained["Plan"]["Shared Read Blocks"]
    assert pages < 200
