"""Who may send the forms to withdraw, from where, how often, and with what in them."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from api_routes.shop.withdrawals import CANCELLATIONS, SHOP_DRAFTS, SHOP_WITHDRAWALS
from jiema_app.settings import LimitSettings
from tests.api.asking import IRAN
from tests.api.test_shop_recharges import BROWSER, OURS, SCRIPT, refusal, sign_in
from tests.api.test_shop_withdrawals import all_of, draft, sealed, send
from tests.support.shop import Shop
from tests.support.withdrawing import STRANGER, earner, micro, purse, wish


@pytest.mark.parametrize("path", [SHOP_DRAFTS, SHOP_WITHDRAWALS])
async def test_a_guest_is_sent_to_sign_in_and_back(shop: Shop, path: str) -> None:
    plain = await send(shop, path, headers=BROWSER, locale="ar")
    status, code, details = refusal(await send(shop, path, locale="ar"))
    assert (plain.status_code, status, code) == (303, 401, "AUTH_MISSING")
    assert plain.headers["location"] == details["location"]
    address = urlsplit(details["location"])
    assert address.path == "/ar/login"
    assert parse_qs(address.query) == {"next": ["/ar/account/withdraw"]}


@pytest.mark.parametrize(
    ("site", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({}, 403),
    ],
)
async def test_only_our_own_pages_may_send_the_forms(
    shop: Shop, site: dict[str, str], status: int
) -> None:
    ann = await earner(shop)
    who = await sign_in(shop, ann)
    text = await sealed(shop, who)
    assert (await draft(shop, who, site=site)).status_code == status
    made = await send(shop, SHOP_WITHDRAWALS, who, site=site, draft=text)
    assert made.status_code == status
    assert len(await all_of(shop, ann)) == (status == 200)
    if status != 200:
        view = await shop.services.payouts.withdrawals.request(ann.id, wish(20))
        path = CANCELLATIONS.format(withdrawal=view.id)
        assert (await send(shop, path, who, site=site)).status_code == 403
        assert await purse(shop, ann) == (micro(30), micro(20))


async def test_a_blocked_place_may_take_back_and_not_ask(shop: Shop) -> None:
    ann = await earner(shop)
    who = await sign_in(shop, ann)
    text = await sealed(shop, who)
    there = {**SCRIPT, "X-Forwarded-For": IRAN}
    for path in (SHOP_DRAFTS, SHOP_WITHDRAWALS):
        answer = await send(shop, path, who, headers=there, address=STRANGER, draft=text)
        assert refusal(answer)[1] == "FORBIDDEN"
    made = await shop.services.payouts.withdrawals.request(ann.id, wish(20))
    path = CANCELLATIONS.format(withdrawal=made.id)
    assert (await send(shop, path, who, headers=there)).status_code == 200


async def test_nothing_is_held_for_a_banned_user(shop: Shop) -> None:
    ann = await earner(shop)
    who = await sign_in(shop, ann)
    text = await sealed(shop, who)
    await shop.services.identity.ban(ann.id, actor="test", reason="tests")
    # A process that has not heard of it yet asks the database once more.
    answer = await send(shop, SHOP_WITHDRAWALS, who, draft=text)
    assert refusal(answer)[1] == "FORBIDDEN"
    shop.services.sessions.forget(ann.id)
    assert (await send(shop, SHOP_WITHDRAWALS, who, draft=text)).status_code == 401
    assert await all_of(shop, ann) == []


async def test_the_forms_count_as_changes(shop: Shop) -> None:
    ann = await earner(shop)
    who = await sign_in(shop, ann)
    text = await sealed(shop, who)
    api = await shop.api(limits=LimitSettings(writes_per_minute=2))
    headers = {**who, **OURS, **SCRIPT}

    async def post(path: str, **fields: str) -> httpx.Response:
        return await api.post(path, data=fields, headers=headers)

    for _ in range(2):
        assert (await post(SHOP_DRAFTS, address="x")).status_code == 400
    refused = [await post(SHOP_DRAFTS, address="x"), await post(SHOP_WITHDRAWALS, draft=text)]
    assert [answer.status_code for answer in refused] == [429, 429]
    assert await all_of(shop, ann) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff" * 100, b"a=1&" * 50, b"{", b"[]", b"amount=%00&address=%ff", b"&" * 5_000],
)
async def test_a_form_of_nonsense_is_refused(shop: Shop, body: bytes) -> None:
    ann = await earner(shop)
    who = await sign_in(shop, ann)
    api = await shop.api()
    for path in (SHOP_DRAFTS, SHOP_WITHDRAWALS):
        for kind in ("application/x-www-form-urlencoded", "application/json"):
            answer = await api.post(
                path, content=body, headers={**who, **OURS, **SCRIPT, "Content-Type": kind}
            )
            assert answer.status_code == 400, answer.text
    assert await all_of(shop, ann) == []


async def test_an_unknown_language_leads_nowhere_else(shop: Shop) -> None:
    ann = await earner(shop)
    answer = await draft(shop, await sign_in(shop, ann), locale="//evil.example/..")
    assert answer.json()["data"]["location"].startswith("/en/account/withdraw?draft=")
