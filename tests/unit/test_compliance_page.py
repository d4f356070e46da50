"""What the page on compliance says of each action is what the code does."""

import re
from pathlib import Path
from typing import Final

from jiema_app.domain.compliance.actions import OF_BANNED, OF_BLOCKED_PLACES, OF_UNSOLD, Action

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "compliance.md"

TOLD: Final = {
    "look around": {Action.LOOK_AROUND},
    "sign in": {Action.SIGN_IN},
    "sign out": {Action.SIGN_OUT},
    "read one's own": {Action.READ_OWN},
    "change name": {Action.CHANGE_PROFILE},
    "buy a number": {Action.BUY},
    "ask for a further code": {Action.NEXT_SMS},
    "cancel an order, finish it": {Action.CANCEL_ORDER, Action.FINISH_ORDER},
    "open a top-up, say that one has paid": {Action.TOP_UP, Action.CLAIM_PAYMENT},
    "cancel a top-up": {Action.CANCEL_TOP_UP},
    "say something about a payment": {Action.EXPLAIN_PAYMENT},
    "move commission": {Action.MOVE_COMMISSION},
    "ask to be paid out": {Action.WITHDRAW},
    "take back a withdrawal": {Action.CANCEL_WITHDRAWAL},
    "report abuse": {Action.REPORT_ABUSE},
    "make an API key": {Action.NEW_KEY},
    "revoke a key": {Action.REVOKE_KEY},
}
"""By how a row begins, what it speaks of."""


def rows() -> list[tuple[set[Action], list[str]]]:
    """The page's table of actions: of what a row speaks, and its other cells."""
    text = PAGE.read_text(encoding="utf-8")
    lines = text.partition("| Action (")[2].partition("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [
        (next(of for begins, of in TOLD.items() if first.startswith(begins)), others)
        for first, *others in cells
    ]


def test_every_action_is_told_once() -> None:
    told = [action for actions, _ in rows() for action in actions]
    assert sorted(told) == sorted(set(Action) - {Action.UNKNOWN})


def test_who_is_refused_what_is_told_as_it_is() -> None:
    wrong = [
        (action, column, cell)
        for actions, cells in rows()
        for column, (cell, may) in enumerate(
            zip(cells, (OF_BLOCKED_PLACES, OF_BANNED, OF_UNSOLD), strict=True)
        )
        for action in actions
        if (re.match(r"no\b(?!t)", cell) is None) != (action in may)
    ]
    assert wrong == []


def test_what_exists_is_not_said_to_be_missing() -> None:
    assert not re.search(r"topping up[^.]*when (it|they) exist", PAGE.read_text(encoding="utf-8"))
