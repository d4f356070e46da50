"""What a browser may have a state do: Reflex offers it every public method there is."""

from collections.abc import Iterator

import pytest
import reflex as rx

# Imports every page, and with it every state.
from jiema_app.site import registry  # noqa: F401

OF_EVERY_STATE = {"load", "setvar"}
"""``setvar`` is Reflex's own, and sets nothing: our states have no setters."""

OFFERED = {
    "AccountState": {"choose_language", "rename"},
    "ApiKeysState": {"create", "put_away", "revoke"},
    "ComponentsPage": {"begin"},
    "HomeRoutes": {"star"},
    "InviteState": set(),
    "MiniApp": {"arrive", "enter"},
    "MiniService": {"look_for"},
    "MiniSettings": {"choose_hours", "choose_kind"},
    "MiniWithdraw": {
        "ask",
        "cancel",
        "choose_source",
        "go_back",
        "go_on",
        "stop_asking",
        "type_address",
        "type_amount",
    },
    "OrderPage": {"ask_next", "cancel", "finish", "look_again", "star"},
    "OrdersPage": {"search"},
    "RechargePage": {"cancel", "look", "look_again"},
    "Session": {"put_away"},
    "SessionsState": {"sign_out"},
    "StatementState": set(),
    "TogetherPage": {"cancel_waiting", "look_again"},
    "TopUpState": set(),
    "WithdrawState": {
        "cancel",
        "choose_source",
        "confirm",
        "go_back",
        "go_on",
        "type_address",
        "type_amount",
    },
}


def ours(state: type[rx.state.BaseState]) -> Iterator[type[rx.state.BaseState]]:
    """The states of our pages, which are below this one."""
    for one in state.get_substates():
        if one.__module__.startswith("jiema_app."):
            yield one
        yield from ours(one)


STATES = {one.__name__: one for one in ours(rx.State)}


def test_the_states_of_all_pages_are_known() -> None:
    assert STATES.keys() == OFFERED.keys()


@pytest.mark.parametrize("name", OFFERED)
def test_a_page_may_call_what_is_meant_for_it_and_nothing_else(name: str) -> None:
    handlers = set(STATES[name].event_handlers)
    assert handlers - OF_EVERY_STATE == OFFERED[name]
