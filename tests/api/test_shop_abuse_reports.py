"""The form that reports abuse."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from api_routes.shop.abuse_reports import ABUSE_REPORTS
from jiema_app.settings.texts import AbuseSettings
from tests.api.asking import IRAN, MALAYSIA
from tests.api.test_shop_recharges import BROWSER, OURS, SCRIPT, refusal
from tests.support.shop import Shop

WORDS = "It was used for a canary fraud on 3 December, 14:05 UTC."
FORM = {
    "reporter": "PERSON",
    "contact": "canary@example.com",
    "subject": "+60 12-345 6789",
    "words": WORDS,
    "website": "",
    "locale": "en",
}


async def send(
    api: httpx.AsyncClient,
    headers: Mapping[str, str] = SCRIPT,
    /,
    *,
    address: str = MALAYSIA,
    **changes: str,
) -> httpx.Response:
    told = {**OURS, "X-Forwarded-For": address, **headers}
    return await api.post(ABUSE_REPORTS, data=FORM | changes, headers=told)


async def count(shop: Shop) -> Any:
    return await shop.fetchval("select count(*) from abuse_reports")


async def test_anybody_gets_a_ticket_with_scripts_and_without(
    shop: Shop, capfd: pytest.CaptureFixture[str]
) -> None:
    api = await shop.api()
    answer = await send(api, locale="zh")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    told = answer.json()["data"]
    assert told["location"] == f"/zh/abuse/{told['ticket']}"
    assert WORDS not in answer.text
    kept = await shop.services.abuse_reports.find(told["ticket"])
    assert (kept.words, kept.contact, kept.organisation) == (WORDS, "canary@example.com", None)
    plain = await send(api, BROWSER, words="another report of the same")
    assert plain.status_code == 303
    ticket = plain.headers["location"].removeprefix("/en/abuse/")
    assert (await shop.services.abuse_reports.find(ticket)).words == "another report of the same"
    logged = capfd.readouterr()
    assert "canary" not in logged.out + logged.err
    assert MALAYSIA not in logged.out + logged.err


@pytest.mark.parametrize(
    ("field", "value", "notice"),
    [
        ("reporter", "", "Choose who you are."),
        ("words", "short", "Describe what happened in 10 to 4,000 characters."),
        ("words", "x" * 4001, "Describe what happened in 10 to 4,000 characters."),
        ("contact", "x" * 201, "Use up to 200 visible characters."),
        ("subject", "x" * 301, "Use up to 300 visible characters."),
        ("website", "https://spam.example", "Your browser filled in a hidden field."),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field(
    shop: Shop, field: str, value: str, notice: str
) -> None:
    api = await shop.api()
    status, code, details = refusal(await send(api, **{field: value}))
    assert (status, code, details["field"]) == (400, "BAD_REQUEST", field)
    assert details["notice"].startswith(notice)
    plain = await send(api, BROWSER, **{field: value})
    assert (plain.status_code, plain.headers["location"]) == (303, f"/en/abuse#refused-{field}")
    assert await count(shop) == 0


async def test_a_body_of_any_other_kind_is_refused(shop: Shop) -> None:
    api = await shop.api()
    headers = {**OURS, **SCRIPT, "Content-Type": "application/json"}
    for body in (b"[]", b"{", b'{"words": ["x"], "reporter": {}}', b"\xff"):
        answer = await api.post(ABUSE_REPORTS, content=body, headers=headers)
        assert refusal(answer)[:2] == (400, "BAD_REQUEST")
    assert (await send(api, words="y" * 70_000)).status_code == 400
    # The longest report of the widest characters fits.
    assert (await send(api, words="\U0001f600" * 4000)).status_code == 200
    assert await count(shop) == 1


async def test_whoever_presses_twice_has_sent_one_report(shop: Shop) -> None:
    api = await shop.api(abuse=AbuseSettings(reports_per_day=1))
    first, again = [(await send(api)).json()["data"]["ticket"] for _ in range(2)]
    assert first == again
    assert await count(shop) == 1
    assert (await send(api, address="2.125.160.1")).json()["data"]["ticket"] != first


async def test_one_neighbourhood_sends_so_many_a_day(shop: Shop) -> None:
    api = await shop.api(abuse=AbuseSettings(reports_per_day=2))
    home, next_door, elsewhere = "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"
    for number, address in enumerate((home, next_door)):
        answer = await send(api, address=address, words=f"report number {number}")
        assert answer.status_code == 200
    # What can't be kept uses nothing up, and what is refused is said.
    limited = await send(api, address=home, words="report number three")
    status, code, details = refusal(limited)
    assert (status, code) == (429, "RATE_LIMITED")
    assert details["notice"].startswith("You've reached the limit of ")
    assert 86_000 < int(limited.headers["retry-after"]) <= 86_400
    plain = await send(api, BROWSER, address=home, words="report number three")
    assert plain.headers["location"] == "/en/abuse#refused-RATE_LIMITED"
    assert (await send(api, address=elsewhere, words="report number 4")).status_code == 200
    assert await count(shop) == 3


async def test_blocked_places_may_report_and_other_sites_may_not(shop: Shop) -> None:
    api = await shop.api()
    assert (await send(api, address=IRAN)).status_code == 200
    foreign = await send(api, {**SCRIPT, "Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    odd = await send(api, BROWSER, locale="//evil.example", words="another language")
    assert urlsplit(odd.headers["location"]).netloc == ""
    assert odd.headers["location"].startswith("/en/abuse/AR-")
