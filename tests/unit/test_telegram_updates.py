"""Reading what Telegram tells us. It may be anything."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiema_app.domain.telegram.updates import read_update, update_in

MESSAGE = {"message_id": 1, "chat": {"id": -5, "type": "supergroup"}, "from": {"id": 7}}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("kind", "about", "chat_key"),
    [
        ("message", MESSAGE, -5),
        ("edited_message", MESSAGE, -5),
        ("callback_query", {"id": "1", "from": {"id": 7}, "message": MESSAGE}, -5),
        ("callback_query", {"id": "1", "from": {"id": 7}, "inline_message_id": "x"}, 7),
        ("inline_query", {"id": "1", "from": {"id": 7}, "query": "telegram"}, 7),
        ("my_chat_member", {"chat": {"id": 7}, "from": {"id": 7}}, 7),
    ],
)
def test_updates_are_kept_in_order_by_chat_or_by_person(
    kind: str, about: dict[str, object], chat_key: int
) -> None:
    update = read_update(orjson.dumps({"update_id": 10, kind: about}))
    assert update is not None
    assert (update.update_id, update.kind, update.chat_key) == (10, kind, chat_key)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b'{"update_id": 1}',
        b'{"update_id": true, "message": {"chat": {"id": 1}}}',
        b'{"update_id": -1, "message": {"chat": {"id": 1}}}',
        b'{"update_id": 1e3, "message": {"chat": {"id": 1}}}',
        b'{"update_id": 99999999999999999999, "message": {"chat": {"id": 1}}}',
        b'{"update_id": 1, "message": {"chat": {"id": "1"}}}',
        b'{"update_id": 1, "message": {"chat": []}}',
        b'{"update_id": 1, "message": {}}',
        b'{"update_id": 1, "callback_query": {"message": 5}}',
        b'{"update_id": 1, "poll": {"id": "1"}}',
        b'{"update_id": 1, "channel_post": {"chat": {"id": -1}}}',
        b"[" * 10_000,
    ],
)
def test_what_is_no_update_of_ours_is_none(body: bytes) -> None:
    assert read_update(body) is None


def test_of_a_press_in_a_private_chat_nothing_is_kept_that_its_message_says() -> None:
    said = {"text": "18.00 USDT", "entities": [{"type": "bold", "offset": 0, "length": 5}]}
    message = {"message_id": 3, "date": 1, "edit_date": 2, "chat": {"id": 7, "type": "private"}}
    press = {"id": "1", "from": {"id": 7}, "data": "1:wy:c"}
    told = {"update_id": 10, "callback_query": press | {"message": message | said}}
    update = update_in(told)
    assert update is not None
    assert update.payload == {"update_id": 10, "callback_query": press | {"message": message}}
    in_a_group = {**message, **said, "chat": {"id": -7, "type": "supergroup"}}
    told = {"update_id": 10, "callback_query": press | {"message": in_a_group}}
    update = update_in(told)
    assert update is not None
    assert update.payload == told


@given(st.dictionaries(st.sampled_from(["update_id", "message", "callback_query"]), JSON))
def test_anything_may_come(told: dict[str, object]) -> None:
    update_in(told)
