"""Built pages, completed as they are served."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from jiema_app.domain.catalog.snapshot import Catalog, build_catalog
from jiema_app.domain.clock import SystemClock
from jiema_app.domain.errors import BadService
from jiema_app.serving.page_server import Moved
from jiema_app.serving.static_files import StaticFile
from jiema_app.site.pages.live_parts import LivePart, MovedTo
from tests.support.built_pages import page_server

TEXTS = {"browse": "<!--slot:list-->", "service/[slug]": "<!--slot:offers-->"}


def live_service(catalog: Catalog, locale: str, slug: str) -> LivePart:
    """Knows Telegram alone."""
    if slug.lower() != "telegram":
        raise BadService(slug)
    if slug != "telegram":
        raise MovedTo("telegram")
    return LivePart(
        slots={"offers": f"<p>{locale} {catalog.generated_at.isoformat()}</p>"},
        title="Tele & gram",
        description='All "numbers"',
        json_ld=({"@type": "Product", "name": "</script><script>evil()"},),
    )


def text_of(found: StaticFile | Moved | None) -> str:
    assert isinstance(found, StaticFile)
    return found.content.decode()


async def test_a_template_takes_on_its_address() -> None:
    pages = page_server(TEXTS, {"service/[slug]": live_service})
    html = text_of(await pages.find("/en/service/telegram"))

    assert "<title>Tele &amp; gram</title>" in html
    assert 'name="description" content="All &quot;numbers&quot;"' in html
    assert 'rel="canonical" href="https://shop.example/en/service/telegram"' in html
    assert 'hreflang="x-default" href="https://shop.example/en/service/telegram"' in html
    assert '<a href="/de/service/telegram">' in html
    assert "slot:" not in html


async def test_a_template_may_lie_below_another_page() -> None:
    pages = page_server({"account/topup": "all", "account/topup/[id]": "one"})
    assert "</a>all" in text_of(await pages.find("/en/account/topup"))
    html = text_of(await pages.find("/en/account/topup/c1"))
    assert '<a href="/de/account/topup/_">de</a>one' in html
    for address in ("/en/account/c1", "/en/account/topup/", "/en/account/topup/a/b", "/en/a"):
        assert await pages.find(address) is None


async def test_structured_data_cannot_end_its_script() -> None:
    pages = page_server(TEXTS, {"service/[slug]": live_service})
    html = text_of(await pages.find("/en/service/telegram"))
    assert "</script><script>evil" not in html


@pytest.mark.parametrize(
    "address",
    ["/en/service/nope", "/en/service", "/en/service/a/b", "/xx/browse", "/en/nope", "/service/x"],
)
async def test_what_does_not_exist_is_not_found(address: str) -> None:
    pages = page_server(TEXTS, {"service/[slug]": live_service})
    assert await pages.find(address) is None


async def test_another_spelling_leads_to_the_one_address() -> None:
    pages = page_server(TEXTS, {"service/[slug]": live_service})
    assert await pages.find("/de/service/TELEGRAM") == Moved("/de/service/telegram")


async def test_a_page_is_completed_once_for_each_state_of_the_catalogue() -> None:
    now = SystemClock().now()
    held = [build_catalog(now)]
    calls = 0

    def count(_catalog: Catalog, _locale: str, _part: str) -> LivePart:
        nonlocal calls
        calls += 1
        return LivePart(slots={"list": f"<p>{calls}</p>"})

    pages = page_server(TEXTS, {"browse": count}, lambda: held[0])
    assert "<p>1</p>" in text_of(await pages.find("/en/browse"))
    assert "<p>1</p>" in text_of(await pages.find("/en/browse"))
    held[0] = replace(held[0], generated_at=now + timedelta(seconds=1))
    assert "<p>2</p>" in text_of(await pages.find("/en/browse"))


async def test_a_page_that_could_not_be_completed_is_tried_again() -> None:
    troubles = [RuntimeError("first time")]

    def fragile(_catalog: Catalog, _locale: str, _part: str) -> LivePart:
        if troubles:
            raise troubles.pop()
        return LivePart(slots={"list": "<p>whole</p>"})

    pages = page_server(TEXTS, {"browse": fragile})
    with pytest.raises(RuntimeError):
        await pages.find("/en/browse")
    assert "<p>whole</p>" in text_of(await pages.find("/en/browse"))


async def test_the_policy_covers_the_scripts_of_the_page_and_nothing_else() -> None:
    file = await page_server(TEXTS).find("/en/browse")
    html = text_of(file)
    assert isinstance(file, StaticFile)
    policy = dict(file.headers)[b"content-security-policy"].decode()
    run = re.findall(r"<script>|<script type=\"(?:speculationrules|text/plain)\"", html)
    assert policy.count("'sha256-") == len(run)
    assert "unsafe-eval" not in policy
    assert '<script type="module" src="/js/shop.js?v=' in html


async def test_a_page_asks_for_its_scripts_once_it_is_drawn() -> None:
    html = text_of(await page_server(TEXTS).find("/en/browse"))
    assert '<link rel="modulepreload"' not in html
    assert 'type="module" async' not in html
    boot = re.search(r'data-boot="([^"]*)">([^<]*)<', html)
    assert boot is not None
    assert boot.groups() == ("[&quot;/assets/app.js&quot;]", 'import "/assets/app.js";')


async def test_a_page_of_one_language_is_known_in_no_other() -> None:
    texts = {"admin": "<ul><!--slot:languages--></ul>", "browse": "<ul><!--slot:languages--></ul>"}
    pages = page_server(texts, locales={"admin": ("de",)})
    html = text_of(await pages.find("/de/admin"))
    assert re.findall(r'data-locale="(\w+)" href="([^"]+)"', html) == [("de", "/de/admin")]
    assert 'hreflang="de"' in html
    assert 'hreflang="en"' not in html
    assert 'hreflang="x-default" href="https://shop.example/de/admin"' in html
    assert await pages.find("/en/admin") is None
    both = text_of(await pages.find("/en/browse"))
    assert re.findall(r'data-locale="(\w+)"', both) == ["en", "de"]
    assert re.findall(r'aria-current="true"[^>]+data-locale="(\w+)"', both) == ["en"]


async def test_links_to_other_languages_lead_to_the_same_thing() -> None:
    texts = {"service/[slug]": "<ul><!--slot:languages--></ul><!--slot:offers-->"}
    pages = page_server(texts, {"service/[slug]": live_service})
    html = text_of(await pages.find("/en/service/telegram"))
    assert 'data-locale="de" href="/de/service/telegram"' in html
