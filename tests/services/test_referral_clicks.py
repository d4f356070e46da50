"""Clicks: counted once, bounded whatever is sent; marks: compared across keys, forgotten in time."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from jiema_app.domain.referrals.clicks import Click, Clicks
from jiema_app.domain.referrals.keyed_hashes import (
    LINE,
    NETWORK,
    PERIOD_S,
    KeyedHashes,
    part_of,
)
from tests.support.invitations import AGENT, OTHER_AGENT, Invitations, Place
from tests.support.shop import Customer, Shop, now

TOUCHES = "select count(*) from referral_touches"
CLICKS = "select coalesce(sum(clicks), 0) from referral_days"
FOUND = "select array_agg(rule order by rule) from referral_findings"


class At:
    """A clock that stands."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def people(shop: Shop) -> Invitations:
    return Invitations(shop)


@pytest.fixture
async def code(shop: Shop) -> str:
    return (await shop.services.identity.get_account((await shop.customer()).id)).referral_code


async def click(shop: Shop, code: str, address: str = "8.8.8.8", agent: str = AGENT) -> Click:
    return await shop.services.referrals.clicks.count(code, address, agent)


async def test_a_visitor_counts_once_a_day(shop: Shop, code: str) -> None:
    assert await click(shop, code) is Click.COUNTED
    assert await click(shop, code) is Click.SEEN
    assert await click(shop, code, agent=OTHER_AGENT) is Click.COUNTED
    assert await click(shop, code, "8.8.8.9") is Click.COUNTED
    await shop.execute("update referral_touches set created_at = now() - interval '24 hours'")
    assert await click(shop, code) is Click.COUNTED
    assert (await shop.fetchval(TOUCHES), await shop.fetchval(CLICKS)) == (4, 4)


async def test_each_link_counts_for_itself(shop: Shop, code: str) -> None:
    other = (await shop.services.identity.get_account((await shop.customer()).id)).referral_code
    assert [await click(shop, one) for one in (code, other)] == [Click.COUNTED] * 2


async def test_a_code_of_nobody_leaves_nothing(shop: Shop, code: str) -> None:
    assert await click(shop, "zzzzzzzz") is Click.NOBODY
    await shop.execute("update users set banned_at = now()")
    assert await click(shop, code) is Click.NOBODY
    assert await shop.fetchval(TOUCHES) == 0


async def test_nothing_of_a_visitor_can_be_read_back(shop: Shop, code: str) -> None:
    await click(shop, code, "8.8.8.8", "a browser of theirs")
    kept = str(await shop.fetchval("select string_agg(t::text, '') from referral_touches t"))
    assert "8.8.8" not in kept
    assert "browser" not in kept
    assert await shop.fetchval("select max(length(agent_hash)) from referral_touches") == 16


async def test_a_storm_of_clicks_freezes_the_counter_and_leaves_few_rows(
    shop: Shop, code: str
) -> None:
    storm = (click(shop, code, f"9.{n % 250}.{n // 250}.1") for n in range(600))
    told = await asyncio.gather(*storm)
    assert set(told) == {Click.COUNTED, Click.FROZEN}
    # A few that came at one moment do not see each other.
    assert 30 <= await shop.fetchval(TOUCHES) <= 45
    assert await shop.fetchval(CLICKS) == await shop.fetchval(TOUCHES)
    assert await shop.fetchval(FOUND) == ["C2-minute"]
    await shop.execute("update referral_touches set created_at = now() - interval '2 hours'")
    assert await click(shop, code, "7.7.7.7") is Click.FROZEN
    # Frozen for the day: the next one counts again.
    await shop.execute("update referral_findings set period = '2020-01-01'")
    assert await click(shop, code, "7.7.7.7") is Click.COUNTED


async def test_a_network_does_not_fill_the_counters_of_many_links(shop: Shop, code: str) -> None:
    await click(shop, code)
    await shop.execute(
        "insert into referral_touches (referrer_id, source, address_hash, network_hash, "
        "agent_hash, created_at) select referrer_id, source, address_hash, network_hash, "
        "agent_hash, now() - interval '1 hour' from referral_touches, generate_series(1, 199)"
    )
    other = (await shop.services.identity.get_account((await shop.customer()).id)).referral_code
    assert await click(shop, other, "8.8.8.200") is Click.FROZEN
    assert await click(shop, code, "8.8.9.1") is Click.COUNTED
    assert await shop.fetchval(FOUND) == ["C2-network"]


async def test_a_link_keeps_no_more_than_so_many_clicks_a_day(shop: Shop, code: str) -> None:
    await click(shop, code)
    await shop.execute("update referral_days set clicks = 5000")
    assert await click(shop, code, "7.7.7.7") is Click.FROZEN
    assert await shop.fetchval(FOUND) == ["C2-day"]


async def test_a_person_lets_a_frozen_counter_go_on_within_its_limits(
    shop: Shop, code: str
) -> None:
    await click(shop, code)
    await shop.execute("update referral_days set clicks = 5000")
    await click(shop, code, "7.7.7.7")
    owner = await shop.fetchval("select referrer_id from referral_findings")
    clear = shop.services.referrals.decisions.clear_link
    assert await clear(owner, actor="command-line", note="a campaign") == ["C2-day"]
    assert await click(shop, code, "7.7.7.8") is Click.FROZEN
    await shop.execute("update referral_days set clicks = 100")
    assert await click(shop, code, "7.7.7.8") is Click.COUNTED


async def test_a_browser_of_any_length_is_looked_at_for_512_characters(
    shop: Shop, code: str
) -> None:
    assert await click(shop, code, agent="x" * 512) is Click.COUNTED
    assert await click(shop, code, agent="x" * 1_000_000) is Click.SEEN
    assert await click(shop, code, address="y" * 1_000_000) is Click.COUNTED


def test_places_are_lines_and_networks() -> None:
    assert [part_of("8.8.8.8", LINE), part_of("8.8.8.8", NETWORK)] == ["8.8.8.8/32", "8.8.8.0/24"]
    address = "2606:4700:1:2:3::4"
    assert part_of(address, LINE) == "2606:4700:1:2::/64"
    assert part_of(address, NETWORK) == "2606:4700:1::/48"
    assert part_of("unreadable", LINE) == "unreadable"


def test_a_key_holds_for_30_days_and_is_known_for_30_more() -> None:
    at = At(datetime.fromtimestamp(PERIOD_S * 700 - 1, UTC))
    hashes = KeyedHashes(b"secret", at)
    before = hashes.both("address", "8.8.8.8")
    at.moment += timedelta(seconds=2)
    after = hashes.both("address", "8.8.8.8")
    assert before[0] == after[1]
    assert before[0] != after[0]
    at.moment += timedelta(days=30)
    assert before[0] not in hashes.both("address", "8.8.8.8")
    assert hashes.both("agent", "8.8.8.8")[0] != hashes.both("address", "8.8.8.8")[0]
    assert KeyedHashes(b"other", at).both("agent", "x") != hashes.both("agent", "x")
    assert hashes.lasting("device", "x") == KeyedHashes(b"secret", At(now())).lasting("device", "x")
    assert "secret" not in repr(hashes)


async def test_a_visitor_is_known_across_a_change_of_keys(shop: Shop, code: str) -> None:
    at = At(datetime.fromtimestamp(PERIOD_S * 700 - 1, UTC))
    clicks = Clicks(shop.services.database, KeyedHashes(b"secret", at))
    assert await clicks.count(code, "8.8.8.8", AGENT) is Click.COUNTED
    at.moment += timedelta(seconds=2)
    assert await clicks.count(code, "8.8.8.8", AGENT) is Click.SEEN


async def test_two_sign_ins_are_compared_across_a_change_of_keys(
    shop: Shop, people: Invitations
) -> None:
    at = At(datetime.fromtimestamp(PERIOD_S * 700 - 1, UTC))
    object.__setattr__(shop.services.referrals.marks.hashes, "clock", at)
    ann = await people.join(place=Place(address="8.8.4.4"))
    at.moment += timedelta(seconds=2)
    bob = await people.join(ann, Place(address="8.8.4.4"))
    await people.judge()
    assert await people.rules(bob) == ["S4", "S4-agent"]


async def test_signing_in_every_second_leaves_one_mark_an_hour(
    shop: Shop, people: Invitations
) -> None:
    place = Place()
    ann = await people.join(place=place)
    for _ in range(5):
        await people.sign_in(ann, place)
    marks = "select count(*) from sign_in_marks"
    assert await shop.fetchval(marks) == 1
    await people.sign_in(ann, Place(address=place.address))
    assert await shop.fetchval(marks) == 2
    await shop.execute("update sign_in_marks set created_at = now() - interval '61 minutes'")
    await people.sign_in(ann, place)
    assert await shop.fetchval(marks) == 3


async def test_a_device_that_is_no_number_of_ours_is_none(shop: Shop, people: Invitations) -> None:
    for device in ("", "short", "x" * 23, "x" * 100_000, "x" * 21 + "/"):
        assert people.trace(Place(device=device)).device is None


async def test_what_is_kept_for_a_time_goes_then(
    shop: Shop, people: Invitations, code: str
) -> None:
    ann = await people.join()
    await people.join(place=Place(device=""))
    await click(shop, code)
    await shop.execute(
        "insert into referral_findings (rule, referrer_id, weight, action, evidence) values "
        "('C2-day', $1, 0, 'FREEZE', '{}'), ('S4', $1, 40, 'SCORE', '{}')",
        ann.id,
    )
    forget = shop.services.referrals.marks.forget

    async def left() -> list[int]:
        return [
            await shop.fetchval(f"select count({what}) from {table}")
            for what, table in (
                ("*", "referral_touches"),
                ("*", "referral_findings"),
                ("*", "sign_in_marks"),
                ("address_hashes", "sign_in_marks"),
                ("device_hash", "sign_in_marks"),
            )
        ]

    async def grow_older(days: float) -> None:
        for table in ("referral_touches", "referral_findings", "sign_in_marks"):
            await shop.execute(
                f"update {table} set created_at = created_at - $1::interval", timedelta(days=days)
            )

    await forget()
    assert await left() == [1, 2, 2, 2, 1]
    await grow_older(29.9)
    await forget()
    assert await left() == [1, 2, 2, 2, 1]
    await grow_older(0.2)
    await forget()
    assert await left() == [0, 1, 1, 0, 1]
    await grow_older(149.8)
    await forget()
    assert await left() == [0, 1, 1, 0, 1]
    await grow_older(0.2)
    await forget()
    assert await left() == [0, 1, 0, 0, 0]


async def test_changes_of_whoever_has_to_do_with_no_invitation_are_not_noted(
    shop: Shop, people: Invitations
) -> None:
    ann = await people.join()
    noted = "select count(*) from referral_changes"
    assert await shop.fetchval(noted) == 0
    bob: Customer = await people.join(ann)
    await people.judge()
    for one in (ann, bob):
        async with shop.services.database.transaction() as connection:
            await shop.services.referrals.note_change(connection, one.id)
    assert await shop.fetchval(noted) == 2
