"""Two ids typed by one person are not two people: administrators prove who they are."""

from pathlib import Path

import pytest

from jiema_app.domain.errors import Forbidden
from jiema_app.domain.models.user import Role
from jiema_app.domain.units import UserId
from tests.services.test_commands import PRODUCTION
from tests.support.console import Console
from tests.support.shop import Shop

NOBODY = "c" + "0" * 24


@pytest.fixture
def console(database_address: str) -> Console:
    return Console(database_address)


async def administrator(shop: Shop) -> tuple[UserId, str]:
    boss = (await shop.customer()).id
    await shop.services.identity.grant(boss, Role.ADMIN, actor="test")
    return boss, await shop.services.administrators.issue(boss, actor="test")


async def test_a_token_proves_its_owner_alone(shop: Shop) -> None:
    (ann, anns), (bob, bobs) = await administrator(shop), await administrator(shop)
    prove = shop.services.administrators.prove
    await prove(ann, anns)
    await prove(bob, bobs)
    for user, token in (
        (ann, bobs),
        (bob, anns),
        (ann, ""),
        (ann, "x" * 100_000),
        (ann, anns + " "),
    ):
        with pytest.raises(Forbidden):
            await prove(user, token)
    assert anns not in str(
        await shop.fetchval("select string_agg(t::text, ' ') from admin_tokens t")
    )


async def test_only_an_administrator_is_given_one_and_a_new_one_ends_the_old(shop: Shop) -> None:
    user = (await shop.customer()).id
    with pytest.raises(Forbidden):
        await shop.services.administrators.issue(user, actor="test")
    ann, old = await administrator(shop)
    new = await shop.services.administrators.issue(ann, actor="test")
    await shop.services.administrators.prove(ann, new)
    with pytest.raises(Forbidden):
        await shop.services.administrators.prove(ann, old)


@pytest.mark.parametrize("how", ["ban", "demotion"])
async def test_who_is_no_administrator_any_more_proves_nothing_also_later(
    shop: Shop, how: str
) -> None:
    ann, token = await administrator(shop)
    identity = shop.services.identity
    if how == "ban":
        await identity.ban(ann, actor="test", reason="tests")
    else:
        await identity.grant(ann, Role.USER, actor="test")
    with pytest.raises(Forbidden):
        await shop.services.administrators.prove(ann, token)
    await identity.unban(ann, actor="test", reason="tests")
    await identity.grant(ann, Role.ADMIN, actor="test")
    with pytest.raises(Forbidden):
        await shop.services.administrators.prove(ann, token)


async def test_production_takes_no_id_for_a_person(
    shop: Shop, console: Console, tmp_path: Path
) -> None:
    (ann, anns), (bob, _) = await administrator(shop), await administrator(shop)
    file = tmp_path / "token"
    file.write_text(f"{anns}\n", encoding="utf-8")
    settle = ("recharge", "settle", NOBODY, "--dismiss", "--note", "a test")
    proof = ("--token-file", str(file))

    for words, said in (
        (settle, "--by"),
        ((*settle, "--by", ann), "--token-file"),
        ((*settle, "--by", bob, *proof), "does not prove"),
        ((*settle, "--by", "bob", *proof), "--by"),
        ((*settle, "--by", ann, "--token-file", str(tmp_path / "none")), "FileNotFoundError"),
        (("user", "credit", bob, "--amount-usdt", "1", "--reason", "x"), "--by"),
        (("admin", "grant", bob, "--role", "user"), "--by"),
    ):
        done = await console.run(*words, **PRODUCTION)
        assert done.code != 0, words
        assert said in done.err, (words, done.err)
        assert "Traceback" not in done.err
        assert anns not in done.err + done.out
    proved = await console.run(*settle, "--by", ann, *proof, **PRODUCTION)
    assert proved.code == 1
    assert "not found" in proved.err, "it got past the proof"


async def test_the_first_administrator_of_a_new_shop_needs_nobody(
    shop: Shop, console: Console
) -> None:
    user = (await shop.customer()).id
    granted = await console.run("admin", "grant", user, "--role", "admin", **PRODUCTION)
    assert granted.code == 0, granted.err
    first = await console.run("admin", "token", user, "--json", **PRODUCTION)
    await shop.services.administrators.prove(user, first.json["adminToken"])
    again = await console.run("admin", "token", user, "--json", **PRODUCTION)
    assert again.code == 1, "from now on somebody must vouch for it"


async def test_the_sandbox_believes_an_id(shop: Shop, console: Console) -> None:
    ann, _ = await administrator(shop)
    words = ("catalog", "override", "tg", "--class", "denied", "--reason", "a test", "--by", ann)
    done = await console.run(*words)
    assert (done.code, done.out) == (0, "tg is now denied\n"), done.err
    assert (
        await shop.fetchval("select actor from audit_records where action = 'service.override'")
        == ann
    )
    undone = await console.run("catalog", "override", "tg", "--class", "listed", "--reason", "x")
    assert undone.out == "tg is now allowed\n"
