"""Telling open pages that something changed."""

import asyncio
from dataclasses import dataclass, field

from jiema_app.site.states.live_pages import LANES, LivePages, Watch
from tests.support.polling import until


class Order:
    """Stands for a state class."""


class Visitor:
    """Stands for another."""


@dataclass
class Pages:
    """Browsers that are connected, and what they were told."""

    connected: set[str]
    refreshed: list[Watch] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    kept: list[Watch] = field(default_factory=list)

    async def is_connected(self, token: str) -> bool:
        return token in self.connected

    async def keep(self, watch: Watch) -> None:
        if watch.token in self.broken:
            raise RuntimeError("this page cannot be reached")
        self.kept.append(watch)

    async def refresh(self, watch: Watch) -> None:
        if watch.token in self.broken:
            raise RuntimeError("this page cannot be reached")
        self.refreshed.append(watch)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_only_those_who_watch_are_told() -> None:
    pages = Pages({"ann", "bob"})
    live = LivePages(pages)
    live.watch({"order:1"}, "ann", Order)
    live.watch({"order:2"}, "bob", Order)
    live.announce("order:1")
    await settle()
    assert pages.refreshed == [Watch("ann", Order)]


async def test_a_page_that_moves_on_is_no_longer_told() -> None:
    pages = Pages({"ann"})
    live = LivePages(pages)
    live.watch({"order:1"}, "ann", Order)
    live.watch({"order:2"}, "ann", Order)
    live.announce("order:1")
    await settle()
    assert pages.refreshed == []


async def test_two_states_of_one_page_watch_apart() -> None:
    pages = Pages({"ann"})
    live = LivePages(pages)
    live.watch({"user:a"}, "ann", Visitor)
    live.watch({"order:1"}, "ann", Order)
    live.announce("user:a")
    await settle()
    assert pages.refreshed == [Watch("ann", Visitor)]


async def test_closed_pages_are_forgotten() -> None:
    pages = Pages(set())
    live = LivePages(pages)
    live.watch({"order:1"}, "ann", Order)
    live.announce("order:1")
    await settle()
    assert (pages.refreshed, len(live)) == ([], 0)


async def test_one_page_s_trouble_does_not_keep_the_news_from_others() -> None:
    pages = Pages({"ann", "bob"}, broken={"ann"})
    live = LivePages(pages)
    live.watch({"order:1"}, "ann", Order)
    live.watch({"order:1"}, "bob", Order)
    live.announce("order:1")
    await settle()
    assert pages.refreshed == [Watch("bob", Order)]


async def test_after_a_gap_everybody_looks_again_once() -> None:
    pages = Pages({"ann"})
    live = LivePages(pages)
    live.watch({"order:1", "order:2", "user:a"}, "ann", Order)
    live.announce_all()
    await settle()
    assert pages.refreshed == [Watch("ann", Order)]


async def test_an_open_page_on_which_nothing_happens_stays_its_visitor_s() -> None:
    pages = Pages({"ann", "bob"}, broken={"bob"})
    live = LivePages(pages)
    for name in ("bob", "ann", "eve"):
        live.watch({"order:1"}, name, Order)
    await live.tidy()
    assert (pages.kept, len(live)) == ([Watch("ann", Order)], 2)


class SlowPages(Pages):
    """Take a moment each, and know how many did so at once."""

    at_once = most = 0

    async def refresh(self, watch: Watch) -> None:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(0.001)
        self.at_once -= 1
        await super().refresh(watch)


async def test_many_pages_of_one_visitor_are_told_in_turn_and_of_much_news_once_more() -> None:
    tabs = [f"tab {number}" for number in range(40)]
    pages = SlowPages({*tabs, "bob"})
    live = LivePages(pages)
    for tab in tabs:
        live.watch({"user:a"}, tab, Visitor)
    live.watch({"user:b"}, "bob", Visitor)
    for _ in range(30):
        live.announce("user:a")
        await asyncio.sleep(0)
    live.announce("user:b")
    await asyncio.sleep(0.003)
    assert Watch("bob", Visitor) in pages.refreshed  # nobody waits behind another's pages
    await until(lambda: not live._due)
    assert pages.most <= LANES + 1
    assert {watch.token for watch in pages.refreshed} == {*tabs, "bob"}
    assert len(pages.refreshed) <= len(tabs) + LANES * 30 + 1
    pages.refreshed.clear()
    live.announce("user:a")
    await until(lambda: not live._due and not live._lanes)
    assert len(pages.refreshed) == len(tabs)


async def test_many_things_on_many_pages_of_one_visitor_change_at_once() -> None:
    tabs = [f"tab {number}" for number in range(40)]
    pages = SlowPages({*tabs, "bob"})
    live = LivePages(pages)
    orders = [f"order:{number}" for number in range(25)]
    for tab in tabs:
        live.watch({*orders, "user:a"}, tab, Order)
    live.watch({"order:b", "user:b"}, "bob", Order)
    for order in orders:
        live.announce(order)
    live.announce("order:b")
    await asyncio.sleep(0.003)
    assert Watch("bob", Order) in pages.refreshed
    await until(lambda: not live._due)
    assert pages.most <= LANES + 1
    assert len(pages.refreshed) == len(tabs) + 1  # each once, and not for each order
    assert not live._lanes


async def test_after_a_gap_not_everybody_looks_at_once() -> None:
    tabs = [f"tab {number}" for number in range(40)]
    pages = SlowPages(set(tabs))
    live = LivePages(pages)
    for tab in tabs:
        live.watch({f"user:{tab}"}, tab, Visitor)
    for _ in range(3):
        live.announce_all()
    await until(lambda: not live._due)
    assert pages.most <= LANES
    assert len(pages.refreshed) == len(tabs)


async def test_a_tab_that_is_forgotten_is_not_looked_for_among_all() -> None:
    live = LivePages(Pages(set()))
    for number in range(3):
        for state in (Order, Visitor):
            live.watch({"order:1", f"user:{number}"}, f"tab {number}", state)
    live.watch((), "tab 2", Order)
    live.forget("tab 0")
    live.forget("nobody")
    assert len(live) == 3
    assert set(live._of_token) == {"tab 1", "tab 2"}
    live.forget("tab 1")
    live.forget("tab 2")
    assert not {*live._topics, *live._of_token, *live._watching}
