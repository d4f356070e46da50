"""Keys of the public API: made, shown once, recognised, revoked."""

import asyncio

import pytest

from jiema_app.domain.api_keys.service import TOKEN_PATTERN, hash_token
from jiema_app.domain.errors import BadRequest, NotFound
from jiema_app.domain.units import UserId
from tests.support.polling import PATIENCE_S
from tests.support.shop import Shop

KEYS_MAX = 10


async def test_a_key_has_the_documented_shape_and_is_random(shop: Shop) -> None:
    ann = await shop.customer()
    tokens = [(await shop.services.api_keys.create(ann.id, f"key {n}")).token for n in range(5)]
    assert len(set(tokens)) == 5
    assert all(TOKEN_PATTERN.fullmatch(token) for token in tokens)


async def test_only_a_hash_and_eight_characters_of_a_key_are_stored(shop: Shop) -> None:
    ann = await shop.customer()
    made = await shop.services.api_keys.create(ann.id, "mine")
    assert made.key.prefix == made.token[:8]
    stored = await shop.fetchval("select string_agg(k::text, chr(10)) from api_keys k")
    assert made.token not in stored
    assert made.token[9:] not in stored
    hashed = "select count(*) from api_keys where token_hash = $1"
    assert await shop.fetchval(hashed, hash_token(made.token)) == 1


async def test_a_key_is_recognised(shop: Shop) -> None:
    ann = await shop.customer()
    principal = await shop.services.api_keys.authenticate(ann.token)
    assert principal is not None
    assert (principal.user_id, principal.account_id) == (ann.id, ann.buyer.account_id)
    assert not principal.is_banned


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1] + "!", lambda t: t + "x", lambda t: t[3:], str.upper, lambda _: ""]
)
async def test_anything_but_the_whole_key_is_not(shop: Shop, change: object) -> None:
    ann = await shop.customer()
    assert callable(change)
    assert await shop.services.api_keys.authenticate(change(ann.token)) is None


async def test_a_revoked_key_is_not_recognised(shop: Shop) -> None:
    ann = await shop.customer()
    [key] = await shop.services.api_keys.list_active(ann.id)
    await shop.services.api_keys.revoke(ann.id, key.id)
    assert await shop.services.api_keys.authenticate(ann.token) is None
    assert await shop.services.api_keys.list_active(ann.id) == []


async def test_a_revoked_key_cannot_be_revoked_again(shop: Shop) -> None:
    ann = await shop.customer()
    [key] = await shop.services.api_keys.list_active(ann.id)
    await shop.services.api_keys.revoke(ann.id, key.id)
    with pytest.raises(NotFound):
        await shop.services.api_keys.revoke(ann.id, key.id)


async def test_nobody_revokes_somebody_else_s_key(shop: Shop) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    [key] = await shop.services.api_keys.list_active(ann.id)
    with pytest.raises(NotFound):
        await shop.services.api_keys.revoke(bob.id, key.id)
    assert await shop.services.api_keys.authenticate(ann.token) is not None


async def test_every_process_hears_of_a_revoked_key_and_of_a_ban(shop: Shop) -> None:
    ann = await shop.customer()
    [key] = await shop.services.api_keys.list_active(ann.id)
    heard: asyncio.Queue[str] = asyncio.Queue()

    def hear(*notification: object) -> None:
        heard.put_nowait(str(notification[-1]))

    async with shop.services.database.connection() as connection:
        await connection.add_listener("credentials_changed", hear)
        await shop.services.api_keys.revoke(ann.id, key.id)
        await shop.services.identity.ban(ann.id, actor="test", reason="scanning")
        async with asyncio.timeout(PATIENCE_S):
            assert [await heard.get(), await heard.get()] == [ann.id, ann.id]
        await connection.remove_listener("credentials_changed", hear)


async def test_a_user_holds_ten_active_keys_at_most(shop: Shop) -> None:
    ann = await shop.customer()
    made = await asyncio.gather(
        *(shop.services.api_keys.create(ann.id, f"key {n}") for n in range(KEYS_MAX + 5)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, BadRequest) for one in made) == 6
    assert len(await shop.services.api_keys.list_active(ann.id)) == KEYS_MAX


async def test_a_revoked_key_makes_room(shop: Shop) -> None:
    ann = await shop.customer()
    for n in range(KEYS_MAX - 1):
        await shop.services.api_keys.create(ann.id, f"key {n}")
    newest, *_ = await shop.services.api_keys.list_active(ann.id)
    await shop.services.api_keys.revoke(ann.id, newest.id)
    await shop.services.api_keys.create(ann.id, "another")


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
async def test_a_key_needs_a_name_of_sensible_length(shop: Shop, name: str) -> None:
    ann = await shop.customer()
    with pytest.raises(BadRequest):
        await shop.services.api_keys.create(ann.id, name)


async def test_the_name_of_a_key_is_kept_as_one_line(shop: Shop) -> None:
    ann = await shop.customer()
    made = await shop.services.api_keys.create(ann.id, "  build \n server  ")
    assert made.key.name == "build server"


async def test_active_keys_are_listed_first_then_those_revoked_last(shop: Shop) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    keys = shop.services.api_keys
    made = {name: (await keys.create(ann.id, name)).key.id for name in ("a", "b", "c", "d")}
    await keys.create(bob.id, "of bob")
    await keys.revoke(ann.id, made["d"])
    await keys.revoke(ann.id, made["b"])
    listed = await keys.list_all(ann.id)
    assert [(key.name, key.is_active) for key in listed] == [
        ("c", True), ("a", True), ("test", True), ("b", False), ("d", False),
    ]  # fmt: skip


async def test_many_revoked_keys_hide_no_active_one(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.execute(
        "insert into api_keys (id, user_id, name, prefix, token_hash, revoked_at) "
        "select 'old ' || n, $1, 'old', 'jm_00000', sha256(n::text::bytea), now() "
        "from generate_series(1, 100) n",
        ann.id,
    )
    listed = await shop.services.api_keys.list_all(ann.id)
    assert listed[0].name == "test"
    assert 20 <= len(listed) - 1 <= 30


@pytest.mark.parametrize("key_id", ["", "x", "\0", "c" + "0" * 24, "' or 1=1 --"])
async def test_a_key_that_does_not_exist_cannot_be_revoked(shop: Shop, key_id: str) -> None:
    ann = await shop.customer()
    with pytest.raises(NotFound):
        await shop.services.api_keys.revoke(ann.id, key_id)
    assert len(await shop.services.api_keys.list_active(ann.id)) == 1


async def test_somebody_who_does_not_exist_gets_no_key(shop: Shop) -> None:
    with pytest.raises(NotFound):
        await shop.services.api_keys.create(UserId("c" + "0" * 24), "mine")


async def test_the_last_use_of_a_key_is_noted_at_most_once_a_minute(shop: Shop) -> None:
    ann = await shop.customer()
    [key] = await shop.services.api_keys.list_active(ann.id)
    await shop.services.api_keys.touch([key.id])
    [first] = await shop.services.api_keys.list_active(ann.id)
    await shop.services.api_keys.touch([key.id])
    [second] = await shop.services.api_keys.list_active(ann.id)
    assert first.last_used_at is not None
    assert second.last_used_at == first.last_used_at
    await shop.execute("update api_keys set last_used_at = last_used_at - interval '1 minute'")
    await shop.services.api_keys.touch([key.id])
    [third] = await shop.services.api_keys.list_active(ann.id)
    assert third.last_used_at is not None
    assert third.last_used_at >= first.last_used_at


async def test_a_new_user_says_nothing_of_the_person(shop: Shop) -> None:
    ann = await shop.customer(cents=0)
    account = await shop.services.identity.get_account(ann.id)
    assert account.balance_micro == 0
    assert len(account.display_name.split()) == 3
    assert len(account.referral_code) == 8
    assert account.lang == "en"


async def test_a_ban_needs_a_reason(shop: Shop) -> None:
    ann = await shop.customer()
    with pytest.raises(BadRequest):
        await shop.services.identity.ban(ann.id, actor="test", reason="  ")
    assert not (await shop.services.identity.get_account(ann.id)).is_banned


async def test_banning_twice_keeps_the_first_moment(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.services.identity.ban(ann.id, actor="test", reason="scanning")
    since = await shop.fetchval("select banned_at from users")
    await shop.services.identity.ban(ann.id, actor="test", reason="still scanning")
    assert await shop.fetchval("select banned_at from users") == since
