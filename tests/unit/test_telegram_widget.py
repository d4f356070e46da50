"""The login of Telegram's older widget, by vectors that aiogram confirmed."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from jiema_app.domain.identity.telegram_widget import WidgetLoginRefused, verify_widget_login

TOKEN = "123456789:AAE-test-token-not-real-0123456789abc"
SAID_AT = datetime.fromtimestamp(1767225600, UTC)

FULL = {
    "auth_date": "1767225600",
    "first_name": "Ada",
    "id": "424242",
    "last_name": "Lovelace",
    "photo_url": "https://t.me/i/userpic/320/ada.jpg",
    "username": "ada",
    "hash": "1fabe66f7a3a87a5b7070c74d2b566b561a559064ff022f8ec39a4d5f90bc0e6",
}
MINIMAL = {
    "auth_date": "1767225600",
    "first_name": "Ada",
    "id": "424242",
    "hash": "517d2cd7c0c7fbc10cc6cfd0a9478c381b100d86f3b7deb5560c3638c4cb7dd1",
}


def signed(**fields: str) -> list[tuple[str, str]]:
    checked = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hashlib.sha256(TOKEN.encode()).digest()
    return [*fields.items(), ("hash", hmac.new(key, checked.encode(), "sha256").hexdigest())]


@pytest.mark.parametrize("vector", [FULL, MINIMAL], ids=["full", "minimal"])
def test_the_published_vectors_hold(vector: dict[str, str]) -> None:
    login = verify_widget_login(list(vector.items()), TOKEN, SAID_AT)
    assert login.user_id == "424242"
    assert login.expires_at == SAID_AT + timedelta(seconds=360)


@pytest.mark.parametrize("seconds", [-60, 0, 300])
def test_a_login_of_now_holds(seconds: int) -> None:
    verify_widget_login(list(FULL.items()), TOKEN, SAID_AT + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-61, 301, 86_400])
def test_a_login_of_another_time_does_not(seconds: int) -> None:
    with pytest.raises(WidgetLoginRefused):
        verify_widget_login(list(FULL.items()), TOKEN, SAID_AT + timedelta(seconds=seconds))


@pytest.mark.parametrize("name", sorted(FULL))
def test_every_field_is_signed(name: str) -> None:
    changed = [(key, value + "0" if key == name else value) for key, value in FULL.items()]
    with pytest.raises(WidgetLoginRefused):
        verify_widget_login(changed, TOKEN, SAID_AT)
    with pytest.raises(WidgetLoginRefused):
        verify_widget_login([pair for pair in FULL.items() if pair[0] != name], TOKEN, SAID_AT)


@pytest.mark.parametrize(
    "fields",
    [
        [*FULL.items(), ("next", "/en")],
        [("id", "666"), *FULL.items()],
        [*FULL.items(), ("id", "666")],
        [(key, "é" if key == "hash" else value) for key, value in FULL.items()],
        [],
        signed(id="0", auth_date="1767225600"),
        signed(id="-5", auth_date="1767225600"),
        signed(id="٤٢", auth_date="1767225600"),
        signed(id="42", auth_date="9" * 18),
        signed(id="42", auth_date="soon"),
        signed(id="4" * 40, auth_date="1767225600"),
        signed(id="", auth_date=""),
    ],
)
def test_odd_statements_are_refused(fields: list[tuple[str, str]]) -> None:
    with pytest.raises(WidgetLoginRefused):
        verify_widget_login(fields, TOKEN, SAID_AT)


def test_a_name_of_several_lines_is_not_read_as_another_person() -> None:
    """What is signed is one text, which can be cut into fields in two ways."""
    name = "x\nid=999\nlast_name=y"
    own = dict(signed(auth_date="1767225600", first_name=name, id="424242"))
    cut = {"auth_date": own["auth_date"], "first_name": "x", "id": "999"}
    by_value = cut | {"last_name": "y\nid=424242", "hash": own["hash"]}
    by_name = cut | {"last_name=y\nid": "424242", "hash": own["hash"]}
    for fields in (own, by_value, by_name):
        with pytest.raises(WidgetLoginRefused):
            verify_widget_login(list(fields.items()), TOKEN, SAID_AT)


def test_another_bot_s_statement_is_refused() -> None:
    with pytest.raises(WidgetLoginRefused):
        verify_widget_login(list(FULL.items()), TOKEN + "x", SAID_AT)
