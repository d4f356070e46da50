"""The published documents hold: every command in them runs, every answer is as printed."""

import json
import os
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from jiema_app.domain import errors
from tests.api.documents import DOCUMENTS, FOLDER, Example, error_codes, examples
from tests.support.live import LiveStack
from tests.support.polling import PATIENCE_S
from tests.support.shop import Customer

EXAMPLES = tuple(examples())

TEXT_WHERE_A_NUMBER_IS_PRINTED = {("000", "chargedCents")}
"""One document prints a number where the three others print text "to preserve precision"."""

BARE_LIST = {("000", 0)}
"""One pipeline reads ``data`` as a list, where three documents print ``data.items``: the
caller adds one parameter."""


@pytest.fixture(scope="module")
def curl_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A curl that also tells the status, on standard error, so that commands stay as printed."""
    folder = tmp_path_factory.mktemp("curl")
    (folder / ".curlrc").write_text('silent\nshow-error\nwrite-out = "%{stderr}%{http_code}"\n')
    return folder


def run(command: str, curl_folder: Path) -> tuple[int, Any]:
    """Status and JSON output of a command in a shell, as a developer pastes it."""
    finished = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env={**os.environ, "CURL_HOME": str(curl_folder), "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert finished.returncode == 0, finished.stderr + finished.stdout
    return int(finished.stderr[-3:]), json.loads(finished.stdout)


async def order_to_ask_about(live: LiveStack, customer: Customer, example: Example) -> str:
    """An order for which the example's answer can be true; empty when it names none."""
    if not example.is_about_an_order and "limit=" not in example.command:
        return ""
    async with live.client(customer) as api, live.supplier() as supplier:
        placed = await api.post("/api/v1/orders", json={"service": "tg", "country": 7})
        order = placed.json()["data"]
        if "/cancel" not in example.command:
            sent = await supplier.sms(order["phone"], "Your verification code is 123456")
            sent.raise_for_status()
            arrived = await api.get(f"/api/v1/orders/{order['id']}?wait=25")
            assert arrived.json()["data"]["status"] == "RECEIVED", arrived.text
    return str(order["id"])


def conforms(document: str, printed: Any, real: Any, place: str = "") -> None:
    """Every printed field is there, with the printed type; the real answer may hold more."""
    name = place.rpartition(".")[2]
    if isinstance(printed, dict):
        assert isinstance(real, dict), place
        for field, value in printed.items():
            assert field in real, f"{place}.{field} is missing"
            conforms(document, value, real[field], f"{place}.{field}")
    elif isinstance(printed, list):
        assert isinstance(real, list), place
        assert real, f"{place} is empty"
        for item in real:
            conforms(document, printed[0], item, f"{place}[]")
    elif name == "nextCursor":
        assert real is None or isinstance(real, str)
    elif name == "minCostUsd":
        assert real is None or isinstance(real, int | float)
    elif (document, name) in TEXT_WHERE_A_NUMBER_IS_PRINTED:
        assert isinstance(real, str)
        assert real.isdigit()
    else:
        assert type(real) is type(printed), f"{place}: {real!r} where {printed!r} is printed"
        if name in {"status", "service", "ok"}:
            assert real == printed, place
        if name.endswith("At"):
            assert datetime.fromisoformat(real).utcoffset() is not None


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.label)
async def test_each_example_runs_and_answers_as_printed(
    live: LiveStack, example: Example, curl_folder: Path
) -> None:
    customer = await live.customer()
    order_id = await order_to_ask_about(live, customer, example)
    command = example.runnable(live.origin, customer.token, order_id)
    if (example.document, example.number) in BARE_LIST:
        command = command.replace("/services", "/services?shape=array")
    status, output = run(command, curl_folder)
    assert status == 200
    if "| jq" in example.command:
        filtered = example.command.partition("| jq")[2]
        for field in ("code", "name", "minCostUsd", "totalCount", "status", "smsBody", "phone"):
            if field in filtered.partition("| {")[2]:
                assert output[field] is not None, field
        if "/orders/" in command:
            # Asked once more without the filter, to see the whole answer.
            status, output = run(command.partition("\\\n  | jq")[0], curl_folder)
    if example.answer is not None:
        conforms(example.document, example.answer, output)


def test_all_thirty_examples_are_found() -> None:
    """Three in the site reference, nine in each language of the API documentation."""
    counted = [
        sum(example.document == f"00{number}" for example in EXAMPLES) for number in range(4)
    ]
    assert counted == [3, 9, 9, 9]
    assert sum(example.answer is not None for example in EXAMPLES) == 29
    assert len(list(FOLDER.glob("*.txt"))) == 4


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem[:3])
def test_each_documented_error_code_has_its_documented_status(path: Path) -> None:
    status_by_code = {
        kind.code: kind.status
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.DomainError) and hasattr(kind, "code")
    } | {"INTERNAL": 500}
    documented = list(error_codes(path))
    assert len(documented) >= 8
    for status, code in documented:
        assert status_by_code[code] == status, code


def test_the_tools_of_the_examples_are_installed() -> None:
    assert shutil.which("curl")
    assert shutil.which("jq")
