"""What strangers ask for pushes nothing out that others want."""

import asyncio
import time

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.errors import BadService
from jiema_app.serving.page_shelf import PageShelf
from jiema_app.serving.static_files import StaticFile, static_file
from jiema_app.site.pages.live_parts import LivePart
from tests.support.built_pages import page_server

TEXTS = {"browse": "<!--slot:list-->", "service/[slug]": "<!--slot:list-->"}
MANY = 1_000


async def test_made_up_addresses_and_a_walk_through_all_pages_leave_what_is_wanted() -> None:
    made: list[str] = []

    def make(_catalog: Catalog, locale: str, slug: str) -> LivePart:
        if slug.startswith("made-up"):
            raise BadService(slug)
        made.append(f"{locale}/{slug}")
        return LivePart(slots={"list": slug})

    pages = page_server(TEXTS, {"browse": make, "service/[slug]": make})
    wanted = ("/en/browse", "/en/service/telegram", "/de/service/telegram")
    for address in (*wanted, *wanted):
        assert isinstance(await pages.find(address), StaticFile)
    assert len(made) == len(wanted)
    made_up = (pages.find(f"/en/service/made-up-{number}") for number in range(MANY))
    assert set(await asyncio.gather(*made_up)) == {None}
    assert len(pages._shelf) == len(wanted)
    assert not pages._making
    for address in wanted:
        assert isinstance(await pages.find(address), StaticFile)
    assert len(made) == len(wanted)
    for number in range(MANY):
        assert await pages.find(f"/en/service/real-{number}") is not None
    assert len(pages._shelf) < MANY / 2
    made.clear()
    for address in wanted:
        assert isinstance(await pages.find(address), StaticFile)
    assert not made


async def test_a_walk_through_all_pages_takes_one_thread() -> None:
    """Or who walks takes all processors, and whoever needs a thread waits behind them."""
    at_once: list[int] = []
    now = 0

    def make(_catalog: Catalog, _locale: str, slug: str) -> LivePart:
        nonlocal now
        now += 1
        at_once.append(now)
        time.sleep(0.005)
        now -= 1
        return LivePart(slots={"list": slug})

    pages = page_server(TEXTS, {"service/[slug]": make})
    found = await asyncio.gather(*(pages.find(f"/en/service/{number}") for number in range(20)))
    assert all(isinstance(page, StaticFile) for page in found)
    assert max(at_once) == 1


def test_what_is_wanted_no_more_makes_place_for_what_is() -> None:
    shelf = PageShelf(new_max=2, wanted_max=2)
    page = static_file(b"page", "/page.html")
    for address in "abcd":
        shelf.keep(address, 1, page)
        assert shelf.take(address, 1) is page
    assert len(shelf) == 4
    shelf.keep("e", 1, page)
    assert len(shelf) == 4
    assert [shelf.take(address, 1) is None for address in "abcde"] == [True, *[False] * 4]
    assert shelf.take("e", 2) is None, "the catalogue has changed"


async def test_a_page_for_one_is_not_made_small() -> None:
    """Making it small takes longer than all the rest, and anybody may ask for any address."""
    pages = page_server({"order/[order_id]": "<!--slot:own-->" + "<p>page</p>" * 9_000})
    template = pages.find_template("/en/order/x")
    assert template is not None
    file = await pages.complete_for_one(*template, "")
    assert list(file.bodies) == ["identity"]
    assert file.pick("br, gzip") == ("identity", file.content)
