"""What makes the shop an app: drawings, manifest, service worker."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from jiema_app.domain.catalog.seed import load_countries
from jiema_app.processes.fingerprints import current_build
from jiema_app.settings import get_settings
from jiema_app.site.design.artwork import flag_path, service_icon_path, service_icons
from tests.e2e.connection import open_and_connect
from tests.e2e.stack import Stack

# Evaluated and not waited for: waiting would compile code, which the pages' policy may forbid.
REGISTER = """async () => {
  const taken = new Promise((done) => (navigator.serviceWorker.oncontrollerchange = done));
  await navigator.serviceWorker.register("/sw.js");
  if (!navigator.serviceWorker.controller) await taken;
}"""
KEPT = """async (wanted) => {
  for (let tries = 0; tries < 600; tries++) {
    const open = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    const requests = (await Promise.all(open.map((cache) => cache.keys()))).flat();
    const paths = requests.map((request) => new URL(request.url).pathname);
    if (paths.some((path) => path.startsWith(wanted))) return paths;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`the worker keeps nothing at ${wanted}`);
}"""
"""What the worker keeps, once that holds something at a path."""


@pytest.fixture(scope="module")
def build() -> Path:
    return current_build(get_settings().locales)


def address_of(path: str, build: Path) -> Path:
    return build / path.partition("?")[0].lstrip("/")


def test_the_build_holds_every_drawing_of_the_catalogue(build: Path) -> None:
    for slug in service_icons():
        path = service_icon_path(slug)
        assert path is not None
        svg = address_of(path, build).read_text(encoding="utf-8")
        assert svg.startswith("<svg "), slug
        assert "href" not in svg
    for country in load_countries():
        svg = address_of(flag_path(country.iso2), build).read_text(encoding="utf-8")
        assert "<svg " in svg, country.iso2
        assert not re.search(r'href="(?!#)', svg), country.iso2
    folders = [*build.glob("icons/**/*"), *build.glob("flags/*")]
    # The web process holds them in memory.
    assert sum(file.stat().st_size for file in folders if file.is_file()) < 2_000_000


def test_pages_name_no_drawing_that_the_build_lacks(build: Path) -> None:
    named = {
        address
        for page in build.glob("**/*.html")
        for address in re.findall(r"/(?:icons|flags|app)/[\w/.-]+", page.read_text("utf-8"))
    }
    assert "/app/apple-touch-icon.png" in named
    assert [address for address in named if not (build / address.lstrip("/")).is_file()] == []


def test_a_drawing_is_kept_forever(stack: Stack) -> None:
    path = service_icon_path("telegram")
    assert path is not None
    answer = stack.ask(path)
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "immutable" in answer.headers["cache-control"]


def test_no_answer_may_be_read_by_another_origin(stack: Stack) -> None:
    headers = {"origin": "https://evil.example", "access-control-request-method": "GET"}
    for path in ("/en", "/sw.js", "/api/v1/openapi.json", "/api/v1/account", "/ping"):
        for method in ("GET", "OPTIONS"):
            answer = stack.ask(path, method, headers=headers)
            assert "access-control-allow-origin" not in answer.headers, (method, path)


def test_the_browser_finds_nothing_wrong_with_the_manifest(page: Page) -> None:
    page.goto("/ar")
    session = page.context.new_cdp_session(page)
    manifest = session.send("Page.getAppManifest")
    assert manifest["url"].endswith("/ar/manifest.webmanifest")
    assert manifest["errors"] == []
    for icon in json.loads(manifest["data"])["icons"]:
        assert page.request.get(icon["src"]).status == 200
    reasons = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A test's browser profile is a private one, and from those nothing is installed.
    assert {reason["errorId"] for reason in reasons} <= {"in-incognito"}


def test_a_page_that_is_live_still_names_one_manifest(page: Page) -> None:
    open_and_connect(page, "/ar")  # then React has taken the page over
    link = page.locator('link[rel="manifest"]')
    expect(link).to_have_count(1)
    expect(link).to_have_attribute("href", "/ar/manifest.webmanifest")


def test_a_page_in_the_reader_s_language_says_that_there_is_no_network(
    context: BrowserContext, stack: Stack
) -> None:
    page = context.new_page()
    page.goto("/ar")
    page.evaluate(REGISTER)
    page.goto("/ar")
    page.evaluate(KEPT, "/offline/ar")

    context.set_offline(offline=True)
    page.goto("/ar/order/c123")
    expect(page.get_by_role("heading")).to_have_text("أنت غير متصل بالإنترنت")
    assert page.url == f"{stack.origin}/ar/order/c123"
    page.goto("/zh")
    expect(page.get_by_role("heading")).to_have_text("You're offline")

    context.set_offline(offline=False)
    page.get_by_role("link", name="Try again").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("You're offline")


def test_the_worker_keeps_no_page_and_no_answer_of_the_api(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/en")
    page.evaluate(REGISTER)
    page.goto("/en")
    page.evaluate("fetch('/api/v1/openapi.json?v=1').then((answer) => answer.text())")

    kept = page.evaluate(KEPT, "/assets/")
    lasting = ("/assets/", "/js/", "/icons/", "/flags/", "/offline/")
    assert [path for path in kept if not path.startswith(lasting)] == []
