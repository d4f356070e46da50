"""Ten writes and sixty reads in any sixty seconds, per user, on a clock that tests move."""

import random
from collections.abc import Iterator

import httpx
import pytest
import time_machine
from limits import RateLimitItemPerMinute

from api_routes.process_windows import ProcessWindows
from jiema_app.settings import GeoSettings, LimitSettings, Settings
from tests.api.asking import bearer, data, order, problem
from tests.support.shop import Customer, Shop

NOON = 1_900_000_000.25
A_WRITE = "/api/v1/orders/cnone/cancel"
A_READ = "/api/v1/account"
BAD_KEY = "jm_" + "A" * 43


@pytest.fixture
def settings() -> Settings:
    return Settings(geo=GeoSettings(trusted_proxies=("127.0.0.1/32",)))


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


async def write(api: httpx.AsyncClient, token: str) -> httpx.Response:
    return await api.post(A_WRITE, headers=bearer(token))


async def read(api: httpx.AsyncClient, token: str) -> httpx.Response:
    return await api.get(A_READ, headers=bearer(token))


async def passes(api: httpx.AsyncClient, token: str, tries: int) -> int:
    """How many of so many writes get past the limit."""
    answers = [await write(api, token) for _ in range(tries)]
    return sum(answer.status_code != 429 for answer in answers)


async def test_the_eleventh_write_in_a_minute_is_refused_until_the_first_is_over(
    shop: Shop, clock: time_machine.Traveller
) -> None:
    api, ann = await shop.api(), await shop.customer()
    for second in range(10):
        clock.move_to(NOON + second)
        answer = await write(api, ann.token)
        assert problem(answer) == (404, "NOT_FOUND")
        assert answer.headers["ratelimit-limit"] == "10"
        assert answer.headers["ratelimit-remaining"] == str(9 - second)
        assert answer.headers["ratelimit-reset"] == str(60 - second)
        assert "retry-after" not in answer.headers
    for later, left in ((9.0, 51), (10.5, 50), (59.5, 1)):
        clock.move_to(NOON + later)
        refused = await write(api, ann.token)
        assert problem(refused) == (429, "RATE_LIMITED")
        assert refused.headers["retry-after"] == str(left)
        assert refused.headers["ratelimit-reset"] == str(left)
        assert refused.headers["ratelimit-remaining"] == "0"
    clock.move_to(NOON + 60.5)
    assert (await write(api, ann.token)).status_code == 404
    assert (await write(api, ann.token)).status_code == 429


async def test_the_window_slides_and_does_not_start_anew_with_each_minute(
    shop: Shop, clock: time_machine.Traveller
) -> None:
    api, ann = await shop.api(), await shop.customer()
    assert await passes(api, ann.token, 5) == 5
    clock.move_to(NOON + 50)
    assert await passes(api, ann.token, 5) == 5
    clock.move_to(NOON + 61)
    # A fixed window would let ten more through: fifteen in eleven seconds.
    assert await passes(api, ann.token, 10) == 5
    clock.move_to(NOON + 111)
    assert await passes(api, ann.token, 10) == 5


async def test_refused_requests_are_not_counted(shop: Shop, clock: time_machine.Traveller) -> None:
    api, ann = await shop.api(), await shop.customer()
    assert await passes(api, ann.token, 10) == 10
    for second in range(1, 60, 6):
        clock.move_to(NOON + second)
        assert await passes(api, ann.token, 10) == 0
    clock.move_to(NOON + 61)
    assert await passes(api, ann.token, 12) == 10


async def test_more_keys_give_no_more_requests_and_other_users_lose_none(
    shop: Shop, clock: time_machine.Traveller
) -> None:
    api, ann, bob = await shop.api(), await shop.customer(), await shop.customer()
    tokens = [ann.token] + [
        (await shop.services.api_keys.create(ann.id, f"key {number}")).token for number in range(4)
    ]
    assert [await passes(api, token, 2) for token in tokens] == [2, 2, 2, 2, 2]
    assert [await passes(api, token, 1) for token in tokens] == [0, 0, 0, 0, 0]
    assert await passes(api, bob.token, 1) == 1


async def test_a_deployment_may_count_each_key_for_itself(
    shop: Shop, clock: time_machine.Traveller
) -> None:
    api, ann = await shop.api(limits=LimitSettings(scope="key")), await shop.customer()
    second = (await shop.services.api_keys.create(ann.id, "second")).token
    assert [await passes(api, token, 11) for token in (ann.token, second)] == [10, 10]
    answer = await read(api, second)
    assert answer.headers["ratelimit-remaining"] == "59"
    described = (await api.get("/api/v1/openapi.json")).json()["info"]["description"]
    assert "counted for each key: 10 writes" in described.replace("\n", " ")


async def test_reads_and_writes_are_counted_apart(
    shop: Shop, clock: time_machine.Traveller
) -> None:
    api, ann = await shop.api(), await shop.customer()
    assert await passes(api, ann.token, 11) == 10
    answers = [await read(api, ann.token) for _ in range(61)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [429]
    assert [answer.headers["ratelimit-limit"] for answer in answers] == ["60"] * 61
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == [
        *(str(left) for left in range(59, -1, -1)),
        "0",
    ]


async def test_a_refused_order_costs_nothing(shop: Shop) -> None:
    api, ann = await shop.api(limits=LimitSettings(writes_per_minute=1)), await shop.customer()
    first = data(await order(api, ann))
    refused = [await order(api, ann) for _ in range(3)]
    assert {problem(answer) for answer in refused} == {(429, "RATE_LIMITED")}
    assert await shop.balance(ann) == 50_000_000 - int(first["chargedCents"]) * 10_000
    assert len(await shop.statuses()) == 1


async def from_address(
    api: httpx.AsyncClient, address: str, key: str | None = None
) -> httpx.Response:
    headers = {"X-Forwarded-For": address} | (bearer(key) if key else {})
    return await api.get(A_READ, headers=headers)


async def test_who_has_no_key_is_counted_by_address(
    shop: Shop, clock: time_machine.Traveller
) -> None:
    api = await shop.api(limits=LimitSettings(anonymous_per_minute=4))
    keys = (None, BAD_KEY, None, BAD_KEY)
    answers = [await from_address(api, "1.9.0.1", key) for key in keys]
    assert {answer.status_code for answer in answers} == {401}
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["3", "2", "1", "0"]
    refused = await from_address(api, "1.9.0.1", BAD_KEY)
    assert problem(refused) == (429, "RATE_LIMITED")
    assert refused.headers["retry-after"] == "60"
    assert (await from_address(api, "1.9.0.2")).status_code == 401
    clock.move_to(NOON + 60.5)
    assert (await from_address(api, "1.9.0.1")).status_code == 401


async def test_one_line_of_ipv6_is_one_address(shop: Shop, clock: time_machine.Traveller) -> None:
    api = await shop.api(limits=LimitSettings(anonymous_per_minute=2))
    statuses = [
        (await from_address(api, f"2001:d08:1:1::{number:x}")).status_code for number in range(4)
    ]
    assert statuses == [401, 401, 429, 429]
    assert (await from_address(api, "2001:d08:1:2::1")).status_code == 401
    mapped = [await from_address(api, host) for host in ("1.9.0.9", "::ffff:1.9.0.9", "1.9.0.9")]
    assert [answer.status_code for answer in mapped] == [401, 401, 429]


@pytest.mark.parametrize(
    ("header", "first", "second"),
    [
        ("X-Forwarded-For", "203.0.113.7:51234", "203.0.113.8:51234"),
        ("X-Forwarded-For", '"[2001:d08:1:1::1]:443"', "[2001:d08:1:2::1]:443"),
        ("Forwarded", "for=203.0.113.7:51234;proto=https", 'proto=https;FOR="203.0.113.8"'),
        ("Forwarded", 'for="[2001:d08:1:1::1]:443"', 'for=unknown, for="[2001:d08:1:2::1]"'),
    ],
)
async def test_strangers_behind_one_proxy_do_not_share_a_limit(
    shop: Shop, clock: time_machine.Traveller, header: str, first: str, second: str
) -> None:
    api = await shop.api(limits=LimitSettings(anonymous_per_minute=2))

    async def statuses(client: str) -> list[int]:
        return [(await api.get(A_READ, headers={header: client})).status_code for _ in range(3)]

    assert await statuses(first) == [401, 401, 429]
    assert await statuses(second) == [401, 401, 429]
    # Nor with those of whom the proxy says nothing that can be read, nor with the proxy itself.
    assert await statuses("for=_hidden" if header == "Forwarded" else "_hidden") == [401, 401, 429]
    assert (await api.get(A_READ)).status_code == 401


async def test_guesses_at_an_address_do_not_stop_a_key_that_is_in_use(
    shop: Shop, clock: time_machine.Traveller
) -> None:
    api = await shop.api(limits=LimitSettings(anonymous_per_minute=3))
    ann, bob = await shop.customer(), await shop.customer()
    assert (await from_address(api, "1.9.0.1", ann.token)).status_code == 200
    assert [(await from_address(api, "1.9.0.1", BAD_KEY)).status_code for _ in range(4)] == [
        *(401, 401, 401),
        429,
    ]
    assert (await from_address(api, "1.9.0.1", ann.token)).status_code == 200
    # A key that was not seen lately could be a guess: it is not even looked up.
    assert problem(await from_address(api, "1.9.0.1", bob.token)) == (429, "RATE_LIMITED")
    assert (await from_address(api, "1.9.0.2", bob.token)).status_code == 200


async def test_a_banned_user_s_requests_are_not_counted_against_anybody(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    await shop.services.identity.ban(ann.id, actor="test", reason="tests")
    answers = [await write(api, ann.token) for _ in range(12)]
    assert {problem(answer) for answer in answers} == {(403, "FORBIDDEN")}


async def test_a_key_is_counted_before_its_body_is_read(
    shop: Shop, clock: time_machine.Traveller
) -> None:
    api, ann = await shop.api(), await shop.customer()

    async def place(customer: Customer) -> httpx.Response:
        return await api.post("/api/v1/orders", content=b"{", headers=customer.headers)

    answers = [problem(await place(ann)) for _ in range(11)]
    assert answers == [(400, "BAD_REQUEST")] * 10 + [(429, "RATE_LIMITED")]


async def test_no_window_of_sixty_seconds_ever_holds_more_than_the_limit() -> None:
    """Random arrivals against a count by hand, which allows neither more nor less.

    After exactly sixty seconds a request is over, so that `Retry-After` is true to the dot.
    """
    dice, item, windows = random.Random(20_261_120), RateLimitItemPerMinute(7), ProcessWindows()
    passed: list[float] = []
    moment = NOON
    with time_machine.travel(moment, tick=False) as clock:
        for _ in range(3_000):
            moment += dice.choice((0, 0, 0, 0, 0, 0, 0.5, 3, 7, 31, 59.75, 60, 60.25))
            clock.move_to(moment)
            recent = [one for one in passed if one > moment - 60]
            verdict = await windows.hit(item, "read", "ann")
            assert verdict.allowed is (len(recent) < 7)
            if verdict.allowed:
                passed.append(moment)
    assert len(passed) > 1_000
