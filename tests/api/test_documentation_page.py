"""The API documentation as it is served: every example on it runs, in every language."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from jiema_app.processes.fingerprints import current_build
from jiema_app.settings import get_settings
from jiema_app.site.shop.api_docs.examples import EXAMPLES, Example
from tests.api.documents import ALTERNATIVE, COMMENT, ELLIPSIS, KEY, ORDER
from tests.api.test_documents import conforms
from tests.support.cluster import Cluster
from tests.support.live import WHOLE_SITE, LiveStack, live_stack
from tests.support.polling import PATIENCE_S, until_told
from tests.support.shop import Customer

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("documentation-page")]

LANGUAGES = ("curl", "python", "javascript")
NEEDS_A_CODE = {"order", "next-sms", "orders"}
RUNNERS = {
    "curl": ("bash", "-o", "pipefail", "-c"),
    "python": (sys.executable, "-c"),
    "javascript": (
        str(Path(sys.executable).with_name("node")),
        "--input-type=module",
        "--eval",
    ),
}
SHOWN: dict[str, str] = {
    "account": r"5000\n",
    "services": r".*telegram.*",
    "countries": r".*Malaysia.*|.*Russia.*",
    "prices": r".*priceCents.*",
    "new-order": r"c\w+ \+\d+\n",
    "order": r"RECEIVED .*\n",
    "cancel": r"CANCELLED\n",
    "next-sms": r"WAITING\n",
    "orders": r".*RECEIVED.*",
    "workflow": r"(enter this number: \+\d+\nRECEIVED )?\d{4,8}\n",
}
"""What the programs print."""


@pytest.fixture(scope="module")
def site(cluster: Cluster) -> Iterator[LiveStack]:
    """The whole site. Codes arrive at once, unless a test says otherwise."""
    assert current_build(get_settings().locales).exists(), "the pages are stale: make build"
    # Pages are found in the build of exactly these languages.
    languages = {"JIEMA_LOCALES": ",".join(get_settings().locales)}
    with live_stack(cluster, application=WHOLE_SITE, settings=languages) as stack:
        yield stack


@pytest.fixture(scope="module")
def documentation(site: LiveStack) -> str:
    answer = httpx.get(f"{site.origin}/en/api-docs", timeout=PATIENCE_S, trust_env=False)
    assert answer.status_code == 200
    return answer.text


def code_at(documentation: str, marks: str) -> str:
    """The text of the block of code with these attributes."""
    found = documentation.partition(marks)[2].partition("<code>")[2].partition("</code>")[0]
    assert found, marks
    return unescape(re.sub(r"<[^>]*>", "", found))


KNOWN = """
with known as (
    insert into route_figures (service_code, country_id, sample, received, median_s, p90_s)
    select distinct service_code, country_id, 143, 132, 12, 30 from offers
    where service_code = 'tg' on conflict do nothing returning 1
)
select pg_notify('catalog_changed', '') from known limit 1
"""


async def order_for(site: LiveStack, customer: Customer, example: Example) -> str:
    """An order as the example needs it; empty when it needs none."""
    codes_come = example.name != "cancel"
    async with site.supplier() as supplier:
        await supplier.behave(smsDelaySeconds=[0, 0] if codes_come else None, minCancelSeconds=0)
    if example.name not in NEEDS_A_CODE | {"cancel"}:
        return ""
    async with site.client(customer) as api:
        placed = await api.post("/api/v1/orders", json={"service": "tg", "country": 7})
        order = str(placed.json()["data"]["id"])
        if codes_come:
            arrived = await api.get(f"/api/v1/orders/{order}?wait=25")
            assert arrived.json()["data"]["status"] == "RECEIVED", arrived.text
    async with site.supplier() as supplier:
        # A further code could be there before the question for it is answered: ALREADY_CHANGED.
        await supplier.behave(smsDelaySeconds=None)
    return order


async def know_figures(site: LiveStack, customer: Customer) -> None:
    """Have routes known, so that what is printed of them is answered, too."""
    async with site.database() as database, database.connection() as connection:
        await connection.execute(KNOWN)

    async def are_known() -> bool:
        async with site.client(customer) as api:
            return "0.923" in (await api.get("/api/v1/prices?service=tg")).text

    await until_told(are_known)


def run(language: str, text: str) -> str:
    """What a program prints."""
    finished = subprocess.run(
        [*RUNNERS[language], text],
        env={**os.environ, "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def printed_answer(documentation: str, example: Example) -> Any:
    """The answer on the page without its comments and ellipses."""
    text = code_at(documentation, f'data-answer="{example.name}"')
    return json.loads(ALTERNATIVE.sub("", ELLIPSIS.sub("", COMMENT.sub("", text))))


def field_names(value: Any) -> set[str]:
    """The names of all fields in an answer."""
    if isinstance(value, list):
        return set().union(*map(field_names, value))
    if isinstance(value, dict):
        return set(value).union(*map(field_names, value.values()))
    return set()


def empty_fields(value: Any) -> set[str]:
    """Fields that the page prints as null: they are there, with or without a value."""
    if isinstance(value, list):
        return set().union(*map(empty_fields, value))
    if isinstance(value, dict):
        own = {name for name, inner in value.items() if inner is None}
        return own.union(*map(empty_fields, value.values()))
    return set()


def without_empty_fields(value: Any) -> Any:
    if isinstance(value, list):
        return [without_empty_fields(item) for item in value]
    if isinstance(value, dict):
        return {k: without_empty_fields(v) for k, v in value.items() if v is not None}
    return value


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
async def test_each_example_runs_as_it_is_printed(
    site: LiveStack, documentation: str, example: Example, language: str
) -> None:
    customer = await site.customer()
    order = await order_for(site, customer, example)
    if example.name == "prices":
        await know_figures(site, customer)
    text = code_at(documentation, f'data-sample="{language}" data-of="{example.name}"')
    output = run(language, ORDER.sub(order, KEY.sub(customer.token, text)))
    if language == "curl" and example.answer:
        printed, real = printed_answer(documentation, example), json.loads(output)
        assert empty_fields(printed) <= field_names(real)
        conforms("page", without_empty_fields(printed), real)
    else:
        assert re.fullmatch(SHOWN[example.name], output, re.DOTALL), output


def test_the_page_reads_the_same_without_scripts(documentation: str) -> None:
    assert documentation.index("Authentication") < documentation.index("Typical workflow")
    assert "<!--slot:" not in documentation
