"""The form that adds a word for the reviewer of a payment."""

from collections.abc import Mapping

import httpx
import pytest

from api_routes.shop.recharge_notes import RECHARGE_NOTES
from jiema_app.settings import LimitSettings
from tests.api.asking import IRAN
from tests.api.test_shop_recharges import BROWSER, OURS, SCRIPT, refusal, sign_in
from tests.support.payments import open_recharge, pay, read
from tests.support.shop import Customer, Shop

NEVER = "c" + "0" * 24


async def odd(shop: Shop, customer: Customer) -> str:
    recharge = await open_recharge(shop, customer)
    await pay(shop, recharge, 9)
    return recharge.id


async def say(
    shop: Shop,
    recharge: str,
    who: Mapping[str, str],
    words: str = "sent from Kraken",
    headers: Mapping[str, str] = SCRIPT,
) -> httpx.Response:
    api = await shop.api()
    return await api.post(
        RECHARGE_NOTES.format(recharge=recharge),
        data={"words": words, "locale": "en"},
        headers={**OURS, **who, **headers},
    )


async def words_of(shop: Shop, customer: Customer, recharge: str) -> list[str]:
    view = await shop.services.recharges.get(customer.id, recharge)
    return [note.words for note in view.notes]


async def test_scripts_and_browsers_without_them_add_a_note(
    shop: Shop, capfd: pytest.CaptureFixture[str]
) -> None:
    ann = await shop.customer(cents=0)
    recharge, who = await odd(shop, ann), await sign_in(shop, ann)
    answer = await say(shop, recharge, who)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.json()["data"]["notice"] == "Added. We'll read it during the review."
    plain = await say(shop, recharge, who, "an exchange's fee", BROWSER)
    assert plain.status_code == 303
    assert plain.headers["location"] == f"/en/account/topup/{recharge}?plain#notes"
    assert await words_of(shop, ann, recharge) == ["sent from Kraken", "an exchange's fee"]
    logged = capfd.readouterr()
    assert "Kraken" not in logged.out + logged.err


@pytest.mark.parametrize(("words", "status"), [("", 400), ("x" * 501, 400), ("y" * 70_000, 400)])
async def test_an_empty_note_and_a_long_one_are_refused_where_they_are_written(
    shop: Shop, words: str, status: int
) -> None:
    ann = await shop.customer(cents=0)
    recharge, who = await odd(shop, ann), await sign_in(shop, ann)
    answer = await say(shop, recharge, who, words)
    assert (answer.status_code, answer.json()["code"]) == (status, "BAD_REQUEST")
    if len(words) < 1_000:
        assert answer.json()["details"]["notice"] == "Use 1 to 500 visible characters."
        plain = await say(shop, recharge, who, words, BROWSER)
        assert plain.headers["location"].endswith(f"{recharge}?plain#note-BAD_REQUEST")
    assert await words_of(shop, ann, recharge) == []


async def test_somebody_else_s_top_up_answers_like_one_that_never_was(shop: Shop) -> None:
    ann, eve = await shop.customer(cents=0), await shop.customer(cents=0)
    recharge, who = await odd(shop, ann), await sign_in(shop, eve)
    for headers in (SCRIPT, BROWSER):
        theirs = await say(shop, recharge, who, headers=headers)
        never = await say(shop, NEVER, who, headers=headers)
        assert theirs.status_code == never.status_code == (404 if headers is SCRIPT else 303)
        if headers is SCRIPT:
            assert refusal(theirs) == refusal(never)
        else:
            assert theirs.headers["location"].replace(recharge, NEVER) == never.headers["location"]
    assert (await say(shop, "nothing", who, headers=BROWSER)).status_code == 404
    assert await words_of(shop, ann, recharge) == []


async def test_guests_sign_in_first_and_other_sites_add_nothing(shop: Shop) -> None:
    ann = await shop.customer(cents=0)
    recharge = await odd(shop, ann)
    status, code, details = refusal(await say(shop, recharge, {}))
    assert (status, code) == (401, "AUTH_MISSING")
    plain = await say(shop, recharge, {}, headers=BROWSER)
    assert plain.headers["location"] == details["location"]
    assert details["location"].endswith(f"%2Fen%2Faccount%2Ftopup%2F{recharge}")
    foreign = {**await sign_in(shop, ann), "Sec-Fetch-Site": "cross-site"}
    assert (await say(shop, recharge, foreign)).status_code == 403
    assert await words_of(shop, ann, recharge) == []


async def test_notes_count_as_changes_and_are_taken_from_blocked_places_too(shop: Shop) -> None:
    ann = await shop.customer(cents=0)
    recharge = await odd(shop, ann)
    who = await sign_in(shop, ann) | {"X-Forwarded-For": IRAN}
    assert (await say(shop, recharge, who)).status_code == 200
    api = await shop.api(limits=LimitSettings(writes_per_minute=1))
    answers = [
        await api.post(
            RECHARGE_NOTES.format(recharge=recharge),
            data={"words": f"note {n}"},
            headers={**who, **OURS, **SCRIPT},
        )
        for n in range(2)
    ]
    assert refusal(answers[1])[1] == "RATE_LIMITED"


async def test_nothing_of_the_money_changes(shop: Shop) -> None:
    ann = await shop.customer(cents=0)
    opened = await open_recharge(shop, ann)
    await pay(shop, opened, 9)
    before = await read(shop, ann.id, opened)
    assert (await say(shop, opened.id, await sign_in(shop, ann))).status_code == 200
    after = await read(shop, ann.id, opened)
    assert (after.status, after.credited_micro, after.version) == (
        before.status,
        before.credited_micro,
        before.version,
    )
    assert await shop.balance(ann) == 0
