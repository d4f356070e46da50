"""Migrations: there and back again, and nothing that the models do not say."""

import asyncio

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from jiema_app.integrations.postgres.migrations import ROOT, alembic_config, head_revision
from tests.support.refunding import open_refunding
from tests.support.shop import Shop

SCHEMA = """
select string_agg(line, chr(10) order by line) from (
    select format('%s.%s %s null=%s default=%s', table_name, column_name, data_type, is_nullable,
                  column_default) as line
    from information_schema.columns where table_schema = 'public'
    union all
    select format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) from pg_constraint
    where connamespace = 'public'::regnamespace
    union all
    select indexdef from pg_indexes where schemaname = 'public'
    union all
    select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    union all
    select pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace
    union all
    select format('%s starts at %s', sequencename, start_value) from pg_sequences
    where schemaname = 'public'
) lines
"""


async def migrate(address: str, revision: str) -> None:
    config = alembic_config(address)
    steps = command.upgrade if revision in {"+1", "head"} else command.downgrade
    await asyncio.to_thread(steps, config, revision)


async def test_the_migrations_make_what_the_models_say(shop: Shop, database_address: str) -> None:
    assert await shop.fetchval("select version_num from alembic_version") == head_revision()
    await asyncio.to_thread(command.check, alembic_config(database_address))


async def test_down_to_nothing_and_up_again_gives_the_same_schema(
    shop: Shop, database_address: str
) -> None:
    before = await shop.fetchval(SCHEMA)
    await migrate(database_address, "base")
    tables = "select array_agg(tablename) from pg_tables where schemaname = 'public'"
    assert await shop.fetchval(tables) == ["alembic_version"]
    functions = "select count(*) from pg_proc where pronamespace = 'public'::regnamespace"
    assert await shop.fetchval(functions) == 0
    await migrate(database_address, "head")
    assert await shop.fetchval(SCHEMA) == before


async def test_every_single_step_can_be_undone_and_made_again(
    shop: Shop, database_address: str
) -> None:
    for _ in _revisions():
        before = await shop.fetchval(SCHEMA)
        await migrate(database_address, "-1")
        await migrate(database_address, "+1")
        assert await shop.fetchval(SCHEMA) == before
        await migrate(database_address, "-1")
    await migrate(database_address, "head")


async def test_refunds_that_the_pool_paid_are_known_again_after_going_back(
    shop: Shop, database_address: str
) -> None:
    kept = "select jsonb_agg(to_jsonb(f) - 'id' order by f.id) from payment_refunds f"
    async with open_refunding(shop) as desk:
        for usdt in ("9", "9", "8"):
            payment = await desk.owe(usdt)
            await desk.send(usdt, await desk.wallet(payment), desk.alice)
            await desk.till.read()
        owed = await desk.owe()
        await desk.send("7", await desk.wallet(owed), desk.alice)
        await desk.till.read()
        before = await shop.fetchval(kept)
        assert len(before) == 3
        await migrate(database_address, "0006")
        await migrate(database_address, "head")
        assert await shop.fetchval(kept) == before
        assert [one.payment_id for one in await desk.owed()] == [owed]


async def test_statements_of_people_are_not_thrown_away(shop: Shop, database_address: str) -> None:
    async with open_refunding(shop) as desk:
        await desk.state(await desk.owe(), await desk.send("9", desk.bob, desk.alice))
        with pytest.raises(DBAPIError, match="stated by people"):
            await migrate(database_address, "0006")
        await migrate(database_address, "head")


def _revisions() -> list[str]:
    scripts = ScriptDirectory(str(ROOT / "alembic"))
    return [script.revision for script in scripts.walk_revisions()]


def test_there_is_one_line_of_revisions() -> None:
    scripts = ScriptDirectory(str(ROOT / "alembic"))
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
