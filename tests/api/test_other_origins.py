"""Every address of the whole site, asked from a page of another origin in every way."""

from collections.abc import Iterator

import httpx
import pytest

from api_routes.app import create_api
from jiema_app.processes.fingerprints import current_build
from jiema_app.settings import get_settings
from tests.support.cluster import Cluster
from tests.support.live import WHOLE_SITE, live_stack
from tests.support.polling import PATIENCE_S

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("other-origins")]

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, x-api-key",
    "Access-Control-Request-Private-Network": "true",
}
ORIGINS = ("https://elsewhere.test", "null")

BESIDE_THE_API = ("/", "/en", "/en/api-docs", "/en/account", "/en/nope", "/nope", "/manifest.webmanifest", "/sw.js",
                  "/ping", "/ping/", "/_health", "/_upload", "/_upload/x", "/_event", "/_event/?EIO=4&transport=polling",
                  "/_all_routes", "/v1", "/v1/account", "/v1/nope")  # fmt: skip
UNKNOWN_TO_THE_API = ("/api", "/api/", "/api/nope", "/api/v1", "/api/v1/", "/api/v1/nope", "/api/v2/account",
                      "/api/auth/nope", "/api/shop/nope", "/webhooks", "/webhooks/nope")  # fmt: skip


@pytest.fixture(scope="module")
def site(cluster: Cluster) -> Iterator[httpx.Client]:
    """The whole site, with limits out of the way."""
    languages = get_settings().locales
    assert current_build(languages).exists(), "the pages are stale: make build"
    settings = {
        "JIEMA_LOCALES": ",".join(languages),
        "LIMIT_ANONYMOUS_PER_MINUTE": "100000",
        "LIMIT_SIGN_INS_PER_MINUTE": "100000",
    }
    with (
        live_stack(cluster, workers=0, application=WHOLE_SITE, settings=settings) as stack,
        httpx.Client(base_url=stack.origin, timeout=PATIENCE_S, trust_env=False) as client,
    ):
        yield client


def addresses() -> list[str]:
    """Of every route that programs know, and of what Reflex and we answer beside them."""
    api = create_api(get_settings())
    routes = {getattr(route, "path", "") for route in api.router.routes}
    filled = {path.replace("{", "x-").replace("}", "") for path in routes if path}
    return sorted({*filled, *BESIDE_THE_API, *UNKNOWN_TO_THE_API})


def is_envelope(answer: httpx.Response) -> bool:
    if answer.headers["content-type"] != "application/json":
        return False
    body = answer.json()
    return body["ok"] is False and {"ok", "code", "message", "requestId"} <= set(body)


@pytest.mark.parametrize("origin", ORIGINS)
def test_no_answer_is_for_pages_of_other_origins(site: httpx.Client, origin: str) -> None:
    speaking, plain = [], []
    for address in addresses():
        for method in METHODS:
            for more in ({}, PREFLIGHT) if method in {"OPTIONS", "GET"} else ({},):
                answer = site.request(method, address, headers={"Origin": origin, **more})
                place = f"{method} {address} {answer.status_code}"
                if any(name.startswith("access-control-") for name in answer.headers):
                    speaking.append(place)
                is_refusal = address.startswith("/api") and answer.status_code >= 400
                if is_refusal and method != "HEAD" and not is_envelope(answer):
                    plain.append(f"{place} {answer.text[:60]}")
    assert speaking == []
    assert plain == []


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/api/auth/session", 401, "AUTH_MISSING"),
        ("/api/v1/account", 401, "AUTH_MISSING"),
        ("/api/nope", 404, "NOT_FOUND"),
    ],
)
def test_who_asks_from_elsewhere_is_told_what_everybody_is_told(
    site: httpx.Client, address: str, status: int, code: str
) -> None:
    answers = [site.get(address, headers=more) for more in ({}, {"Origin": ORIGINS[0]})]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    own, foreign = ({name for name in answer.headers if name != "date"} for answer in answers)
    assert own == foreign


def test_a_preflight_is_refused_as_any_method_that_is_not_offered(site: httpx.Client) -> None:
    headers = {"Origin": ORIGINS[0], **PREFLIGHT}
    for address, allowed in (
        ("/api/auth/session", "GET, HEAD"),
        ("/api/shop/orders", "POST"),
        ("/api/v1/openapi.json", "GET, HEAD"),
        ("/healthz", "GET, HEAD"),
    ):
        answer = site.options(address, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (405, "BAD_REQUEST"), address
        assert answer.headers["allow"] == allowed


def test_no_answer_leads_to_the_host_that_a_request_names(site: httpx.Client) -> None:
    astray = []
    for address in (*addresses(), "/ping/", "/_health//", "/en/"):
        for method in ("GET", "POST"):
            answer = site.request(method, address, headers={"Host": "elsewhere.test"})
            if "elsewhere.test" in answer.headers.get("location", ""):
                astray.append(f"{method} {address} {answer.status_code}")
    assert astray == []
