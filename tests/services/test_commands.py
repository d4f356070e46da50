"""The command line, as it is typed: own processes, the real database."""

from pathlib import Path

import pytest
import typer

from jiema_app.commands.people import parse_usdt
from jiema_app.integrations.postgres.migrations import head_revision
from tests.support.account_keys import XPUB
from tests.support.console import Console
from tests.support.shop import Shop

PRODUCTION = {
    "JIEMA_ENV": "production",
    "GOOGLE_CLIENT_ID": "our-client",
    "GOOGLE_CLIENT_SECRET": "our client's secret",
    "JIEMA_SECRET_KEY": "a key of our own, of 32 characters or more",
    "SUPPLIER_BASE_URL": "https://supplier.example",
    "SUPPLIER_API_KEY": "a supplier key of our own",
    "SUPPLIER_WEBHOOK_PATH": "unguessable-of-32-hexadecimals",
    "TRON_NODE_URL": "https://node.example",
    "TRON_ACCOUNT_XPUB": XPUB,
    "GEO_TRUSTED_PROXIES": "none",
    "JIEMA_PUBLIC_URL": "https://shop.example",
}


@pytest.fixture
def console(database_address: str) -> Console:
    return Console(database_address)


async def test_a_sandbox_user_can_order_at_once(shop: Shop, console: Console) -> None:
    done = await console.run("sandbox", "user", "--balance-usd", "12.34", "--json")
    assert (done.code, done.err) == (0, "")
    assert set(done.json) == {"userId", "apiKey", "loginUrl"}
    principal = await shop.services.api_keys.authenticate(done.json["apiKey"])
    assert principal is not None
    assert principal.user_id == done.json["userId"]
    account = await shop.services.identity.get_account(principal.user_id)
    assert account.balance_micro == 12_340_000


@pytest.mark.parametrize("text", ["ten", "-1", "0.0000001", "NaN", "1e99", "", "Infinity"])
def test_anything_but_an_amount_is_refused(text: str) -> None:
    with pytest.raises(typer.Exit):
        parse_usdt(text)


@pytest.mark.parametrize(("text", "micro"), [("12.34", 12_340_000), ("0", 0), ("0.000001", 1)])
def test_an_amount_is_read_exactly(text: str, micro: int) -> None:
    assert parse_usdt(text) == micro


async def test_sandbox_commands_are_refused_in_production(console: Console) -> None:
    done = await console.run("sandbox", "user", "--json", **PRODUCTION)
    assert done.code == 1
    assert "production" in done.err
    assert done.out == ""


async def test_production_with_a_sandbox_default_does_not_start_and_names_the_variable(
    console: Console,
) -> None:
    variables = {**PRODUCTION, "JIEMA_SECRET_KEY": "sandbox-secret-key-do-not-use-in-production"}
    done = await console.run("ledger", "verify", **variables)
    assert done.code == 1
    assert "JIEMA_SECRET_KEY" in done.err


async def test_the_doctor_names_every_wrong_setting_and_does_not_crash(console: Console) -> None:
    wrong = {"PORT": "70000", "GEO_BLOCKED_COUNTRIES": "Iran"}
    done = await console.run("doctor", **wrong)
    assert done.code == 1
    for variable in wrong:
        assert f"error: settings: {variable}: " in done.err
    assert "Traceback" not in done.err


async def test_the_doctor_says_what_is_real_beside_the_sandbox(console: Console) -> None:
    done = await console.run("doctor", SUPPLIER_BASE_URL="https://supplier.example")
    assert done.code == 1
    assert "SUPPLIER_BASE_URL" in done.err
    assert "JIEMA_ENV" in done.err


async def test_sound_books_are_reported_with_exit_code_0(shop: Shop, console: Console) -> None:
    await shop.place(await shop.customer())
    done = await console.run("ledger", "verify", "--json")
    assert done.code == 0
    assert done.json["ok"] is True
    assert (done.json["transfers"], done.json["entries"]) == (2, 4)


async def test_wrong_books_are_reported_with_exit_code_1(shop: Shop, console: Console) -> None:
    await shop.customer()
    await shop.execute("update ledger_balances set balance_micro = balance_micro + 1")
    done = await console.run("ledger", "verify", "--json")
    assert done.code == 1
    assert done.json["ok"] is False
    assert done.json["drift"] == 1
    await shop.execute("update ledger_balances set balance_micro = balance_micro - 1")


async def test_a_user_is_banned_and_unbanned_with_a_record(shop: Shop, console: Console) -> None:
    ann = await shop.customer()
    banned = await console.run("user", "ban", ann.id, "--reason", "scanning numbers")
    assert (banned.code, banned.err) == (0, "")
    assert (await shop.services.identity.get_account(ann.id)).is_banned
    unbanned = await console.run("user", "unban", ann.id, "--reason", "a mistake")
    assert unbanned.code == 0
    assert not (await shop.services.identity.get_account(ann.id)).is_banned
    records = await shop.fetchval(
        "select array_agg(action || ' by ' || actor order by id) from audit_records"
    )
    assert records == ["user.ban by command-line", "user.unban by command-line"]


async def test_a_role_is_granted_with_a_record(shop: Shop, console: Console) -> None:
    ann = await shop.customer()
    granted = await console.run("admin", "grant", ann.id, "--role", "admin")
    assert granted.code == 0
    assert await shop.fetchval("select role from users") == "admin"
    assert await shop.fetchval("select action from audit_records") == "user.grant"


async def test_a_user_is_made_and_credited_by_hand(shop: Shop, console: Console) -> None:
    made = (await console.run("user", "create", "--json")).json["userId"]
    credit = ("user", "credit", made, "--amount-usdt", "7.5", "--reason", "paid by invoice 12")
    done = await console.run(*credit, "--json")
    assert done.code == 0
    assert (await shop.services.identity.get_account(made)).balance_micro == 7_500_000
    assert await shop.fetchval("select kind from ledger_transfers") == "admin_credit"
    audited = "select details ->> 'reason' from audit_records where subject_id = $1"
    assert await shop.fetchval(audited, made) == "paid by invoice 12"


async def test_keys_are_made_listed_and_revoked_by_hand(shop: Shop, console: Console) -> None:
    ann = await shop.customer()
    made = (await console.run("key", "create", ann.id, "--name", "by hand", "--json")).json
    assert await shop.services.api_keys.authenticate(made["apiKey"]) is not None
    listed = await console.run("key", "list", ann.id)
    assert "by hand" in listed.out
    assert made["apiKey"] not in listed.out
    revoked = await console.run("key", "revoke", ann.id, made["keyId"])
    assert revoked.code == 0
    assert await shop.services.api_keys.authenticate(made["apiKey"]) is None
    keyless = (await console.run("user", "create", "--json")).json["userId"]
    assert (await console.run("key", "list", keyless)).out == "no active keys\n"


async def test_nobody_s_ban_is_refused(shop: Shop, console: Console) -> None:
    done = await console.run("user", "ban", "c" + "0" * 24, "--reason", "x")
    assert done.code == 1
    assert "error: User not found." in done.err
    assert await shop.fetchval("select count(*) from audit_records") == 0


async def test_migrating_an_empty_database_and_again_gives_the_same(
    shop: Shop, console: Console
) -> None:
    await shop.execute("drop schema public cascade")
    await shop.execute("create schema public")
    for _ in range(2):
        done = await console.run("migrate")
        assert done.code == 0
        assert head_revision() in done.out
    assert await shop.fetchval("select version_num from alembic_version") == head_revision()
    assert await shop.fetchval("select count(*) from ledger_accounts") == 13


async def test_the_catalogue_is_loaded(shop: Shop, console: Console) -> None:
    await shop.execute("delete from offers")
    await shop.execute("delete from services")
    done = await console.run("catalog", "sync")
    assert done.code == 0
    assert await shop.fetchval("select count(*) from services") >= 718
    assert str(await shop.fetchval("select count(*) from services")) in done.out


async def test_a_database_that_is_not_there_is_said_plainly(tmp_path: Path) -> None:
    nowhere = Console(f"postgresql://postgres@/postgres?host={tmp_path}")
    done = await nowhere.run("ledger", "verify")
    assert done.code == 1
    assert "DATABASE_URL" in done.err
    assert "Traceback" not in done.err
