"""Whatever Telegram, or somebody with a client of their own, may send."""

import string
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiema_app.bot.dispatch import COMMANDS, PRESSES
from jiema_app.bot.incoming import read_update
from jiema_app.bot.presses import press_data, read_press
from jiema_app.domain.telegram.calls import CALLBACK_MAX
from jiema_app.domain.telegram.updates import KINDS
from tests.support.phone import Phone
from tests.support.shop import Shop

JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["message", "chat", "from", "id", "type", "text", "date", "data", "is_bot", "query"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(st.sampled_from(KINDS), st.dictionaries(st.text(max_size=10), JSON, max_size=8))
def test_an_update_of_any_shape_is_read_or_is_none(kind: str, about: dict[str, Any]) -> None:
    read_update(1, kind, about, "jiema_my_bot")


@given(
    st.sampled_from(["message", "callback_query", "inline_query", "my_chat_member"]),
    JSON,
    JSON,
    JSON,
    JSON,
)
def test_an_update_of_nearly_the_right_shape_likewise(
    kind: str, person: Any, chat: Any, text: Any, message: Any
) -> None:
    about = {
        "id": "1",
        "message_id": 1,
        "date": 1,
        "from": person,
        "chat": chat,
        "text": text,
        "data": text,
        "query": text,
        "offset": "",
        "chat_instance": "1",
        "message": message,
        "old_chat_member": message,
        "new_chat_member": message,
    }
    read_update(1, kind, about, "jiema_my_bot")


@given(st.text(max_size=100))
def test_what_a_button_carries_is_read_or_is_none(data: str) -> None:
    pressed = read_press(data)
    if pressed is not None:
        assert press_data(pressed.word, *pressed.values) == data


def test_every_button_that_is_made_can_be_read() -> None:
    longest = press_data("y", "a" * 10, 10**4, 10**6, 2**40)
    assert len(longest) <= CALLBACK_MAX
    assert read_press(longest) is not None
    assert read_press("") is None
    assert read_press("0:b") is None
    assert read_press("1:") is None
    assert read_press("1:b:" + "x" * 60) is None


@pytest.mark.parametrize("word", sorted(PRESSES))
async def test_a_button_with_made_up_values_is_answered_and_breaks_nothing(
    ada: Phone, word: str
) -> None:
    for values in ("", ":", ":x:y:z", ":-1:9999999999", ":c000000000000000000000000", ":tg:7:99:1"):
        before = len(ada.answers)
        await ada.press_data(f"1:{word}{values}", ada.last)
        assert len(ada.answers) == before + 1


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(string.printable, max_size=64))
def test_unknown_buttons_are_told_to_be_old(data: str) -> None:
    pressed = read_press(data)
    assert pressed is None or pressed.word not in {"", None}


async def test_an_old_button_is_answered_kindly(ada: Phone) -> None:
    for data in ("0:b", "1:zzz", "buy|telegram", "💥", ""):
        await ada.press_data(data, ada.last)
        assert "too old" in ada.answers[-1]["text"]


@pytest.mark.parametrize("command", sorted(COMMANDS))
async def test_a_command_with_anything_behind_it_breaks_nothing(ada: Phone, command: str) -> None:
    for words in ("", "x" * 4000, "<b>&", "\u202e\u0000", "😀" * 1000, "-1", "' or 1=1 --"):
        await ada.say(f"/{command} {words}")
        assert ada.last.text


async def test_what_is_not_said_in_the_private_chat_is_passed_over(ada: Phone) -> None:
    seen = len(ada.chat)
    group = {"id": -100, "type": "supergroup", "title": "x"}
    someone = ada.person
    odd: list[tuple[str, dict[str, Any]]] = [
        ("message", ada.message(text="/start", chat=group)),
        ("edited_message", ada.message(text="/start")),
        ("message", ada.message(text="/start", **{"from": someone | {"is_bot": True}})),
        ("message", {k: v for k, v in ada.message(text="/start").items() if k != "from"}),
        ("message", ada.message(text="x", via_bot={"id": 1, "is_bot": True, "first_name": "b"})),
        ("message", ada.message(text="/start", chat={"id": 700, "type": "channel"})),
        ("callback_query", {"id": "1", "from": someone, "chat_instance": "1", "data": "1:b"}),
        ("my_chat_member", {"chat": group, "from": someone, "date": 1}),
    ]
    for kind, about in odd:
        await ada.tell(kind, about)
    assert len(ada.chat) == seen


async def test_somebody_who_floods_is_not_answered_for_a_while(ada: Phone) -> None:
    seen = len(ada.chat)
    for _ in range(100):
        await ada.tell("message", ada.message(text="/help"), look=False)
    await ada.look()
    assert len(ada.chat) - seen < 35


async def test_presses_of_support_s_buttons_and_edits_count_as_well(shop: Shop, ada: Phone) -> None:
    await ada.say("/support")
    queued = "select count(*) from deliveries"
    before = await shop.fetchval(queued)
    for _ in range(100):
        await ada.tell("callback_query", ada._press("1:support:done", ada.last), look=False)
        await ada.tell("edited_message", ada.message(text="x", edit_date=2), look=False)
    assert await shop.fetchval(queued) - before < 40


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
async def test_the_bot_leaves_rooms_that_are_not_ours(shop: Shop, ada: Phone, kind: str) -> None:
    bot = shop.settings.bot
    assert bot is not None
    assert bot.channel is not None
    ours: list[dict[str, Any]] = [
        {"id": bot.support_chat},
        {"id": -9, "username": bot.channel[1:].upper()},
    ]

    async def put(who: int, room: dict[str, Any], status: str = "member") -> None:
        about = {
            "chat": {"type": kind, **room},
            "from": {"id": who, "is_bot": False, "first_name": "x"},
            "new_chat_member": {"status": status, "user": {"id": 1}},
        }
        await ada.tell("my_chat_member", about, look=False)

    for room in ours:
        await put(ada.id, room)
    await put(ada.id, {"id": -5}, "left")
    await put(ada.id, {"id": -5}, "kicked")
    leaving = "select payload->>'method' from deliveries where kind = 'telegram.call' and id > $1"
    newest = await shop.fetchval("select max(id) from deliveries")
    assert await shop.fetchval(leaving, newest) is None
    await put(ada.id, {"id": -5})
    assert await shop.fetchval(leaving, newest) == "leaveChat"


async def test_the_bot_stays_where_an_administrator_has_put_it(shop: Shop, ada: Phone) -> None:
    await shop.execute("update users set role = 'admin'")
    newest = await shop.fetchval("select max(id) from deliveries")
    about = {
        "chat": {"type": "group", "id": -5},
        "from": ada.person,
        "new_chat_member": {"status": "member", "user": {"id": 1}},
    }
    await ada.tell("my_chat_member", about, look=False)
    assert await shop.fetchval("select max(id) from deliveries") == newest
