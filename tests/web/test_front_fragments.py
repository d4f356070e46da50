"""What the server writes into the home page, the sign-in page and the API documentation."""

import re
from html import unescape

import pytest

from api_routes.auth import sign_in_results
from api_routes.v1.responses import STATUS_BY_CODE
from jiema_app.domain import errors
from jiema_app.domain.catalog.snapshot import build_catalog
from jiema_app.domain.clock import SystemClock
from jiema_app.settings import GoogleSettings, Settings, get_settings
from jiema_app.site.live_registry import LIVE_PARTS
from jiema_app.site.shop.api_docs.examples import EXAMPLES
from jiema_app.site.shop.api_docs.live import api_docs_part, paint, prose
from jiema_app.site.shop.home.live import home_part, questions
from jiema_app.site.shop.login.live import ways_in

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


def text_of(html: str) -> str:
    """What is read, tags left out, blanks joined."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


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
    assert f"next-sms) {limits.writes_per_minute} requests a minute" in words
    assert f"orders) {limits.reads_per_minute}." in words
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


def test_structured_data_of_the_home_page_say_what_the_page_says() -> None:
    live = home_part(EMPTY, "en", "")
    kinds = {document["@type"]: document for document in live.json_ld}
    assert set(kinds) == {"Organization", "WebSite", "FAQPage"}
    assert all(document["@context"] == "https://schema.org" for document in live.json_ld)
    action = kinds["WebSite"]["potentialAction"]
    address = action["target"]["urlTemplate"]
    assert address == f"{get_settings().origin}/en/browse?q={{search_term_string}}"
    assert action["query-input"] == "required name=search_term_string"
    assert kinds["WebSite"]["publisher"]["@id"] == kinds["Organization"]["@id"]
    shown = text_of(live.slots["questions"])
    asked = [
        (entry["name"], entry["acceptedAnswer"]["text"]) for entry in kinds["FAQPage"]["mainEntity"]
    ]
    assert tuple(asked) == questions("en")
    for question, answer in asked:
        assert question in shown
        assert answer in shown


def test_signing_in_offers_what_the_settings_offer() -> None:
    both = ways_in("de", Settings())
    assert 'href="/api/auth/google?next=/de/browse"' in both
    assert 'href="/api/auth/telegram?next=/de/browse"' in both
    assert "This is the sandbox" in both


def test_a_provider_that_is_switched_off_has_no_button() -> None:
    settings = Settings().model_copy(update={"env": "production", "google": GoogleSettings()})
    html = ways_in("en", settings)
    assert "/api/auth/" not in html
    assert "sandbox" not in html.lower()


def test_every_outcome_of_signing_in_is_explained() -> None:
    names = {
        value
        for name, value in vars(sign_in_results).items()
        if name.isupper() and name != "NO_STORE"
    }
    html = ways_in("en", Settings())
    assert set(re.findall(r'hidden data-outcome="(\w+)"', html)) == {
        name for name in names if isinstance(name, str)
    }


@pytest.mark.parametrize("path", ["", "login", "api-docs"])
def test_no_supplier_is_named(path: str) -> None:
    live = LIVE_PARTS[path](EMPTY, "en", "")
    assert BRANDS.search("".join(live.slots.values()) + str(live.json_ld)) is None
