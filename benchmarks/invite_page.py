"""What the invite page costs the server for somebody who has brought a hundred thousand orders.

It fills a database of its own, of which every order is one of somebody whom one user has invited, and
reads that user's page as the product does: all of it for a browser without scripts, from the session in
its cookie to the HTML, and what an open page reads anew when a commission is announced.
"""

import statistics
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

import asyncpg

from api_routes.rate_limits import build_rate_limits
from benchmarks.arena import Arena
from benchmarks.history import fill
from benchmarks.report import Row
from jiema_app.bootstrap import build_geo_policy, build_services
from jiema_app.domain.transaction import PooledDatabase
from jiema_app.domain.units import UserId
from jiema_app.integrations.postgres.pool import open_pool
from jiema_app.serving.page_services_lifespan import page_services_of
from jiema_app.settings import Settings
from jiema_app.site.shop.invite.chart_display import earnings_chart
from jiema_app.site.shop.invite.display import (
    funnel_steps,
    link_card,
    movement_rows,
    pending_rows,
    person_rows,
    purse_card,
)
from jiema_app.site.shop.invite.live import own_invite
from jiema_app.site.shop.invite.state import ROWS
from jiema_app.site.states.live_pages import LivePages, Watch
from jiema_app.site.states.page_services import (
    PageServices,
    close_page_services,
    open_page_services,
    page_services,
)

ORDERS, QUICK_ORDERS = 100_000, 10_000
RUNS: Final = 400
TARGET_MS: Final = 50.0
DAYS: Final = 90
PAGES: Final = 200
"""Of each list, one after the other."""

HOST: Final = UserId("c" + "9" * 24)
"""Who invited everybody."""

# Rows as the product would have written them; triggers are off, as in ``history``.
STEPS: Final = (
    """
    insert into users (id, display_name, referral_code) values ($1, 'Host', 'benchhst')
    """,
    """
    with opened as (
        insert into ledger_accounts (user_id, kind)
        select $1, kind from unnest(array['user:spending', 'user:commission_pending',
            'user:commission', 'user:withdrawal_hold']) kind
        returning id, kind
    )
    insert into ledger_balances (account_id, is_overdrawable)
    select id, kind = 'user:commission' from opened
    """,
    """
    insert into referrals (user_id, referrer_id, source, status, pseudonym, pending_account_id,
                           commission_account_id, created_at)
    select u.id, $1, 'COOKIE', 'ACTIVE', 'Guest ' || row_number() over (), p.id, c.id,
        now() - make_interval(days => (row_number() over ())::integer % 700)
    from users u
    join ledger_accounts p on p.user_id = $1 and p.kind = 'user:commission_pending'
    join ledger_accounts c on c.user_id = $1 and c.kind = 'user:commission'
    where u.id <> $1
    """,
    """
    insert into commissions (order_id, referrer_id, buyer_id, amount_micro, rate_bp, status,
                             created_at, decided_at)
    select o.id, $1, o.user_id, o.price_micro / 10, 1000,
        case o.status when 'COMPLETED' then 'RELEASED' when 'WAITING' then 'PENDING'
                      else 'REVERSED' end,
        o.created_at, o.ended_at
    from orders o
    """,
    """
    insert into ledger_transfers (kind, reference, created_at)
    select 'commission_accrued', order_id, created_at from commissions where referrer_id = $1
    order by order_id
    """,
    """
    insert into ledger_transfers (kind, reference, created_at)
    select case status when 'RELEASED' then 'commission_released' else 'commission_reversed' end,
        order_id, decided_at
    from commissions where referrer_id = $1 and status <> 'PENDING' order by order_id
    """,
    """
    insert into ledger_entries (transfer_id, account_id, amount_micro, balance_after_micro, created_at)
    select t.id, leg.account, leg.way * c.amount_micro,
        case when leg.account >= 1000
             then sum(leg.way * c.amount_micro) over (partition by leg.account order by t.id) end,
        t.created_at
    from ledger_transfers t
    join commissions c on c.order_id = t.reference and c.referrer_id = $1
    join referrals r on r.user_id = c.buyer_id
    cross join lateral (values
        (case when t.kind = 'commission_accrued' then 4 else r.pending_account_id end, -1),
        (case t.kind when 'commission_accrued' then r.pending_account_id
             when 'commission_released' then r.commission_account_id else 4 end, 1)
    ) leg (account, way)
    where t.kind in ('commission_accrued', 'commission_released', 'commission_reversed')
    order by t.id
    """,
    """
    update ledger_balances b set balance_micro = e.amount
    from (select account_id, sum(amount_micro) as amount from ledger_entries e
          join ledger_accounts a on a.id = e.account_id where a.user_id = $1 group by 1) e
    where b.account_id = e.account_id
    """,
    """
    insert into referral_days (referrer_id, day, clicks, sign_ups, first_orders, orders, earned_micro)
    select $1, (decided_at at time zone 'UTC')::date, count(*) * 3, count(*) / 20, count(*) / 25,
        count(*), sum(amount_micro)
    from commissions where referrer_id = $1 and status = 'RELEASED' group by 2
    """,
)


async def invite_everybody(address: str) -> None:
    """Have one user have brought everybody who is there, and have earned by all their orders."""
    connection = await asyncpg.connect(address)
    try:
        await connection.execute("set session_replication_role = replica")
        for step in STEPS:
            await connection.execute(step, HOST)
        await connection.execute("vacuum (analyze)")
    finally:
        await connection.close()


async def read_anew() -> None:
    """What an open page reads and works out at each announcement."""
    invites = page_services().invites
    invite = await invites.read(HOST, days=DAYS)
    link_card(invite.code, "en")
    purse_card(invite.purse, "en")
    funnel_steps(invite.funnel, "en")
    earnings_chart(invite.days, "en")
    people = await invites.list_people(HOST, limit=ROWS, cursor=None)
    person_rows(people.people, "en")
    pending = await invites.list_pending(HOST, limit=ROWS, cursor=None)
    pending_rows(pending.pending, "en")
    moved = await invites.list_movements(HOST, limit=ROWS, cursor=None)
    movement_rows(moved.movements, "en")


async def go_through(list_page: Callable[..., Awaitable[Any]]) -> None:
    """Read the pages of a list one after the other: each is as far from its end as the first."""
    cursor = None
    for _ in range(PAGES):
        cursor = (await list_page(HOST, limit=ROWS, cursor=cursor)).next_cursor
        if cursor is None:
            return


class Nobody:
    """Pages of nobody: none is open here."""

    async def is_connected(self, token: str) -> bool:
        """No page is."""
        return token == ""

    async def keep(self, watch: Watch) -> None:
        """There is none."""
        del watch

    async def refresh(self, watch: Watch) -> None:
        """There is none."""
        del watch


async def measure_invite_page(
    arena: Arena, tell: Callable[[str], None], *, quick: bool
) -> list[Row]:
    """What each reading takes."""
    orders = QUICK_ORDERS if quick else ORDERS
    address = await arena.new_database()
    await fill(address, orders, lambda step: tell(f"invite page: filling {step}"))
    await invite_everybody(address)
    settings = Settings()
    pool = await open_pool(address, name="bench", size=1, statement_timeout_s=60)
    services = build_services(settings, PooledDatabase(pool), {})
    desk: PageServices = page_services_of(
        services, build_rate_limits(settings), LivePages(Nobody()), build_geo_policy(settings)
    )
    open_page_services(desk)
    try:
        tell(f"invite page: {orders:,} invited orders")
        return [
            _row("all of it, without scripts", await _time(_read_whole, RUNS), TARGET_MS),
            _row("read anew, 90 days", await _time(read_anew, RUNS), TARGET_MS),
            *[
                _row(f"{PAGES} pages of {name}", await _time(partial(go_through, turn), 3), None)
                for name, turn in {
                    "people": services.invites.list_people,
                    "what is pending": services.invites.list_pending,
                    "movements": services.invites.list_movements,
                }.items()
            ],
        ]
    finally:
        close_page_services()
        await pool.close()


async def _read_whole() -> None:
    await own_invite(HOST, "", "en")


def _row(figure: str, measured: tuple[float, float], most_ms: float | None) -> Row:
    p50, p99 = measured
    return Row(
        figure=f"invite page, {figure}",
        ours=f"p50 {p50:.1f}, p99 {p99:.1f} ms",
        baseline="",
        ratio=None,
        target="" if most_ms is None else f"p99 <= {most_ms:.0f} ms",
        is_met=most_ms is None or p99 <= most_ms,
    )


async def _time(ask: Callable[[], Awaitable[Any]], runs: int) -> tuple[float, float]:
    """Median and 99th percentile, in milliseconds; the first few are for caches."""
    took = []
    for run in range(-min(20, runs), runs):
        began = time.perf_counter()
        await ask()
        if run >= 0:
            took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took), sorted(took)[min(len(took) - 1, int(len(took) * 0.99))]
