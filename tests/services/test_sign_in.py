"""Finding or making the person behind an identity."""

import asyncio
from typing import Any

import pytest

from jiema_app.bootstrap import build_services
from jiema_app.domain.errors import Forbidden, NotFound
from jiema_app.domain.identity.provider import Provider
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.referrals.attribution import Invitation
from jiema_app.domain.referrals.statuses import ReferralSource
from jiema_app.settings import Settings
from tests.support.shop import Shop

ISSUER = "https://issuer.example"


async def enter(shop: Shop, subject: str = "42", **how: Any) -> Visitor:
    wish: dict[str, Any] = {
        "provider": Provider.GOOGLE,
        "lang": "en",
        "invitations": (),
        "user_agent": "",
        **how,
    }
    provider = wish.pop("provider")
    token = await shop.services.sign_in.with_identity(provider, ISSUER, subject, **wish)
    visitor = await shop.services.sessions.identify(token)
    assert visitor is not None
    return visitor


async def users(shop: Shop) -> int:
    return int(await shop.fetchval("select count(*) from users"))


async def test_a_newcomer_gets_an_account_with_a_pseudonym_and_play_money(shop: Shop) -> None:
    visitor = await enter(shop, lang="ar")
    account = await shop.services.identity.get_account(visitor.user_id)
    assert account.lang == "ar"
    assert account.display_name == visitor.display_name
    assert account.balance_micro == 20_000_000
    audit = "select actor || ' ' || action || ' ' || (details->>'reason') from audit_records"
    assert await shop.fetchval(audit) == "sandbox user.credit Sandbox balance"


async def test_who_comes_again_finds_their_account(shop: Shop) -> None:
    first, second = await enter(shop), await enter(shop, lang="zh")
    assert first.user_id == second.user_id
    assert first.jti != second.jti
    assert second.lang == "en"
    assert await users(shop) == 1
    account = await shop.services.identity.get_account(first.user_id)
    assert account.balance_micro == 20_000_000


async def test_google_and_telegram_are_two_accounts_even_under_one_name(shop: Shop) -> None:
    google = await enter(shop, provider=Provider.GOOGLE)
    telegram = await enter(shop, provider=Provider.TELEGRAM)
    assert google.user_id != telegram.user_id


async def test_nothing_but_the_identity_is_kept(shop: Shop) -> None:
    visitor = await enter(shop)
    row = await shop.fetchval("select to_jsonb(i) - 'created_at' from identities i")
    assert row == {
        "provider": "google",
        "subject": "42",
        "issuer": ISSUER,
        "user_id": visitor.user_id,
    }


async def test_first_sign_ins_at_one_moment_make_one_account(shop: Shop) -> None:
    found = await asyncio.gather(*(enter(shop) for _ in range(8)))
    assert len({visitor.user_id for visitor in found}) == 1
    assert await users(shop) == 1
    account = await shop.services.identity.get_account(found[0].user_id)
    assert account.balance_micro == 20_000_000


async def test_a_banned_person_does_not_come_in_again(shop: Shop) -> None:
    visitor = await enter(shop)
    await shop.services.identity.ban(visitor.user_id, actor="test", reason="test")
    with pytest.raises(Forbidden):
        await enter(shop)
    assert await users(shop) == 1


async def test_who_brought_somebody_is_bound_once_when_the_account_is_made(shop: Shop) -> None:
    ann, bob = [await shop.customer() for _ in range(2)]
    codes = [(await shop.services.identity.get_account(one.id)).referral_code for one in (ann, bob)]
    visitor = await enter(shop, invitations=[Invitation(codes[0], ReferralSource.COOKIE)])
    await enter(shop, invitations=[Invitation(codes[1], ReferralSource.COOKIE)])
    referrer = "select referrer_id from users where id = $1"
    assert await shop.fetchval(referrer, visitor.user_id) == ann.id


async def test_an_account_that_is_there_is_never_brought_by_anybody(shop: Shop) -> None:
    ann = await shop.customer()
    code = (await shop.services.identity.get_account(ann.id)).referral_code
    visitor = await enter(shop)
    await enter(shop, invitations=[Invitation(code, ReferralSource.COOKIE)])
    assert await shop.fetchval("select referrer_id from users where id=$1", visitor.user_id) is None


@pytest.mark.parametrize("code", ["zzzzzzzz", "", "ABC", "' or 1=1 --", "x" * 500])
async def test_a_code_of_nobody_binds_nobody(shop: Shop, code: str) -> None:
    visitor = await enter(shop, invitations=[Invitation(code, ReferralSource.COOKIE)])
    assert await shop.fetchval("select referrer_id from users where id=$1", visitor.user_id) is None


async def test_a_banned_person_brings_nobody(shop: Shop) -> None:
    ann = await shop.customer()
    code = (await shop.services.identity.get_account(ann.id)).referral_code
    assert await shop.services.sign_in.find_referrer(code) == ann.id
    await shop.services.identity.ban(ann.id, actor="test", reason="test")
    assert await shop.services.sign_in.find_referrer(code) is None
    visitor = await enter(shop, invitations=[Invitation(code, ReferralSource.COOKIE)])
    assert await shop.fetchval("select referrer_id from users where id=$1", visitor.user_id) is None


@pytest.mark.parametrize(
    "changes", [{"env": "production"}, {"sandbox_welcome_usd": 0}], ids=["production", "none"]
)
async def test_play_money_is_given_in_the_sandbox_alone(
    shop: Shop, changes: dict[str, Any]
) -> None:
    known = shop.services
    other = build_services(Settings().model_copy(update=changes), known.database, known.suppliers)
    token = await other.sign_in.with_identity(
        Provider.GOOGLE, ISSUER, "42", lang="en", user_agent=""
    )
    visitor = await other.sessions.identify(token)
    assert visitor is not None
    assert (await other.identity.get_account(visitor.user_id)).balance_micro == 0


async def test_a_link_works_once(shop: Shop) -> None:
    user = (await shop.customer()).id
    sign_in = shop.services.sign_in
    link = await sign_in.make_link(user)
    visitor = await shop.services.sessions.identify(await sign_in.with_link(link, ""))
    assert visitor is not None
    assert visitor.user_id == user
    with pytest.raises(NotFound):
        await sign_in.with_link(link, "")


async def test_a_link_ends_after_a_quarter_of_an_hour(shop: Shop) -> None:
    link = await shop.services.sign_in.make_link((await shop.customer()).id)
    await shop.pass_time(15 * 60)
    with pytest.raises(NotFound):
        await shop.services.sign_in.with_link(link, "")


@pytest.mark.parametrize("link", ["", "jl_", "jl_" + "a" * 43, "jl_" + "a" * 400])
async def test_a_link_that_never_was_opens_nothing(shop: Shop, link: str) -> None:
    with pytest.raises(NotFound):
        await shop.services.sign_in.with_link(link, "")


async def test_there_is_no_link_for_nobody(shop: Shop) -> None:
    with pytest.raises(NotFound):
        await shop.services.sign_in.make_link("cnobody")  # type: ignore[arg-type]
