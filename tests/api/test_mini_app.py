"""Exchanging a launch of the Mini App for a bearer."""

import asyncio
import json
from typing import Any

import httpx
import jwt
import pytest

from jiema_app.domain.identity.mini_app import KEYS_MAX
from jiema_app.domain.units import UserId
from jiema_app.settings import GeoSettings, LimitSettings, Settings
from tests.api.asking import IRAN
from tests.support.browser import OWN_PAGE, PHONE
from tests.support.phone import Chats
from tests.support.shop import Shop
from tests.support.telegram import launch

EXCHANGE = "/api/auth/telegram/miniapp"
ADA = 700_000_007
KEY, OTHER_KEY = "k" * 22, "o" * 22


@pytest.fixture
def settings() -> Settings:
    return Settings(
        limits=LimitSettings(sign_ins_per_minute=1_000),
        geo=GeoSettings(trusted_proxies=("127.0.0.1/32",)),
    )


@pytest.fixture
async def api(shop: Shop) -> httpx.AsyncClient:
    return await shop.api()


async def exchange(
    api: httpx.AsyncClient, init_data: Any, key: str | None = None, **headers: str
) -> httpx.Response:
    body = {"initData": init_data} if key is None else {"initData": init_data, "key": key}
    return await api.post(EXCHANGE, json=body, headers={"User-Agent": PHONE, **OWN_PAGE, **headers})


async def identify(shop: Shop, answer: httpx.Response) -> UserId | None:
    assert answer.status_code == 200, answer.text
    visitor = await shop.services.mini_app.identify(answer.json()["data"]["token"])
    return None if visitor is None else visitor.user_id


async def test_a_launch_signs_a_newcomer_in_without_a_word(
    shop: Shop, api: httpx.AsyncClient
) -> None:
    answer = await exchange(api, launch(ADA, language="pt-br"))
    user = await identify(shop, answer)
    assert user is not None
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    row = await shop.fetchrow("select provider, subject, user_id from identities")
    assert tuple(row) == ("telegram", str(ADA), user)
    assert await shop.fetchval("select lang from users") == "pt"


async def test_the_bearer_is_of_an_hour_and_no_session_of_a_browser(
    shop: Shop, api: httpx.AsyncClient
) -> None:
    token = (await exchange(api, launch())).json()["data"]["token"]
    body = jwt.decode(token, options={"verify_signature": False})
    assert (body["aud"], body["typ"], body["exp"] - body["iat"]) == ("jiema-mini", "miniapp", 3600)
    assert await shop.services.sessions.identify(token) is None
    assert (await api.get("/api/auth/session", headers={"Cookie": f"sid={token}"})).is_error
    assert await shop.services.mini_app.identify(token[:-2] + "xx") is None


async def test_a_session_of_a_browser_is_no_bearer(shop: Shop) -> None:
    user = await shop.customer()
    async with shop.services.database.transaction() as connection:
        token = await shop.services.sessions.open(connection, user.id, PHONE)
    assert await shop.services.sessions.identify(token) is not None
    assert await shop.services.mini_app.identify(token) is None


async def test_all_of_somebody_s_mini_apps_are_one_line_of_their_sessions(
    shop: Shop, api: httpx.AsyncClient
) -> None:
    users = {await identify(shop, await exchange(api, launch(age_s=age))) for age in range(5)}
    (user,) = users
    assert user is not None
    (line,) = await shop.services.sessions.list_open(user)
    assert line.device == "Telegram Mini App"


async def test_launches_at_one_moment_make_one_account_and_one_session(
    shop: Shop, api: httpx.AsyncClient
) -> None:
    answers = await asyncio.gather(*(exchange(api, launch(age_s=age)) for age in range(8)))
    assert len({await identify(shop, answer) for answer in answers}) == 1
    assert await shop.fetchval("select count(*) from users") == 1
    assert await shop.fetchval("select count(*) from web_sessions") == 1


async def test_a_signed_start_parameter_says_who_invited_a_newcomer(
    shop: Shop, api: httpx.AsyncClient
) -> None:
    host = await shop.customer()
    code = await shop.fetchval("select referral_code from users where id = $1", host.id)
    guest = await identify(shop, await exchange(api, launch(start_param=code)))
    found = await shop.fetchrow("select user_id, referrer_id, source from referrals")
    assert tuple(found) == (guest, host.id, "START_PARAM")


async def test_the_signature_field_is_one_of_those_that_are_signed(
    shop: Shop, api: httpx.AsyncClient
) -> None:
    signed = launch(signature="c2lnbmF0dXJl")
    assert await identify(shop, await exchange(api, signed)) is not None
    without = "&".join(part for part in signed.split("&") if not part.startswith("signature="))
    assert (await exchange(api, without)).status_code == 401


DEEP = "[" * 3_000

FORGED = {
    "nothing": "",
    "no text": 7,
    "words": "hello",
    "of another bot": launch(token="987654321:AAE-another-bots-token-of-nobody"),
    "changed": launch().replace("700000007", "700000008"),
    "a field twice": f"user=%7B%22id%22%3A1%2C%22first_name%22%3A%22E%22%7D&{launch()}",
    "a hash of other letters": launch().rpartition("=")[0] + "=" + "ы" * 64,
    "of the future": launch(age_s=-7_200),
    "nobody": launch(user="null"),
    "no object": launch(user='"Ada"'),
    "a bot": launch(user={"id": ADA, "first_name": "B", "is_bot": True}),
    "a number that is none": launch(user={"id": "7", "first_name": "B"}),
    "below nought": launch(user={"id": -7, "first_name": "B"}),
    "beyond 52 bits": launch(user={"id": 2**52, "first_name": "B"}),
    "half of a letter": launch(user='{"id": 7, "first_name": "\\ud800", "id": "\\ud800"}'),
    "brackets in brackets": launch(user=DEEP),
    "a moment without a next day": f"auth_date=253402300799&hash={'a' * 64}",
    "a moment of no calendar": f"auth_date={'9' * 19}&hash={'a' * 64}",
    "huge": launch(first="x" * 9_000),
    "line breaks": launch(first="x\nsecond=y"),
}


@pytest.mark.parametrize("kind", FORGED)
async def test_nothing_else_lets_anybody_in(shop: Shop, api: httpx.AsyncClient, kind: str) -> None:
    answer = await exchange(api, FORGED[kind])
    assert (answer.status_code, answer.json()["code"]) == (401, "AUTH_INVALID")
    assert "from the bot" in answer.json()["message"]
    assert await shop.fetchval("select count(*) from users") == 0


async def test_a_launch_of_the_day_before_is_to_be_opened_anew(
    shop: Shop, api: httpx.AsyncClient
) -> None:
    assert (await exchange(api, launch(age_s=86_300))).status_code == 200
    answer = await exchange(api, launch(age_s=86_500))
    assert (answer.status_code, answer.json()["code"]) == (401, "AUTH_INVALID")
    assert answer.json()["message"] == "This launch is too old. Reopen the Mini App from the bot."


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"7", b"{", b'{"initData":null}', b"\xff", b"[" * 20_000, b" " * 20_000]
)
async def test_what_is_no_launch_at_all_is_refused_in_words(
    api: httpx.AsyncClient, body: bytes
) -> None:
    answer = await api.post(EXCHANGE, content=body, headers=OWN_PAGE)
    assert (answer.status_code, answer.json()["code"]) == (401, "AUTH_INVALID")


async def test_another_site_cannot_exchange_a_launch(api: httpx.AsyncClient) -> None:
    answer = await exchange(api, launch(), **{"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


async def test_from_a_blocked_place_nobody_is_let_in(shop: Shop, api: httpx.AsyncClient) -> None:
    answer = await exchange(api, launch(), **{"X-Forwarded-For": IRAN})
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    assert await shop.fetchval("select count(*) from users") == 0


async def test_who_opens_it_from_a_blocked_place_buys_nothing_in_the_chat_either(
    shop: Shop, api: httpx.AsyncClient
) -> None:
    placed = "select place_checked_at is not null from telegram_chats"
    assert (await exchange(api, launch())).status_code == 200
    assert await shop.fetchval(placed)
    assert (await exchange(api, launch(), **{"X-Forwarded-For": IRAN})).status_code == 403
    assert not await shop.fetchval(placed)


async def test_who_is_banned_is_not_let_in_and_their_bearer_ends(
    shop: Shop, api: httpx.AsyncClient
) -> None:
    answer = await exchange(api, launch())
    assert await identify(shop, answer) is not None
    await shop.execute("update users set banned_at = now()")
    shop.services.sessions.forget("")
    assert await identify(shop, answer) is None
    again = await exchange(api, launch(age_s=3))
    assert (again.status_code, again.json()["code"]) == (403, "FORBIDDEN")


async def test_exchanges_are_counted_by_person(shop: Shop) -> None:
    limits = LimitSettings(sign_ins_per_minute=3)
    api = await shop.api(limits=limits, geo=GeoSettings(trusted_proxies=("127.0.0.1/32",)))
    codes = [
        (await exchange(api, launch(), **{"X-Forwarded-For": f"198.51.100.{each}"})).status_code
        for each in range(5)
    ]
    assert codes == [200, 200, 200, 429, 429]


# ---- The same launch again ----


async def test_a_page_asks_again_with_the_launch_that_it_has(
    shop: Shop, api: httpx.AsyncClient
) -> None:
    signed = launch()
    first = await identify(shop, await exchange(api, signed, KEY))
    assert await identify(shop, await exchange(api, signed, KEY)) == first
    # Opened again with what the client has kept: another page, of the same browser.
    assert await identify(shop, await exchange(api, signed, OTHER_KEY)) == first
    # A page that moved to another network is known by its secret.
    abroad = {"X-Forwarded-For": "8.8.8.8"}
    assert await identify(shop, await exchange(api, signed, KEY, **abroad)) == first


@pytest.mark.parametrize(
    "headers", [{"User-Agent": "Another browser"}, {"X-Forwarded-For": "8.8.8.8"}]
)
@pytest.mark.parametrize("key", [None, OTHER_KEY])
async def test_a_launch_that_was_handed_on_lets_nobody_else_in(
    api: httpx.AsyncClient, headers: dict[str, str], key: str | None
) -> None:
    signed = launch()
    here = {"X-Forwarded-For": "1.1.1.1"}
    assert (await exchange(api, signed, KEY, **here)).status_code == 200
    answer = await exchange(api, signed, key, **{**here, **headers})
    assert (answer.status_code, answer.json()["code"]) == (401, "AUTH_INVALID")
    assert "another device" in answer.json()["message"]
    # And the one whose it is goes on.
    assert (await exchange(api, signed, KEY, **here)).status_code == 200


async def test_who_has_a_launch_of_theirs_refused_elsewhere_is_told_once_in_their_chat(
    shop: Shop, api: httpx.AsyncClient
) -> None:
    phone = await Chats(shop).start(ADA)
    signed = launch(ADA)
    await exchange(api, signed, KEY)
    seen = len(phone.chat)
    for each in range(3):
        answer = await exchange(api, signed, f"{each:022}", **{"User-Agent": "another browser"})
        assert answer.status_code == 401
    await phone.look()
    assert len(phone.chat) == seen + 1
    assert "Another device tried to open the shop as you" in phone.last.text
    assert phone.last.labels == ["Open the app"]
    kept = json.dumps(
        dict(await shop.fetchrow("select * from deliveries order by id desc")), default=repr
    )
    for secret in (KEY, signed.rpartition("hash=")[2]):
        assert secret not in kept
    # Another launch is another word; what is no launch of theirs, or too old, is none.
    other = launch(ADA, age_s=5)
    await exchange(api, other, KEY)
    await exchange(api, other, OTHER_KEY, **{"User-Agent": "another browser"})
    await exchange(api, launch(ADA, age_s=100_000), OTHER_KEY)
    await exchange(api, other[:-2] + "00", OTHER_KEY)
    await phone.look()
    assert len(phone.chat) == seen + 2


@pytest.mark.parametrize("state", ["BLOCKED", "NONE"])
async def test_a_chat_that_is_not_open_is_told_nothing(
    shop: Shop, api: httpx.AsyncClient, state: str
) -> None:
    signed = launch(ADA)
    await exchange(api, signed, KEY)
    await shop.execute("update telegram_chats set state = $1", state)
    answer = await exchange(api, signed, OTHER_KEY, **{"User-Agent": "another browser"})
    assert answer.status_code == 401
    assert await shop.fetchval("select count(*) from deliveries") == 0


async def test_a_launch_opens_so_many_pages_and_no_more(api: httpx.AsyncClient) -> None:
    signed = launch()
    codes = [
        (await exchange(api, signed, f"{each:022}")).status_code for each in range(KEYS_MAX + 1)
    ]
    assert codes == [200] * KEYS_MAX + [401]


@pytest.mark.parametrize("everywhere", [True, False])
async def test_signing_out_ends_the_bearer_and_the_launch(
    shop: Shop, api: httpx.AsyncClient, *, everywhere: bool
) -> None:
    signed = launch()
    answer = await exchange(api, signed, KEY)
    user = await identify(shop, answer)
    assert user is not None
    sessions = shop.services.sessions
    if everywhere:
        await sessions.close_all(user)
    else:
        (line,) = await sessions.list_open(user)
        await sessions.close(user, line.jti)
    assert await identify(shop, answer) is None
    again = await exchange(api, signed, KEY)
    assert again.status_code == 401
    assert "signed out" in again.json()["message"]
    # Whoever opens it from the bot is in again.
    assert await identify(shop, await exchange(api, launch(age_s=2), KEY)) == user


async def test_no_launch_that_was_opened_before_lets_in_after_signing_out(
    shop: Shop, api: httpx.AsyncClient
) -> None:
    idle, used = launch(age_s=3), launch(age_s=2)
    user = await identify(shop, await exchange(api, idle, KEY))
    assert user is not None
    await shop.execute("update web_sessions set expires_at = now() - interval '1 second'")
    assert await identify(shop, await exchange(api, used, KEY)) == user
    (line,) = await shop.services.sessions.list_open(user)
    await shop.services.sessions.close(user, line.jti)
    # An hour later.
    await shop.execute("update web_sessions set expires_at = now() - interval '1 second'")
    await shop.services.sessions.sweep()
    for signed in (idle, used):
        assert (await exchange(api, signed, KEY)).status_code == 401


async def test_a_launch_stays_signed_out_when_the_sessions_are_tidied(
    shop: Shop, api: httpx.AsyncClient
) -> None:
    signed = launch()
    user = await identify(shop, await exchange(api, signed, KEY))
    assert user is not None
    await shop.execute(
        "update web_sessions set expires_at = now() - interval '1 second', revoked_at = now()"
    )
    await shop.services.sessions.sweep()
    assert (await exchange(api, signed, KEY)).status_code == 401


async def test_a_session_that_ran_out_is_followed_by_another(
    shop: Shop, api: httpx.AsyncClient
) -> None:
    signed = launch()
    user = await identify(shop, await exchange(api, signed, KEY))
    assert user is not None
    await shop.execute("update web_sessions set expires_at = now() - interval '1 second'")
    assert await identify(shop, await exchange(api, signed, KEY)) == user
    assert len(await shop.services.sessions.list_open(user)) == 1


async def test_launches_are_forgotten_when_they_are_too_old(
    shop: Shop, api: httpx.AsyncClient
) -> None:
    await exchange(api, launch())
    await shop.execute("update mini_app_launches set expires_at = now() - interval '1 second'")
    await shop.services.sessions.sweep()
    assert await shop.fetchval("select count(*) from mini_app_launches") == 0


async def test_without_a_bot_there_is_no_mini_app(shop: Shop, api: httpx.AsyncClient) -> None:
    door = shop.services.mini_app
    object.__setattr__(door, "bot_token", None)
    answer = await exchange(api, launch())
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


async def test_nothing_of_a_launch_is_written_down(shop: Shop, api: httpx.AsyncClient) -> None:
    signed = launch()
    await exchange(api, signed, KEY)
    row = dict(await shop.fetchrow("select * from mini_app_launches"))
    kept = json.dumps(row, default=repr)
    for secret in (KEY, signed.rpartition("hash=")[2], PHONE, "Ada"):
        assert secret not in kept


# ---- What a page of it asks for ----


async def test_the_shop_s_forms_take_the_bearer_and_no_cookie_beside_it(
    shop: Shop, api: httpx.AsyncClient
) -> None:
    owner = await identify(shop, first := await exchange(api, launch(ADA)))
    other = await shop.customer()
    async with shop.services.database.transaction() as connection:
        cookie = await shop.services.sessions.open(connection, other.id, PHONE)
    form = {"service": "tg", "country": "my", "max_price_cents": "500", "locale": "en"}
    headers = {
        **OWN_PAGE,
        "Accept": "application/json",
        "Cookie": f"sid={cookie}",
        "Authorization": f"Bearer {first.json()['data']['token']}",
    }
    answer = await api.post("/api/shop/orders", data=form, headers=headers)
    assert answer.status_code == 200, answer.text
    assert await shop.fetchval("select user_id from orders") == owner


@pytest.mark.parametrize("said", ["Bearer nonsense", "Basic YTpi", "", "Bearer " + "x" * 5_000])
async def test_a_bearer_that_does_not_hold_is_nobody_whatever_cookie_comes_with_it(
    shop: Shop, api: httpx.AsyncClient, said: str
) -> None:
    user = await shop.customer()
    async with shop.services.database.transaction() as connection:
        cookie = await shop.services.sessions.open(connection, user.id, PHONE)
    own = {"Cookie": f"sid={cookie}"}
    assert (await api.get("/api/auth/session", headers=own)).status_code == 200
    answer = await api.get("/api/auth/session", headers={**own, "Authorization": said})
    assert answer.status_code == 401


async def test_a_launch_alone_is_no_sign_in_to_ask_for_money_by(
    shop: Shop, api: httpx.AsyncClient
) -> None:
    token = (await exchange(api, launch(ADA))).json()["data"]["token"]
    visitor = await shop.services.mini_app.identify(token)
    assert visitor is not None
    assert shop.services.payouts.withdrawals.must_sign_in_again(visitor.signed_in_at)


async def test_the_bot_may_sell_to_who_was_admitted(shop: Shop, api: httpx.AsyncClient) -> None:
    user = await identify(shop, await exchange(api, launch(ADA)))
    found = await shop.fetchrow(
        "select telegram_id, user_id, place_checked_at is not null as is_placed, state"
        " from telegram_chats"
    )
    assert tuple(found) == (ADA, user, True, "NONE")
