"""The list of steps at which processes are killed is complete: it is found in the code."""

import ast
from pathlib import Path

from tests.chaos.payouts_points import NOT_PROVOKED, Role, points_of, steps
from tests.support.persisted_steps import (
    BROADCAST,
    JOURNAL,
    NO_STEP,
    OF_OTHER_PAYOUTS,
    WRITES,
    find_steps,
    find_writes,
)
from tests.support.processes import ROOT
from tests.support.watched_database import Phase

FOLDERS = ("signer", "jiema_app/domain/payouts", "jiema_app/domain/withdrawals")


def test_somebody_is_killed_at_every_step_that_is_kept() -> None:
    assert steps() | set(NOT_PROVOKED) == {*find_steps(), JOURNAL, BROADCAST}


def test_what_is_left_out_is_there_and_has_a_reason() -> None:
    left_out = {**NO_STEP, **OF_OTHER_PAYOUTS}
    assert set(left_out) <= set(find_writes())
    assert not set(NO_STEP) & set(OF_OTHER_PAYOUTS)
    assert all({**left_out, **NOT_PROVOKED}.values())


def test_every_step_is_killed_before_and_after_it_is_stored() -> None:
    for role in Role:
        points = points_of(role)
        assert len(points) == len(set(points))
        before = {one.split()[1] for one in points if one.endswith(Phase.BEFORE)}
        stored = {one.split()[1] for one in points if one.endswith(Phase.STORED)}
        assert before == stored
    assert len([one for role in Role for one in points_of(role)]) > 70


def statements_outside_of_constants(file: Path) -> list[str]:
    """Texts with SQL that writes, which are no part of a constant of their module."""
    tree = ast.parse(file.read_text())
    named = {
        id(part)
        for one in tree.body
        if isinstance(one, (ast.Assign, ast.AnnAssign)) and one.value is not None
        for part in ast.walk(one.value)
    }
    described = {
        id(one.body[0].value)
        for one in ast.walk(tree)
        if isinstance(one, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and one.body
        and isinstance(one.body[0], ast.Expr)
    }
    return [
        one.value
        for one in ast.walk(tree)
        if isinstance(one, ast.Constant)
        and isinstance(one.value, str)
        and WRITES.search(one.value)
        and id(one) not in named | described
    ]


def test_no_statement_that_writes_is_hidden_from_the_list() -> None:
    hidden = {
        str(file.relative_to(ROOT)): found
        for folder in FOLDERS
        for file in sorted((ROOT / folder).rglob("*.py"))
        if (found := statements_outside_of_constants(file))
    }
    assert hidden == {}
