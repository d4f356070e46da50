"""What Telegram's answers come to, and what is never said of a call: its token."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import orjson
import pytest
from telegram.error import TelegramError

from jiema_app.domain.notifications.transport import (
    Gone,
    MessageGone,
    Moved,
    NotModified,
    NotSent,
    Outcome,
    Refused,
    RetryAfter,
    Sent,
    ThreadGone,
    TooLate,
    Unknown,
)
from jiema_app.domain.telegram import calls
from jiema_app.integrations.telegram import request as requests
from jiema_app.integrations.telegram.api import BotApi, open_bot
from jiema_app.integrations.telegram.transport import TelegramTransport
from jiema_app.observability.cleaning import hide_in_text
from jiema_app.settings import SANDBOX_BOT_TOKEN, BotAccount, Settings
from tests.support.ports import free_port

Answer = Callable[[httpx.Request], httpx.Response]


def account(api_url: str = "http://telegram.test") -> BotAccount:
    found = Settings().bot
    assert found is not None
    return BotAccount(**{
        **{name: getattr(found, name) for name in BotAccount.__dataclass_fields__},
        "api_url": api_url,
    })  # fmt: skip


@asynccontextmanager
async def answering(answer: Answer) -> AsyncIterator[BotApi]:
    async with open_bot(account(), httpx.MockTransport(answer)) as api:
        yield api


def telling(status: int, told: object) -> Answer:
    content = told if isinstance(told, bytes) else orjson.dumps(told)
    return lambda _request: httpx.Response(status, content=content)


def raising(error: Exception) -> Answer:
    def answer(_request: httpx.Request) -> httpx.Response:
        raise error

    return answer


def no(status: int, description: str, **parameters: object) -> Answer:
    told: dict[str, object] = {"ok": False, "error_code": status, "description": description}
    return telling(status, told | ({"parameters": parameters} if parameters else {}))


async def outcome_of(
    answer: Answer, call: calls.TelegramCall | None = None, message_id: int | None = None
) -> Outcome:
    async with answering(answer) as api:
        transport = TelegramTransport(api)
        return await transport.send(call or calls.text("Hello"), "7", message_id)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (no(400, "Bad Request: message is not modified: specified new message"), NotModified()),
        (no(400, "Bad Request: chat not found"), Gone("not_found")),
        (no(403, "Forbidden: bot was blocked by the user"), Gone("blocked")),
        (no(403, "Forbidden: user is deactivated"), Gone("deactivated")),
        (no(403, "Forbidden: bot was kicked from the supergroup chat"), Gone("blocked")),
        (no(400, "Bad Request: message thread not found"), ThreadGone()),
        (no(400, "Bad Request: TOPIC_DELETED"), ThreadGone()),
        (no(400, "Bad Request: message to edit not found"), MessageGone()),
        (no(400, "Bad Request: message to delete not found"), NotModified()),
        (no(400, "upgraded", migrate_to_chat_id=-1001), Moved("-1001")),
        (no(400, "upgraded", migrate_to_chat_id=7), Refused("moved nowhere")),
        (no(429, "Too Many Requests: retry after 7", retry_after=7), RetryAfter(7.0)),
        (no(429, "Too Many Requests"), RetryAfter(5.0)),
        (no(429, "x", retry_after="²"), RetryAfter(5.0)),
        (no(429, "x", retry_after=90_000), RetryAfter(86_400.0)),
        (no(400, 'Bad Request: can\'t parse entities: "a secret" at 5'), Refused("entities")),
        (no(400, "Bad Request: BUTTON_DATA_INVALID"), Refused("button_data_invalid")),
        (no(400, "Bad Request: something that quotes 12345"), Refused("status 400")),
        (no(400, "Bad Request: query is too old and response timeout expired"), TooLate()),
        (no(401, "Unauthorized"), NotSent("token refused", is_unreachable=True)),
        (no(404, "Not Found"), NotSent("token refused", is_unreachable=True)),
        (no(500, "Internal Server Error"), NotSent("server trouble")),
        (telling(502, b"<html>"), NotSent("server trouble")),
        (telling(403, b"<html>a proxy of somebody</html>"), NotSent("server trouble")),
        (telling(200, b"<html>"), Unknown("answer lost")),
        (telling(200, b"[]"), Unknown("answer lost")),
        (telling(200, b'{"ok":true,"result":' + b"[" * 100_000), Unknown("answer lost")),
        (raising(httpx.ConnectError("x")), NotSent("not delivered", is_unreachable=True)),
        (raising(httpx.ConnectTimeout("x")), NotSent("not delivered", is_unreachable=True)),
        (raising(httpx.ReadTimeout("x")), Unknown("answer lost")),
        (raising(httpx.ReadError("x")), Unknown("answer lost")),
        (raising(httpx.WriteError("x")), Unknown("answer lost")),
        (raising(httpx.RemoteProtocolError("x")), Unknown("answer lost")),
    ],
)
async def test_what_an_answer_comes_to(answer: Answer, outcome: Outcome) -> None:
    assert await outcome_of(answer) == outcome


@pytest.mark.parametrize("number", [2**63, 2**53, 0, -1, True, "5"])
async def test_what_is_no_number_of_a_message_is_not_taken_for_one(number: object) -> None:
    result = {"message_id": number}
    assert await outcome_of(telling(200, {"ok": True, "result": result})) == Sent(None, result)


@pytest.mark.parametrize(
    "call",
    [
        calls.edit_text(5, "Hello"),
        calls.answer_callback("1"),
        calls.delete_message(5),
    ],
)
async def test_what_may_be_repeated_is_never_unknown(call: calls.TelegramCall) -> None:
    assert await outcome_of(raising(httpx.ReadTimeout("x")), call) == NotSent("answer lost")


@pytest.mark.parametrize("call", [calls.copy_message(-100, 5), calls.create_topic("Ann")])
async def test_a_chat_that_is_not_found_is_perhaps_not_the_recipient(
    call: calls.TelegramCall,
) -> None:
    assert await outcome_of(no(400, "Bad Request: chat not found"), call) == Refused(
        "chat not found"
    )
    kicked = no(403, "Forbidden: bot was kicked from the supergroup chat")
    assert await outcome_of(kicked, call) == Gone("blocked")


async def test_what_was_sent_before_is_edited_without_what_only_a_new_message_takes() -> None:
    seen: list[tuple[str, bytes]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((request.url.path.rpartition("/")[2], request.content))
        return httpx.Response(200, json={"ok": True, "result": {"message_id": 9}})

    call = calls.text("Hello", silent=True, thread=3, reply_to=4)
    assert await outcome_of(answer, call) == Sent(9, {"message_id": 9})
    assert await outcome_of(answer, call, message_id=9) == Sent(9, {"message_id": 9})
    [(first, sent), (second, edited)] = seen
    assert (first, second) == ("sendMessage", "editMessageText")
    assert b"message_thread_id" in sent
    assert b"message_id=9" in edited
    for name in (b"message_thread_id", b"reply_parameters", b"disable_notification"):
        assert name not in edited


async def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.read()
        finally:
            writer.close()

    monkeypatch.setattr(requests, "CALL_S", 0.3)
    port = free_port()
    server = await asyncio.start_server(hang, "127.0.0.1", port)
    async with server, open_bot(account(f"http://127.0.0.1:{port}")) as api:
        outcome = await TelegramTransport(api).send(calls.text("Hello"), "7", None)
        assert outcome == Unknown("answer lost")
        assert not await TelegramTransport(api).answers()
    async with open_bot(account(f"http://127.0.0.1:{free_port()}")) as api:
        outcome = await TelegramTransport(api).send(calls.text("Hello"), "7", None)
    assert outcome == NotSent("not delivered", is_unreachable=True)


@pytest.mark.parametrize(
    "answer",
    [
        telling(200, {"ok": True, "result": {"message_id": 1}}),
        telling(200, b"<html>"),
        no(400, "Bad Request: x"),
        no(401, "Unauthorized"),
        raising(httpx.ReadTimeout("x")),
        raising(httpx.ConnectError("x")),
    ],
)
async def test_the_token_and_the_words_are_in_no_log_and_no_error(
    answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = SANDBOX_BOT_TOKEN.partition(":")[2]
    async with answering(answer) as api:
        said = f"{api!r} {api}"
        try:
            await api.call("sendMessage", {"chat_id": 7, "text": "a code 12345"})
        except TelegramError as error:
            said += f"{error!r} {error} {error.__cause__!r} {error.__context__!r}"
    assert secret not in said + caplog.text
    assert "12345" not in said + caplog.text


def test_a_token_in_an_address_would_be_hidden_all_the_same() -> None:
    line = f"POST https://api.telegram.org/bot{SANDBOX_BOT_TOKEN}/sendMessage"
    assert SANDBOX_BOT_TOKEN.partition(":")[2] not in hide_in_text(line)
