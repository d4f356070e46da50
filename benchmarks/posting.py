"""Posting an order to the ledger, in SQL, beside the barest transaction that moves money."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import asyncpg

from benchmarks.arena import Arena
from benchmarks.report import Row
from benchmarks.rounds import Pace, compare_rounds
from jiema_app.integrations.postgres import embedded

USERS: Final = 10_000
CLIENTS: Final = 16
RATE: Final = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)

PEOPLE: Final = f"""
insert into users (id, display_name, referral_code)
select 'c' || lpad(n::text, 24, '0'), 'Bench', 'bench' || n from generate_series(1, {USERS}) n;
insert into ledger_accounts (user_id, kind) select id, 'user:spending' from users order by id;
insert into ledger_balances (account_id)
select id from ledger_accounts where kind = 'user:spending';
select count(ledger_post('sandbox_credit', 'bench' || id, 3, id, 1000000000000))
from ledger_accounts where kind = 'user:spending';
"""

BARE_TABLES: Final = f"""
create table bare_balances (account_id integer primary key, balance_micro bigint not null);
create table bare_entries (
    id bigint generated always as identity primary key, reference text not null,
    account_id integer not null, amount_micro bigint not null,
    created_at timestamptz not null default now()
);
create index on bare_entries (account_id, id);
insert into bare_balances select n, 1000000000000 from generate_series(1, {USERS}) n;
"""

OURS: Final = r"""
\set account random({first}, {last})
\set order random(1, 1000000000000000)
select ledger_post('order_placed', 'b' || :order, :account, 1, 250000);
"""

BARE: Final = r"""
\set account random(1, {users})
\set order random(1, 1000000000000000)
begin;
update bare_balances set balance_micro = balance_micro - 250000
where account_id = :account and balance_micro >= 250000 returning balance_micro;
insert into bare_entries (reference, account_id, amount_micro) values ('b' || :order, :account, -250000);
insert into bare_entries (reference, account_id, amount_micro) values ('b' || :order, 0, 250000);
end;
"""


async def measure_posting(arena: Arena, pace: Pace, tell: Callable[[str], None]) -> list[Row]:
    """Transactions per second. The tables are fresh: no statistics help the planner."""
    tell("ledger_post")
    address = await arena.new_database()
    connection = await asyncpg.connect(address)
    await connection.execute(PEOPLE)
    await connection.execute(BARE_TABLES)
    span = await connection.fetchrow(
        "select min(id) as first, max(id) as last from ledger_accounts where kind = 'user:spending'"
    )
    await connection.close()
    assert span is not None
    ours, bare = arena.folder / "ours.pgbench", arena.folder / "bare.pgbench"
    ours.write_text(OURS.format(**span))
    bare.write_text(BARE.format(users=USERS))
    row = await compare_rounds(
        f"ledger_post, {CLIENTS} clients, {USERS:,} users",
        lambda: _pgbench(arena, address, ours, pace.seconds),
        lambda: _pgbench(arena, address, bare, pace.seconds),
        pace,
        0.5,
    )
    return [row]


async def _pgbench(arena: Arena, address: str, script: Path, seconds: float) -> dict[str, Any]:
    parts = urlsplit(address)
    command = [
        str(embedded.program(arena.folder, "pgbench")), "--no-vacuum", "--protocol=prepared",
        "-h", parse_qs(parts.query)["host"][0], "-U", "postgres",
        "-c", str(CLIENTS), "-j", "2", "-T", str(max(1, round(seconds))), "-f", str(script),
        parts.path.lstrip("/"),
    ]  # fmt: skip
    program = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await program.communicate()
    found = RATE.search(output.decode())
    if program.returncode != 0 or found is None:
        raise RuntimeError(f"pgbench failed:\n{output.decode()[-2000:]}")
    return {"per_second": float(found[1])}
