"""Withdrawing with the forms of a page: looked at, confirmed, taken back."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from api_routes.shop.withdrawals import CANCELLATIONS, SHOP_DRAFTS, SHOP_WITHDRAWALS
from jiema_app.domain.withdrawals.views import WithdrawalView
from jiema_app.settings.payouts import PayoutSettings
from tests.api.test_shop_recharges import BROWSER, OURS, SCRIPT, refusal, sign_in
from tests.support.shop import Customer, Shop, build_api
from tests.support.withdrawing import ANOTHER, STRANGER, change_terms, earner, micro, purse, wish

Who = Mapping[str, str]


async def send(
    shop: Shop,
    path: str,
    who: Who | None = None,
    *,
    headers: Mapping[str, str] = SCRIPT,
    site: Mapping[str, str] = OURS,
    **fields: str,
) -> httpx.Response:
    api = await shop.api()
    form = {"locale": "en"} | fields
    return await api.post(path, data=form, headers={**(who or {}), **site, **headers})


async def draft(shop: Shop, who: Who | None = None, **fields: Any) -> httpx.Response:
    """Press Continue with 20 USDT to a wallet, unless told otherwise."""
    return await send(shop, SHOP_DRAFTS, who, **({"address": STRANGER, "amount": "20"} | fields))


async def sealed(shop: Shop, who: Who, **fields: Any) -> str:
    answer = await draft(shop, who, **fields)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"]["draft"])


async def all_of(shop: Shop, who: Customer) -> list[WithdrawalView]:
    page = await shop.services.payouts.withdrawals.list_own(who.id, limit=50, cursor=None)
    return list(page.withdrawals)


async def make_old(shop: Shop, who: Customer) -> None:
    """Have the browsers of somebody have signed in 11 minutes ago."""
    await shop.execute(
        "update web_sessions set created_at = created_at - interval '11 minutes' "
        "where user_id = $1",
        who.id,
    )
    shop.services.sessions.forget(who.id)


async def carried(shop: Shop, who: Customer, answer: httpx.Response) -> Any:
    """What a browser is sent on with, as its owner's page reads it."""
    assert answer.status_code == 303
    address = urlsplit(answer.headers["location"])
    assert address.path == "/en/account/withdraw"
    assert address.query.startswith("plain&draft=")
    [text] = parse_qs(address.query)["draft"]
    return await shop.services.payouts.drafts.resume(who.id, text)


async def test_a_script_is_told_fee_and_net_and_where_to_confirm(shop: Shop) -> None:
    ann = await earner(shop)
    answer = await draft(shop, await sign_in(shop, ann), locale="zh")
    data = answer.json()["data"]
    figures = {name: data[name] for name in ("amountUsdt", "feeUsdt", "netUsdt")}
    assert figures == {"amountUsdt": "20", "feeUsdt": "2", "netUsdt": "18"}
    assert data["location"] == f"/zh/account/withdraw?draft={data['draft']}"
    assert answer.headers["cache-control"] == "no-store"
    assert await all_of(shop, ann) == []


async def test_both_steps_without_scripts(shop: Shop) -> None:
    ann = await earner(shop)
    who = await sign_in(shop, ann)
    first = await draft(shop, who, headers=BROWSER)
    assert first.headers["location"].endswith("#confirm")
    resumed = await carried(shop, ann, first)
    assert (resumed.draft.address, resumed.draft.quote.net) == (STRANGER, micro(18))
    text = parse_qs(urlsplit(first.headers["location"]).query)["draft"][0]
    second = await send(shop, SHOP_WITHDRAWALS, who, headers=BROWSER, draft=text)
    assert second.status_code == 303
    assert second.headers["location"] == "/en/account/withdraw?plain#status"
    [made] = await all_of(shop, ann)
    assert (made.address, made.amount, made.fee, made.net) == (
        STRANGER,
        micro(20),
        micro(2),
        micro(18),
    )
    third = await send(shop, CANCELLATIONS.format(withdrawal=made.id), who, headers=BROWSER)
    assert third.headers["location"] == "/en/account/withdraw?plain#cancelled"
    assert await purse(shop, ann) == (micro(50), 0)


async def test_the_button_for_all_of_it_takes_all_of_it(shop: Shop) -> None:
    ann = await earner(shop, 12.345_678)
    who = await sign_in(shop, ann)
    text = await sealed(shop, who, amount="", all="1")
    answer = await send(shop, SHOP_WITHDRAWALS, who, draft=text)
    assert answer.json()["data"]["location"] == "/en/account/withdraw"
    assert await purse(shop, ann) == (0, micro(12.345_678))


async def test_a_draft_that_is_sent_twice_holds_once(shop: Shop) -> None:
    ann = await earner(shop)
    who = await sign_in(shop, ann)
    text = await sealed(shop, who)
    answers = await asyncio.gather(
        *(send(shop, SHOP_WITHDRAWALS, who, draft=text) for _ in range(5))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["data"]["id"] for answer in answers}) == 1
    assert await purse(shop, ann) == (micro(30), micro(20))
    other = refusal(await draft(shop, who))
    assert other[2]["faults"][0]["fault"] == "ONE_OPEN"


@pytest.mark.parametrize(
    ("fields", "fault", "field", "words"),
    [
        ({"address": ""}, "EMPTY", "address", "Enter the address"),
        ({"address": "0x52908400098527886E0F7030069857D2E4169EE7"}, "NOT_TRON", "address", "TRON"),
        ({"address": STRANGER[:-1] + "4"}, "CHECKSUM", "address", "wrong or missing"),
        ({"address": "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb"}, "ZERO", "address", "nobody"),
        ({"amount": ""}, "AMOUNT", "amount", "such as 12.50"),
        ({"amount": "1.000"}, "AMOUNT", "amount", "such as 12.50"),
        ({"amount": "4.99"}, "TOO_SMALL", "amount", "$5.00"),
        ({"amount": "60"}, "NOT_COVERED", "amount", "up to $50.00"),
        ({"amount": "501"}, "TOO_LARGE", "amount", "$500.00"),
        ({"amount": "450"}, "DAY_SUM", "amount", "up to $400.00 in 24 hours"),
        ({"source": "spending"}, "SOURCE", "", "Only commission"),
        ({"source": "\x00"}, "SOURCE", "", "Only commission"),
    ],
)
async def test_what_is_wrong_is_said_with_its_field_and_its_figure(
    shop: Shop, fields: dict[str, str], fault: str, field: str, words: str
) -> None:
    await change_terms(
        shop, takes_above=False, alone_max_micro=micro(500), per_day_micro=micro(400)
    )
    ann = await earner(shop)
    who = await sign_in(shop, ann)
    status, code, details = refusal(await draft(shop, who, **fields))
    assert (status, code) == (400, "BAD_REQUEST")
    [found] = details["faults"]
    assert (found["fault"], found["field"]) == (fault, field)
    assert words in details["notice"]
    resumed = await carried(shop, ann, await draft(shop, who, headers=BROWSER, **fields))
    assert resumed.draft is None
    assert [str(one) for one, _ in resumed.faults] == [fault]
    assert await purse(shop, ann) == (micro(50), 0)


async def test_an_address_of_our_own_and_one_that_may_not_be_paid(
    shop: Shop, tmp_path: Any
) -> None:
    ann = await earner(shop)
    who = await sign_in(shop, ann)
    await shop.services.payouts.house.keep()
    ours = str(shop.settings.hot_address)
    assert refusal(await draft(shop, who, address=ours))[2]["faults"][0]["fault"] == "OURS"
    listed = tmp_path / "addresses.txt"
    listed.write_text(f"{ANOTHER}\n")
    payouts = shop.services.payouts
    destinations = replace(payouts.destinations, sanctions_file=listed)
    withdrawals = replace(payouts.withdrawals, destinations=destinations)
    drafts = replace(payouts.drafts, withdrawals=withdrawals)
    services = replace(shop.services, payouts=replace(payouts, drafts=drafts))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=build_api(services, shop.settings)),
        base_url="http://testserver",
    ) as api:
        answer = await api.post(
            SHOP_DRAFTS,
            data={"address": ANOTHER, "amount": "20"},
            headers={**who, **OURS, **SCRIPT},
        )
    assert refusal(answer)[2]["faults"][0]["fault"] == "SANCTIONED"


async def test_several_things_that_are_wrong_are_told_together(shop: Shop) -> None:
    ann = await earner(shop)
    answer = await draft(shop, await sign_in(shop, ann), address="T", amount="x")
    faults = [one["fault"] for one in refusal(answer)[2]["faults"]]
    assert faults == ["NOT_TRON", "AMOUNT"]


async def test_withdrawals_that_are_paused_say_so(shop: Shop) -> None:
    ann = await earner(shop)
    payouts = shop.services.payouts
    withdrawals = replace(payouts.withdrawals, is_open=False)
    drafts = replace(payouts.drafts, withdrawals=withdrawals)
    services = replace(shop.services, payouts=replace(payouts, drafts=drafts))
    who = await sign_in(shop, ann)
    text = await sealed(shop, who)
    app = build_api(services, shop.settings)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://testserver"
    ) as api:
        headers = {**who, **OURS, **SCRIPT}
        for path, form in (
            (SHOP_DRAFTS, {"address": STRANGER, "amount": "20"}),
            (SHOP_WITHDRAWALS, {"draft": text}),
        ):
            details = refusal(await api.post(path, data=form, headers=headers))[2]
            assert details["faults"][0]["fault"] == "PAUSED"
            assert "paused" in details["notice"]
    assert await all_of(shop, ann) == []


async def test_who_signed_in_too_long_ago_signs_in_again_and_goes_on(shop: Shop) -> None:
    ann = await earner(shop)
    who = await sign_in(shop, ann)
    text = await sealed(shop, who)
    await make_old(shop, ann)
    _, _, details = refusal(await send(shop, SHOP_WITHDRAWALS, who, draft=text))
    assert details["faults"][0]["fault"] == "SIGN_IN_AGAIN"
    assert "more than 10 minutes ago" in details["notice"]
    address = urlsplit(details["location"])
    query = parse_qs(address.query)
    assert (address.path, query["error"]) == ("/en/login", ["again"])
    assert query["next"] == [f"/en/account/withdraw?draft={text}"]
    plain = await send(shop, SHOP_WITHDRAWALS, who, headers=BROWSER, draft=text)
    assert (await carried(shop, ann, plain)).draft is not None
    assert await all_of(shop, ann) == []
    # A form may be filled in before: only confirming needs a young sign-in.
    assert await sealed(shop, who)
    again = await sign_in(shop, ann)
    answer = await send(shop, SHOP_WITHDRAWALS, again, draft=text)
    assert answer.status_code == 200


async def test_another_session_of_the_same_user_does_not_make_an_old_one_young(shop: Shop) -> None:
    ann = await earner(shop)
    old = await sign_in(shop, ann)
    text = await sealed(shop, old)
    await make_old(shop, ann)
    young = await sign_in(shop, ann)
    answer = await send(shop, SHOP_WITHDRAWALS, old, draft=text)
    assert refusal(answer)[2]["faults"][0]["fault"] == "SIGN_IN_AGAIN"
    assert (await send(shop, SHOP_WITHDRAWALS, young, draft=text)).status_code == 200


async def test_how_old_a_sign_in_may_be_is_a_setting(shop: Shop) -> None:
    assert PayoutSettings().sign_in_max_age_s == 600
    limit = shop.services.payouts.withdrawals.sign_in_max_age
    now = shop.services.clock.now()
    assert shop.services.payouts.withdrawals.must_sign_in_again(now - limit - timedelta(seconds=1))
    assert not shop.services.payouts.withdrawals.must_sign_in_again(now - limit / 2)


async def test_a_fee_that_changed_is_shown_before_anything_is_held(shop: Shop) -> None:
    ann = await earner(shop)
    who = await sign_in(shop, ann)
    text = await sealed(shop, who)
    await change_terms(shop, fee_min_micro=micro(3))
    details = refusal(await send(shop, SHOP_WITHDRAWALS, who, draft=text))[2]
    assert details["faults"][0]["fault"] == "TERMS_CHANGED"
    resumed = await carried(
        shop, ann, await send(shop, SHOP_WITHDRAWALS, who, headers=BROWSER, draft=text)
    )
    assert resumed.draft.quote.net == micro(17)
    assert await purse(shop, ann) == (micro(50), 0)


@pytest.mark.parametrize("text", ["", "x", "A" * 5_000, "é", "' or 1=1", "../../etc"])
async def test_what_is_no_draft_is_refused(shop: Shop, text: str) -> None:
    ann = await earner(shop)
    who = await sign_in(shop, ann)
    status, code, details = refusal(await send(shop, SHOP_WITHDRAWALS, who, draft=text))
    assert (status, code) == (400, "BAD_REQUEST")
    assert "didn't confirm in time" in details["notice"]
    plain = await send(shop, SHOP_WITHDRAWALS, who, headers=BROWSER, draft=text)
    assert plain.status_code == 303
    address = urlsplit(plain.headers["location"])
    assert (address.netloc, address.path) == ("", "/en/account/withdraw")
    assert address.fragment == "refused-BAD_REQUEST"
    assert await all_of(shop, ann) == []


async def test_a_draft_of_somebody_else_is_none(shop: Shop) -> None:
    ann, eve = await earner(shop), await earner(shop)
    planted = await sealed(shop, await sign_in(shop, eve), address=ANOTHER)
    answer = await send(shop, SHOP_WITHDRAWALS, await sign_in(shop, ann), draft=planted)
    assert refusal(answer)[1] == "BAD_REQUEST"
    assert await all_of(shop, ann) == await all_of(shop, eve) == []


async def test_a_withdrawal_of_somebody_else_is_not_taken_back(shop: Shop) -> None:
    ann, eve = await earner(shop), await earner(shop)
    made = await shop.services.payouts.withdrawals.request(ann.id, wish(20))
    who = await sign_in(shop, eve)
    never = "c" + "0" * 24
    found = [
        refusal(await send(shop, CANCELLATIONS.format(withdrawal=one), who))
        for one in (made.id, never, "x" * 3_000)
    ]
    assert [code for _, code, _ in found] == ["NOT_FOUND"] * 3
    assert [status for status, _, _ in found] == [404] * 3
    plain = await send(shop, CANCELLATIONS.format(withdrawal=made.id), who, headers=BROWSER)
    assert plain.headers["location"] == "/en/account/withdraw?plain#cancel-NOT_FOUND"
    assert (await all_of(shop, ann))[0].status == "REQUESTED"


async def test_what_has_ended_is_not_taken_back_again(shop: Shop) -> None:
    ann = await earner(shop)
    made = await shop.services.payouts.withdrawals.request(ann.id, wish(20))
    who = await sign_in(shop, ann)
    path = CANCELLATIONS.format(withdrawal=made.id)
    answers = await asyncio.gather(*(send(shop, path, who) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]
    refused = next(answer for answer in answers if answer.status_code == 400)
    assert refused.json()["code"] == "NOT_OPEN"
    assert "wasn't cancelled" in refused.json()["details"]["notice"]
    assert await purse(shop, ann) == (micro(50), 0)
