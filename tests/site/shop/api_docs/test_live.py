"""What the server writes into the home page, the sign-in page and the API documentation."""

import re
from html import unescape

import pytest

from api_routes.v1.responses import STATUS_BY_CODE
from jiema_app.domain import errors
from jiema_app.domain.catalog.snapshot import build_catalog
from jiema_app.domain.clock import SystemClock
from jiema_app.settings import get_settings
from jiema_app.site.live_registry import LIVE_PARTS
from jiema_app.site.shop.api_docs.examples import EXAMPLES
from jiema_app.site.shop.api_docs.live import api_docs_part, paint, prose
from tests.support.catalogs import text_of

EMPTY = build_catalog(SystemClock().now())
BRANDS = re.compile(r"\bhero|sms-?_?activate|handler_?api|grizzly|smshub", re.IGNORECASE)
CONTENTS = (
    "Authentication",
    "Errors & rate limits",
    "GET /v1/account",
    "GET /v1/services",
    "GET /v1/countries",
    "GET /v1/prices",
    "POST /v1/orders",
    "GET /v1/orders/:id",
    "POST /v1/orders/:id/cancel",
    "POST /v1/orders/:id/next-sms",
    "GET /v1/orders",
    "Typical workflow",
)


@pytest.fixture
def docs() -> str:
    return api_docs_part(EMPTY, "en", "").slots["documentation"]


def test_the_documentation_has_the_published_contents_in_their_order(docs: str) -> None:
    listed = re.findall(r'<li><a href="#([\w-]+)"[^>]*>(.*?)</a></li>', docs, re.DOTALL)
    assert tuple(text_of(title) for _, title in listed) == CONTENTS
    headings = re.findall(r'<h2 id="([\w-]+)"', docs)
    assert [anchor for anchor, _ in listed] == headings[1:-1]


def test_the_documentation_names_every_error_with_its_status(docs: str) -> None:
    codes = {
        kind.code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.DomainError) and hasattr(kind, "code")
    } | {"INTERNAL"}
    table = docs.partition("<table")[2].partition("</table>")[0].replace("<wbr>", "")
    rows = re.findall(r"<tr>\s*<td[^>]*>(\d+)</td>\s*<td[^>]*><code[^>]*>(\w+)</code>", table)
    documented = {code: int(status) for status, code in rows}
    assert documented == {code: STATUS_BY_CODE.get(code, 400) for code in codes}


def test_every_example_stands_in_the_documentation_in_three_languages(docs: str) -> None:
    for example in EXAMPLES:
        for language, _, text in example.requests(get_settings().origin):
            marks = f'data-sample="{language}" data-of="{example.name}"'
            shown = docs.partition(marks)[2].partition("<code>")[2].partition("</code>")[0]
            assert unescape(re.sub(r"<[^>]*>", "", shown)) == text


def test_the_documentation_says_the_limits_that_hold(docs: str) -> None:
    limits = get_settings().limits
    words = text_of(docs)
    assert f"next-sms) allow {limits.writes_per_minute} requests per minute" in words
    assert f"orders) allow {limits.reads_per_minute}." in words
    assert f"up to {limits.api_keys} active keys" in words


def test_code_is_painted_without_changing_it() -> None:
    code = "curl http://x/api \\\n  -d '{ \"a\": 1 }' # <done>"
    painted = paint(code)
    assert unescape(re.sub(r"<span[^>]*>|</span>", "", painted)) == code
    assert "<done>" not in painted


def test_prose_shows_code_and_escapes_the_rest() -> None:
    html = prose("a <b> `GET /x` at `/account`", {"/account": "/en/account"})
    assert html.startswith('a &lt;b&gt; <code dir="ltr">GET /x</code> at <a ')
    assert 'href="/en/account"' in html


@pytest.mark.parametrize("path", ["", "login", "api-docs"])
def test_no_supplier_is_named(path: str) -> None:
    live = LIVE_PARTS[path](EMPTY, "en", "")
    assert BRANDS.search("".join(live.slots.values()) + str(live.json_ld)) is None
