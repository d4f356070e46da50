"""What strangers ask for pushes nothing out that others want."""

import asyncio
import random
import threading
import time
from collections.abc import Callable

from jiema_app.domain.catalog.snapshot import Catalog, build_catalog
from jiema_app.domain.clock import SystemClock
from jiema_app.domain.errors import BadService
from jiema_app.serving.asked import AGED_AFTER, MOST, Asked
from jiema_app.serving.page_server import PageServer, Reader
from jiema_app.serving.page_shelf import ENTRY_BYTES, NEW_BYTES, WANTED_BYTES, PageShelf
from jiema_app.serving.segments import Segment
from jiema_app.serving.static_files import StaticFile, page_file
from jiema_app.site.pages.live_parts import LiveMaker, LivePart
from tests.support.built_pages import page_server
from tests.support.polling import until

TEXTS = {"browse": "<!--slot:list-->", "service/[slug]": "<!--slot:list-->"}
MANY = 1_000
LARGE = 20_000
BROWSER = Reader("gzip, deflate, br, zstd")


def noise(seed: str) -> str:
    return random.Random(seed).randbytes(LARGE // 2).hex()


def pages_of(make: LiveMaker, catalog: Callable[[], Catalog] | None = None) -> PageServer:
    return page_server(TEXTS, {"browse": make, "service/[slug]": make}, catalog)


async def test_made_up_addresses_and_a_walk_through_all_pages_leave_what_is_wanted() -> None:
    made: list[str] = []

    def make(_catalog: Catalog, locale: str, slug: str) -> LivePart:
        if slug.startswith("made-up"):
            raise BadService(slug)
        made.append(f"{locale}/{slug}")
        return LivePart(slots={"list": noise(slug)})

    pages = pages_of(make)
    wanted = ("/en/browse", "/en/service/telegram", "/de/service/telegram")
    for address in (*wanted, *wanted):
        assert isinstance(await pages.find(address, BROWSER), StaticFile)
    assert len(made) == len(wanted)
    made_up = (pages.find(f"/en/service/made-up-{number}") for number in range(MANY))
    assert set(await asyncio.gather(*made_up)) == {None}
    assert len(pages._shelf) == len(wanted)
    assert not pages._under_way
    for address in wanted:
        assert isinstance(await pages.find(address, BROWSER), StaticFile)
    assert len(made) == len(wanted)
    for number in range(MANY):
        assert await pages.find(f"/en/service/real-{number}", BROWSER) is not None
    assert pages._shelf.weight <= NEW_BYTES + WANTED_BYTES
    assert len(pages._shelf) < MANY
    made.clear()
    for address in wanted:
        assert isinstance(await pages.find(address, BROWSER), StaticFile)
    assert not made


async def test_a_dozen_robots_that_read_everything_push_out_nothing_that_buyers_read() -> None:
    """Robots ask for each page as often as there are robots; buyers for some of them all day."""
    shelf = PageShelf(new_bytes=20 * LARGE, wanted_bytes=60 * LARGE)
    chance = random.Random(1)
    popular = [f"popular-{number}" for number in range(30)]
    every = [*popular, *(f"page-{number}" for number in range(MANY))]
    asked = found = 0
    for _robot in range(12):
        for address in chance.sample(every, len(every)):
            _read(shelf, address)
            if chance.random() < 0.2:
                asked += 1
                found += _read(shelf, chance.choice(popular))
    assert found / asked > 0.9


def _read(shelf: PageShelf, address: str) -> bool:
    """Ask for a page, and keep it if it was not there."""
    if shelf.take(address, 1) is not None:
        return True
    shelf.keep(address, 1, page_file([Segment(bytes(LARGE - ENTRY_BYTES))], b""))
    return False


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

    pages = pages_of(make)
    found = await asyncio.gather(*(pages.find(f"/en/service/{number}") for number in range(20)))
    assert all(isinstance(page, StaticFile) for page in found)
    assert max(at_once) == 1


async def test_what_many_want_is_made_before_what_a_walk_asks_for() -> None:
    order: list[str] = []
    held = [build_catalog(SystemClock().now())]
    all_have_asked = threading.Event()
    all_have_asked.set()

    def make(_catalog: Catalog, _locale: str, slug: str) -> LivePart:
        all_have_asked.wait()
        order.append(slug)
        return LivePart(slots={"list": noise(slug)})

    pages = pages_of(make, lambda: held[0])
    for _ in range(3):
        await pages.find("/en/service/wanted", BROWSER)
    for number in range(2 * NEW_BYTES // LARGE):
        await pages.find(f"/en/service/first-{number}", BROWSER)
    assert pages._shelf.is_wanted("/en/service/wanted")
    order.clear()
    held[0] = build_catalog(SystemClock().now())
    all_have_asked.clear()
    walk = [f"/en/service/second-{number}" for number in range(20)]
    asking = [
        asyncio.create_task(pages.find(each, BROWSER)) for each in (*walk, "/en/service/wanted")
    ]
    maker = pages._maker
    try:
        # The thread has taken one of them, and waits.
        await until(lambda: len(maker._first) + len(maker._rest) == len(walk))
    finally:
        all_have_asked.set()
    await asyncio.gather(*asking)
    assert order.index("wanted") <= 2, "the first of the walk may have begun"


async def test_a_page_is_made_small_once_for_each_coding_and_drawn_once() -> None:
    drawn: list[str] = []

    def make(_catalog: Catalog, _locale: str, slug: str) -> LivePart:
        drawn.append(slug)
        return LivePart(slots={"list": "<p>row</p>" * 5_000})

    pages = pages_of(make)
    address = "/en/service/telegram"
    first = await asyncio.gather(*(pages.find(address, BROWSER) for _ in range(10)))
    for file in first:
        assert isinstance(file, StaticFile)
        assert set(file.bodies) == {"gzip"}, "what takes least, for who may never come again"
    again = await asyncio.gather(*(pages.find(address, BROWSER) for _ in range(10)))
    plain = await pages.find(address)
    assert isinstance(plain, StaticFile)
    for file in again:
        assert isinstance(file, StaticFile)
        assert file.coding_for(BROWSER.accept_encoding) == "br"
        assert file.bodies is plain.bodies
    assert set(plain.bodies) == {"br", "gzip"}
    assert pages._shelf.weight == plain.weight + ENTRY_BYTES
    assert drawn == ["telegram"]


async def test_who_has_a_page_is_told_so_without_making_it_small() -> None:
    def make(_catalog: Catalog, _locale: str, slug: str) -> LivePart:
        return LivePart(slots={"list": slug})

    first = await pages_of(make).find("/en/browse", BROWSER)
    assert isinstance(first, StaticFile)
    has = Reader(BROWSER.accept_encoding, first.etag.decode())
    again = await pages_of(make).find("/en/browse", has)
    assert isinstance(again, StaticFile)
    assert (again.etag, set(again.bodies)) == (first.etag, {"identity"})


async def test_a_page_that_a_new_catalogue_leaves_as_it_was_keeps_its_forms() -> None:
    held = [build_catalog(SystemClock().now())]

    def make(_catalog: Catalog, _locale: str, slug: str) -> LivePart:
        return LivePart(slots={"list": slug})

    pages = pages_of(make, lambda: held[0])
    first = await pages.find("/en/browse", BROWSER)
    held[0] = build_catalog(SystemClock().now())
    assert await pages.find("/en/browse", BROWSER) is first


def test_a_page_that_grew_makes_room_for_itself() -> None:
    shelf = PageShelf(new_bytes=2 * LARGE, wanted_bytes=2 * LARGE)
    for number in range(6):
        _read(shelf, str(number))
    grown = shelf.take("5", 1)
    assert grown is not None
    grown.bodies["br"] = bytes(LARGE)
    shelf.weigh("5")
    assert shelf.weight <= 4 * LARGE


def test_a_page_larger_than_all_room_is_not_kept() -> None:
    shelf = PageShelf(new_bytes=LARGE // 2, wanted_bytes=LARGE // 2)
    _read(shelf, "large")
    assert (len(shelf), shelf.weight) == (0, 0)


def test_what_was_made_from_something_else_is_not_given_out() -> None:
    shelf = PageShelf()
    page = page_file([Segment(b"page")], b"")
    shelf.keep("a", 1, page)
    assert shelf.take("a", 2) is None
    assert shelf.take("a", 1) is page
    assert shelf.last("a") is page


def test_counts_are_bounded_and_grow_old() -> None:
    asked = Asked()
    for _ in range(MOST + 50):
        asked.note("often")
    assert asked.count("often") == MOST
    for number in range(AGED_AFTER):
        asked.note(str(number))
    assert asked.count("often") < MOST
    assert asked.count("never") <= 3


async def test_a_page_for_one_is_not_made_small() -> None:
    """Making it small takes longer than all the rest, and anybody may ask for any address."""
    pages = page_server({"order/[order_id]": "<!--slot:own-->" + "<p>page</p>" * 9_000})
    template = pages.find_built("/en/order/x")
    assert template is not None
    file = await pages.complete_for_one(*template, "", None)
    assert list(file.bodies) == ["identity"]
    assert file.pick("br, gzip") == ("identity", file.content)
    assert len(pages._shelf) == 0
