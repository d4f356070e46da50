"""What Telegram pushes: kept before it is answered, and nothing learnt by who is not Telegram."""

import asyncio
from typing import Any

import httpx
import orjson
import pytest

from jiema_app.settings import Settings
from jiema_app.settings.telegram import TelegramSettings
from tests.support.shop import Shop

ADDRESS = "/webhooks/telegram"
HEADER = "X-Telegram-Bot-Api-Secret-Token"

COUNT = "select count(*) from telegram_updates"


def message(update_id: int, chat: int = 7, text: str = "/start") -> dict[str, Any]:
    chat_json = {"id": chat, "type": "private"}
    about = {"message_id": 1, "date": 1, "chat": chat_json, "from": {"id": chat}, "text": text}
    return {"update_id": update_id, "message": about}


def secret(shop: Shop) -> str:
    assert shop.services.telegram is not None
    return shop.services.telegram.webhook_secret


async def push(
    shop: Shop, api: httpx.AsyncClient, told: Any, shown: str | bytes | None = None
) -> httpx.Response:
    body = told if isinstance(told, bytes) else orjson.dumps(told)
    header = secret(shop) if shown is None else shown
    shown_as = header if isinstance(header, bytes) else header.encode()
    return await api.post(ADDRESS, content=body, headers={HEADER.encode(): shown_as})


async def test_an_update_is_kept_once_however_often_it_comes(shop: Shop) -> None:
    api = await shop.api()
    answers = await asyncio.gather(*(push(shop, api, message(5)) for _ in range(20)))
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, "ok")}
    row = await shop.fetchrow("select * from telegram_updates")
    assert (row["update_id"], row["chat_key"], row["handled_at"]) == (5, 7, None)
    assert row["payload"] == message(5)
    assert await shop.fetchval(COUNT) == 1


async def test_many_that_come_at_once_are_all_kept(shop: Shop) -> None:
    api = await shop.api()
    pushed = [message(number, chat=number % 7 + 1) for number in range(300)]
    answers = await asyncio.gather(*(push(shop, api, told) for told in pushed))
    assert {answer.status_code for answer in answers} == {200}
    assert await shop.fetchval(COUNT) == 300


@pytest.mark.parametrize("shown", ["", "wrong", "x" * 256, "ü".encode(), b"\xff\xfe"])
async def test_who_does_not_know_the_secret_finds_nothing_there(
    shop: Shop, shown: str | bytes
) -> None:
    api = await shop.api()
    refused = await push(shop, api, message(1), shown)
    unknown = await api.post("/webhooks/nothing", content=b"{}")
    assert refused.status_code == unknown.status_code == 404
    without = {"x-request-id", "date"}
    assert refused.json()["code"] == unknown.json()["code"]
    assert set(refused.headers) - without == set(unknown.headers) - without
    assert await shop.fetchval(COUNT) == 0


async def test_without_the_header_the_body_is_not_even_read(shop: Shop) -> None:
    api = await shop.api()
    assert (await api.post(ADDRESS, content=b"x" * 100_000)).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"{",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"update_id": 1}',
        b'{"update_id": 1, "poll_answer": {}}',
        b'{"update_id": -1, "message": {"chat": {"id": 1}}}',
        b'{"update_id": 1, "message": {"chat": {"id": 1}, "text": "\\ud800"}}',
        b'{"update_id": 1, "message": {"chat": {"id": 1}, "text": "\\u0000"}}',
        b'{"update_id": 1, "message": {"chat": {"id": 1}, "date": 1e999}}',
        b'{"a":' * 9_000,
    ],
)
async def test_what_is_no_update_of_ours_is_answered_and_forgotten(shop: Shop, body: bytes) -> None:
    api = await shop.api()
    assert (await push(shop, api, body)).status_code == 200
    assert await shop.fetchval(COUNT) == 0


async def test_what_cannot_be_stored_takes_nobody_with_it(shop: Shop) -> None:
    api = await shop.api()
    pushed = [message(number, text="\0" if number % 3 == 0 else "x") for number in range(9)]
    answers = await asyncio.gather(*(push(shop, api, told) for told in pushed))
    assert {answer.status_code for answer in answers} == {200}
    kept = await shop.fetchval("select array_agg(update_id order by 1) from telegram_updates")
    assert kept == [1, 2, 4, 5, 7, 8]


async def test_a_long_message_is_kept_and_a_longer_one_is_not_read(shop: Shop) -> None:
    api = await shop.api()
    assert (await push(shop, api, message(1, text="é" * 100_000))).status_code == 200
    assert (await push(shop, api, message(2, text="x" * 600_000))).status_code == 400
    assert await shop.fetchval(COUNT) == 1


async def test_while_the_database_refuses_telegram_is_told_to_come_again(shop: Shop) -> None:
    api = await shop.api()
    await shop.execute(
        "create function fail() returns trigger language plpgsql as $$ begin "
        "raise exception 'a test' using errcode = '57P01'; end $$;"
        "create trigger fail before insert on telegram_updates execute function fail()"
    )
    assert (await push(shop, api, message(1))).status_code == 500
    await shop.execute("drop trigger fail on telegram_updates")
    assert (await push(shop, api, message(1))).status_code == 200
    assert await shop.fetchval(COUNT) == 1


async def test_one_chat_cannot_fill_the_table(shop: Shop) -> None:
    api = await shop.api()
    for start in range(0, 400, 50):
        numbers = range(start, start + 50)
        await asyncio.gather(*(push(shop, api, message(number)) for number in numbers))
    assert (await push(shop, api, message(1_000, chat=8))).status_code == 200
    assert await shop.fetchval(f"{COUNT} where chat_key = 7") <= 400
    assert await shop.fetchval(f"{COUNT} where chat_key = 7") < 300
    assert await shop.fetchval(f"{COUNT} where chat_key = 8") == 1


class TestWherePollingIsSet:
    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(telegram=TelegramSettings(updates="polling"))

    async def test_nothing_is_taken_that_is_pushed(self, shop: Shop) -> None:
        api = await shop.api()
        assert (await push(shop, api, message(1))).status_code == 404
